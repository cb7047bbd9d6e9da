//! Groups, robust estimators, defined parameters and constraints against lavaan.
//!
//! Tolerances: estimates 1e-5 or a thousandth of their standard error (lavaan's stopping rule), standard
//! errors 1e-3 relative (lavaan takes the observed information by differences), fit measures 1e-4.

use crate::table;
use psychometrics::data::{Column, Dataset};
use psychometrics::estimate::{Conventions, Information, StandardErrors, Status, TestStatistic};
use psychometrics::model::{Automatic, Covariates, Equality, Function, MeanStructure, Scaling};
use psychometrics::moments::Missing;
use psychometrics::{Error, Estimation, Estimator, Fit, Model};
use serde_json::Value;

const THREE: &str = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";

fn data() -> Dataset {
    Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/data/holzinger_swineford_1939/hs.csv")).unwrap()
}

fn estimation(case: &Value) -> Estimation {
    let text = |name: &str| case["options"][name].as_str();
    let yes = |name: &str| case["options"][name] == true;
    let estimator = match text("estimator") {
        None => Estimator::Ml,
        Some("MLM") => Estimator::Mlm,
        Some("MLMV") => Estimator::Mlmv,
        Some("MLMVS") => Estimator::Mlmvs,
        Some("MLR") => Estimator::Mlr,
        Some("MLF") => Estimator::Mlf,
        Some("GLS") => Estimator::Gls,
        Some("ULS") => Estimator::Uls,
        Some("WLS") => Estimator::Wls,
        Some("DWLS") => Estimator::Dwls,
        Some(other) => panic!("{other}"),
    };
    let mut estimation = Estimation::new(estimator);
    if case["function"] == "sem" {
        estimation = estimation.function(Function::Sem);
    }
    if case["function"] == "lavaan" {
        estimation = estimation.function(Function::Lavaan);
    }
    if case["function"] == "growth" {
        estimation = estimation.function(Function::Growth);
    }
    let switch = |name: &str| case["options"][name].as_bool();
    estimation = estimation.automatic(Automatic {
        variances: switch("auto.var"),
        exogenous_covariances: switch("auto.cov.lv.x"),
        outcome_covariances: switch("auto.cov.y"),
        free_intercepts: switch("int.ov.free"),
        free_latent_means: switch("int.lv.free"),
    });
    if text("se") == Some("robust.sem") {
        estimation = estimation.standard_errors(StandardErrors::RobustSem);
    }
    match text("test") {
        Some("satorra.bentler") => estimation = estimation.test(TestStatistic::SatorraBentler),
        Some("yuan.bentler") => estimation = estimation.test(TestStatistic::YuanBentler),
        _ => {}
    }
    match text("information") {
        Some("observed") => estimation = estimation.information(Information::Observed),
        Some("first.order") => estimation = estimation.information(Information::FirstOrder),
        _ => {}
    }
    if yes("fixed.x") {
        estimation = estimation.covariates(Covariates::Fixed);
    }
    if yes("std.lv") {
        estimation = estimation.scaling(Scaling::UnitVariance);
    }
    if yes("meanstructure") {
        estimation = estimation.means(MeanStructure::Included);
    }
    if let Some(group) = text("group") {
        let equal = text("group.equal").unwrap_or_default().split(',').filter(|kind| !kind.is_empty());
        let kind = |name: &str| match name {
            "loadings" => Equality::Loadings,
            "intercepts" => Equality::Intercepts,
            "residuals" => Equality::Residuals,
            "means" => Equality::Means,
            "lv.variances" => Equality::LatentVariances,
            "lv.covariances" => Equality::LatentCovariances,
            other => panic!("{other}"),
        };
        let partial = text("group.partial").unwrap_or_default().split(',').filter(|p| !p.is_empty());
        estimation = estimation.group(group).equal(equal.map(kind)).partial(partial);
    }
    estimation
}

fn fitted(case: &Value) -> Fit {
    let model: Model = case["model"].as_str().unwrap().parse().unwrap();
    estimation(case).fit(&model, &data()).unwrap()
}

#[test]
fn every_case_has_lavaans_numbers() {
    let mut differences = table::Differences::default();
    for case in table::reference("lavaan_sem.json")["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let fit = fitted(case);
        assert!(fit.converged, "{name}: {}", fit.status);
        let rows: Vec<String> =
            fit.parameters
                .iter()
                .map(|p| {
                    if p.op == ":=" {
                        format!("{} :=", p.lhs)
                    } else {
                        format!("{} {} {}", p.lhs, p.op, p.rhs)
                    }
                })
                .collect();
        assert_eq!(rows, table::strings(&case["rows"]), "{name}");
        for (i, p) in fit.parameters.iter().enumerate() {
            assert_eq!(p.group as u64, case["group"][i].as_u64().unwrap(), "{name} {}", rows[i]);
            let what = |column: &str| format!("{name}, group {} {}: {column}", p.group, rows[i]);
            let stopping = 1e-5_f64.max(1e-3 * case["se"][i].as_f64().unwrap_or(0.0));
            differences.compare(&what("est"), Some(p.est), &case["est"][i], stopping, 1e-5);
            differences.compare(&what("se"), p.se, &case["se"][i], 1e-5, 1e-3);
            differences.compare(&what("std.all"), p.std_all, &case["std.all"][i], 1e-4, 1e-4);
        }
        for (measure, value) in case["fit"].as_object().unwrap() {
            differences.compare(&format!("{name}: {measure}"), fit.measure(measure).ok(), value, 1e-5, 1e-4);
        }
    }
    differences.assert_none();
}

fn fit(syntax: &str, estimation: Estimation) -> Fit {
    estimation.fit(&syntax.parse().unwrap(), &data()).unwrap()
}

fn chisq(fit: &Fit) -> f64 {
    fit.measure("chisq").unwrap()
}

/// Without equality the groups do not know of each other: chi-squares add up.
#[test]
fn unequal_groups_add_up() {
    let both = fit(THREE, Estimation::default().group("school"));
    let data = data();
    let school = data.grouping("school").unwrap();
    let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
    let rows = data.numeric(&names).unwrap();
    let alone: f64 = (0..2)
        .map(|code| {
            let own = rows.select(ndarray::Axis(0), &school.rows_of(code));
            let missing = psychometrics::moments::Missing::Listwise;
            let moments =
                psychometrics::moments::Moments::of(names.iter().cloned(), own.view(), missing).unwrap();
            chisq(&Estimation::default().fit_moments(&THREE.parse().unwrap(), &moments).unwrap())
        })
        .sum();
    assert!((chisq(&both) - alone).abs() < 1e-7);
    assert_eq!(both.groups, ["Pasteur", "Grant-White"]);
    assert_eq!(both.nobs, [156, 145]);
}

#[test]
fn constraints_say_the_same_as_labels_do() {
    let labelled = fit("visual =~ x1 + a*x2 + a*x3\ntextual =~ x4 + x5 + x6", Estimation::default());
    let tied = fit("visual =~ x1 + a*x2 + b*x3\ntextual =~ x4 + x5 + x6\na == b", Estimation::default());
    assert_eq!((labelled.df(), labelled.measure("npar")), (tied.df(), tied.measure("npar")));
    assert!((chisq(&labelled) - chisq(&tied)).abs() < 1e-7);
    for (a, b) in labelled.parameters.iter().zip(&tied.parameters) {
        assert!(
            (a.est - b.est).abs() < 1e-6 && (a.se.unwrap() - b.se.unwrap()).abs() < 1e-6,
            "{} {}",
            a.lhs,
            a.rhs
        );
    }
    // a constraint that the solution meets anyway counts for a degree of freedom and nothing else
    let repeated =
        fit("visual =~ x1 + a*x2 + b*x3\ntextual =~ x4 + x5 + x6\na == b\n2*a == 2*b", Estimation::default());
    assert_eq!(repeated.df(), tied.df());
    assert!((chisq(&repeated) - chisq(&tied)).abs() < 1e-7);
}

#[test]
fn contradictory_constraints_do_not_converge() {
    let found =
        fit("visual =~ x1 + a*x2 + b*x3\ntextual =~ x4 + x5 + x6\na == 1\na == 2", Estimation::default());
    assert!(
        !found.converged
            && matches!(found.status, Status::NotConverged { .. } | Status::NotIdentified { .. })
    );
    assert!(found.measure("chisq").ok().is_none());
}

#[test]
fn names_in_relations_must_be_labels() {
    let found: Result<Model, Error> = "f =~ x1 + abc*x2 + x3\nd := abd * 2".parse();
    let Err(Error::BadModel { what, remedy }) = found else { panic!("{found:?}") };
    assert!(what.contains("'abd'") && remedy.contains("'abc'"), "{what} {remedy}");
    let twice: Result<Model, Error> = "f =~ x1 + a*x2 + x3\nd := a\nd := a^2".parse();
    assert!(matches!(twice, Err(Error::BadModel { .. })));
}

#[test]
fn relations_are_printed_and_read_back() {
    let text = "f =~ x1 + a*x2 + b*x3\nd := a*b - 2^(1 - a)/sqrt(b)\na == exp(b) -1\na < 3\nb > -0.5\n";
    let model: Model = text.parse().unwrap();
    assert_eq!(model.relations.len(), 4);
    let again: Model = model.to_string().parse().unwrap();
    assert_eq!(again.relations.len(), 4);
    assert_eq!(again.to_string(), model.to_string());
    let vectors: Model = "f =~ c(1, NA)*x1 + c(\"a\", \"\")*x2 + start(c(0.5, 1))*x3".parse().unwrap();
    assert_eq!(vectors.to_string().parse::<Model>().unwrap(), vectors);
}

#[test]
fn robust_estimators_need_the_rows() {
    let lower = [1.0, 0.5, 1.0, 0.4, 0.5, 1.0];
    let moments =
        psychometrics::moments::Moments::from_lower_triangle(&["a", "b", "c"], &lower, 100).unwrap();
    let found = Estimation::new(Estimator::Mlr).fit_moments(&"f =~ a + b + c".parse().unwrap(), &moments);
    assert!(matches!(found, Err(Error::Unsupported { what, .. }) if what.contains("MLR")));
}

#[test]
fn normal_data_need_no_scaling() {
    // a large normal sample: factors near 1, standard errors of all kinds alike
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/professional_conduct/continuous.csv");
    let data = Dataset::read_csv(folder).unwrap();
    let model: Model = "methodical =~ me_1 + me_2 + me_3 + me_4 + me_5".parse().unwrap();
    let plain = Estimation::default().fit(&model, &data).unwrap();
    for estimator in [Estimator::Mlm, Estimator::Mlr, Estimator::Mlf] {
        let robust = Estimation::new(estimator).fit(&model, &data).unwrap();
        if let Ok(factor) = robust.measure("chisq.scaling.factor") {
            assert!((factor - 1.0).abs() < 0.15, "{}: {factor}", estimator.name());
        }
        for (a, b) in plain.parameters.iter().zip(&robust.parameters).filter(|(a, _)| a.free > 0) {
            assert!((a.se.unwrap() / b.se.unwrap() - 1.0).abs() < 0.25, "{} {}", a.lhs, a.rhs);
        }
    }
}

#[test]
fn weighted_least_squares_ask_for_more_rows_than_moments() {
    let data = data();
    let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
    let rows = data.numeric(&names).unwrap();
    let few = Dataset::builder()
        .array(&names, rows.select(ndarray::Axis(0), &(0..40).collect::<Vec<_>>()))
        .nan_is_missing()
        .build()
        .unwrap();
    let found = Estimation::new(Estimator::Wls).fit(&THREE.parse().unwrap(), &few);
    assert!(matches!(found, Err(Error::TooFewRows { n: 40, needed: 46, .. })), "{found:?}");
}

/// Mplus prints a scaling correction factor of 1 for a model without degrees of freedom, lavaan none.
#[test]
fn without_degrees_of_freedom_the_scaling_factor_is_mplus_1_or_none() {
    for estimator in [Estimator::Mlr, Estimator::Mlm] {
        let of = |conventions: Conventions| {
            let fit = fit("visual =~ x1 + x2 + x3", Estimation::new(estimator).conventions(conventions));
            assert_eq!(fit.measure("df").ok(), Some(0.0));
            fit.measure("chisq.scaling.factor").ok()
        };
        assert_eq!(of(Conventions::Mplus), Some(1.0));
        assert_eq!(of(Conventions::Lavaan), None);
    }
}

/// Twins: variances of 1 though `lavaan()` adds none by itself, and fixed correlations of the latent variables. lavaan 0.6-14:
/// `lavaan(model, data, group = "zyg", std.lv = TRUE)`.
#[test]
fn unit_variances_are_there_where_no_variances_are_added() {
    let data = Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/twins.csv")).unwrap();
    let model = "y1 ~ c(i,i)*1\ny2 ~ c(i,i)*1\nA1 =~ c(a,a)*y1\nA2 =~ c(a,a)*y2\nC1 =~ c(c,c)*y1\nC2 =~ c(c,c)*y2\n\
                 E1 =~ c(e,e)*y1\nE2 =~ c(e,e)*y2\nA1 ~~ c(1,0.5)*A2\nC1 ~~ c(1,1)*C2";
    let estimation =
        Estimation::default().function(Function::Lavaan).scaling(Scaling::UnitVariance).group("zyg");
    let fit = estimation.fit(&model.parse().unwrap(), &data).unwrap();
    assert!(fit.converged, "{:?}", fit.status);
    assert_eq!((fit.measure("npar").ok(), fit.measure("df").ok()), (Some(4.0), Some(6.0)));
    assert!((chisq(&fit) - 6.656).abs() < 1e-3, "{}", chisq(&fit));
    assert!((fit.measure("logl").unwrap() + 1250.615).abs() < 1e-3);
    for (factor, est, se) in [("A1", 0.717, 0.065), ("C1", 0.457, 0.098), ("E1", 0.476, 0.021)] {
        let own = fit.parameter(factor, "=~", "y1").unwrap();
        assert!((own.est - est).abs() < 6e-4 && (own.se.unwrap() - se).abs() < 6e-4, "{own:?}");
        let variance = fit.parameter(factor, "~~", factor).unwrap();
        assert_eq!((variance.est, variance.free), (1.0, 0));
    }
    let residual = fit.parameter("y1", "~~", "y1").unwrap();
    assert_eq!((residual.est, residual.free), (0.0, 0));
}

/// lavaan 0.6-14: with `std.lv` a variance that the text names without a value is 1 too (`cfa(std.lv = TRUE)`: 21 parameters
/// with or without the line), and one with a value keeps it.
#[test]
fn a_named_variance_is_the_unit_too() {
    let unit = || Estimation::default().scaling(Scaling::UnitVariance);
    let plain = fit(THREE, unit());
    let named = fit(&format!("{THREE}\nvisual ~~ visual\nspeed ~~ 4*speed"), unit());
    assert_eq!((named.measure("npar").ok(), plain.measure("npar").ok()), (Some(21.0), Some(21.0)));
    assert!((chisq(&named) - chisq(&plain)).abs() < 1e-6);
    assert_eq!(named.parameter("visual", "~~", "visual").unwrap().est, 1.0);
    assert_eq!(named.parameter("speed", "~~", "speed").unwrap().est, 4.0);
}

/// The Holzinger-Swineford data with a constant added to some variables.
fn plus(constant: f64, variables: &[&str]) -> Dataset {
    let data = data();
    let names: Vec<String> =
        ["x1", "x2", "x3", "x4", "x5", "x6", "ageyr", "school"].map(String::from).to_vec();
    let columns = names.into_iter().map(|name| {
        let column = match data.column(&name).unwrap() {
            Column::Numeric(values) if variables.contains(&name.as_str()) => {
                Column::from(values.iter().map(|x| x + constant).collect::<Vec<f64>>())
            }
            column => column.clone(),
        };
        (name, column)
    });
    Dataset::builder().columns(columns.collect::<Vec<_>>()).nan_is_missing().build().unwrap()
}

/// A constant added to a variable moves intercepts, and nothing else: not the test, and no slope, loading or variance with
/// its standard error.
#[test]
fn constants_added_move_intercepts_only() {
    let path = "x2 ~ x1\nx4 ~ x2 + x1\nx3 ~ x1";
    let factors = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6\ng ~ f + ageyr\nx6 ~ ageyr";
    let sem = |estimator| Estimation::new(estimator).function(Function::Sem).means(MeanStructure::Included);
    let strong = [Equality::Loadings, Equality::Intercepts, Equality::Regressions];
    let cases = [
        (path, sem(Estimator::Ml), vec!["x1", "x2"]),
        (path, sem(Estimator::Mlr), vec!["x2"]),
        (path, sem(Estimator::Gls), vec!["x2"]),
        (path, sem(Estimator::Wls), vec!["x2"]),
        (path, sem(Estimator::Ml).missing(Missing::Fiml), vec!["x1", "x2"]),
        (factors, sem(Estimator::Ml), vec!["ageyr", "x6"]),
        (factors, sem(Estimator::Mlr).missing(Missing::Fiml), vec!["ageyr", "x6"]),
        (factors, sem(Estimator::Ml).group("school").equal(strong), vec!["ageyr", "x6"]),
    ];
    for (model, estimation, variables) in cases {
        let model: Model = model.parse().unwrap();
        let before = estimation.fit(&model, &plus(0.0, &[])).unwrap();
        assert!(before.converged);
        for constant in [1e6, 1e8] {
            let after = estimation.fit(&model, &plus(constant, &variables)).unwrap();
            let what = format!("{:?} {variables:?} {constant}", estimation);
            assert!(after.converged, "{what}: {:?}", after.status);
            for name in ["chisq", "df", "logl", "cfi", "srmr"] {
                let (a, b) = (before.measure(name), after.measure(name));
                let (Ok(a), Ok(b)) = (a, b) else { continue };
                assert!((a - b).abs() < 1e-5 * (1.0 + a.abs()), "{what}: {name} {a} {b}");
            }
            for (a, b) in before.parameters.iter().zip(&after.parameters).filter(|(a, _)| a.op != "~1") {
                let near = |x: f64, y: f64| (x - y).abs() < 1e-4 * (a.se.unwrap_or(0.0) + 1e-4);
                assert!(near(a.est, b.est), "{what}: {a:?} {b:?}");
                let errors = (a.se.unwrap_or(0.0), b.se.unwrap_or(0.0));
                assert!((errors.0 - errors.1).abs() <= 1e-4 * errors.0, "{what}: {a:?} {b:?}");
            }
        }
    }
}

/// The intercept of x4 ~ b x2 + ... with x2 + c is a - b c, and its variance var(a) - 2 c cov(a, b) + c^2 var(b).
#[test]
fn the_intercept_of_a_moved_predictor_follows_from_its_slope() {
    let estimation = Estimation::default().function(Function::Sem).means(MeanStructure::Included);
    let model: Model = "x2 ~ x1\nx4 ~ x2 + x1\nx3 ~ x1".parse().unwrap();
    let before = estimation.fit(&model, &plus(0.0, &[])).unwrap();
    let after = estimation.fit(&model, &plus(1e6, &["x2"])).unwrap();
    let (a, b) = (before.parameter("x4", "~1", "").unwrap(), before.parameter("x4", "~", "x2").unwrap());
    let moved = after.parameter("x4", "~1", "").unwrap();
    assert!((moved.est - (a.est - 1e6 * b.est)).abs() < 1e-9 * 1e6, "{moved:?} {a:?} {b:?}");
    // var(a) and the covariance are 1e-12 and 1e-6 of this
    assert!((moved.se.unwrap() / (1e6 * b.se.unwrap()) - 1.0).abs() < 1e-4, "{moved:?} {b:?}");
}

/// Of a variable with two values that half of the respondents have each, the variance is the same in all samples: it weighs
/// much, and nothing is refused. The slopes are those of regression, which every estimator of a saturated model gives.
#[test]
fn two_values_of_equal_halves_are_a_covariate_of_weighted_least_squares() {
    let hs = data();
    let Column::Numeric(y) = hs.column("x1").unwrap() else { unreachable!() };
    let y: Vec<f64> = y[..300].to_vec();
    let x: Vec<f64> = (0..300).map(|i| (i % 2) as f64).collect();
    let half =
        |value: f64| y.iter().zip(&x).filter(|(_, x)| **x == value).map(|(y, _)| y).sum::<f64>() / 150.0;
    let slope = half(1.0) - half(0.0);
    let own = Dataset::builder()
        .columns([("y", Column::from(y)), ("x", Column::from(x))])
        .nan_is_missing()
        .build()
        .unwrap();
    let estimation = Estimation::new(Estimator::Dwls).function(Function::Sem);
    let fit = estimation.fit(&"y ~ x".parse().unwrap(), &own).unwrap();
    assert!(fit.converged, "{:?}", fit.status);
    assert!((fit.parameter("y", "~", "x").unwrap().est - slope).abs() < 1e-6);
}

/// Equal intercepts of lines that are not parallel say where they meet: with a predictor moved by 10^6 that is another model,
/// which doubles cannot hold, and the predictor is named.
#[test]
fn a_model_that_rests_on_a_far_origin_names_the_variable() {
    let estimation = Estimation::default()
        .function(Function::Sem)
        .means(MeanStructure::Included)
        .group("school")
        .equal([Equality::Intercepts]);
    let model: Model = "x2 ~ x1\nx4 ~ x2 + x1\nx3 ~ x1".parse().unwrap();
    assert!(estimation.fit(&model, &plus(0.0, &[])).unwrap().converged);
    let found = estimation.fit(&model, &plus(1e7, &["x2"]));
    let Err(Error::BadModel { what, remedy }) = found else { panic!("{found:?}") };
    assert!(what.contains("'x2'") && remedy.contains("Subtract a constant"), "{what} {remedy}");
}

//! Missing answers: full information and two stages against lavaan, and what must hold of any data.
//!
//! Tolerances: estimates 2e-5 or a thousandth of their standard error (lavaan's own stopping error), standard errors
//! 5e-4 relative, fit measures 2e-4 (robust ones of two-stage and full-information fits rest on standard errors).

use crate::table;
use ndarray::Array2;
use proptest::prelude::*;
use psychometrics::correlation::Ordered;
use psychometrics::data::Column;
use psychometrics::data::Dataset;
use psychometrics::estimate::{Information, LeftOut};
use psychometrics::model::{Covariates, Equality, Function, Scaling};
use psychometrics::moments::{McarTest, Missing};
use psychometrics::{Error, Estimation, Estimator, Fit, Model};
use serde_json::Value;

const ABILITIES: &str = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6\n speed =~ x7 + x8 + x9";

fn data() -> Dataset {
    Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hs_missing.csv")).unwrap()
}

fn names() -> Vec<String> {
    (1..=9).map(|i| format!("x{i}")).collect()
}

fn fitted(case: &Value) -> Fit {
    let text = |name: &str| case["options"][name].as_str();
    let mut estimation = Estimation::new(match text("estimator") {
        Some("MLR") => Estimator::Mlr,
        _ => Estimator::Ml,
    });
    estimation = estimation.missing(match text("missing") {
        Some("two.stage") => Missing::TwoStage,
        Some("robust.two.stage") => Missing::RobustTwoStage,
        _ => Missing::Fiml,
    });
    if case["function"] == "sem" {
        estimation = estimation.function(Function::Sem);
    }
    if case["options"]["std.lv"] == true {
        estimation = estimation.scaling(Scaling::UnitVariance);
    }
    if text("information") == Some("expected") {
        estimation = estimation.information(Information::Expected);
    }
    if let Some(group) = text("group") {
        estimation = estimation.group(group);
    }
    if case["options"]["group.equal"].is_array() {
        estimation = estimation.equal(table::strings(&case["options"]["group.equal"]).iter().map(|kind| {
            match kind.as_str() {
                "loadings" => Equality::Loadings,
                "intercepts" => Equality::Intercepts,
                _ => Equality::Residuals,
            }
        }));
    }
    let model: Model = case["model"].as_str().unwrap().parse().unwrap();
    estimation.fit(&model, &data()).unwrap()
}

#[test]
fn every_case_has_lavaans_numbers() {
    let mut differences = table::Differences::default();
    for case in table::reference("lavaan_missing.json")["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let fit = fitted(case);
        assert!(fit.converged, "{name}: {}", fit.status);
        let row = |p: &psychometrics::estimate::ParameterEstimate| {
            format!("{} {} {}", p.lhs, p.op, p.rhs).trim().to_string()
        };
        let rows: Vec<String> = fit.parameters.iter().map(row).collect();
        assert_eq!(rows, table::strings(&case["rows"]), "{name}");
        for (i, p) in fit.parameters.iter().enumerate() {
            let what = |column: &str| format!("{name}: {} (group {}) {column}", rows[i], p.group);
            let se = case["se"][i].as_f64().unwrap_or(0.0);
            differences.compare(&what("est"), Some(p.est), &case["est"][i], 2e-5_f64.max(1e-3 * se), 2e-5);
            differences.compare(&what("se"), p.se, &case["se"][i], 1e-5, 5e-4);
        }
        for (measure, value) in case["fit"].as_object().unwrap() {
            let what = format!("{name}: {measure}");
            differences.compare(&what, fit.measure(measure).ok(), value, 1e-4, 2e-4);
        }
    }
    differences.assert_none();
}

/// Covariates without missing answers may as well be latent variables with one indicator. So written the model has this
/// rmsea.robust in lavaan 0.6-14 too (.0436800); with fixed covariates lavaan has .0436700, with random ones .0435398, and
/// of complete rows with random covariates .0486611, where the RMSEA is .0487827.
#[test]
fn robust_measures_do_not_depend_on_how_covariates_are_written() {
    let estimation = || Estimation::default().function(Function::Sem).missing(Missing::Fiml);
    let fit = |estimation: Estimation, text: &str, data: &Dataset| {
        estimation.fit(&text.parse::<Model>().unwrap(), data).unwrap().measure("rmsea.robust").unwrap()
    };
    let measured = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6\n";
    let given = format!("{measured} visual ~ ageyr + agemo\n textual ~ ageyr");
    let latent = format!(
        "{measured} a =~ 1*ageyr\n m =~ 1*agemo\n ageyr ~~ 0*ageyr\n agemo ~~ 0*agemo\n visual ~ a + m\n textual ~ a"
    );
    let fixed = fit(estimation(), &given, &data());
    assert!((fixed - 0.04368001469).abs() < 1e-6, "{fixed}");
    let random = fit(estimation().covariates(Covariates::Random), &given, &data());
    assert!((random - fixed).abs() < 1e-7, "{random} {fixed}");
    let written = fit(estimation(), &latent, &data());
    assert!((written - fixed).abs() < 1e-7, "{written} {fixed}");
    // of complete rows it is the RMSEA
    let complete = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap();
    let fit =
        estimation().covariates(Covariates::Random).fit(&given.parse::<Model>().unwrap(), &complete).unwrap();
    let (robust, plain) = (fit.measure("rmsea.robust").unwrap(), fit.measure("rmsea").unwrap());
    assert!((robust - plain).abs() < 1e-6, "{robust} {plain}");
}

/// The statistic worked out in R from lavaan's saturated moments (em.h1.tol = 1e-14), pattern by pattern.
#[test]
fn littles_test_has_the_value_of_its_formula() {
    let rows = data().numeric(&names()).unwrap();
    let test = McarTest::of(names(), rows.view()).unwrap().unwrap();
    assert!((test.chisq - 337.296_084_382).abs() < 1e-5, "{}", test.chisq);
    assert_eq!((test.df, test.patterns, test.n), (268, 40, 301));
    assert!((test.pvalue - 0.002_583_450_312).abs() < 1e-7, "{}", test.pvalue);
    let complete = Array2::from_shape_fn((20, 2), |(i, j)| ((i * 7 + j * 5) % 11) as f64);
    assert_eq!(McarTest::of(["a", "b"], complete.view()).unwrap(), None);
}

#[test]
fn without_missing_answers_full_information_is_maximum_likelihood() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/holzinger_swineford_1939/hs.csv");
    let data = Dataset::read_csv(path).unwrap();
    let model: Model = ABILITIES.parse().unwrap();
    let means = psychometrics::model::MeanStructure::Included;
    for estimator in [Estimator::Ml, Estimator::Mlr] {
        let plain = Estimation::new(estimator).information(Information::Observed).means(means);
        let a = plain.clone().fit(&model, &data).unwrap();
        let b = plain.missing(Missing::Fiml).fit(&model, &data).unwrap();
        for (p, q) in a.parameters.iter().zip(&b.parameters) {
            assert!((p.est - q.est).abs() < 1e-6, "{} {} {}", p.lhs, p.op, p.rhs);
            let (s, t) = (p.se.unwrap(), q.se.unwrap());
            assert!((s - t).abs() < 1e-6, "{} {} {}: {s} {t}", p.lhs, p.op, p.rhs);
        }
        for measure in ["chisq", "cfi", "rmsea", "logl", "bic"] {
            let (x, y) = (a.measure(measure).unwrap(), b.measure(measure).unwrap());
            assert!((x - y).abs() < 1e-6 * x.abs().max(1.0), "{measure}: {x} {y}");
        }
    }
}

/// A variable that some respondents were not asked: the two loadings of its factor are found all the same.
#[test]
fn variables_that_nobody_has_together_are_told_and_cost_degrees_of_freedom() {
    let mut rows = data().numeric(&names()).unwrap();
    for (i, mut row) in rows.outer_iter_mut().enumerate() {
        row[if i % 2 == 0 { 0 } else { 8 }] = f64::NAN;
    }
    let planned = Dataset::builder().array(names(), rows.clone()).nan_is_missing().build().unwrap();
    let fit =
        Estimation::default().missing(Missing::Fiml).fit(&ABILITIES.parse().unwrap(), &planned).unwrap();
    assert!(fit.converged, "{}", fit.status);
    assert_eq!(fit.measure("df").ok(), Some(23.0));
    let told: Vec<String> = fit.warnings.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|text| text.contains("'x1' and 'x9'")), "{told:?}");
    assert!(fit.parameters.iter().all(|p| p.est.is_finite()));
}

#[test]
fn what_cannot_be_estimated_is_named() {
    let model: Model = ABILITIES.parse().unwrap();
    let complete = data().numeric(&names()).unwrap();
    let fiml = Estimation::default().missing(Missing::Fiml);
    let fit = |rows: &Array2<f64>| {
        fiml.fit(&model, &Dataset::builder().array(names(), rows.clone()).nan_is_missing().build().unwrap())
    };
    let mut nobody = complete.clone();
    nobody.column_mut(4).fill(f64::NAN);
    let error = fit(&nobody).unwrap_err();
    assert!(matches!(&error, Error::EmptyColumn { column, .. } if column == "x5"), "{error}");
    // a row without any answer says nothing, and is counted
    let mut silent = complete;
    silent.row_mut(7).fill(f64::NAN);
    let found = fit(&silent).unwrap();
    assert_eq!((found.missing.rows_read, found.missing.rows_used), (301, 300));
    for estimator in [Estimator::Gls, Estimator::Wls, Estimator::Mlm] {
        let error = Estimation::new(estimator).missing(Missing::Fiml).fit(&model, &data()).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Neither the order of the rows nor the units of the variables changes the test.
    #[test]
    fn order_and_units_change_nothing(shift in -5.0..5.0f64, scale in 0.2..4.0f64, step in 1usize..300) {
        let rows = data().numeric(&names()).unwrap();
        let n = rows.nrows();
        let mut order: Vec<usize> = (0..n).collect();
        order.rotate_left(step);
        let moved = Array2::from_shape_fn(rows.dim(), |(i, j)| {
            let x = rows[(order[i], j)];
            if j % 2 == 0 { shift + scale * x } else { x }
        });
        let model: Model = ABILITIES.parse().unwrap();
        let fit = |rows: &Array2<f64>| {
            let data = Dataset::builder().array(names(), rows.clone()).nan_is_missing().build().unwrap();
            Estimation::new(Estimator::Mlr).missing(Missing::Fiml).fit(&model, &data).unwrap()
        };
        let (a, b) = (fit(&rows), fit(&moved));
        for measure in ["chisq", "chisq.scaled", "cfi.robust", "rmsea.robust"] {
            let (x, y) = (a.measure(measure).unwrap(), b.measure(measure).unwrap());
            prop_assert!((x - y).abs() < 1e-6 * x.abs().max(1.0), "{measure}: {x} {y}");
        }
        for (p, q) in a.parameters.iter().zip(&b.parameters) {
            if let (Some(x), Some(y)) = (p.std_all, q.std_all) && p.op != "~1" {
                prop_assert!((x - y).abs() < 1e-6, "{} {} {}: {x} {y}", p.lhs, p.op, p.rhs);
            }
        }
    }
}

/// The same bits with one thread and with four.
#[test]
fn the_number_of_threads_changes_nothing() {
    let model: Model = ABILITIES.parse().unwrap();
    let numbers = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let fit = pool
            .install(|| Estimation::new(Estimator::Mlr).missing(Missing::Fiml).fit(&model, &data()).unwrap());
        serde_json::to_string(&fit).unwrap()
    };
    assert_eq!(numbers(1), numbers(4));
}

/// Saturated correlates, their independence model too. Estimates of semTools to 1e-5, standard errors to 1e-4.
#[test]
fn auxiliary_variables_are_those_of_semtools() {
    for case in table::reference("semtools_auxiliary.json")["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let estimator = if name == "cfa.mlr" { Estimator::Mlr } else { Estimator::Ml };
        let mut estimation =
            Estimation::new(estimator).missing(Missing::Fiml).auxiliary(table::strings(&case["auxiliary"]));
        estimation = match name {
            "sem" => estimation.function(Function::Sem),
            _ => estimation.scaling(Scaling::UnitVariance),
        };
        let fit = estimation.fit(&case["model"].as_str().unwrap().parse().unwrap(), &data()).unwrap();
        assert!(fit.converged, "{name}: {}", fit.status);
        for row in case["parameters"].as_array().unwrap() {
            let of = |key: &str| row[key].as_str().unwrap();
            let what = format!("{name} {} {} {}", of("lhs"), of("op"), of("rhs"));
            let own = fit.parameter(of("lhs"), of("op"), of("rhs")).expect(&what);
            let (est, se) = (row["est"].as_f64().unwrap(), row["se"].as_f64().unwrap());
            assert!((own.est - est).abs() < 1e-5 * est.abs().max(1.0), "{what}: {} and {est}", own.est);
            let ours = own.se.unwrap_or(0.0);
            assert!((ours - se).abs() <= 1e-4 * se.max(1e-3), "{what}: se {ours} and {se}");
        }
        let sets = [("fit", 1e-5), ("robust", 2e-4), ("robust.of.baseline", 2e-5), ("scaled", 2e-4)];
        for (set, tolerance) in sets {
            // lavaan's own take chi-square and degrees of freedom of two independence models: see DESIGN.md
            let known = |name: &str| set != "robust" || (name != "cfi.robust" && name != "tli.robust");
            for (measure, value) in case[set].as_object().into_iter().flatten().filter(|(m, _)| known(m)) {
                let (ours, theirs) = (fit.measure(measure).unwrap_or(f64::NAN), value.as_f64().unwrap());
                let near = (ours - theirs).abs() <= tolerance * theirs.abs().max(1.0);
                assert!(near, "{name} {measure}: {ours} and {theirs}");
            }
        }
    }
}

/// Auxiliaries take no degree of freedom and leave the test of complete answers as it is.
#[test]
fn auxiliary_variables_of_complete_answers_change_nothing() {
    let data =
        Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/data/holzinger_swineford_1939/hs.csv"))
            .unwrap();
    let model: Model = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6".parse().unwrap();
    let full = Estimation::default().missing(Missing::Fiml);
    let plain = full.fit(&model, &data).unwrap();
    let helped = full.clone().auxiliary(["x7", "x8"]).fit(&model, &data).unwrap();
    let turned = full.clone().auxiliary(["x8", "x7"]).fit(&model, &data).unwrap();
    assert_eq!(helped.auxiliary, ["x7", "x8"]);
    for measure in ["chisq", "df", "baseline.df", "baseline.chisq", "cfi", "tli"] {
        let of = |fit: &Fit| fit.measure(measure).unwrap();
        // discrepancies are found to about 1e-9 of the log-likelihood
        assert!((of(&helped) - of(&turned)).abs() < 1e-5, "{measure}");
        if matches!(measure, "df" | "baseline.df") {
            assert_eq!(of(&helped), of(&plain), "{measure}");
        }
    }
}

#[test]
fn auxiliary_variables_without_full_information_or_in_the_model_are_refused() {
    let model: Model = "visual =~ x1 + x2 + x3".parse().unwrap();
    let full = || Estimation::default().missing(Missing::Fiml);
    let listwise = Estimation::default().auxiliary(["x7"]).fit(&model, &data());
    assert!(matches!(listwise, Err(Error::Unsupported { .. })));
    for names in [vec!["x1"], vec!["visual"], vec!["x7", "x7"]] {
        let found = full().auxiliary(names.clone()).fit(&model, &data());
        assert!(matches!(found, Err(Error::BadOption { .. })), "{names:?}");
    }
    let unknown = full().auxiliary(["x77"]).fit(&model, &data());
    assert!(matches!(unknown, Err(Error::UnknownColumn { .. })));
}

fn with_gaps_in_covariates() -> Dataset {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hs_covariates_missing.csv");
    Dataset::read_csv(path).unwrap()
}

/// Fixed covariates lose the rows that lack one, except under fiml.x; random ones keep them: estimates, standard errors and
/// tests of lavaan 0.6-14 over ML, MLR, clusters, weights and groups, and in two stages.
#[test]
fn rows_without_a_covariate_count_as_in_lavaan() {
    let mut differences = table::Differences::default();
    let data = with_gaps_in_covariates();
    for case in table::reference("lavaan_covariates_missing.json")["cases"].as_array().unwrap() {
        let options = &case["options"];
        let name = format!("{} {options}", case["model"]);
        let text = |name: &str| options[name].as_str();
        let mlr = text("estimator") == Some("MLR");
        let mut estimation = Estimation::new(if mlr { Estimator::Mlr } else { Estimator::Ml })
            .function(Function::Sem)
            .missing(match text("missing").unwrap() {
                "fiml" => Missing::Fiml,
                "fiml.x" => Missing::FimlX,
                "two.stage" => Missing::TwoStage,
                _ => Missing::RobustTwoStage,
            });
        if options["fixed.x"] == false {
            estimation = estimation.covariates(Covariates::Random);
        }
        if let Some(group) = text("group") {
            estimation = estimation.group(group);
        }
        if let Some(cluster) = text("cluster") {
            estimation = estimation.cluster(cluster);
        }
        if let Some(weights) = text("sampling.weights") {
            estimation = estimation.weights(weights);
        }
        let model: Model = case["model"].as_str().unwrap().parse().unwrap();
        let fit = estimation.fit(&model, &data).unwrap();
        assert_eq!(fit.missing.rows_used as u64, case["n"].as_u64().unwrap(), "{name}");
        for (i, row) in table::strings(&case["rows"]).iter().enumerate() {
            let parts: Vec<&str> = row.split(' ').collect();
            let (lhs, op, rhs, group) = (parts[0], parts[1], parts[2], parts[3].parse::<usize>().unwrap());
            let same = |l: &str, r: &str| (l, r) == (lhs, rhs) || (op == "~~" && (r, l) == (lhs, rhs));
            let own = |p: &&psychometrics::estimate::ParameterEstimate| {
                p.op == op && p.group == group && same(&p.lhs, &p.rhs)
            };
            let p = fit.parameters.iter().find(own).unwrap_or_else(|| panic!("{name}: no {row}"));
            differences.compare(&format!("{name} {row} est"), Some(p.est), &case["est"][i], 2e-5, 2e-5);
            differences.compare(&format!("{name} {row} se"), p.se, &case["se"][i], 1e-5, 1e-4);
        }
        for (measure, value) in case["fit"].as_object().unwrap() {
            differences.compare(&format!("{name} {measure}"), fit.measure(measure).ok(), value, 2e-4, 1e-5);
        }
        // of any of them
        let likelihoods = fit.measure("unrestricted.logl").unwrap() - fit.measure("logl").unwrap();
        let chisq = fit.measure("chisq").unwrap();
        assert!((2.0 * likelihoods - chisq).abs() < 1e-6 * chisq.max(1.0), "{name}: {likelihoods} {chisq}");
    }
    differences.assert_none();
}

/// A covariate whose variance the text names is no fixed one, and its rows stay.
#[test]
fn a_covariate_with_a_variance_in_the_text_keeps_its_rows() {
    let data = with_gaps_in_covariates();
    let fit = |text: &str, covariates| {
        let model: Model = text.parse().unwrap();
        let own = Estimation::default().function(Function::Sem).missing(Missing::Fiml);
        own.covariates(covariates).fit(&model, &data).unwrap()
    };
    let named = fit("x1 ~ x4\n x4 ~~ x4\n x7 ~ x1", Covariates::Fixed);
    let random = fit("x1 ~ x4\n x7 ~ x1", Covariates::Random);
    assert_eq!(named.missing.rows_used, random.missing.rows_used);
    assert!((named.measure("chisq").unwrap() - random.measure("chisq").unwrap()).abs() < 1e-8);
}

/// Where no covariate is missing, fiml.x is fiml.
#[test]
fn fiml_x_of_complete_covariates_is_fiml() {
    let model: Model = "x1 ~ x3\n x7 ~ x1".parse().unwrap();
    let data = with_gaps_in_covariates();
    let fit = |missing| {
        let own = Estimation::new(Estimator::Mlr).function(Function::Sem).missing(missing);
        own.fit(&model, &data).unwrap()
    };
    let (plain, with_x) = (fit(Missing::Fiml), fit(Missing::FimlX));
    for ((name, own), (_, other)) in plain.fit.iter().zip(with_x.fit.iter()) {
        assert_eq!(own, other, "{name}");
    }
}

/// Every row of the data is used, or left out for one reason that is counted.
#[test]
fn every_row_is_used_or_left_out_for_a_reason() {
    let read = with_gaps_in_covariates();
    let names = ["x1", "x2", "x3", "x4", "x5", "x7"];
    let mut answers = read.numeric(&names).unwrap();
    // rows without any answer, and some without an outcome
    answers.row_mut(3).fill(f64::NAN);
    answers.row_mut(200).fill(f64::NAN);
    (0..3).for_each(|j| answers[(7, j)] = f64::NAN);
    let n = answers.nrows();
    let group =
        |row: usize| (!row.is_multiple_of(7)).then_some(if row.is_multiple_of(2) { "a" } else { "b" });
    let columns = names.iter().enumerate().map(|(j, name)| (*name, Column::from(answers.column(j).to_vec())));
    let own = [
        ("g", Column::from((0..n).map(group).collect::<Vec<_>>())),
        ("c", Column::from((0..n).map(|row| (row % 40) as f64).collect::<Vec<_>>())),
        ("w", Column::from((0..n).map(|row| 1.0 + (row % 5) as f64).collect::<Vec<_>>())),
    ];
    let data = Dataset::builder().columns(columns.chain(own)).nan_is_missing().build().unwrap();
    let model: Model = "v =~ x1 + x2 + x3\n v ~ x4 + x5\n x7 ~ v".parse().unwrap();
    let there = |row: usize, j: usize| !answers[(row, j)].is_nan();
    let mut tried = 0;
    for missing in
        [Missing::Listwise, Missing::Fiml, Missing::FimlX, Missing::TwoStage, Missing::RobustTwoStage]
    {
        for covariates in [Covariates::Fixed, Covariates::Random] {
            for design in 0..12 {
                let (grouped, clustered, weighted) = (design % 2 == 1, design / 2 % 2 == 1, design / 4);
                let mut estimation =
                    Estimation::new(if weighted == 2 { Estimator::Mlr } else { Estimator::Ml })
                        .function(Function::Sem)
                        .missing(missing)
                        .covariates(covariates);
                if grouped {
                    estimation = estimation.group("g");
                }
                if clustered {
                    estimation = estimation.cluster("c");
                }
                if weighted == 1 {
                    estimation = estimation.weights("w");
                }
                let fit = match estimation.fit(&model, &data) {
                    Err(Error::Unsupported { .. }) => continue,
                    fit => fit.unwrap(),
                };
                tried += 1;
                let fate = |row: usize| {
                    let listwise = missing == Missing::Listwise;
                    let fixed = covariates == Covariates::Fixed && missing != Missing::FimlX;
                    if grouped && group(row).is_none() {
                        Some(LeftOut::NoGroup)
                    } else if listwise {
                        (!(0..6).all(|j| there(row, j))).then_some(LeftOut::Incomplete)
                    } else if !(0..6).any(|j| there(row, j)) {
                        Some(LeftOut::NoAnswer)
                    } else {
                        (fixed && !(there(row, 3) && there(row, 4))).then_some(LeftOut::NoCovariate)
                    }
                };
                let what = format!("{missing:?} {covariates:?} {design}");
                let count = |wanted| (0..n).filter(|&row| fate(row) == wanted).count();
                for reason in [LeftOut::NoGroup, LeftOut::Incomplete, LeftOut::NoAnswer, LeftOut::NoCovariate]
                {
                    let told = fit.left_out.iter().find(|own| own.reason == reason).map_or(0, |own| own.rows);
                    assert_eq!(told, count(Some(reason)), "{what} {reason:?}");
                }
                let left_out: usize = fit.left_out.iter().map(|own| own.rows).sum();
                assert_eq!(fit.missing.rows_read, n, "{what}");
                assert_eq!(fit.missing.rows_used + left_out, n, "{what}");
                assert_eq!(fit.nobs.iter().sum::<usize>(), count(None), "{what}");
                let told = fit.warnings.iter().any(|warning| warning.code() == "rows_left_out");
                assert_eq!(told, left_out > 0, "{what}");
            }
        }
    }
    assert!(tried >= 60, "{tried}");
}

/// Answers pairwise: a row without its fixed covariate is counted, and random covariates keep it.
#[test]
fn rows_of_ordinal_answers_are_counted_too() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/likert5_missing.csv");
    let read = Dataset::read_csv(path).unwrap();
    let items = ["a1", "a2", "a3", "a4"];
    let answers = read.numeric(&items).unwrap();
    let n = answers.nrows();
    let covariate: Vec<f64> =
        (0..n).map(|row| if row % 10 == 0 { f64::NAN } else { ((row * 37) % 101) as f64 / 50.0 }).collect();
    let columns = items.iter().enumerate().map(|(j, name)| (*name, Column::from(answers.column(j).to_vec())));
    let data = Dataset::builder()
        .columns(columns.chain([("x", Column::from(covariate.clone()))]))
        .nan_is_missing()
        .build()
        .unwrap();
    let model: Model = "a =~ a1 + a2 + a3 + a4\n a ~ x".parse().unwrap();
    let fit = |covariates| {
        Estimation::new(Estimator::Wlsmv)
            .function(Function::Sem)
            .ordered(Ordered::Named(items.map(String::from).to_vec()))
            .missing(Missing::Pairwise)
            .covariates(covariates)
            .fit(&model, &data)
            .unwrap()
    };
    let answered = |row: usize| answers.row(row).iter().any(|x| !x.is_nan());
    let fixed = fit(Covariates::Fixed);
    assert_eq!(fixed.missing.rows_used, (0..n).filter(|&r| !covariate[r].is_nan()).count());
    let told: usize = fixed.left_out.iter().map(|own| own.rows).sum();
    assert_eq!((fixed.missing.rows_read, fixed.missing.rows_used + told), (n, n));
    let random = fit(Covariates::Random);
    assert_eq!(random.missing.rows_used, (0..n).filter(|&r| answered(r) || !covariate[r].is_nan()).count());
}

/// The abilities of two schools, some of which the first was not asked about.
fn asked_in_one_school(items: &[&str]) -> Dataset {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/holzinger_swineford_1939/hs.csv");
    let read = Dataset::read_csv(path).unwrap();
    let school = read.labels("school").unwrap();
    let names = ["x1", "x2", "x3", "x4"];
    let answers = read.numeric(&names).unwrap();
    let columns = names.iter().enumerate().map(|(j, name)| {
        let asked = |row: usize| !(items.contains(name) && school[row].as_deref() == Some("Pasteur"));
        let value = |row| if asked(row) { answers[(row, j)] } else { f64::NAN };
        (*name, Column::from((0..read.n_rows()).map(value).collect::<Vec<_>>()))
    });
    let labels: Vec<Option<&str>> = school.iter().map(|label| label.as_deref()).collect();
    Dataset::builder()
        .columns(columns.chain([("school", Column::from(labels))]))
        .nan_is_missing()
        .build()
        .unwrap()
}

fn equal_in_schools(text: &str, estimator: Estimator, data: &Dataset) -> Result<Fit, Error> {
    let all = [Equality::Loadings, Equality::Intercepts, Equality::Residuals];
    let own = Estimation::new(estimator).group("school").missing(Missing::Fiml).equal(all);
    own.fit(&text.parse().unwrap(), data)
}

/// Items that one group was not asked, everything equal. Origin: direct maximisation of the normal likelihood of the answers
/// that are there (R, optim, BFGS); lavaan 0.6-14 stops at such data.
#[test]
fn items_asked_in_one_group_only_fit_by_full_information() {
    let data = asked_in_one_school(&["x2", "x3"]);
    let fit = equal_in_schools("lv =~ x1 + x2 + x3", Estimator::Ml, &data).unwrap();
    assert!(fit.converged, "{}", fit.status);
    let near = |found: Option<f64>, wanted: f64, within: f64| {
        assert!((found.unwrap() - wanted).abs() < within, "{found:?} {wanted}");
    };
    near(fit.measure("logl").ok(), -872.2632, 6e-5);
    near(fit.measure("unrestricted.logl").ok(), -872.2632, 6e-5);
    assert_eq!(fit.measure("df").ok(), Some(0.0));
    let estimate = |lhs: &str, op: &str, rhs: &str, group: usize| {
        let own = |p: &&psychometrics::estimate::ParameterEstimate| {
            (p.lhs.as_str(), p.op.symbol(), p.rhs.as_str(), p.group) == (lhs, op, rhs, group)
        };
        fit.parameters.iter().find(own).map(|p| p.est)
    };
    for (lhs, op, rhs, value) in [
        ("lv", "=~", "x2", 0.8964),
        ("lv", "=~", "x3", 1.1548),
        ("x1", "~1", "", 4.9412),
        ("x2", "~1", "", 6.2102),
        ("x3", "~1", "", 2.0088),
        ("x1", "~~", "x1", 0.8564),
        ("x2", "~~", "x2", 0.8550),
        ("x3", "~~", "x3", 0.4570),
    ] {
        (1..=2).for_each(|group| near(estimate(lhs, op, rhs, group), value, 2e-4));
    }
    near(estimate("lv", "~~", "lv", 1), 0.5388, 2e-4);
    near(estimate("lv", "~~", "lv", 2), 0.4622, 2e-4);
    near(estimate("lv", "~1", "", 2), -0.0114, 2e-4);
    assert_eq!((fit.missing.rows_read, fit.missing.rows_used), (301, 301));
    let told = fit.warnings.iter().find(|warning| warning.code() == "not_asked_in_group").unwrap();
    assert!(told.to_string().contains("'Pasteur'") && told.to_string().contains("'x2'"), "{told}");
    assert_eq!(fit.residuals()[0].covariance.rows, ["x1"]);
}

/// The log-likelihood is that of the answers that are there, at the moments the model implies of them; moments that a group
/// does not have are no degrees of freedom, of the independence model neither.
#[test]
fn the_likelihood_of_a_group_is_that_of_what_it_was_asked() {
    let data = asked_in_one_school(&["x3"]);
    let fit = equal_in_schools("lv =~ x1 + x2 + x3 + x4", Estimator::Ml, &data).unwrap();
    let school = data.labels("school").unwrap();
    let mut logl = 0.0;
    for (group, name) in fit.groups.iter().enumerate() {
        let names: &[&str] = if name == "Pasteur" { &["x1", "x2", "x4"] } else { &["x1", "x2", "x3", "x4"] };
        let answers = data.numeric(names).unwrap();
        let (sigma, mean) = (&fit.implied_covariance()[group], fit.implied_means()[group].clone().unwrap());
        let k = names.len();
        let s = nalgebra::DMatrix::from_fn(k, k, |i, j| sigma.get(names[i], names[j]).unwrap());
        let (inverse, log) = (s.clone().try_inverse().unwrap(), s.determinant().ln());
        for row in (0..data.n_rows()).filter(|&row| school[row].as_deref() == Some(name.as_str())) {
            let d = nalgebra::DVector::from_fn(k, |j, _| answers[(row, j)] - mean[names[j]]);
            let constant = k as f64 * (2.0 * std::f64::consts::PI).ln();
            logl -= 0.5 * (constant + log + d.dot(&(&inverse * &d)));
        }
    }
    assert!((logl - fit.measure("logl").unwrap()).abs() < 1e-7);
    // moments: 3 + 6 and 4 + 10; parameters: 3 loadings, 4 intercepts, 4 residual variances, 2 variances, 1 mean
    assert_eq!((fit.measure("df").ok(), fit.measure("npar").ok()), (Some(9.0), Some(14.0)));
    assert_eq!(fit.measure("baseline.df").ok(), Some(9.0));
    let chisq = 2.0 * (fit.measure("unrestricted.logl").unwrap() - fit.measure("logl").unwrap());
    assert!((chisq - fit.measure("chisq").unwrap()).abs() < 1e-7);
    let robust = equal_in_schools("lv =~ x1 + x2 + x3 + x4", Estimator::Mlr, &data).unwrap();
    let scaling = robust.measure("chisq.scaling.factor").unwrap();
    assert!(scaling > 0.5 && scaling < 2.0, "{scaling}");
    assert!(robust.measure("cfi.scaled").ok().is_some_and(|cfi| cfi > 0.0 && cfi <= 1.0));
    assert_eq!((fit.measure("gfi").ok(), fit.measure("rmsea.robust").ok()), (None, None));
}

/// Where the model cannot carry what a group was not asked, the group, the item and the way out are named.
#[test]
fn what_a_group_was_not_asked_is_refused_by_name() {
    let data = asked_in_one_school(&["x3"]);
    let model: Model = "lv =~ x1 + x2 + x3 + x4".parse().unwrap();
    let own = Estimation::default().group("school");
    let error = own.clone().missing(Missing::Fiml).fit(&model, &data).unwrap_err();
    assert!(matches!(&error, Error::NotAskedInGroup { item, group, parameter: Some(_), .. }
        if item == "x3" && group == "Pasteur"));
    assert!(error.hint().contains("group.equal"), "{}", error.hint());
    let error = own.fit(&model, &data).unwrap_err();
    assert!(matches!(&error, Error::NoCompleteRow { group, rows: 156, lacking, .. }
        if group == "Pasteur" && *lacking == ["x3"]));
    assert!(error.hint().contains("fiml"), "{}", error.hint());
}

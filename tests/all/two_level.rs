//! Models of two levels against lavaan 0.6-14 (`tests/reference/lavaan_two_level*.json` have source and call), and what must be true of any.
//!
//! Tolerance: estimates a thousandth of their standard error, standard errors of ML and log-likelihoods 1e-4 and 1e-6
//! relative: lavaan's own stopping error. Its standard errors of MLR are up to 0.24 % from the sandwich of the clusters'
//! scores where clusters differ in size; ours are compared with that sandwich too, by differences of each cluster's
//! log-likelihood as one long normal vector (numpy).

use psychometrics::data::Dataset;
use psychometrics::model::Covariates;
use psychometrics::moments::Missing;
use psychometrics::{Error, Estimation, Estimator, Fit, Model};
use serde_json::Value;

fn path(file: &str) -> String {
    format!("{}/tests/{file}", env!("CARGO_MANIFEST_DIR"))
}

fn data() -> Dataset {
    Dataset::read_csv(path("data/two_level.csv")).unwrap()
}

fn incomplete() -> Dataset {
    Dataset::read_csv(path("data/two_level_missing.csv")).unwrap()
}

fn reference(file: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path(&format!("reference/{file}.json"))).unwrap()).unwrap()
}

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found}, lavaan {expected}");
}

fn sem(estimator: Estimator) -> Estimation {
    Estimation::new(estimator).function(psychometrics::model::Function::Sem).cluster("team")
}

const MEASURES: [&str; 14] = [
    "npar",
    "chisq",
    "df",
    "baseline.chisq",
    "baseline.df",
    "cfi",
    "tli",
    "logl",
    "unrestricted.logl",
    "aic",
    "bic",
    "rmsea",
    "srmr_within",
    "srmr_between",
];
const SCALED: [&str; 7] = [
    "chisq.scaled",
    "chisq.scaling.factor",
    "baseline.chisq.scaling.factor",
    "scaling.factor.h0",
    "scaling.factor.h1",
    "cfi.robust",
    "rmsea.robust",
];

#[test]
fn estimates_errors_tests_and_measures_are_lavaans() {
    compare("lavaan_two_level", &data(), Missing::Listwise);
}

/// A question that was asked in some teams only, and answers missing at random given others.
#[test]
fn full_information_is_lavaans() {
    compare("lavaan_two_level_missing", &incomplete(), Missing::Fiml);
}

/// Growth within and between, of four times; and with people dropping out.
#[test]
fn growth_curves_are_lavaans() {
    let at = |file: &str| Dataset::read_csv(path(&format!("data/{file}.csv"))).unwrap();
    compare("lavaan_two_level_growth", &at("two_level_growth"), Missing::Listwise);
    compare("lavaan_two_level_dropout", &at("two_level_dropout"), Missing::Fiml);
}

fn compare(file: &str, data: &Dataset, missing: Missing) {
    for own in reference(file)["fits"].as_array().unwrap() {
        let name = format!("{} {}", own["name"], own["estimator"]);
        let robust = own["estimator"] == "MLR";
        let model: Model = own["model"].as_str().unwrap().parse().unwrap();
        let mut estimation = sem(if robust { Estimator::Mlr } else { Estimator::Ml }).missing(missing);
        if let Some(group) = own["group"].as_str() {
            estimation = estimation.group(group);
        }
        let fit = estimation.fit(&model, data).unwrap();
        assert!(fit.converged, "{name}");
        // of groups lavaan ends with a gradient of .006, and a log-likelihood that is .0002 lower
        let (of_estimates, of_errors) = match own["name"] == "groups" {
            true => (2e-2, 1e-2),
            false => (1e-3, if robust { 3e-3 } else { 1e-4 }),
        };
        assert!(fit.measure("logl").unwrap() > own["fit"]["logl"].as_f64().unwrap() - 1e-6, "{name}");
        for row in own["parameters"].as_array().unwrap() {
            let text = |key: &str| row[key].as_str().unwrap();
            let (lhs, op, rhs) = (text("lhs"), text("op"), text("rhs"));
            let at = |p: &&psychometrics::estimate::ParameterEstimate| {
                let same = p.lhs == lhs && p.rhs == rhs || op == "~~" && p.lhs == rhs && p.rhs == lhs;
                same && p.op == op && row["group"] == p.group && row["level"] == p.level
            };
            let what = format!("{name}: {lhs} {op} {rhs}, group {}, level {}", row["group"], row["level"]);
            let p = fit.parameters.iter().find(at).unwrap_or_else(|| panic!("{what} is not there"));
            let (est, se) = (row["est"].as_f64().unwrap(), row["se"].as_f64().unwrap());
            // of incomplete rows lavaan's moments of fixed covariates are where its EM stopped; ours are the sample's
            let em = if missing == Missing::Fiml && se == 0.0 { 2e-3 * est.abs().max(0.1) } else { 0.0 };
            near(p.est, est, (of_estimates * se).max(1e-5).max(em), &what);
            near(p.se.unwrap(), se, of_errors * se, &format!("error of {what}"));
            let std = row["std"].as_f64().unwrap();
            near(p.std_all.unwrap(), std, 5e-4 * std.abs().max(1.0), &format!("standardised {what}"));
        }
        for measure in MEASURES.into_iter().chain(SCALED.into_iter().filter(|_| robust)) {
            let expected = own["fit"][measure].as_f64().unwrap();
            let found = fit.measure(measure).unwrap_or_else(|_| panic!("{name}: no {measure}"));
            // SRMR stands on small differences from the saturated moments, which lavaan's EM leaves at 1e-4
            let tolerance = match measure {
                "srmr_within" | "srmr_between" => 3e-4,
                _ if SCALED.contains(&measure) => 3e-3 * expected.abs(),
                _ => 1e-3 * expected.abs().min(1.0) + 1e-6 * expected.abs(),
            };
            near(found, expected, tolerance, &format!("{name}: {measure}"));
        }
    }
}

/// Standard errors of the free parameters of [`COVARIATES`] by MLR, from differences.
const SANDWICH: [f64; 22] = [
    0.036_331_105,
    0.041_654_863,
    0.040_549_479,
    0.034_988_651,
    0.048_173_355,
    0.039_371_059,
    0.040_954_727,
    0.047_813_809,
    0.065_231_654,
    0.105_274_471,
    0.101_861_127,
    0.125_547_275,
    0.067_101_520,
    0.039_954_586,
    0.036_484_513,
    0.030_057_907,
    0.044_366_694,
    0.103_992_121,
    0.078_599_640,
    0.071_342_453,
    0.059_983_154,
    0.084_187_566,
];

const COVARIATES: &str =
    "level: 1\n fw =~ y1 + y2 + y3 + y4\n fw ~ x\nlevel: 2\n fb =~ y1 + y2 + y3 + y4\n fb ~ w";

fn numbers(fit: &Fit) -> Vec<f64> {
    let fitted = ["chisq", "logl", "baseline.chisq"].map(|name| fit.measure(name).unwrap());
    fit.parameters.iter().flat_map(|p| [p.est, p.se.unwrap()]).chain(fitted).collect()
}

fn alike(a: &Fit, b: &Fit) {
    for (a, b) in numbers(a).into_iter().zip(numbers(b)) {
        assert!((a - b).abs() < 1e-6 * (1.0 + b.abs()), "{a} {b}");
    }
}

#[test]
fn order_of_rows_and_names_of_clusters_and_levels_do_not_matter() {
    let model: Model = COVARIATES.parse().unwrap();
    let first = sem(Estimator::Mlr).fit(&model, &data()).unwrap();
    let text = std::fs::read_to_string(path("data/two_level.csv")).unwrap();
    let mut lines: Vec<String> = text.lines().map(Into::into).collect();
    lines[1..].reverse();
    lines.iter_mut().skip(1).for_each(|line| line.insert_str(0, "team-"));
    let file = std::env::temp_dir().join(format!("two_level_{}.csv", std::process::id()));
    std::fs::write(&file, lines.join("\n")).unwrap();
    let turned = Dataset::read_csv(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let named: Model = COVARIATES
        .replace("level: 1", "level: within")
        .replace("level: 2", "level: between")
        .parse()
        .unwrap();
    alike(&first, &sem(Estimator::Mlr).fit(&named, &turned).unwrap());
}

/// Without variance between clusters the within part is the model of one level of independent respondents.
#[test]
fn what_is_measured_within_only_is_a_model_of_one_level() {
    let both: Model = "level: 1\n f =~ y1 + y2 + y3 + y4\nlevel: 2\n w ~~ w".parse().unwrap();
    let one: Model = "f =~ y1 + y2 + y3 + y4".parse().unwrap();
    let data = data();
    let two = Estimation::default().cluster("team").fit(&both, &data).unwrap();
    let plain = Estimation::default()
        .means(psychometrics::model::MeanStructure::Included)
        .information(psychometrics::estimate::Information::Observed)
        .fit(&one, &data)
        .unwrap();
    for p in &plain.parameters {
        let own =
            two.parameters.iter().find(|q| q.level == 1 && q.lhs == p.lhs && q.op == p.op && q.rhs == p.rhs);
        let own = own.unwrap();
        assert!((own.est - p.est).abs() < 1e-6, "{} {} {}: {} {}", p.lhs, p.op, p.rhs, own.est, p.est);
        assert!((own.se.unwrap() - p.se.unwrap()).abs() < 1e-6, "error of {} {} {}", p.lhs, p.op, p.rhs);
    }
    assert!((two.measure("chisq").unwrap() - plain.measure("chisq").unwrap()).abs() < 1e-6);
}

#[test]
fn intraclass_correlations_and_reliability_have_levels() {
    let fit = sem(Estimator::Ml).fit(&COVARIATES.parse().unwrap(), &data()).unwrap();
    let expected = &reference("lavaan_two_level")["fits"][0]["icc"];
    let icc = &fit.intraclass_correlations()[0];
    for (i, name) in ["y1", "y2", "y3", "y4"].into_iter().enumerate() {
        // lavaan's saturated moments are where its EM stopped
        near(icc[name], expected[i].as_f64().unwrap(), 5e-4, name);
    }
    use psychometrics::evidence::internal_structure::FactorReliability;
    let found = FactorReliability::of(&fit);
    let levels: Vec<(usize, &str)> = found.iter().map(|one| (one.level, one.factor.as_str())).collect();
    assert_eq!(levels, [(1, "fw"), (2, "fb")]);
    // the sum of the loadings squared, times the factor's variance, over that and the residual variances
    for one in &found {
        let of = |op: &'static str| fit.parameters.iter().filter(move |p| p.level == one.level && p.op == op);
        let sum: f64 = of("=~").map(|p| p.est).sum();
        let residual: f64 =
            of("~~").filter(|p| p.lhs == p.rhs && p.lhs.starts_with('y')).map(|p| p.est).sum();
        // explained and unexplained variance of the factor
        let loading = of("=~").next().unwrap();
        let common = sum * sum * loading.std_lv.unwrap().powi(2);
        assert!((one.omega.unwrap() - common / (common + residual)).abs() < 1e-9);
    }
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let data = data();
    let fit = |text: &str| sem(Estimator::Ml).fit(&text.parse().unwrap(), &data);
    let message = |error: Error| format!("{error} {}", error.hint());
    assert!(
        message(fit("level: 1\n f =~ y1 + y2 + y3\nlevel: 2\n x ~ w\n y1 ~~ y1").unwrap_err())
            .contains("'x'")
    );
    let constant = fit("level: 1\n f =~ y1 + y2 + w\nlevel: 2\n y1 ~~ y2").unwrap_err();
    assert!(matches!(constant, Error::ConstantWithin { ref name, .. } if name == "w"), "{constant}");
    let outside = fit("f =~ y1 + y2 + y3\nlevel: 1\n y1 ~~ y2\nlevel: 2\n y1 ~~ y2").unwrap_err();
    assert!(message(outside).contains("'f =~ y1' stands in no level block"));
    let one = fit("level: 1\n f =~ y1 + y2 + y3").unwrap_err();
    assert!(message(one).contains("1 level block"));
    let three = fit("level: a\n y1 ~~ y2\nlevel: b\n y1 ~~ y2\nlevel: c\n y1 ~~ y2").unwrap_err();
    assert!(message(three).contains("3 level block"));
    let model: Model = COVARIATES.parse().unwrap();
    let clusterless = Estimation::default().fit(&model, &data).unwrap_err();
    assert!(message(clusterless).contains("cluster"));
    let estimated = |estimation: Estimation| message(estimation.fit(&model, &data).unwrap_err());
    assert!(estimated(sem(Estimator::Wlsmv)).contains("two levels"));
    assert!(estimated(sem(Estimator::Ml).missing(Missing::TwoStage)).contains("two levels"));
    let solved = sem(Estimator::Ml).fit(&model, &data).unwrap();
    let bartlett = solved.scores(&data, None, psychometrics::estimate::ScoreMethod::Bartlett).unwrap_err();
    assert!(message(bartlett).contains("Use regression scores"));
}

/// On complete data full information is what complete rows say, on incomplete ones it uses more rows.
#[test]
fn full_information_uses_every_row() {
    let model: Model = COVARIATES.parse().unwrap();
    let fiml = |data: &Dataset| sem(Estimator::Mlr).missing(Missing::Fiml).fit(&model, data).unwrap();
    alike(&sem(Estimator::Mlr).fit(&model, &data()).unwrap(), &fiml(&data()));
    let full = fiml(&incomplete());
    let listwise = sem(Estimator::Mlr).fit(&model, &incomplete()).unwrap();
    assert_eq!((full.missing.rows_used, full.nclusters[0]), (857, 110));
    assert!(listwise.missing.rows_used < 500 && listwise.nclusters[0] < 110);
    // MLR keeps estimates and log-likelihood of ML; its errors are not theirs
    let plain = sem(Estimator::Ml).missing(Missing::Fiml).fit(&model, &incomplete()).unwrap();
    // the moments of a fixed covariate that is complete are the sample's
    let x = incomplete().numeric(&["x"]).unwrap();
    let own = plain.parameters.iter().find(|p| p.lhs == "x" && p.op == "~~").unwrap().est;
    assert!((own - x.var(0.0)).abs() < 1e-9, "{own}");
    for (robust, plain) in full.parameters.iter().zip(&plain.parameters).filter(|(p, _)| p.free > 0) {
        assert!((robust.est - plain.est).abs() < 1e-7);
        let ratio = robust.se.unwrap() / plain.se.unwrap();
        assert!((0.7..1.4).contains(&ratio) && (ratio - 1.0).abs() > 1e-6, "{ratio}");
    }
    assert!((full.measure("chisq").unwrap() - plain.measure("chisq").unwrap()).abs() < 1e-6);
    let scaling = full.measure("chisq.scaling.factor").unwrap();
    assert!((0.8..1.3).contains(&scaling), "{scaling}");
}

/// A cluster variable may be missing too where it is random, and rows without fixed covariates are left out.
#[test]
fn a_cluster_variable_may_be_missing() {
    let text = std::fs::read_to_string(path("data/two_level.csv")).unwrap();
    let lines: Vec<String> = (text.lines().enumerate())
        .map(|(i, line)| match line.rsplit_once(',') {
            // teams 5, 10, 15, ... have no w
            Some((rest, _))
                if i > 0 && line.split(',').next().unwrap().parse::<usize>().unwrap() % 5 == 0 =>
            {
                format!("{rest},")
            }
            _ => line.into(),
        })
        .collect();
    let file = std::env::temp_dir().join(format!("two_level_w_{}.csv", std::process::id()));
    std::fs::write(&file, lines.join("\n")).unwrap();
    let gaps = Dataset::read_csv(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let model: Model = COVARIATES.parse().unwrap();
    let estimation = || sem(Estimator::Ml).missing(Missing::Fiml);
    let slope = |fit: &Fit| {
        let own = fit.parameters.iter().find(|p| p.level == 2 && p.op == "~").unwrap();
        (own.est, own.se.unwrap())
    };
    let whole = slope(&sem(Estimator::Ml).fit(&model, &data()).unwrap());
    let random = estimation().covariates(Covariates::Random).fit(&model, &gaps).unwrap();
    assert_eq!(random.nclusters, [110]);
    let fixed = estimation().fit(&model, &gaps).unwrap();
    assert_eq!(fixed.nclusters, [88]);
    let (random, fixed) = (slope(&random), slope(&fixed));
    // 88 of 110 clusters tell of it
    for (est, se) in [random, fixed] {
        assert!((est - whole.0).abs() < se && se > 1.03 * whole.1 && se < 1.3 * whole.1, "{est} {se}");
    }
}

#[test]
fn what_was_never_answered_together_is_named() {
    let text = std::fs::read_to_string(path("data/two_level.csv")).unwrap();
    let lines: Vec<String> = (text.lines().enumerate())
        .map(|(i, line)| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if i > 0 {
                cells[if i % 2 == 0 { 3 } else { 4 }] = "";
            }
            cells.join(",")
        })
        .collect();
    let file = std::env::temp_dir().join(format!("two_level_apart_{}.csv", std::process::id()));
    std::fs::write(&file, lines.join("\n")).unwrap();
    let apart = Dataset::read_csv(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let fit =
        sem(Estimator::Ml).missing(Missing::Fiml).fit(&COVARIATES.parse().unwrap(), &apart).unwrap_err();
    assert!(
        matches!(&fit, Error::NeverTogether { first, second } if first == "y2" && second == "y3"),
        "{fit}"
    );
}

#[test]
fn robust_errors_are_the_sandwich_of_the_clusters() {
    let fit = sem(Estimator::Mlr).fit(&COVARIATES.parse().unwrap(), &data()).unwrap();
    let free = fit.parameters.iter().filter(|p| p.free > 0);
    assert_eq!(free.clone().count(), SANDWICH.len());
    for (p, expected) in free.zip(SANDWICH) {
        let found = p.se.unwrap();
        assert!(
            (found - expected).abs() < 1e-5 * expected,
            "{} {} {}: {found} {expected}",
            p.lhs,
            p.op,
            p.rhs
        );
    }
}

/// Variables of both levels explain on each: lavaan 0.6-14 fixes the between mean of such a covariate at a part of it
/// (3.379 of 3.820 here) and reports the misfit as the model's, so this rests on what the model says.
#[test]
fn a_covariate_of_both_levels_explains_on_each() {
    let model: Model = "level: 1\n y1 ~ y4\nlevel: 2\n y1 ~ y4".parse().unwrap();
    let fit = sem(Estimator::Ml).fit(&model, &data()).unwrap();
    // a saturated model: nothing is tested, and the slopes are those of the saturated moments
    assert_eq!(fit.df(), 0);
    assert!(fit.measure("chisq").unwrap().abs() < 1e-6);
    let mean = fit.parameters.iter().find(|p| p.level == 2 && p.lhs == "y4" && p.op == "~1").unwrap().est;
    let y4 = data().numeric(&["y4"]).unwrap();
    assert!((mean - y4.mean().unwrap()).abs() < 0.05, "{mean}");
    for level in [1, 2] {
        let slope = fit.parameters.iter().find(|p| p.level == level && p.op == "~").unwrap();
        // population: 1 / 1.1 of the factor's share within, 1 / 1.2 between; well above 0 and apart from it
        assert!(slope.est > 0.5 && slope.est < 1.0 && slope.z.unwrap() > 5.0, "{level}: {}", slope.est);
    }
}

/// Each level with the other one saturated, all its covariances written out: fits of lavaan, and what follows from their
/// tests by hand.
#[test]
fn fit_of_each_level_is_that_of_partially_saturated_models() {
    for own in reference("lavaan_two_level_levels")["fits"].as_array().unwrap() {
        let name = format!("{} {}", own["name"], own["estimator"]);
        let robust = own["estimator"] == "MLR";
        let model: Model = own["model"].as_str().unwrap().parse().unwrap();
        let data = Dataset::read_csv(path(&format!("data/{}.csv", own["data"].as_str().unwrap()))).unwrap();
        let mut estimation = sem(if robust { Estimator::Mlr } else { Estimator::Ml });
        let groups = if let Some(group) = own["group"].as_str() {
            estimation = estimation.group(group);
            2.0
        } else {
            1.0
        };
        let fit = estimation.fit(&model, &data).unwrap();
        let levels = fit.level_fit().unwrap();
        assert!(levels.warnings.is_empty(), "{name}");
        let clusters = fit.nclusters.iter().sum::<usize>() as f64;
        let respondents = fit.nobs.iter().sum::<usize>() as f64;
        for (level, n) in [("within", respondents - clusters), ("between", clusters)] {
            let tests = |of: &str, key: &str| own["tests"][format!("{level}{of}")][key].as_f64().unwrap();
            let get =
                |measure: String| levels.measure(&measure).unwrap_or_else(|_| panic!("{name}: no {measure}"));
            let (t, df) = (tests("", "chisq"), tests("", "df"));
            let (base, base_df) = (tests("_base", "chisq"), tests("_base", "df"));
            // where lavaan stops, log L is up to 6e-4 from its maximum (of groups). Its slopes on x, whose mean is not 0, move the means
            // within; our saturated level has covariances with x and no such means, which structured means between tell
            let found = get(format!("chisq_{level}"));
            let below = if own["name"] == "growth" && level == "between" { 0.03 } else { 1e-3 };
            assert!((t - below..t + 2e-3).contains(&found), "{name}: chi-square {level} {found}, lavaan {t}");
            near(
                get(format!("baseline.chisq_{level}")),
                base,
                2e-3 + 1e-6 * base,
                &format!("{name}: baseline {level}"),
            );
            assert_eq!(get(format!("df_{level}")), df, "{name} {level}");
            assert_eq!(get(format!("baseline.df_{level}")), base_df, "{name} {level}");
            let rmsea = ((t - df).max(0.0) * groups / (df * n)).sqrt();
            near(get(format!("rmsea_{level}")), rmsea, 1e-3, &format!("{name}: RMSEA {level}"));
            let cfi = 1.0 - (t - df).max(0.0) / (base - base_df).max(t - df);
            near(get(format!("cfi_{level}")), cfi, 1e-4, &format!("{name}: CFI {level}"));
            let tli = (base / base_df - t / df) / (base / base_df - 1.0);
            near(get(format!("tli_{level}")), tli, 1e-3, &format!("{name}: TLI {level}"));
            if robust {
                // lavaan's scaling is up to 0.24 % from the sandwich of the clusters, and c of a level is a difference
                let scaling = tests("", "chisq.scaling.factor");
                let found = get(format!("chisq_{level}.scaling.factor"));
                near(found, scaling, 2e-2 * scaling, &format!("{name}: scaling {level}"));
                let scaled = get(format!("chisq_{level}")) / found;
                near(get(format!("chisq_{level}.scaled")), scaled, 1e-9, &name);
                assert!(
                    get(format!("cfi_{level}.robust")) > 0.0 && get(format!("rmsea_{level}.robust")) >= 0.0
                );
            }
        }
    }
}

/// Without ties between the levels their degrees of freedom are those of the model, whose chi-square is about the sum.
#[test]
fn levels_share_what_does_not_fit() {
    let model: Model =
        "level: 1\n f =~ y1 + y2 + y3 + y4\nlevel: 2\n fb =~ 1*y1 + 1*y2 + 1*y3 + 1*y4".parse().unwrap();
    let fit = sem(Estimator::Ml).fit(&model, &data()).unwrap();
    let levels = fit.level_fit().unwrap();
    let of = |name: &str| levels.measure(name).unwrap();
    assert_eq!(of("df_within") + of("df_between"), fit.df() as f64);
    let sum = of("chisq_within") + of("chisq_between");
    assert!((sum - fit.measure("chisq").unwrap()).abs() < 0.05 * sum, "{sum}");
    // what is wrong is between: of all respondents RMSEA does not show it
    assert!(of("pvalue_within") > 0.5 && of("pvalue_between") < 1e-3);
    assert!(of("rmsea_between") > 0.15 && of("rmsea_within") < 0.01 && fit.measure("rmsea").unwrap() < 0.07);
    let one = Estimation::default().fit(&"f =~ y1 + y2 + y3 + y4".parse().unwrap(), &data()).unwrap();
    assert!(matches!(one.level_fit(), Err(Error::Unsupported { .. })));
}

/// A label on both levels ties them in the model and not in the fit of each; a constraint within a level stays.
#[test]
fn what_ties_levels_is_no_matter_of_one() {
    let text = "level: 1\n f =~ y1 + a*y2 + b*y3 + c*y4\nlevel: 2\n fb =~ y1 + d*y2 + e*y3 + g*y4";
    let fit = |text: &str| sem(Estimator::Ml).fit(&text.parse().unwrap(), &data()).unwrap();
    let levels = |text: &str| {
        let levels = fit(text).level_fit().unwrap();
        let of = |name: &str| levels.measure(name).unwrap();
        [of("chisq_within"), of("chisq_between"), of("df_within"), of("df_between")]
    };
    let alike = |a: [f64; 4], b: [f64; 4]| {
        a.iter().zip(b).for_each(|(a, b)| assert!((a - b).abs() < 1e-5 * (1.0 + b.abs()), "{a} {b}"));
    };
    let free = levels(text);
    alike(free, levels(&format!("{text}\n a == d\n b == e")));
    alike(free, levels(&text.replace("d*y2", "a*y2")));
    let tied = levels(&format!("{text}\n d == e\n e == g"));
    assert_eq!((tied[2], tied[3]), (free[2], free[3] + 2.0));
    assert!(tied[0] - free[0] < 1e-6 && tied[1] > free[1]);
    alike(tied, levels(&text.replace("e*y3 + g*y4", "d*y3 + d*y4")));
}

/// lavaan's `lavPredict(fit, level = 1)` and `level = 2`. Where a covariate explains within, lavaan's scores of clusters are
/// up to .08 from the mean given all answers of the cluster, which is then computed from one long normal vector.
#[test]
fn scores_of_respondents_and_clusters_are_lavaans() {
    use psychometrics::estimate::ScoreMethod::Regression;
    let known = reference("lavaan_two_level_scores");
    for own in known["fits"].as_array().unwrap() {
        let name = own["name"].as_str().unwrap();
        let data = Dataset::read_csv(path(&format!("data/{}.csv", own["data"].as_str().unwrap()))).unwrap();
        let fit = sem(Estimator::Ml).fit(&own["model"].as_str().unwrap().parse().unwrap(), &data).unwrap();
        let scores = fit.scores(&data, None, Regression).unwrap();
        let clusters = scores.clusters.as_ref().unwrap();
        assert_eq!((scores.values.len(), clusters.values.len()), (fit.nobs[0], fit.nclusters[0]));
        let within: Vec<Vec<f64>> =
            scores.values.iter().map(|row| row.iter().copied().flatten().collect()).collect();
        for (level, values) in [("within", &within), ("between", &clusters.values)] {
            let Some(known) = own[level].as_array() else { continue };
            // every tenth; a thousandth of a unit is lavaan's stopping error in the parameters
            let of = |row: &Value| {
                row.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect::<Vec<f64>>()
            };
            for (row, expected) in values.iter().step_by(10).zip(known.iter().map(of)) {
                assert_eq!(row.len(), expected.len());
                row.iter().zip(expected).for_each(|(found, expected)| near(*found, expected, 1e-3, name));
            }
            assert_eq!(known.len(), values.len().div_ceil(10));
        }
        let certain = scores.determinacy.iter().chain(&clusters.determinacy).flatten();
        assert!(certain.into_iter().all(|own| (0.3..1.0).contains(&own.unwrap())), "{name}");
    }
}

/// A respondent's missing answers leave the scores of the others' nearly alone, and make the own less certain.
#[test]
fn scores_rest_on_the_answers_that_are_there() {
    use psychometrics::estimate::ScoreMethod::{Ebm, Regression};
    let model: Model = COVARIATES.parse().unwrap();
    let fit = sem(Estimator::Ml).missing(Missing::Fiml).fit(&model, &incomplete()).unwrap();
    let (whole, some) =
        (fit.scores(&data(), None, Regression).unwrap(), fit.scores(&incomplete(), None, Ebm).unwrap());
    assert_eq!((some.rows.len(), some.left_out), (857, 0));
    let (a, b) = (whole.clusters.unwrap(), some.clusters.unwrap());
    assert_eq!(a.clusters, b.clusters);
    assert!(b.determinacy[0][0].unwrap() < a.determinacy[0][0].unwrap());
    assert!(some.determinacy[0][0].unwrap() < whole.determinacy[0][0].unwrap());
    assert!(a.se.iter().zip(&b.se).all(|(whole, some)| some[0] >= whole[0] - 1e-12));
    // fewer respondents tell less of their cluster
    let first = Dataset::read_csv(path("data/two_level.csv")).unwrap();
    let kept: Vec<String> = std::fs::read_to_string(path("data/two_level.csv"))
        .unwrap()
        .lines()
        .enumerate()
        .filter(|(i, line)| *i != 1 || !line.starts_with("1,"))
        .map(|(_, line)| line.to_string())
        .collect();
    let file = std::env::temp_dir().join(format!("two_level_fewer_{}.csv", std::process::id()));
    std::fs::write(&file, kept.join("\n")).unwrap();
    let fewer = Dataset::read_csv(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let of = |data: &Dataset| fit.scores(data, None, Regression).unwrap().clusters.unwrap();
    let (more, fewer) = (of(&first), of(&fewer));
    assert!(fewer.se[0][0] > more.se[0][0] && fewer.values[0] != more.values[0]);
    assert_eq!((&fewer.values[1..], &fewer.se[1..]), (&more.values[1..], &more.se[1..]));
}

/// lavaan's `modindices()`, which has expected information too; and what it does not list is a score test all the same.
#[test]
fn modification_indices_are_lavaans() {
    for own in reference("lavaan_two_level_modification")["fits"].as_array().unwrap() {
        let name = own["name"].as_str().unwrap();
        let data = Dataset::read_csv(path(&format!("data/{}.csv", own["data"].as_str().unwrap()))).unwrap();
        let fit = sem(Estimator::Ml).fit(&own["model"].as_str().unwrap().parse().unwrap(), &data).unwrap();
        let found = fit.modification_indices().unwrap();
        // lavaan has the mean of a variable of both levels twice, with the same index
        let is_twice = |row: &&Value| row["op"] == "~1" && row["level"] == 1 && row["lhs"] != "x";
        for row in own["indices"].as_array().unwrap().iter().filter(|row| !is_twice(row)) {
            let text = |key: &str| row[key].as_str().unwrap();
            let what =
                format!("{name}: {} {} {}, level {}", text("lhs"), text("op"), text("rhs"), row["level"]);
            let index = found
                .iter()
                .find(|index| {
                    let same = index.lhs == text("lhs") && index.rhs == text("rhs");
                    let turned = index.op == "~~" && index.lhs == text("rhs") && index.rhs == text("lhs");
                    index.op == text("op") && (same || turned) && row["level"] == index.level
                })
                .unwrap_or_else(|| panic!("{what} is not there"));
            let of = |key: &str| row[key].as_f64().unwrap();
            near(index.mi, of("mi"), 2e-3 * (1.0 + of("mi")), &what);
            near(index.epc, of("epc"), 2e-3 * (0.1 + of("epc").abs()), &format!("change of {what}"));
            let all = index.sepc_all.unwrap();
            near(
                all,
                of("sepc.all"),
                5e-3 * (0.1 + of("sepc.all").abs()),
                &format!("standardised change of {what}"),
            );
        }
    }
}

/// An index is about how much chi-square falls when the parameter is freed, on either level, with missing answers too.
#[test]
fn a_modification_index_is_about_the_fall_of_chi_square() {
    let text = "level: 1\n f =~ y1 + y2 + y3 + y4\n f ~ x\nlevel: 2\n fb =~ y1 + 1*y2 + 1*y3 + 1*y4\n fb ~ w";
    for data in [data(), incomplete()] {
        let fit = |text: &str| {
            sem(Estimator::Ml).missing(Missing::Fiml).fit(&text.parse().unwrap(), &data).unwrap()
        };
        let first = fit(text);
        let indices = first.modification_indices().unwrap();
        let names: Vec<String> =
            indices.iter().map(|m| format!("{} {} {} {}", m.lhs, m.op, m.rhs, m.level)).collect();
        // means of variables of both levels are no candidates within
        assert!(!indices.iter().any(|m| m.level == 1 && m.op == "~1" && m.lhs.starts_with('y')), "{names:?}");
        for (lhs, op, rhs, level, wider) in [
            ("fb", "=~", "y4", 2, text.replace("1*y4", "y4")),
            ("fb", "=~", "y2", 2, text.replace("1*y2", "y2")),
            ("y1", "~~", "y3", 1, text.replace("\nlevel: 2", "\n y1 ~~ y3\nlevel: 2")),
            ("y1", "~~", "y2", 2, format!("{text}\n y1 ~~ y2")),
        ] {
            let index = indices
                .iter()
                .find(|m| (m.level, m.op.symbol()) == (level, op) && m.lhs == lhs && m.rhs == rhs);
            let index = index.unwrap_or_else(|| panic!("{lhs} {op} {rhs}: {names:?}"));
            let wider = fit(&wider);
            let fall = first.measure("chisq").unwrap() - wider.measure("chisq").unwrap();
            assert!((index.mi - fall).abs() < 0.1 + 0.35 * fall, "{lhs} {op} {rhs}: {} {fall}", index.mi);
            let free = wider
                .parameters
                .iter()
                .find(|p| p.level == level && p.op == op && p.lhs == lhs && p.rhs == rhs)
                .unwrap();
            let change = free.est - if op == "=~" { 1.0 } else { 0.0 };
            assert!(
                index.epc * change > 0.0 || change.abs() < 0.01,
                "{lhs} {op} {rhs}: {} {change}",
                index.epc
            );
        }
    }
}

/// A constant added to an item or a covariate, and other units of a covariate, change neither the test nor (but for the
/// unit) slopes with their standard errors.
#[test]
fn constants_and_units_change_no_test() {
    let model: Model = "level: 1\n f =~ y1 + y2 + y3 + y4\n f ~ x\nlevel: 2\n g =~ y1 + y2 + y3 + y4\n g ~ w"
        .parse()
        .unwrap();
    let names = ["team", "y1", "y2", "y3", "y4", "x", "w"];
    let with = |variable: &str, times: f64, plus: f64| {
        let columns = names.map(|name| {
            let values: Vec<f64> = data().numeric(&[name]).unwrap().iter().copied().collect();
            (name, if name == variable { values.iter().map(|v| times * v + plus).collect() } else { values })
        });
        sem(Estimator::Mlr)
            .fit(&model, &Dataset::builder().columns(columns).nan_is_missing().build().unwrap())
            .unwrap()
    };
    let before = with("x", 1.0, 0.0);
    assert!(before.converged);
    for (variable, times, plus) in
        [("y2", 1.0, 1e6), ("x", 1.0, 1e6), ("w", 1.0, 1e6), ("x", 1e6, 0.0), ("w", 1e-6, 0.0)]
    {
        let after = with(variable, times, plus);
        let what = format!("{variable} {times} {plus}");
        assert!(after.converged, "{what}: {:?}", after.status);
        for name in ["chisq", "chisq.scaled", "cfi"] {
            let (a, b) = (before.measure(name).unwrap(), after.measure(name).unwrap());
            assert!((a - b).abs() < 1e-5 * (1.0 + a.abs()), "{what}: {name} {a} {b}");
        }
        for (a, b) in before
            .parameters
            .iter()
            .zip(&after.parameters)
            .filter(|(a, _)| ["=~", "~"].contains(&a.op.symbol()))
        {
            if let (Some(a), Some(b)) = (a.z, b.z) {
                assert!((a - b).abs() < 1e-4 * (1.0 + a.abs()), "{what}: {a:?} {b:?}");
            }
        }
    }
}

/// A level without latent variables: a constant added to an item moves its mean, and nothing else.
#[test]
fn constants_added_are_no_matter_where_a_level_has_no_factor() {
    let model: Model =
        "level: 1\nfw =~ y1 + y2 + y3 + y4\nlevel: 2\ny1 ~~ y1 + y2 + y3 + y4\ny2 ~~ y2 + y3 + y4\n\
                        y3 ~~ y3 + y4\ny4 ~~ y4"
            .parse()
            .unwrap();
    let with = |plus: f64| {
        let columns = ["team", "y1", "y2", "y3", "y4"].map(|name| {
            let values = data().numeric(&[name]).unwrap();
            (name, values.iter().map(|v| if name == "y2" { v + plus } else { *v }).collect::<Vec<f64>>())
        });
        sem(Estimator::Ml)
            .fit(&model, &Dataset::builder().columns(columns).nan_is_missing().build().unwrap())
            .unwrap()
    };
    let (before, after) = (with(0.0), with(1e6));
    assert!(before.converged && after.converged, "{:?} {:?}", before.status, after.status);
    let (a, b) = (before.measure("chisq").unwrap(), after.measure("chisq").unwrap());
    assert!((a - b).abs() < 1e-5 * (1.0 + a), "{a} {b}");
}

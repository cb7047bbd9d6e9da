//! Multiple imputation: pooling against semTools and mice, and what must hold of any imputation.
//!
//! Tolerances: estimates, standard errors and statistics as of single fits (2e-5, 5e-4 relative); degrees of freedom and
//! p-values, which are steep functions of the ratio of two variances, 2e-3 relative.

use crate::table;
use ndarray::{Array2, Axis};
use psychometrics::correlation::Ordered;
use psychometrics::data::{Column, Dataset};
use psychometrics::estimate::{Pooled, PooledFit, PooledTest, PoolingRule, StandardErrors, TestStatistic};
use psychometrics::model::{Equality, Function, Scaling};
use psychometrics::simulate::{Imputer, Population};
use psychometrics::{Error, Estimation, Estimator, Model, Warning};
use serde_json::Value;

const ABILITIES: &str = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6\n speed =~ x7 + x8 + x9";
const REFERENCE: &str = "semtools_imputed.json";

fn read(file: &str) -> Dataset {
    let folder = if file == "hs.csv" { "data/holzinger_swineford_1939" } else { "tests/data" };
    Dataset::read_csv(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(file)).unwrap()
}

/// Completed data sets that stand below each other, told apart by the column `imp`.
fn completed(file: &str) -> Vec<Dataset> {
    let long = read(file);
    let sets = long.grouping("imp").unwrap();
    let of = |code: usize| {
        let rows = sets.rows_of(code);
        let names = long.names().iter().filter(|name| *name != "imp");
        let column = |name: &String| match long.column(name).unwrap() {
            Column::Numeric(values) => Column::Numeric(rows.iter().map(|&i| values[i]).collect()),
            _ => {
                let labels = long.labels(name).unwrap();
                Column::from(rows.iter().map(|&i| labels[i].as_deref()).collect::<Vec<_>>())
            }
        };
        Dataset::builder()
            .columns(names.map(|name| (name.clone(), column(name))))
            .nan_is_missing()
            .build()
            .unwrap()
    };
    (0..sets.levels.len()).map(of).collect()
}

fn pooled(case: &Value) -> PooledFit {
    let options = &case["options"];
    let mut estimation = Estimation::new(match options["estimator"].as_str() {
        Some("MLR") => Estimator::Mlr,
        Some("WLSMV") => Estimator::Wlsmv,
        _ => Estimator::Ml,
    });
    if case["function"] == "sem" {
        estimation = estimation.function(Function::Sem);
    }
    if options["std.lv"] == true {
        estimation = estimation.scaling(Scaling::UnitVariance);
    }
    if options["ordered"] == true {
        estimation = estimation.ordered(Ordered::All);
    }
    if let Some(group) = options["group"].as_str() {
        estimation = estimation.group(group).equal([Equality::Loadings, Equality::Intercepts]);
    }
    let model: Model = case["model"].as_str().unwrap().parse().unwrap();
    estimation.fit_imputed(&model, &completed(case["data"].as_str().unwrap())).unwrap()
}

#[test]
fn parameters_are_those_of_semtools() {
    let mut differences = table::Differences::default();
    let reference = table::reference(REFERENCE);
    for name in ["ml", "groups", "defined", "covariate", "mlr", "wlsmv"] {
        let case = &reference[name];
        let fit = pooled(case);
        for theirs in case["parameters"].as_array().unwrap() {
            let text = |key: &str| theirs[key].as_str().unwrap_or_default();
            let group = theirs["group"].as_u64().unwrap_or(1) as usize;
            let (lhs, op, rhs) = (text("lhs"), text("op"), text("rhs"));
            let ours = fit.parameters.iter().find(|p| {
                let p = &p.parameter;
                p.lhs == lhs && p.op == op && (p.rhs == rhs || op == ":=") && (p.group == group || op == ":=")
            });
            let Some(ours) = ours else { panic!("{name}: no row {lhs} {op} {rhs}") };
            let what = |key: &str| format!("{name}: {lhs} {op} {rhs} (group {group}) {key}");
            let p = &ours.parameter;
            let se = theirs["se"].as_f64().unwrap_or(0.0);
            if p.free == 0 && op == "~~" && name == "wlsmv" {
                // what is left of a variance of 1: here at the pooled estimates, there the mean
                continue;
            }
            let close = 2e-5_f64.max(1e-3 * se);
            differences.compare(&what("est"), Some(p.est), &theirs["est"], close, 2e-5);
            if p.free == 0 && op != ":=" {
                continue;
            }
            if op == ":=" {
                // Rubin's rules of a*b itself, as are its riv and df there; there se is the delta method from T
                differences.compare(&what("riv"), ours.riv, &theirs["riv"], 1e-5, 2e-3);
                differences.compare(&what("df"), ours.df, &theirs["df"], 0.0, 5e-3);
                differences.compare(&what("se"), p.se, &theirs["se"], 0.0, 1e-2);
                continue;
            }
            differences.compare(&what("se"), p.se, &theirs["se"], 1e-5, 5e-4);
            differences.compare(&what("t"), p.z, &theirs["t"], 2e-3, 1e-3);
            // more than 9999 is infinite there
            if !theirs["df"].is_null() || ours.df.is_some_and(|df| df < 9999.0) {
                differences.compare(&what("df"), ours.df, &theirs["df"], 0.0, 5e-3);
            }
            differences.compare(&what("riv"), ours.riv, &theirs["riv"], 1e-5, 2e-3);
            differences.compare(&what("fmi"), ours.fmi, &theirs["fmi"], 1e-5, 2e-3);
            differences.compare(&what("pvalue"), p.pvalue, &theirs["pvalue"], 1e-5, 5e-2);
            differences.compare(&what("ci.lower"), p.ci_lower, &theirs["ci.lower"], 1e-4, 1e-3);
            differences.compare(&what("ci.upper"), p.ci_upper, &theirs["ci.upper"], 1e-4, 1e-3);
            if !matches!(name, "covariate" | "wlsmv") {
                differences.compare(&what("std.lv"), p.std_lv, &theirs["std.lv"], 5e-5, 1e-4);
                differences.compare(&what("std.all"), p.std_all, &theirs["std.all"], 5e-5, 1e-4);
            }
        }
    }
    differences.assert_none();
}

fn test_of(fit: &PooledFit, rule: PoolingRule, scaled: bool) -> Option<&PooledTest> {
    let own = |t: &&psychometrics::estimate::PooledModelTest| {
        t.pooled.rule == rule && (t.test != TestStatistic::Standard) == scaled
    };
    fit.tests.iter().find(own).map(|t| &t.pooled)
}

#[test]
fn tests_and_fit_measures_are_those_of_semtools() {
    let mut differences = table::Differences::default();
    let reference = table::reference(REFERENCE);
    for name in ["ml", "groups", "defined", "covariate", "mlr", "wlsmv"] {
        let case = &reference[name];
        let fit = pooled(case);
        let mut compare = |rule: PoolingRule, scaled: bool, theirs: &Value, suffix: &str| {
            let ours = test_of(&fit, rule, scaled);
            let of = |key: &str| &theirs[&format!("{key}{suffix}")];
            let what = |key: &str| format!("{name}: {rule:?} {key}{suffix}");
            differences.compare(&what("F"), ours.map(|t| t.f), of("F"), 1e-5, 2e-4);
            differences.compare(&what("df2"), ours.and_then(|t| t.df2), of("df2"), 0.0, 2e-3);
            differences.compare(&what("ariv"), ours.map(|t| t.ariv), of("ariv"), 1e-5, 2e-3);
            differences.compare(&what("pvalue"), ours.map(|t| t.pvalue), of("pvalue"), 1e-5, 2e-2);
        };
        compare(PoolingRule::D2, false, &case["D2"], "");
        if name == "mlr" || name == "wlsmv" {
            compare(PoolingRule::D2, true, &case["D2"], ".scaled");
        }
        if !matches!(name, "mlr" | "wlsmv") {
            compare(PoolingRule::D3, false, &case["D3"], "");
        }
        let by = if name == "wlsmv" { "fit.D2" } else { "fit.D3" };
        for measure in [
            "chisq",
            "df",
            "baseline.chisq",
            "baseline.df",
            "cfi",
            "tli",
            "nfi",
            "ifi",
            "rmsea",
            "rmsea.ci.lower",
            "rmsea.ci.upper",
            "srmr",
            "npar",
            "ntotal",
        ] {
            // the independence model of imputed fixed covariates is conditional here, and not there
            let by_baseline = matches!(measure, "baseline.chisq" | "cfi" | "tli" | "nfi" | "ifi");
            if name == "covariate" && by_baseline {
                continue;
            }
            let mut ours = fit.measure(measure).ok();
            if name == "wlsmv" && measure == "srmr" {
                // semTools counts the 66 pairs of 12 items, lavaan the 12 variances of 1 too
                ours = ours.map(|srmr| srmr * (78.0_f64 / 66.0).sqrt());
            }
            differences.compare(&format!("{name}: {measure}"), ours, &case[by][measure], 1e-4, 2e-4);
        }
        if name == "mlr" || name == "wlsmv" {
            // semTools' scaled RMSEA mixes the factor in twice; ours is that of one fit at the pooled statistic
            for measure in ["chisq.scaled", "baseline.chisq.scaled", "cfi.scaled", "tli.scaled", "nfi.scaled"]
            {
                let theirs = &case["fit.D2"][measure];
                differences.compare(
                    &format!("{name}: {measure}"),
                    fit.measure(measure).ok(),
                    theirs,
                    1e-4,
                    5e-4,
                );
            }
        }
    }
    differences.assert_none();
}

#[test]
fn scalar_rules_are_those_of_mice() {
    let reference = table::reference(REFERENCE);
    let mut differences = table::Differences::default();
    for row in reference["scalar"]["rows"].as_array().unwrap() {
        let list = |key: &str| -> Vec<f64> {
            row[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
        };
        let (estimates, variances) = (list("estimates"), list("variances"));
        let small = Pooled::of(&estimates, &variances, Some(298.0)).unwrap();
        let large = Pooled::of(&estimates, &variances, None).unwrap();
        for (key, ours) in [
            ("qbar", small.est),
            ("ubar", small.within),
            ("b", small.between),
            ("t", small.total),
            ("r", small.riv.unwrap()),
            ("df", small.df.unwrap()),
            ("fmi", small.fmi_finite),
            ("df.large", large.df.unwrap()),
            ("fmi.large", large.fmi_finite),
        ] {
            differences.compare(key, Some(ours), &row[key], 1e-10, 1e-8);
        }
    }
    differences.assert_none();
}

#[test]
fn without_missing_answers_the_pooled_fit_is_the_fit() {
    let data = read("hs.csv");
    let model: Model = ABILITIES.parse().unwrap();
    let imputed = Imputer::new(model.observed_names()).imputations(3).impute(&data).unwrap();
    assert!(imputed.variables.iter().all(|v| v.imputed == 0 && v.means.is_empty()));
    for estimation in [Estimation::default(), Estimation::new(Estimator::Mlr).group("school")] {
        let single = estimation.fit(&model, &data).unwrap();
        let pooled = estimation.fit_imputed(&model, &imputed.datasets).unwrap();
        for (p, own) in pooled.parameters.iter().zip(&single.parameters) {
            let close = |a: Option<f64>, b: Option<f64>| {
                assert_eq!(a.is_some(), b.is_some());
                a.zip(b)
                    .into_iter()
                    .for_each(|(a, b)| assert!((a - b).abs() < 1e-9 * (1.0 + b.abs()), "{a} {b}"));
            };
            let pairs = [
                (Some(p.parameter.est), Some(own.est)),
                (p.parameter.se, own.se),
                (p.parameter.pvalue, own.pvalue),
                (p.parameter.ci_lower, own.ci_lower),
                (p.parameter.std_all, own.std_all),
            ];
            pairs.into_iter().for_each(|(a, b)| close(a, b));
            assert_eq!(p.df, None);
            assert!(p.between.is_none_or(|between| between == 0.0) && p.fmi.is_none_or(|fmi| fmi == 0.0));
        }
        for name in
            ["chisq", "df", "pvalue", "cfi", "tli", "rmsea", "rmsea.ci.upper", "srmr", "baseline.chisq"]
        {
            let (a, b) = (pooled.measure(name).unwrap(), single.measure(name).unwrap());
            assert!((a - b).abs() < 1e-8 * (1.0 + b.abs()), "{name}: {a} {b}");
        }
        let (a, b) = (pooled.standardized(), single.standardized());
        for (a, b) in a.iter().zip(&b) {
            assert_eq!(a.parameter.est, b.est);
            assert!(a.parameter.z.zip(b.z).is_none_or(|(a, b)| (a - b).abs() < 1e-8 * (1.0 + b.abs())));
        }
    }
}

#[test]
fn imputed_values_are_values_that_somebody_gave() {
    let data = read("likert5_missing.csv");
    let names: Vec<String> = "abc".chars().flat_map(|f| (1..=4).map(move |i| format!("{f}{i}"))).collect();
    let before = data.numeric(&names).unwrap();
    let imputed = Imputer::new(names.clone()).imputations(4).iterations(3).impute(&data).unwrap();
    assert_eq!(imputed.datasets.len(), 4);
    for completed in &imputed.datasets {
        assert_eq!(completed.names(), data.names());
        let after = completed.numeric(&names).unwrap();
        for (before, after) in before.axis_iter(Axis(0)).zip(after.axis_iter(Axis(0))) {
            let empty = before.iter().all(|x| x.is_nan());
            for (b, a) in before.iter().zip(&after) {
                assert!(if empty { a.is_nan() } else { a == b || (b.is_nan() && (1.0..=5.0).contains(a)) });
                assert!(empty || a.fract() == 0.0);
            }
        }
    }
    let empty = before.axis_iter(Axis(0)).filter(|row| row.iter().all(|x| x.is_nan())).count();
    assert_eq!(imputed.left_rows, empty);
    for (j, variable) in imputed.variables.iter().enumerate() {
        let missing = before.column(j).iter().filter(|x| x.is_nan()).count();
        assert_eq!(variable.imputed, missing - empty);
        assert_eq!((variable.means.len(), variable.means[0].len()), (3, 4));
    }
}

#[test]
fn the_same_values_on_any_number_of_threads() {
    let data = read("hs_missing.csv");
    let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
    let imputer = Imputer::new(names.clone()).imputations(5).iterations(3).seed(7);
    let bits = |threads: usize, imputer: &Imputer| -> Vec<Array2<u64>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let imputed = pool.install(|| imputer.impute(&data)).unwrap();
        imputed.datasets.iter().map(|d| d.numeric(&names).unwrap().mapv(f64::to_bits)).collect()
    };
    let one = bits(1, &imputer);
    assert_eq!(one, bits(4, &imputer));
    // a data set does not depend on how many there are, but on the seed
    assert_eq!(one[..2], bits(2, &imputer.clone().imputations(2)));
    assert_ne!(one, bits(2, &imputer.clone().seed(8)));
    assert_ne!(one[0], one[1]);
}

/// y = x + e; y is missing where x is high (at random given x): the observed mean is too low, the imputed one is not.
#[test]
fn what_is_missing_at_random_is_recovered() {
    let model: Model = "y ~ 0.8*x\n y ~~ 0.36*y\n x ~~ 1*x\n y ~ 0*1\n x ~ 0*1".parse().unwrap();
    let population = Population::of(&model).unwrap();
    let (n, mut covered, mut bias) = (400, 0, 0.0);
    let replicates = 40;
    for seed in 0..replicates {
        let rows = population.dataset(n, seed).unwrap().numeric(&["x", "y"]).unwrap();
        let (x, mut y) = (rows.column(0).to_vec(), rows.column(1).to_vec());
        for i in 0..n {
            if x[i] > 0.3 && i % 3 != 0 {
                y[i] = f64::NAN;
            }
        }
        let data = Dataset::builder()
            .columns([("x", Column::from(x)), ("y", Column::from(y))])
            .nan_is_missing()
            .build()
            .unwrap();
        let imputed =
            Imputer::new(["x", "y"]).imputations(10).iterations(2).seed(seed).impute(&data).unwrap();
        let (mut means, mut variances) = (Vec::new(), Vec::new());
        for completed in &imputed.datasets {
            let y = completed.numeric(&["y"]).unwrap();
            means.push(y.mean().unwrap());
            variances.push(y.var(1.0) / n as f64);
        }
        let pooled = Pooled::of(&means, &variances, Some(n as f64 - 1.0)).unwrap();
        covered += usize::from(pooled.ci_lower <= 0.0 && 0.0 <= pooled.ci_upper);
        bias += pooled.est / replicates as f64;
    }
    // the rows with y have mean -.28 or so; standard error of the bias .06 / sqrt(40)
    assert!(bias.abs() < 0.03, "{bias}");
    assert!((34..=40).contains(&covered), "{covered} of 40 intervals hold the mean");
}

#[test]
fn difficult_predictors_do_no_harm() {
    let n = 60;
    let x: Vec<f64> = (0..n).map(|i| f64::from((i * 7 + i / 3) % 5 + 1)).collect();
    let mut y: Vec<f64> = (0..n).map(|i| f64::from((i * 5 + i / 4) % 4 + 1)).collect();
    y[3] = f64::NAN;
    y[40] = f64::NAN;
    let mut rare = vec![f64::NAN; n as usize];
    rare[0] = 2.0;
    rare[5] = 4.0;
    rare[9] = 4.0;
    let twice: Vec<f64> = x.iter().map(|x| 2.0 * x + 1e6).collect();
    let data = Dataset::builder()
        .columns([
            ("x", Column::from(x)),
            ("y", Column::from(y)),
            ("twice", Column::from(twice)),
            ("constant", Column::from(vec![3.0; n as usize])),
            ("rare", Column::from(rare)),
        ])
        .nan_is_missing()
        .build()
        .unwrap();
    let imputer = Imputer::new(["x", "y", "rare"]).predictors(["twice", "constant"]).imputations(3);
    let imputed = imputer.impute(&data).unwrap();
    for completed in &imputed.datasets {
        let values = completed.numeric(&["y", "rare"]).unwrap();
        assert!(values.iter().all(|x| (1.0..=4.0).contains(x)));
        assert!(values.column(1).iter().all(|x| *x == 2.0 || *x == 4.0));
    }
    // a row without any answer tells nothing; with one, a value can be drawn from all others
    let alone = Imputer::new(["y"]).imputations(2).impute(&data).unwrap();
    assert_eq!((alone.left_rows, alone.variables[0].imputed), (2, 0));
    let alone = Imputer::new(["y"]).predictors(["constant"]).imputations(2).impute(&data).unwrap();
    assert_eq!((alone.left_rows, alone.variables[0].imputed), (0, 2));
    assert!(alone.datasets[0].numeric(&["y"]).unwrap().iter().all(|y| (1.0..=4.0).contains(y)));
}

#[test]
fn groups_keep_to_their_own_values() {
    let low = [1.0, 2.0, f64::NAN, 1.0, 2.0, 1.0, f64::NAN];
    let mut values = low.to_vec();
    values.extend([8.0, f64::NAN, 9.0, 9.0, 8.0, f64::NAN, 9.0, 5.0]);
    let group: Vec<Option<&str>> =
        [Some("low"); 7].into_iter().chain([Some("high"); 7]).chain([None]).collect();
    let data = Dataset::builder()
        .columns([("x", Column::from(values)), ("group", Column::from(group))])
        .nan_is_missing()
        .build()
        .unwrap();
    let imputed = Imputer::new(["x"]).within("group").imputations(3).impute(&data).unwrap();
    // rows without an answer are not imputed, nor is that of no group
    assert_eq!((imputed.left_rows, imputed.variables[0].imputed), (5, 0));
    let data = {
        // a second variable, so that rows without x have an answer
        let (x, group) = (data.column("x").unwrap().clone(), data.column("group").unwrap().clone());
        let y: Vec<f64> = (0..15).map(|i| f64::from(i % 3)).collect();
        Dataset::builder()
            .columns([("x", x), ("group", group), ("y", Column::from(y))])
            .nan_is_missing()
            .build()
            .unwrap()
    };
    let imputed = Imputer::new(["x", "y"]).within("group").imputations(3).impute(&data).unwrap();
    assert_eq!((imputed.left_rows, imputed.variables[0].imputed), (1, 4));
    for completed in &imputed.datasets {
        let x = completed.numeric(&["x"]).unwrap();
        assert!((0..7).all(|i| x[(i, 0)] <= 2.0) && (7..14).all(|i| x[(i, 0)] >= 8.0));
    }
}

#[test]
fn what_cannot_be_imputed_is_named() {
    let data = Dataset::builder()
        .columns([
            ("x", Column::from(vec![1.0, 2.0, f64::NAN, 4.0])),
            ("never", Column::from(vec![f64::NAN; 4])),
            ("half", Column::from(vec![f64::NAN, f64::NAN, 1.0, 2.0])),
            ("role", Column::from(vec!["a", "a", "b", "b"])),
        ])
        .nan_is_missing()
        .build()
        .unwrap();
    let code = |imputer: Imputer| imputer.impute(&data).unwrap_err();
    let error = code(Imputer::new(["x", "never"]));
    assert!(matches!(&error, Error::EmptyColumn { column, .. } if column == "never"), "{error}");
    let error = code(Imputer::new(["x"]).predictors(["half"]));
    assert!(
        matches!(&error, Error::MissingPredictor { variable, rows } if variable == "half" && rows == &[1, 2]),
        "{error}"
    );
    let error = code(Imputer::new(["x", "half"]).within("role"));
    assert_eq!(
        error.to_string(),
        "there is no imputation of 'half' where role is a: nobody answered it there"
    );
    assert!(matches!(code(Imputer::new(["x", "z"])), Error::UnknownColumn { .. }));
    assert!(matches!(code(Imputer::new(["x", "role"])), Error::BadCells { .. }));
    assert!(matches!(code(Imputer::new(["x", "x"])), Error::DuplicateColumn { .. }));
    assert!(matches!(code(Imputer::new(Vec::<String>::new())), Error::TooFewItems { .. }));
    for none in
        [Imputer::new(["x"]).imputations(0), Imputer::new(["x"]).iterations(0), Imputer::new(["x"]).donors(0)]
    {
        assert!(matches!(code(none), Error::BadOption { .. }));
    }
}

#[test]
fn what_cannot_be_pooled_is_said() {
    let model: Model = ABILITIES.parse().unwrap();
    let sets = completed("hs_imputed.csv");
    let ml = Estimation::default();
    let error = ml.fit_imputed(&model, &sets[..1]).unwrap_err();
    assert_eq!(error.code(), "too_few_imputations");
    // one iteration is no solution
    let error = ml.clone().max_iterations(1).fit_imputed(&model, &sets).unwrap_err();
    assert!(matches!(error, Error::TooFewImputations { usable: 0, m: 5 }), "{error}");
    let other: Model = "visual =~ x1 + x2 + nothing".parse().unwrap();
    assert!(matches!(ml.fit_imputed(&other, &sets), Err(Error::UnknownColumn { .. })));
    // a data set that cannot be fitted is left out
    let mut some = sets.clone();
    let mut constant = sets[0].numeric(&model.observed_names()).unwrap();
    constant.column_mut(0).fill(1.0);
    some[2] = Dataset::builder().array(model.observed_names(), constant).nan_is_missing().build().unwrap();
    let fit = ml.fit_imputed(&model, &some).unwrap();
    assert_eq!((fit.imputation.m, fit.imputation.used), (5, 4));
    assert_eq!(fit.warnings[0], Warning::ImputationsLeftOut { left_out: 1, m: 5 });
    // fits of different models
    let smaller: Model = "visual =~ x1 + x2 + x3 + x4".parse().unwrap();
    let fits = vec![ml.fit(&model, &sets[0]).unwrap(), ml.fit(&smaller, &sets[1]).unwrap()];
    assert!(matches!(PooledFit::of(fits), Err(Error::Unsupported { .. })));
    // no standard errors asked for: estimates only
    let fit = ml.standard_errors(StandardErrors::None).fit_imputed(&model, &sets).unwrap();
    assert_eq!((fit.parameters[1].parameter.se, fit.parameters[1].fmi), (None, None));
    assert!(fit.measure("chisq").ok().is_some());
    for wrong in [
        Pooled::of(&[1.0], &[1.0], None),
        Pooled::of(&[1.0, 2.0], &[1.0], None),
        Pooled::of(&[1.0, f64::NAN], &[1.0, 1.0], None),
        Pooled::of(&[1.0, 2.0], &[1.0, -1.0], None),
        Pooled::of(&[1.0, 2.0], &[1.0, 1.0], Some(0.0)),
    ] {
        assert!(wrong.is_err());
    }
    assert!(PooledTest::d2(&[1.0, 2.0], 0.0).is_err() && PooledTest::d2(&[1.0, -2.0], 1.0).is_err());
    assert!(PooledTest::d3(&[1.0, 2.0], &[1.0], 1.0).is_err());
}

#[test]
fn a_saturated_model_and_a_nonlinear_constraint_are_pooled() {
    let sets = completed("hs_imputed.csv");
    let saturated: Model = "visual =~ x1 + x2 + x3".parse().unwrap();
    let fit = Estimation::default().fit_imputed(&saturated, &sets).unwrap();
    assert_eq!((fit.tests.len(), fit.imputation.test, fit.measure("pvalue").ok()), (0, None, None));
    assert_eq!((fit.measure("cfi").ok(), fit.measure("rmsea").ok()), (Some(1.0), Some(0.0)));
    let curved: Model = "visual =~ x1 + a*x2 + b*x3 + c*x4\n c == a*b".parse().unwrap();
    let fit = Estimation::default().fit_imputed(&curved, &sets).unwrap();
    let of = |rhs: &str| fit.parameter("visual", "=~", rhs).unwrap().parameter.est;
    assert!((of("x4") - of("x2") * of("x3")).abs() < 1e-9);
}

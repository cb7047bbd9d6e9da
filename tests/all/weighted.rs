//! Sampling weights against lavaan 0.6-14 (`sampling.weights`), and what must hold of any weights.
//!
//! Tolerances: estimates 1e-5 or a thousandth of their standard error (lavaan's own stopping error), standard errors and
//! measures 1e-4 relative; 5e-4 after full information, where lavaan's information is by differences.

use psychometrics::correlation::Ordered;
use psychometrics::data::{Column, Dataset};
use psychometrics::estimate::{
    DifferenceTest, Information, Likelihood, StandardErrors, TestStatistic, compare,
};
use psychometrics::model::{Equality, Function, MeanStructure};
use psychometrics::moments::Missing;
use psychometrics::simulate::Imputer;
use psychometrics::{Error, Estimation, Estimator, Fit, Model, Warning};
use serde_json::Value;

const ABILITIES: &str = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6\n speed =~ x7 + x8 + x9";

/// The weights of the reference: a variety from a quarter to three.
fn weight(row: usize) -> f64 {
    0.25 + ((37 * (row + 1)) % 23) as f64 / 8.0
}

fn file(path: &str) -> Dataset {
    Dataset::read_csv(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The columns of some rows, and weights.
fn with_weights(data: &Dataset, rows: &[usize], weight: impl Fn(usize) -> Option<f64>) -> Dataset {
    let mut columns: Vec<(String, Column)> = Vec::new();
    for name in data.names() {
        let column = match data.numeric(&[name]) {
            Ok(values) => Column::from(rows.iter().map(|&row| values[(row, 0)]).collect::<Vec<f64>>()),
            Err(_) => {
                let labels = data.labels(name).unwrap();
                Column::from(rows.iter().map(|&row| labels[row].as_deref()).collect::<Vec<_>>())
            }
        };
        columns.push((name.clone(), column));
    }
    let weights = rows.iter().map(|&row| weight(row).unwrap_or(f64::NAN)).collect::<Vec<f64>>();
    columns.push(("w".into(), Column::from(weights)));
    Dataset::builder().columns(columns).nan_is_missing().build().unwrap()
}

fn weighted(data: &Dataset) -> Dataset {
    with_weights(data, &(0..data.n_rows()).collect::<Vec<_>>(), |row| Some(weight(row)))
}

fn abilities() -> Dataset {
    file("data/holzinger_swineford_1939/hs.csv")
}

fn fitted(case: &Value) -> Fit {
    let options = &case["options"];
    let estimator = match options["estimator"].as_str() {
        Some("mlr") => Estimator::Mlr,
        Some("wlsmv") => Estimator::Wlsmv,
        Some("ulsmv") => Estimator::Ulsmv,
        Some("wls") => Estimator::Wls,
        _ => Estimator::Ml,
    };
    let mut estimation = Estimation::new(estimator).function(Function::Sem);
    if options["ordered"] == "all" {
        estimation = estimation.ordered(Ordered::All);
    }
    if let Some(ordered) = options["ordered"].as_array() {
        let names = ordered.iter().map(|name| name.as_str().unwrap().to_string());
        estimation = estimation.ordered(Ordered::Named(names.collect()));
    }
    if options["weights"] == true {
        estimation = estimation.weights("w");
    }
    if options["means"] == true {
        estimation = estimation.means(MeanStructure::Included);
    }
    if options["missing"] == "fiml" {
        estimation = estimation.missing(Missing::Fiml);
    }
    if options["information"] == "expected" {
        estimation = estimation.information(Information::Expected);
    }
    if options["test"] == true {
        estimation = estimation.test(TestStatistic::YuanBentlerMplus);
    }
    if let Some(cluster) = options["cluster"].as_str() {
        estimation = estimation.cluster(cluster);
    }
    if let Some(group) = options["group"].as_str() {
        estimation = estimation.group(group);
    }
    if options["equal"] == true {
        estimation = estimation.equal([Equality::Loadings, Equality::Intercepts]);
    }
    let data = match options["data"].as_str() {
        Some("hs") => abilities(),
        Some("likert5") => file("tests/data/likert5.csv"),
        _ => file("tests/data/hs_missing.csv"),
    };
    let model: Model = case["model"].as_str().unwrap().parse().unwrap();
    estimation.fit(&model, &weighted(&data)).unwrap()
}

#[test]
fn fits_are_lavaans() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/lavaan_weighted.json");
    let reference: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for case in reference["cases"].as_array().unwrap() {
        let fit = fitted(case);
        let relative = if case["options"]["missing"] == "fiml" { 5e-4 } else { 1e-4 };
        for row in case["parameters"].as_array().unwrap() {
            let text = |key: &str| row[key].as_str().unwrap();
            let found = fit.parameters.iter().find(|p| {
                let same = |lhs: &str, rhs: &str| p.lhs == lhs && p.rhs == rhs;
                p.op == text("op")
                    && p.group as u64 == row["group"].as_u64().unwrap()
                    && (same(text("lhs"), text("rhs")) || same(text("rhs"), text("lhs")))
            });
            let name = format!("{}: {} {} {}", case["name"], text("lhs"), text("op"), text("rhs"));
            let Some(found) = found else {
                wrong.push(format!("{name} is not there"));
                continue;
            };
            let (est, se) = (row["est"].as_f64().unwrap(), row["se"].as_f64().unwrap());
            if (found.est - est).abs() > f64::max(1e-5, 1e-3 * se) {
                wrong.push(format!("{name}: {} lavaan {est}", found.est));
            }
            if (found.se.unwrap_or(0.0) - se).abs() > relative * se {
                wrong.push(format!("{name}: se {:?} lavaan {se}", found.se));
            }
        }
        for (name, expected) in case["measures"].as_object().unwrap() {
            let (found, expected) = (fit.measure(name).unwrap_or(f64::NAN), expected.as_f64().unwrap());
            if !((found - expected).abs() < relative * expected.abs().max(1.0)) {
                wrong.push(format!("{} {name}: {found} lavaan {expected}", case["name"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn all(data: &Dataset) -> Vec<usize> {
    (0..data.n_rows()).collect()
}

fn assert_alike(first: &Fit, second: &Fit, errors: f64, tolerance: f64) {
    // the moments of fixed covariates are no estimates, and their divisor depends on N
    let both = first.parameters.iter().zip(&second.parameters);
    for (p, q) in both.filter(|(p, _)| p.lhs != "crit") {
        let name = format!("{} {} {}", p.lhs, p.op, p.rhs);
        assert!((p.est - q.est).abs() < tolerance, "{name}: {} {}", p.est, q.est);
        let (s, t) = (p.se.unwrap_or(0.0), q.se.unwrap_or(0.0) * errors);
        assert!((s - t).abs() < tolerance * t.max(1.0), "{name}: se {s} {t}");
    }
}

/// A row of weight 2 counts as two rows, but was drawn once: the estimates are those of two rows in one cluster, and so
/// are their standard errors.
#[test]
fn a_weight_of_two_is_a_cluster_of_two_alike() {
    let twice = |row: usize| row.is_multiple_of(3);
    let copies = |data: &Dataset| -> Vec<usize> {
        all(data).into_iter().flat_map(|row| std::iter::repeat_n(row, 1 + usize::from(twice(row)))).collect()
    };
    let weight = |row: usize| Some(if twice(row) { 2.0 } else { 1.0 });
    for (model, path, estimation) in [
        (ABILITIES, "data/holzinger_swineford_1939/hs.csv", Estimation::default()),
        (ABILITIES, "tests/data/hs_missing.csv", Estimation::default().missing(Missing::Fiml)),
        (
            "A =~ a1 + a2 + a3 + a4\n B =~ b1 + b2 + b3 + b4",
            "tests/data/likert5.csv",
            Estimation::new(Estimator::Ulsmv).ordered(Ordered::All),
        ),
        (
            "A =~ a1 + a2 + a3 + a4\n A ~ crit",
            "tests/data/likert5.csv",
            Estimation::new(Estimator::Ulsmv)
                .function(Function::Sem)
                .ordered(Ordered::Named(["a1", "a2", "a3"].map(String::from).to_vec())),
        ),
    ] {
        let model: Model = model.parse().unwrap();
        let data = file(path);
        let once = with_weights(&data, &all(&data), weight);
        // the last column says which row it was
        let rows = copies(&data);
        let copied = with_weights(&data, &rows, |row| Some(row as f64));
        let estimation = estimation.means(MeanStructure::Included);
        let weighted = estimation.clone().weights("w").fit(&model, &once).unwrap();
        let clustered = estimation.cluster("w").fit(&model, &copied).unwrap();
        let (n, rows) = (data.n_rows() as f64, rows.len() as f64);
        let jackknife = (n / (n - 1.0)).sqrt();
        // least squares divide by N - 1
        let divisor =
            if path.contains("likert") { (rows * (n - 1.0) / (n * (rows - 1.0))).sqrt() } else { 1.0 };
        assert_alike(&clustered, &weighted, jackknife * divisor, 2e-6);
    }
}

#[test]
fn neither_the_unit_nor_equal_weights_matter() {
    let model: Model = ABILITIES.parse().unwrap();
    let data = abilities();
    let fit = |weight: &dyn Fn(usize) -> Option<f64>| {
        Estimation::default().weights("w").fit(&model, &with_weights(&data, &all(&data), weight)).unwrap()
    };
    let own = fit(&|row| Some(weight(row)));
    assert_alike(&own, &fit(&|row| Some(1000.0 * weight(row))), 1.0, 1e-8);
    let equal = fit(&|_| Some(7.0));
    assert_alike(&equal, &Estimation::new(Estimator::Mlr).fit(&model, &data).unwrap(), 1.0, 1e-6);
    let is_equal = |w: &Warning| matches!(w, Warning::EqualWeights { variable } if variable == "w");
    assert!(equal.warnings.iter().any(is_equal) && !own.warnings.iter().any(is_equal));
    let cost = own.sampling_weights.clone().unwrap();
    let weights: Vec<f64> = (0..301).map(weight).collect();
    let (sum, squares) = weights.iter().fold((0.0, 0.0), |(s, q), w| (s + w, q + w * w));
    assert!((cost.design_effect - 301.0 * squares / (sum * sum)).abs() < 1e-10);
    assert!((cost.effective_n * cost.design_effect - 301.0).abs() < 1e-9);
}

#[test]
fn weights_that_cannot_be_used_are_named() {
    let model: Model = ABILITIES.parse().unwrap();
    let data = abilities();
    for (wrong, expected) in [(Some(-1.0), "negative"), (Some(0.0), "zero"), (None, "missing")] {
        let weight = |row: usize| if row == 4 || row == 9 { wrong } else { Some(weight(row)) };
        let bad = with_weights(&data, &all(&data), weight);
        let error = Estimation::default().weights("w").fit(&model, &bad).unwrap_err();
        let Error::UnusableWeights { fault, rows, .. } = &error else { panic!("{error}") };
        assert_eq!((&**fault, rows.as_slice()), (expected, &[5, 10][..]), "{error}");
    }
    let text = Estimation::default().weights("school").fit(&model, &data).unwrap_err();
    assert!(matches!(text, Error::BadCells { .. }), "{text}");
    let unknown = Estimation::default().weights("wieght").fit(&model, &data).unwrap_err();
    assert!(matches!(unknown, Error::UnknownColumn { .. }), "{unknown}");
    let data = weighted(&data);
    for refused in [
        Estimation::new(Estimator::Gls),
        Estimation::new(Estimator::Mlm),
        Estimation::default().missing(Missing::TwoStage),
        Estimation::default().standard_errors(StandardErrors::Standard),
        Estimation::default().standard_errors(StandardErrors::Bootstrap),
        Estimation::default().test(TestStatistic::BollenStine),
        Estimation::default().likelihood(Likelihood::Wishart),
    ] {
        let error = refused.weights("w").fit(&model, &data).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    }
    let fit = Estimation::default().weights("w").fit(&model, &data).unwrap();
    assert!(matches!(fit.profile_intervals(0.95), Err(Error::Unsupported { .. })));
}

/// Copies of each row as a cluster: the standard errors of the rows themselves, and a design effect of their number.
#[test]
fn a_cluster_of_copies_is_one_respondent() {
    let data = file("tests/data/likert5.csv");
    let n = data.n_rows();
    let copied = |k: usize| {
        let rows: Vec<usize> = (0..k * n).map(|row| row % n).collect();
        with_weights(&data, &rows, |row| Some(row as f64))
    };
    let model: Model = "A =~ a1 + a2 + a3 + a4\n B =~ b1 + b2 + b3 + b4".parse().unwrap();
    for estimator in [Estimator::Wlsmv, Estimator::Ulsmv, Estimator::Wlsm, Estimator::Wlsmvs] {
        let estimation = Estimation::new(estimator).ordered(Ordered::All);
        let plain = estimation.fit(&model, &data).unwrap();
        let clustered = estimation.cluster("w");
        let one = clustered.fit(&model, &copied(1)).unwrap();
        let three = clustered.fit(&model, &copied(3)).unwrap();
        assert_alike(&one, &plain, (n as f64 / (n as f64 - 1.0)).sqrt(), 1e-6);
        // least squares divide by N - 1
        let divisor = (3.0 * (n as f64 - 1.0) / (3.0 * n as f64 - 1.0)).sqrt();
        assert_alike(&three, &one, divisor, 1e-6);
        let (t, u) = (three.measure("chisq.scaled").unwrap(), one.measure("chisq.scaled").unwrap());
        // the multiplier is N - 1
        assert!((t / u - 1.0).abs() < 2.0 / n as f64, "{t} {u}");
        assert!(
            (three.measure("cfi.robust").unwrap_or(0.0) - one.measure("cfi.robust").unwrap_or(0.0)).abs()
                < 1e-3
        );
    }
    let ordinal = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
    for (estimation, parameters) in [(Estimation::default(), 25), (ordinal, 41)] {
        for copies in [1, 2, 3] {
            let fit = estimation.clone().cluster("w").fit(&model, &copied(copies)).unwrap();
            let expected = (copies * n) as f64 / (n as f64 - 1.0);
            assert_eq!(fit.design_effects.len(), parameters);
            let wrong = fit.design_effects.iter().find(|effect| (effect.deff - expected).abs() > 1e-6);
            assert!(wrong.is_none(), "{wrong:?}, not {expected}");
        }
    }
}

/// Equal loadings as labels and as constraints: the same effects, of the parameters under them too.
#[test]
fn design_effects_of_ordinal_models_know_constraints_and_weights() {
    let data = weighted(&file("tests/data/likert5.csv"));
    let fit = |model: &str| {
        let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).weights("w").cluster("w");
        estimation.fit(&model.parse().unwrap(), &data).unwrap().design_effects.clone()
    };
    let labels = fit("A =~ a1 + k*a2 + k*a3 + a4");
    let constraints = fit("A =~ a1 + k*a2 + l*a3 + a4\n k == l");
    for effect in &constraints {
        let same = labels.iter().find(|e| (&e.lhs, e.op, &e.rhs) == (&effect.lhs, effect.op, &effect.rhs));
        let same = same.map_or(f64::NAN, |e| e.deff);
        assert!((same - effect.deff).abs() < 1e-5, "{} {} {}: {same}", effect.lhs, effect.op, effect.rhs);
    }
}

/// The chances that a parameter would improve the fit, with the information of the answers that are there; as if all were
/// there, the largest of the weighted case would be 14.9. lavaan's estimates end within 1e-5.
#[test]
fn modification_indices_of_missing_and_weighted_answers_are_lavaans() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/lavaan_modification_missing.json");
    let reference: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for case in reference["cases"].as_array().unwrap() {
        let mut estimation = Estimation::default().function(Function::Sem).missing(Missing::Fiml);
        if case["weights"] == true {
            estimation = estimation.weights("w");
        }
        if case["group"] == true {
            estimation = estimation.group("school");
        }
        let data = weighted(&file(case["data"].as_str().unwrap()));
        let fit = estimation.fit(&case["model"].as_str().unwrap().parse().unwrap(), &data).unwrap();
        let found = fit.modification_indices().unwrap();
        for row in case["mi"].as_array().unwrap() {
            let text = |key: &str| row[key].as_str().unwrap();
            let group = row["group"].as_u64().unwrap();
            let group =
                fit.groups.iter().position(|g| case["groups"][group as usize - 1] == *g).unwrap_or(0) + 1;
            let name = format!("{}: {} {} {} {group}", case["name"], text("lhs"), text("op"), text("rhs"));
            let own = found.iter().find(|m| {
                let same = |lhs: &str, rhs: &str| m.lhs == lhs && m.rhs == rhs;
                m.op == text("op")
                    && m.group == group
                    && (same(text("lhs"), text("rhs")) || (m.op == "~~" && same(text("rhs"), text("lhs"))))
            });
            let Some(own) = own else {
                wrong.push(format!("{name} is not there"));
                continue;
            };
            let (mi, epc) = (row["mi"].as_f64().unwrap(), row["epc"].as_f64().unwrap());
            if (own.mi - mi).abs() > 1e-3 * mi || (own.epc - epc).abs() > 1e-3 * epc.abs() {
                wrong.push(format!("{name}: {} {} lavaan {mi} {epc}", own.mi, own.epc));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Statistics of lavTestLRT() by method; of Satorra's (2000) test by its formula from the information and first-order
/// matrices of the lavaan fits, which hold the weights; lavTestLRT() has other numbers (see DESIGN.md). With shares by
/// respondents the second of each would be 34.4897 and 31.7844.
#[test]
fn difference_tests_of_weighted_groups_are_lavaans() {
    let weight = |row: usize, schools: &[Option<String>]| {
        let more = schools[row].as_deref() == Some("Pasteur");
        Some(weight(row) * if more { 3.0 } else { 1.0 })
    };
    // lavTestLRT() of weak against no invariance, and strong against weak
    for (path, missing, methods) in [
        (
            "data/holzinger_swineford_1939/hs.csv",
            Missing::Listwise,
            [[1.90169931, 42.02802872], [1.59352245, 35.14659297], [2.328402, 34.48067]],
        ),
        (
            "tests/data/hs_missing.csv",
            Missing::Fiml,
            [[2.90651079, 37.73728209], [2.08869981, 33.31010199], [3.039659, 31.762]],
        ),
    ] {
        let data = file(path);
        let schools = data.labels("school").unwrap();
        let data = with_weights(&data, &all(&data), |row| weight(row, &schools));
        let model: Model = ABILITIES.parse().unwrap();
        let estimation = Estimation::default()
            .missing(missing)
            .means(MeanStructure::Included)
            .group("school")
            .weights("w");
        let free = estimation.fit(&model, &data).unwrap();
        let weak = estimation.clone().equal([Equality::Loadings]).fit(&model, &data).unwrap();
        let strong = estimation.equal([Equality::Loadings, Equality::Intercepts]).fit(&model, &data).unwrap();
        let fits = [("free", &free), ("weak", &weak), ("strong", &strong)];
        let tests = [
            DifferenceTest::SatorraBentler2001,
            DifferenceTest::SatorraBentler2010,
            DifferenceTest::Satorra2000,
        ];
        for (method, expected) in tests.into_iter().zip(methods) {
            let found = compare(&fits, Some(method)).unwrap();
            for (difference, expected) in found.differences.iter().zip(expected) {
                let own = difference.chisq_diff.unwrap_or(f64::NAN);
                assert!((own / expected - 1.0).abs() < 5e-5, "{path} {}: {own} {expected}", method.name());
            }
        }
    }
}

/// Rows of weight 3 in one school are three rows of it each, in a cluster: the difference tests are the same, but for
/// J / (J - 1) of the clusters of each school, of which there are as many.
#[test]
fn difference_tests_take_weights_as_copies() {
    let data = abilities();
    let schools = data.labels("school").unwrap();
    let of = |school: &str| {
        let rows = (0..data.n_rows()).filter(|&row| schools[row].as_deref() == Some(school));
        rows.take(145).collect::<Vec<_>>()
    };
    let rows = [of("Pasteur"), of("Grant-White")].concat();
    let times = |row: usize| if schools[row].as_deref() == Some("Pasteur") { 3 } else { 1 };
    let once = with_weights(&data, &rows, |row| Some(times(row) as f64));
    let copies: Vec<usize> = rows.iter().flat_map(|&row| std::iter::repeat_n(row, times(row))).collect();
    let copied = with_weights(&data, &copies, |row| Some(row as f64));
    let fits = |estimation: Estimation, data: &Dataset| {
        let estimation = estimation.group("school").means(MeanStructure::Included);
        let fit = |model: &str| estimation.fit(&model.parse().unwrap(), data).unwrap();
        let wide = fit("visual =~ x1 + x2 + x3 + x9\n speed =~ x7 + x8 + x9");
        let narrow = fit("visual =~ x1 + x2 + x3 + c(k, k)*x9\n speed =~ x7 + x8 + x9");
        let test = |method| {
            let found = compare(&[("wide", &wide), ("narrow", &narrow)], Some(method)).unwrap();
            found.differences[0].chisq_diff.unwrap()
        };
        [DifferenceTest::SatorraBentler2001, DifferenceTest::SatorraBentler2010, DifferenceTest::Satorra2000]
            .map(test)
    };
    let by_weights = fits(Estimation::new(Estimator::Mlr).weights("w"), &once);
    let by_copies = fits(Estimation::new(Estimator::Mlr).cluster("w"), &copied);
    let jackknife = 145.0 / 144.0;
    for (own, other) in by_weights.into_iter().zip(by_copies) {
        assert!((own / (other * jackknife) - 1.0).abs() < 1e-4, "{own} {}", other * jackknife);
    }
}

/// Weights stand in the completed data sets as they were.
#[test]
fn weights_go_with_imputed_answers() {
    let data = weighted(&file("tests/data/hs_missing.csv"));
    let model: Model = ABILITIES.parse().unwrap();
    let completed = Imputer::new(model.observed_names()).imputations(3).iterations(3).impute(&data).unwrap();
    let estimation = Estimation::default().weights("w");
    let pooled = estimation.fit_imputed(&model, &completed.datasets).unwrap();
    let each = completed.datasets.iter().map(|data| estimation.fit(&model, data).unwrap());
    let each: Vec<f64> = each.map(|fit| fit.parameter("visual", "=~", "x2").unwrap().est).collect();
    let own = pooled.parameter("visual", "=~", "x2").unwrap().parameter.est;
    assert!((own - each.iter().sum::<f64>() / 3.0).abs() < 1e-12);
}

/// Uniform numbers between 0 and 1 (Lehmer's generator), and sums of twelve as normal ones.
struct Draw(u64);

impl Draw {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0 * 48271 % 2_147_483_647;
        self.0 as f64 / 2_147_483_647.0
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// Against the bootstrap of whole clusters, with 80 clusters of 10 and 200 replicates: the standard deviation over
/// replicates is itself known to 5 % only, so that 20 % is asked for; ignoring the clusters is wrong by more.
#[test]
fn ordinal_clusters_agree_with_their_bootstrap() {
    let (clusters, size, items) = (80, 10, 4);
    let mut draw = Draw(20_240_611);
    let mut rows: Vec<[f64; 4]> = Vec::new();
    for _ in 0..clusters {
        let common: Vec<f64> = (0..items).map(|_| 0.4 * draw.normal()).collect();
        let shared = 0.6 * draw.normal();
        for _ in 0..size {
            let factor = shared + 0.8 * draw.normal();
            rows.push(std::array::from_fn(|i| {
                let y = 0.8 * factor + common[i] + 0.5 * draw.normal();
                f64::from(u8::from(y > -0.8) + u8::from(y > 0.1) + u8::from(y > 0.9))
            }));
        }
    }
    let dataset = |chosen: &[usize]| {
        let taken: Vec<(usize, usize)> = chosen
            .iter()
            .enumerate()
            .flat_map(|(at, &cluster)| (0..size).map(move |k| (at, cluster * size + k)))
            .collect();
        let item = |i: usize| taken.iter().map(|&(_, row)| rows[row][i]).collect::<Vec<f64>>();
        let mut columns: Vec<(String, Column)> =
            (0..items).map(|i| (format!("u{}", i + 1), Column::from(item(i)))).collect();
        let team = taken.iter().map(|&(at, _)| at as f64).collect::<Vec<f64>>();
        columns.push(("team".into(), Column::from(team)));
        Dataset::builder().columns(columns).nan_is_missing().build().unwrap()
    };
    let model: Model = "f =~ u1 + u2 + u3 + u4".parse().unwrap();
    let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
    let whole = dataset(&(0..clusters).collect::<Vec<_>>());
    let plain = estimation.fit(&model, &whole).unwrap();
    let robust = estimation.clone().cluster("team").fit(&model, &whole).unwrap();
    let replicates: Vec<Vec<f64>> = (0..200)
        .map(|_| {
            let chosen: Vec<usize> =
                (0..clusters).map(|_| (draw.uniform() * clusters as f64) as usize).collect();
            let fit = estimation.fit(&model, &dataset(&chosen)).unwrap();
            fit.parameters.iter().map(|p| p.est).collect()
        })
        .collect();
    let mut apart: f64 = 0.0;
    for (k, p) in robust.parameters.iter().enumerate().filter(|(_, p)| p.se.is_some_and(|se| se > 0.0)) {
        assert!((p.est - plain.parameters[k].est).abs() < 1e-8, "clusters leave the estimates");
        let mean = replicates.iter().map(|r| r[k]).sum::<f64>() / 200.0;
        let sd = (replicates.iter().map(|r| (r[k] - mean).powi(2)).sum::<f64>() / 199.0).sqrt();
        let ratio = p.se.unwrap() / sd;
        assert!((ratio - 1.0).abs() < 0.2, "{} {} {}: {ratio}", p.lhs, p.op, p.rhs);
        apart = apart.max(1.0 - plain.parameters[k].se.unwrap() / sd);
    }
    assert!(apart > 0.3, "{apart}");
    // the test is about its degrees of freedom where the model holds, and too large without the clusters
    assert!(robust.measure("chisq.scaled").unwrap() < plain.measure("chisq.scaled").unwrap());
}

#[test]
fn ordinal_clusters_refuse_what_would_ignore_them() {
    let data = weighted(&file("tests/data/likert5.csv"));
    let model: Model = "A =~ a1 + a2 + a3 + a4".parse().unwrap();
    for refused in [
        Estimation::new(Estimator::Wls),
        Estimation::new(Estimator::Dwls),
        Estimation::new(Estimator::Wlsmv).standard_errors(StandardErrors::Standard),
        Estimation::new(Estimator::Wlsmv).test(TestStatistic::Standard),
    ] {
        let error = refused.ordered(Ordered::All).cluster("w").fit(&model, &data).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    }
    // 23 weights are 23 clusters
    let few =
        Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).cluster("w").fit(&model, &data).unwrap();
    assert!(few.warnings.iter().any(|w| matches!(w, Warning::FewClusters { clusters: 23, .. })));
}

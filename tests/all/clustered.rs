//! Respondents in clusters: standard errors and tests against lavaan 0.6-14, `cfa(model, data, cluster = "agemo")`.
//!
//! Tolerance: 1e-4 relative (lavaan's own stopping error, and observed information by differences there).

use psychometrics::data::{Column, Dataset};
use psychometrics::moments::Missing;
use psychometrics::{Error, Estimation, Estimator, Fit, Model};

const ABILITIES: &str = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6\n speed =~ x7 + x8 + x9";

fn file(path: &str) -> Dataset {
    Dataset::read_csv(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn assert_numbers(fit: &Fit, measures: [f64; 6], errors: [f64; 5]) {
    let names = [
        "chisq",
        "chisq.scaled",
        "chisq.scaling.factor",
        "baseline.chisq.scaling.factor",
        "cfi.robust",
        "rmsea.robust",
    ];
    for (name, expected) in names.into_iter().zip(measures) {
        let found = fit.measure(name).unwrap();
        assert!((found - expected).abs() < 1e-4 * expected.abs(), "{name}: {found}, lavaan {expected}");
    }
    for (row, expected) in [1, 2, 17, 19, 24].into_iter().zip(errors) {
        let p = &fit.parameters[row];
        let found = p.se.unwrap();
        assert!((found - expected).abs() < 1e-4 * expected, "{} {} {}: {found}", p.lhs, p.op, p.rhs);
    }
}

#[test]
fn standard_errors_and_tests_are_lavaans() {
    let model: Model = ABILITIES.parse().unwrap();
    let clustered = Estimation::default().cluster("agemo");
    let complete = clustered.fit(&model, &file("data/holzinger_swineford_1939/hs.csv")).unwrap();
    assert_numbers(
        &complete,
        [85.305_521_77, 78.243_137_99, 1.090_262_02, 1.010_951_61, 0.932_983_46, 0.090_479_25],
        [0.124_546_77, 0.122_182_82, 0.079_664_25, 0.122_877_57, 0.075_764_44],
    );
    let fiml = clustered.missing(Missing::Fiml).fit(&model, &file("tests/data/hs_missing.csv")).unwrap();
    assert_numbers(
        &fiml,
        [74.937_874_68, 67.971_869_16, 1.102_483_65, 1.083_988_59, 0.928_561_00, 0.093_557_28],
        [0.127_028_47, 0.126_400_65, 0.073_714_10, 0.143_250_30, 0.075_764_44],
    );
    // a warning says that twelve clusters carry no conclusion about others
    assert!(complete.warnings.iter().any(|w| w.to_string().contains("'agemo' has 12 clusters")));
}

/// Each respondent a cluster: the sandwich of independent respondents, times n / (n - 1).
#[test]
fn clusters_of_one_are_no_clusters() {
    let model: Model = ABILITIES.parse().unwrap();
    let data = file("data/holzinger_swineford_1939/hs.csv");
    let own = Estimation::default().cluster("id").fit(&model, &data).unwrap();
    let means = psychometrics::model::MeanStructure::Included;
    let plain = Estimation::new(Estimator::Mlr).means(means).fit(&model, &data).unwrap();
    let widened = (301.0_f64 / 300.0).sqrt();
    for (p, q) in own.parameters.iter().zip(&plain.parameters) {
        let (s, t) = (p.se.unwrap(), q.se.unwrap() * widened);
        assert!((s - t).abs() < 1e-6, "{} {} {}: {s} {t}", p.lhs, p.op, p.rhs);
    }
}

#[test]
fn clusters_that_cannot_be_used_are_named() {
    let model: Model = "f =~ a + b + c".parse().unwrap();
    let column = |k: usize| {
        let values =
            (0..40).map(|i| ((i * 7 + k * i * i) % 11) as f64 + 0.1 * ((i * i * (k + 1)) % 13) as f64);
        Column::from(values.collect::<Vec<f64>>())
    };
    let with = |clusters: Vec<Option<&str>>| {
        let columns =
            [("a", column(1)), ("b", column(2)), ("c", column(3)), ("team", Column::from(clusters))];
        let data = Dataset::builder().columns(columns).nan_is_missing().build().unwrap();
        Estimation::default().cluster("team").fit(&model, &data).unwrap_err()
    };
    let mut clusters = vec![Some("x"); 40];
    let one = with(clusters.clone());
    assert!(matches!(&one, Error::TooFewClusters { clusters: 1, .. }), "{one}");
    clusters[2] = None;
    let missing = with(clusters);
    assert!(matches!(&missing, Error::MissingCluster { rows, .. } if rows == &[3]), "{missing}");
    let data = file("data/holzinger_swineford_1939/hs.csv");
    let model: Model = ABILITIES.parse().unwrap();
    let refused = Estimation::new(Estimator::Mlm).cluster("agemo").fit(&model, &data).unwrap_err();
    assert!(matches!(refused, Error::Unsupported { .. }), "{refused}");
}

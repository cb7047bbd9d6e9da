//! Models and data that cannot be fitted: each ends with a status or an error that names the culprit.
#![allow(missing_docs)]

use ndarray::{Array2, Axis};
use psychometrics::data::Dataset;
use psychometrics::estimate::Status;
use psychometrics::model::{Function, MeanStructure};
use psychometrics::{Error, Estimation, Estimator, Fit, Result};

const ALL: [Estimator; 8] = [
    Estimator::Ml,
    Estimator::Mlm,
    Estimator::Mlr,
    Estimator::Mlf,
    Estimator::Gls,
    Estimator::Uls,
    Estimator::Wls,
    Estimator::Dwls,
];

fn schools() -> Dataset {
    Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/data/holzinger_swineford_1939/hs.csv")).unwrap()
}

fn names() -> Vec<String> {
    (1..=9).map(|i| format!("x{i}")).collect()
}

fn rows() -> Array2<f64> {
    schools().numeric(&names()).unwrap()
}

fn fitted(estimation: &Estimation, model: &str, rows: &Array2<f64>) -> Result<Fit> {
    let data = Dataset::from_array(names(), rows.clone())?;
    estimation.fit(&model.parse()?, &data)
}

/// No number of a fit may look like an answer and be none.
fn sound(fit: &Fit) {
    for p in &fit.parameters {
        let numbers = [Some(p.est), p.se, p.z, p.pvalue, p.ci_lower, p.ci_upper, p.std_lv, p.std_all];
        assert!(numbers.iter().flatten().all(|x| x.is_finite()), "{p:?}");
        assert!(fit.converged || p.free == 0 || p.se.is_none(), "{p:?}");
    }
    assert!(fit.fit.iter().all(|(name, value)| value.is_none_or(f64::is_finite) || name.is_empty()));
}

#[test]
fn more_parameters_than_moments_are_counted() {
    for estimator in ALL {
        let fit = fitted(&Estimation::new(estimator), "f =~ x1 + x2", &rows()).unwrap();
        let Status::NotIdentified { parameters, df } = &fit.status else { panic!("{}", fit.status) };
        assert_eq!((parameters.len(), *df), (4, -1), "{}", estimator.name());
        sound(&fit);
    }
}

#[test]
fn a_factor_without_a_unit_is_named() {
    for estimator in ALL {
        let model = "f =~ NA*x1 + x2 + x3 + x4; f ~~ NA*f";
        let fit = fitted(&Estimation::new(estimator), model, &rows()).unwrap();
        let Status::NotIdentified { parameters, .. } = &fit.status else { panic!("{}", fit.status) };
        assert!(parameters.iter().any(|p| p == "f ~~ f"), "{}: {parameters:?}", estimator.name());
        assert!(parameters.iter().all(|p| !p.starts_with("x1 ~~")), "{parameters:?}");
        sound(&fit);
    }
}

#[test]
fn the_group_without_identification_is_named() {
    let model = "group: 1\nf =~ x1 + x2 + x3\ngroup: 2\nf =~ NA*x1 + x2 + x3";
    for estimator in [Estimator::Ml, Estimator::Mlr, Estimator::Gls] {
        let fit =
            Estimation::new(estimator).group("school").fit(&model.parse().unwrap(), &schools()).unwrap();
        let Status::NotIdentified { parameters, .. } = &fit.status else { panic!("{}", fit.status) };
        assert!(parameters.iter().all(|p| p.ends_with("(group 2)")), "{parameters:?}");
        sound(&fit);
    }
}

/// Two factors of two indicators are identified by their covariance alone, and that is zero.
#[test]
fn a_covariance_of_zero_that_identifies_is_found_out() {
    let own = rows();
    let n = own.nrows();
    let mut plain = own.clone();
    // x3 and x4 made uncorrelated with x1 and x2, exactly
    let centred = |column: usize| {
        let values = own.column(column);
        &values - values.mean().unwrap()
    };
    let first = [centred(0), centred(1)];
    let gram = |a: &ndarray::Array1<f64>, b: &ndarray::Array1<f64>| a.dot(b) / n as f64;
    let (a, b, c) = (gram(&first[0], &first[0]), gram(&first[0], &first[1]), gram(&first[1], &first[1]));
    for column in [2, 3] {
        let y = centred(column);
        let (u, v) = (gram(&first[0], &y), gram(&first[1], &y));
        let determinant = a * c - b * b;
        let (s, t) = ((c * u - b * v) / determinant, (a * v - b * u) / determinant);
        plain.column_mut(column).assign(&(&y - &(s * &first[0]) - &(t * &first[1])));
    }
    let fit = fitted(&Estimation::default(), "f =~ x1 + x2; g =~ x3 + x4", &plain).unwrap();
    assert!(
        matches!(fit.status, Status::NotIdentified { .. } | Status::NotConverged { .. }),
        "{}",
        fit.status
    );
    assert!(fit.status.hint().is_some_and(|hint| !hint.is_empty()));
    sound(&fit);
}

#[test]
fn constraints_that_contradict_are_told() {
    for model in
        ["f =~ x1 + a*x2 + b*x3 + x4; a == 0.5; a == 0.7", "f =~ x1 + a*x2 + b*x3 + x4; a == b; a == b + 1"]
    {
        let fit = fitted(&Estimation::default(), model, &rows()).unwrap();
        assert!(!fit.converged, "{}", fit.status);
        assert!(!fit.status.to_string().is_empty() && fit.status.hint().is_some());
        sound(&fit);
    }
    let twice =
        fitted(&Estimation::default(), "f =~ x1 + a*x2 + x3 + x4; a == 0.5; 2*a == 1", &rows()).unwrap();
    assert!(twice.converged, "the same constraint twice is no contradiction: {}", twice.status);
}

#[test]
fn a_constant_outcome_is_named() {
    let mut constant = rows();
    constant.column_mut(4).fill(3.0);
    for estimator in ALL {
        let estimation = Estimation::new(estimator).function(Function::Sem);
        let found = fitted(&estimation, "f =~ x1 + x2 + x3; x5 ~ f", &constant);
        assert!(matches!(&found, Err(Error::ConstantItem { item, .. }) if item == "x5"), "{found:?}");
    }
}

#[test]
fn two_rows_and_fewer_rows_than_variables_are_too_few() {
    for n in [0, 1, 2, 9] {
        for estimator in ALL {
            let few = rows().select(Axis(0), &(0..n).collect::<Vec<_>>());
            let model = "f =~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9";
            let found = fitted(&Estimation::new(estimator), model, &few);
            assert!(found.is_err(), "{n} rows, {}", estimator.name());
            let message = found.unwrap_err().to_string();
            assert!(!message.is_empty());
        }
    }
    // and few for the moments of WLS
    let found = fitted(&Estimation::new(Estimator::Wls), "f =~ x1 + x2 + x3 + x4 + x5", &{
        rows().select(Axis(0), &(0..15).collect::<Vec<_>>())
    });
    assert!(matches!(found, Err(Error::TooFewRows { n: 15, needed: 16, .. })), "{found:?}");
}

#[test]
fn a_start_that_implies_no_covariance_matrix_is_told_or_overcome() {
    // fixed at a covariance that no positive residual variances allow
    let fixed = "f =~ x1 + x2 + x3; x1 ~~ 5*x2; x1 ~~ 0.5*x1; x2 ~~ 0.5*x2";
    for estimator in ALL {
        match fitted(&Estimation::new(estimator), fixed, &rows()) {
            Err(error) => assert!(matches!(error, Error::NotPositiveDefinite { .. }), "{error}"),
            Ok(fit) => sound(&fit),
        }
    }
    // a start that is none, though the model is sound
    let start = "f =~ x1 + start(90)*x2 + x3 + x4; x1 ~~ start(-9)*x1";
    let fit = fitted(&Estimation::default(), start, &rows());
    match fit {
        Err(error) => assert!(matches!(error, Error::NotPositiveDefinite { .. }), "{error}"),
        Ok(fit) => sound(&fit),
    }
}

#[test]
fn extreme_units_change_nothing() {
    let mut scaled = rows();
    for (column, unit) in [(0, 1e6), (1, 1e-6), (4, 1e3)] {
        scaled.column_mut(column).mapv_inplace(|x| x * unit);
    }
    let model = "visual =~ x3 + x1 + x2; textual =~ x4 + x5 + x6";
    let estimation = Estimation::default().means(MeanStructure::Included);
    let (plain, scaled) =
        (fitted(&estimation, model, &rows()).unwrap(), fitted(&estimation, model, &scaled).unwrap());
    assert!(scaled.converged);
    let (a, b) = (plain.measure("chisq").unwrap(), scaled.measure("chisq").unwrap());
    assert!((a - b).abs() < 1e-6, "{a} {b}");
    for (p, q) in plain.parameters.iter().zip(&scaled.parameters) {
        let (p, q) = (p.std_all.unwrap(), q.std_all.unwrap());
        assert!((p - q).abs() < 1e-6 * (1.0 + p.abs()), "{p} {q}");
    }
}

//! Incomplete answers by full information: the saturated model by EM, the model, the independence model, standard
//! errors and all fit measures, robust ones included; from rows in memory to the result. Missing answers imputed.
#![allow(missing_docs, dead_code)]

mod simulated;

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::Array2;
use psychometrics::data::Dataset;
use psychometrics::moments::Missing;
use psychometrics::simulate::Imputer;
use psychometrics::{Estimation, Estimator, Fit, Model};
use std::hint::black_box;

/// One answer in twenty is missing, by a fixed rule that depends on no answer.
fn with_gaps(mut rows: Array2<f64>) -> Array2<f64> {
    let mut state = 1_u64;
    for value in &mut rows {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if (state >> 33).is_multiple_of(20) {
            *value = f64::NAN;
        }
    }
    rows
}

fn fit(estimator: Estimator, model: &Model, data: &Dataset) -> Fit {
    Estimation::new(estimator).missing(Missing::Fiml).fit(model, data).expect("the data are sound")
}

fn full_information(c: &mut Criterion) {
    let mut group = c.benchmark_group("full information");
    group.sample_size(10);
    for n in [1_000, 10_000] {
        let rows = with_gaps(simulated::normal(n, 7, 6));
        simulated::written(&format!("missing_{n}_7x6.csv"), &rows);
        let data = Dataset::builder()
            .array(simulated::names(42), rows)
            .nan_is_missing()
            .build()
            .expect("the names are as many");
        let model: Model = simulated::syntax(7, 6).parse().expect("the syntax is right");
        for estimator in [Estimator::Ml, Estimator::Mlr] {
            let found = fit(estimator, &model, &data);
            assert!(found.status.proper());
            let first =
                found.parameter("f1", "=~", "x1").ok().and_then(|p| p.std_all).expect("it is in the model");
            assert!((first - 0.55).abs() < 0.1, "the loading that the data were made with");
            group.bench_function(format!("{},7 factors,n={n},p=42", estimator.name()), |b| {
                b.iter(|| fit(estimator, &model, black_box(&data)));
            });
        }
    }
    group.finish();
}

/// One completed data set of answers on five points.
fn imputation(c: &mut Criterion) {
    let mut group = c.benchmark_group("imputation");
    group.sample_size(10);
    let (n, p) = (1_000, 42);
    let answers = simulated::normal(n, 7, 6).mapv(|z| (z + 3.0).round().clamp(1.0, 5.0));
    let data = Dataset::builder()
        .array(simulated::names(p), with_gaps(answers))
        .nan_is_missing()
        .build()
        .expect("the names are as many");
    let imputer = Imputer::new(simulated::names(p)).imputations(1);
    let found = imputer.impute(&data).expect("the data are sound");
    let completed = found.datasets[0].numeric(&simulated::names(p)).expect("the columns are there");
    assert!(completed.iter().all(|x| (1.0..=5.0).contains(x)), "answers on the scale");
    group.bench_function(format!("10 rounds,n={n},p={p}"), |b| b.iter(|| imputer.impute(black_box(&data))));
    group.finish();
}

criterion_group!(benches, full_information, imputation);
criterion_main!(benches);

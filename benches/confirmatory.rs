//! Confirmatory factor models by maximum likelihood, with standard errors, standardised solution and
//! all fit measures: from rows in memory to the result.
#![allow(missing_docs, dead_code)]

mod simulated;

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::Array2;
use psychometrics::data::Dataset;
use psychometrics::moments::{Missing, Moments};
use psychometrics::{Estimation, Fit, Model};
use std::hint::black_box;

fn fit(model: &Model, names: &[String], rows: &Array2<f64>) -> Fit {
    let moments =
        Moments::of(names.iter().cloned(), rows.view(), Missing::Listwise).expect("the data are sound");
    Estimation::default().fit_moments(model, &moments).expect("the moments are sound")
}

fn holzinger_swineford(c: &mut Criterion) {
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").expect("the sample data are there");
    let names = simulated::names(9);
    let rows = data.numeric(&names).expect("all nine tests are there");
    let model: Model = simulated::syntax(3, 3).parse().expect("the syntax is right");
    let chisq = fit(&model, &names, &rows).measure("chisq").expect("it converges");
    assert!((chisq - 85.305_521_77).abs() < 1e-4, "lavaan 0.6-14: 85.30552177");
    c.bench_function("confirmatory/HS1939,n=301,p=9", |b| b.iter(|| fit(&model, &names, black_box(&rows))));
}

fn simulated_items(c: &mut Criterion) {
    let mut group = c.benchmark_group("confirmatory");
    group.sample_size(10);
    for (n, factors, per_factor) in [(1_000, 7, 6), (5_000, 10, 10), (5_000, 20, 10)] {
        let rows = simulated::normal(n, factors, per_factor);
        simulated::written(&format!("normal_{n}_{factors}x{per_factor}.csv"), &rows);
        let names = simulated::names(factors * per_factor);
        let model: Model = simulated::syntax(factors, per_factor).parse().expect("the syntax is right");
        let found = fit(&model, &names, &rows);
        assert!(found.status.proper());
        let first =
            found.parameter("f1", "=~", "x1").ok().and_then(|p| p.std_all).expect("it is in the model");
        assert!((first - 0.55).abs() < 0.1, "the loading that the data were made with");
        let p = names.len();
        group.bench_function(format!("{factors} factors,n={n},p={p}"), |b| {
            b.iter(|| fit(&model, &names, black_box(&rows)));
        });
    }
    group.finish();
}

criterion_group!(benches, holzinger_swineford, simulated_items);
criterion_main!(benches);

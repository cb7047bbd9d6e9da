//! What robust inference and resampling cost: MLR, 1,000 bootstrap fits, 1,000 samples of a Monte-Carlo study.
#![allow(missing_docs, dead_code)]

mod simulated;

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::Array2;
use psychometrics::data::{Dataset, Progress};
use psychometrics::estimate::StandardErrors;
use psychometrics::simulate::{Population, Study};
use psychometrics::{Estimation, Estimator, Model};
use std::hint::black_box;

fn schools() -> Dataset {
    Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").expect("the sample data are there")
}

fn of_rows(rows: &Array2<f64>) -> Dataset {
    Dataset::builder().array(simulated::names(rows.ncols()), rows.clone()).build().expect("the names fit")
}

fn robust(c: &mut Criterion) {
    let mut group = c.benchmark_group("MLR");
    let estimation = Estimation::new(Estimator::Mlr);
    let (data, model): (Dataset, Model) =
        (schools(), simulated::syntax(3, 3).parse().expect("the syntax is right"));
    let scaled = estimation.fit(&model, &data).expect("it can be fitted").measure("chisq.scaled");
    assert!((scaled.expect("it converges") - 87.131_6).abs() < 1e-3, "lavaan 0.6-14: 87.132");
    group.bench_function("HS1939,n=301,p=9", |b| b.iter(|| estimation.fit(&model, black_box(&data))));
    group.sample_size(10);
    for (n, factors, per_factor) in [(1_000, 7, 6), (5_000, 10, 10)] {
        let data = of_rows(&simulated::normal(n, factors, per_factor));
        let model: Model = simulated::syntax(factors, per_factor).parse().expect("the syntax is right");
        let p = factors * per_factor;
        group.bench_function(format!("{factors} factors,n={n},p={p}"), |b| {
            b.iter(|| estimation.fit(&model, black_box(&data)));
        });
    }
    group.finish();
}

fn resampled(c: &mut Criterion) {
    let mut group = c.benchmark_group("resampling");
    group.sample_size(10);
    let (data, model): (Dataset, Model) =
        (schools(), simulated::syntax(3, 3).parse().expect("the syntax is right"));
    let estimation = Estimation::default().standard_errors(StandardErrors::Bootstrap);
    let failed =
        estimation.fit(&model, &data).expect("it can be fitted").bootstrap.as_ref().map(|b| b.failed);
    assert!(failed.expect("replicates are drawn") < 10);
    group.bench_function("bootstrap,HS1939,1000 fits", |b| {
        b.iter(|| estimation.fit(&model, black_box(&data)))
    });
    let truth: Model =
        "visual =~ 0.8*x1 + 0.6*x2 + 0.5*x3; speed =~ 0.7*x7 + 0.7*x8 + 0.6*x9; visual ~~ 0.4*speed"
            .parse()
            .expect("the syntax is right");
    let study = Study {
        population: Population::of(&truth).expect("the values are sound"),
        model: "visual =~ x1 + x2 + x3; speed =~ x7 + x8 + x9".parse().expect("the syntax is right"),
        estimation: Estimation::new(Estimator::Mlr),
        n: 300,
        replications: 1000,
        seed: 1,
    };
    group.bench_function("Monte-Carlo,MLR,n=300,1000 samples", |b| {
        b.iter(|| study.run(black_box(&Progress::default())));
    });
    group.finish();
}

criterion_group!(benches, robust, resampled);
criterion_main!(benches);

//! Confirmatory factor models by maximum likelihood, with standard errors, standardised solution and
//! all fit measures: from rows in memory to the result.
#![allow(missing_docs, dead_code)]

mod simulated;

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::{Array2, Axis, Slice};
use psychometrics::data::Dataset;
use psychometrics::moments::{Missing, Moments};
use psychometrics::{Estimation, Fit, Model};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
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

/// Many small fits at once: 10,000 samples of 200 with six items of one factor each, from their rows, in pools of one and of two
/// threads.
fn ten_thousand(c: &mut Criterion) {
    const SAMPLES: usize = 10_000;
    let names = simulated::names(6);
    let model: Model = simulated::syntax(1, 6).parse().expect("the syntax is right");
    let rows = simulated::normal(200 * 100, 1, 6);
    let samples: Vec<Array2<f64>> =
        (0..100).map(|k| rows.slice_axis(Axis(0), Slice::from(200 * k..200 * (k + 1))).to_owned()).collect();
    let all = || -> usize {
        let one = |k: usize| usize::from(fit(&model, &names, black_box(&samples[k % 100])).converged);
        (0..SAMPLES).into_par_iter().map(one).sum()
    };
    let mut group = c.benchmark_group("confirmatory");
    group.sample_size(10);
    for threads in [1, 2] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be had");
        assert_eq!(
            pool.install(|| (0..100)
                .map(|k| fit(&model, &names, &samples[k]))
                .filter(|f| f.converged)
                .count()),
            100
        );
        group.bench_function(format!("{SAMPLES} fits,n=200,p=6,{threads} threads"), |b| {
            b.iter(|| assert_eq!(pool.install(all), SAMPLES));
        });
    }
    group.finish();
}

criterion_group!(benches, holzinger_swineford, simulated_items, ten_thousand);
criterion_main!(benches);

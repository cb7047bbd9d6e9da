//! Means and covariances from rows in memory.
#![allow(missing_docs, dead_code)]

mod simulated;

use criterion::{Criterion, criterion_group, criterion_main};
use psychometrics::moments::{Divisor, Missing, Moments};
use std::hint::black_box;

fn moments(c: &mut Criterion) {
    let (n, p) = (10_000, 50);
    let complete = simulated::likert(n, 5, 10);
    let mut holes = complete.clone();
    // every seventeenth answer is missing
    holes.iter_mut().step_by(17).for_each(|x| *x = f64::NAN);
    let names = simulated::names(p);
    let covariance = |rows: &ndarray::Array2<f64>, missing: Missing| {
        let moments = Moments::of(names.iter().cloned(), rows.view(), missing).expect("the data are sound");
        moments.covariance(Divisor::NMinusOne).expect("all pairs were answered")
    };
    let s = covariance(&complete, Missing::Listwise);
    let mean = complete.column(0).sum() / n as f64;
    let variance = complete.column(0).mapv(|x| (x - mean).powi(2)).sum() / (n as f64 - 1.0);
    assert!((s.get("x1", "x1").expect("x1 is there") - variance).abs() < 1e-10);

    let mut group = c.benchmark_group("moments");
    group.bench_function(format!("complete/n={n},p={p}"), |b| {
        b.iter(|| covariance(black_box(&complete), Missing::Listwise));
    });
    group.bench_function(format!("pairwise, 6 % missing/n={n},p={p}"), |b| {
        b.iter(|| covariance(black_box(&holes), Missing::Pairwise));
    });
    group.finish();
}

criterion_group!(benches, moments);
criterion_main!(benches);

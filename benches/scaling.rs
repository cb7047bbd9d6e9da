//! How the cost of one fit grows with the number of items, beside a yardstick of the same run: one inverse and
//! four products of size p, one Cholesky factor of size q (the free parameters). Both columns are per iteration:
//! the bench prints the iterations that a fit takes.
#![allow(missing_docs, dead_code, clippy::print_stdout)]

mod simulated;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use nalgebra::{Cholesky, DMatrix};
use psychometrics::estimate::StandardErrors;
use psychometrics::moments::{Missing, Moments};
use psychometrics::{Estimation, Model};
use std::hint::black_box;

/// Factors, and items of each.
const SHAPES: [(usize, usize); 5] = [(5, 5), (5, 10), (10, 10), (20, 10), (40, 10)];

fn matrix(size: usize) -> DMatrix<f64> {
    DMatrix::from_fn(size, size, |i, j| if i == j { 2.0 } else { 1.0 / (1.0 + (i + j) as f64) })
}

fn items(c: &mut Criterion) {
    let mut group = c.benchmark_group("items");
    group.sample_size(10);
    for (factors, per_factor) in SHAPES {
        let p = factors * per_factor;
        if simulated::is_test() && p > 100 {
            continue;
        }
        let rows = simulated::normal(2_000, factors, per_factor);
        let model: Model = simulated::syntax(factors, per_factor).parse().expect("the syntax is right");
        let moments = Moments::of(simulated::names(p), rows.view(), Missing::Listwise).expect("sound data");
        // the search and its measures of fit, without the parameters' errors
        let estimation = Estimation::default().standard_errors(StandardErrors::None);
        let fit = estimation.fit_moments(&model, &moments).expect("sound moments");
        assert!(fit.status.proper());
        let q = fit.measure("npar").expect("it converges") as usize;
        println!("p = {p}: q = {q}, {} iterations", fit.iterations);
        group.bench_function(BenchmarkId::new("fit", p), |b| {
            b.iter(|| estimation.fit_moments(&model, black_box(&moments)));
        });
        let (small, large) = (matrix(p), matrix(q));
        let mut product = DMatrix::zeros(p, p);
        group.bench_function(BenchmarkId::new("yardstick", p), |b| {
            b.iter(|| {
                let inverse = Cholesky::new(small.clone()).expect("it is positive definite").inverse();
                for _ in 0..4 {
                    product.gemm(1.0, black_box(&inverse), &small, 0.0);
                }
                Cholesky::new(black_box(large.clone())).expect("it is positive definite").l_dirty().trace()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, items);
criterion_main!(benches);

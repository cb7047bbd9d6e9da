//! Polychoric correlations and models of ordinal items, from answers in memory to the result.
#![allow(missing_docs, dead_code)]

mod simulated;

use criterion::{Criterion, criterion_group, criterion_main};
use psychometrics::correlation::{Correlate, Ordered};
use psychometrics::data::Dataset;
use psychometrics::{Estimation, Estimator, Model};
use std::hint::black_box;

fn polychoric(c: &mut Criterion) {
    let mut group = c.benchmark_group("polychoric");
    group.sample_size(10);
    for (n, factors, per_factor) in [(1_000, 7, 5), (5_000, 10, 10)] {
        let answers = simulated::likert(n, factors, per_factor);
        simulated::written(&format!("likert_{n}_{factors}x{per_factor}.csv"), &answers);
        let names = simulated::names(factors * per_factor);
        let found = Correlate::default().of(&names, answers.view()).expect("the answers are sound");
        assert!(found.pairs.iter().all(|pair| pair.se.is_some() && pair.gradient.abs() < 1e-6));
        assert!(found.get("x1", "x2").is_some_and(|r| (0.2..0.6).contains(&r)));
        let p = names.len();
        group.bench_function(format!("n={n},p={p}"), |b| {
            b.iter(|| Correlate::default().of(&names, black_box(answers.view())));
        });
        assert_eq!(found.counts()[p - 1][0], n);
        group.bench_function(format!("counts of pairs/p={p}"), |b| b.iter(|| black_box(&found).counts()));
    }
    group.finish();
}

fn models(c: &mut Criterion) {
    let mut group = c.benchmark_group("WLSMV");
    group.sample_size(10);
    for (n, factors, per_factor) in [(1_000, 3, 5), (1_000, 7, 5), (1_000, 10, 10)] {
        let answers = simulated::likert(n, factors, per_factor);
        simulated::written(&format!("likert_{n}_{factors}x{per_factor}.csv"), &answers);
        let names = simulated::names(factors * per_factor);
        let data =
            Dataset::builder().array(names.iter().cloned(), answers).build().expect("the answers are sound");
        let model: Model = simulated::syntax(factors, per_factor).parse().expect("the syntax is right");
        let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
        let everything = || {
            let fit = estimation.fit(black_box(&model), black_box(&data)).expect("it can be fitted");
            let standardized = fit.standardized();
            (fit, standardized)
        };
        let (fit, _) = everything();
        assert!(fit.status.proper() && fit.measure("rmsea.robust").is_ok_and(|rmsea| rmsea < 0.05));
        let p = names.len();
        group.bench_function(format!("{factors} factors,n={n},p={p}"), |b| b.iter(everything));
    }
    group.finish();
}

criterion_group!(benches, polychoric, models);
criterion_main!(benches);

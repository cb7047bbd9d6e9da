//! Ladders of invariance: all steps with measures and difference tests, from rows in memory; and with the search for what
//! differs, score tests and effects. The same by lavaan and semTools: `benches/peers/peers.R ladder`.
#![allow(missing_docs, dead_code)]

mod simulated;

use criterion::{Criterion, criterion_group, criterion_main};
use psychometrics::correlation::Ordered;
use psychometrics::data::Dataset;
use psychometrics::evidence::internal_structure::Invariance;
use psychometrics::{Estimation, Estimator, Model};
use std::hint::black_box;

fn holzinger_swineford(c: &mut Criterion) {
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").expect("the sample data are there");
    let model: Model = simulated::syntax(3, 3).parse().expect("the syntax is right");
    let whole = Invariance::of(Estimation::default().group("school"));
    let steps = whole.clone().steps_only();
    let found = whole.run(&model, &data).expect("the schools allow it");
    let chisq: Vec<String> =
        found.models.iter().map(|own| format!("{:.3}", own.chisq.unwrap_or(0.0))).collect();
    // lavaan 0.6-14
    assert_eq!(chisq, ["115.851", "124.044", "164.103", "181.511"]);
    assert_eq!(found.partial.expect("it converges").released, ["x3~1", "x7~1"]);
    c.bench_function("invariance/HS1939,steps", |b| {
        b.iter(|| steps.run(black_box(&model), black_box(&data)))
    });
    c.bench_function("invariance/HS1939,whole", |b| {
        b.iter(|| whole.run(black_box(&model), black_box(&data)))
    });
}

fn ordinal(c: &mut Criterion) {
    let mut group = c.benchmark_group("invariance");
    group.sample_size(10);
    let (n, factors, per_factor) = (1_500, 7, 5);
    let answers = simulated::likert(n, factors, per_factor);
    simulated::written(&format!("likert_{n}_{factors}x{per_factor}.csv"), &answers);
    let names = simulated::names(factors * per_factor);
    let labels: Vec<String> = (0..n).map(|row| format!("g{}", row % 3)).collect();
    let data = Dataset::builder()
        .array(names.iter().cloned(), answers)
        .column("group", labels)
        .build()
        .expect("the answers are sound");
    let model: Model = simulated::syntax(factors, per_factor).parse().expect("the syntax is right");
    let ladder =
        Invariance::of(Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).group("group")).steps_only();
    let found = ladder.run(&model, &data).expect("the groups allow it");
    assert_eq!(found.models.len(), 5);
    assert!(found.models.iter().all(|own| own.converged));
    assert!(found.comparisons.iter().all(|own| own.pvalue.is_some_and(|p| p > 1e-4)), "the groups are alike");
    group.bench_function(format!("WLSMV,n={n},p={},3 groups", names.len()), |b| {
        b.iter(|| ladder.run(black_box(&model), black_box(&data)));
    });
    group.finish();
}

criterion_group!(benches, holzinger_swineford, ordinal);
criterion_main!(benches);

//! Alpha and item analysis: from rows in memory, and from a file of a million rows.
#![allow(missing_docs, dead_code)]

mod simulated;

use criterion::{Criterion, criterion_group, criterion_main};
use psychometrics::data::{CsvOptions, CsvSource};
use psychometrics::evidence::internal_structure::{Alpha, ItemAnalysis, ScaleItem, ScaleSummary};
use psychometrics::moments::Missing;
use std::hint::black_box;

fn in_memory(c: &mut Criterion) {
    let (n, p) = (1_000, 42);
    let rows = simulated::likert(n, 7, 6);
    simulated::written("likert_1000_7x6.csv", &rows);
    let names = simulated::names(p);
    let analyse = |rows: &ndarray::Array2<f64>| {
        let items = names.iter().map(|name| ScaleItem::new(name).ranging(1.0, 5.0));
        let mut summary = ScaleSummary::new(items, Missing::Pairwise);
        summary.push(rows.view()).expect("the data are sound");
        let analysis = ItemAnalysis::of(&summary).expect("every item varies");
        (Alpha::of(&summary.moments().expect("they are there")).expect("every item varies"), analysis)
    };
    let (alpha, analysis) = analyse(&rows);
    assert_eq!((alpha.n, analysis.items.len()), (n, p));
    assert!(alpha.raw.is_some_and(|alpha| alpha > 0.9));
    c.bench_function(&format!("alpha and items/n={n},p={p}"), |b| b.iter(|| analyse(black_box(&rows))));
}

fn from_file(c: &mut Criterion) {
    let n = if simulated::is_test() { 10_000 } else { 1_000_000 };
    let path = simulated::written(&format!("likert_{n}_5x10.csv"), &simulated::likert(n, 5, 10));
    let analyse = || {
        let source = CsvSource::open(&path, &CsvOptions::default()).expect("it was just written");
        let item = |name: &str| ScaleItem::new(name).ranging(1.0, 5.0);
        let summary = ScaleSummary::read(&source, Missing::Pairwise, item).expect("it holds numbers");
        let analysis = ItemAnalysis::of(&summary).expect("every item varies");
        (Alpha::of(&summary.moments().expect("they are there")).expect("every item varies"), analysis)
    };
    let (alpha, analysis) = analyse();
    assert_eq!((alpha.n, analysis.items.len()), (n, 50));
    assert!(alpha.raw.is_some_and(|alpha| alpha > 0.9));
    let mut group = c.benchmark_group("from file");
    group.sample_size(10);
    group.bench_function(format!("alpha and items/n={n},p=50"), |b| b.iter(analyse));
    group.finish();
}

criterion_group!(benches, in_memory, from_file);
criterion_main!(benches);

//! Sums in the place of rows: adding them up from a file, merging, and a fit to each of ten thousand groups of one aggregate.
#![allow(missing_docs, dead_code)]

mod simulated;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use psychometrics::moments::aggregate::{Aggregate, AggregateOptions, AggregatePlan, PlannedItem};
use psychometrics::{Estimation, Model};
use std::fmt::Write as _;
use std::hint::black_box;

/// Items of a scale.
const ITEMS: usize = 5;

/// A file of `groups` teams with `each` members, whole answers of one factor.
fn file(groups: usize, each: usize) -> tempfile::NamedTempFile {
    let rows = simulated::normal(groups * each, 1, ITEMS);
    let mut text = String::from("team");
    (1..=ITEMS).for_each(|i| _ = write!(text, ",q{i}"));
    text.push('\n');
    for (row, values) in rows.outer_iter().enumerate() {
        _ = write!(text, "t{}", row % groups);
        values.iter().for_each(|x| _ = write!(text, ",{}", (3.0 + 1.2 * x).round().clamp(1.0, 5.0)));
        text.push('\n');
    }
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), text).expect("it can be written");
    file
}

fn aggregates(c: &mut Criterion) {
    let mut bench = c.benchmark_group("aggregates");
    bench.sample_size(10);
    let (groups, each) = if simulated::is_test() { (50, 60) } else { (10_000, 60) };
    let file = file(groups, each);
    let items = (1..=ITEMS).map(|i| PlannedItem::new(format!("q{i}")).coded(1, 5));
    let plan = AggregatePlan::new(items).expect("a sound plan").by_group("team");
    let read = || Aggregate::read(file.path(), &plan, &AggregateOptions::default()).expect("a sound file");
    let found = read();
    assert_eq!((found.groups().len(), found.rows()), (groups, (groups * each) as u64));
    assert!(found.is_exact());
    let id = |what: &str| BenchmarkId::new(what, format!("{groups} groups, n = {each}, p = {ITEMS}"));
    bench.bench_function(id("summed from a file"), |b| b.iter(read));
    let model: Model = "f =~ q1 + q2 + q3 + q4 + q5".parse().expect("the syntax is right");
    let estimation = Estimation::default();
    let fits = estimation.fit_each_group(&model, &found);
    let solved = fits.iter().filter(|(_, fit)| fit.as_ref().is_ok_and(|fit| fit.converged)).count();
    assert!(solved * 10 > groups * 9, "{solved} of {groups} converge");
    bench.bench_function(id("a fit to each group"), |b| {
        b.iter(|| estimation.fit_each_group(&model, black_box(&found)));
    });
    bench.finish();
}

criterion_group!(benches, aggregates);
criterion_main!(benches);

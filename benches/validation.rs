//! The whole validation of the sample data with its report, and the parts of it that grow fast.
#![allow(missing_docs)]

#[allow(dead_code)]
mod simulated;

use criterion::{Criterion, criterion_group, criterion_main};
use psychometrics::construct::Construct;
use psychometrics::correlation::Ordered;
use psychometrics::data::{Dataset, Responses};
use psychometrics::evidence::content::{Agreement, Codes};
use psychometrics::evidence::internal_structure::{
    Reliability, ReliabilityIntervals, ScaleItem, ScaleSummary,
};
use psychometrics::evidence::relations::{Block, HeterotraitRatios};
use psychometrics::evidence::{Resampling, Validation};
use psychometrics::moments::Missing;
use psychometrics::report::{Language, Report, ValidationReport};
use std::hint::black_box;

const CONSTRUCT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/professional_conduct/construct.toml");

fn whole(c: &mut Criterion) {
    let construct = Construct::from_path(CONSTRUCT).expect("the sample construct is sound");
    let responses = Responses::read(&construct).expect("the sample data are sound");
    let validate = || Validation::of(&construct).run(&responses).expect("it can be done");
    let evidence = validate();
    assert_eq!((evidence.n, evidence.structures.len(), evidence.hypothesis_tally.tested), (902, 4, 5));
    let html = || ValidationReport::new(&evidence).page().html(Language::English).expect("it can be printed");
    assert!(html().contains("<svg"));
    let mut group = c.benchmark_group("validate");
    group.sample_size(10);
    group.bench_function("sample data/n=902,p=43,1000 samples", |b| b.iter(validate));
    group.bench_function("html", |b| b.iter(html));
    group.finish();
}

fn reliability(c: &mut Criterion) {
    let rows = simulated::likert(1_000, 1, 20);
    simulated::written("likert_1000_1x20.csv", &rows);
    let names = simulated::names(20);
    let mut summary = ScaleSummary::new(names.iter().map(ScaleItem::new), Missing::Pairwise);
    summary.push(rows.view()).expect("the data are sound");
    let found = Reliability::of(&summary).expect("every item varies");
    let split = found.split_half.expect("it exists");
    assert_eq!((split.splits, split.exhaustive), (92_378, true));
    c.bench_function("reliability/p=20, all 92378 splits twice", |b| {
        b.iter(|| Reliability::of(black_box(&summary)).expect("every item varies"));
    });
    let six = rows.select(ndarray::Axis(1), &[0, 1, 2, 3, 4, 5]);
    let resampling = Resampling::default();
    let intervals = || ReliabilityIntervals::of(&names[..6], six.view(), resampling).expect("it can be done");
    assert!(intervals().intervals["omega"].is_some());
    let mut group = c.benchmark_group("reliability");
    group.sample_size(10);
    group.bench_function("bootstrap of 16 coefficients/n=1000,p=6,1000 samples", |b| b.iter(intervals));
    group.finish();
}

fn relations(c: &mut Criterion) {
    let rows = simulated::likert(1_000, 7, 5);
    simulated::written("likert_1000_7x5.csv", &rows);
    let names = simulated::names(35);
    let blocks: Vec<Block> =
        names.chunks(5).enumerate().map(|(i, own)| (format!("f{}", i + 1), own.to_vec())).collect();
    let mut group = c.benchmark_group("htmt");
    group.sample_size(10);
    let resampling = Resampling::default();
    let pearson = || HeterotraitRatios::pearson(&names, rows.view(), &blocks, resampling).expect("it exists");
    assert_eq!(pearson().htmt.len(), 21);
    group.bench_function("pearson/n=1000,p=35,1000 samples", |b| b.iter(pearson));
    let polychoric = || {
        HeterotraitRatios::polychoric(&names, rows.view(), &Ordered::All, &blocks, resampling)
            .expect("it exists")
    };
    assert!(polychoric().htmt[0].lower.is_some());
    group.bench_function("polychoric/n=1000,p=35,1000 samples", |b| b.iter(polychoric));
    group.finish();
    let codes = Codes::of(
        &Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/ratings.csv"))
            .expect("it is there"),
    );
    let codes = codes.expect("they are codes");
    let agree = || Agreement::of(&codes, resampling).expect("they overlap");
    assert_eq!(agree().units, 40);
    c.bench_function("agreement/40 units,3 coders,1000 samples", |b| b.iter(agree));
}

criterion_group!(benches, whole, reliability, relations);
criterion_main!(benches);

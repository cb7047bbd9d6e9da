//! Norms of the sample data: reading them, and scoring one respondent.
#![allow(missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use psychometrics::construct::Construct;
use psychometrics::data::Responses;
use psychometrics::evidence::MeasurementLevel;
use psychometrics::evidence::consequences::Norms;
use std::hint::black_box;

const CONSTRUCT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/professional_conduct/construct.toml");

fn norms(c: &mut Criterion) {
    let construct = Construct::from_path(CONSTRUCT).expect("the sample construct is sound");
    let sample = Responses::read(&construct).expect("the sample data are sound");
    for level in [MeasurementLevel::Continuous, MeasurementLevel::ByScale] {
        let norms = Norms::of_groups(&construct, &sample, level, "role").expect("they can be made");
        let text = norms.to_json();
        let name = if level == MeasurementLevel::Continuous { "continuous" } else { "ordinal" };
        let load = || Norms::from_json(black_box(&text)).expect("they are sound");
        assert!(load() == norms);
        // answers that rise and fall; of the other every seventh is missing
        let answer = |i: usize| [3.0, 4.0, 5.0, 4.0, 2.0][i % 5];
        let complete: Vec<(&str, f64)> =
            construct.items.iter().enumerate().map(|(i, item)| (item.id.as_str(), answer(i))).collect();
        let gaps: Vec<(&str, f64)> =
            complete.iter().enumerate().filter(|(i, _)| i % 7 != 3).map(|(_, own)| *own).collect();
        let score = |answers: &[(&str, f64)]| norms.score(answers.iter().copied()).expect("they are answers");
        assert!(score(&complete).iter().all(|own| own.factor.is_some() && own.percentile.is_some()));
        assert!(score(&gaps).iter().all(|own| own.score.is_some()));
        assert!(
            score(&gaps).iter().filter(|own| own.factor.is_some() && !own.missing.is_empty()).count() > 4
        );
        let mut group = c.benchmark_group(format!("norms, {name}"));
        group.bench_function("one respondent/43 items,8 scales", |b| b.iter(|| score(black_box(&complete))));
        group.bench_function("one respondent with gaps/43 items,8 scales", |b| {
            b.iter(|| score(black_box(&gaps)))
        });
        group.bench_function(format!("load/{} kB", text.len() / 1000), |b| b.iter(load));
        group.bench_function("write", |b| b.iter(|| norms.to_json()));
        group.finish();
    }
}

criterion_group!(benches, norms);
criterion_main!(benches);

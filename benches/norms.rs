//! What a service does all day: reading norms, scoring one respondent, and many small fits on one thread and on two.
#![allow(missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use psychometrics::construct::Construct;
use psychometrics::data::Responses;
use psychometrics::evidence::MeasurementLevel;
use psychometrics::evidence::consequences::Norms;
use psychometrics::simulate::Population;
use psychometrics::{Estimation, Model};
use rayon::prelude::*;
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

/// Fits of one factor to six items of 200 respondents, 10,000 of them in a parallel iterator.
const FITS: usize = 10_000;

fn many_fits(c: &mut Criterion) {
    let truth: Model =
        "f =~ 0.8*x1 + 0.7*x2 + 0.6*x3 + 0.7*x4 + 0.5*x5 + 0.6*x6".parse().expect("it is sound");
    let model: Model = "f =~ x1 + x2 + x3 + x4 + x5 + x6".parse().expect("it is sound");
    let population = Population::of(&truth).expect("it is one");
    let samples: Vec<_> =
        (0..100).map(|seed| population.dataset(200, seed).expect("there are rows")).collect();
    let estimation = Estimation::default();
    let converged = |fits: usize| {
        let fit = |i: usize| estimation.fit(&model, &samples[i % samples.len()]).expect("there is an answer");
        (0..fits).into_par_iter().filter(|&i| fit(i).converged).count()
    };
    // the loading of x2 beside the marker's is .7 / .8, but for chance
    let first = estimation.fit(&model, &samples[0]).expect("there is an answer");
    assert!((first.parameter("f", "=~", "x2").expect("it is there").est - 0.875).abs() < 0.3);
    assert_eq!(converged(samples.len()), samples.len());
    let mut group = c.benchmark_group("many fits");
    group.sample_size(10);
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("there are threads");
        group.bench_function(format!("{FITS} x 6 items,200 respondents/{threads} thread"), |b| {
            b.iter(|| pool.install(|| converged(black_box(FITS))))
        });
    }
    group.finish();
}

criterion_group!(benches, norms, many_fits);
criterion_main!(benches);

//! Exploratory factors: parallel analysis, rotation from many starts, a model of exploratory factors with standard errors.
#![allow(missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use psychometrics::estimate::Rotation;
use psychometrics::factor::{
    Basis, CommunityAlgorithm, CorrelationMatrix, Criterion as Simplicity, Extraction, GraphAnalysis,
    Retention, Rotate, Rule, extract,
};
use psychometrics::moments::LabelledMatrix;
use psychometrics::simulate::Population;
use psychometrics::{Estimation, Model, data::Dataset};
use std::hint::black_box;

/// Answers of a population in which `items` load .7 on one of `factors`, which correlate .3; in so many categories, or none.
fn answers(items: usize, factors: usize, n: usize) -> (Vec<String>, Dataset, Model) {
    let names: Vec<String> = (1..=items).map(|i| format!("x{i}")).collect();
    let mut text = String::new();
    for k in 0..factors {
        let own: Vec<String> = (k..items).step_by(factors).map(|i| format!("0.7*{}", names[i])).collect();
        text += &format!("f{k} =~ {}\nf{k} ~~ 1*f{k}\n", own.join(" + "));
        (0..k).for_each(|j| text += &format!("f{k} ~~ 0.3*f{j}\n"));
    }
    names.iter().for_each(|name| text += &format!("{name} ~~ 0.51*{name}\n"));
    let model: Model = text.parse().expect("the population is a model");
    let sample = Population::of(&model).expect("it has values").dataset(n, 1).expect("it can be drawn");
    let all: Vec<String> = (0..factors).map(|k| format!("efa(\"e\")*f{k}")).collect();
    let esem = format!("{} =~ {}", all.join(" + "), names.join(" + ")).parse().expect("a model");
    (names, sample, esem)
}

fn correlations(names: &[String], data: &Dataset) -> CorrelationMatrix {
    let rows = data.numeric(names).expect("all are numbers");
    let r = psychometrics::moments::Moments::of(
        names.iter().cloned(),
        rows.view(),
        psychometrics::moments::Missing::Listwise,
    );
    let matrix: LabelledMatrix = r.and_then(|m| m.correlation()).expect("they vary");
    CorrelationMatrix::of(&matrix).expect("it is one")
}

fn exploratory(c: &mut Criterion) {
    let mut group = c.benchmark_group("exploratory");
    group.sample_size(10);
    let (names, data, _) = answers(25, 5, 2800);
    let r = correlations(&names, &data);
    let retention =
        || Retention::default().most(5).of_correlations(black_box(&r), 2800).expect("it has an answer");
    assert_eq!(retention().suggestion(Rule::Parallel), Some(5));
    group.bench_function("retention, all rules, 1000 replications/25 items,n=2800", |b| b.iter(retention));

    for algorithm in CommunityAlgorithm::ALL {
        let analysis = GraphAnalysis::default().algorithm(*algorithm).bootstrap(500);
        let graph = || analysis.of_correlations(black_box(&r), 2800).expect("it has a network");
        assert_eq!(graph().dimensions, 5);
        group
            .bench_function(format!("ega, {algorithm}, bootstrap of 500/25 items,n=2800"), |b| b.iter(graph));
    }

    let (names, data, _) = answers(42, 7, 1000);
    let r = correlations(&names, &data);
    let factors = || {
        let found = extract(black_box(&r), 7, Extraction::Minres).expect("they exist");
        Rotate::new(Simplicity::Oblimin { gamma: 0.0 }).of(&found.loadings).expect("a minimum")
    };
    assert!(factors().search.reached > 50);
    group.bench_function("minres, oblimin, 100 starts/42 items,7 factors", |b| b.iter(factors));

    let (_, data, model) = answers(30, 5, 1000);
    let rotation = Rotation::new(Rotate::new(Simplicity::Geomin { epsilon: 0.001 }).starts(30));
    let fit =
        || Estimation::default().rotation(rotation.clone()).fit(&model, black_box(&data)).expect("a fit");
    let found = fit();
    assert!(found.converged && found.df() == 295);
    assert!(found.parameters.iter().filter(|p| p.free > 0).all(|p| p.se.is_some()));
    group.bench_function("efa block, geomin, 30 starts, errors/30 items,5 factors,n=1000", |b| b.iter(fit));

    let (names, data, _) = answers(35, 5, 1000);
    let rows = data.numeric(&names).expect("all are numbers").mapv(|x| (x.clamp(-1.9, 1.9) + 2.0).floor());
    let ordinal = || {
        let retention = Retention::default().basis(Basis::Polychoric).replications(100).most(5);
        retention.of(&names, black_box(rows.view())).expect("it has an answer")
    };
    assert_eq!(ordinal().suggestion(Rule::Parallel), Some(5));
    group.bench_function("retention, polychoric, 100 replications/35 items,n=1000", |b| b.iter(ordinal));
    group.finish();
}

criterion_group!(benches, exploratory);
criterion_main!(benches);

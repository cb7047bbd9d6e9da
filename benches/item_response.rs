//! Item response models, from answers in memory to the estimates: 61 nodes (31 on each dimension of the bifactor model), the
//! gradient, divided by the root of the curvature, below 1e-6.
#![allow(missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use psychometrics::data::Dataset;
use psychometrics::irt::{Irt, ItemModel, ItemParameters, ItemStandardErrors, simulated_answers};
use std::hint::black_box;

/// Items with slopes from 0.8 to 2, spread over the trait; of `specific` further traits each has one.
fn items(model: ItemModel, count: usize, steps: usize, specific: usize) -> Vec<ItemParameters> {
    (0..count)
        .map(|i| {
            let share = i as f64 / count as f64;
            let mut slopes = vec![0.8 + 1.2 * ((i * 7) % count) as f64 / count as f64];
            slopes.extend((0..specific).map(|s| if i % specific == s { 0.9 } else { 0.0 }));
            let first = 2.0 * share - 1.0 + 0.5 * steps as f64;
            let intercepts: Vec<f64> = (0..steps).map(|k| first - k as f64).collect();
            ItemParameters::new(format!("x{i}"), model, slopes, intercepts).expect("the items are sound")
        })
        .collect()
}

fn fits(c: &mut Criterion) {
    let mut group = c.benchmark_group("item response");
    group.sample_size(10);
    let estimates = |model| Irt::new(model).standard_errors(ItemStandardErrors::None).fit_statistics(false);
    for (name, model, n, p, steps, specific) in [
        ("2pl", ItemModel::TwoParameter, 10_000, 50, 1, 0),
        ("graded", ItemModel::Graded, 10_000, 50, 4, 0),
        ("bifactor graded, 5 specific", ItemModel::Graded, 2_000, 30, 4, 5),
    ] {
        let truth = items(model, p, steps, specific);
        let data: Dataset = simulated_answers(&truth, n, 1).expect("the items are sound");
        let names: Vec<&str> = truth.iter().map(|item| item.item.as_str()).collect();
        let mut irt = estimates(model);
        if specific > 0 {
            let of = |s: usize| {
                let own: Vec<&str> = names.iter().skip(s).step_by(specific).copied().collect();
                format!("s{s} =~ {}", own.join(" + "))
            };
            let mut text = vec![format!("g =~ {}", names.join(" + "))];
            text.extend((0..specific).map(of));
            irt = irt.structure(text.join("\n").parse().expect("the model is sound"));
        }
        let fit = irt.fit(&data, &names).expect("the answers are sound");
        assert!(fit.converged && fit.gradient < 1e-6);
        let off: f64 = fit.items.iter().zip(&truth).map(|(own, t)| (own.slopes[0] - t.slopes[0]).abs()).sum();
        assert!(off / (p as f64) < 0.15, "slopes are found again: {}", off / p as f64);
        group.bench_function(format!("{name}/n={n},p={p}"), |b| b.iter(|| irt.fit(black_box(&data), &names)));
    }
    group.finish();
}

criterion_group!(benches, fits);
criterion_main!(benches);

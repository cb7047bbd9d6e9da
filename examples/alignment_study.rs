//! How often alignment names exactly the parameters that differ: samples of the three groups of Asparouhov and Muthen (2014).
//!
//! ```text
//! cargo run --release --example alignment_study            # 100 samples of 1,000 a group
//! cargo run --release --example alignment_study -- 500
//! ```
//!
//! Six of thirty parameters differ; asserted is that 95 of 100 samples or more name these six and no other, and that standard
//! errors are within a fifth of how means vary over samples. Means come out a little too near to each other: sampling error
//! makes differences where there are none, and the loss shares them out (with .001 and no sampling error they are .294 and
//! .791). It is a property of the loss: 300 starts find none lower.
#![allow(clippy::print_stdout)]

use ndarray::Array2;
use psychometrics::data::Dataset;
use psychometrics::evidence::internal_structure::{Align, Alignment, GroupParameters};
use psychometrics::model::Scaling;
use psychometrics::{Estimation, Model, Result};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

const ITEMS: [&str; 5] = ["x1", "x2", "x3", "x4", "x5"];
const LOADINGS: [[f64; 5]; 3] =
    [[1.0, 1.0, 1.4, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 0.5], [1.0, 1.0, 1.0, 0.3, 1.0]];
const INTERCEPTS: [[f64; 5]; 3] =
    [[0.0, 0.0, 0.0, 0.0, 0.5], [-0.5, 0.0, 0.0, 0.0, 0.0], [0.0, -0.5, 0.0, 0.0, 0.0]];
const MEANS: [f64; 3] = [0.0, 0.3, 0.8];
const VARIANCES: [f64; 3] = [1.0, 1.5, 1.2];
const N: usize = 1000;

fn sample(seed: u64) -> Result<Dataset> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = Array2::zeros((3 * N, 5));
    for (row, mut own) in rows.outer_iter_mut().enumerate() {
        let g = row / N;
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let factor = MEANS[g] + VARIANCES[g].sqrt() * normal();
        for (i, x) in own.iter_mut().enumerate() {
            *x = INTERCEPTS[g][i] + LOADINGS[g][i] * factor + normal();
        }
    }
    let group: Vec<Option<String>> = (0..3 * N).map(|row| Some(format!("g{}", row / N + 1))).collect();
    Dataset::builder().array(ITEMS, rows.view()).column("group", group).build()
}

fn aligned(seed: u64) -> Result<Alignment> {
    let model: Model = "f =~ x1 + x2 + x3 + x4 + x5".parse()?;
    let estimation = Estimation::default().group("group").scaling(Scaling::UnitVariance);
    let fit = estimation.fit(&model, &sample(seed)?)?;
    Align::default().of(&GroupParameters::of_fit(&fit)?[0])
}

fn main() -> Result<()> {
    let samples: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100);
    let found: Vec<Alignment> = (0..samples).into_par_iter().map(aligned).collect::<Result<_>>()?;
    let differs = |item: usize, parameter: &str, group: usize| match parameter {
        "loading" => LOADINGS[group][item] != 1.0,
        _ => INTERCEPTS[group][item] != 0.0,
    };
    let (mut exact, mut missed, mut wrong) = (0, 0, 0);
    for alignment in &found {
        let named = alignment.noninvariant.as_deref().unwrap_or_default();
        let right = named.iter().filter(|d| {
            let item = ITEMS.iter().position(|i| *i == d.item).unwrap_or(0);
            let group = alignment.groups.iter().position(|g| g.group == d.group).unwrap_or(0);
            differs(item, &d.parameter, group)
        });
        let right = right.count();
        exact += usize::from(right == 6 && named.len() == 6);
        missed += 6 - right;
        wrong += named.len() - right;
    }
    let n = samples as f64;
    println!("{samples} samples of {N} a group; six of 30 parameters differ");
    println!("exactly the six named   {exact}");
    println!("differing ones missed   {missed} of {}", 6 * samples);
    println!("alike ones named        {wrong} of {}", 24 * samples);
    assert!(exact as f64 >= 0.95 * n, "exactly the six in {exact} of {samples}");
    for g in 1..3 {
        let mean = found.iter().map(|a| a.groups[g].mean).sum::<f64>() / n;
        let sd = (found.iter().map(|a| (a.groups[g].mean - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        let se = found.iter().filter_map(|a| a.groups[g].mean_se).sum::<f64>() / n;
        println!(
            "mean of group {}         {mean:.3} (truth {}), varies by {sd:.3}, standard error {se:.3}",
            g + 1,
            MEANS[g]
        );
        assert!((mean - MEANS[g]).abs() < 0.06 && (sd / se - 1.0).abs() < 0.2);
    }
    Ok(())
}

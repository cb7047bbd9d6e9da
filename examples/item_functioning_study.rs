//! How often items that work alike are named, and items that do not are found: `dif` by both methods, over seeded samples.
//!
//! ```text
//! cargo run --release --example item_functioning_study            # 200 samples of each kind
//! cargo run --release --example item_functioning_study -- 1000   # as many as its assertion asks for
//! ```
//!
//! Eight items of four categories by a graded model (slope 1.5), two groups of 250; the level of the procedure (.05, Holm)
//! is the share of samples without any difference in which some item is named; power, that in which the last item is named
//! when its thresholds are shifted for one group. Groups may differ in their mean level (impact).
#![allow(clippy::print_stdout)]

use ndarray::{Array2, Axis};
use psychometrics::Result;
use psychometrics::data::Grouping;
use psychometrics::evidence::internal_structure::{By, FunctioningMethod, ItemFunctioningStudy};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal, Uniform};
use rayon::prelude::*;

const N: usize = 500;

fn sample(seed: u64, impact: f64, shift: f64) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let uniform = Uniform::new(1e-12, 1.0).expect("a range");
    let mut answers = Array2::zeros((N, 8));
    for (row, mut own) in answers.axis_iter_mut(Axis(0)).enumerate() {
        let is_second = row % 2 == 1;
        let normal: f64 = StandardNormal.sample(&mut rng);
        let level = normal + if is_second { impact } else { 0.0 };
        for (item, answer) in own.iter_mut().enumerate() {
            let own_shift = if item == 7 && is_second { shift } else { 0.0 };
            let u: f64 = uniform.sample(&mut rng);
            let latent = 1.5 * level + own_shift + (u / (1.0 - u)).ln();
            *answer = [-1.5, 0.0, 1.5].iter().filter(|cut| latent > **cut + 0.1 * item as f64).count() as f64;
        }
    }
    answers
}

fn main() -> Result<()> {
    let samples: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(200);
    let items: Vec<String> = (1..=8).map(|i| format!("x{i}")).collect();
    let by = Grouping::new("group", (0..N).map(|row| Some(["a", "b"][row % 2])));
    println!("{samples} samples, two groups of {}, 8 items of 4 categories, level .05 (Holm)\n", N / 2);
    println!(
        "{:16} {:>7} {:>7} {:>7} {:>14} {:>14}",
        "method", "purify", "impact", "shift", "some other", "the last item"
    );
    for method in [FunctioningMethod::Logistic, FunctioningMethod::MantelHaenszel] {
        for (purify, impact, shift) in [
            (false, 0.0, 0.0),
            (true, 0.0, 0.0),
            (true, 0.5, 0.0),
            (false, 0.0, 0.8),
            (true, 0.0, 0.8),
            (true, 0.5, 0.8),
        ] {
            let study = ItemFunctioningStudy::new(method).purify(purify);
            let found: Vec<(bool, bool)> = (0..samples)
                .into_par_iter()
                .map(|seed| {
                    let found = study.run(&items, sample(seed, impact, shift).view(), &By::Groups(&by))?;
                    let named = found.named();
                    Ok((named.iter().any(|item| *item != "x8" || shift == 0.0), named.contains(&"x8")))
                })
                .collect::<Result<_>>()?;
            let share = |of: fn(&(bool, bool)) -> bool| {
                found.iter().filter(|f| of(f)).count() as f64 / samples as f64
            };
            let (others, last) = (share(|f| f.0), share(|f| f.1));
            println!("{method:16} {purify:>7} {impact:>7} {shift:>7} {others:>14.3} {last:>14.3}");
            if samples >= 1000 && shift == 0.0 && impact == 0.0 {
                assert!((0.03..=0.07).contains(&others), "the level of the procedure is {others}");
            }
        }
    }
    Ok(())
}

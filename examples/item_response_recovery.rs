//! How item response models recover what answers were drawn from: convergence, bias and coverage of 95 % intervals, in
//! seeded random models of each kind (10 items, 500 respondents).
#![allow(clippy::print_stdout)]

use psychometrics::irt::{Irt, ItemModel, ItemParameters, LogitPrior, simulated_answers};

const REPLICATES: u64 = 40;
const ITEMS: usize = 10;
const RESPONDENTS: usize = 500;

/// Numbers between 0 and 1 that a seed determines.
struct Uniform(u64);

impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1u64 << 31) as f64
    }
}

fn items(model: ItemModel, seed: u64) -> psychometrics::Result<Vec<ItemParameters>> {
    let mut uniform = Uniform(seed.wrapping_mul(0x9e37_79b9).wrapping_add(model as u64));
    (0..4).for_each(|_| _ = uniform.next());
    let fixed = matches!(model, ItemModel::Rasch | ItemModel::PartialCredit);
    (0..ITEMS)
        .map(|i| {
            let slope = if fixed { 1.0 } else { 0.7 + 1.3 * uniform.next() };
            let middle = 2.0 * uniform.next() - 1.0;
            let intercepts = match model {
                ItemModel::Graded => vec![middle + 1.5, middle, middle - 1.5],
                ItemModel::GeneralizedPartialCredit | ItemModel::PartialCredit | ItemModel::Nominal => {
                    vec![middle + 0.8, middle + 0.6, middle - 0.6]
                }
                _ => vec![middle],
            };
            ItemParameters::new(format!("x{}", i + 1), model, [slope], intercepts)
        })
        .collect()
}

fn main() -> psychometrics::Result<()> {
    println!(
        "{:8} {:>9} {:>11} {:>10} {:>9} {:>9}",
        "model", "converged", "largest |g|", "bias(d)", "cover(a)", "cover(d)"
    );
    for model in [
        ItemModel::Rasch,
        ItemModel::TwoParameter,
        ItemModel::ThreeParameter,
        ItemModel::Graded,
        ItemModel::GeneralizedPartialCredit,
        ItemModel::PartialCredit,
        ItemModel::Nominal,
    ] {
        let (mut converged, mut gradient, mut bias, mut count) = (0, 0.0f64, 0.0, 0.0);
        let mut covered = [(0.0, 0.0); 2];
        for seed in 0..REPLICATES {
            let truth = items(model, seed)?;
            let data = simulated_answers(&truth, RESPONDENTS, seed + 1)?;
            let names: Vec<&str> = truth.iter().map(|item| item.item.as_str()).collect();
            let mut irt = Irt::new(model).fit_statistics(false);
            if model == ItemModel::ThreeParameter {
                irt = irt.prior_guessing(LogitPrior { mean: -1.386, sd: 0.5 });
            }
            let fit = irt.fit(&data, &names)?;
            converged += u32::from(fit.converged);
            gradient = gradient.max(fit.gradient);
            for (own, truth) in fit.items.iter().zip(&truth) {
                let pairs = |own: &[f64], se: &[Option<f64>], truth: &[f64], covered: &mut (f64, f64)| {
                    for ((x, se), t) in own.iter().zip(se).zip(truth) {
                        if let Some(se) = se {
                            covered.0 += f64::from(u8::from((x - t).abs() < 1.96 * se));
                            covered.1 += 1.0;
                        }
                    }
                };
                pairs(&own.slopes, &own.se.slopes, &truth.slopes, &mut covered[0]);
                pairs(&own.intercepts, &own.se.intercepts, &truth.intercepts, &mut covered[1]);
                bias += own.intercepts[0] - truth.intercepts[0];
                count += 1.0;
            }
        }
        let share =
            |(hits, all): (f64, f64)| if all > 0.0 { format!("{:.3}", hits / all) } else { "-".into() };
        println!(
            "{:8} {:>5}/{REPLICATES} {:>11.0e} {:>10.3} {:>9} {:>9}",
            model.to_string(),
            converged,
            gradient,
            bias / count,
            share(covered[0]),
            share(covered[1])
        );
    }
    Ok(())
}

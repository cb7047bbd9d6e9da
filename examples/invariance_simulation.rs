//! How often the search of a ladder, from either side, names items that do not differ, and finds one that does: two groups of 500, six items of five
//! categories on one factor, whose mean and variance differ between groups in any case.
//!
//! `cargo run --release --example invariance_simulation -- 1000` draws 1,000 samples (without a number: 40).
#![allow(clippy::print_stdout)]

use psychometrics::correlation::Ordered;
use psychometrics::data::Progress;
use psychometrics::evidence::internal_structure::{
    Invariance, InvariancePower, InvariancePowerResult, Level, SearchDirection,
};
use psychometrics::simulate::Population;
use psychometrics::{Estimation, Estimator, Model, Result};

const ITEMS: usize = 6;
const SEED: u64 = 20_261_127;

/// The population of a group; `shift` is added to the second threshold of the third item.
fn population(mean: f64, variance: f64, shift: f64) -> Result<Population> {
    let loadings: Vec<String> =
        (1..=ITEMS).map(|i| format!("{}*x{i}", 0.6 + 0.05 * (i % 4) as f64)).collect();
    let mut text = format!("f =~ {}\nf ~~ {variance}*f\nf ~ {mean}*1\n", loadings.join(" + "));
    for i in 1..=ITEMS {
        let residual = 1.0 - (0.6 + 0.05 * (i % 4) as f64).powi(2);
        let moved = if i == 3 { shift } else { 0.0 };
        text += &format!("x{i} ~~ {residual}*x{i}\nx{i} | -1.3*t1 + {}*t2 + 0.4*t3 + 1.2*t4\n", -0.5 + moved);
    }
    Population::of(&text.parse()?)
}

fn study(
    estimation: Estimation,
    direction: SearchDirection,
    shift: f64,
    replications: usize,
) -> Result<InvariancePowerResult> {
    let items: Vec<String> = (1..=ITEMS).map(|i| format!("x{i}")).collect();
    let model: Model = format!("f =~ {}", items.join(" + ")).parse()?;
    // the search only
    let ladder = Invariance::of(estimation.group("group")).levels([Level::Configural]).search(direction);
    InvariancePower::of(ladder, model)
        .group(population(0.0, 1.0, 0.0)?, 500)
        .group(population(0.3, 1.2, shift)?, 500)
        .replications(replications)
        .seed(SEED)
        .run(&Progress::default())
}

fn main() -> Result<()> {
    let replications = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(40);
    let ordinal = || Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
    let numbers = || Estimation::new(Estimator::Mlr);
    let kinds = [("WLSMV, ordinal", ordinal as fn() -> Estimation), ("MLR, as numbers", numbers)];
    for direction in SearchDirection::ALL {
        for (name, estimation) in kinds {
            let same = study(estimation(), *direction, 0.0, replications)?;
            println!(
                "{name}, {direction}, nothing differs: no item is named in {:.1} % of {} samples ({:?})",
                100.0 * same.nothing_named,
                same.used,
                same.parameters
            );
            let shifted = study(estimation(), *direction, 0.5, replications)?;
            let other =
                shifted.items.iter().filter(|(item, _)| *item != "x3").map(|(_, share)| share).sum::<f64>();
            println!(
                "{name}, {direction}, a threshold of x3 shifted by .5: x3 is named in {:.1} % of {} samples, another item in {:.1} %",
                100.0 * shifted.items.get("x3").copied().unwrap_or(0.0),
                shifted.used,
                100.0 * other
            );
        }
    }
    Ok(())
}

//! How often items that work alike are named by an item response model, and an item that does not is found: likelihood
//! ratio tests with all other items as anchors, purified and forward anchors, over seeded samples.
//!
//! ```text
//! cargo run --release --example item_functioning_by_model            # 10 samples of each kind
//! cargo run --release --example item_functioning_by_model -- 500
//! ```
//!
//! Eight items of two categories (slopes 1 to 1.7), two groups of 300. Type I: the share of samples without any difference in
//! which some item is named (level .05, Holm). Power: the share in which the last item is named when it is .8 harder for one
//! group; false alarms there: some other item is named.
#![allow(clippy::print_stdout)]

use psychometrics::Result;
use psychometrics::data::Dataset;
use psychometrics::evidence::internal_structure::Adjustment;
use psychometrics::irt::{
    AnchorChoice, Irt, ItemBank, ItemFunctioning, ItemModel, ItemParameters, ItemStandardErrors,
};

const ITEMS: usize = 8;
const EACH: usize = 300;

fn bank(shift: f64) -> Result<ItemBank> {
    let item = |i: usize| {
        let own = if i + 1 == ITEMS { shift } else { 0.0 };
        let d = 0.4 * i as f64 - 1.4 - own;
        ItemParameters::new(format!("x{}", i + 1), ItemModel::TwoParameter, [1.0 + 0.1 * i as f64], [d])
    };
    ItemBank::new((0..ITEMS).map(item).collect::<Result<Vec<_>>>()?)
}

fn sample(seed: u64, impact: f64, shift: f64) -> Result<Dataset> {
    let first = bank(0.0)?.simulate(EACH, 2 * seed)?;
    // the second group has another mean: its items seem as much easier in a trait of mean 0
    let mut second = bank(shift)?;
    second.means[0] = impact;
    let second = second.simulate(EACH, 2 * seed + 1)?;
    let names = bank(0.0)?.names();
    let (a, b) = (first.numeric(&names)?, second.numeric(&names)?);
    let mut builder = Dataset::builder();
    for (i, name) in names.iter().enumerate() {
        builder = builder
            .column(name.clone(), a.column(i).iter().chain(b.column(i)).copied().collect::<Vec<f64>>());
    }
    let group: Vec<f64> = (0..2 * EACH).map(|row| f64::from(u8::from(row >= EACH))).collect();
    builder.column("group", group).build()
}

fn main() -> Result<()> {
    let samples: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(10);
    println!("{samples} samples, two groups of {EACH}, {ITEMS} items, level .05 (Holm)\n");
    println!("{:10} {:>7} {:>7} {:>12} {:>14}", "anchors", "impact", "shift", "some other", "the last item");
    for choice in [AnchorChoice::AllOther, AnchorChoice::Purified, AnchorChoice::Forward] {
        for (impact, shift) in [(0.0, 0.0), (0.5, 0.0), (0.0, 0.8), (0.5, 0.8)] {
            let (mut others, mut last) = (0, 0);
            for seed in 0..samples {
                let data = sample(seed, impact, shift)?;
                let irt = Irt::new(ItemModel::TwoParameter).standard_errors(ItemStandardErrors::None);
                let found = ItemFunctioning::new(irt, "group")
                    .choice(choice)
                    .adjustment(Adjustment::Holm)
                    .of(&data, &bank(0.0)?.names())?;
                let named = |last: bool| {
                    found
                        .items
                        .iter()
                        .filter(|item| (item.item == "x8") == last)
                        .any(|item| item.total.and_then(|total| total.adjusted).is_some_and(|p| p < 0.05))
                };
                others += u64::from(named(false));
                last += u64::from(named(true));
            }
            let share = |count: u64| format!("{:.2}", count as f64 / samples as f64);
            println!(
                "{:10} {impact:>7} {shift:>7} {:>12} {:>14}",
                choice.to_string(),
                share(others),
                share(last)
            );
        }
    }
    Ok(())
}

//! A confirmatory factor model in a few lines: three abilities behind nine tests.
#![allow(clippy::print_stdout)]

use psychometrics::data::Dataset;
use psychometrics::{Estimation, Model, Result};

fn main() -> Result<()> {
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    let model: Model = "visual  =~ x1 + x2 + x3
                        textual =~ x4 + x5 + x6
                        speed   =~ x7 + x8 + x9"
        .parse()?;
    let fit = Estimation::default().fit(&model, &data)?;
    println!("{fit}");
    Ok(())
}

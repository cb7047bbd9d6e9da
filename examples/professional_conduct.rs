//! The main job: from a construct file to evidence, and what a program does with the numbers.
#![allow(clippy::print_stdout)]

use psychometrics::construct::Construct;
use psychometrics::data::Responses;
use psychometrics::evidence::{Validation, Verdict};

fn main() -> psychometrics::Result<()> {
    let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
    let responses = Responses::read(&construct)?;
    let evidence = Validation::of(&construct).run(&responses)?;

    // the page that the command line prints
    println!("{evidence}");

    // every number is a field
    println!("Alpha of each dimension, and what is not settled:");
    for dimension in &evidence.dimensions {
        let alpha = dimension.scale.reliability.as_ref().and_then(|r| r.alpha.raw);
        println!("  {:15} {}", dimension.id, alpha.map_or("-".into(), |a| format!("{a:.3}")));
    }
    for conclusion in evidence.conclusions.iter().filter(|c| c.verdict != Verdict::Supported) {
        println!("  {}: {}", conclusion.about, conclusion.text);
    }
    Ok(())
}

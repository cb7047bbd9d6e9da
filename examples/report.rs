//! The report of the sample data as one HTML file, and what an embedding program reads from the evidence.
//!
//! ```sh
//! cargo run --release --example report
//! ```
#![allow(clippy::print_stdout)]

use psychometrics::construct::Construct;
use psychometrics::data::Responses;
use psychometrics::evidence::{Resampling, Standing, Validation};
use psychometrics::report::{Language, Report, ValidationReport};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
    let responses = Responses::read(&construct)?;
    let resampling = Resampling { replicates: 200, seed: 1 };
    let evidence = Validation::of(&construct).resampling(resampling).run(&responses)?;

    let path = std::env::temp_dir().join("professional_conduct.html");
    let page = ValidationReport::new(&evidence).language(Language::Dutch).page();
    std::fs::write(&path, page.html(Language::Dutch)?)?;
    println!("report: {}", path.display());

    let tally = &evidence.hypothesis_tally;
    println!("hypotheses: {} of {} confirmed", tally.confirmed, tally.tested);
    let open = evidence.map.entries.iter().filter(|e| e.standing == Standing::NotExamined);
    println!("not examined: {}", open.map(|e| &*e.topic).collect::<Vec<_>>().join(", "));
    for path in &evidence.relations.paths {
        let size = path.indirect.std_all.unwrap_or(f64::NAN);
        println!("{} -> {} -> {}: indirect {size:.2}", path.from, path.through, path.to);
    }
    Ok(())
}

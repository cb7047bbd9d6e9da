//! A service that scores people: built from the library alone, without a file of answers.
//!
//! ```text
//! cargo run --release --example embedded
//! ```
//!
//! A construct is defined in code; answers of a norm sample arrive in memory; the claim is validated; norms are made, stored
//! and read again; respondents are scored one per request, from several threads; the fit is stored, read and compared.

#![allow(clippy::print_stdout)] // an example

use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
use psychometrics::data::{Dataset, Progress, Responses};
use psychometrics::estimate::{FitRecord, FittedModel, Measure, Version, compare_measures};
use psychometrics::evidence::consequences::Norms;
use psychometrics::evidence::{MeasurementLevel, Validation};
use psychometrics::simulate::Population;
use psychometrics::{Error, Estimation, Estimator, Model, Result};
use rayon::prelude::*;

fn main() -> Result<()> {
    let construct = construct()?;
    let items: Vec<String> = construct.items.iter().map(|item| item.id.clone()).collect();

    // answers of 400 people, as they would come from a database: codes 1 to 5, some missing
    let rows = answers(&items, 400)?;
    let sample = Responses::builder(&construct)
        .respondents((1..=400).map(|i| format!("r{i:03}")))
        .rows(items.clone(), rows)
        .build()?;
    println!("{} answers were left out, each with its reason in the ledger", sample.ledger().cells_empty);

    // do the answers bear the definition out?
    let evidence = Validation::of(&construct).run(&sample)?;
    for dimension in &evidence.dimensions {
        let alpha = dimension.scale.reliability.as_ref().and_then(|own| own.alpha.raw);
        println!("{}: alpha {:.2}", dimension.id, alpha.unwrap_or(f64::NAN));
    }

    // norms live in a file; a service reads them at its start
    let stored = Norms::of(&construct, &sample, MeasurementLevel::ByScale)?.to_json();
    let norms = Norms::from_json(&stored)?;
    norms.check(&construct)?;

    // one respondent a request, from any thread; an item that was skipped is left out
    let requests: Vec<Vec<(&str, f64)>> = (0..1000)
        .map(|i| items.iter().skip(i % 2).map(|id| (id.as_str(), (1 + (i + id.len()) % 5) as f64)).collect())
        .collect();
    let scores = requests
        .par_iter()
        .map(|answers| norms.score(answers.iter().copied()))
        .collect::<Result<Vec<_>>>()?;
    let first = &scores[0][0];
    println!(
        "{} requests; the first: {} {:.2}, percentile {:?}",
        scores.len(),
        first.scale,
        first.score.unwrap_or(f64::NAN),
        first.percentile
    );

    // what a caller gets wrong is told by name
    let wrong = norms.score([("calm_1", 9.0)]).expect_err("9 is no answer");
    println!("error: {wrong}\nhelp: {}", wrong.hint());

    // models are compared from their records, wherever they were fitted
    let data =
        Dataset::builder().array(items.clone(), sample.values().to_owned()).nan_is_missing().build()?;
    let fit = |text: &str| -> Result<String> {
        let model: Model = text.parse()?;
        let fit = Estimation::new(Estimator::Ml).fit(&model, &data)?;
        Ok(serde_json::to_string(&fit).expect("a fit serialises"))
    };
    let two = fit("calm =~ calm_1 + calm_2 + calm_3 + calm_4\nopen =~ open_1 + open_2 + open_3 + open_4")?;
    let one = fit("all =~ calm_1 + calm_2 + calm_3 + calm_4 + open_1 + open_2 + open_3 + open_4")?;
    let records = [("two factors", two), ("one factor", one)].map(|(name, text)| {
        (name, serde_json::from_str::<FitRecord>(&text).expect("what was stored comes back"))
    });
    for (name, record) in &records {
        let cfi = record.fit.value(Measure::Cfi, Version::Standard).unwrap_or(f64::NAN);
        println!("{name}: CFI {cfi:.3}");
    }
    let models =
        records.iter().map(|(name, record)| FittedModel::of(name, record)).collect::<Result<Vec<_>>>()?;
    let compared = compare_measures(models, "standard".parse()?)?;
    let test = &compared.differences[0];
    println!("difference {:.1} with {} degree of freedom", test.chisq_diff.unwrap_or(f64::NAN), test.df_diff);

    // a request that takes too long can be stopped
    let progress = Progress::default();
    progress.stop();
    let stopped =
        Estimation::default().progress(progress).fit(&"calm =~ calm_1 + calm_2 + calm_3".parse()?, &data);
    assert!(matches!(stopped, Err(Error::Stopped { .. })));
    Ok(())
}

/// Two dimensions of four items each, one of them reversed.
fn construct() -> Result<Construct> {
    let labels = ["never", "seldom", "sometimes", "often", "always"];
    let item = |id: &str, dimension: &str| Item::new(id, dimension, "frequency");
    Construct::builder("conduct_at_work")
        .title("en", "Conduct at work")
        .scale(ResponseScale::likert("frequency", labels))
        .dimension(Dimension::new("calm"))
        .dimension(Dimension::new("open"))
        .items((1..=3).map(|i| item(&format!("calm_{i}"), "calm")))
        .item(item("calm_4", "calm").reversed())
        .items((1..=4).map(|i| item(&format!("open_{i}"), "open")))
        .build()
}

/// Codes 1 to 5, now and then none: drawn from a population of which the model is true.
fn answers(items: &[String], n: usize) -> Result<Vec<Vec<Option<u8>>>> {
    let model = "calm =~ 0.8*calm_1 + 0.7*calm_2 + 0.7*calm_3 + -0.6*calm_4
                 open =~ 0.8*open_1 + 0.7*open_2 + 0.6*open_3 + 0.6*open_4
                 calm ~~ 1*calm + 0.4*open
                 open ~~ 1*open
                 calm_1 ~~ 0.36*calm_1\ncalm_2 ~~ 0.51*calm_2\ncalm_3 ~~ 0.51*calm_3\ncalm_4 ~~ 0.64*calm_4
                 open_1 ~~ 0.36*open_1\nopen_2 ~~ 0.51*open_2\nopen_3 ~~ 0.64*open_3\nopen_4 ~~ 0.64*open_4";
    let population = Population::of(&model.parse()?)?;
    let drawn = population.draw(n, 17);
    let column = |id: &String| population.names().iter().position(|name| name == id);
    let places: Vec<usize> = items.iter().filter_map(column).collect();
    let code = |z: f64| (3.0 + 1.2 * z).round().clamp(1.0, 5.0) as u8;
    let answer = |i: usize, j: usize| (!(i * 7 + j * 3).is_multiple_of(41)).then(|| code(drawn.row(i)[j]));
    Ok((0..drawn.n()).map(|i| places.iter().map(|&j| answer(i, j)).collect()).collect())
}

//! `invariance-power`: how often a ladder would find what differs, by simulation.

use crate::arguments::{Format, InvariancePowerOptions, listed, ordered};
use crate::outcome::Outcome;
use crate::progress;
use psychometrics::correlation::Ordered;
use psychometrics::data::{CsvOptions, Dataset};
use psychometrics::evidence::internal_structure::{
    Invariance, InvariancePower, InvariancePowerResult, ShiftedPopulation,
};
use psychometrics::report::power_page;
use psychometrics::{Error, Estimation, Estimator, Model, Result};
use serde_json::json;

const SCHEMA: &str = "psychometrics.invariance.power/1";

pub(crate) fn run(options: &InvariancePowerOptions) -> Outcome {
    match studies(options) {
        Ok(found) if options.output.format == Format::Json => {
            let document = json!({"schema": SCHEMA, "studies": found, "warnings": []});
            Outcome::document(document, &[], &options.output)
        }
        Ok(found) => {
            let page = power_page(&found).in_language(options.language);
            Outcome::page(&page, options.language, &options.output)
        }
        Err(error) => {
            let own = json!({"schema": SCHEMA, "studies": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn studies(options: &InvariancePowerOptions) -> Result<Vec<InvariancePowerResult>> {
    let (population, ordinal) = population(options)?;
    let usual = if ordinal.is_empty() { Estimator::Ml } else { Estimator::Wlsmv };
    let estimator = options.estimator.unwrap_or(usual);
    let mut estimation = Estimation::new(estimator).group("group");
    if estimator.takes_ordinal() && !ordinal.is_empty() {
        estimation = estimation.ordered(Ordered::Named(ordinal));
    }
    let ladder = Invariance::of(estimation)
        .levels(options.levels.iter().copied())
        .search(options.search)
        .correction(options.correction)
        .alpha(options.alpha);
    let one = |sizes: &Vec<usize>| {
        InvariancePower::of_shift(ladder.clone(), &population, sizes)?
            .replications(options.replications)
            .seed(options.seed)
            .run(&progress::bar("samples"))
    };
    options.n.iter().map(|sizes| one(&sizes.0)).collect()
}

/// The population with what is shifted, and its ordinal items.
fn population(options: &InvariancePowerOptions) -> Result<(ShiftedPopulation, Vec<String>)> {
    let model: Model = Model::text_of(&options.model)?.parse()?;
    let mut population = match &options.data {
        None => ShiftedPopulation::of(&model)?,
        Some(data) => {
            let columns = model.observed_names();
            let data = Dataset::read(data, &CsvOptions { columns, ..CsvOptions::default() })?;
            let ordered = ordered(&options.ordered);
            let usual = if options.ordered.is_empty() { Estimator::Ml } else { Estimator::Wlsmv };
            ShiftedPopulation::of_fit(&Estimation::new(usual).ordered(ordered).fit(&model, &data)?)?
        }
    }
    .latent(options.mean, options.variance);
    if let Some((parameter, size)) = options.shift.zip(options.size) {
        let items = items(options, &population.items())?;
        population = population.shift(parameter, size, items)?;
    }
    let ordinal = population.ordinal();
    Ok((population, ordinal))
}

/// The items that are named, or as many as are counted.
fn items(options: &InvariancePowerOptions, known: &[String]) -> Result<Vec<String>> {
    let named = listed(&options.items);
    let [one] = named.as_slice() else { return Ok(named) };
    match one.parse::<usize>() {
        Err(_) => Ok(named),
        Ok(count) if (1..=known.len()).contains(&count) => Ok(known[..count].to_vec()),
        Ok(_) => Err(Error::BadOption {
            option: "--items".into(),
            value: one.clone(),
            allowed: format!("1 to {}, or names of items", known.len()),
        }),
    }
}

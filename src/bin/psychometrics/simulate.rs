//! `simulate`: data from a population model, or a Monte-Carlo study of a model.

use crate::arguments::Format;
use crate::arguments::SimulateOptions;
use crate::outcome::Outcome;
use crate::progress;
use ndarray::Array2;
use psychometrics::correlation::Ordered;
use psychometrics::irt::ItemBank;
use psychometrics::simulate::{Missingness, Population, Study, StudyResult};
use psychometrics::{Error, Estimation, Model, Result};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;

const SCHEMA: &str = "psychometrics.simulate/1";

pub(crate) fn run(options: &SimulateOptions) -> Outcome {
    if options.model.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        return of_items(options).unwrap_or_else(|error| {
            Outcome::failure(&error, Some(json!({"schema": SCHEMA})), &options.output)
        });
    }
    let done = population(options).and_then(|population| match options.replications {
        None => Ok(data(options, &population)),
        Some(replications) => {
            let study = study(options, population, replications)?;
            Ok(Outcome::result(SCHEMA, &study, &[], &options.output))
        }
    });
    done.unwrap_or_else(|error| Outcome::failure(&error, Some(json!({"schema": SCHEMA})), &options.output))
}

fn read(path: &PathBuf) -> Result<Model> {
    Model::text_of(path)?.parse()
}

fn population(options: &SimulateOptions) -> Result<Population> {
    let mut population = Population::of(&read(&options.model)?)?;
    if options.skewness != 0.0 || options.kurtosis != 0.0 {
        population = population.nonnormal(options.skewness, options.kurtosis)?;
    }
    match (options.missing_share, options.missing_given.clone()) {
        (None, _) => Ok(population),
        (Some(share), None) => population.missing(Missingness::CompletelyAtRandom { share }),
        (Some(share), Some(given)) => population.missing(Missingness::AtRandom { share, given }),
    }
}

/// Answers to stored items of an item response model.
fn of_items(options: &SimulateOptions) -> Result<Outcome> {
    for (given, option) in [
        (options.skewness != 0.0, "--skewness"),
        (options.kurtosis != 0.0, "--kurtosis"),
        (options.missing_share.is_some(), "--missing-share"),
        (options.replications.is_some(), "--replications"),
    ] {
        if given {
            return Err(Error::BadOption {
                option: option.into(),
                value: "with item parameters".into(),
                allowed: "answers to the items are drawn as they are; for other options give a model in lavaan syntax".into(),
            });
        }
    }
    let bank = ItemBank::from_path(&options.model, options.dimension.as_deref())?;
    let names = bank.names();
    let rows = bank.simulate(options.n, options.seed)?.numeric(&names)?;
    Ok(table(options, &names, &rows))
}

fn data(options: &SimulateOptions, population: &Population) -> Outcome {
    table(options, population.names(), &population.draw(options.n, options.seed).into_array())
}

/// A table of numbers: csv, unless JSON is asked for.
fn table(options: &SimulateOptions, names: &[String], rows: &Array2<f64>) -> Outcome {
    if options.output.format == Format::Json {
        let cell = |x: &f64| if x.is_nan() { Value::Null } else { json!(x) };
        let rows: Vec<Vec<Value>> = rows.outer_iter().map(|row| row.iter().map(cell).collect()).collect();
        let document = json!({"schema": SCHEMA, "n": options.n, "seed": options.seed,
            "variables": names, "rows": rows, "warnings": []});
        return Outcome::document(document, &[], &options.output);
    }
    let mut text = names.join(",") + "\n";
    for row in rows.outer_iter() {
        for (i, value) in row.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            // writing to a string does not fail
            let _ = if value.is_nan() { write!(text, "{comma}") } else { write!(text, "{comma}{value}") };
        }
        text.push('\n');
    }
    Outcome::text(text, &options.output)
}

fn study(options: &SimulateOptions, population: Population, replications: usize) -> Result<StudyResult> {
    let Some(model) = &options.fit else {
        return Err(Error::BadOption {
            option: "--fit".into(),
            value: "nothing".into(),
            allowed: "the model to be fitted to the samples, without the population's values".into(),
        });
    };
    let estimator = options.estimator;
    let mut estimation = Estimation::new(estimator).function(options.function);
    if estimator.takes_ordinal() && !population.ordinal().is_empty() {
        // answers in categories are fitted as such
        estimation = estimation.ordered(Ordered::Named(population.ordinal()));
    }
    let study =
        Study { population, model: read(model)?, estimation, n: options.n, replications, seed: options.seed };
    study.run(&progress::bar("samples"))
}

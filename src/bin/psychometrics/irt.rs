//! `irt`: item response models.

use crate::arguments::{Format, IrtOptions, listed};
use crate::outcome::{Failure, Outcome, document};
use crate::progress;
use crate::scales::{answers_of, check_keys, keys_of};
use psychometrics::data::{AnswerFile, AnswerOptions, Dataset};
use psychometrics::evidence::internal_structure::Key;
use psychometrics::irt::{Irt, IrtFit};
use psychometrics::{Error, Model, Result, Warning};
use serde_json::{Value, json};

const SCHEMA: &str = "psychometrics.irt/1";

pub(crate) fn run(options: &IrtOptions) -> Outcome {
    match fit(options) {
        Ok(fit) if options.output.format == Format::Csv => {
            Outcome::text(fit.parameters_table().csv(), &options.output)
        }
        Ok(fit) => {
            let outcome = match options.output.format {
                Format::Json => Outcome::document(json(&fit), &fit.warnings, &options.output),
                _ => Outcome::result(SCHEMA, &fit, &fit.warnings, &options.output),
            };
            let unsolved = fit.warnings.iter().find(|w| matches!(w, Warning::NotAtMaximum { .. }));
            match unsolved.filter(|_| !fit.converged) {
                Some(warning) => outcome.unsolved(&Failure::new(
                    "not_converged",
                    warning.to_string(),
                    "Look at items with slopes far from the others, use fewer parameters, or a prior.".into(),
                    String::new(),
                )),
                None => outcome,
            }
        }
        Err(error) => {
            let own = json!({"schema": SCHEMA, "converged": false, "n": null, "model": options.model, "logl": null,
                "npar": null, "aic": null, "bic": null, "sabic": null, "items": null, "groups": null, "fit": null,
                "item_fit": null, "information": null, "reliability": null, "scores": null, "sum_scores": null,
                "q3": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

/// The keys of the contract: guessing where there is none is null, scores only where they are asked for.
fn json(fit: &IrtFit) -> Value {
    document(SCHEMA, fit)
}

fn fit(options: &IrtOptions) -> Result<IrtFit> {
    let keys = keys_of(&options.keys);
    let mut answers = AnswerOptions { range: options.scale, ..answers_of(&options.data) };
    if answers.columns.is_empty() {
        answers.columns = keys.iter().map(|(name, _)| name.clone()).collect();
    }
    answers.others.extend(options.group.iter().chain(&options.weights).cloned());
    let structure: Option<Model> = match &options.structure {
        Some(path) => Some(Model::text_of(path)?.parse()?),
        None => None,
    };
    if let Some(model) = structure.as_ref().filter(|_| answers.columns.is_empty()) {
        answers.columns = model.observed_names();
    }
    let file = AnswerFile::open(&options.data.data, &answers)?;
    check_keys(&keys, file.items())?;
    let reversed: Vec<&str> =
        keys.iter().filter(|(_, key)| *key == Key::Reversed).map(|(name, _)| name.as_str()).collect();
    let data = reverse(file.table()?, &reversed, options.scale)?;
    let mut irt = Irt::new(options.model)
        .missing(options.missing)
        .equal(options.group_equal.iter().copied())
        .anchors(listed(&options.anchors))
        .standard_errors(options.se)
        .fit_statistics(!options.no_fit.unwrap_or(false))
        .progress(progress::bar("fitting"));
    for (item, model) in &options.item_model {
        irt = irt.item_model(item, *model);
    }
    if let Some(model) = structure {
        irt = irt.structure(model);
    }
    if let Some(group) = &options.group {
        irt = irt.group(group);
    }
    if let Some(weights) = &options.weights {
        irt = irt.weights(weights);
    }
    if let Some(prior) = options.prior_guessing {
        irt = irt.prior_guessing(prior);
    }
    if let Some(prior) = options.prior_upper {
        irt = irt.prior_upper(prior);
    }
    if let Some(nodes) = options.quadrature {
        irt = irt.quadrature(nodes);
    }
    if let Some(scores) = options.scores {
        irt = irt.scores(scores);
    }
    let mut fit = irt.fit(&data, file.items())?;
    fit.warnings.splice(0..0, file.warnings().iter().cloned());
    Ok(fit)
}

/// Reversed items on their declared range.
fn reverse(data: Dataset, items: &[&str], scale: Option<(f64, f64)>) -> Result<Dataset> {
    if items.is_empty() {
        return Ok(data);
    }
    let Some((low, high)) = scale else {
        return Err(Error::BadOption {
            option: "--keys".into(),
            value: format!("-{}", items[0]),
            allowed: "to reverse an item its range must be known: --scale 1..5".into(),
        });
    };
    data.reversed(items, low, high)
}

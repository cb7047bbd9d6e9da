//! `irt`: item response models.

use crate::arguments::{Format, IrtOptions, LikelihoodOption, listed};
use crate::irt_stored::{conditional, scored, short_form, write_scores};
use crate::outcome::{Failure, Outcome, document, read_construct};
use crate::progress;
use crate::scales::{answers_of, check_keys, keys_of};
use psychometrics::data::{AnswerFile, AnswerOptions, Dataset, Responses};
use psychometrics::evidence::internal_structure::Key;
use psychometrics::irt::{Irt, IrtFit, ItemBank, ShortForm};
use psychometrics::model::{Formula, Operator};
use psychometrics::report::{Page, Report};
use psychometrics::{Error, Model, Result, Warning};
use serde_json::{Value, json};

const SCHEMA: &str = "psychometrics.irt/1";

pub(crate) fn run(options: &IrtOptions) -> Outcome {
    if options
        .data
        .path()
        .ok()
        .and_then(std::path::Path::extension)
        .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
    {
        return of_construct(options);
    }
    if let Some(other) = special(options) {
        return other.unwrap_or_else(|error| failed(&error, options));
    }
    match fit(options) {
        Ok((fit, short)) if options.output.format != Format::Csv && short.is_some() => {
            with_short(&fit, short, options)
        }
        Ok((fit, _)) if options.output.format == Format::Csv => {
            Outcome::text(fit.parameters_table().csv(), &options.output)
        }
        Ok((fit, _)) => {
            let outcome = match options.output.format {
                Format::Json => Outcome::document(json(&fit), &fit.warnings, &options.output),
                _ => Outcome::result_in(SCHEMA, &fit, &fit.warnings, options.language, &options.output),
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
        Err(error) => failed(&error, options),
    }
}

fn failed(error: &Error, options: &IrtOptions) -> Outcome {
    let own = json!({"schema": SCHEMA, "converged": false, "n": null, "model": options.model, "logl": null,
        "npar": null, "aic": null, "bic": null, "sabic": null, "items": null, "groups": null, "fit": null,
        "item_fit": null, "information": null, "reliability": null, "scores": null, "sum_scores": null,
        "q3": null, "warnings": []});
    Outcome::failure(error, Some(own), &options.output)
}

/// A fit with its short form.
fn with_short(fit: &IrtFit, short: Option<ShortForm>, options: &IrtOptions) -> Outcome {
    match options.output.format {
        Format::Json => {
            let mut own = json(fit);
            own["short_form"] = json!(short);
            Outcome::document(own, &fit.warnings, &options.output)
        }
        _ => {
            let mut page = fit.page();
            if let Some(short) = short {
                page.append(short.page());
            }
            Outcome::page(&page.in_language(options.language), options.language, &options.output)
        }
    }
}

/// Conditional estimates, or scores by stored parameters; none where a model is fitted as usual.
fn special(options: &IrtOptions) -> Option<Result<Outcome>> {
    let is_conditional = options.estimator == LikelihoodOption::Cml;
    if !is_conditional && options.parameters.is_none() {
        return None;
    }
    let done = read(options).and_then(|read| match options.parameters {
        Some(_) => scored(&read.data, SCHEMA, options),
        None => conditional(&asked(options), &read.data, &read.items, SCHEMA, options),
    });
    Some(done)
}

/// The keys of the contract: guessing where there is none is null, scores only where they are asked for.
fn json(fit: &IrtFit) -> Value {
    document(SCHEMA, fit)
}

/// Answers as keyed.
struct Read {
    data: Dataset,
    items: Vec<String>,
    structure: Option<Model>,
    warnings: Vec<Warning>,
}

fn read(options: &IrtOptions) -> Result<Read> {
    let keys = keys_of(&options.keys);
    let mut answers = AnswerOptions { range: options.scale, ..answers_of(&options.data) };
    if answers.columns.is_empty() {
        answers.columns = keys.iter().map(|(name, _)| name.clone()).collect();
    }
    answers.others.extend(options.group.iter().chain(&options.weights).cloned());
    answers.others.extend(listed(&options.covariates));
    let structure: Option<Model> = match &options.structure {
        Some(path) => Some(Model::text_of(path)?.parse()?),
        None => None,
    };
    if let Some(model) = &structure {
        // what traits are regressed on is no item
        let is_covariate = |name: &String| {
            let of = |f: &Formula| f.op == Operator::Regression && f.rhs == *name;
            model.formulas.iter().any(of)
        };
        let (others, items): (Vec<String>, Vec<String>) =
            model.observed_names().into_iter().partition(is_covariate);
        answers.others.extend(others);
        if answers.columns.is_empty() {
            answers.columns = items;
        }
    }
    if let Some(path) = options.parameters.as_ref().filter(|_| answers.columns.is_empty()) {
        answers.columns = ItemBank::from_path(path, options.dimension.as_deref())?.names();
    }
    let file = AnswerFile::open(options.data.path()?, &answers)?;
    check_keys(&keys, file.items())?;
    let reversed: Vec<&str> =
        keys.iter().filter(|(_, key)| *key == Key::Reversed).map(|(name, _)| name.as_str()).collect();
    let data = reverse(file.table()?, &reversed, options.scale)?;
    Ok(Read { data, items: file.items().to_vec(), structure, warnings: file.warnings().to_vec() })
}

/// The fit, and the short form that was asked for.
fn fit(options: &IrtOptions) -> Result<(IrtFit, Option<ShortForm>)> {
    let Read { data, items, structure, warnings } = read(options)?;
    let mut irt = asked(options);
    if let Some(model) = structure {
        irt = irt.structure(model);
    }
    let mut fit = irt.fit(&data, &items)?;
    fit.warnings.splice(0..0, warnings);
    write_scores(options, fit.scores.as_ref(), Some(&fit))?;
    let short = match options.short_form {
        Some(_) => short_form(options, &ItemBank::of(&fit)?)?,
        None => None,
    };
    Ok((fit, short))
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

/// What the options ask of the items, whatever they are.
fn asked(options: &IrtOptions) -> Irt {
    let mut irt = Irt::new(options.model)
        .missing(options.missing)
        .equal(options.group_equal.iter().copied())
        .anchors(listed(&options.anchors))
        .standard_errors(options.se)
        .fit_statistics(!options.no_fit.unwrap_or(false))
        .progress(progress::bar("fitting"));
    for (item, model) in options.item_model.iter().flat_map(|models| &models.0) {
        irt = irt.item_model(item, *model);
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
    if let Some(integration) = options.integration {
        irt = irt.integration(integration);
    }
    if let Some(draws) = options.plausible {
        irt = irt.plausible_values(draws, options.seed);
    }
    irt = irt.covariates(listed(&options.covariates));
    irt
}

/// A model of each dimension of a construct file.
fn of_construct(options: &IrtOptions) -> Outcome {
    match dimensions(options) {
        Ok((construct, fits, warnings)) => match options.output.format {
            Format::Json => {
                let one = |(id, fit): &(String, IrtFit)| {
                    let mut own = serde_json::to_value(fit).unwrap_or_default();
                    own["id"] = json!(id);
                    own
                };
                let all: Vec<Value> = fits.iter().map(one).collect();
                let own = json!({"schema": SCHEMA, "construct": construct, "dimensions": all, "warnings": warnings});
                Outcome::document(own, &warnings, &options.output)
            }
            _ => {
                let mut page = Page::titled("Item response models");
                page.list(warnings.iter().map(ToString::to_string).collect());
                for (id, fit) in &fits {
                    page.heading(2, id.clone());
                    page.append(fit.page());
                }
                Outcome::page(&page.in_language(options.language), options.language, &options.output)
            }
        },
        Err(error) => {
            let own = json!({"schema": SCHEMA, "converged": false, "construct": null, "dimensions": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

/// The construct's id, and the fit of each of its dimensions that has one.
type Fitted = (String, Vec<(String, IrtFit)>, Vec<Warning>);

fn dimensions(options: &IrtOptions) -> Result<Fitted> {
    for (given, option) in [
        (options.group.is_some(), "--group"),
        (options.weights.is_some(), "--weights"),
        (options.structure.is_some(), "--structure"),
        (!options.keys.is_empty(), "--keys"),
        (!options.covariates.is_empty(), "--covariates"),
        (options.estimator == LikelihoodOption::Cml, "--estimator cml"),
        (options.parameters.is_some(), "--parameters"),
        (options.short_form.is_some(), "--short-form"),
        (options.write_scores.is_some(), "--write-scores"),
    ] {
        if given {
            return Err(Error::BadOption {
                option: option.into(),
                value: "with a construct file".into(),
                allowed: "keys and dimensions are those of the construct; for groups, weights and structures give a data file"
                    .into(),
            });
        }
    }
    let construct = read_construct(options.data.path()?)?;
    let responses =
        Responses::read_observed(&construct, construct.responses_path()?, progress::bar("reading"))?;
    let (mut fits, mut warnings) = (Vec::new(), Vec::new());
    for dimension in &construct.dimensions {
        let items: Vec<String> = construct.items_of(&dimension.id).map(|item| item.id.clone()).collect();
        let values = responses.of_items(&items)?;
        let data = Dataset::builder().nan_is_missing().array(items.iter().cloned(), values).build();
        match data.and_then(|data| asked(options).fit(&data, &items)) {
            Ok(fit) => fits.push((dimension.id.clone(), fit)),
            Err(error @ Error::Stopped { .. }) => return Err(error),
            Err(error) => warnings.push(Warning::NotDone {
                what: format!("the item response model of '{}'", dimension.id),
                reason: error.to_string(),
            }),
        }
    }
    Ok((construct.id().to_string(), fits, warnings))
}

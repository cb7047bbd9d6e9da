//! `fit`: a model in lavaan syntax, fitted to data or to a published covariance matrix.

use crate::arguments::FitOptions;
use crate::arguments::Format;
use crate::estimating::{SCHEMA, call, csv_options, estimation, estimator};
use crate::further::further;
use crate::imputed;
use crate::outcome::{Failure, Outcome, document};
use crate::reading;
use psychometrics::data::{CsvSource, read_covariance, read_means};
use psychometrics::error::Warning;
use psychometrics::estimate::{Information, UndefinedParameter};
use psychometrics::evidence::internal_structure::GroupModels;
use psychometrics::moments::sql::{Dialect, SecondQuery, read_aggregates};
use psychometrics::moments::{LabelledMatrix, Missing, Moments};
use psychometrics::report::{Language, Report};
use psychometrics::{Error, Estimator, Fit, Model, Result};
use serde_json::{Value, json};

pub(crate) fn run(options: &FitOptions) -> Outcome {
    if let Some(sets) = imputed::CompletedSets::of(options) {
        let solved = Model::text_of(&options.model).and_then(|text| imputed::document(options, &text, sets));
        return match solved {
            Ok(outcome) => outcome,
            Err(error) => Outcome::failure(&error, Some(without_fit()), &options.output),
        };
    }
    if let Some(dialect) = options.data.second_pass_sql {
        return match second_pass(options, dialect) {
            Ok(outcome) => outcome,
            Err(error) => Outcome::failure(&error, Some(without_fit()), &options.output),
        };
    }
    if options.each_group.unwrap_or(false) {
        let schema = "psychometrics.group_models/1";
        return match each_group(options) {
            Ok((found, _)) if options.output.format == Format::Csv => {
                Outcome::text(found.values().csv(), &options.output)
            }
            Ok((found, warnings)) => Outcome::result(schema, &found, &warnings, &options.output),
            Err(error) => {
                let own =
                    json!({"schema": schema, "variable": options.group, "factors": null, "groups": null});
                Outcome::failure(&error, Some(own), &options.output)
            }
        };
    }
    let solved = Model::text_of(&options.model).and_then(|text| {
        let fit = fitted(options, &text)?;
        let further = further(options, &fit)?;
        Ok((text, fit, further))
    });
    let (text, fit, further) = match solved {
        Ok(solved) => solved,
        Err(error) => return Outcome::failure(&error, Some(without_fit()), &options.output),
    };
    let failure = (!fit.converged).then(|| {
        let hint = fit.status.hint().unwrap_or_default();
        Failure::new(
            fit.status.code(),
            format!("the model {}", fit.status),
            hint,
            options.model.display().to_string(),
        )
    });
    let outcome = match options.output.format {
        Format::Json => {
            let mut document = document(SCHEMA, &fit);
            add_undefined(&mut document, &fit);
            document["reasons"] = json!(fit.reasons());
            further.documents.into_iter().for_each(|(key, value)| document[key] = value);
            document["call"] = call(&text);
            if let Some(failure) = &failure {
                document["error"] = failure.document();
            }
            Outcome::document(document, &fit.warnings, &options.output)
        }
        Format::Csv => return Outcome::result(SCHEMA, &fit, &fit.warnings, &options.output),
        _ => {
            let mut page = fit.page();
            further.tables.into_iter().for_each(|table| page.table(table));
            Outcome::page(&page, Language::English, &options.output)
        }
    };
    match failure {
        Some(failure) => outcome.unsolved(&failure),
        None => outcome,
    }
}

/// Rows of nulls for the defined parameters that have no value.
fn add_undefined(document: &mut Value, fit: &Fit) {
    let Some(rows) = document["parameters"].as_array_mut() else { return };
    let undefined = fit.undefined();
    if undefined.is_empty() {
        return;
    }
    let as_written = |row: &Value| {
        let name = row["lhs"].as_str().unwrap_or_default();
        fit.definitions().iter().position(|defined| *defined == name)
    };
    rows.extend(undefined.into_iter().map(|UndefinedParameter { name, expression, .. }| {
        json!({"lhs": name, "op": ":=", "rhs": expression, "group": 0, "level": 0, "block": 0, "free": 0, "label": name,
            "est": null, "se": null, "z": null, "pvalue": null, "ci.lower": null, "ci.upper": null, "std.lv": null,
            "std.all": null})
    }));
    // in the order of the text; the other parameters stand before them
    let from = rows.len() - fit.definitions().len();
    rows[from..].sort_by_key(as_written);
}

pub(crate) fn fitted(options: &FitOptions, text: &str) -> Result<Fit> {
    if imputed::CompletedSets::of(options).is_some() {
        return Err(Error::Unsupported {
            what: "a comparison of fits to imputed data".into(),
            instead: "Compare fits by full information (--missing fiml).".into(),
        });
    }
    let model: Model = text.parse()?;
    let estimation = estimation(options, &model)?;
    if !options.data.from_aggregates.is_empty() {
        let aggregate = read_aggregates(&options.data.from_aggregates)?;
        if options.data.second_pass.is_empty() {
            return estimation.fit_aggregate(&model, &aggregate);
        }
        let questions = estimation.second_pass(&model, &aggregate)?;
        let query =
            SecondQuery::new(aggregate.plan.clone(), questions, &options.data.table, Dialect::default());
        return estimation.fit_second_pass(&model, &aggregate, &query.read(&options.data.second_pass)?);
    }
    let by_moments = estimator(options) == Estimator::Ml
        && options.se.is_none()
        && options.test.is_none()
        && options.information != Some(Information::FirstOrder)
        && options.cluster.is_none()
        && options.weights.is_none()
        && options.auxiliary.is_empty()
        && options.ordered.is_empty()
        && options.missing == Missing::Listwise;
    match &options.group {
        None if !by_moments && !options.cov.unwrap_or(false) => {
            estimation.fit(&model, &reading::table(options.data()?, &csv_options(options, &model)?)?)
        }
        None => estimation.fit_moments(&model, &moments(options, &model)?),
        Some(_) if options.cov.unwrap_or(false) => Err(Error::BadOption {
            option: "--group".into(),
            value: "with --cov".into(),
            allowed: "groups are read from data".into(),
        }),
        Some(group) => {
            let mut csv = csv_options(options, &model)?;
            csv.columns.push(group.clone());
            estimation.fit(&model, &reading::table(options.data()?, &csv)?)
        }
    }
}

/// The model in each group of an aggregate by itself.
fn each_group(options: &FitOptions) -> Result<(GroupModels, Vec<Warning>)> {
    let bad = |value: String, allowed: &str| {
        Err(Error::BadOption { option: "--each-group".into(), value, allowed: allowed.into() })
    };
    if options.data.from_aggregates.is_empty() {
        let allowed = "sums of each group: psychometrics moments DATA --group VAR --output sums.json, then --from-aggregates sums.json";
        return bad("with rows".into(), allowed);
    }
    if !options.group_equal.is_empty() {
        return bad("with --group-equal".into(), "groups that are fitted by themselves have nothing equal");
    }
    let model: Model = Model::text_of(&options.model)?.parse()?;
    let aggregate = read_aggregates(&options.data.from_aggregates)?;
    let (asked, known) = (options.group.as_deref(), aggregate.plan.group.as_deref());
    if asked != known {
        let value = format!("of '{}'", asked.unwrap_or_default());
        let known = known.map_or("no groups".into(), |own| format!("the groups of '{own}'"));
        return bad(value, &format!("the sums are of {known}"));
    }
    let found = GroupModels::of(&estimation(options, &model)?, &model, &aggregate)?;
    Ok((found, aggregate.warnings()))
}

/// The statements of a second pass, in the place of a fit.
fn second_pass(options: &FitOptions, dialect: Dialect) -> Result<Outcome> {
    let model: Model = Model::text_of(&options.model)?.parse()?;
    let aggregate = read_aggregates(&options.data.from_aggregates)?;
    let questions = estimation(options, &model)?.second_pass(&model, &aggregate)?;
    let query = SecondQuery::new(aggregate.plan, questions, &options.data.table, dialect);
    let statements = query.statements()?;
    if options.output.format == Format::Json {
        let document = json!({"schema": "psychometrics.sql/1", "dialect": dialect, "table": query.table, "statements": statements});
        return Ok(Outcome::document(document, &[], &options.output));
    }
    let mut text = format!(
        "-- {} statement(s) for {dialect}: what the rows are asked once more for robust errors and scaled tests. Each returns one row;\n\
         -- save each as a CSV file with its header row, then repeat the fit with --second-pass *.csv\n",
        statements.len()
    );
    statements.iter().for_each(|statement| text.push_str(&format!("\n{statement}")));
    Ok(Outcome::text(text, &options.output))
}

/// The moments of the model's variables, streamed from the data or read as published.
fn moments(options: &FitOptions, model: &Model) -> Result<Moments> {
    if options.cov.unwrap_or(false) {
        return published(options);
    }
    for (option, given) in [("--nobs", options.nobs.is_some()), ("--means", options.means.is_some())] {
        if given {
            let allowed = "it belongs to --cov; with data the rows are counted".into();
            return Err(Error::BadOption { option: option.into(), value: "given".into(), allowed });
        }
    }
    let source = CsvSource::open(options.data()?, &csv_options(options, model)?)?;
    reading::told(source.path(), source.told());
    model.check_factors(|name| source.header().iter().any(|own| own == name))?;
    Moments::read(&source, Missing::Listwise)
}

fn published(options: &FitOptions) -> Result<Moments> {
    let Some(n) = options.nobs else {
        let allowed = "a covariance matrix needs the number of respondents behind it, --nobs N".into();
        return Err(Error::BadOption { option: "--nobs".into(), value: "nothing".into(), allowed });
    };
    let (names, matrix) = read_covariance(options.data()?)?;
    let values = matrix.outer_iter().map(|row| row.to_vec()).collect();
    let matrix = LabelledMatrix::new(names.clone(), names.clone(), values)?;
    let means = match &options.means {
        None => None,
        Some(path) => {
            let (named, values) = read_means(path)?;
            let of = |name: &String| named.iter().position(|n| n == name).map(|i| values[i]);
            let means: Vec<f64> = names.iter().filter_map(of).collect();
            if means.len() != names.len() {
                let what = format!("means in {} for the variables of the covariance matrix", path.display());
                return Err(Error::WrongSize { what, found: means.len(), expected: names.len() });
            }
            Some(means)
        }
    };
    Moments::from_covariance(&matrix, n, means.as_deref())
}

/// The document of a fit that could not be begun.
fn without_fit() -> Value {
    let measures =
        ["npar", "chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr", "logl", "aic", "bic", "ntotal"];
    let fit: serde_json::Map<String, Value> =
        measures.map(|name| (name.to_string(), Value::Null)).into_iter().collect();
    json!({"schema": SCHEMA, "converged": false, "iterations": null, "estimator": "ML", "nobs": null, "groups": [],
        "parameters": [], "fit": fit, "warnings": []})
}

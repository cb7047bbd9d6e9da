//! `irt` without the usual fit: conditional estimates, and scores by stored parameters; and what is written of scores.

use crate::arguments::{Format, IrtOptions};
use crate::outcome::{Outcome, document};
use psychometrics::data::Dataset;
use psychometrics::irt::{ConditionalFit, Irt, IrtFit, ItemBank, ShortForm, TraitScores};
use psychometrics::report::{Page, Report, Table};
use psychometrics::{Error, Result};
use serde_json::{Value, json};

/// Conditional estimates.
pub(crate) fn conditional(
    irt: &Irt,
    data: &Dataset,
    items: &[String],
    schema: &str,
    options: &IrtOptions,
) -> Result<Outcome> {
    let fit: ConditionalFit = irt.fit_conditional(data, items)?;
    write_scores(options, fit.scores.as_ref(), None)?;
    let mut own = document(schema, &fit);
    for absent in ["aic", "bic", "sabic", "groups", "fit", "item_fit", "information", "reliability", "q3"] {
        own[absent] = Value::Null;
    }
    own["estimator"] = json!("cml");
    Ok(match options.output.format {
        Format::Json => Outcome::document(own, &fit.warnings, &options.output),
        _ => Outcome::result_in(schema, &fit, &fit.warnings, options.language, &options.output),
    })
}

/// Scores of a table by stored parameters.
pub(crate) fn scored(data: &Dataset, schema: &str, options: &IrtOptions) -> Result<Outcome> {
    let Some(path) = &options.parameters else {
        return Err(Error::BadOption {
            option: "--parameters".into(),
            value: "nothing".into(),
            allowed: "the JSON of an item response model".into(),
        });
    };
    let bank = ItemBank::from_path(path, options.dimension.as_deref())?;
    let method = options.scores.unwrap_or_default();
    let scores = bank.scores(data, method)?;
    write_scores(options, Some(&scores), None)?;
    let short = short_form(options, &bank)?;
    let with = scores.values.iter().flatten().count();
    let own = json!({"schema": schema, "n": with, "rows_read": data.n_rows(), "items": bank.items,
        "scores": scores, "short_form": short, "warnings": []});
    Ok(match options.output.format {
        Format::Json => Outcome::document(own, &[], &options.output),
        Format::Csv => Outcome::text(scores_table(Some(&scores), None).csv(), &options.output),
        _ => {
            let mut page = Page::titled("Scores by stored items");
            let values: Vec<f64> = scores.values.iter().flatten().copied().collect();
            let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
            page.paragraph(format!(
                "{} items from {}, {} scores of {with} of {} respondents, mean {mean:.3}. They are in --format csv and json.",
                bank.items.len(),
                path.display(),
                method.to_string().to_uppercase(),
                data.n_rows(),
            ));
            if let Some(short) = short {
                page.append(short.page());
            }
            Outcome::page(&page.in_language(options.language), options.language, &options.output)
        }
    })
}

/// The short form that was asked for.
pub(crate) fn short_form(options: &IrtOptions, bank: &ItemBank) -> Result<Option<ShortForm>> {
    let count = options.short_form;
    count.map(|count| bank.short_form(count, options.range, options.goal)).transpose()
}

/// Scores and plausible values in a file, a row each.
pub(crate) fn write_scores(
    options: &IrtOptions,
    scores: Option<&TraitScores>,
    fit: Option<&IrtFit>,
) -> Result<()> {
    let Some(path) = &options.write_scores else { return Ok(()) };
    if scores.is_none() && fit.is_none_or(|fit| fit.plausible.is_none()) {
        return Err(Error::BadOption {
            option: "--write-scores".into(),
            value: path.display().to_string(),
            allowed: "together with --scores or --plausible".into(),
        });
    }
    std::fs::write(path, scores_table(scores, fit).csv())
        .map_err(|error| Error::Unwritable { path: path.clone(), reason: error.to_string() })
}

fn scores_table(scores: Option<&TraitScores>, fit: Option<&IrtFit>) -> Table {
    let mut heads = vec!["row".to_string()];
    let mut columns: Vec<&Vec<Option<f64>>> = Vec::new();
    if let Some(scores) = scores {
        let method = scores.method.to_string();
        if scores.traits.is_empty() {
            heads.extend([method.clone(), "se".into()]);
            columns.extend([&scores.values, &scores.se]);
        }
        for own in &scores.traits {
            heads.extend([format!("{method}.{}", own.name), format!("se.{}", own.name)]);
            columns.extend([&own.values, &own.se]);
        }
    }
    for own in fit.and_then(|fit| fit.plausible.as_ref()).iter().flat_map(|plausible| &plausible.traits) {
        for (m, values) in own.values.iter().enumerate() {
            heads.push(format!("pv{}.{}", m + 1, own.name));
            columns.push(values);
        }
    }
    let mut table = Table::new("", heads);
    let rows = columns.first().map_or(0, |column| column.len());
    for row in 0..rows {
        let cell = |column: &&Vec<Option<f64>>| column[row].map_or_else(String::new, |x| x.to_string());
        table.row(std::iter::once((row + 1).to_string()).chain(columns.iter().map(cell)));
    }
    table
}

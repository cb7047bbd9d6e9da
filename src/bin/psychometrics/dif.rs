//! `dif`: whether items work alike for persons of the same level.

use crate::arguments::{DifOptions, Format, listed};
use crate::outcome::Outcome;
use crate::scales::{answers_of, check_keys, keys_of};
use psychometrics::data::{AnswerFile, AnswerOptions};
use psychometrics::evidence::internal_structure::{By, ItemFunctioning, ItemFunctioningStudy, Key};
use psychometrics::{Error, Result};
use serde_json::json;

pub(crate) fn run(options: &DifOptions) -> Outcome {
    let schema = "psychometrics.dif/1";
    match functioning(options) {
        Ok(found) if options.output.format == Format::Csv => {
            Outcome::text(found.values().csv(), &options.output)
        }
        Ok(found) => Outcome::result(schema, &found, &found.warnings, &options.output),
        Err(error) => {
            let own = json!({"schema": schema, "converged": false, "items": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn functioning(options: &DifOptions) -> Result<ItemFunctioning> {
    let variable = options.group.as_ref().or(options.by.as_ref()).cloned().unwrap_or_default();
    let keys = keys_of(&options.keys);
    let mut columns = options.data.columns();
    if columns.is_empty() {
        columns = keys.iter().map(|(name, _)| name.clone()).collect();
    }
    columns.retain(|name| *name != variable);
    let answers = AnswerOptions {
        columns,
        others: vec![variable.clone()],
        range: options.scale,
        ..answers_of(&options.data)
    };
    let file = AnswerFile::open(&options.data.data, &answers)?;
    let items = file.items();
    check_keys(&keys, items)?;
    let data = file.table()?;
    let mut found = data.numeric(items)?;
    for (at, name) in items.iter().enumerate() {
        if keys.iter().any(|(item, key)| item == name && *key == Key::Reversed) {
            let Some((low, high)) = options.scale else {
                return Err(Error::BadOption {
                    option: "--keys".into(),
                    value: format!("-{name}"),
                    allowed: "a reversed item needs the range of the answers: --scale LOW..HIGH".into(),
                });
            };
            found.column_mut(at).mapv_inplace(|answer| low + high - answer);
        }
    }
    let mut study = ItemFunctioningStudy::new(options.method)
        .matching(options.matching)
        .adjustment(options.adjustment)
        .alpha(options.alpha)
        .anchors(listed(&options.anchors))
        .purify(options.purify.unwrap_or(false));
    if let Some(reference) = &options.reference {
        study = study.reference(reference);
    }
    let mut found = match &options.by {
        Some(name) => {
            let values = data.numeric(&[name])?;
            study.run(items, found.view(), &By::Number { name, values: &values.column(0).to_vec() })?
        }
        None => study.run(items, found.view(), &By::Groups(&data.grouping(&variable)?))?,
    };
    found.warnings.splice(0..0, file.warnings().iter().cloned());
    Ok(found)
}

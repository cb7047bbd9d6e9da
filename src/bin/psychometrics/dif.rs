//! `dif`: whether items work alike for persons of the same level.

use crate::arguments::{DifMethod, DifOptions, Format, listed};
use crate::outcome::{Outcome, document};
use crate::progress;
use crate::scales::{answers_of, check_keys, keys_of};
use psychometrics::data::{AnswerFile, AnswerOptions, Dataset};
use psychometrics::evidence::internal_structure::{
    By, FunctioningMethod, ItemFunctioning, ItemFunctioningStudy, Key,
};
use psychometrics::irt::{self, AnchorChoice, Functioning, Irt};
use psychometrics::{Error, Result, Warning};
use serde_json::{Value, json};

const SCHEMA: &str = "psychometrics.dif/1";

pub(crate) fn run(options: &DifOptions) -> Outcome {
    let output = &options.output;
    let found = read(options).and_then(|(data, items, warnings)| {
        let method = match options.method {
            DifMethod::Irt => {
                let mut found = by_model(options, &data, &items)?;
                found.warnings.splice(0..0, warnings);
                return Ok(match output.format {
                    Format::Json => Outcome::document(of_model(&found), &found.warnings, output),
                    _ => Outcome::result(SCHEMA, &found, &found.warnings, output),
                });
            }
            DifMethod::Logistic => FunctioningMethod::Logistic,
            DifMethod::MantelHaenszel => FunctioningMethod::MantelHaenszel,
        };
        let mut found = by_score(options, method, &data, &items)?;
        found.warnings.splice(0..0, warnings);
        Ok(match output.format {
            Format::Csv => Outcome::text(found.values().csv(), output),
            _ => Outcome::result(SCHEMA, &found, &found.warnings, output),
        })
    });
    found.unwrap_or_else(|error| {
        let own = json!({"schema": SCHEMA, "converged": false, "items": null, "warnings": []});
        Outcome::failure(&error, Some(own), output)
    })
}

/// What is compared: groups, or a number.
fn variable(options: &DifOptions) -> String {
    options.group.as_ref().or(options.by.as_ref()).cloned().unwrap_or_default()
}

/// The answers as keyed, the items, and what was said of the file.
fn read(options: &DifOptions) -> Result<(Dataset, Vec<String>, Vec<Warning>)> {
    let variable = variable(options);
    let keys = keys_of(&options.keys);
    let mut columns = options.data.columns();
    if columns.is_empty() {
        columns = keys.iter().map(|(name, _)| name.clone()).collect();
    }
    columns.retain(|name| *name != variable);
    let others = vec![variable];
    let answers = AnswerOptions { columns, others, range: options.scale, ..answers_of(&options.data) };
    let file = AnswerFile::open(options.data.path()?, &answers)?;
    let items = file.items();
    check_keys(&keys, items)?;
    let reversed: Vec<&str> =
        keys.iter().filter(|(_, key)| *key == Key::Reversed).map(|(name, _)| name.as_str()).collect();
    let mut data = file.table()?;
    if let Some(first) = reversed.first() {
        let Some((low, high)) = options.scale else {
            return Err(Error::BadOption {
                option: "--keys".into(),
                value: format!("-{first}"),
                allowed: "a reversed item needs the range of the answers: --scale LOW..HIGH".into(),
            });
        };
        data = data.reversed(&reversed, low, high)?;
    }
    Ok((data, items.to_vec(), file.warnings().to_vec()))
}

fn by_score(
    options: &DifOptions,
    method: FunctioningMethod,
    data: &Dataset,
    items: &[String],
) -> Result<ItemFunctioning> {
    let mut study = ItemFunctioningStudy::new(method)
        .matching(options.matching)
        .adjustment(options.adjustment.unwrap_or_default())
        .alpha(options.alpha)
        .anchors(listed(&options.anchors))
        .purify(options.purify.unwrap_or(false));
    if let Some(reference) = &options.reference {
        study = study.reference(reference);
    }
    let answers = data.numeric(items)?;
    match &options.by {
        Some(name) => {
            let values = data.numeric(&[name])?;
            study.run(items, answers.view(), &By::Number { name, values: &values.column(0).to_vec() })
        }
        None => study.run(items, answers.view(), &By::Groups(&data.grouping(&variable(options))?)),
    }
}

/// With the trait of an item response model in the place of a score.
fn by_model(options: &DifOptions, data: &Dataset, items: &[String]) -> Result<Functioning> {
    if let Some(by) = &options.by {
        return Err(Error::Unsupported {
            what: format!("--method irt by a number ('{by}')"),
            instead: "Use --method logistic, or --group with a variable of groups.".into(),
        });
    }
    let irt = Irt::new(options.model).progress(progress::bar("items"));
    let mut study = irt::ItemFunctioning::new(irt, variable(options))
        .anchors(listed(&options.anchors))
        .purify(options.purify.unwrap_or(false))
        .test(options.test)
        .level(options.alpha);
    if options.forward.unwrap_or(false) {
        study = study.choice(AnchorChoice::Forward);
    }
    if let Some(adjustment) = options.adjustment {
        study = study.adjustment(adjustment);
    }
    if let Some(reference) = &options.reference {
        study = study.reference(reference);
    }
    study.of(data, items)
}

/// The document of the other methods: a single effect for each item, the largest of its groups.
fn of_model(found: &Functioning) -> Value {
    let mut own = document(SCHEMA, found);
    for (item, value) in found.items.iter().zip(own["items"].as_array_mut().into_iter().flatten()) {
        let sizes = item.effects.iter().filter_map(|effect| effect.essd);
        value["effect"] = json!(sizes.max_by(|a, b| a.abs().total_cmp(&b.abs())));
        value["effect_measure"] = json!("essd");
    }
    own
}

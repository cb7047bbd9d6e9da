//! `short-form`: the best items of a scale, and what they lose in other respondents.

use crate::arguments::{Format, ShortFormOptions};
use crate::efa::keyed_items;
use crate::outcome::{Outcome, read_construct};
use crate::progress;
use crate::scales::{answers_of, keys_of};
use psychometrics::data::{AnswerFile, AnswerOptions, Responses};
use psychometrics::evidence::internal_structure::Key;
use psychometrics::factor::{Coverage, KeyedItems, ShortFormStudy, ShortForms};
use psychometrics::{Error, Result};

const SCHEMA: &str = "psychometrics.short_form/1";

pub(crate) fn run(options: &ShortFormOptions) -> Outcome {
    match study(options) {
        Ok(found) if options.output.format == Format::Csv => {
            Outcome::text(found.table().csv(), &options.output)
        }
        Ok(found) => Outcome::result_in(SCHEMA, &found, &found.warnings, options.language, &options.output),
        Err(error) => {
            let own = serde_json::json!({"schema": SCHEMA, "chosen": null, "loss": null, "missing": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn study(options: &ShortFormOptions) -> Result<ShortFormStudy> {
    let path = options.data.path()?;
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")) {
        return of_construct(options);
    }
    let dimensions = options.scales.as_deref().map(keyed_items).transpose()?.unwrap_or_default();
    let mut keys: Vec<(String, bool)> =
        dimensions.iter().flat_map(|(_, items)| items.iter().cloned()).collect();
    keys.extend(keys_of(&options.keys).into_iter().map(|(name, key)| (name, key == Key::Reversed)));
    let mut answers = answers_of(&options.data);
    if answers.columns.is_empty() {
        answers.columns = keys.iter().map(|(name, _)| name.clone()).collect();
    }
    let file = AnswerFile::open(path, &AnswerOptions { ..answers })?;
    let (data, names) = (file.table()?, file.items());
    if let Some((unknown, _)) = keys.iter().find(|(name, _)| !names.contains(name)) {
        let option = if options.scales.is_some() { "--scales" } else { "--keys" }.into();
        let allowed = "its items must be among those of --columns".into();
        return Err(Error::BadOption { option, value: unknown.clone(), allowed });
    }
    let mut rows = data.numeric(names)?;
    for (name, mut column) in names.iter().zip(rows.columns_mut()) {
        if keys.iter().any(|(own, reversed)| own == name && *reversed) {
            // only covariances count: a sign is a key
            column.mapv_inplace(|value| -value);
        }
    }
    let mut found = asked(options, &dimensions)?.of(names, rows.view())?;
    found.warnings.splice(0..0, file.warnings().iter().cloned());
    Ok(found)
}

fn of_construct(options: &ShortFormOptions) -> Result<ShortFormStudy> {
    for (given, option) in [(options.scales.is_some(), "--scales"), (!options.keys.is_empty(), "--keys")] {
        if given {
            return Err(Error::BadOption {
                option: option.into(),
                value: "with a construct file".into(),
                allowed: "keys and dimensions are those of the construct; --columns takes some of its items"
                    .into(),
            });
        }
    }
    let construct = read_construct(options.data.path()?)?;
    let responses =
        Responses::read_observed(&construct, construct.responses_path()?, progress::bar("reading"))?;
    let named = options.data.columns();
    let items = if named.is_empty() { responses.items().to_vec() } else { named };
    let rows = responses.of_items(&items)?;
    let dimensions: Vec<KeyedItems> = (construct.dimensions.iter())
        .map(|dimension| {
            let own = construct.items_of(&dimension.id).filter(|item| items.contains(&item.id));
            (dimension.id.clone(), own.map(|item| (item.id.clone(), false)).collect::<Vec<_>>())
        })
        .filter(|(_, items)| !items.is_empty())
        .collect();
    asked(options, &dimensions)?.of(&items, rows.view())
}

fn asked(options: &ShortFormOptions, dimensions: &[KeyedItems]) -> Result<ShortForms> {
    if dimensions.is_empty() && options.at_least.is_some() {
        return Err(Error::BadOption {
            option: "--at-least".into(),
            value: "without dimensions".into(),
            allowed: "it counts items of dimensions: give --scales, or a construct file".into(),
        });
    }
    let part = |(name, items): &KeyedItems| {
        let own = items.iter().map(|(item, _)| item.clone());
        Coverage::new(own, options.at_least.unwrap_or(1)).named(name)
    };
    Ok(ShortForms::new(options.items as usize)
        .coverage(dimensions.iter().map(part).collect())
        .splits(options.splits as usize)
        .seed(options.seed)
        .progress(progress::bar("cross-validation")))
}

//! `items`, `reliability` and `icc`. A file is streamed, its size does not matter, unless what is asked for needs the
//! rows (bootstrap, groups, strata, precision by score).

use crate::arguments::Format;
use crate::arguments::{DataOptions, Names, ReliabilityOptions, ScaleOptions, TableOptions, listed};
use crate::outcome::Outcome;
use crate::{progress, reading};
use psychometrics::data::{AnswerFile, AnswerOptions, CsvOptions, Dataset, RatingTable};
use psychometrics::evidence::Resampling;
use psychometrics::evidence::internal_structure::{
    Intraclass, ItemAnalysis, Key, Reliability, ScaleItem, ScaleReliability, ScaleStudy, ScaleSummary,
};
use psychometrics::{Error, Result, Warning};
use serde_json::json;

pub(crate) fn items(options: &ScaleOptions) -> Outcome {
    let schema = "psychometrics.items/1";
    let found = summary(options).and_then(|(summary, left_out)| {
        let mut analysis = ItemAnalysis::of(&summary)?;
        analysis.warnings.splice(0..0, left_out);
        Ok(analysis)
    });
    match found {
        Ok(analysis) if options.output.format == Format::Csv => {
            Outcome::text(analysis.values().csv(), &options.output)
        }
        Ok(analysis) => Outcome::result(schema, &analysis, &analysis.warnings, &options.output),
        Err(error) => {
            let own = json!({"schema": schema, "converged": false, "n": null, "items": null, "missing": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

pub(crate) fn reliability(options: &ReliabilityOptions) -> Outcome {
    let schema = "psychometrics.reliability/1";
    let output = &options.scale.output;
    let failed = |error: &Error| {
        let own = json!({"schema": schema, "converged": false, "n": null, "items": null, "alpha": null,
            "alpha_if_dropped": null, "guttman": null, "split_half": null, "omega": null, "missing": null,
            "warnings": []});
        Outcome::failure(error, Some(own), output)
    };
    let by_range = options.scale.scale.is_some() && options.scale.data.from_aggregates.is_empty();
    let needs_rows =
        options.bootstrap.is_some() || options.strata.is_some() || options.group.is_some() || by_range;
    if needs_rows {
        let found = study(options).and_then(|mut found| {
            if options.factors.is_some() {
                found.scale = with_factors(options, found.scale, &summary(&options.scale)?.0)?;
            }
            Ok(found)
        });
        return match found {
            Ok(found) => {
                let warnings = [found.scale.warnings.as_slice(), &found.warnings].concat();
                Outcome::result(schema, &found, &warnings, output)
            }
            Err(error) => failed(&error),
        };
    }
    let found = summary(&options.scale).and_then(|(summary, left_out)| {
        let mut reliability = with_factors(options, Reliability::of(&summary)?, &summary)?;
        reliability.warnings.splice(0..0, left_out);
        Ok(reliability)
    });
    match found {
        Ok(reliability) => Outcome::result(schema, &reliability, &reliability.warnings, output),
        Err(error) => failed(&error),
    }
}

/// With omega hierarchical, where the number of factors is given.
fn with_factors(
    options: &ReliabilityOptions,
    found: Reliability,
    summary: &ScaleSummary,
) -> Result<Reliability> {
    match options.factors {
        Some(factors) => found.with_factors(summary, factors as usize),
        None => Ok(found),
    }
}

/// What needs the rows in memory.
fn study(options: &ReliabilityOptions) -> Result<ScaleReliability> {
    let keys = keys(&options.scale);
    let others = options.group.iter().cloned().collect();
    let file =
        AnswerFile::open(options.scale.data.path()?, &AnswerOptions { others, ..answers(&options.scale) })?;
    check_keys(&keys, file.items())?;
    let (data, names) = (file.table()?, file.items());
    let items: Vec<ScaleItem> = names.iter().map(|name| item(name, &keys, &options.scale)).collect();
    let strata: Vec<Vec<String>> =
        options.strata.iter().flat_map(|s| s.split(';')).map(split_names).collect();
    let study = ScaleStudy {
        missing: Some(options.scale.missing),
        bootstrap: options.bootstrap.map(|n| Resampling { replicates: n as usize, seed: options.seed }),
        strata,
        group: options.group.as_ref().map(|name| data.grouping(name)).transpose()?,
    };
    let mut found = study.of(&items, data.numeric(names)?.view())?;
    found.scale.warnings.splice(0..0, file.warnings().iter().cloned());
    Ok(found)
}

pub(crate) fn split_names(text: &str) -> Vec<String> {
    text.split(',').map(|name| name.trim().to_string()).filter(|name| !name.is_empty()).collect()
}

pub(crate) fn icc(options: &TableOptions) -> Outcome {
    let schema = "psychometrics.icc/1";
    let found = ratings(options);
    match found {
        Ok(found) => Outcome::result(schema, &found, &found.warnings, &options.output),
        Err(error) => {
            let own = json!({"schema": schema, "converged": false, "icc": null});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn ratings(options: &TableOptions) -> Result<Intraclass> {
    let table = RatingTable::read(options.data.path()?, &answers_of(&options.data))?;
    let mut found = Intraclass::of_raters(&table.raters, table.data.numeric(&table.raters)?.view())?;
    found.warnings.splice(0..0, table.warnings);
    Ok(found)
}

/// A small table, whole, of which the names of the columns tell what they are.
pub(crate) fn read_table(options: &TableOptions) -> Result<Dataset> {
    if let Some(name) = &options.data.respondent {
        return Err(Error::BadOption {
            option: "--respondent".into(),
            value: name.clone(),
            allowed: "the columns of this table are known by their names (see README)".into(),
        });
    }
    let csv = CsvOptions {
        columns: options.data.columns(),
        missing_codes: options.data.missing_codes.clone(),
        layout: options.data.layout(),
        ..CsvOptions::default()
    };
    reading::table(options.data.path()?, &csv)
}

/// What the data options say of the answers.
pub(crate) fn answers_of(data: &DataOptions) -> AnswerOptions {
    AnswerOptions {
        columns: data.columns(),
        respondent: data.respondent.clone(),
        missing_codes: data.missing_codes.clone(),
        layout: data.layout(),
        progress: progress::bar("reading"),
        ..AnswerOptions::default()
    }
}

/// The columns of a file that hold answers, where nobody names them.
pub(crate) fn answers_of_file<'a>(
    path: &std::path::Path,
    others: impl Iterator<Item = &'a String>,
) -> Result<Vec<String>> {
    let options = AnswerOptions { others: others.cloned().collect(), ..AnswerOptions::default() };
    Ok(AnswerFile::open(path, &options)?.items().to_vec())
}

/// The same of the items of a scale, which may also be named by their keys.
fn answers(options: &ScaleOptions) -> AnswerOptions {
    let mut answers = AnswerOptions { range: options.scale, ..answers_of(&options.data) };
    if answers.columns.is_empty() {
        answers.columns = keys(options).into_iter().map(|(name, _)| name).collect();
    }
    answers
}

fn keys(options: &ScaleOptions) -> Vec<(String, Key)> {
    keys_of(&options.keys)
}

/// Items and which way they point.
pub(crate) fn keys_of(lists: &[Names]) -> Vec<(String, Key)> {
    let of = |key: &String| {
        let (name, key) = keyed(key);
        (name.to_string(), key)
    };
    listed(lists).iter().map(of).collect()
}

/// Checks that keys are of items.
pub(crate) fn check_keys(keys: &[(String, Key)], items: &[String]) -> Result<()> {
    match keys.iter().find(|(name, _)| items.iter().all(|item| item != name)) {
        None => Ok(()),
        Some((name, _)) => Err(Error::BadOption {
            option: "--keys".into(),
            value: name.clone(),
            allowed: "its items must be among those of --columns".into(),
        }),
    }
}

fn item(name: &str, keys: &[(String, Key)], options: &ScaleOptions) -> ScaleItem {
    let key = keys.iter().find(|(item, _)| *item == name).map_or(Key::Forward, |(_, key)| *key);
    let item = ScaleItem::new(name).keyed(key);
    match options.scale {
        Some((low, high)) => item.ranging(low, high),
        None => item,
    }
}

/// The summary of the items, and the columns that were left out.
fn summary(options: &ScaleOptions) -> Result<(ScaleSummary, Vec<Warning>)> {
    let keys = keys(options);
    if let Some(aggregate) = options.data.aggregate()? {
        let named: Vec<String> = keys.iter().map(|(name, _)| name.clone()).collect();
        let names = if named.is_empty() { options.data.items_of(&aggregate) } else { named };
        let items: Vec<ScaleItem> = names.iter().map(|name| item(name, &keys, options)).collect();
        let summary = ScaleSummary::of_aggregate(items, &aggregate, None, options.missing)?;
        return Ok((summary, aggregate.warnings()));
    }
    let file = AnswerFile::open(options.data.path()?, &answers(options))?;
    check_keys(&keys, file.items())?;
    if file.items().len() < 2 {
        // too few items: what was not taken for one may be why
        file.warnings().iter().for_each(|warning| eprintln!("warning: {warning}"));
    }
    let summary = ScaleSummary::read(file.source(), options.missing, |name| item(name, &keys, options))?;
    Ok((summary, file.warnings().to_vec()))
}

/// `-x2` is x2, reversed.
pub(crate) fn keyed(key: &str) -> (&str, Key) {
    let key = key.trim();
    match key.strip_prefix('-') {
        Some(name) => (name.trim(), Key::Reversed),
        None => (key.strip_prefix('+').unwrap_or(key).trim(), Key::Forward),
    }
}

//! `items`, `reliability` and `icc`. A file is streamed, its size does not matter, unless what is asked for needs the
//! rows (bootstrap, groups, strata, precision by score).

use crate::arguments::{ReliabilityOptions, ScaleOptions, TableOptions};
use crate::outcome::{Format, Outcome};
use crate::progress;
use psychometrics::data::{CsvOptions, CsvSource, Dataset};
use psychometrics::evidence::Resampling;
use psychometrics::evidence::internal_structure::{
    Intraclass, ItemAnalysis, Key, Reliability, ScaleItem, ScaleReliability, ScaleStudy, ScaleSummary,
};
use psychometrics::report::Table;
use psychometrics::{Error, Result};
use serde_json::json;

pub(crate) fn items(options: &ScaleOptions) -> Outcome {
    let schema = "psychometrics.items/1";
    match summary(options).and_then(|summary| ItemAnalysis::of(&summary)) {
        Ok(analysis) if options.output.format == Format::Csv => {
            Outcome::text(table(&analysis).csv(), &options.output)
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
    let needs_rows = options.bootstrap.is_some()
        || options.strata.is_some()
        || options.group.is_some()
        || options.scale.scale.is_some();
    if needs_rows {
        return match study(options) {
            Ok(found) => {
                let warnings = [found.scale.warnings.as_slice(), &found.warnings].concat();
                Outcome::result(schema, &found, &warnings, output)
            }
            Err(error) => failed(&error),
        };
    }
    match summary(&options.scale).and_then(|summary| Reliability::of(&summary)) {
        Ok(reliability) => Outcome::result(schema, &reliability, &reliability.warnings, output),
        Err(error) => failed(&error),
    }
}

/// What needs the rows in memory.
fn study(options: &ReliabilityOptions) -> Result<ScaleReliability> {
    let (names, keys) = columns(&options.scale);
    let group = options.group.iter().cloned();
    let mut wanted = names.clone();
    wanted.extend(group.filter(|_| !names.is_empty()));
    let csv = CsvOptions {
        columns: wanted,
        missing_codes: options.scale.data.missing_codes.clone(),
        progress: progress::bar("reading"),
    };
    let data = Dataset::read(&options.scale.data.data, &csv)?;
    let names: Vec<String> = if names.is_empty() {
        data.names().iter().filter(|name| options.group.as_ref() != Some(name)).cloned().collect()
    } else {
        names
    };
    let items: Vec<ScaleItem> = names.iter().map(|name| item(name, &keys, &options.scale)).collect();
    let strata: Vec<Vec<String>> =
        options.strata.iter().flat_map(|s| s.split(';')).map(split_names).collect();
    let study = ScaleStudy {
        missing: Some(options.scale.missing.into()),
        bootstrap: options.bootstrap.map(|n| Resampling { replicates: n as usize, seed: options.seed }),
        strata,
        group: options.group.as_ref().map(|name| data.grouping(name)).transpose()?,
    };
    study.of(&items, data.numeric(&names)?.view())
}

pub(crate) fn split_names(text: &str) -> Vec<String> {
    text.split(',').map(|name| name.trim().to_string()).filter(|name| !name.is_empty()).collect()
}

pub(crate) fn icc(options: &TableOptions) -> Outcome {
    let schema = "psychometrics.icc/1";
    let found =
        read_table(options).and_then(|data| Intraclass::of(data.numeric(&data.numeric_names())?.view()));
    match found {
        Ok(found) => Outcome::result(schema, &found, &[], &options.output),
        Err(error) => {
            let own = json!({"schema": schema, "converged": false, "icc": null});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

/// A small table, whole.
pub(crate) fn read_table(options: &TableOptions) -> Result<Dataset> {
    let csv = CsvOptions {
        columns: options.data.columns.clone(),
        missing_codes: options.data.missing_codes.clone(),
        progress: progress::bar("reading"),
    };
    Dataset::read(&options.data.data, &csv)
}

/// The items that are named, and their keys.
fn columns(options: &ScaleOptions) -> (Vec<String>, Vec<(&str, Key)>) {
    let keys: Vec<(&str, Key)> = options.keys.iter().map(|key| keyed(key)).collect();
    let columns = if options.data.columns.is_empty() {
        keys.iter().map(|(name, _)| (*name).to_string()).collect()
    } else {
        options.data.columns.clone()
    };
    (columns, keys)
}

fn item(name: &str, keys: &[(&str, Key)], options: &ScaleOptions) -> ScaleItem {
    let key = keys.iter().find(|(item, _)| *item == name).map_or(Key::Forward, |(_, key)| *key);
    let item = ScaleItem::new(name).keyed(key);
    match options.scale {
        Some((low, high)) => item.ranging(low, high),
        None => item,
    }
}

fn summary(options: &ScaleOptions) -> Result<ScaleSummary> {
    let (columns, keys) = columns(options);
    let csv = CsvOptions {
        columns,
        missing_codes: options.data.missing_codes.clone(),
        progress: progress::bar("reading"),
    };
    let source = CsvSource::open(&options.data.data, &csv)?;
    if let Some((name, _)) = keys.iter().find(|(name, _)| source.names().iter().all(|n| n != name)) {
        return Err(Error::BadOption {
            option: "--keys".into(),
            value: (*name).into(),
            allowed: "its items must be among those of --columns".into(),
        });
    }
    ScaleSummary::read(&source, options.missing.into(), |name| item(name, &keys, options))
}

/// `-x2` is x2, reversed.
pub(crate) fn keyed(key: &str) -> (&str, Key) {
    let key = key.trim();
    match key.strip_prefix('-') {
        Some(name) => (name.trim(), Key::Reversed),
        None => (key.strip_prefix('+').unwrap_or(key).trim(), Key::Forward),
    }
}

/// One row per item, every number at full precision, empty where it does not exist.
fn table(analysis: &ItemAnalysis) -> Table {
    let heads = [
        "item", "n", "missing", "mean", "sd", "median", "skew", "kurtosis", "raw_r", "std_r", "r_cor",
        "r_drop", "floor", "ceiling",
    ];
    let mut table = Table::new("", heads);
    for i in &analysis.items {
        let numbers = [
            i.mean, i.sd, i.median, i.skew, i.kurtosis, i.raw_r, i.std_r, i.r_cor, i.r_drop, i.floor,
            i.ceiling,
        ];
        let names = [i.item.clone(), i.n.to_string(), i.missing.to_string()];
        let cells = numbers.iter().map(|number| number.map_or_else(String::new, |x| x.to_string()));
        table.row(names.into_iter().chain(cells));
    }
    table
}

//! `items` and `reliability`: a file is streamed, its size does not matter.

use crate::arguments::ScaleOptions;
use crate::outcome::{Format, Outcome};
use crate::progress;
use psychometrics::data::{CsvOptions, CsvSource};
use psychometrics::evidence::internal_structure::{ItemAnalysis, Key, Reliability, ScaleItem, ScaleSummary};
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

pub(crate) fn reliability(options: &ScaleOptions) -> Outcome {
    let schema = "psychometrics.reliability/1";
    match summary(options).and_then(|summary| Reliability::of(&summary)) {
        Ok(reliability) => Outcome::result(schema, &reliability, &reliability.warnings, &options.output),
        Err(error) => {
            let own = json!({"schema": schema, "converged": false, "n": null, "items": null, "alpha": null,
                "alpha_if_dropped": null, "missing": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn summary(options: &ScaleOptions) -> Result<ScaleSummary> {
    let keys: Vec<(&str, Key)> = options.keys.iter().map(|key| keyed(key)).collect();
    let columns = if options.data.columns.is_empty() {
        keys.iter().map(|(name, _)| (*name).to_string()).collect()
    } else {
        options.data.columns.clone()
    };
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
    ScaleSummary::read(&source, options.missing.into(), |name| {
        let key = keys.iter().find(|(item, _)| *item == name).map_or(Key::Forward, |(_, key)| *key);
        let item = ScaleItem::new(name).keyed(key);
        match options.scale {
            Some((low, high)) => item.ranging(low, high),
            None => item,
        }
    })
}

/// `-x2` is x2, reversed.
fn keyed(key: &str) -> (&str, Key) {
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

//! `screen`: missing answers, impossible answers, and who may have answered without reading.

use crate::arguments::ScreenOptions;
use crate::outcome::Outcome;
use crate::progress;
use crate::scales::{keyed, split_names};
use psychometrics::data::{CsvOptions, Dataset};
use psychometrics::evidence::internal_structure::Key;
use psychometrics::evidence::response_process::{ScreenedScale, Screening, ScreeningStudy};
use psychometrics::{Error, Result};
use serde_json::json;

pub(crate) fn run(options: &ScreenOptions) -> Outcome {
    let schema = "psychometrics.screen/1";
    match screening(options) {
        Ok(found) => Outcome::result(schema, &found, &found.warnings, &options.output),
        Err(error) => {
            let own = json!({"schema": schema, "converged": false, "rows": null, "flags": null, "missing": null,
                "mcar": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn screening(options: &ScreenOptions) -> Result<Screening> {
    let keys: Vec<(&str, Key)> = options.keys.iter().map(|key| keyed(key)).collect();
    let items: Vec<String> = if options.data.columns.is_empty() {
        keys.iter().map(|(name, _)| (*name).to_string()).collect()
    } else {
        options.data.columns.clone()
    };
    if let Some((name, _)) = keys.iter().find(|(name, _)| items.iter().all(|item| item != name)) {
        return Err(Error::BadOption {
            option: "--keys".into(),
            value: (*name).into(),
            allowed: "its items must be among those of --columns".into(),
        });
    }
    let mut scales = options.scales.as_deref().map_or(Ok(Vec::new()), named_scales)?;
    for (name, key) in scales.iter_mut().flat_map(|scale| scale.items.iter_mut()) {
        if let Some((_, reversed)) = keys.iter().find(|(item, _)| item == name)
            && *reversed == Key::Reversed
        {
            *key = Key::Reversed;
        }
    }
    let mut columns = items.clone();
    if !columns.is_empty() {
        let others = scales.iter().flat_map(|s| s.items.iter().map(|(n, _)| n)).chain(&options.respondent);
        for name in others {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
    }
    let csv = CsvOptions {
        columns,
        missing_codes: options.data.missing_codes.clone(),
        progress: progress::bar("reading"),
    };
    let data = Dataset::read(&options.data.data, &csv)?;
    let study = ScreeningStudy { range: options.scale, scales, respondent: options.respondent.clone() };
    study.of(&data, &items)
}

/// `a=a1,-a2;b=b1,b2`: scales by name, a minus before a reversed item.
pub(crate) fn named_scales(text: &str) -> Result<Vec<ScreenedScale>> {
    let bad = |part: &str| Error::BadOption {
        option: "--scales".into(),
        value: part.trim().into(),
        allowed: "a name, an equals sign and items, such as \"care=c1,-c2,c3;skill=s1,s2\"".into(),
    };
    let parts = text.split(';').filter(|part| !part.trim().is_empty());
    parts
        .map(|part| {
            let (name, items) = part.split_once('=').ok_or_else(|| bad(part))?;
            let items: Vec<(String, Key)> = split_names(items)
                .iter()
                .map(|item| {
                    let (name, key) = keyed(item);
                    (name.to_string(), key)
                })
                .collect();
            if name.trim().is_empty() || items.is_empty() {
                return Err(bad(part));
            }
            Ok(ScreenedScale { name: name.trim().into(), items })
        })
        .collect()
}

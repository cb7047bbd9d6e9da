//! `screen`: missing answers, impossible answers, and who may have answered without reading.

use crate::arguments::ScreenOptions;
use crate::outcome::Outcome;
use crate::scales::{answers_of, check_keys, keyed, keys_of, split_names};
use psychometrics::data::{AnswerFile, AnswerOptions, Impossible};
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
    let keys = keys_of(&options.keys);
    let mut scales = options.scales.as_deref().map_or(Ok(Vec::new()), named_scales)?;
    for (name, key) in scales.iter_mut().flat_map(|scale| scale.items.iter_mut()) {
        if let Some((_, reversed)) = keys.iter().find(|(item, _)| item == name)
            && *reversed == Key::Reversed
        {
            *key = Key::Reversed;
        }
    }
    let of_scales: Vec<String> =
        scales.iter().flat_map(|scale| scale.items.iter().map(|(name, _)| name.clone())).collect();
    let mut answers =
        AnswerOptions { range: options.scale, impossible: Impossible::Read, ..answers_of(&options.data) };
    if answers.columns.is_empty() {
        answers.columns = keys.iter().map(|(name, _)| name.clone()).collect();
    }
    match answers.columns.is_empty() {
        true => answers.named = of_scales,
        false => answers.others = of_scales,
    }
    let file = AnswerFile::open(options.data.path()?, &answers)?;
    check_keys(&keys, file.items())?;
    let study = ScreeningStudy { range: options.scale, scales, respondent: options.data.respondent.clone() };
    let mut found = study.of(&file.table()?, file.items())?;
    found.warnings.splice(0..0, file.warnings().iter().cloned());
    Ok(found)
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

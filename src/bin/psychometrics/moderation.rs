//! `moderation`: whether intercepts and loadings of items depend on numbers.

use crate::arguments::{ModerationOptions, listed};
use crate::outcome::Outcome;
use crate::progress;
use crate::scales::answers_of;
use psychometrics::Result;
use psychometrics::data::{AnswerFile, AnswerOptions};
use psychometrics::evidence::internal_structure::{Moderation, ModerationStudy};
use serde_json::json;

pub(crate) fn run(options: &ModerationOptions) -> Outcome {
    let schema = "psychometrics.moderation/1";
    match moderation(options) {
        Ok(found) => Outcome::result(schema, &found, &found.warnings, &options.output),
        Err(error) => {
            let own = json!({"schema": schema, "converged": false, "items": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn moderation(options: &ModerationOptions) -> Result<Moderation> {
    let by = listed(&options.by);
    let mut columns = options.data.columns();
    columns.retain(|name| !by.contains(name));
    let answers = AnswerOptions { columns, others: by.clone(), ..answers_of(&options.data) };
    let file = AnswerFile::open(options.data.path()?, &answers)?;
    let data = file.table()?;
    let items = file.items();
    let values: Vec<Vec<f64>> =
        by.iter().map(|name| Ok(data.numeric(&[name])?.column(0).to_vec())).collect::<Result<_>>()?;
    let numbers: Vec<(&str, &[f64])> =
        by.iter().zip(&values).map(|(name, values)| (name.as_str(), values.as_slice())).collect();
    let study = ModerationStudy::default()
        .alpha(options.alpha)
        .adjustment(options.adjustment)
        .progress(progress::bar("items"));
    let mut found = study.run(items, data.numeric(items)?.view(), &numbers)?;
    found.warnings.splice(0..0, file.warnings().iter().cloned());
    Ok(found)
}

//! `score`: scale and factor scores of new respondents.

use crate::arguments::Format;
use crate::arguments::ScoreOptions;
use crate::outcome::{Outcome, read_construct};
use crate::progress;
use psychometrics::data::Responses;
use psychometrics::evidence::consequences::{MinimumAnswered, Scorer, Scores};
use psychometrics::{Error, Result};
use serde_json::json;

const SCHEMA: &str = "psychometrics.score/1";

pub(crate) fn run(options: &ScoreOptions) -> Outcome {
    match scores(options) {
        Ok(found) if options.output.format == Format::Csv => {
            Outcome::text(found.values().csv(), &options.output)
        }
        Ok(found) => Outcome::result(SCHEMA, &found, &found.warnings, &options.output),
        Err(error) => {
            let own = json!({"schema": SCHEMA, "converged": false, "scales": null, "respondents": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn scores(options: &ScoreOptions) -> Result<Scores> {
    let minimum = minimum_answered(&options.minimum_answered)?;
    let construct = read_construct(&options.construct)?;
    let path = match &options.norms {
        Some(path) => path.clone(),
        None => construct.responses_path()?,
    };
    let norms = Responses::read_observed(&construct, path, progress::bar("reading norms"))?;
    let scorer = Scorer::of(&construct, &norms, options.level)?;
    let scorer = scorer.minimum_answered(minimum)?;
    scorer.score(&Responses::read_new(&construct, &options.data)?)
}

/// `80%` and `0.8` are shares, `4` is a number of items.
fn minimum_answered(text: &str) -> Result<MinimumAnswered> {
    let bad = || Error::BadOption {
        option: "--minimum-answered".into(),
        value: text.into(),
        allowed: "a share such as 0.8 or 80%, or a number of items such as 4".into(),
    };
    let number = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite());
    if let Some(percent) = text.strip_suffix('%') {
        return number(percent).map(|x| MinimumAnswered::Share(x / 100.0)).ok_or_else(bad);
    }
    match text.parse::<usize>() {
        Ok(count) => Ok(MinimumAnswered::Items(count)),
        Err(_) => number(text).map(MinimumAnswered::Share).ok_or_else(bad),
    }
}

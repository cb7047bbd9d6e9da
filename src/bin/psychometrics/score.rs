//! `score`: scale and factor scores of new respondents.

use crate::arguments::ScoreOptions;
use crate::outcome::{Format, Outcome};
use crate::progress;
use psychometrics::Result;
use psychometrics::construct::Construct;
use psychometrics::data::Responses;
use psychometrics::evidence::consequences::{Scorer, Scores};
use serde_json::json;

const SCHEMA: &str = "psychometrics.score/1";

pub(crate) fn run(options: &ScoreOptions) -> Outcome {
    match scores(options) {
        Ok(found) if options.output.format == Format::Csv => {
            Outcome::text(found.table(6).csv(), &options.output)
        }
        Ok(found) => Outcome::result(SCHEMA, &found, &found.warnings, &options.output),
        Err(error) => {
            let own = json!({"schema": SCHEMA, "converged": false, "scales": null, "respondents": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn scores(options: &ScoreOptions) -> Result<Scores> {
    let construct = Construct::from_path(&options.construct)?;
    let path = match &options.norms {
        Some(path) => path.clone(),
        None => construct.responses_path()?,
    };
    let norms = Responses::read_observed(&construct, path, progress::bar("reading norms"))?;
    let scorer = Scorer::of(&construct, &norms, options.level.into())?;
    scorer.score(&Responses::read_new(&construct, &options.data)?)
}

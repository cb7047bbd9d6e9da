//! `validate`: the whole validation that a construct file describes.

use crate::arguments::ValidateOptions;
use crate::outcome::Outcome;
use crate::progress;
use psychometrics::Result;
use psychometrics::construct::Construct;
use psychometrics::data::Responses;
use psychometrics::evidence::{Evidence, Validation};
use serde_json::json;

const SCHEMA: &str = "psychometrics.validate/1";

pub(crate) fn run(options: &ValidateOptions) -> Outcome {
    match evidence(options) {
        Ok(evidence) => Outcome::result(SCHEMA, &evidence, &evidence.warnings, &options.output),
        Err(error) => {
            let own = json!({"schema": SCHEMA, "converged": false, "construct": null, "n": null, "ledger": null,
                "dimensions": null, "overall": null, "structures": null, "conclusions": null, "warnings": [],
                "provenance": {"version": env!("CARGO_PKG_VERSION"), "data_sha256": null, "seed": null}});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn evidence(options: &ValidateOptions) -> Result<Evidence> {
    let construct = Construct::from_path(&options.construct)?;
    let path = match &options.data {
        Some(path) => path.clone(),
        None => construct.responses_path()?,
    };
    let responses = Responses::read_observed(&construct, path, progress::bar("reading"))?;
    Validation::of(&construct)
        .level(options.level.into())
        .progress(progress::bar("validating"))
        .run(&responses)
}

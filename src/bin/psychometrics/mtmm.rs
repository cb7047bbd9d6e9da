//! `mtmm`: several traits by several methods.

use crate::arguments::{MtmmOptions, listed};
use crate::outcome::Outcome;
use crate::scales::answers_of;
use psychometrics::data::{AnswerFile, AnswerOptions, read_covariance};
use psychometrics::evidence::relations::{Measure, MultitraitMultimethod};
use psychometrics::moments::{LabelledMatrix, Missing, Moments};
use psychometrics::{Error, Result};
use serde_json::json;

const SCHEMA: &str = "psychometrics.mtmm/1";

pub(crate) fn run(options: &MtmmOptions) -> Outcome {
    match found(options) {
        Ok(found) => Outcome::result(SCHEMA, &found, &found.warnings, &options.table.output),
        Err(error) => {
            let own = json!({"schema": SCHEMA, "converged": false, "validities": null, "models": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.table.output)
        }
    }
}

fn found(options: &MtmmOptions) -> Result<MultitraitMultimethod> {
    let measures: Vec<Measure> =
        listed(&options.measures).iter().map(|text| measure(text)).collect::<Result<_>>()?;
    let names: Vec<String> = measures.iter().map(|m| m.variable.clone()).collect();
    let path = options.table.data.path()?;
    let moments = match options.cov {
        Some(n) => {
            let (names, matrix) = read_covariance(path)?;
            let rows = matrix.outer_iter().map(|row| row.to_vec()).collect();
            Moments::from_covariance(&LabelledMatrix::new(names.clone(), names, rows)?, n, None)?
        }
        None => {
            let answers = AnswerOptions { columns: names.clone(), ..answers_of(&options.table.data) };
            let data = AnswerFile::open(path, &answers)?.table()?;
            Moments::of(names.iter().cloned(), data.numeric(&names)?.view(), Missing::Listwise)?
        }
    };
    MultitraitMultimethod::of(&moments, &measures)
}

/// `variable=trait:method`.
fn measure(text: &str) -> Result<Measure> {
    let parts = text.split_once('=').and_then(|(variable, rest)| Some((variable, rest.split_once(':')?)));
    let (variable, (trait_name, method)) = parts.ok_or_else(|| Error::BadOption {
        option: "--measures".into(),
        value: text.into(),
        allowed: "VARIABLE=TRAIT:METHOD, such as care_self=care:self".into(),
    })?;
    let name = |text: &str| text.trim().to_string();
    Ok(Measure { variable: name(variable), trait_name: name(trait_name), method: name(method) })
}

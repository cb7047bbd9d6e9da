//! `ega`: exploratory graph analysis.

use crate::arguments::{EgaOptions, Format};
use crate::outcome::{Outcome, document, read_construct};
use crate::progress;
use crate::retention::published;
use crate::scales::answers_of;
use psychometrics::data::{AnswerFile, Responses};
use psychometrics::factor::{ExploratoryGraph, GraphAnalysis};
use psychometrics::{Error, Result};
use serde_json::json;

const SCHEMA: &str = "psychometrics.ega/1";

pub(crate) fn run(options: &EgaOptions) -> Outcome {
    match graph(options) {
        Ok(found) if options.output.format == Format::Csv => {
            Outcome::text(found.table().csv(), &options.output)
        }
        Ok(found) if options.output.format == Format::Json => {
            let mut own = document(SCHEMA, &found);
            own["converged"] = json!(true);
            Outcome::document(own, &found.warnings, &options.output)
        }
        Ok(found) => Outcome::result_in(SCHEMA, &found, &found.warnings, options.language, &options.output),
        Err(error) => {
            let own = json!({"schema": SCHEMA, "converged": false, "dimensions": null, "items": null, "weights": null,
                "tefi": null, "stability": null, "missing": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn graph(options: &EgaOptions) -> Result<ExploratoryGraph> {
    let analysis = GraphAnalysis::default()
        .basis(options.correlations)
        .gamma(options.gamma)
        .penalties(options.penalties as usize)
        .algorithm(options.algorithm)
        .one_dimension_first(options.one_dimension_first.unwrap_or(true))
        .bootstrap(options.bootstrap as usize)
        .resampling(options.resampling)
        .seed(options.seed)
        .progress(progress::bar("bootstrap"));
    let path = options.data.path()?;
    if options.cov.unwrap_or(false) {
        let (matrix, n) = published(path, options.nobs)?;
        let Some(n) = n else {
            let allowed = "a matrix needs the number of respondents behind it, --nobs N".into();
            return Err(Error::BadOption { option: "--nobs".into(), value: "nothing".into(), allowed });
        };
        return analysis.of_correlations(&matrix, n);
    }
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")) {
        let construct = read_construct(path)?;
        let responses =
            Responses::read_observed(&construct, construct.responses_path()?, progress::bar("reading"))?;
        let named = options.data.columns();
        let items = if named.is_empty() { responses.items().to_vec() } else { named };
        return analysis.of(&items, responses.of_items(&items)?.view());
    }
    let file = AnswerFile::open(path, &answers_of(&options.data))?;
    let (data, names) = (file.table()?, file.items());
    let mut found = analysis.of(names, data.numeric(names)?.view())?;
    found.warnings.splice(0..0, file.warnings().iter().cloned());
    Ok(found)
}

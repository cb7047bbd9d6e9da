//! `retention`: how many factors there are.

use crate::arguments::RetentionOptions;
use crate::outcome::{Outcome, document};
use crate::progress;
use crate::scales::answers_of;
use psychometrics::data::{AnswerFile, read_covariance};
use psychometrics::factor::{Basis, CorrelationMatrix, Retention, RetentionStudy};
use psychometrics::moments::LabelledMatrix;
use psychometrics::{Error, Result};
use serde_json::json;

const SCHEMA: &str = "psychometrics.retention/1";

pub(crate) fn run(options: &RetentionOptions) -> Outcome {
    use crate::arguments::Format;
    match study(options) {
        Ok(found) if options.output.format == Format::Csv => {
            Outcome::text(found.table().csv(), &options.output)
        }
        Ok(found) if options.output.format == Format::Json => {
            let mut own = document(SCHEMA, &found);
            own["converged"] = json!(true);
            Outcome::document(own, &found.warnings, &options.output)
        }
        Ok(found) => Outcome::result(SCHEMA, &found, &found.warnings, &options.output),
        Err(error) => {
            let own = json!({"schema": SCHEMA, "converged": false, "eigenvalues": null, "kmo": null, "bartlett": null,
                "map": null, "parallel": null, "suggestions": null, "missing": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn study(options: &RetentionOptions) -> Result<RetentionStudy> {
    let usual = if options.correlation == Basis::Polychoric { 100 } else { 1000 };
    let mut retention = Retention::default()
        .basis(options.correlation)
        .draws(options.draws)
        .replications(options.replications.map_or(usual, |n| n as usize))
        .seed(options.seed)
        .quantile(options.quantile)
        .progress(progress::bar("parallel analysis"));
    if let Some(samples) = options.comparison_data {
        retention = retention.comparison_data(samples as usize);
    }
    if let Some(most) = options.most {
        retention = retention.most(most as usize);
    }
    if options.cov.unwrap_or(false) {
        let (matrix, n) = published(options.data.path()?, options.nobs)?;
        let Some(n) = n else {
            let allowed = "a matrix needs the number of respondents behind it, --nobs N".into();
            return Err(Error::BadOption { option: "--nobs".into(), value: "nothing".into(), allowed });
        };
        return retention.of_correlations(&matrix, n);
    }
    let file = AnswerFile::open(options.data.path()?, &answers_of(&options.data))?;
    let (data, names) = (file.table()?, file.items());
    let mut found = retention.of(names, data.numeric(names)?.view())?;
    found.warnings.splice(0..0, file.warnings().iter().cloned());
    Ok(found)
}

/// A matrix from a file.
pub(crate) fn published(
    path: &std::path::Path,
    n: Option<usize>,
) -> Result<(CorrelationMatrix, Option<usize>)> {
    let (names, matrix) = read_covariance(path)?;
    let values = matrix.outer_iter().map(|row| row.to_vec()).collect();
    Ok((CorrelationMatrix::of(&LabelledMatrix::new(names.clone(), names, values)?)?, n))
}

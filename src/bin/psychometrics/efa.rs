//! `efa`: exploratory factor analysis.

use crate::arguments::{EfaOptions, Errors, FactorCount, Format};
use crate::outcome::Outcome;
use crate::retention::published;
use crate::rotation::{aims, rotate};
use crate::scales::answers_of;
use psychometrics::correlation::Ordered;
use psychometrics::data::{AnswerFile, AnswerOptions};
use psychometrics::estimate::{Exploration, ExploratoryFactors, FactorErrors, LevelFactors};
use psychometrics::factor::{Criterion, Extraction, Target};
use psychometrics::{Error, Result};
use serde_json::json;

const SCHEMA: &str = "psychometrics.efa/1";

pub(crate) fn run(options: &EfaOptions) -> Outcome {
    match factors(options) {
        Ok(found) if options.output.format == Format::Csv => {
            Outcome::text(found.table().csv(), &options.output)
        }
        Ok(found) => Outcome::result(SCHEMA, &found, &found.warnings, &options.output),
        Err(error) => {
            let mut own = json!({"schema": SCHEMA, "converged": false, "factors": null, "extraction": null, "rotation": null,
                "loadings": null, "phi": null, "communalities": null, "eigenvalues": null, "criterion": null, "fit": null,
                "missing": null, "warnings": []});
            if let FactorCount::Some(k) = options.factors {
                own["factors"] = json!(k);
            }
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn level(count: FactorCount) -> LevelFactors {
    match count {
        FactorCount::Some(k) => LevelFactors::Factors(k),
        FactorCount::Unrestricted => LevelFactors::Unrestricted,
    }
}

fn factors(options: &EfaOptions) -> Result<ExploratoryFactors> {
    let ordered = match options.ordered.as_slice() {
        [] => Ordered::None,
        [all] if all == "all" => Ordered::All,
        names => Ordered::Named(names.to_vec()),
    };
    let by_model = options.missing == psychometrics::moments::Missing::Fiml
        || options.cluster.is_some()
        || options.weights.is_some()
        || options.se != Errors::None;
    let usual = match (by_model, &ordered) {
        (true, Ordered::None) => Extraction::Ml,
        (true, _) => Extraction::Wlsmv,
        _ => Extraction::Minres,
    };
    let mut exploration = match options.factors {
        FactorCount::Some(k) => Exploration::new(k),
        FactorCount::Unrestricted if options.factors_between.is_some() => Exploration::new(1),
        FactorCount::Unrestricted => {
            let allowed = "a number; unrestricted levels are those of clusters (--factors-between)".into();
            return Err(Error::BadOption {
                option: "--factors".into(),
                value: "unrestricted".into(),
                allowed,
            });
        }
    };
    exploration = exploration
        .extraction(options.extraction.unwrap_or(usual))
        .ordered(ordered)
        .missing(options.missing)
        .conventions(options.mimic)
        .errors(match options.se {
            Errors::None => FactorErrors::None,
            Errors::Standard => FactorErrors::Standard,
            Errors::Robust => FactorErrors::Robust,
        });
    if let Some(information) = options.information {
        exploration = exploration.information(information);
    }
    if let Some(between) = options.factors_between {
        exploration = exploration.levels(level(options.factors), level(between));
    }
    if let Some(cluster) = &options.cluster {
        exploration = exploration.cluster(cluster);
    }
    if let Some(weights) = &options.weights {
        exploration = exploration.weights(weights);
    }
    let orthogonal = options.orthogonal.unwrap_or(false);
    let oblimin = Criterion::Oblimin { gamma: 0.0 };
    let rotate = rotate(&options.rotation, oblimin, (100, options.seed), orthogonal, options.mimic);
    if options.cov.unwrap_or(false) {
        let (matrix, n) = published(&options.data.data, options.nobs)?;
        let rotate = rotate_to(options, rotate, matrix.names())?;
        return exploration.rotate(rotate).of_correlations(&matrix, n);
    }
    let others: Vec<String> = options.cluster.iter().chain(&options.weights).cloned().collect();
    let file = AnswerFile::open(&options.data.data, &AnswerOptions { others, ..answers_of(&options.data) })?;
    let (data, names) = (file.table()?, file.items());
    let rotate = rotate_to(options, rotate, names)?;
    let mut found = exploration.rotate(rotate).of(names, &data)?;
    found.warnings.splice(0..0, file.warnings().iter().cloned());
    Ok(found)
}

/// With the target of a file.
fn rotate_to(
    options: &EfaOptions,
    rotate: psychometrics::factor::Rotate,
    names: &[String],
) -> Result<psychometrics::factor::Rotate> {
    let Some(path) = &options.rotation.rotation_target else { return Ok(rotate) };
    let FactorCount::Some(k) = options.factors else { return Ok(rotate) };
    let bad = |value: String, allowed: String| {
        Err(Error::BadOption { option: format!("--rotation-target {}", path.display()), value, allowed })
    };
    let mut columns: Vec<String> = Vec::new();
    let mut values = vec![vec![None; k]; names.len()];
    for (item, factor, loading) in aims(path)? {
        let Some(i) = names.iter().position(|name| *name == item) else {
            return bad(item, "its rows are items that are analysed".into());
        };
        let j = columns.iter().position(|name| *name == factor).unwrap_or_else(|| {
            columns.push(factor.clone());
            columns.len() - 1
        });
        if j >= k {
            return bad(factor, format!("{k} columns, one for each factor"));
        }
        values[i][j] = Some(loading);
    }
    Ok(rotate.target(Target { values }))
}

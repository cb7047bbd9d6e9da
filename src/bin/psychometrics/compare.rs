//! `compare`: difference tests and information criteria of documents that `fit` wrote.

use crate::arguments::{Cli, Command, CompareOptions};
use crate::outcome::Outcome;
use crate::{estimating, fit};
use clap::Parser;
use psychometrics::estimate::{Comparison, DifferenceTest, FittedModel, compare, compare_measures};
use psychometrics::{Error, Fit, Result};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const SCHEMA: &str = "psychometrics.compare/1";

pub(crate) fn run(options: &CompareOptions) -> Outcome {
    match comparison(options) {
        Ok(comparison) => Outcome::result(SCHEMA, &comparison, &comparison.warnings, &options.output),
        Err(error) => {
            let own = json!({"schema": SCHEMA, "converged": false, "models": null, "differences": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn comparison(options: &CompareOptions) -> Result<Comparison> {
    let documents: Vec<(String, Value)> =
        options.fits.iter().map(|path| Ok((name(path), read(path)?))).collect::<Result<_>>()?;
    let by_default =
        documents.first().map_or(DifferenceTest::Standard, |(_, document)| {
            match document["test"].as_str().unwrap_or("standard") {
                "standard" => DifferenceTest::Standard,
                "mean.var.adjusted" | "scaled.shifted" => DifferenceTest::Satorra2000,
                _ => DifferenceTest::SatorraBentler2001,
            }
        });
    let method = options.method.unwrap_or(by_default);
    if matches!(method, DifferenceTest::SatorraBentler2010 | DifferenceTest::Satorra2000) {
        let fits: Vec<Fit> =
            documents.iter().map(|(name, document)| again(name, document)).collect::<Result<_>>()?;
        let named: Vec<(&str, &Fit)> = documents.iter().map(|(name, _)| name.as_str()).zip(&fits).collect();
        return compare(&named, Some(method));
    }
    let models = documents.iter().map(|(name, document)| {
        let nobs = document["nobs"].as_array().into_iter().flatten();
        let nobs = nobs.filter_map(Value::as_u64).map(|n| n as usize).collect();
        let estimator = document["estimator"].as_str().unwrap_or_default();
        FittedModel::new(name, estimator, nobs, |measure| document["fit"][measure].as_f64())
    });
    compare_measures(models.collect::<Result<_>>()?, method)
}

/// The file's name without its extension.
fn name(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

fn read(path: &PathBuf) -> Result<Value> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Error::Unreadable { path: path.clone(), reason: e.to_string() })?;
    let wrong = |reason: String| Error::Unreadable { path: path.clone(), reason };
    let document: Value = serde_json::from_str(&text).map_err(|e| wrong(format!("it is no JSON: {e}")))?;
    if document["schema"] != estimating::SCHEMA {
        return Err(wrong("it is no document of 'psychometrics fit --format json'".into()));
    }
    if document["imputation"].is_object() {
        return Err(Error::Unsupported {
            what: format!("a comparison of fits to imputed data ({})", path.display()),
            instead: "Compare fits by full information (--missing fiml): a pooled chi-square is no likelihood ratio that \
                      could be subtracted."
                .into(),
        });
    }
    Ok(document)
}

/// The fit of a document, made again from its call.
fn again(name: &str, document: &Value) -> Result<Fit> {
    let lost = |what: &str| Error::Unsupported {
        what: format!("fitting '{name}' again, which this test needs: {what}"),
        instead: "Run 'fit' again, or take --method satorra.bentler.2001.".into(),
    };
    let call = &document["call"];
    let arguments: Vec<&str> =
        call["arguments"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let model = call["model"].as_str().ok_or_else(|| lost("the document does not hold its call"))?;
    let Ok(Cli { command: Command::Fit(mut options) }) =
        Cli::try_parse_from(std::iter::once("psychometrics").chain(arguments))
    else {
        return Err(lost("its call cannot be read"));
    };
    if let Some(directory) = call["directory"].as_str() {
        options.data.data = options.data.data.map(|data| Path::new(directory).join(data));
        let files = options.data.from_aggregates.iter_mut().chain(&mut options.data.second_pass);
        files.for_each(|file| *file = Path::new(directory).join(&*file));
    }
    if options.data.data.as_ref().is_some_and(|data| data.exists() && !data.is_file()) {
        return Err(lost("its data came through a pipe, which cannot be read again"));
    }
    fit::fitted(&options, model)
}

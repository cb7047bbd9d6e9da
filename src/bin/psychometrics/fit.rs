//! `fit`: a model in lavaan syntax, fitted to data or to a published covariance matrix.

use crate::arguments::FitOptions;
use crate::outcome::{Failure, Format, Outcome, document};
use crate::progress;
use psychometrics::data::{CsvOptions, CsvSource, Dataset, read_covariance, read_means};
use psychometrics::estimate::Residuals;
use psychometrics::model::{Covariates, Equality, LatentCovariances, MeanStructure, Scaling, Variances};
use psychometrics::moments::{LabelledMatrix, Missing, Moments};
use psychometrics::report::{Report, Table};
use psychometrics::{Error, Estimation, Estimator, Fit, Model, Result};
use serde_json::{Value, json};

const SCHEMA: &str = "psychometrics.fit/1";

pub(crate) fn run(options: &FitOptions) -> Outcome {
    let fit = match fitted(options) {
        Ok(fit) => fit,
        Err(error) => return Outcome::failure(&error, Some(without_fit()), &options.output),
    };
    let failure = (!fit.converged).then(|| {
        let hint = fit.status.hint().unwrap_or_default();
        Failure::new(
            fit.status.code(),
            format!("the model {}", fit.status),
            hint,
            options.model.display().to_string(),
        )
    });
    let outcome = match options.output.format {
        Format::Json => {
            let mut document = document(SCHEMA, &fit);
            further(options, &fit, &mut document);
            if let Some(failure) = &failure {
                document["error"] = failure.document();
            }
            Outcome::document(document, &fit.warnings, &options.output)
        }
        Format::Text | Format::Markdown => {
            let mut page = fit.page();
            further_tables(options, &fit).into_iter().for_each(|table| page.table(table));
            let text = if options.output.format == Format::Text { page.text() } else { page.markdown() };
            Outcome::text(text, &options.output)
        }
        Format::Csv => return Outcome::result(SCHEMA, &fit, &fit.warnings, &options.output),
    };
    match failure {
        Some(failure) => outcome.unsolved(&failure),
        None => outcome,
    }
}

fn fitted(options: &FitOptions) -> Result<Fit> {
    let text = std::fs::read_to_string(&options.model)
        .map_err(|e| Error::Unreadable { path: options.model.clone(), reason: e.to_string() })?;
    let model: Model = text.parse()?;
    let yes = |switch: Option<bool>| switch.unwrap_or(false);
    let estimator = Estimator::from(options.estimator);
    let mut estimation = Estimation::new(estimator)
        .function(options.function.into())
        .scaling(if yes(options.std_lv) { Scaling::UnitVariance } else { Scaling::Marker })
        .latent_covariances(if yes(options.orthogonal) {
            LatentCovariances::Orthogonal
        } else {
            LatentCovariances::Free
        })
        .means(match options.meanstructure {
            None => MeanStructure::Automatic,
            Some(true) => MeanStructure::Included,
            Some(false) => MeanStructure::Excluded,
        })
        .covariates(if options.fixed_x.unwrap_or(true) { Covariates::Fixed } else { Covariates::Random })
        .variances(if yes(options.auto_var) { Variances::Added } else { Variances::Automatic })
        .likelihood(options.likelihood.into())
        .conventions(options.mimic.into());
    if let Some(information) = options.information {
        estimation = estimation.information(information.into());
    }
    if let Some(standard_errors) = options.se {
        estimation = estimation.standard_errors(standard_errors.into());
    }
    if let Some(test) = options.test {
        estimation = estimation.test(test.into());
    }
    let by_moments = estimator == Estimator::Ml && options.se.is_none() && options.test.is_none();
    match &options.group {
        None if !by_moments && !options.cov.unwrap_or(false) => {
            estimation.fit(&model, &Dataset::read(&options.data.data, &csv_options(options, &model)?)?)
        }
        None => estimation.fit_moments(&model, &moments(options, &model)?),
        Some(_) if options.cov.unwrap_or(false) => Err(Error::BadOption {
            option: "--group".into(),
            value: "with --cov".into(),
            allowed: "groups are read from data".into(),
        }),
        Some(group) => {
            let estimation = estimation
                .group(group)
                .equal(options.group_equal.iter().map(|kind| Equality::from(*kind)))
                .partial(options.group_partial.iter());
            let mut csv = csv_options(options, &model)?;
            csv.columns.push(group.clone());
            estimation.fit(&model, &Dataset::read(&options.data.data, &csv)?)
        }
    }
}

/// The moments of the model's variables, streamed from the data or read as published.
fn moments(options: &FitOptions, model: &Model) -> Result<Moments> {
    if options.cov.unwrap_or(false) {
        return published(options);
    }
    for (option, given) in [("--nobs", options.nobs.is_some()), ("--means", options.means.is_some())] {
        if given {
            let allowed = "it belongs to --cov; with data the rows are counted".into();
            return Err(Error::BadOption { option: option.into(), value: "given".into(), allowed });
        }
    }
    Moments::read(&CsvSource::open(&options.data.data, &csv_options(options, model)?)?, Missing::Listwise)
}

/// The model's variables, and no others.
fn csv_options(options: &FitOptions, model: &Model) -> Result<CsvOptions> {
    let observed = model.observed_names();
    let columns = &options.data.columns;
    if !columns.is_empty()
        && let Some(left_out) = observed.iter().find(|name| !columns.contains(name))
    {
        return Err(Error::BadOption {
            option: "--columns".into(),
            value: columns.join(","),
            allowed: format!("the model needs '{left_out}' too"),
        });
    }
    Ok(CsvOptions {
        columns: observed,
        missing_codes: options.data.missing_codes.clone(),
        progress: progress::bar("reading"),
    })
}

fn published(options: &FitOptions) -> Result<Moments> {
    let Some(n) = options.nobs else {
        let allowed = "a covariance matrix needs the number of respondents behind it, --nobs N".into();
        return Err(Error::BadOption { option: "--nobs".into(), value: "nothing".into(), allowed });
    };
    let (names, matrix) = read_covariance(&options.data.data)?;
    let values = matrix.outer_iter().map(|row| row.to_vec()).collect();
    let matrix = LabelledMatrix::new(names.clone(), names.clone(), values)?;
    let means = match &options.means {
        None => None,
        Some(path) => {
            let (named, values) = read_means(path)?;
            let of = |name: &String| named.iter().position(|n| n == name).map(|i| values[i]);
            let means: Vec<f64> = names.iter().filter_map(of).collect();
            if means.len() != names.len() {
                let what = format!("means in {} for the variables of the covariance matrix", path.display());
                return Err(Error::WrongSize { what, found: means.len(), expected: names.len() });
            }
            Some(means)
        }
    };
    Moments::from_covariance(&matrix, n, means.as_deref())
}

/// The outputs on request, as keys of the document: of several groups, by their names.
fn further(options: &FitOptions, fit: &Fit, document: &mut Value) {
    let asked = |switch: Option<bool>| switch.unwrap_or(false);
    if asked(options.residuals) {
        let of = |r: &Residuals| json!({"cov": r.covariance, "cor": r.correlation, "mean": r.mean});
        document["residuals"] = by_group(fit, fit.residuals().iter().map(of));
    }
    if asked(options.implied) {
        let (covariances, means) = (fit.implied_covariance(), fit.implied_means());
        let both = covariances.iter().zip(&means).map(|(cov, mean)| json!({"cov": cov, "mean": mean}));
        document["implied"] = by_group(fit, both);
    }
    if asked(options.vcov) {
        document["vcov"] = json!(fit.vcov());
    }
    if asked(options.r2) {
        document["r2"] = by_group(fit, fit.r_squared().iter().map(|shares| json!(shares)));
    }
}

fn by_group(fit: &Fit, values: impl Iterator<Item = Value>) -> Value {
    if fit.groups.is_empty() {
        return values.into_iter().next().unwrap_or(Value::Null);
    }
    Value::Object(fit.groups.iter().cloned().zip(values).collect())
}

/// The same as tables. Explained variances stand on the page in any case.
fn further_tables(options: &FitOptions, fit: &Fit) -> Vec<Table> {
    let asked = |switch: Option<bool>| switch.unwrap_or(false);
    let titled = |title: &str, group: usize| match fit.groups.get(group) {
        Some(name) => format!("{title}, {name}"),
        None => title.into(),
    };
    let mut tables = Vec::new();
    if asked(options.residuals) {
        for (group, residuals) in fit.residuals().iter().enumerate() {
            let title = titled("Residual covariances (observed minus implied)", group);
            tables.push(Table::of_matrix(title, &residuals.covariance, 3));
            tables.push(Table::of_matrix(titled("Residual correlations", group), &residuals.correlation, 3));
        }
    }
    if asked(options.implied) {
        for (group, implied) in fit.implied_covariance().iter().enumerate() {
            tables.push(Table::of_matrix(titled("Implied covariances", group), implied, 3));
        }
    }
    if asked(options.vcov)
        && let Some(vcov) = fit.vcov()
    {
        tables.push(Table::of_matrix("Covariances of the estimates", &vcov, 5));
    }
    tables
}

/// The document of a fit that could not be begun.
fn without_fit() -> Value {
    let measures =
        ["npar", "chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr", "logl", "aic", "bic", "ntotal"];
    let fit: serde_json::Map<String, Value> =
        measures.map(|name| (name.to_string(), Value::Null)).into_iter().collect();
    json!({"schema": SCHEMA, "converged": false, "iterations": null, "estimator": "ML", "nobs": null, "groups": [],
        "parameters": [], "fit": fit, "warnings": []})
}

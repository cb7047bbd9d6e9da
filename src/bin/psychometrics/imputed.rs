//! `fit --imputations` and `fit --imputed`: missing answers imputed several times, here or by another program, and the fits
//! pooled.

use crate::arguments::{FitOptions, Format, listed};
use crate::estimating::{SCHEMA, call, csv_options, estimation};
use crate::outcome::{Outcome, document as schema_document};
use crate::reading;
use psychometrics::data::{CsvOptions, read_completed};
use psychometrics::estimate::PooledFit;
use psychometrics::moments::Missing;
use psychometrics::report::{Language, Report, Table};
use psychometrics::simulate::{Imputation, Imputer};
use psychometrics::{Error, Model, Result};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Where completed data sets come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CompletedSets<'a> {
    /// From the imputer, so many.
    Imputed(usize),
    /// From these files.
    Read(&'a [PathBuf]),
}

impl<'a> CompletedSets<'a> {
    /// None where the fit is to one data set.
    pub(crate) fn of(options: &'a FitOptions) -> Option<Self> {
        match (options.imputation.imputations, options.imputation.imputed.as_slice()) {
            (Some(m), _) => Some(Self::Imputed(m as usize)),
            (None, []) => None,
            (None, files) => Some(Self::Read(files)),
        }
    }

    fn option(self) -> &'static str {
        match self {
            Self::Imputed(_) => "--imputations",
            Self::Read(_) => "--imputed",
        }
    }
}

pub(crate) fn document(options: &FitOptions, text: &str, sets: CompletedSets<'_>) -> Result<Outcome> {
    refuse(options, sets)?;
    let model: Model = text.parse()?;
    let csv = csv_options(options, &model)?;
    match sets {
        CompletedSets::Imputed(m) => {
            let imputed = impute(options, &model, csv, m)?;
            let fit = estimation(options, &model)?.fit_imputed(&model, &imputed.datasets)?;
            let own = json!({"iterations": imputed.iterations, "seed": imputed.seed, "method": imputed.method,
                "donors": imputed.donors, "variables": imputed.variables});
            Ok(outcome(options, text, &fit, own, Some(imputed.table())))
        }
        CompletedSets::Read(files) => {
            let mut csv = csv;
            csv.columns.extend(options.group.clone());
            let data = read_completed(files, &csv, &model.observed_names())?;
            let fit = estimation(options, &model)?.fit_imputed(&model, &data)?;
            let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
            Ok(outcome(options, text, &fit, json!({"files": files}), None))
        }
    }
}

pub(crate) fn impute(
    options: &FitOptions,
    model: &Model,
    mut csv: CsvOptions,
    m: usize,
) -> Result<Imputation> {
    let mut variables = model.observed_names();
    let mut predictors = Vec::new();
    for name in listed(&options.imputation.imputation_predictors) {
        // a weight that is missing is no answer to impute
        let list = if options.weights.as_ref() == Some(&name) { &mut predictors } else { &mut variables };
        if !list.contains(&name) {
            list.push(name);
        }
    }
    csv.columns.clone_from(&variables);
    for name in options.cluster.iter().chain(&options.group).chain(&options.weights) {
        if !csv.columns.contains(name) {
            csv.columns.push(name.clone());
        }
    }
    let data = reading::table(options.data()?, &csv)?;
    let mut imputer = Imputer::new(variables)
        .predictors(predictors)
        .imputations(m)
        .iterations(options.imputation.imputation_iterations as usize)
        .seed(options.seed);
    if let Some(group) = &options.group {
        imputer = imputer.within(group);
    }
    imputer.impute(&data)
}

/// The pooled fit in the format asked for, with what is known of the completed data sets.
fn outcome(options: &FitOptions, text: &str, fit: &PooledFit, own: Value, table: Option<Table>) -> Outcome {
    match options.output.format {
        Format::Json => {
            let mut document = schema_document(SCHEMA, fit);
            for (key, value) in own.as_object().into_iter().flatten() {
                document["imputation"][key] = value.clone();
            }
            document["call"] = call(text);
            Outcome::document(document, &fit.warnings, &options.output)
        }
        Format::Csv => Outcome::result(SCHEMA, fit, &fit.warnings, &options.output),
        _ => {
            let mut page = fit.page();
            table.into_iter().for_each(|table| page.table(table));
            Outcome::page(&page, Language::English, &options.output)
        }
    }
}

/// What belongs to one data set, and not to many.
fn refuse(options: &FitOptions, sets: CompletedSets<'_>) -> Result<()> {
    let with = || format!("with {}", sets.option());
    let further = [
        ("--cov", options.cov),
        ("--residuals", options.residuals),
        ("--implied", options.implied),
        ("--vcov", options.vcov),
        ("--r2", options.r2),
        ("--modification-indices", options.modification_indices),
        ("--effects", options.effects),
        ("--profile", options.profile),
        ("--curves", options.curves),
        ("--reliability", options.reliability),
        ("--scores", options.scores.map(|_| true)),
        ("--nobs", options.nobs.map(|_| true)),
        ("--means", options.means.as_ref().map(|_| true)),
    ];
    if let Some((option, _)) = further.into_iter().find(|(_, given)| *given == Some(true)) {
        return Err(Error::BadOption {
            option: option.into(),
            value: with(),
            allowed: "it is of one data set; define indirect effects in the model (ab := a*b)".into(),
        });
    }
    if options.missing != Missing::Listwise {
        return Err(Error::BadOption {
            option: "--missing".into(),
            value: with(),
            allowed: "imputed answers are not missing: leave one of the two out".into(),
        });
    }
    Ok(())
}

//! `efa --imputations` and `efa --imputed`: missing answers imputed several times, here or by another program, and the factors
//! brought together and pooled.

use crate::arguments::{EfaOptions, listed};
use crate::scales::answers_of;
use psychometrics::data::{AnswerFile, AnswerOptions, CsvOptions, Dataset, read_completed};
use psychometrics::moments::Missing;
use psychometrics::report::Table;
use psychometrics::simulate::Imputer;
use psychometrics::{Error, Result, Warning};
use serde_json::{Value, json};

/// Completed data sets, with what is known of them.
pub(crate) struct Completed {
    pub(crate) names: Vec<String>,
    pub(crate) data: Vec<Dataset>,
    pub(crate) warnings: Vec<Warning>,
    /// How they were made, for the document,
    pub(crate) own: Value,
    /// and for the page.
    pub(crate) table: Option<Table>,
}

/// The completed data sets that are asked for; none where the factors are those of one file.
pub(crate) fn completed(options: &EfaOptions) -> Result<Option<Completed>> {
    let own = &options.imputation;
    if own.imputations.is_none() && own.imputed.is_empty() {
        return Ok(None);
    }
    refuse(options)?;
    let others: Vec<String> = options.cluster.iter().chain(&options.weights).cloned().collect();
    let answers = |further: &[String]| AnswerOptions {
        others: others.iter().chain(further).cloned().collect(),
        ..answers_of(&options.data)
    };
    let Some(m) = own.imputations else {
        let file = AnswerFile::open(&own.imputed[0], &answers(&[]))?;
        let names = file.items().to_vec();
        let csv = CsvOptions {
            columns: names.iter().chain(&others).cloned().collect(),
            missing_codes: options.data.missing_codes.clone(),
            as_words: options.cluster.iter().cloned().collect(),
            layout: options.data.layout(),
            ..CsvOptions::default()
        };
        let data = read_completed(&own.imputed, &csv, &names)?;
        let files: Vec<String> = own.imputed.iter().map(|file| file.display().to_string()).collect();
        let (warnings, own) = (file.warnings().to_vec(), json!({"files": files}));
        return Ok(Some(Completed { names, data, warnings, own, table: None }));
    };
    let predictors = listed(&own.imputation_predictors);
    let file = AnswerFile::open(options.data.path()?, &answers(&predictors))?;
    let names: Vec<String> = file.items().iter().filter(|name| !predictors.contains(name)).cloned().collect();
    // a weight is never missing; the answers of other variables are imputed with the rest
    let (weights, further): (Vec<&String>, Vec<&String>) =
        predictors.iter().partition(|name| options.weights.as_ref() == Some(*name));
    let imputed = Imputer::new(names.iter().chain(further).cloned().collect::<Vec<String>>())
        .predictors(weights.into_iter().cloned().collect::<Vec<String>>())
        .imputations(m as usize)
        .iterations(own.imputation_iterations as usize)
        .seed(options.seed)
        .impute(&file.table()?)?;
    let document = json!({"iterations": imputed.iterations, "seed": imputed.seed, "method": imputed.method,
        "donors": imputed.donors, "variables": imputed.variables});
    let (table, warnings) = (Some(imputed.table()), file.warnings().to_vec());
    Ok(Some(Completed { names, data: imputed.datasets, warnings, own: document, table }))
}

/// What belongs to one data set, and not to many.
fn refuse(options: &EfaOptions) -> Result<()> {
    let option = if options.imputation.imputations.is_some() { "--imputations" } else { "--imputed" };
    let refused = |given: &str, allowed: &str| {
        Err(Error::BadOption {
            option: given.into(),
            value: format!("with {option}"),
            allowed: allowed.into(),
        })
    };
    if options.missing != Missing::Listwise {
        return refused("--missing", "imputed answers are not missing: leave one of the two out");
    }
    let of_one = "it is of one data set: leave it out";
    match options {
        _ if options.cov == Some(true) => refused("--cov", of_one),
        _ if options.cross_validate == Some(true) => refused("--cross-validate", of_one),
        _ if !options.data.from_aggregates.is_empty() => refused("--from-aggregates", of_one),
        _ => Ok(()),
    }
}

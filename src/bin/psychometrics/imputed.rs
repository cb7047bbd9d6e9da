//! `fit --imputations`: missing answers imputed several times, the fits pooled.

use crate::arguments::FitOptions;
use crate::fit::{SCHEMA, call, csv_options, estimation};
use crate::outcome::{Format, Outcome, document as schema_document};
use psychometrics::data::Dataset;
use psychometrics::moments::Missing;
use psychometrics::report::{Language, Report};
use psychometrics::simulate::Imputer;
use psychometrics::{Error, Model, Result};
use serde_json::json;

pub(crate) fn document(options: &FitOptions, text: &str, m: usize) -> Result<Outcome> {
    refuse(options)?;
    let model: Model = text.parse()?;
    let mut csv = csv_options(options, &model)?;
    let mut variables = model.observed_names();
    for name in &options.imputation_predictors {
        if !variables.contains(name) {
            variables.push(name.clone());
        }
    }
    csv.columns = variables.iter().chain(&options.cluster).chain(&options.group).cloned().collect();
    let data = Dataset::read(&options.data.data, &csv)?;
    let mut imputer = Imputer::new(variables)
        .imputations(m)
        .iterations(options.imputation_iterations as usize)
        .seed(options.seed);
    if let Some(group) = &options.group {
        imputer = imputer.within(group);
    }
    let imputed = imputer.impute(&data)?;
    let fit = estimation(options).fit_imputed(&model, &imputed.datasets)?;
    Ok(match options.output.format {
        Format::Json => {
            let mut document = schema_document(SCHEMA, &fit);
            let own = &mut document["imputation"];
            own["iterations"] = json!(imputed.iterations);
            own["seed"] = json!(imputed.seed);
            own["method"] = json!(imputed.method);
            own["donors"] = json!(imputed.donors);
            own["variables"] = json!(imputed.variables);
            document["call"] = call(text);
            Outcome::document(document, &fit.warnings, &options.output)
        }
        Format::Csv => Outcome::result(SCHEMA, &fit, &fit.warnings, &options.output),
        _ => {
            let mut page = fit.page();
            page.table(imputed.table());
            Outcome::page(&page, Language::English, &options.output)
        }
    })
}

/// What belongs to one data set, and not to many.
fn refuse(options: &FitOptions) -> Result<()> {
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
    ];
    if let Some((option, _)) = further.into_iter().find(|(_, given)| *given == Some(true)) {
        return Err(Error::BadOption {
            option: option.into(),
            value: "with --imputations".into(),
            allowed: "it is of one data set; define indirect effects in the model (ab := a*b)".into(),
        });
    }
    if Missing::from(options.missing) != Missing::Listwise {
        return Err(Error::BadOption {
            option: "--missing".into(),
            value: "with --imputations".into(),
            allowed: "imputed answers are not missing: leave one of the two out".into(),
        });
    }
    Ok(())
}

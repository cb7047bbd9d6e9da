//! `content`, `agreement` and `perspectives`: what experts, coders and interviewed people contribute.

use crate::arguments::{AgreementOptions, ContentOptions, PerspectiveOptions, listed};
use crate::outcome::{Outcome, read_construct};
use crate::scales::{answers_of, read_table};
use psychometrics::construct::Construct;
use psychometrics::evidence::Resampling;
use psychometrics::evidence::content::{
    Agreement, Codes, ContentValidity, Excerpts, ExpertRatings, ItemSort, Perspectives, RatingScale,
};
use psychometrics::{Error, Result};
use serde_json::json;

pub(crate) fn content(options: &ContentOptions) -> Outcome {
    let schema = "psychometrics.content/1";
    let output = &options.table.output;
    let failed = |error: &Error| {
        let own = json!({"schema": schema, "converged": false, "items": null, "scale": null, "warnings": []});
        Outcome::failure(error, Some(own), output)
    };
    if options.sort {
        return match sort(options) {
            Ok(found) => Outcome::result("psychometrics.item_sort/1", &found, &found.warnings, output),
            Err(error) => failed(&error),
        };
    }
    match validity(options) {
        Ok(found) => Outcome::result(schema, &found, &found.warnings, output),
        Err(error) => failed(&error),
    }
}

fn validity(options: &ContentOptions) -> Result<ContentValidity> {
    let (low, high) = options.scale;
    let relevant = options.relevant.unwrap_or(high - 1.0);
    let scale = RatingScale { low, high, relevant, essential: options.essential.unwrap_or(relevant) };
    let data = &options.table.data;
    let (ratings, left_out) = ExpertRatings::read(data.path()?, &answers_of(data), scale)?;
    let construct = options.construct.as_deref().map(read_construct).transpose()?;
    if let Some(construct) = &construct {
        ratings.check_items(construct.items.iter().map(|i| i.id.as_str()))?;
    }
    let mut found =
        ContentValidity::of(&ratings, |item| Some(construct.as_ref()?.item(item)?.dimension.clone()));
    found.warnings.splice(0..0, left_out);
    Ok(found)
}

fn sort(options: &ContentOptions) -> Result<ItemSort> {
    let construct =
        options.construct.as_deref().map(read_construct).transpose()?.ok_or_else(|| Error::BadOption {
            option: "--sort".into(),
            value: "without --construct".into(),
            allowed: "the construct file tells which dimension each item was meant for".into(),
        })?;
    let dimensions: Vec<&str> = construct.dimensions.iter().map(|d| d.id.as_str()).collect();
    let intended = |item: &str| construct.item(item).map(|i| i.dimension.clone());
    ItemSort::of(&read_table(&options.table)?, intended, &dimensions)
}

pub(crate) fn agreement(options: &AgreementOptions) -> Outcome {
    let schema = "psychometrics.agreement/1";
    let resampling = Resampling { replicates: options.bootstrap as usize, seed: options.seed };
    let found = || {
        let data = &options.table.data;
        let (codes, left_out) = Codes::read(data.path()?, &answers_of(data), &listed(&options.codes))?;
        let mut found = Agreement::of(&codes, resampling)?;
        found.warnings.splice(0..0, left_out);
        Ok(found)
    };
    match found() {
        Ok(found) => Outcome::result(schema, &found, &found.warnings, &options.table.output),
        Err(error) => {
            let own = json!({"schema": schema, "converged": false, "units": null, "coders": null, "percent": null,
                "cohen": null, "fleiss": null, "krippendorff": null, "gwet": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.table.output)
        }
    }
}

pub(crate) fn perspectives(options: &PerspectiveOptions) -> Outcome {
    let schema = "psychometrics.perspectives/1";
    let found = || {
        let construct = options.construct.as_deref().map(read_construct).transpose()?;
        let dimensions = construct.as_ref().map(Construct::facets_by_dimension).unwrap_or_default();
        let excerpts = Excerpts::of(&read_table(&options.table)?, &dimensions)?;
        let ids: Vec<String> = dimensions.into_iter().map(|(id, _)| id).collect();
        Ok(Perspectives::of(&excerpts, &ids))
    };
    let output = &options.table.output;
    match found() {
        Ok(found) => Outcome::result(schema, &found, &found.warnings, output),
        Err(error) => {
            let own = json!({"schema": schema, "converged": false, "groups": null, "dimensions": null, "warnings": []});
            Outcome::failure(&error, Some(own), output)
        }
    }
}

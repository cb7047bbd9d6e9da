//! `validate`: the whole validation that a construct file describes; `validity`: the part of it that is about relations.

use crate::arguments::Format;
use crate::arguments::ValidateOptions;
use crate::outcome::{Outcome, document, read_construct};
use crate::progress;
use psychometrics::construct::Construct;
use psychometrics::data::Responses;
use psychometrics::evidence::{Evidence, Resampling, SensitivityRun, Validation};
use psychometrics::moments::sql::read_aggregates;
use psychometrics::report::{Page, Report, ValidationReport, ValidityReport};
use psychometrics::{Error, Result};
use serde_json::{Value, json};

const SCHEMA: &str = "psychometrics.validate/1";
const VALIDITY: &str = "psychometrics.validity/1";

pub(crate) fn run(options: &ValidateOptions) -> Outcome {
    let found = match options.from_aggregates.is_empty() {
        // repeated as the construct file says
        true => evidence(options, |validation| validation),
        false => evidence_of_sums(options),
    };
    match found {
        Ok(evidence) => {
            let page = || ValidationReport::new(&evidence).language(options.language).page();
            delivered(options, &evidence, document(SCHEMA, &evidence), page)
        }
        Err(error) => {
            let own = json!({"schema": SCHEMA, "converged": false, "construct": null, "n": null, "ledger": null,
                "dimensions": null, "overall": null, "structures": null, "relations": null, "hypotheses": null,
                "content": null, "mcar": null, "careless": null, "aggregation": null, "sensitivity": null,
                "map": null, "conclusions": null, "warnings": [],
                "provenance": {"version": env!("CARGO_PKG_VERSION"), "data_sha256": null, "seed": null}});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

pub(crate) fn validity(options: &ValidateOptions) -> Outcome {
    // what the construct file says of sensitivity is about the whole
    let found = match options.from_aggregates.is_empty() {
        true => evidence(options, |validation| validation.sensitivity(SensitivityRun::None).relations_only()),
        false => Err(Error::Unsupported {
            what: "relations to other variables from aggregates".into(),
            instead: "Give the rows; `validate --from-aggregates` has what sums tell.".into(),
        }),
    };
    match found {
        Ok(evidence) => {
            let report = ValidationReport::new(&evidence).language(options.language);
            let page = || ValidityReport(report).page();
            let all = json!(evidence.relations);
            let mut own = json!({"schema": VALIDITY, "n": evidence.n});
            for key in ["convergent", "discriminant", "criterion", "incremental", "known_groups", "paths"] {
                own[key] = all[key].clone();
            }
            own["hypotheses"] = json!(evidence.hypotheses);
            own["hypothesis_tally"] = json!(evidence.hypothesis_tally);
            own["method"] = json!(evidence.method);
            own["warnings"] = json!(evidence.warnings);
            own["provenance"] = json!(evidence.provenance);
            delivered(options, &evidence, own, page)
        }
        Err(error) => {
            let own = json!({"schema": VALIDITY, "converged": false, "convergent": null, "discriminant": null,
                "criterion": null, "hypotheses": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

/// The document, or the page in the format asked for.
fn delivered(
    options: &ValidateOptions,
    evidence: &Evidence,
    document: Value,
    page: impl Fn() -> Page,
) -> Outcome {
    match options.output.format {
        Format::Json => Outcome::document(document, &evidence.warnings, &options.output),
        _ => Outcome::page(&page(), options.language, &options.output),
    }
}

/// The evidence; of a validation that the options do not repeat without the flagged as `unless_repeated` has it.
fn evidence(
    options: &ValidateOptions,
    unless_repeated: fn(Validation<'_>) -> Validation<'_>,
) -> Result<Evidence> {
    check_weights(options)?;
    let mut construct = read_construct(&options.construct)?;
    options.layout.overrule(&mut construct);
    let path = match &options.data {
        Some(path) => path.clone(),
        None => construct.responses_path()?,
    };
    let responses = Responses::read_observed(&construct, path, progress::bar("reading"))?;
    let validation = validation(options, &construct);
    let validation = match options.sensitivity {
        Some(flags) => validation.sensitivity(SensitivityRun::WithoutFlagged { flags }),
        None => unless_repeated(validation),
    };
    validation.run(&responses)
}

fn evidence_of_sums(options: &ValidateOptions) -> Result<Evidence> {
    check_weights(options)?;
    let construct = read_construct(&options.construct)?;
    let aggregate = read_aggregates(&options.from_aggregates)?;
    validation(options, &construct).run_aggregate(&aggregate)
}

fn check_weights(options: &ValidateOptions) -> Result<()> {
    match options.weights {
        None => Ok(()),
        Some(_) => Err(Error::Unsupported {
            what: "--weights in a validation, in which every respondent counts once".into(),
            instead: "Validate without them, and fit the models with weights by themselves (--weights of fit, efa and irt).".into(),
        }),
    }
}

fn validation<'c>(options: &ValidateOptions, construct: &'c Construct) -> Validation<'c> {
    Validation::of(construct)
        .level(options.level)
        .missing(options.missing)
        .resampling(Resampling { replicates: options.bootstrap as usize, seed: options.seed })
        .progress(progress::bar("validating"))
}

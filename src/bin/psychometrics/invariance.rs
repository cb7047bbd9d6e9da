//! `invariance`: what groups have in common, step by step.

use crate::align::{align, alignment, append, append_checks, samples};
use crate::arguments::{Format, InvarianceOptions, listed};
use crate::estimating::{csv_options, estimation};
use crate::imputed::{CompletedSets, impute};
use crate::outcome::{Outcome, document};
use crate::progress;
use crate::reading;
use psychometrics::data::{Dataset, read_completed};
use psychometrics::evidence::internal_structure::{Invariance, InvarianceStudy};
use psychometrics::moments::sql::read_aggregates;
use psychometrics::report::Report;
use psychometrics::{Error, Model, Result, Warning};
use serde_json::json;

const SCHEMA: &str = "psychometrics.invariance/1";
const IMPUTED: &str = "psychometrics.invariance.imputed/1";
const POOLED: &str = "psychometrics.invariance.pooled/1";

pub(crate) fn run(options: &InvarianceOptions) -> Outcome {
    let output = &options.fit.output;
    if !options.fit.data.from_aggregates.is_empty() {
        return from_aggregates(options);
    }
    let found = ladder(options).and_then(|(ladder, model, data)| {
        let [data] = data.as_slice() else {
            let imputed = ladder.run_imputed(&model, &data)?;
            return Ok(Outcome::result_in(IMPUTED, &imputed, &imputed.warnings, options.language, output));
        };
        if options.pooled.unwrap_or(false) {
            let pooled = ladder.pooled(&model, data)?;
            return Ok(Outcome::result_in(POOLED, &pooled, &pooled.warnings, options.language, output));
        }
        if !options.over_time.is_empty() {
            let constructs: Vec<Vec<&str>> =
                options.over_time.iter().map(|own| own.split(',').map(str::trim).collect()).collect();
            let constructs: Vec<&[&str]> = constructs.iter().map(Vec::as_slice).collect();
            let study = ladder.over_time(&constructs, &model, data)?;
            return Ok(Outcome::result_in(SCHEMA, &study, &study.warnings, options.language, output));
        }
        let study = ladder.run(&model, data)?;
        if !options.alignment.unwrap_or(false) {
            return Ok(Outcome::result_in(SCHEMA, &study, &study.warnings, options.language, output));
        }
        aligned(options, &study, &model, data)
    });
    found.unwrap_or_else(|error| Outcome::failure(&error, Some(nothing(options)), output))
}

/// The ladder with an alignment beside it.
fn aligned(
    options: &InvarianceOptions,
    study: &InvarianceStudy,
    model: &Model,
    data: &Dataset,
) -> Result<Outcome> {
    let output = &options.fit.output;
    let (align, estimation) = (align(&options.loss), estimation(&options.fit, model)?);
    let (aligned, checks) = match samples(&options.loss) {
        None => (align.fit(&estimation, model, data)?, Vec::new()),
        Some(samples) => samples.run(&align, &estimation, model, data, &progress::bar("samples"))?,
    };
    let own = aligned.iter().flat_map(|alignment| alignment.warnings.iter().cloned());
    let warnings: Vec<Warning> = study.warnings.iter().cloned().chain(own).collect();
    if output.format == Format::Json {
        let mut own = document(SCHEMA, study);
        own["alignment"] = alignment(&aligned, &checks);
        own["warnings"] = json!(warnings);
        return Ok(Outcome::document(own, &warnings, output));
    }
    let mut page = study.page();
    append(&mut page, &aligned);
    append_checks(&mut page, &checks);
    Ok(Outcome::page(&page.in_language(options.language), options.language, output))
}

/// The ladder from sums by group.
fn from_aggregates(options: &InvarianceOptions) -> Outcome {
    let output = &options.fit.output;
    let of_rows = [
        ("--pooled", options.pooled.unwrap_or(false)),
        ("--over-time", !options.over_time.is_empty()),
        ("--alignment", options.alignment.unwrap_or(false)),
    ];
    let found = match of_rows.iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Error::Unsupported {
            what: format!("{option} from aggregates, which hold no rows"),
            instead: "Give the rows (DATA), or leave it out.".into(),
        }),
        None => steps(options).and_then(|(ladder, model)| {
            ladder.run_aggregate(&model, &read_aggregates(&options.fit.data.from_aggregates)?)
        }),
    };
    match found {
        Ok(study) => Outcome::result_in(SCHEMA, &study, &study.warnings, options.language, output),
        Err(error) => Outcome::failure(&error, Some(nothing(options)), output),
    }
}

/// The document of a ladder that could not be begun.
fn nothing(options: &InvarianceOptions) -> serde_json::Value {
    json!({"schema": SCHEMA, "converged": false, "group": options.fit.group, "models": null,
        "comparisons": null, "warnings": []})
}

fn ladder(options: &InvarianceOptions) -> Result<(Invariance, Model, Vec<Dataset>)> {
    let (ladder, model) = steps(options)?;
    let fit = &options.fit;
    let mut csv = csv_options(fit, &model)?;
    csv.columns.extend(fit.group.clone());
    let data = match CompletedSets::of(fit) {
        None => vec![reading::table(fit.data()?, &csv)?],
        Some(CompletedSets::Imputed(m)) => impute(fit, &model, csv, m)?.datasets,
        Some(CompletedSets::Read(files)) => read_completed(files, &csv, &model.observed_names())?,
    };
    Ok((ladder, model, data))
}

/// The ladder that is asked for, and of which model.
fn steps(options: &InvarianceOptions) -> Result<(Invariance, Model)> {
    refuse(options)?;
    let fit = &options.fit;
    let model: Model = Model::text_of(&fit.model)?.parse()?;
    let mut ladder = Invariance::of(estimation(fit, &model)?)
        .levels(options.levels.iter().copied())
        .search(options.search)
        .correction(options.correction)
        .alpha(options.alpha)
        .drop_groups(listed(&options.drop_groups));
    if let Some(test) = options.difference {
        ladder = ladder.difference(test);
    }
    if options.steps_only.unwrap_or(false) {
        ladder = ladder.steps_only();
    }
    if options.collapse.unwrap_or(false) {
        ladder = ladder.collapse();
    }
    Ok((ladder, model))
}

/// What belongs to one fit, and not to a ladder of them.
fn refuse(options: &InvarianceOptions) -> Result<()> {
    let fit = &options.fit;
    let of_one = [
        ("--cov", fit.cov),
        ("--residuals", fit.residuals),
        ("--implied", fit.implied),
        ("--vcov", fit.vcov),
        ("--r2", fit.r2),
        ("--modification-indices", fit.modification_indices),
        ("--effects", fit.effects),
        ("--profile", fit.profile),
        ("--curves", fit.curves),
        ("--reliability", fit.reliability),
        ("--scores", fit.scores.map(|_| true)),
        ("--nobs", fit.nobs.map(|_| true)),
        ("--means", fit.means.as_ref().map(|_| true)),
    ];
    match of_one.into_iter().find(|(_, given)| *given == Some(true)) {
        None => Ok(()),
        Some((option, _)) => Err(Error::BadOption {
            option: option.into(),
            value: "with invariance".into(),
            allowed: "it is of one fit: run 'fit' with --group-equal, or with a step's model text".into(),
        }),
    }
}

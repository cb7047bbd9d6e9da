//! `score`: scale and factor scores of new respondents.

use crate::arguments::Format;
use crate::arguments::ScoreOptions;
use crate::outcome::{Outcome, read_construct};
use crate::progress;
use psychometrics::construct::Construct;
use psychometrics::data::Responses;
use psychometrics::evidence::consequences::{MinimumAnswered, Norms};
use psychometrics::{Error, Result};
use serde_json::json;
use std::fs::File;
use std::io::Read;
use std::path::Path;

const SCHEMA: &str = "psychometrics.score/1";

pub(crate) fn run(options: &ScoreOptions) -> Outcome {
    scored(options).unwrap_or_else(|error| {
        let own = json!({"schema": SCHEMA, "converged": false, "scales": null, "respondents": null, "warnings": []});
        Outcome::failure(&error, Some(own), &options.output)
    })
}

fn scored(options: &ScoreOptions) -> Result<Outcome> {
    let construct = read_construct(&options.construct)?;
    let norms = norms(options, &construct)?;
    // said of the new answers, not of those of the norm sample
    let mut of_new = construct;
    options.layout.overrule(&mut of_new);
    let output = &options.output;
    let outcome = match &options.data {
        // a document of norms has a schema of its own
        None => Outcome::result(SCHEMA, &norms, &norms.warnings(), output),
        Some(path) => {
            let responses = Responses::read_new(&of_new, path)?;
            let scores = match options.group {
                Some(_) => norms.score_all_by_group(&responses)?,
                None => norms.score_all(&responses)?,
            };
            match output.format {
                Format::Csv => Outcome::text(scores.values().csv(), output),
                _ => Outcome::result(SCHEMA, &scores, &scores.warnings, output),
            }
        }
    };
    if let Some(path) = &options.write_norms {
        std::fs::write(path, norms.to_json())
            .map_err(|e| Error::Unwritable { path: path.clone(), reason: e.to_string() })?;
    }
    Ok(outcome)
}

/// Stored norms of this construct, or those of a sample.
fn norms(options: &ScoreOptions, construct: &Construct) -> Result<Norms> {
    let minimum = options.minimum_answered.as_deref().map(minimum_answered).transpose()?;
    let norms = match &options.norms {
        Some(path) if is_json(path) => stored(options, construct, path)?,
        path => {
            let path = path.clone().map_or_else(|| construct.responses_path(), Ok)?;
            let sample = Responses::read_observed(construct, path, progress::bar("reading norms"))?;
            let level = options.level.unwrap_or_default();
            let norms = match &options.group {
                Some(variable) => Norms::of_groups(construct, &sample, level, variable)?,
                None => Norms::of(construct, &sample, level)?,
            };
            match options.method {
                Some(_) => norms.with_traits(construct, &sample)?,
                None => norms,
            }
        }
    };
    let norms = match options.method {
        Some(method) => norms.trait_estimator(method)?,
        None => norms,
    };
    match minimum {
        Some(minimum) => norms.minimum_answered(minimum),
        None => Ok(norms),
    }
}

/// Norms that were written, which fix what they were made with.
fn stored(options: &ScoreOptions, construct: &Construct, path: &Path) -> Result<Norms> {
    let norms = Norms::from_path(path)?;
    norms.check(construct)?;
    let fixed = |option: &str, value: String, found: &str| Error::BadOption {
        option: option.into(),
        value,
        allowed: format!("the norms in {} were made with {found}", path.display()),
    };
    if let Some(level) = options.level.filter(|level| *level != norms.level()) {
        return Err(fixed("--level", level.to_string(), &norms.level().to_string()));
    }
    if let (Some(asked), Some(own)) = (&options.group, norms.grouping())
        && asked != own
    {
        return Err(fixed("--group", asked.clone(), own));
    }
    Ok(norms)
}

/// Whether a file is JSON: by its name, or by the brace that it begins with. A pipe is not looked into.
fn is_json(path: &Path) -> bool {
    let named = path.extension().is_some_and(|own| own.eq_ignore_ascii_case("json"));
    let brace = || {
        let mut start = [0; 64];
        let read = File::open(path).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
        let text = start[..read].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start[..read]);
        text.trim_ascii_start().starts_with(b"{")
    };
    named || (path.is_file() && brace())
}

/// `80%` and `0.8` are shares, `4` is a number of items.
fn minimum_answered(text: &str) -> Result<MinimumAnswered> {
    text.parse().map_err(|error| match error {
        Error::BadOption { value, allowed, .. } => {
            Error::BadOption { option: "--minimum-answered".into(), value, allowed }
        }
        other => other,
    })
}

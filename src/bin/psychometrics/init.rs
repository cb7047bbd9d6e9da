//! `init`: a construct file drafted from a file of answers; `check`: what a construct file reads of its data.

use crate::arguments::{CheckOptions, Format, InitOptions};
use crate::asking;
use crate::outcome::{Outcome, document, read_construct};
use crate::progress;
use psychometrics::data::Responses;
use psychometrics::data::formats::{Sheet, SheetOptions};
use psychometrics::draft::{Codebook, ConstructCheck, Draft, DraftOptions};
use psychometrics::{Error, Result};
use serde_json::json;
use std::path::{Path, PathBuf};

const SCHEMA: &str = "psychometrics.init/1";
const CHECK: &str = "psychometrics.check/1";

pub(crate) fn init(options: &InitOptions) -> Outcome {
    match drafted(options) {
        Ok(draft) => match options.output.format {
            Format::Json => Outcome::document(document(SCHEMA, &draft), &[], &options.output),
            _ => {
                summary(&draft, options.output.output.as_deref());
                Outcome::text(draft.to_toml(), &options.output)
            }
        },
        Err(error) => {
            Outcome::failure(&error, Some(json!({"schema": SCHEMA, "construct": null})), &options.output)
        }
    }
}

fn drafted(options: &InitOptions) -> Result<Draft> {
    if let Some(path) = options.output.output.as_deref().filter(|path| path.exists()) {
        return Err(Error::Unwritable {
            path: path.into(),
            reason: "it exists already, and a draft writes over nothing; give another name, or remove it"
                .into(),
        });
    }
    let layout = options.layout.layout();
    let mut reading = SheetOptions::new();
    (reading.service, reading.sheet) = (layout.header, layout.sheet.clone());
    reading.missing_codes.clone_from(&options.missing_codes);
    let sheet = Sheet::read(&options.data, &reading)?;
    let mut drafting = DraftOptions::new();
    drafting.id.clone_from(&options.id);
    drafting.explore = options.explore;
    drafting.codebook = options.codebook.as_ref().map(Codebook::read).transpose()?;
    (drafting.header, drafting.sheet) = (layout.header, layout.sheet);
    let path = beside(&options.data, options.output.output.as_deref());
    let mut draft = Draft::of(&sheet, &path, &drafting)?;
    if let Some(data) = &mut draft.construct.data {
        data.responses = Some(path);
        data.missing_codes.extend(options.missing_codes.iter().cloned());
    }
    if options.ask {
        asking::complete(&mut draft)?;
    }
    Ok(draft)
}

/// The path of the data as the construct file names it: from its own folder where both are in one, else whole.
fn beside(data: &Path, output: Option<&Path>) -> PathBuf {
    let folder = |path: &Path| {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        parent.canonicalize().ok()
    };
    match output {
        // on the standard output: where it will be written is not known
        None => data.into(),
        Some(output) if folder(output).is_some() && folder(output) == folder(data) => {
            data.file_name().map_or_else(|| data.into(), PathBuf::from)
        }
        Some(_) => data.canonicalize().unwrap_or_else(|_| data.into()),
    }
}

fn summary(draft: &Draft, output: Option<&Path>) {
    let construct = &draft.construct;
    eprintln!(
        "{} items in {} dimension(s) on {} scale(s), from {}",
        construct.items.len(),
        construct.dimensions.len(),
        construct.scales.len(),
        draft.source
    );
    for what in &draft.decide {
        eprintln!("to decide: {what}");
    }
    if let Some(path) = output {
        eprintln!("next: psychometrics check {0}, then psychometrics validate {0}", path.display());
    }
}

pub(crate) fn check(options: &CheckOptions) -> Outcome {
    match checked(options) {
        Ok(found) => match options.output.format {
            Format::Csv => Outcome::text(found.table().csv(), &options.output),
            _ => Outcome::result(CHECK, &found, &found.warnings, &options.output),
        },
        Err(error) => {
            Outcome::failure(&error, Some(json!({"schema": CHECK, "items": null})), &options.output)
        }
    }
}

fn checked(options: &CheckOptions) -> Result<ConstructCheck> {
    let mut construct = read_construct(&options.construct)?;
    options.layout.overrule(&mut construct);
    let path = options.data.clone().map_or_else(|| construct.responses_path(), Ok)?;
    let responses = Responses::read_observed(&construct, path, progress::bar("reading"))?;
    ConstructCheck::of(&construct, &responses)
}

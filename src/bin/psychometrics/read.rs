//! `read`: what a file holds, before any construct.

use crate::arguments::{Format, ReadOptions};
use crate::outcome::Outcome;
use psychometrics::data::formats::Sheet;

const SCHEMA: &str = "psychometrics.read/1";

pub(crate) fn run(options: &ReadOptions) -> Outcome {
    let found = options.data.path().and_then(|path| Sheet::read(path, &options.sheet()));
    match found {
        Ok(sheet) => match options.output.format {
            Format::Csv => Outcome::text(sheet.table().csv(), &options.output),
            _ => Outcome::result(SCHEMA, &sheet, &[], &options.output),
        },
        Err(error) => Outcome::failure(&error, None, &options.output),
    }
}

//! SPSS system files (.sav, .zsav), read by the published description of the format (PSPP developers' guide, "System File
//! Format"). Every length that the file claims is compared with what is left of it before anything is reserved.

mod bytes;
mod cases;
mod cells;
mod dictionary;
mod extension;
mod streamed;
mod variable;

use super::ledger;
use super::refusal::refused;
use super::sheet::{Sheet, SheetNote};
use crate::data::input::Input;
use crate::error::Result;
use cases::Cases;
use cells::Raw;
use rayon::prelude::*;
use std::path::Path;
pub(crate) use streamed::text;

const REMEDY: &str = "The file is damaged or was not copied whole: get it once more, or save it again in SPSS (or PSPP) as .sav.";

/// Reads a system file.
///
/// # Errors
/// [`Error::OtherFormat`](crate::Error::OtherFormat) with the byte where the file cannot be read.
pub(crate) fn read(path: &Path, input: &Input) -> Result<Sheet> {
    let damaged = |what: String| refused(path, &what, REMEDY);
    let mut cases = Cases::open(input).map_err(damaged)?;
    let (raw, rows) = cells::read(&mut cases).map_err(damaged)?;
    let Cases { dictionary, mut notes, .. } = cases;
    let texts_are_utf8 = || {
        Ok(raw.iter().all(|column| match column {
            Raw::Texts(texts) => texts.iter().all(|text| cells::is_utf8(text)),
            Raw::Numbers(_) => true,
        }))
    };
    let (encoding, named) = cells::encoding(&dictionary, texts_are_utf8, &mut notes).map_err(damaged)?;
    let variables: Vec<_> = dictionary.variables.iter().zip(raw).collect();
    let marked = |(variable, raw)| {
        let mut column = cells::column(variable, raw, encoding);
        column.mark_missing(false);
        column
    };
    let columns: Vec<_> = variables.into_par_iter().map(marked).collect();
    if let Some(weight) = dictionary.weight_position().and_then(|at| columns.get(at)) {
        let message = format!(
            "the file is weighted by '{}': weights are not used unless you name them, by validate not at all",
            weight.name
        );
        notes.push(SheetNote::new("weight_variable", message).column(&weight.name.clone()));
    }
    let mut told = ledger::of_columns(&columns);
    told.extend(notes);
    let compression =
        ["uncompressed", "bytecode-compressed", "zlib-compressed"][dictionary.compression.min(2)];
    Ok(Sheet {
        recognised_as: format!("SPSS system file (.sav, {compression}, {named})"),
        rows,
        first_row: 1,
        columns,
        ledger: told,
    })
}

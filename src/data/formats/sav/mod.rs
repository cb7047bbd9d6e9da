//! SPSS system files (.sav, .zsav), read by the published description of the format (PSPP developers' guide, "System File
//! Format"). Every length that the file claims is compared with what is left of it before anything is reserved.

mod bytes;
mod cells;
mod dictionary;
mod extension;
mod streamed;
mod variable;

use super::ledger;
use super::refusal::refused;
use super::sheet::{Sheet, SheetNote};
use crate::error::Result;
use bytes::Bytes;
use std::path::Path;
pub(crate) use streamed::text;

const REMEDY: &str = "The file is damaged or was not copied whole: get it once more, or save it again in SPSS (or PSPP) as .sav.";

/// Reads a system file.
///
/// # Errors
/// [`Error::OtherFormat`](crate::Error::OtherFormat) with the byte where the file cannot be read.
pub(crate) fn read(path: &Path, content: &[u8]) -> Result<Sheet> {
    let damaged = |what: String| refused(path, &what, REMEDY);
    let mut bytes = Bytes::new(content);
    let dictionary = dictionary::read(&mut bytes).map_err(damaged)?;
    let mut notes = Vec::new();
    let (columns, rows) = cells::read(&mut bytes, &dictionary, &mut notes).map_err(damaged)?;
    let (mut columns, encoding) = cells::columns(&dictionary, columns, &mut notes);
    if let Some(weight) = dictionary.weight_position().and_then(|at| columns.get(at)) {
        let message = format!(
            "the file is weighted by '{}': weights are not used unless you name them, by validate not at all",
            weight.name
        );
        notes.push(SheetNote::new("weight_variable", message).column(&weight.name.clone()));
    }
    for column in &mut columns {
        column.mark_missing(false);
    }
    let mut told = ledger::of_columns(&columns);
    told.extend(notes);
    let compression =
        ["uncompressed", "bytecode-compressed", "zlib-compressed"][dictionary.compression.min(2)];
    Ok(Sheet {
        recognised_as: format!("SPSS system file (.sav, {compression}, {encoding})"),
        rows,
        first_row: 1,
        columns,
        ledger: told,
    })
}

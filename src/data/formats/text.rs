//! Text files: encoding, the line `sep=;`, the delimiter, the cells.

use super::options::SheetOptions;
use super::refusal::refused;
use super::sheet::{Sheet, SheetNote};
use super::tabular::{self, Grid, GridCell};
use crate::construct::Service;
use crate::data::encoding::separator_line;
use crate::error::Result;
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;
use std::path::Path;

const DELIMITERS: [(u8, &str); 4] = [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs"), (b'|', "bars")];

/// The text, the name of its encoding, and whether that was assumed.
fn decoded(content: &[u8]) -> (Cow<'_, str>, &'static str, bool) {
    if let Some(rest) = content.strip_prefix(b"\xff\xfe") {
        return (UTF_16LE.decode_without_bom_handling(rest).0, "UTF-16", false);
    }
    if let Some(rest) = content.strip_prefix(b"\xfe\xff") {
        return (UTF_16BE.decode_without_bom_handling(rest).0, "UTF-16", false);
    }
    let rest = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    match std::str::from_utf8(rest) {
        Ok(text) => (Cow::Borrowed(text), "UTF-8", false),
        Err(_) => (WINDOWS_1252.decode_without_bom_handling(rest).0, "Windows-1252", true),
    }
}

pub(crate) fn read(path: &Path, content: &[u8], options: &SheetOptions) -> Result<Sheet> {
    if let Some(sheet) = &options.sheet {
        let what = format!("the sheet '{sheet}' was asked for, but this is a text file, not a workbook");
        return Err(refused(path, &what, "Leave --sheet out."));
    }
    let (grid, _) = grid(path, content, options)?;
    tabular::sheet(path, grid, options)
}

/// The cells, and what parts them.
pub(crate) fn grid(path: &Path, content: &[u8], options: &SheetOptions) -> Result<(Grid, u8)> {
    let (text, encoding, assumed) = decoded(content);
    let mut notes = Vec::new();
    if assumed {
        notes.push(SheetNote::new("encoding_assumed", "the file is not valid UTF-8: read as Windows-1252"));
    }
    let mut body: &str = &text;
    let mut first_row = 1;
    let mut delimiter = None;
    if let Some((mark, length)) = separator_line(body.as_bytes()) {
        notes.push(SheetNote::new("sep_line", "the first line says how cells are parted: it is not data"));
        (body, first_row, delimiter) = (&body[length..], 2, Some(mark));
    }
    let old_ends = !body.trim().contains('\n') && body.trim().contains('\r');
    let delimiter = delimiter.unwrap_or_else(|| delimiter_of(body));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .terminator(if old_ends { csv::Terminator::Any(b'\r') } else { csv::Terminator::CRLF })
        .from_reader(body.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            refused(
                path,
                &format!("it cannot be parted into cells: {error}"),
                "Export it once more as CSV (UTF-8).",
            )
        })?;
        rows.push(
            record
                .iter()
                .map(|cell| match cell {
                    "" => GridCell::Empty,
                    cell => GridCell::Text(cell.to_string()),
                })
                .collect(),
        );
    }
    let named =
        DELIMITERS.iter().find(|(mark, _)| *mark == delimiter).map_or("cells parted", |(_, name)| name);
    let spss = if options.service == Some(Service::Spss) { " written by SPSS" } else { "" };
    let said = format!("CSV{spss}, {named}, {encoding}");
    Ok((Grid { said, rows, notes, first_row, typed: false }, delimiter))
}

/// The delimiter that occurs in the header outside quotes, and most alike in the lines below it.
fn delimiter_of(text: &str) -> u8 {
    let count = |mark: u8| {
        let mut counts = Vec::new();
        let (mut quoted, mut found) = (false, 0_usize);
        for byte in text.bytes() {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' if !quoted => {
                    counts.push(found);
                    found = 0;
                    if counts.len() == 20 {
                        break;
                    }
                }
                byte if byte == mark && !quoted => found += 1,
                _ => {}
            }
        }
        counts.push(found);
        let header = counts[0];
        let alike = counts.iter().filter(|n| **n == header && header > 0).count();
        (alike.min(header * counts.len()), header)
    };
    DELIMITERS.iter().map(|(mark, _)| *mark).rev().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}

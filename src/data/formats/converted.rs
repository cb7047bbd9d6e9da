//! A file of any kind as the text that the reader of answers takes: so every command reads every file by the same checks.

use super::csv_text::{Converted, Declared, write_header, write_number, write_text};
use super::options::SheetOptions;
#[cfg(feature = "sav")]
use super::sav;
use super::sheet::{Absence, CellKind, Sheet, SheetCell, SheetColumn};
use super::{recognise, recognise::FileKind, services, text};
use crate::construct::{Layout, Service};
use crate::data::file_facts::{ColumnFacts, FileFacts, Words};
use crate::data::input::Input;
use crate::error::Result;
use std::collections::HashMap;
use std::path::Path;

/// What is told of a file for reading it whole, before any command; the other notes belong to `read`, or to the ledger.
const TOLD: [&str; 24] = [
    "block_size",
    "code_and_label_cells",
    "codes_mapped",
    "data_cut",
    "decimal_comma",
    "encoding_assumed",
    "encoding_unknown",
    "fewer_rows",
    "label_spellings",
    "labels_mapped",
    "merged_cells",
    "missing_tokens",
    "mixed_column",
    "mixed_notation",
    "other_extension",
    "preview_rows",
    "repeated_id",
    "rows_skipped",
    "sheet_chosen",
    "sheet_ignored",
    "suspect_code",
    "unfinished_rows",
    "user_missing_convention",
    "weight_variable",
];

/// Whether a file is the plain text that is streamed: comma, semicolon or tab, UTF-8, one row of names, decimal points. `start`
/// is its beginning.
///
/// # Errors
/// [`Error::OtherFormat`](crate::Error::OtherFormat) for what is no table at all.
pub(crate) fn is_plain(
    path: &Path,
    start: &[u8],
    whole: bool,
    layout: &Layout,
    words: Words,
) -> Result<bool> {
    if start.trim_ascii().is_empty() {
        return Ok(true); // said by the reader of plain text
    }
    if recognise::kind_of(path, start)? != FileKind::Text {
        return Ok(false);
    }
    let asked = layout.header.is_some_and(|service| service != Service::None);
    let cut = |error: std::str::Utf8Error| error.error_len().is_some();
    if asked || layout.sheet.is_some() || std::str::from_utf8(start).err().is_some_and(cut) {
        return Ok(false);
    }
    let lines = memchr::memchr(b'\n', start).is_some();
    if !lines && memchr::memchr(b'\r', start.trim_ascii()).is_some() {
        return Ok(false);
    }
    let end =
        if whole { start.len() } else { memchr::memrchr(b'\n', start).map_or(start.len(), |at| at + 1) };
    let Ok((grid, delimiter)) = text::grid(path, &start[..end], &SheetOptions::default()) else {
        return Ok(true);
    };
    let first: Vec<Vec<String>> =
        grid.rows.iter().take(3).map(|row| row.iter().map(|cell| cell.shown()).collect()).collect();
    let service = services::header(&first, layout.header).service;
    if service != Service::None || delimiter == b'|' {
        return Ok(false);
    }
    if delimiter == b',' && words != Words::Answers {
        return Ok(true);
    }
    let Ok(head) = super::tabular::sheet(path, grid, &SheetOptions::default()) else { return Ok(true) };
    let comma = delimiter != b',' && head.ledger.iter().any(|note| note.kind == "decimal_comma");
    let of_words = |column: &SheetColumn| {
        matches!(column.kind, CellKind::Label | CellKind::CodeAndLabel) && points(column) > 2
    };
    let worded = words == Words::Answers && head.columns.iter().any(of_words);
    Ok(!(comma || worded))
}

/// Different codes of a column.
fn points(column: &SheetColumn) -> usize {
    let mut seen: Vec<&SheetCell> = Vec::new();
    for code in column.codes.iter().flatten().filter(|code| **code != SheetCell::Empty) {
        if seen.len() < 50 && !seen.contains(&code) {
            seen.push(code);
        }
    }
    seen.len()
}

/// Reads a file and writes it as text.
///
/// # Errors
/// As [`Sheet::read`].
pub(crate) fn convert(
    path: &Path,
    input: &Input,
    layout: &Layout,
    words: Words,
    as_words: &[String],
) -> Result<Converted> {
    #[cfg(feature = "sav")]
    if input.start(4).is_ok_and(|start| recognise::is_system_file(&start)) {
        return Ok(with_facts_told(sav::text(path, input, as_words)?, path, layout));
    }
    let options = SheetOptions { service: layout.header, sheet: layout.sheet.clone(), ..Default::default() };
    let sheet = Sheet::of_input(path, input, &options)?;
    let mut declared = Declared::default();
    let shown: Vec<Shown<'_>> =
        sheet.columns.iter().map(|column| Shown::of(column, words, as_words)).collect();
    let names: Vec<String> = sheet.columns.iter().map(|column| column.name.trim().to_string()).collect();
    let mut text = Vec::with_capacity(sheet.rows * sheet.columns.len() * 2);
    write_header(&mut text, &names);
    let body = text.len() as u64;
    for row in 0..sheet.rows {
        let begin = text.len();
        for (at, column) in shown.iter().enumerate() {
            if at > 0 {
                text.push(b',');
            }
            column.write(row, &mut text, &mut declared);
        }
        if text.len() == begin {
            text.extend_from_slice(b"NA"); // a line without anything is no row
        }
        text.push(b'\n');
    }
    let mut columns: Vec<ColumnFacts> = shown.iter().map(Shown::facts).collect();
    let weights = sheet.ledger.iter().filter(|note| note.kind == "weight_variable");
    for name in weights.filter_map(|note| note.column.as_ref()) {
        let of_weights = sheet.columns.iter().zip(&mut columns).filter(|(column, _)| column.name == *name);
        of_weights.for_each(|(_, own)| own.metadata = true);
    }
    let told = sheet.ledger.iter().filter(|note| TOLD.contains(&note.kind.as_str()));
    let service = sheet.recognised_as.contains(" export").then(|| format!("read as {}", sheet.recognised_as));
    let facts = FileFacts {
        columns,
        told: service.into_iter().chain(told.map(|note| note.message.clone())).collect(),
        declared: declared.codes,
    };
    let bytes = text.len() as u64;
    Ok(Converted { input: Input::Kept(text.into()), bytes, body, names, first_row: sheet.first_row, facts })
}

/// Says also what the name of the file and the options have to do with it.
#[cfg(feature = "sav")]
fn with_facts_told(mut made: Converted, path: &Path, layout: &Layout) -> Converted {
    let name = path.extension().and_then(|own| own.to_str()).unwrap_or_default().to_lowercase();
    made.facts.told.extend(recognise::other_name(&name, "SPSS"));
    if let Some(sheet) = &layout.sheet {
        made.facts.told.push(format!("--sheet '{sheet}' was not used: only workbooks have sheets"));
    }
    made
}

/// A column, and which of its faces is written.
struct Shown<'a> {
    column: &'a SheetColumn,
    cells: &'a [SheetCell],
    /// Words in the place of codes.
    labels: HashMap<String, &'a str>,
    words: usize,
    /// Whether an empty cell has a code (a mark that was not made).
    empty_is_code: bool,
}

impl<'a> Shown<'a> {
    fn of(column: &'a SheetColumn, words: Words, as_words: &[String]) -> Self {
        let is_named = |name: &String| *name == column.name || Some(name.as_str()) == column.label.as_deref();
        let in_words = as_words.iter().any(is_named);
        let codes = column.codes.as_deref();
        let marks = column.kind == CellKind::Label
            && codes.is_some_and(|codes| {
                codes.iter().zip(&column.values).any(|(c, v)| *v == SheetCell::Empty && c.number().is_some())
            });
        let coded = match column.kind {
            _ if in_words => false,
            CellKind::Code => true,
            CellKind::Label | CellKind::CodeAndLabel => words != Words::Written || marks,
            _ => false,
        };
        let cells = codes.filter(|_| coded).unwrap_or(&column.values);
        let mut labels = HashMap::new();
        if in_words {
            for label in column.value_labels.iter().filter(|l| !l.label.trim().is_empty()) {
                labels.entry(label.code.to_string()).or_insert(label.label.trim());
            }
        }
        let words = if coded { points(column) } else { 0 };
        Self { column, cells, labels, words, empty_is_code: marks && coded }
    }

    fn facts(&self) -> ColumnFacts {
        ColumnFacts { question: self.column.label.clone(), metadata: self.column.metadata, words: self.words }
    }

    fn write(&self, row: usize, text: &mut Vec<u8>, declared: &mut Declared) {
        let absence = self.column.missing.as_ref().and_then(|missing| missing[row].as_ref());
        match absence {
            Some(Absence::System) if !self.empty_is_code => return,
            None | Some(Absence::System) => {}
            Some(Absence::User(code)) => return declared.write(&code.to_string(), text),
            Some(Absence::Tag(tag)) => return declared.write(tag, text),
            Some(Absence::FormulaWithoutValue) => return declared.write("formula without a value", text),
            Some(Absence::ErrorCell) => return declared.write("cell with an error", text),
        }
        let cell = &self.cells[row];
        if !self.labels.is_empty()
            && let Some(label) = self.labels.get(&cell.to_string())
        {
            return write_text(text, label);
        }
        match cell {
            SheetCell::Empty => {}
            SheetCell::Number(number) => write_number(text, *number),
            SheetCell::Text(own) => write_text(text, own),
        }
    }
}

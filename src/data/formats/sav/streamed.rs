//! A system file as text, row by row: no cell is kept.

use super::super::calendar;
use super::super::csv_text::{Converted, Declared, write_header, write_number, write_text};
use super::super::ledger;
use super::super::refusal::refused;
use super::super::sheet::{CellKind, SheetCell, SheetColumn, SheetNote};
use super::bytes::Bytes;
use super::cells::{Raw, column, declared_encoding, decode, each_row, number_of, text_of};
use super::variable::{Dictionary, Variable};
use super::{REMEDY, dictionary};
use crate::data::file_facts::{ColumnFacts, FileFacts};
use crate::error::Result;
use encoding_rs::Encoding;
use std::collections::HashMap;
use std::path::Path;

/// Different numbers of a column that are remembered, to find codes that look like missing ones.
const REMEMBERED: usize = 15;

/// A column while rows are written.
struct Written<'d> {
    variable: &'d Variable,
    about: SheetColumn,
    /// Words of codes, where they are written in their place.
    words: HashMap<u64, String>,
    seen: Vec<f64>,
}

/// The text of a file that declares its encoding; none of one that does not: its cells tell it, all of them.
///
/// # Errors
/// [`Error::OtherFormat`](crate::Error::OtherFormat) with the byte where the file cannot be read.
pub(crate) fn text(path: &Path, content: &[u8], as_words: &[String]) -> Result<Option<Converted>> {
    let damaged = |what: String| refused(path, &what, REMEDY);
    let mut bytes = Bytes::new(content);
    let dictionary = dictionary::read(&mut bytes).map_err(damaged)?;
    let Some(encoding) = declared_encoding(&dictionary) else { return Ok(None) };
    let mut columns: Vec<Written<'_>> =
        dictionary.variables.iter().map(|variable| written(variable, encoding, as_words)).collect();
    let names: Vec<String> = columns.iter().map(|own| own.about.name.trim().to_string()).collect();
    let (mut text, mut declared, mut notes) = (Vec::new(), Declared::default(), Vec::new());
    let body = write_header(&mut text, &names);
    each_row(&mut bytes, &dictionary, &mut notes, &mut |row| {
        let begin = text.len();
        for (at, own) in columns.iter_mut().enumerate() {
            if at > 0 {
                text.push(b',');
            }
            own.write(row, &dictionary, encoding, &mut text, &mut declared);
        }
        if text.len() == begin {
            text.extend_from_slice(b"NA"); // a line without anything is no row
        }
        text.push(b'\n');
    })
    .map_err(damaged)?;
    let weight = dictionary.weight_position();
    let facts = columns.iter().enumerate().map(|(at, own)| ColumnFacts {
        question: own.about.label.clone(),
        metadata: weight == Some(at),
        words: 0,
    });
    let facts =
        FileFacts { columns: facts.collect(), told: told(&columns, notes, weight), declared: declared.codes };
    Ok(Some(Converted { text, body, names, first_row: 1, facts }))
}

fn written<'d>(variable: &'d Variable, encoding: &'static Encoding, as_words: &[String]) -> Written<'d> {
    let raw = if variable.width == 0 { Raw::Numbers(Vec::new()) } else { Raw::Texts(Vec::new()) };
    let about = column(variable, raw, encoding);
    let named = |name: &String| *name == about.name || Some(name) == about.label.as_ref();
    let mut words = HashMap::new();
    if as_words.iter().any(named) {
        for label in about.value_labels.iter().filter(|label| !label.label.trim().is_empty()) {
            if let Some(code) = label.code.number() {
                words.entry(code.to_bits()).or_insert_with(|| label.label.trim().to_string());
            }
        }
    }
    Written { variable, about, words, seen: Vec::new() }
}

impl Written<'_> {
    fn write(
        &mut self,
        row: &[u8],
        dictionary: &Dictionary,
        encoding: &'static Encoding,
        text: &mut Vec<u8>,
        declared: &mut Declared,
    ) {
        let missing = |cell: &SheetCell| self.about.user_missing.as_ref().is_some_and(|own| own.holds(cell));
        if self.variable.width > 0 {
            let own = decode(&text_of(self.variable, row), encoding);
            let cell = SheetCell::Text(own);
            return match &cell {
                cell if missing(cell) => declared.write(&cell.to_string(), text),
                cell => write_text(text, cell.text().unwrap_or_default()),
            };
        }
        let Some(number) = number_of(self.variable, dictionary, row) else { return };
        if self.about.user_missing.is_some() && missing(&SheetCell::Number(number)) {
            return declared.write(&number.to_string(), text);
        }
        if self.seen.len() < REMEMBERED && !self.seen.contains(&number) {
            self.seen.push(number);
        }
        match self.about.kind {
            CellKind::Date => write_text(text, &calendar::spss_date(number).to_string()),
            CellKind::Datetime => write_text(text, &calendar::spss_datetime(number).to_string()),
            _ => match self.words.get(&number.to_bits()) {
                Some(words) => write_text(text, words),
                None => write_number(text, number),
            },
        }
    }
}

/// What is told: notes of the reading, the weight, codes that stand apart.
fn told(columns: &[Written<'_>], notes: Vec<SheetNote>, weight: Option<usize>) -> Vec<String> {
    let mut told: Vec<String> = notes.into_iter().map(|note| note.message).collect();
    let different = columns.iter().map(|own| {
        let values = own.seen.iter().map(|number| SheetCell::Number(*number)).collect();
        SheetColumn::new(own.about.name.clone(), own.about.kind, values)
    });
    let lines = ledger::of_columns(&different.collect::<Vec<_>>());
    told.extend(lines.into_iter().filter(|line| line.kind == "suspect_code").map(|line| line.message));
    if let Some(own) = weight.and_then(|at| columns.get(at)) {
        told.push(format!(
            "the file is weighted by '{}': weights are not used unless you name them, by validate not at all",
            own.about.name
        ));
    }
    told
}

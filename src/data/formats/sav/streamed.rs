//! A system file as text, row by row: no more of it is held than a piece, however often it is read.

use super::super::calendar;
use super::super::csv_text::{
    Converted, Declared, PieceReader, Pieces, write_header, write_number, write_text,
};
use super::super::ledger;
use super::super::refusal::refused;
use super::super::sheet::{CellKind, SheetCell, SheetColumn, SheetNote};
use super::REMEDY;
use super::cases::Cases;
use super::cells::{self, Raw, column, decode, number_of, text_of};
use super::variable::Variable;
use crate::data::file_facts::{ColumnFacts, FileFacts};
use crate::data::input::{Input, Made};
use crate::error::Result;
use encoding_rs::Encoding;
use std::collections::HashMap;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// Different numbers of a column that are remembered: as they are written, and to find codes that look like missing ones.
const REMEMBERED: usize = 15;

/// A system file that is read as text.
#[derive(Debug)]
struct SystemFile {
    input: Input,
    encoding: &'static Encoding,
    as_words: Vec<String>,
}

impl Made for SystemFile {
    fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        let text = Text::open(&self.input, self.encoding, &self.as_words).map_err(io::Error::other)?;
        Ok(Box::new(PieceReader::new(&text.names(), text)))
    }
}

/// One reading of it.
struct Text {
    cases: Cases,
    columns: Vec<Written>,
    declared: Declared,
}

/// A column while rows are written.
struct Written {
    variable: Variable,
    system_missing: f64,
    encoding: &'static Encoding,
    about: SheetColumn,
    /// Words of codes, where they are written in their place.
    words: HashMap<u64, String>,
    /// The first different numbers, as they are written.
    seen: Vec<(f64, Vec<u8>)>,
}

/// A file as text that is made whenever it is read. It is gone through once beforehand: for what has to be told of it, and so
/// that a file that is damaged anywhere is refused here.
///
/// # Errors
/// [`Error::OtherFormat`](crate::Error::OtherFormat) with the byte where the file cannot be read.
pub(crate) fn text(path: &Path, input: &Input, as_words: &[String]) -> Result<Converted> {
    let damaged = |what: String| refused(path, &what, REMEDY);
    let mut notes = Vec::new();
    let cases = Cases::open(input).map_err(damaged)?;
    let (encoding, _) =
        cells::encoding(&cases.dictionary, || texts_are_utf8(input), &mut notes).map_err(damaged)?;
    let mut first = Text::open(input, encoding, as_words).map_err(damaged)?;
    let names = first.names();
    let mut piece = Vec::new();
    write_header(&mut piece, &names);
    let body = piece.len() as u64;
    let mut bytes = 0;
    loop {
        bytes += piece.len() as u64;
        piece.clear();
        if !first.add_next(&mut piece).map_err(damaged)? {
            break;
        }
    }
    let Text { cases, columns, declared, .. } = first;
    let weight = cases.dictionary.weight_position();
    let facts = columns.iter().enumerate().map(|(at, own)| ColumnFacts {
        question: own.about.label.clone(),
        metadata: weight == Some(at),
        words: 0,
    });
    notes.splice(0..0, cases.notes);
    let facts =
        FileFacts { columns: facts.collect(), told: told(&columns, notes, weight), declared: declared.codes };
    let made = SystemFile { input: input.clone(), encoding, as_words: as_words.to_vec() };
    Ok(Converted { input: Input::Made(Arc::new(made)), bytes, body, names, first_row: 1, facts })
}

/// Whether all texts in the cells of a file are UTF-8.
fn texts_are_utf8(input: &Input) -> std::result::Result<bool, String> {
    let mut cases = Cases::open(input)?;
    let all = std::mem::take(&mut cases.dictionary.variables);
    let texts: Vec<Variable> = all.into_iter().filter(|variable| variable.width > 0).collect();
    let mut valid = true;
    cases.each_row(|row| valid &= texts.iter().all(|variable| cells::is_utf8(&text_of(variable, row))))?;
    Ok(valid)
}

impl Text {
    fn open(
        input: &Input,
        encoding: &'static Encoding,
        as_words: &[String],
    ) -> std::result::Result<Self, String> {
        let cases = Cases::open(input)?;
        let dictionary = &cases.dictionary;
        let written = |variable: &Variable| {
            Written::new(variable.clone(), dictionary.system_missing, encoding, as_words)
        };
        let columns: Vec<Written> = dictionary.variables.iter().map(written).collect();
        Ok(Self { cases, columns, declared: Declared::default() })
    }

    fn names(&self) -> Vec<String> {
        self.columns.iter().map(|own| own.about.name.trim().to_string()).collect()
    }
}

impl Pieces for Text {
    fn add_next(&mut self, text: &mut Vec<u8>) -> std::result::Result<bool, String> {
        let (columns, declared) = (&mut self.columns, &mut self.declared);
        while text.is_empty() {
            let more = self.cases.next_piece(|row| {
                let begin = text.len();
                for (at, own) in columns.iter_mut().enumerate() {
                    if at > 0 {
                        text.push(b',');
                    }
                    own.write(row, text, declared);
                }
                if text.len() == begin {
                    text.extend_from_slice(b"NA"); // a line without anything is no row
                }
                text.push(b'\n');
            })?;
            if !more {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Written {
    fn new(
        variable: Variable,
        system_missing: f64,
        encoding: &'static Encoding,
        as_words: &[String],
    ) -> Self {
        let raw = if variable.width == 0 { Raw::Numbers(Vec::new()) } else { Raw::Texts(Vec::new()) };
        let about = column(&variable, raw, encoding);
        let named = |name: &String| *name == about.name || Some(name) == about.label.as_ref();
        let mut words = HashMap::new();
        if as_words.iter().any(named) {
            for label in about.value_labels.iter().filter(|label| !label.label.trim().is_empty()) {
                if let Some(code) = label.code.number() {
                    words.entry(code.to_bits()).or_insert_with(|| label.label.trim().to_string());
                }
            }
        }
        Self { variable, system_missing, encoding, about, words, seen: Vec::new() }
    }

    fn write(&mut self, row: &[u8], text: &mut Vec<u8>, declared: &mut Declared) {
        let missing = |cell: &SheetCell| self.about.user_missing.as_ref().is_some_and(|own| own.holds(cell));
        if self.variable.width > 0 {
            let own = decode(&text_of(&self.variable, row), self.encoding);
            let cell = SheetCell::Text(own);
            return match &cell {
                cell if missing(cell) => declared.write(&cell.to_string(), text),
                cell => write_text(text, cell.text().unwrap_or_default()),
            };
        }
        let Some(number) = number_of(&self.variable, self.system_missing, row) else { return };
        if let Some((_, written)) = self.seen.iter().find(|(seen, _)| *seen == number) {
            return match written[..] {
                [digit] => text.push(digit),
                _ => text.extend_from_slice(written),
            };
        }
        if self.about.user_missing.is_some() && missing(&SheetCell::Number(number)) {
            return declared.write(&number.to_string(), text);
        }
        let from = text.len();
        match self.about.kind {
            CellKind::Date => write_text(text, &calendar::spss_date(number).to_string()),
            CellKind::Datetime => write_text(text, &calendar::spss_datetime(number).to_string()),
            _ => match self.words.get(&number.to_bits()) {
                Some(words) => write_text(text, words),
                None => write_number(text, number),
            },
        }
        if self.seen.len() < REMEMBERED {
            self.seen.push((number, text[from..].to_vec()));
        }
    }
}

/// What is told: notes of the reading, the weight, codes that stand apart.
fn told(columns: &[Written], notes: Vec<SheetNote>, weight: Option<usize>) -> Vec<String> {
    let mut told: Vec<String> = notes.into_iter().map(|note| note.message).collect();
    let different = columns.iter().map(|own| {
        let values = own.seen.iter().map(|(number, _)| SheetCell::Number(*number)).collect();
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

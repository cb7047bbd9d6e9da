//! A Parquet file as text, batch by batch: no more of it is held than a batch, however often it is read.
//!
//! What words stand for is decided of all words of a column together. The file is gone through once for the different cells of
//! each column; of these a small sheet is made, read as any sheet, and what it says of a cell holds wherever the cell occurs.

use super::super::csv_text::{
    Converted, Declared, PieceReader, Pieces, write_header, write_number, write_text,
};
use super::super::ledger;
use super::super::sheet::{SheetCell, SheetColumn, SheetNote};
use super::super::shown::Shown;
use super::{Opened, ROWS, cells, damaged, decide};
use crate::data::file_facts::{FileFacts, Words};
use crate::data::input::{Input, Made};
use crate::error::Result;
use arrow_array::Array;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use std::collections::{HashMap, HashSet};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// Different cells of a column that are remembered. No scale has as many words, and no column of more is read as codes.
const REMEMBERED: usize = 100;

/// A Parquet file that is read as text.
#[derive(Debug)]
struct ParquetText {
    input: Input,
    names: Vec<String>,
    columns: Arc<[Written]>,
}

impl Made for ParquetText {
    fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        let (text, _) = self.open().map_err(io::Error::other)?;
        Ok(Box::new(PieceReader::new(&self.names, text)))
    }
}

impl ParquetText {
    /// A reading, and how many rows there are.
    fn open(&self) -> std::result::Result<(Text, u64), String> {
        let Opened { batches, rows, .. } = Opened::new(&self.input)?;
        Ok((Text { batches, columns: Arc::clone(&self.columns) }, rows))
    }

    /// Bytes of the row of names, and about how many there are in all: by the first batch.
    fn sizes(&self) -> std::result::Result<(u64, u64), String> {
        let (mut text, rows) = self.open()?;
        let (mut names, mut piece) = (Vec::new(), Vec::new());
        write_header(&mut names, &self.names);
        text.add_next(&mut piece)?;
        let (body, first) = (names.len() as u64, piece.len() as u64);
        Ok((body, body + (first * rows).div_ceil(rows.clamp(1, ROWS as u64))))
    }
}

/// One reading of it.
struct Text {
    batches: ParquetRecordBatchReader,
    columns: Arc<[Written]>,
}

/// How the cells of a column are written.
#[derive(Debug, Default)]
struct Written {
    empty: Vec<u8>,
    /// Numbers that are not written as they are.
    numbers: Vec<(f64, Vec<u8>)>,
    texts: HashMap<String, Vec<u8>>,
}

/// The different cells of a column, as they come.
#[derive(Debug, Default)]
struct Different {
    cells: Vec<SheetCell>,
    numbers: Vec<f64>,
    texts: HashSet<String>,
    has_empty: bool,
}

/// What is told of a file before any command.
type Told = fn(Vec<SheetNote>) -> Vec<String>;

/// A file as text that is made whenever it is read.
///
/// # Errors
/// [`Error::OtherFormat`](crate::Error::OtherFormat) for a file that is damaged anywhere.
pub(crate) fn text(
    path: &Path,
    input: &Input,
    words: Words,
    as_words: &[String],
    told: Told,
) -> Result<Converted> {
    let (columns, notes) = different(input).map_err(|what| damaged(path, &what))?;
    let names: Vec<String> = columns.iter().map(|column| column.name.trim().to_string()).collect();
    let mut declared = Declared::default();
    let shown: Vec<Shown<'_>> = columns.iter().map(|column| Shown::of(column, words, as_words)).collect();
    let written = shown.iter().zip(&columns).map(|(shown, column)| Written::of(shown, column, &mut declared));
    let written: Arc<[Written]> = written.collect();
    let facts = shown.iter().map(Shown::facts).collect();
    let mut notes_of_columns = ledger::of_columns(&columns);
    notes_of_columns.extend(notes);
    let facts = FileFacts { columns: facts, told: told(notes_of_columns), declared: declared.codes };
    let made = ParquetText { input: input.clone(), names: names.clone(), columns: written };
    let (body, bytes) = made.sizes().map_err(|what| damaged(path, &what))?;
    Ok(Converted { input: Input::Made(Arc::new(made)), bytes, body, names, first_row: 1, facts })
}

/// A sheet of the different cells of each column, and what was found in its words.
fn different(input: &Input) -> std::result::Result<(Vec<SheetColumn>, Vec<SheetNote>), String> {
    let opened = Opened::new(input)?;
    let mut columns = opened.columns();
    let mut orders: Vec<Vec<String>> = vec![Vec::new(); columns.len()];
    let mut seen: Vec<Different> = columns.iter().map(|_| Different::default()).collect();
    let Opened { schema, batches, .. } = opened;
    for batch in batches {
        let batch = batch.map_err(|error| error.to_string())?;
        for (at, array) in batch.columns().iter().enumerate() {
            cells::add_words(array.as_ref(), &mut orders[at]);
            seen[at].add(array.as_ref(), &columns[at]);
        }
    }
    for (column, seen) in columns.iter_mut().zip(seen) {
        column.values = seen.cells;
    }
    let mut notes = Vec::new();
    decide(&mut columns, &schema, orders, &mut notes);
    Ok((columns, notes))
}

impl Different {
    /// Adds the cells of an array: the first that differ, an empty one, and all that are declared missing.
    fn add(&mut self, array: &dyn Array, column: &SheetColumn) {
        match cells::numbers(array) {
            Some(numbers) => numbers.into_iter().for_each(|x| self.add_number(x, column)),
            None => cells::of(array).into_iter().for_each(|cell| match cell {
                SheetCell::Empty => self.add_number(f64::NAN, column),
                SheetCell::Number(x) => self.add_number(x, column),
                SheetCell::Text(text) => self.add_text(text, column),
            }),
        }
    }

    fn add_number(&mut self, x: f64, column: &SheetColumn) {
        if !x.is_finite() {
            if !std::mem::replace(&mut self.has_empty, true) {
                self.cells.push(SheetCell::Empty);
            }
        } else if is_kept(self.numbers.len(), column, || SheetCell::Number(x)) && !self.numbers.contains(&x) {
            self.numbers.push(x);
            self.cells.push(SheetCell::Number(x));
        }
    }

    fn add_text(&mut self, text: String, column: &SheetColumn) {
        let kept = is_kept(self.texts.len(), column, || SheetCell::Text(text.clone()));
        if kept && !self.texts.contains(&text) {
            self.texts.insert(text.clone());
            self.cells.push(SheetCell::Text(text));
        }
    }
}

/// Whether a cell may be among the different ones, of which there are `count`.
fn is_kept(count: usize, column: &SheetColumn, cell: impl FnOnce() -> SheetCell) -> bool {
    count < REMEMBERED || column.user_missing.as_ref().is_some_and(|own| own.holds(&cell()))
}

impl Written {
    /// By what a sheet of the different cells says of them.
    fn of(shown: &Shown<'_>, column: &SheetColumn, declared: &mut Declared) -> Self {
        let mut own = Self::default();
        for (row, cell) in column.values.iter().enumerate() {
            let (mut text, mut plain) = (Vec::new(), Vec::new());
            shown.write(row, &mut text, declared);
            match cell {
                SheetCell::Empty => own.empty = text,
                SheetCell::Number(x) => {
                    write_number(&mut plain, *x);
                    if text != plain {
                        own.numbers.push((*x, text));
                    }
                }
                SheetCell::Text(word) => {
                    write_text(&mut plain, word);
                    if text != plain {
                        own.texts.insert(word.clone(), text);
                    }
                }
            }
        }
        own
    }

    fn number(&self, x: f64, text: &mut Vec<u8>) {
        match self.numbers.iter().find(|(known, _)| *known == x) {
            Some((_, written)) => text.extend_from_slice(written),
            None if x.is_finite() => write_number(text, x),
            None => text.extend_from_slice(&self.empty),
        }
    }

    fn cell(&self, cell: &SheetCell, text: &mut Vec<u8>) {
        match cell {
            SheetCell::Empty => text.extend_from_slice(&self.empty),
            SheetCell::Number(x) => self.number(*x, text),
            SheetCell::Text(word) => match self.texts.get(word) {
                Some(written) => text.extend_from_slice(written),
                None => write_text(text, word),
            },
        }
    }
}

/// A column of a batch.
enum Piece {
    Numbers(Vec<f64>),
    Cells(Vec<SheetCell>),
}

impl Pieces for Text {
    fn add_next(&mut self, text: &mut Vec<u8>) -> std::result::Result<bool, String> {
        while text.is_empty() {
            let Some(batch) = self.batches.next() else { return Ok(false) };
            let batch = batch.map_err(|error| error.to_string())?;
            let piece = |array: &Arc<dyn Array>| match cells::numbers(array.as_ref()) {
                Some(numbers) => Piece::Numbers(numbers),
                None => Piece::Cells(cells::of(array.as_ref())),
            };
            let pieces: Vec<Piece> = batch.columns().iter().map(piece).collect();
            for row in 0..batch.num_rows() {
                let begin = text.len();
                for (at, (piece, own)) in pieces.iter().zip(self.columns.iter()).enumerate() {
                    if at > 0 {
                        text.push(b',');
                    }
                    match piece {
                        Piece::Numbers(numbers) => own.number(numbers[row], text),
                        Piece::Cells(cells) => own.cell(&cells[row], text),
                    }
                }
                if text.len() == begin {
                    text.extend_from_slice(b"NA"); // a line without anything is no row
                }
                text.push(b'\n');
            }
        }
        Ok(true)
    }
}

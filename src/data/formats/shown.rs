//! A column of a sheet as it is written into the text that the reader of answers takes.

use super::csv_text::{Declared, write_number, write_text};
use super::sheet::{Absence, CellKind, SheetCell, SheetColumn};
use crate::data::file_facts::{ColumnFacts, Words};
use std::collections::HashMap;

/// Different codes of a column.
pub(super) fn points(column: &SheetColumn) -> usize {
    let mut seen: Vec<&SheetCell> = Vec::new();
    for code in column.codes.iter().flatten().filter(|code| **code != SheetCell::Empty) {
        if seen.len() < 50 && !seen.contains(&code) {
            seen.push(code);
        }
    }
    seen.len()
}

/// A column, and which of its faces is written.
pub(super) struct Shown<'a> {
    column: &'a SheetColumn,
    cells: &'a [SheetCell],
    /// Words in the place of codes.
    labels: HashMap<String, &'a str>,
    words: usize,
    /// Whether an empty cell has a code (a mark that was not made).
    empty_is_code: bool,
}

impl<'a> Shown<'a> {
    pub(super) fn of(column: &'a SheetColumn, words: Words, as_words: &[String]) -> Self {
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

    pub(super) fn facts(&self) -> ColumnFacts {
        ColumnFacts { question: self.column.label.clone(), metadata: self.column.metadata, words: self.words }
    }

    pub(super) fn write(&self, row: usize, text: &mut Vec<u8>, declared: &mut Declared) {
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

//! The page of a file as it was read.

use super::{Page, Report, Table};
use crate::data::formats::{CellKind, Sheet, SheetCell, SheetColumn};

/// Letters of a wording or of words that are shown.
const SHOWN: usize = 48;

impl Report for Sheet {
    fn page(&self) -> Page {
        let mut page = Page::titled("What the file holds");
        let columns = self.columns.len();
        page.paragraph(format!("Read as: {}. {} rows, {columns} columns.", self.recognised_as, self.rows));
        // cells that are empty stand in the table
        let told =
            self.ledger.iter().filter(|line| line.kind != "system_missing").map(|line| line.message.clone());
        page.list(told.collect());
        page.table(self.table());
        page
    }
}

impl Sheet {
    /// A row for every column.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table =
            Table::new("Columns", ["column", "wording", "cells", "answered", "missing", "answers"]);
        for column in &self.columns {
            let missing = column.missing.as_ref().map_or(0, |missing| missing.iter().flatten().count());
            let wording = column.label.as_deref().filter(|label| *label != column.name).unwrap_or_default();
            table.row([
                short(&column.name),
                short(wording),
                cells(column).to_string(),
                (column.values.len() - missing).to_string(),
                missing.to_string(),
                short(&answers(column)),
            ]);
        }
        table
    }
}

fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SHOWN {
        return line;
    }
    let begun: String = line.chars().take(SHOWN - 3).collect();
    format!("{}...", begun.trim_end())
}

fn cells(column: &SheetColumn) -> &'static str {
    match column.kind {
        _ if column.metadata => "about the answering",
        CellKind::Numeric => "numbers",
        CellKind::String => "texts",
        CellKind::Date => "days",
        CellKind::Datetime => "days with times",
        CellKind::Label => "words",
        CellKind::Code => "answer codes",
        CellKind::CodeAndLabel => "codes with words",
    }
}

/// The range of numbers, or the words.
fn answers(column: &SheetColumn) -> String {
    let answered = |row: usize| column.missing.as_ref().is_none_or(|missing| missing[row].is_none());
    let values = column.codes.as_ref().unwrap_or(&column.values);
    let numbers =
        values.iter().enumerate().filter(|(row, _)| answered(*row)).filter_map(|(_, cell)| match cell {
            SheetCell::Number(number) => Some(*number),
            _ => None,
        });
    let (low, high) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), n| (l.min(n), h.max(n)));
    if low <= high {
        return format!("{low} to {high}");
    }
    let mut words: Vec<String> = Vec::new();
    for cell in values.iter().filter(|cell| **cell != SheetCell::Empty) {
        let word = cell.to_string();
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
        if words.len() > 3 {
            break;
        }
    }
    words.join("; ")
}

//! Workbooks: Excel (.xlsx, .xls) and OpenDocument (.ods), by calamine. Which sheet, where the header is, what cells hold.

use super::options::SheetOptions;
use super::recognise::Workbook;
use super::refusal::refused;
use super::sheet::{Sheet, SheetNote};
use super::tabular::{self, Grid, GridCell};
use crate::error::Result;
use calamine::{Data, Range, Reader, Sheets, open_workbook_auto_from_rs};
use std::io::Cursor;
use std::path::Path;

const AGAIN: &str = "Open it in the spreadsheet program and save it again as .xlsx, or as CSV (UTF-8).";

type Book = Sheets<Cursor<Vec<u8>>>;

/// The sheet that is asked for, or the one that holds the table.
fn chosen(
    path: &Path,
    book: &mut Book,
    options: &SheetOptions,
    notes: &mut Vec<SheetNote>,
) -> Result<(String, Range<Data>)> {
    let broken = |what: String| refused(path, &format!("the workbook cannot be read: {what}"), AGAIN);
    let names = book.sheet_names();
    let all = format!("Its sheets are: {}.", names.join(", "));
    let (name, range) = match &options.sheet {
        Some(asked) => {
            let range = book.worksheet_range(asked);
            let range = range.map_err(|_| refused(path, &format!("it has no sheet '{asked}'"), &all))?;
            (asked.clone(), range)
        }
        None => {
            let mut best: Option<(usize, String, Range<Data>)> = None;
            for name in &names {
                let range = book.worksheet_range(name).map_err(|e| broken(e.to_string()))?;
                let size = table_size(&range);
                if best.as_ref().is_none_or(|(most, _, _)| size > *most) {
                    best = Some((size, name.clone(), range));
                }
            }
            let Some((_, name, range)) = best else { return Err(broken("it has no sheets".into())) };
            if names.len() > 1 {
                let message = format!(
                    "of {} sheets '{name}' was read, which holds the table; --sheet names another",
                    names.len()
                );
                notes.push(SheetNote::new("sheet_chosen", message));
            }
            (name, range)
        }
    };
    if range.used_cells().next().is_none() {
        let remedy = if names.len() > 1 { all } else { "Export the answers once more.".to_string() };
        return Err(refused(path, &format!("the sheet '{name}' is empty"), &remedy));
    }
    Ok((name, range))
}

/// Cells of answers that are merged with others, from the row `first` of the sheet on, from 0.
fn merged(book: &mut Book, name: &str, first: u32) -> Option<SheetNote> {
    let regions = match book {
        Sheets::Xlsx(book) => book.merge_cells_by_sheet_name(name).ok()?,
        Sheets::Xls(book) => book.merge_cells_by_sheet_name(name).ok()?,
        _ => return None,
    };
    let regions: Vec<_> = regions.into_iter().filter(|region| region.start.0 >= first).collect();
    let shown = regions.first()?;
    let cells = |region: &calamine::Dimensions| {
        (region.end.0 - region.start.0 + 1) as usize * (region.end.1 - region.start.1 + 1) as usize - 1
    };
    let count = regions.iter().map(cells).sum();
    let place = |(row, column): (u32, u32)| format!("row {} of column {}", row + 1, column + 1);
    let message = format!(
        "{count} cells are merged with the one before or above (the first from {} to {}) and read as empty: unmerge them and fill \
         them in the spreadsheet program",
        place(shown.start),
        place(shown.end)
    );
    Some(SheetNote::new("merged_cells", message).count(count))
}

pub(crate) fn read(path: &Path, content: Vec<u8>, kind: Workbook, options: &SheetOptions) -> Result<Sheet> {
    let broken = |what: String| refused(path, &format!("the workbook cannot be read: {what}"), AGAIN);
    let mut book: Book =
        open_workbook_auto_from_rs(Cursor::new(content)).map_err(|e| broken(e.to_string()))?;
    let mut notes = Vec::new();
    let (name, range) = chosen(path, &mut book, options, &mut notes)?;
    let formulas = book.worksheet_formula(&name).ok();
    let (start_row, start_column) = range.start().unwrap_or((0, 0));
    let mut rows: Vec<Vec<GridCell>> = Vec::with_capacity(range.height());
    for (at, row) in range.rows().enumerate() {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let place = (start_row + at as u32, start_column + column as u32);
            let formula =
                || formulas.as_ref().and_then(|f| f.get_value(place)).is_some_and(|f| !f.is_empty());
            match cell {
                Data::Empty if formula() => GridCell::Formula,
                Data::String(text) if text.is_empty() && formula() => GridCell::Formula,
                cell => grid_cell(cell),
            }
        });
        rows.push(cells.collect());
    }
    let formatted = trim_edges(&mut rows) | reaches_further(&mut book, &name, &range);
    let header = header_row(&rows);
    if header > 0 {
        let message =
            format!("{header} rows above the header (row {}) were left out", start_row as usize + header + 1);
        notes.push(SheetNote::new("rows_skipped", message));
        rows.drain(..header);
        trim_edges(&mut rows);
    }
    notes.extend(merged(&mut book, &name, start_row + header as u32 + 1));
    let before = rows.len();
    rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    if formatted || rows.len() < before {
        let message = "rows and columns without a value around or within the table were left out";
        notes.push(SheetNote::new("empty_rows_dropped", message));
    }
    let program = match kind {
        Workbook::OpenDocument => "OpenDocument workbook",
        _ => "Excel workbook",
    };
    let said = format!("{program}, sheet {name}");
    tabular::sheet(
        path,
        Grid { said, rows, notes, first_row: start_row as usize + header + 1, typed: true },
        options,
    )
}

fn table_size(range: &Range<Data>) -> usize {
    range
        .rows()
        .map(|row| row.iter().filter(|cell| !matches!(cell, Data::Empty)).count())
        .filter(|cells| *cells > 1)
        .sum()
}

/// Whether the sheet has cells (formatted, without a value) beyond the last value.
fn reaches_further(book: &mut Book, name: &str, range: &Range<Data>) -> bool {
    let Sheets::Xlsx(book) = book else { return false };
    let Ok(cells) = book.worksheet_cells_reader(name) else { return false };
    let (row, column) = cells.dimensions().end;
    range.end().is_some_and(|(last_row, last_column)| row > last_row || column > last_column)
}

fn grid_cell(cell: &Data) -> GridCell {
    match cell {
        Data::Empty => GridCell::Empty,
        Data::String(text) if text.is_empty() => GridCell::Empty,
        Data::String(text) => GridCell::Text(text.clone()),
        Data::Float(number) => GridCell::Number(*number),
        Data::Int(number) => GridCell::Number(*number as f64),
        Data::Bool(truth) => GridCell::Number(f64::from(u8::from(*truth))),
        Data::Error(_) => GridCell::Error,
        Data::DateTimeIso(text) if text.len() == 10 => GridCell::Day(text.clone()),
        Data::DateTimeIso(text) => GridCell::DayAndTime(text.chars().take(19).collect()),
        Data::DurationIso(text) => GridCell::Text(text.clone()),
        Data::DateTime(serial) if serial.is_duration() => GridCell::Number(serial.as_f64()),
        Data::DateTime(serial) => {
            let (year, month, day, hour, minute, second, _) = serial.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            match serial.as_f64().fract() {
                0.0 => GridCell::Day(date),
                _ => GridCell::DayAndTime(format!("{date}T{hour:02}:{minute:02}:{second:02}")),
            }
        }
        #[allow(unreachable_patterns)]
        other => GridCell::Text(other.to_string()),
    }
}

/// Drops empty rows at the end and empty columns behind the last with a value; whether there were any.
fn trim_edges(rows: &mut Vec<Vec<GridCell>>) -> bool {
    let mut dropped = false;
    while rows.last().is_some_and(|row| row.iter().all(GridCell::is_empty)) {
        rows.pop();
        dropped = true;
    }
    let used = rows
        .iter()
        .filter_map(|row| row.iter().rposition(|cell| !cell.is_empty()))
        .max()
        .map_or(0, |at| at + 1);
    for row in rows.iter_mut() {
        dropped |= row.len() > used;
        row.truncate(used);
    }
    dropped
}

/// The first row that fills the table: title rows above it fill one or two cells.
fn header_row(rows: &[Vec<GridCell>]) -> usize {
    let filled = |row: &Vec<GridCell>| row.iter().filter(|cell| !cell.is_empty()).count();
    let most = rows.iter().map(filled).max().unwrap_or(0);
    let is_header = |row: &Vec<GridCell>| {
        filled(row) * 2 > most
            && row.iter().filter(|cell| !cell.is_empty()).all(|cell| matches!(cell, GridCell::Text(_)))
    };
    rows.iter().take(50).position(is_header).unwrap_or(0)
}

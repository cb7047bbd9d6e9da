//! From a grid of cells (a text file, a sheet of a workbook) to columns.

use super::notation::{self, Notation, Seen};
use super::options::SheetOptions;
use super::refusal::refused;
use super::services::{self, Header};
use super::sheet::{Absence, CellKind, Sheet, SheetCell, SheetColumn, SheetNote};
use super::{codes, conventions, ledger};
use crate::construct::Service;
use crate::error::Result;
use std::path::Path;

/// A cell of a grid.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(not(feature = "xlsx"), allow(dead_code))] // only workbooks type their cells
pub(crate) enum GridCell {
    Empty,
    Text(String),
    Number(f64),
    Day(String),
    DayAndTime(String),
    Error,
    Formula,
}

impl GridCell {
    pub(crate) fn shown(&self) -> String {
        match self {
            GridCell::Text(text) | GridCell::Day(text) | GridCell::DayAndTime(text) => text.clone(),
            GridCell::Number(number) => number.to_string(),
            _ => String::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            GridCell::Empty => true,
            GridCell::Text(text) => blank(text),
            _ => false,
        }
    }
}

fn blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{a0}' || c == '\u{feff}')
}

/// A grid, with what is known of where it came from.
#[derive(Debug)]
pub(crate) struct Grid {
    /// In words: `CSV, semicolons, UTF-8`.
    pub(crate) said: String,
    pub(crate) rows: Vec<Vec<GridCell>>,
    pub(crate) notes: Vec<SheetNote>,
    /// The row of the file in which the first row of the grid stands, from 1.
    pub(crate) first_row: usize,
    /// Whether cells were typed by a spreadsheet program.
    pub(crate) typed: bool,
}

/// Written for a missing answer; only the empty cell and NA are missing without a word.
const TOKENS: &[&str] = &[
    "na", "n/a", "#n/a", "n.a.", "nan", "null", "none", "missing", ".", "-", "--", "?", "#null!", "#value!",
    "k.a.", "n.v.t.", "nvt", "(empty)", "<na>",
];

pub(crate) fn sheet(path: &Path, mut grid: Grid, options: &SheetOptions) -> Result<Sheet> {
    let mut dropped = 0;
    while grid.rows.last().is_some_and(|row| row.iter().all(GridCell::is_empty)) {
        grid.rows.pop();
        dropped += 1;
    }
    if dropped > 0 && !grid.typed {
        let message = format!("{dropped} rows without a value at the end were left out");
        grid.notes.push(SheetNote::new("empty_rows_dropped", message).count(dropped));
    }
    let first: Vec<Vec<String>> = grid
        .rows
        .iter()
        .take(3)
        .map(|row| row.iter().map(|cell| trim(&cell.shown()).to_string()).collect())
        .collect();
    let header = services::header(&first, options.service);
    if header.names.iter().all(String::is_empty) {
        return Err(refused(
            path,
            "it has no header row",
            "Put the names of the columns into the first row.",
        ));
    }
    check_header(path, &header, &grid)?;
    let width = header.names.len();
    let body = grid.rows.split_off(header.rows.min(grid.rows.len()));
    check_body(path, &body, width, header.rows + grid.first_row)?;
    let mut notes = std::mem::take(&mut grid.notes);
    let short = body.iter().filter(|row| row.len() < width).count();
    if short > 0 && !grid.typed {
        notes.push(
            SheetNote::new("short_rows", format!("{short} rows end before the last column: read as empty"))
                .count(short),
        );
    }
    let mut sheet = Sheet {
        recognised_as: said(&header, &grid),
        rows: body.len(),
        first_row: grid.first_row + header.rows,
        columns: Vec::new(),
        ledger: Vec::new(),
    };
    let notation = notation_of(&header, &body, &mut notes);
    let mut blanks = 0;
    let mut tokens: Vec<String> = Vec::new();
    for at in 0..width {
        let cells = body.iter().map(|row| row.get(at).cloned().unwrap_or(GridCell::Empty));
        let cells: Vec<GridCell> = cells.map(|cell| tidy(cell, &mut blanks)).collect();
        let mut column = column(&header, at, cells, notation, &grid, &mut notes, &mut tokens);
        column.metadata = header.metadata[at];
        column.label = header.labels[at].clone();
        sheet.columns.push(column);
    }
    tell(&header, &sheet, blanks, &tokens, &mut notes);
    conventions::apply(&mut sheet, &header);
    if header.service == Service::LimeSurvey {
        codes::map_answer_codes(&mut sheet.columns, &mut notes);
    }
    codes::find(&mut sheet.columns, &mut notes);
    for column in &mut sheet.columns {
        column.mark_missing(true);
    }
    let mut told = ledger::of_columns(&sheet.columns);
    told.append(&mut sheet.ledger);
    told.extend(notes);
    sheet.ledger = told;
    Ok(sheet)
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}' || c == '\u{feff}')
}

fn said(header: &Header, grid: &Grid) -> String {
    match header.said.as_str() {
        "" => format!("{}, header in row {}", grid.said, grid.first_row),
        service => format!("{service} ({})", grid.said),
    }
}

fn check_header(path: &Path, header: &Header, grid: &Grid) -> Result<()> {
    let numbers = header.names.iter().filter(|name| name.parse::<f64>().is_ok()).count();
    if header.rows == 1 && numbers * 2 > header.names.len() && header.names.len() > 1 {
        let what = format!(
            "row {} holds numbers where the names of the columns are expected: '{}'",
            grid.first_row,
            header.names.join(", ")
        );
        let what = if what.len() > 200 { what.chars().take(200).collect() } else { what };
        return Err(refused(path, &what, "Add a first row with a name for every column."));
    }
    Ok(())
}

/// `first` is the row of the file in which the first of these rows stands.
fn check_body(path: &Path, body: &[Vec<GridCell>], width: usize, first: usize) -> Result<()> {
    if body.is_empty() {
        return Err(refused(path, "it has a header but no rows of answers", "Export the answers once more."));
    }
    let further = |row: &Vec<GridCell>| row.iter().skip(width).any(|cell| !cell.is_empty());
    let Some(at) = body.iter().position(further) else { return Ok(()) };
    let what = format!("row {} has more cells than the header has names ({width})", at + first);
    let remedy = "Put cells that contain the delimiter between double quotes, or name every column.";
    Err(refused(path, &what, remedy))
}

fn tidy(cell: GridCell, blanks: &mut usize) -> GridCell {
    match cell {
        GridCell::Text(text) if blank(&text) => {
            *blanks += usize::from(!text.is_empty());
            GridCell::Empty
        }
        GridCell::Text(text) => {
            let trimmed = trim(&text);
            match trimmed {
                "NA" => GridCell::Empty,
                _ => GridCell::Text(trimmed.to_string()),
            }
        }
        cell => cell,
    }
}

fn texts(body: &[Vec<GridCell>], at: usize) -> impl Iterator<Item = &str> + Clone {
    body.iter().filter_map(move |row| match row.get(at) {
        Some(GridCell::Text(text)) => Some(trim(text)).filter(|text| !text.is_empty() && !is_token(text)),
        _ => None,
    })
}

fn is_token(text: &str) -> bool {
    text.len() <= 8 && TOKENS.contains(&text.to_lowercase().as_str())
}

/// One notation for the whole file; two are told.
fn notation_of(header: &Header, body: &[Vec<GridCell>], notes: &mut Vec<SheetNote>) -> Notation {
    let mut seen = Seen::default();
    for (at, name) in header.names.iter().enumerate() {
        seen.look(name, texts(body, at));
    }
    let notation = seen.notation();
    if notation == Notation::Comma {
        let message = format!("numbers are read with a decimal comma (seen in '{}')", seen.comma[0]);
        notes.push(SheetNote::new("decimal_comma", message));
    }
    if !seen.comma.is_empty() && !seen.point.is_empty() {
        let (read, left) =
            if notation == Notation::Comma { ("comma", &seen.point) } else { ("point", &seen.comma) };
        let message = format!(
            "the file mixes decimal commas ('{}') and points ('{}'): read with a {read}; the others stay texts",
            seen.comma[0], seen.point[0]
        );
        notes.push(SheetNote::new("mixed_notation", message).column(&left[0]).count(left.len()));
    }
    notation
}

fn column(
    header: &Header,
    at: usize,
    mut cells: Vec<GridCell>,
    notation: Notation,
    grid: &Grid,
    notes: &mut Vec<SheetNote>,
    tokens: &mut Vec<String>,
) -> SheetColumn {
    let name = header.names[at].clone();
    let numeric = |cell: &GridCell| match cell {
        GridCell::Text(text) => notation::number(text, notation).is_some() && !notation::is_identifier(text),
        GridCell::Number(_) => true,
        _ => false,
    };
    let open = |cell: &GridCell| !matches!(cell, GridCell::Empty | GridCell::Error | GridCell::Formula);
    let token = |cell: &GridCell| matches!(cell, GridCell::Text(text) if is_token(text));
    let numbers = cells.iter().filter(|cell| numeric(cell)).count();
    let others = cells.iter().filter(|cell| open(cell) && !numeric(cell) && !token(cell)).count();
    if numbers > 0 && others == 0 && !header.metadata[at] {
        for cell in cells.iter_mut().filter(|cell| token(cell)) {
            let text = cell.shown();
            if !tokens.contains(&text) {
                tokens.push(text);
            }
            *cell = GridCell::Empty;
        }
    }
    let absences: Vec<Option<Absence>> = cells
        .iter()
        .map(|cell| match cell {
            GridCell::Error => Some(Absence::ErrorCell),
            GridCell::Formula => Some(Absence::FormulaWithoutValue),
            _ => None,
        })
        .collect();
    let whole = |text: &str| text.parse::<i64>().is_ok_and(|n| n.to_string() == text);
    let as_numbers = if header.metadata[at] {
        cells.iter().all(|cell| {
            matches!(cell, GridCell::Number(_))
                || !open(cell)
                || matches!(cell, GridCell::Text(t) if whole(t))
        }) && numbers > 0
    } else {
        numbers > 0 && others == 0
    };
    let mut column = if as_numbers {
        let written = cells.iter().filter(|cell| matches!(cell, GridCell::Text(_))).count();
        let values: Vec<SheetCell> = cells.iter().map(|cell| number_of(cell, notation)).collect();
        let mut column = SheetColumn::new(name, CellKind::Numeric, values);
        if grid.typed && written > 0 {
            let message =
                format!("{written} numbers of '{}' are stored as texts: read as numbers", column.name);
            notes.push(SheetNote::new("text_numbers", message).column(&column.name).count(written));
        }
        if header.service == Service::Forms || (grid.typed && written > 0) {
            column.codes = Some(column.values.clone());
        }
        column
    } else {
        words(header, at, &cells, grid)
    };
    if column.kind == CellKind::String && numbers * 5 > (numbers + others) * 4 && !header.metadata[at] {
        let odd = cells.iter().enumerate().find(|(_, cell)| open(cell) && !numeric(cell) && !token(cell));
        if let Some((row, cell)) = odd {
            let row = row + header.rows + grid.first_row;
            let message = format!(
                "'{}' holds numbers but for {others} cells (the first, '{}', in row {row}): read as texts",
                column.name,
                cell.shown()
            );
            notes.push(SheetNote::new("mixed_column", message).column(&column.name).count(others));
        }
    }
    if absences.iter().any(Option::is_some) {
        tell_absences(&column.name, &absences, notes);
        column.missing = Some(absences);
    }
    column
}

fn tell_absences(name: &str, absences: &[Option<Absence>], notes: &mut Vec<SheetNote>) {
    for (kind, absence) in
        [("error_cells", Absence::ErrorCell), ("formula_without_value", Absence::FormulaWithoutValue)]
    {
        let count = absences.iter().filter(|a| a.as_ref() == Some(&absence)).count();
        if count > 0 {
            let message = format!("{count} cells of '{name}': {}", kind.replace('_', " "));
            notes.push(SheetNote::new(kind, message).column(name).count(count));
        }
    }
}

fn number_of(cell: &GridCell, notation: Notation) -> SheetCell {
    let number = match cell {
        GridCell::Text(text) => notation::number(text, notation),
        GridCell::Number(number) => Some(*number),
        _ => None,
    };
    number.map_or(SheetCell::Empty, SheetCell::Number)
}

/// A column of texts, days, or days with times.
fn words(header: &Header, at: usize, cells: &[GridCell], grid: &Grid) -> SheetColumn {
    let name = header.names[at].clone();
    let written =
        || cells.iter().filter(|cell| !matches!(cell, GridCell::Empty | GridCell::Error | GridCell::Formula));
    let text_of =
        |cell: &GridCell| if cell.is_empty() { SheetCell::Empty } else { SheetCell::Text(cell.shown()) };
    let map = |kind, each: &dyn Fn(&GridCell) -> SheetCell| {
        SheetColumn::new(name.clone(), kind, cells.iter().map(each).collect())
    };
    if grid.typed && written().next().is_some() && written().all(|cell| matches!(cell, GridCell::Day(_))) {
        return map(CellKind::Date, &text_of);
    }
    if grid.typed
        && written().next().is_some()
        && written().all(|cell| matches!(cell, GridCell::Day(_) | GridCell::DayAndTime(_)))
    {
        return map(CellKind::Datetime, &text_of);
    }
    let as_written = match header.service {
        Service::None | Service::Spss => false,
        Service::Qualtrics => header.rows != 3,
        _ => true,
    };
    let texts = || {
        written().map(|cell| match cell {
            GridCell::Text(text) => text.as_str(),
            _ => "",
        })
    };
    if !as_written && written().next().is_some() {
        if texts().all(|text| notation::day_and_time(text).is_some()) {
            return map(CellKind::Datetime, &|cell| {
                notation::day_and_time(&cell.shown()).map_or(SheetCell::Empty, SheetCell::Text)
            });
        }
        let order = notation::day_order(texts());
        if let Some(order) = order.filter(|order| texts().all(|text| notation::day(text, *order).is_some())) {
            return map(CellKind::Date, &|cell| {
                notation::day(&cell.shown(), order).map_or(SheetCell::Empty, SheetCell::Text)
            });
        }
    }
    map(CellKind::String, &text_of)
}

fn tell(header: &Header, sheet: &Sheet, blanks: usize, tokens: &[String], notes: &mut Vec<SheetNote>) {
    if blanks > 0 {
        notes.push(SheetNote::new("blank_cells", format!("{blanks} cells hold blanks only: read as empty")));
    }
    if !tokens.is_empty() {
        let message = format!("read as missing in columns of numbers: {}", tokens.join(", "));
        notes.push(SheetNote::new("missing_tokens", message));
    }
    let names = &header.names;
    let mut seen = std::collections::HashSet::new();
    let twice = names.iter().enumerate().find(|(_, name)| !name.is_empty() && !seen.insert(name.as_str()));
    if let Some((at, name)) = twice {
        let before = names.iter().position(|other| other == name).unwrap_or(0);
        let message = format!(
            "columns {} and {} have the same name '{name}': rename one before it is used",
            before + 1,
            at + 1
        );
        notes.push(SheetNote::new("duplicate_names", message));
    }
    if let Some(at) = names.iter().position(String::is_empty) {
        notes.push(SheetNote::new("unnamed_column", format!("column {} has no name", at + 1)));
    }
    let long = |name: &&String| name.len() > 24 && name.split_whitespace().count() > 3;
    let count = names.iter().filter(long).count();
    if count > 0 {
        let message =
            format!("the names of {count} columns are questions: give items short ids in the construct file");
        notes.push(SheetNote::new("short_names", message));
    }
    for column in &sheet.columns {
        let mut written = column.values.iter().filter(|cell| **cell != SheetCell::Empty);
        let Some(first) = written.next() else { continue };
        if sheet.rows > 1
            && column.values.iter().all(|cell| cell == first)
            && (!column.metadata || header.service == Service::Forms)
        {
            let message = format!("'{}' is '{first}' in every row", column.name);
            notes.push(SheetNote::new("constant_column", message).column(&column.name));
        }
    }
}

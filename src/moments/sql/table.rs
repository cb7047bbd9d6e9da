//! A result of one statement as a CSV file: its mark, its columns, its cells as numbers.

use super::statement::MARK;
use crate::error::{Error, Result};
use std::collections::HashMap;
use std::path::Path;

/// A result of one statement.
#[derive(Debug)]
pub(super) struct ResultTable {
    /// The file.
    pub(super) place: String,
    /// Of the plan.
    pub(super) fingerprint: String,
    pub(super) number: usize,
    pub(super) of: usize,
    columns: HashMap<String, usize>,
    /// The column whose name is the mark, and whose cells name the block.
    mark: usize,
    records: Vec<csv::StringRecord>,
}

/// One row of it.
#[derive(Clone, Copy)]
pub(super) struct ResultRow<'a> {
    table: &'a ResultTable,
    record: &'a csv::StringRecord,
    row: usize,
}

pub(super) fn bad<T>(place: &str, problem: String, remedy: &str) -> Result<T> {
    Err(Error::BadAggregate { place: place.into(), problem, remedy: remedy.into() })
}

/// What clients write for NULL.
fn is_null(cell: &str) -> bool {
    matches!(cell, "" | "NULL" | "null" | "\\N" | "None" | "<null>")
}

impl ResultTable {
    pub(super) fn read(path: &Path, text: &str) -> Result<Self> {
        Self::read_marked(path, text, MARK)
    }

    /// The result of a statement whose mark begins otherwise.
    pub(super) fn read_marked(path: &Path, text: &str, known: &str) -> Result<Self> {
        let place = path.display().to_string();
        let text = text.trim_start_matches('\u{feff}');
        let first = text.lines().next().unwrap_or_default();
        let count = |delimiter: char| first.matches(delimiter).count();
        let delimiter = [',', ';', '\t'].into_iter().max_by_key(|own| count(*own)).unwrap_or(',') as u8;
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).flexible(false).from_reader(text.as_bytes());
        let unread = |error: csv::Error| Error::BadAggregate {
            place: place.clone(),
            problem: format!("is no table: {error}"),
            remedy: "Save the result of each statement as a CSV file with its header row.".into(),
        };
        let header: Vec<String> =
            reader.headers().map_err(unread)?.iter().map(|name| name.trim().to_lowercase()).collect();
        // without the version
        let kind = known.trim_end_matches(|c: char| c == '_' || c.is_ascii_digit());
        let marked = header.iter().enumerate().find(|(_, name)| name.starts_with(kind));
        let Some((at, mark)) = marked else {
            let found = header.first().cloned().unwrap_or_default();
            let remedy = "Save the result of a statement of 'sql' with its header row, or a document of 'moments' or 'merge'.";
            return bad(
                &place,
                format!("is no result of a statement (its first column is '{found}')"),
                remedy,
            );
        };
        let Some((fingerprint, number, of)) = parts_of(mark, known) else {
            let remedy = "Write the statements again with this version of the library, and run them.";
            return bad(&place, format!("is of another version ('{mark}')"), remedy);
        };
        let records = reader.records().collect::<std::result::Result<Vec<_>, _>>().map_err(unread)?;
        let mut columns = HashMap::with_capacity(header.len());
        for (at, name) in header.into_iter().enumerate() {
            if columns.insert(name.clone(), at).is_some() {
                return bad(&place, format!("has the column '{name}' twice"), "Save one result in one file.");
            }
        }
        Ok(Self { place, fingerprint, number, of, columns, mark: at, records })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = ResultRow<'_>> {
        self.records.iter().enumerate().map(|(i, record)| ResultRow { table: self, record, row: i + 2 })
    }
}

/// Fingerprint, number and how many there are, of this version.
fn parts_of(mark: &str, known: &str) -> Option<(String, usize, usize)> {
    let (fingerprint, rest) = mark.strip_prefix(known)?.split_once("__")?;
    let (number, of) = rest.split_once("_of_")?;
    let (number, of): (usize, usize) = (number.parse().ok()?, of.parse().ok()?);
    ((1..=of).contains(&number)).then(|| (fingerprint.to_string(), number, of))
}

impl<'a> ResultRow<'a> {
    fn cell(&self, column: &str) -> Result<&'a str> {
        match self.table.columns.get(column) {
            Some(&at) => Ok(self.record.get(at).unwrap_or_default().trim()),
            None => self.wrong(column, "is not among its columns".into()),
        }
    }

    fn wrong<T>(&self, column: &str, problem: String) -> Result<T> {
        let place = format!("{}, row {}", self.table.place, self.row);
        bad(
            &place,
            format!("column '{column}' {problem}"),
            "Run the statement again, as it was written, and save all of its result.",
        )
    }

    /// What the statement computes.
    pub(super) fn block(&self) -> &'a str {
        self.record.get(self.table.mark).unwrap_or_default().trim()
    }

    pub(super) fn place(&self) -> String {
        format!("{}, row {}", self.table.place, self.row)
    }

    pub(super) fn text(&self, column: &str) -> Result<Option<String>> {
        Ok(Some(self.cell(column)?).filter(|cell| !is_null(cell)).map(Into::into))
    }

    /// A finite number, where there is one.
    pub(super) fn number(&self, column: &str) -> Result<Option<f64>> {
        let cell = self.cell(column)?;
        if is_null(cell) {
            return Ok(None);
        }
        match cell.parse::<f64>() {
            Ok(x) if x.is_finite() => Ok(Some(x)),
            Ok(x) => self
                .wrong(column, format!("holds {x}: an answer is not a finite number, or a sum overflowed")),
            Err(_) => self.wrong(column, format!("holds '{cell}', which is no number")),
        }
    }

    /// A count; NULL, which the sum of no rows is, is 0.
    pub(super) fn count(&self, column: &str) -> Result<u64> {
        let x = self.number(column)?.unwrap_or(0.0);
        if x < 0.0 {
            return self.wrong(column, format!("holds {x}, a count below zero"));
        }
        if x.fract() != 0.0 || x > 9_007_199_254_740_992.0 {
            return self.wrong(column, format!("holds {x}, which is no count"));
        }
        Ok(x as u64)
    }

    /// A sum over `n` rows.
    pub(super) fn sum(&self, column: &str, n: u64) -> Result<f64> {
        match self.number(column)? {
            Some(x) => Ok(x),
            None if n == 0 => Ok(0.0),
            None => self.wrong(column, format!("is empty, though it is a sum over {n} rows")),
        }
    }

    /// The position of a code; none where the row is of other items.
    pub(super) fn code(&self, column: &str) -> Result<Option<usize>> {
        let Some(&at) = self.table.columns.get(column) else { return Ok(None) };
        let cell = self.record.get(at).unwrap_or_default().trim();
        if is_null(cell) { Ok(None) } else { Ok(Some(self.count(column)? as usize)) }
    }

    /// Whether there is such a column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.table.columns.contains_key(column)
    }
}

//! Cells that are no answers, collected so that one message tells them all.

use super::cell::RawCell;
use crate::error::{BadCell, Error};
use std::borrow::Cow;
use std::path::Path;

/// How many bad cells are kept; all of them are counted.
pub(crate) const KEPT_CELLS: usize = 10_000;

/// What is said of a row with bytes that UTF-8 does not know.
pub(crate) const NOT_UTF8: &str = "not valid UTF-8 text";

/// How much of a bad cell is shown.
const SHOWN_CHARACTERS: usize = 60;

/// Bad cells in file order, and the first row that is no text in UTF-8.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    total: usize,
    cells: Vec<BadCell>,
    not_utf8: Option<usize>,
    nan: Strange,
    infinite: Strange,
}

/// Values from memory that are no numbers: the first with its place, and how many there are.
#[derive(Debug, Default)]
struct Strange {
    first: Option<(usize, String, f64)>,
    total: usize,
}

impl Strange {
    #[cold]
    fn add(&mut self, row: usize, column: &str, value: f64) {
        self.first.get_or_insert_with(|| (row, column.into(), value));
        self.total += 1;
    }
}

impl Faults {
    /// The cell as it is, or, of a number that is none, nothing: it is remembered as such.
    #[inline]
    pub(crate) fn finite<'a>(&mut self, row: usize, column: &str, cell: RawCell<'a>) -> RawCell<'a> {
        match cell {
            RawCell::Number(value) if value.is_nan() => self.nan.add(row, column, value),
            RawCell::Number(value) if value.is_infinite() => self.infinite.add(row, column, value),
            _ => return cell,
        }
        RawCell::Missing
    }

    /// The label of a cell; bytes that are not UTF-8 are remembered as such.
    pub(crate) fn label<'a>(&mut self, row: usize, cell: RawCell<'a>) -> Option<Cow<'a, str>> {
        match cell {
            RawCell::Text(text) => self.text(row, text).map(Cow::Borrowed),
            RawCell::Number(value) => Some(Cow::Owned(value.to_string())),
            RawCell::Missing => None,
        }
    }

    /// The text of a cell; one that is not UTF-8 is remembered as such.
    pub(crate) fn text<'a>(&mut self, row: usize, cell: &'a [u8]) -> Option<&'a str> {
        let text = std::str::from_utf8(cell).ok();
        if text.is_none() {
            self.not_utf8.get_or_insert(row);
        }
        text
    }

    /// Refuses a cell.
    #[cold]
    pub(crate) fn refuse(
        &mut self,
        row: usize,
        column: &str,
        cell: &[u8],
        problem: impl FnOnce(&str) -> String,
    ) {
        let Some(text) = self.text(row, cell) else { return };
        self.total += 1;
        if self.cells.len() < KEPT_CELLS {
            let mut value: String = text.chars().take(SHOWN_CHARACTERS).collect();
            if value.len() < text.len() {
                value.push('…');
            }
            self.cells.push(BadCell { row, column: column.into(), value, problem: problem(text) });
        }
    }

    /// Appends the faults of later rows of a file, which were counted from 0 at `first_row`. Files hold texts, so that no
    /// NaN is among them.
    #[cfg(feature = "files")]
    pub(crate) fn append(&mut self, later: Faults, first_row: usize) {
        self.total += later.total;
        let room = KEPT_CELLS - self.cells.len();
        let moved = |cell: BadCell| BadCell { row: cell.row + first_row, ..cell };
        self.cells.extend(later.cells.into_iter().take(room).map(moved));
        self.not_utf8 = self.not_utf8.or(later.not_utf8.map(|row| row + first_row));
    }

    /// The first row that is not UTF-8.
    #[cfg(feature = "files")]
    pub(crate) fn not_utf8(&self) -> Option<usize> {
        self.not_utf8
    }

    /// The error they make, if any.
    pub(crate) fn into_result(self, path: &Path) -> crate::Result<()> {
        if let Some((row, column, _)) = self.nan.first {
            return Err(Error::NotANumber { row, column, total: self.nan.total });
        }
        if let Some((row, column, value)) = self.infinite.first {
            return Err(Error::NotFinite { what: format!("row {row}, column '{column}': {value}") });
        }
        match self {
            Faults { not_utf8: Some(row), .. } => {
                Err(Error::NotUtf8 { path: path.into(), row, found: NOT_UTF8.into() })
            }
            Faults { total: 0, .. } => Ok(()),
            Faults { total, cells, .. } => Err(Error::BadCells { path: path.into(), total, cells }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_the_first_ten_thousand_kept() {
        let mut all = Faults::default();
        for block in 0..3 {
            let mut faults = Faults::default();
            for row in 0..6_000 {
                faults.refuse(row, "x", b"abc", |_| "is not a number".into());
            }
            all.append(faults, 2 + block * 6_000);
        }
        let Err(Error::BadCells { total, cells, .. }) = all.into_result(Path::new("d.csv")) else {
            panic!("expected bad cells");
        };
        assert_eq!((total, cells.len()), (18_000, KEPT_CELLS));
        assert_eq!(cells[KEPT_CELLS - 1].row, 10_001);
    }

    #[test]
    fn a_long_value_is_cut_at_a_character() {
        let mut faults = Faults::default();
        faults.refuse(0, "x", "é".repeat(100).as_bytes(), |_| String::new());
        assert_eq!(faults.cells[0].value.chars().count(), SHOWN_CHARACTERS + 1);
    }
}

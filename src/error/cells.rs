//! Cells of a file that are not answers, told all together.

use std::fmt::Write as _;

/// A cell that could not be read as an answer.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::{Error, data::Responses};
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .item(Item::new("q1", "care", "five"))
///     .build()?;
/// match Responses::builder(&construct).item("q1", [4, 7]).build() {
///     Err(Error::BadCells { cells, .. }) => {
///         assert_eq!((cells[0].row, cells[0].column.as_str(), cells[0].value.as_str()), (2, "q1", "7"));
///     }
///     other => unreachable!("{other:?}"),
/// }
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct BadCell {
    /// Row in the file, the header being row 1 (as a spreadsheet counts); from memory, the row from 1.
    pub row: usize,
    /// Column name.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// Why it was refused, and what is allowed.
    pub problem: String,
}

/// How many bad cells an error message shows; the rest is counted.
pub const SHOWN_CELLS: usize = 20;

/// How the problem of a cell begins that has a decimal comma.
pub(crate) const DECIMAL_COMMA: &str = "has a decimal comma";

/// How the problem of a cell begins that lies between two codes of its scale.
pub(crate) const BETWEEN_CODES: &str = "lies between codes of the scale";

/// What to do about bad cells: where all have one cause, about that.
pub(super) fn remedy_of(cells: &[BadCell]) -> &'static str {
    let all = |start: &str| !cells.is_empty() && cells.iter().all(|cell| cell.problem.starts_with(start));
    if all(DECIMAL_COMMA) {
        "Write numbers with a decimal point: export the file with English number formats, or replace the commas."
    } else if cells.iter().any(|cell| cell.problem.starts_with(BETWEEN_CODES)) {
        "A scale of a construct file is a list of whole codes. Do not round imputed answers, sliders or test scores to fit it: \
         'items', 'reliability', 'correlate' and 'fit' take any number; correct what is no possible answer."
    } else {
        "Correct the cells, declare a missing code, or leave the column out."
    }
}

/// The message: how many, and the first of them.
pub(super) fn bad_cells(path: &std::path::Path, total: usize, cells: &[BadCell]) -> String {
    let cells_word = if total == 1 { "cell is" } else { "cells are" };
    let mut text = format!("{}: {total} {cells_word} not an answer", path.display());
    for c in cells.iter().take(SHOWN_CELLS) {
        let _ = write!(text, "\n  row {}, column '{}': '{}' {}", c.row, c.column, c.value, c.problem);
    }
    if total > SHOWN_CELLS {
        let _ = write!(text, "\n  ... and {} more", total - SHOWN_CELLS);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn bad_cells_show_twenty_and_count_the_rest() {
        let cells = (0..25)
            .map(|i| BadCell {
                row: i + 2,
                column: "q1".into(),
                value: "9".into(),
                problem: "is out of range".into(),
            })
            .collect();
        let text = Error::BadCells { path: "d.csv".into(), total: 25, cells }.to_string();
        assert_eq!(text.lines().count(), 22);
        assert!(text.ends_with("... and 5 more"), "{text}");
    }
}

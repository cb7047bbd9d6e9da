//! A table of a page, and what is said below it.

use super::number::fixed;
use crate::moments::LabelledMatrix;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What a row of a table comes to.
///
/// ```
/// use psychometrics::report::{Mark, Table};
///
/// let mut table = Table::new("Claims", ["claim", "alpha"]);
/// table.row(["care is one thing", "0.84"]);
/// table.marks.push(Mark::Good); // a colour, where there are colours
/// assert_eq!((table.rows.len(), table.marks), (1, vec![Mark::Good]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mark {
    /// A claim that is supported.
    Good,
    /// One that is not.
    Bad,
    /// One that is supported in part.
    Mixed,
    /// One that is open.
    Open,
    /// Nothing was examined.
    None,
}

/// A table: the first column is text, the others are numbers unless said otherwise.
///
/// ```
/// use psychometrics::report::{Page, Table};
/// let mut table = Table::new("Loadings", ["item".to_string(), "loading".to_string()]);
/// table.row(["x1".to_string(), "0.77".to_string()]);
/// assert_eq!(table.csv(), "item,loading\nx1,0.77\n");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What the table shows; empty for none.
    pub title: String,
    /// Column headings.
    pub columns: Vec<String>,
    /// Cells.
    pub rows: Vec<Vec<String>>,
    /// Columns that hold text and are aligned to the left, next to the first.
    pub text_columns: Vec<usize>,
    /// What the reader must know; empty for none.
    pub note: String,
    /// What belongs to single numbers: why one is missing, what a mark means. Below the note, a line each.
    pub remarks: Vec<String>,
    /// What each row comes to, where rows are judged; shown as a colour where there are colours.
    pub marks: Vec<Mark>,
    /// The same of each cell, by row, where cells are judged.
    pub cell_marks: Vec<Vec<Mark>>,
    /// Headings of the page that say more of each column, and of each row; empty where none does. Links where there are links.
    pub column_links: Vec<String>,
    /// See `column_links`.
    pub row_links: Vec<String>,
    /// Whether only the title is shown until it is asked for, where a page can do that.
    pub folded: bool,
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> Cow<'_, str> {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if formula { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

impl Table {
    /// An empty table with headings.
    pub fn new<S: Into<String>>(title: impl Into<String>, columns: impl IntoIterator<Item = S>) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        Self { title: title.into(), columns, ..Self::default() }
    }

    /// Adds a row.
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Says below the table why a dash stands where a number would: `what`, as "HTMT of a - b". The same reason of several is
    /// told once.
    pub fn without(&mut self, what: &str, why: &str) {
        let end = format!(": {}.", why.trim_end_matches('.'));
        let Some(same) = self.remarks.iter_mut().find(|r| r.starts_with(NO_VALUE) && r.ends_with(&end))
        else {
            self.remarks.push(format!("{NO_VALUE}{what}{end}"));
            return;
        };
        let at = same.len() - end.len();
        let last = same[NO_VALUE.len()..at].rsplit("; ").next().unwrap_or_default();
        // of the same coefficient only whose it is
        let more = match what.rsplit_once(" of ") {
            Some((kind, of)) if last.strip_prefix(kind).is_some_and(|rest| rest.starts_with(" of ")) => {
                format!(", {of}")
            }
            _ => format!("; {what}"),
        };
        same.insert_str(at, &more);
    }

    /// The same, where there is no `value`.
    pub fn without_if_none<T>(&mut self, value: Option<T>, what: &str, why: &str) {
        if value.is_none() {
            self.without(what, why);
        }
    }

    /// The note and the remarks, as lines.
    pub(super) fn lines_below(&self) -> impl Iterator<Item = &str> {
        let note = Some(self.note.as_str()).filter(|note| !note.is_empty());
        note.into_iter().chain(self.remarks.iter().map(String::as_str))
    }

    /// A matrix, with a fixed count of decimals.
    pub fn of_matrix(title: impl Into<String>, matrix: &LabelledMatrix, decimals: usize) -> Self {
        let mut table =
            Self::new(title, std::iter::once(String::new()).chain(matrix.columns.iter().cloned()));
        for (name, values) in matrix.rows.iter().zip(&matrix.values) {
            table.row(std::iter::once(name.clone()).chain(values.iter().map(|x| fixed(*x, decimals))));
        }
        table
    }

    /// The table as CSV with a header.
    ///
    /// A text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return, which a spreadsheet would take for a formula,
    /// gets an apostrophe in front; a number (`-0.5`) stays as it is.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // writing to memory cannot fail
        for row in std::iter::once(&self.columns).chain(&self.rows) {
            let _ = writer.write_record(row.iter().map(|cell| harmless(cell).into_owned()));
        }
        let bytes = writer.into_inner().unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(super) fn is_text(&self, column: usize) -> bool {
        column == 0 || self.text_columns.contains(&column)
    }
}

/// How a remark on a missing number begins.
pub(super) const NO_VALUE: &str = "No value of ";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Language, Page};

    #[test]
    fn a_table_lines_up_and_markdown_escapes_what_users_wrote() {
        let mut table = Table::new("", ["name", "value"]);
        table.row(["a|b", "1.50"]);
        table.row(["long name", "-12.25"]);
        assert_eq!(table.csv(), "name,value\na|b,1.50\nlong name,-12.25\n");
        let mut page = Page::default();
        page.table(table);
        let text = page.text();
        let ends: Vec<usize> = text.lines().map(|l| l.chars().count()).collect();
        assert!(ends.iter().all(|e| *e == ends[0]), "{text}");
        assert!(page.markdown().contains("| a\\|b | 1.50 |"));
    }

    #[test]
    fn a_missing_number_has_its_reason_below_the_table_once() {
        let mut table = Table::new("", ["pair", "HTMT"]);
        table.row(["a - b", "-"]);
        table.row(["a - c", "-"]);
        table.without("HTMT of a - b", "'a' has a single item");
        table.without("HTMT of a - c", "'a' has a single item.");
        table.without("the interval of HTMT of b - c", "too few samples have one");
        assert_eq!(table.remarks.len(), 2);
        assert_eq!(table.remarks[..1], ["No value of HTMT of a - b, a - c: 'a' has a single item."]);
        let mut page = Page::titled("t");
        page.table(table);
        for text in [page.text(), page.markdown(), page.latex(), page.html(Language::English).unwrap()] {
            assert!(text.contains("has a single item."), "{text}");
        }
        let dutch = page.in_language(Language::Dutch);
        assert!(dutch.text().contains("Geen waarde van HTMT van a - b"), "{}", dutch.text());
    }
}

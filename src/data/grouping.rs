//! A column of labels: which group each respondent belongs to.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A column of labels as levels and codes.
///
/// ```
/// use psychometrics::data::Grouping;
/// let role = Grouping::new("role", [Some("nurse"), None, Some("doctor"), Some("nurse")]);
/// assert_eq!(role.levels, ["nurse", "doctor"]);
/// assert_eq!(role.codes, [Some(0), None, Some(1), Some(0)]);
/// assert_eq!(role.label(2), Some("doctor"));
/// assert_eq!(role.rows_of(0), [0, 3]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grouping {
    /// The variable.
    pub variable: String,
    /// Its labels, in the order of first appearance.
    pub levels: Vec<String>,
    /// Per row the position of its label in `levels`; `None` where the label is missing.
    pub codes: Vec<Option<usize>>,
}

impl Grouping {
    /// A grouping of rows by their labels.
    pub fn new<S: AsRef<str>>(
        variable: impl Into<String>,
        labels: impl IntoIterator<Item = Option<S>>,
    ) -> Self {
        let mut column = LabelColumn::default();
        for label in labels {
            column.push(label.as_ref().map(S::as_ref));
        }
        column.named(variable.into())
    }

    /// Label of a row; `None` where it is missing, or where there is no such row.
    pub fn label(&self, row: usize) -> Option<&str> {
        let code = self.codes.get(row).copied().flatten()?;
        self.levels.get(code).map(String::as_str)
    }

    /// Rows of a level, in ascending order.
    pub fn rows_of(&self, level: usize) -> Vec<usize> {
        (0..self.codes.len()).filter(|row| self.codes[*row] == Some(level)).collect()
    }

    /// The grouping of some of the rows, in the order given, with the same levels; a position beyond
    /// the rows has no label.
    pub fn of_rows(&self, rows: &[usize]) -> Self {
        let codes = rows.iter().map(|row| self.codes.get(*row).copied().flatten()).collect();
        Self { variable: self.variable.clone(), levels: self.levels.clone(), codes }
    }

    /// Labels row by row.
    pub fn labels(&self) -> Vec<Option<String>> {
        (0..self.codes.len()).map(|row| self.label(row).map(Into::into)).collect()
    }

    /// Rows without a label.
    pub fn missing_count(&self) -> usize {
        self.codes.iter().filter(|code| code.is_none()).count()
    }
}

/// A column of labels while it is read.
#[derive(Debug, Default)]
pub(crate) struct LabelColumn {
    positions: HashMap<String, usize>,
    levels: Vec<String>,
    codes: Vec<Option<usize>>,
}

impl LabelColumn {
    /// Appends a row.
    pub(crate) fn push(&mut self, label: Option<&str>) {
        let code = label.map(|label| self.code(label));
        self.codes.push(code);
    }

    fn code(&mut self, label: &str) -> usize {
        if let Some(code) = self.positions.get(label) {
            return *code;
        }
        self.levels.push(label.into());
        self.positions.insert(label.into(), self.levels.len() - 1);
        self.levels.len() - 1
    }

    /// Appends the rows that follow.
    #[cfg(feature = "files")]
    pub(crate) fn append(&mut self, later: LabelColumn) {
        let moved: Vec<usize> = later.levels.iter().map(|level| self.code(level)).collect();
        self.codes.extend(later.codes.into_iter().map(|code| code.map(|code| moved[code])));
    }

    pub(crate) fn named(self, variable: String) -> Grouping {
        Grouping { variable, levels: self.levels, codes: self.codes }
    }
}

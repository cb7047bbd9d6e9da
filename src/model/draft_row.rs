//! A row of a table before places and indices are known.

use crate::model::Formula;

/// A row before places and indices are known.
pub(crate) struct DraftRow {
    pub(crate) formula: Formula,
    /// What it has in common with the rows that it equals, where one of them is named by another.
    pub(crate) tie: Option<String>,
    pub(crate) sample: bool,
    /// Whether it was added, and not in the text.
    pub(crate) added: bool,
}

impl DraftRow {
    /// Rows with the same one are one parameter.
    pub(crate) fn label(&self) -> Option<&str> {
        self.tie.as_deref().or(self.formula.modifiers.label.as_deref())
    }
}

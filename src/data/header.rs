//! The names of a table's columns, and where a name stands among them.

use super::cell::MissingCodes;
use crate::error::{Error, Result, nearest};
use std::path::Path;

/// The columns of a table, in a file or in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header<'a> {
    /// All names in their order; a column without one is not read.
    pub(super) names: &'a [String],
    /// The file, or what stands for it in messages.
    pub(super) source: &'a Path,
    /// What is missing in the table.
    pub(super) missing: &'a MissingCodes,
}

impl<'a> Header<'a> {
    /// Where a column stands.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] with the nearest name.
    pub(super) fn position(&self, name: &str) -> Result<usize> {
        self.names.iter().position(|own| own == name && !own.is_empty()).ok_or_else(|| {
            let available: Vec<String> = self.named().map(|(_, name)| name.clone()).collect();
            Error::UnknownColumn {
                column: name.into(),
                source_name: self.source.display().to_string(),
                nearest: nearest(name, available.iter().map(String::as_str)),
                available,
            }
        })
    }

    /// Columns that have a name, each with its position.
    pub(super) fn named(&self) -> impl Iterator<Item = (usize, &'a String)> + use<'a> {
        self.names.iter().enumerate().filter(|(_, name)| !name.is_empty())
    }
}

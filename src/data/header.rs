//! The names of a table's columns, and where a name stands among them.

use super::cell::MissingCodes;
use crate::construct::ColumnRef;
use crate::error::{Error, Result, nearest};
use std::path::Path;

/// The columns of a table, in a file or in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header<'a> {
    /// All names in their order; a column without one is not read.
    pub(super) names: &'a [String],
    /// The wordings of their questions, in the same order, as far as the file has them.
    pub(super) questions: &'a [Option<String>],
    /// The file, or what stands for it in messages.
    pub(super) source: &'a Path,
    /// What is missing in the table.
    pub(super) missing: &'a MissingCodes,
}

impl<'a> Header<'a> {
    /// Where a column stands.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] with the nearest name; [`Error::DuplicateColumn`] where two columns have it.
    pub(super) fn position(&self, name: &str) -> Result<usize> {
        self.only(name)?.ok_or_else(|| {
            let available: Vec<String> = self.named().map(|(_, name)| name.clone()).collect();
            Error::UnknownColumn {
                column: name.into(),
                source_name: self.source.display().to_string(),
                nearest: nearest(name, available.iter().map(String::as_str)),
                available,
            }
        })
    }

    /// The one column of a name, if there is one.
    fn only(&self, name: &str) -> Result<Option<usize>> {
        let mut found = self.named().filter(|(_, own)| *own == name).map(|(at, _)| at);
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(Error::DuplicateColumn { path: self.source.into(), column: name.into() }),
            (at, None) => Ok(at),
        }
    }

    /// Where the column of `id` stands, which may be named in another way: by its name in the file, the wording of its
    /// question, or its position.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] with the nearest name or wording; [`Error::DuplicateColumn`] for a name or a wording that two
    /// columns have.
    pub(super) fn place(&self, id: &str, column: Option<&ColumnRef>) -> Result<usize> {
        let unknown = |asked: &str| {
            let asked_questions = self.questions.iter().flatten();
            let mut available: Vec<String> = self.named().map(|(_, name)| name.clone()).collect();
            let all = available.iter().chain(asked_questions).map(String::as_str);
            let nearest = nearest(asked, all);
            available.truncate(self.names.len());
            Error::UnknownColumn {
                column: asked.into(),
                source_name: self.source.display().to_string(),
                nearest,
                available,
            }
        };
        match column {
            None => self.position(id),
            Some(ColumnRef::Position(at)) => at
                .checked_sub(1)
                .filter(|at| *at < self.names.len())
                .ok_or_else(|| unknown(&format!("{at} (position)"))),
            Some(ColumnRef::Named(name)) => {
                let name = name.trim();
                if let Some(at) = self.only(name)? {
                    return Ok(at);
                }
                let asked =
                    |question: &Option<String>| question.as_deref().is_some_and(|q| same_words(q, name));
                let mut found = self.questions.iter().enumerate().filter(|(_, q)| asked(q)).map(|(at, _)| at);
                match (found.next(), found.next()) {
                    (Some(at), None) => Ok(at),
                    (Some(_), Some(_)) => {
                        Err(Error::DuplicateColumn { path: self.source.into(), column: name.into() })
                    }
                    (None, _) => Err(unknown(name)),
                }
            }
        }
    }

    /// Columns that have a name, each with its position.
    pub(super) fn named(&self) -> impl Iterator<Item = (usize, &'a String)> + use<'a> {
        self.names.iter().enumerate().filter(|(_, name)| !name.is_empty())
    }
}

/// Questions are compared without regard to white space, which line breaks and no-break spaces change.
fn same_words(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

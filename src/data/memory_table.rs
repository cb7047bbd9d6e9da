//! A table from memory while it is put together: named columns of values.

use super::cell::RawCell;
use super::value::Value;
use crate::error::{Error, Result};
use ndarray::{ArrayBase, Data, Ix2};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What stands for the file in messages.
const SOURCE: &str = "the data";

/// Named columns of values, which [`check`](Self::check) finds to be a table.
#[derive(Debug, Clone, Default)]
pub(super) struct MemoryTable {
    names: Vec<String>,
    columns: Vec<Values>,
    nan_is_missing: bool,
    /// What was wrong first while columns were added.
    fault: Option<Error>,
}

/// A column: numbers, until the first text comes.
#[derive(Debug, Clone)]
pub(super) enum Values {
    Numbers(Vec<Option<f64>>),
    Any(Vec<Value>),
    /// Of a kind that is not read.
    #[cfg_attr(not(feature = "arrow"), expect(dead_code))]
    Unread {
        rows: usize,
        kind: String,
    },
}

impl Values {
    pub(super) fn with_room(rows: usize) -> Self {
        Self::Numbers(Vec::with_capacity(rows))
    }

    pub(super) fn push(&mut self, value: Value) {
        match (&mut *self, value) {
            (Self::Numbers(numbers), Value::Missing) => numbers.push(None),
            (Self::Numbers(numbers), Value::Number(value)) => numbers.push(Some(value)),
            (Self::Numbers(numbers), text) => {
                let before = numbers.drain(..).map(Value::from);
                *self = Self::Any(before.chain([text]).collect());
            }
            (Self::Any(values), value) => values.push(value),
            (Self::Unread { rows, .. }, _) => *rows += 1,
        }
    }

    /// Appends values of a kind that is not read.
    #[cfg(feature = "arrow")]
    pub(super) fn push_unread(&mut self, rows: usize, kind: &str) {
        *self = Self::Unread { rows: self.len() + rows, kind: kind.into() };
    }

    fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Any(values) => values.len(),
            Self::Unread { rows, .. } => *rows,
        }
    }

    fn cell(&self, row: usize) -> RawCell<'_> {
        match self {
            Self::Numbers(numbers) => numbers[row].map_or(RawCell::Missing, RawCell::Number),
            Self::Any(values) => match &values[row] {
                Value::Missing => RawCell::Missing,
                Value::Number(value) => RawCell::Number(*value),
                Value::Text(text) => RawCell::Text(text.as_bytes().trim_ascii()),
            },
            Self::Unread { .. } => RawCell::Missing,
        }
    }
}

impl MemoryTable {
    /// Takes NaN as missing from now on.
    pub(super) fn set_nan_is_missing(&mut self) {
        self.nan_is_missing = true;
    }

    /// Remembers what was wrong, if it is the first.
    pub(super) fn refuse(&mut self, fault: Error) {
        self.fault.get_or_insert(fault);
    }

    /// Adds a column.
    pub(super) fn add(&mut self, name: String, values: impl IntoIterator<Item = impl Into<Value>>) {
        let values = values.into_iter();
        let mut column = Values::with_room(values.size_hint().0);
        values.for_each(|value| column.push(value.into()));
        self.names.push(name.trim().into());
        self.columns.push(column);
    }

    /// Adds columns given row by row, each row with a value for each name.
    pub(super) fn add_rows<V: Into<Value>>(
        &mut self,
        names: Vec<String>,
        rows: impl IntoIterator<Item = impl IntoIterator<Item = V>>,
    ) {
        let rows = rows.into_iter();
        let mut columns = vec![Values::with_room(rows.size_hint().0); names.len()];
        for (i, row) in rows.enumerate() {
            let mut found = 0;
            for value in row {
                if let Some(column) = columns.get_mut(found) {
                    column.push(value.into());
                }
                found += 1;
            }
            if found != names.len() {
                self.refuse(Error::UnequalLength {
                    what: format!("row {}", i + 1),
                    found,
                    like: "the list of names".into(),
                    expected: names.len(),
                });
                return;
            }
        }
        self.add_columns(names, columns);
    }

    /// Adds columns whose values are together.
    pub(super) fn add_columns(&mut self, names: Vec<String>, columns: Vec<Values>) {
        self.names.extend(names.into_iter().map(|name| name.trim().to_string()));
        self.columns.extend(columns);
    }

    /// Adds the columns of an array.
    pub(super) fn add_array<S: Data<Elem: Clone + Into<Value>>>(
        &mut self,
        names: Vec<String>,
        values: &ArrayBase<S, Ix2>,
    ) {
        let (found, expected) = (values.ncols(), names.len());
        if found != expected {
            let what = format!("columns of an array for {expected} names");
            return self.refuse(Error::WrongSize { what, found, expected });
        }
        for (name, column) in names.into_iter().zip(values.columns()) {
            self.add(name, column);
        }
    }

    /// How many rows there are, when it is a table.
    ///
    /// # Errors
    /// What was wrong first; [`Error::DuplicateColumn`]; [`Error::UnequalLength`]; [`Error::TooFewRows`] without a row.
    pub(super) fn check(&self) -> Result<usize> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let mut seen = HashSet::new();
        if let Some(twice) = self.names.iter().find(|name| !name.is_empty() && !seen.insert(name.as_str())) {
            return Err(Error::DuplicateColumn { path: PathBuf::from(SOURCE), column: twice.clone() });
        }
        let n = self.columns.first().map_or(0, Values::len);
        for (name, column) in self.names.iter().zip(&self.columns) {
            if column.len() != n {
                return Err(Error::UnequalLength {
                    what: format!("column '{name}'"),
                    found: column.len(),
                    like: format!("column '{}'", self.names[0]),
                    expected: n,
                });
            }
        }
        if n == 0 {
            return Err(Error::TooFewRows { what: SOURCE.into(), n, needed: 1 });
        }
        Ok(n)
    }

    /// Whether columns are of a kind that is read.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for the first that is not.
    pub(super) fn check_kinds(&self, is_used: impl Fn(&String) -> bool) -> Result<()> {
        for (name, column) in self.names.iter().zip(&self.columns) {
            if let Values::Unread { kind, .. } = column
                && is_used(name)
            {
                return Err(Error::Unsupported {
                    what: format!("column '{name}' of type {kind}"),
                    instead: "Cast it to a number or to a text, or leave it out.".into(),
                });
            }
        }
        Ok(())
    }

    /// Names of the columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// What stands for the file in messages.
    pub(super) fn source(&self) -> &'static Path {
        Path::new(SOURCE)
    }

    /// What stands in a row of a column.
    pub(super) fn cell(&self, row: usize, column: usize) -> RawCell<'_> {
        match self.columns[column].cell(row) {
            RawCell::Number(value) if value.is_nan() && self.nan_is_missing => RawCell::Missing,
            cell => cell,
        }
    }
}

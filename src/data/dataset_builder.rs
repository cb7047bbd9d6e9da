//! A table from memory, put together column by column: the same as from a file.

use super::cell::MissingCodes;
use super::dataset::Dataset;
use super::memory_table::MemoryTable;
use super::value::Value;
use crate::error::Result;
use ndarray::{ArrayBase, Data, Ix2};

impl Dataset {
    /// Starts to put a table together from memory.
    pub fn builder() -> DatasetBuilder {
        DatasetBuilder::default()
    }
}

/// Puts a [`Dataset`] together from memory.
///
/// What comes of it is what [`Dataset::read`] makes of a file with the same cells: a column is text when any value that is
/// not missing is no number. Values are numbers, texts, `Option` of them, or [`Value`]s where a row mixes kinds. `None` is
/// missing; NaN is refused unless [`nan_is_missing`](Self::nan_is_missing) is called. Groups, clusters, weights are columns
/// like any other, named where a fit is asked for. Nothing is checked before [`build`](Self::build). Rows are numbered from
/// 1 in errors.
///
/// ```
/// use psychometrics::data::Dataset;
/// let data = Dataset::builder()
///     .column("school", ["Pasteur", "Grant-White"])
///     .column("x1", [Some(3.5), None])
///     .array(["x2", "weight"], ndarray::array![[7, 2], [-9, 1]].view())
///     .missing_codes(["-9"])
///     .build()?;
/// assert_eq!(data.numeric_names(), ["x1", "x2", "weight"]);
/// assert_eq!(data.missing_count("x2")?, 1);
/// assert_eq!(data.grouping("school")?.levels, ["Pasteur", "Grant-White"]);
///
/// let nan = Dataset::builder().column("x", [1.0, f64::NAN]);
/// assert_eq!(nan.clone().build().unwrap_err().to_string(), "row 2, column 'x': NaN");
/// assert_eq!(nan.nan_is_missing().build()?.missing_count("x")?, 1);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is read before `build`"]
pub struct DatasetBuilder {
    pub(super) table: MemoryTable,
    missing_codes: Vec<String>,
}

impl DatasetBuilder {
    /// Adds a column.
    pub fn column(
        mut self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Self {
        self.table.add(name.into(), values);
        self
    }

    /// Adds columns, each with its name.
    pub fn columns<N: Into<String>>(
        mut self,
        columns: impl IntoIterator<Item = (N, impl IntoIterator<Item = impl Into<Value>>)>,
    ) -> Self {
        columns.into_iter().for_each(|(name, values)| self.table.add(name.into(), values));
        self
    }

    /// Adds columns given row by row, each row with a value for each of the names.
    pub fn rows<N: Into<String>, V: Into<Value>>(
        mut self,
        names: impl IntoIterator<Item = N>,
        rows: impl IntoIterator<Item = impl IntoIterator<Item = V>>,
    ) -> Self {
        self.table.add_rows(names.into_iter().map(Into::into).collect(), rows);
        self
    }

    /// Adds the columns of an array or view of rows x names.
    pub fn array<N: Into<String>, S: Data<Elem: Clone + Into<Value>>>(
        mut self,
        names: impl IntoIterator<Item = N>,
        values: ArrayBase<S, Ix2>,
    ) -> Self {
        self.table.add_array(names.into_iter().map(Into::into).collect(), &values);
        self
    }

    /// Values that mean "missing", next to `None`, "" and "NA". A code that is a number matches by value, any other exactly.
    pub fn missing_codes<S: Into<String>>(mut self, codes: impl IntoIterator<Item = S>) -> Self {
        self.missing_codes.extend(codes.into_iter().map(Into::into));
        self
    }

    /// Takes NaN as missing. Otherwise NaN is an error.
    pub fn nan_is_missing(mut self) -> Self {
        self.table.set_nan_is_missing();
        self
    }

    /// The table, when everything fits.
    ///
    /// # Errors
    /// [`Error::UnequalLength`](crate::Error::UnequalLength) for a column or row that is longer or shorter than the others,
    /// [`Error::WrongSize`](crate::Error::WrongSize) for an array that has not as many columns as there are names,
    /// [`Error::DuplicateColumn`](crate::Error::DuplicateColumn), [`Error::TooFewRows`](crate::Error::TooFewRows) without a
    /// row, [`Error::NotANumber`](crate::Error::NotANumber) for NaN where nobody said that it is missing,
    /// [`Error::NotFinite`](crate::Error::NotFinite) for an infinite value.
    pub fn build(self) -> Result<Dataset> {
        let missing = MissingCodes::new(self.missing_codes.iter().map(String::as_str));
        Dataset::from_memory(&self.table, &missing)
    }
}

//! Rows of numbers, as every computation takes them: of people by columns.

use crate::error::{Error, Result};
use ndarray::{Array2, ArrayView1, ArrayView2, CowArray, Ix2};

/// Rows of numbers: a row for each respondent, a column for each item or variable; NaN where there is no answer.
///
/// What computes from rows takes anything that turns into them without copying: an array or a view of ndarray
/// ([`data::ndarray`](crate::data::ndarray)), the answers of [`Responses`](crate::data::Responses), or numbers that stand one row
/// after the other in a slice ([`new`](Self::new)).
///
/// ```
/// use psychometrics::data::{Rows, ndarray};
/// use psychometrics::moments::{Missing, Moments};
///
/// let names = || ["a", "b"].map(String::from);
/// let rows = Rows::new(2, &[1.0, 2.0, 2.0, 3.0, 3.0, 7.0])?;
/// assert_eq!((rows.n(), rows.columns(), rows.row(2).to_vec()), (3, 2, vec![3.0, 7.0]));
/// assert_eq!(Moments::of(names(), &rows, Missing::Listwise)?.mean(1), Some(4.0));
/// assert!(Rows::new(2, &[1.0, 2.0, 2.0]).is_err());
/// // the same of an array, and of one slice a row
/// let array = ndarray::array![[1.0, 2.0], [2.0, 3.0], [3.0, 7.0]];
/// assert_eq!(Moments::of(names(), &array, Missing::Listwise)?.mean(1), Some(4.0));
/// assert_eq!(Rows::of(&[[1.0, 2.0], [2.0, 3.0], [3.0, 7.0]])?, rows);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<'a> {
    values: CowArray<'a, f64, Ix2>,
}

impl<'a> Rows<'a> {
    /// Numbers that stand one row after the other, `columns` in each.
    ///
    /// # Errors
    /// [`Error::WrongSize`] where the last row is not whole, or there are numbers and no columns.
    pub fn new(columns: usize, values: &'a [f64]) -> Result<Self> {
        let n = values.len().checked_div(columns).unwrap_or(0);
        let (found, expected) = (values.len(), n * columns);
        let wrong = || Error::WrongSize { what: format!("numbers in rows of {columns}"), found, expected };
        // a view may be shorter than its slice: nothing is left out
        let view = ArrayView2::from_shape((n, columns), values).ok().filter(|_| found == expected);
        Ok(view.ok_or_else(wrong)?.into())
    }

    /// One slice for each row, copied.
    ///
    /// # Errors
    /// [`Error::UnequalLength`] for a row that is longer or shorter than the first.
    pub fn of<R: AsRef<[f64]>>(rows: &[R]) -> Result<Rows<'static>> {
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        let mut values = Array2::zeros((rows.len(), columns));
        for (at, (own, row)) in values.rows_mut().into_iter().zip(rows).enumerate() {
            let row = ArrayView1::from(row.as_ref());
            if row.len() != columns {
                let (what, like) = (format!("row {}", at + 1), "row 1".into());
                return Err(Error::UnequalLength { what, found: row.len(), like, expected: columns });
            }
            row.assign_to(own);
        }
        Ok(values.into())
    }

    /// Number of rows.
    #[must_use]
    pub fn n(&self) -> usize {
        self.values.nrows()
    }

    /// Number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.values.ncols()
    }

    /// A row, from 0.
    ///
    /// # Panics
    /// Beyond the last row.
    #[must_use]
    pub fn row(&self, row: usize) -> ArrayView1<'_, f64> {
        self.values.row(row)
    }

    /// A column, from 0.
    ///
    /// # Panics
    /// Beyond the last column.
    #[must_use]
    pub fn column(&self, column: usize) -> ArrayView1<'_, f64> {
        self.values.column(column)
    }

    /// All of them, as a view of ndarray.
    #[must_use]
    pub fn view(&self) -> ArrayView2<'_, f64> {
        self.values.view()
    }

    /// All of them, as an array of ndarray; copied where they are borrowed.
    #[must_use]
    pub fn into_array(self) -> Array2<f64> {
        self.values.into_owned()
    }
}

impl<'a> From<ArrayView2<'a, f64>> for Rows<'a> {
    fn from(values: ArrayView2<'a, f64>) -> Self {
        Self { values: values.into() }
    }
}

impl<'a> From<&'a Array2<f64>> for Rows<'a> {
    fn from(values: &'a Array2<f64>) -> Self {
        values.view().into()
    }
}

impl From<Array2<f64>> for Rows<'static> {
    fn from(values: Array2<f64>) -> Self {
        Self { values: values.into() }
    }
}

impl<'a> From<&'a Rows<'_>> for Rows<'a> {
    fn from(rows: &'a Rows<'_>) -> Self {
        rows.view().into()
    }
}

impl<'a> From<&'a super::Responses> for Rows<'a> {
    fn from(responses: &'a super::Responses) -> Self {
        responses.values().into()
    }
}

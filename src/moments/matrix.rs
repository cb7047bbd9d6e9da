//! A matrix with names: the form in which matrices enter and leave the crate.

use crate::error::{Error, Result};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A matrix whose rows and columns have names; `values` is a list of rows.
///
/// ```
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = || vec!["x".to_string(), "y".to_string()];
/// let r = LabelledMatrix::new(names(), names(), vec![vec![1.0, 0.5], vec![0.5, 1.0]])?;
/// assert_eq!(r.get("y", "x"), Some(0.5));
/// assert_eq!(r.get("y", "z"), None);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LabelledMatrix {
    /// Names of the rows.
    pub rows: Vec<String>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The elements, row by row.
    pub values: Vec<Vec<f64>>,
}

impl LabelledMatrix {
    /// A matrix of finite numbers.
    ///
    /// # Errors
    /// [`Error::WrongSize`] when names and numbers do not agree, [`Error::NotFinite`] for a NaN or
    /// an infinite element.
    pub fn new(rows: Vec<String>, columns: Vec<String>, values: Vec<Vec<f64>>) -> Result<Self> {
        if values.len() != rows.len() {
            let what = "rows of the matrix".into();
            return Err(Error::WrongSize { what, found: values.len(), expected: rows.len() });
        }
        for (name, row) in rows.iter().zip(&values) {
            if row.len() != columns.len() {
                let what = format!("elements in row '{name}' of the matrix");
                return Err(Error::WrongSize { what, found: row.len(), expected: columns.len() });
            }
            if let Some(column) = row.iter().position(|v| !v.is_finite()) {
                let what = format!("element ('{name}', '{}') of the matrix", columns[column]);
                return Err(Error::NotFinite { what });
            }
        }
        Ok(Self { rows, columns, values })
    }

    /// A square matrix of which rows and columns have the same names.
    pub(crate) fn square(names: &[String], matrix: &DMatrix<f64>) -> Self {
        let values = matrix.row_iter().map(|row| row.iter().copied().collect()).collect();
        Self { rows: names.to_vec(), columns: names.to_vec(), values }
    }

    /// The elements without names.
    pub(crate) fn plain(&self) -> DMatrix<f64> {
        DMatrix::from_fn(self.rows.len(), self.columns.len(), |i, j| self.values[i][j])
    }

    /// The element in the row and the column of these names.
    pub fn get(&self, row: &str, column: &str) -> Option<f64> {
        let i = self.rows.iter().position(|name| name == row)?;
        let j = self.columns.iter().position(|name| name == column)?;
        self.values.get(i)?.get(j).copied()
    }
}

/// Three decimals, names in front and on top.
impl fmt::Display for LabelledMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = |name: &String| name.chars().count();
        let margin = self.rows.iter().map(length).max().unwrap_or(0);
        let cells: Vec<Vec<String>> =
            self.values.iter().map(|row| row.iter().map(|v| format!("{v:.3}")).collect()).collect();
        let widest = cells.iter().flatten().map(String::len).max().unwrap_or(0);
        let width = self.columns.iter().map(length).max().unwrap_or(0).max(widest);
        write!(f, "{:margin$}", "")?;
        for column in &self.columns {
            write!(f, "  {column:>width$}")?;
        }
        for (name, row) in self.rows.iter().zip(&cells) {
            write!(f, "\n{name:margin$}")?;
            for cell in row {
                write!(f, "  {cell:>width$}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_and_numbers_must_agree() {
        let short = LabelledMatrix::new(names(&["a", "b"]), names(&["a", "b"]), vec![vec![1.0, 0.0]]);
        assert!(matches!(short, Err(Error::WrongSize { found: 1, expected: 2, .. })));
        let ragged = LabelledMatrix::new(names(&["a"]), names(&["a", "b"]), vec![vec![1.0]]);
        assert!(matches!(ragged, Err(Error::WrongSize { found: 1, expected: 2, .. })));
        let nan = LabelledMatrix::new(names(&["a"]), names(&["b"]), vec![vec![f64::NAN]]);
        assert!(matches!(nan, Err(Error::NotFinite { .. })));
    }

    #[test]
    fn is_shown_as_a_table() {
        let matrix = LabelledMatrix::new(
            names(&["x1", "x2"]),
            names(&["visual", "g"]),
            vec![vec![1.0, -0.25], vec![0.5, 10.0]],
        )
        .unwrap();
        assert_eq!(matrix.to_string(), "    visual       g\nx1   1.000  -0.250\nx2   0.500  10.000");
    }
}

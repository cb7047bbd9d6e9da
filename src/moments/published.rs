//! Moments from a covariance matrix that somebody published.
//!
//! The matrix is taken to have the divisor N - 1, as R, SPSS and nearly all articles print it; the
//! matrix with divisor N is (N - 1) / N of it. A correlation matrix can be given likewise, and is
//! then analysed as the covariance matrix of standardised variables.

use super::{LabelledMatrix, Moments};
use crate::error::{Error, Result};
use nalgebra::DMatrix;

/// How far the two triangles may differ, relative to the standard deviations: rounding, no more.
const SYMMETRIC: f64 = 1e-8;

impl Moments {
    /// Moments from a covariance matrix (divisor N - 1) of `n` respondents, with means if they are
    /// known.
    ///
    /// ```
    /// use psychometrics::moments::{Divisor, LabelledMatrix, Moments};
    ///
    /// let names = || vec!["x".to_string(), "y".to_string()];
    /// let s = LabelledMatrix::new(names(), names(), vec![vec![4.0, 1.0], vec![1.0, 9.0]])?;
    /// let moments = Moments::from_covariance(&s, 100, None)?;
    /// assert_eq!(moments.covariance(Divisor::N)?.get("x", "x"), Some(3.96));
    /// assert_eq!(moments.means(), None);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongSize`] when the matrix is not square with the same names on both sides, or
    /// when there is not one mean per name; [`Error::NotFinite`]; [`Error::NotSymmetric`];
    /// [`Error::NotPositiveDefinite`] for a negative variance; [`Error::TooFewRows`] when `n` < 2.
    /// That the whole matrix is positive definite is for the analysis to require.
    pub fn from_covariance(matrix: &LabelledMatrix, n: usize, means: Option<&[f64]>) -> Result<Moments> {
        let LabelledMatrix { rows, columns, values } = matrix.clone();
        let matrix = LabelledMatrix::new(rows, columns, values)?;
        let names = &matrix.columns;
        let p = names.len();
        if matrix.rows != *names {
            let found = matrix.rows.iter().zip(names).take_while(|(a, b)| a == b).count();
            let what = "row names that are the column names, in the same order".into();
            return Err(Error::WrongSize { what, found, expected: p });
        }
        if n < 2 {
            return Err(Error::TooFewRows { what: "covariance matrix".into(), n, needed: 2 });
        }
        let s = DMatrix::from_fn(p, p, |i, j| matrix.values[i][j]);
        for (i, name) in names.iter().enumerate() {
            if s[(i, i)] < 0.0 {
                return Err(Error::NotPositiveDefinite {
                    matrix: "the covariance matrix".into(),
                    eigenvalue: s.symmetric_eigenvalues().min(),
                    variables: vec![name.clone()],
                });
            }
            for j in 0..i {
                let scale = (s[(i, i)] * s[(j, j)]).sqrt();
                if (s[(i, j)] - s[(j, i)]).abs() > SYMMETRIC * scale {
                    let (row, column) = (name.clone(), names[j].clone());
                    let (value, mirrored) = (s[(i, j)], s[(j, i)]);
                    return Err(Error::NotSymmetric { row, column, value, mirrored });
                }
            }
        }
        let products = (&s + s.transpose()) * (0.5 * (n as f64 - 1.0));
        let mut moments = Moments::from_products(names.clone(), n, &products);
        if let Some(means) = means {
            if means.len() != p {
                return Err(Error::WrongSize { what: "means".into(), found: means.len(), expected: p });
            }
            if let Some(i) = means.iter().position(|m| !m.is_finite()) {
                return Err(Error::NotFinite { what: format!("mean of '{}'", names[i]) });
            }
            moments.set_means(means);
        }
        Ok(moments)
    }

    /// Moments from the lower triangle of a covariance matrix (divisor N - 1) with its diagonal, row
    /// by row, as articles print it.
    ///
    /// ```
    /// use psychometrics::moments::{Divisor, Moments};
    ///
    /// let moments = Moments::from_lower_triangle(&["x", "y", "z"], &[4.0, 1.0, 9.0, 2.0, 3.0, 16.0], 100)?;
    /// assert_eq!(moments.correlation()?.get("z", "y"), Some(0.25));
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`from_covariance`](Self::from_covariance).
    pub fn from_lower_triangle<N: AsRef<str>>(names: &[N], elements: &[f64], n: usize) -> Result<Moments> {
        let p = names.len();
        let expected = p * (p + 1) / 2;
        if elements.len() != expected {
            let what = format!("elements of the lower triangle for {p} names");
            return Err(Error::WrongSize { what, found: elements.len(), expected });
        }
        let element = |i: usize, j: usize| {
            let (row, column) = (i.max(j), i.min(j));
            elements[row * (row + 1) / 2 + column]
        };
        let values = (0..p).map(|i| (0..p).map(|j| element(i, j)).collect()).collect();
        let names: Vec<String> = names.iter().map(|name| name.as_ref().into()).collect();
        let matrix = LabelledMatrix { rows: names.clone(), columns: names, values };
        Self::from_covariance(&matrix, n, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(values: [[f64; 2]; 2]) -> LabelledMatrix {
        let names = ["a", "b"].map(String::from).to_vec();
        LabelledMatrix { rows: names.clone(), columns: names, values: values.map(Vec::from).to_vec() }
    }

    #[test]
    fn refuses_what_is_no_covariance_matrix() {
        let from = |values| Moments::from_covariance(&matrix(values), 50, None).map(|_| ());
        assert!(matches!(
            from([[1.0, 0.5], [0.4, 1.0]]),
            Err(Error::NotSymmetric { row, value: 0.4, mirrored: 0.5, .. }) if row == "b"
        ));
        assert!(matches!(from([[1.0, f64::NAN], [0.4, 1.0]]), Err(Error::NotFinite { .. })));
        assert!(matches!(
            from([[1.0, 0.0], [0.0, -2.0]]),
            Err(Error::NotPositiveDefinite { eigenvalue, variables, .. })
                if variables == ["b"] && (eigenvalue + 2.0).abs() < 1e-12
        ));
        let identity = matrix([[1.0, 0.0], [0.0, 1.0]]);
        let with = |n, means| Moments::from_covariance(&identity, n, means).map(|_| ());
        assert!(matches!(with(1, None), Err(Error::TooFewRows { n: 1, needed: 2, .. })));
        assert!(matches!(with(9, Some(&[1.0])), Err(Error::WrongSize { found: 1, expected: 2, .. })));
        assert!(matches!(with(9, Some(&[1.0, f64::INFINITY])), Err(Error::NotFinite { .. })));
        let mut renamed = identity.clone();
        renamed.rows.swap(0, 1);
        let renamed = Moments::from_covariance(&renamed, 9, None).map(|_| ());
        assert!(matches!(renamed, Err(Error::WrongSize { found: 0, expected: 2, .. })));
        let names = ["a", "b"].map(String::from);
        let short = Moments::from_lower_triangle(&names, &[1.0, 0.0], 9).map(|_| ());
        assert!(matches!(short, Err(Error::WrongSize { found: 2, expected: 3, .. })));
    }

    #[test]
    fn given_means_are_kept_and_without_them_no_rows_can_be_added() {
        let s = matrix([[2.0, 0.5], [0.5, 1.0]]);
        let with = Moments::from_covariance(&s, 50, Some(&[3.0, 4.0])).unwrap();
        assert_eq!(with.means(), Some(vec![3.0, 4.0]));
        assert_eq!(with.n(), 50);
        let mut without = Moments::from_covariance(&s, 50, None).unwrap();
        assert!(matches!(without.merge(&with), Err(Error::Unsupported { .. })));
    }
}

//! The correlation matrix that is analysed, checked.

use crate::error::{Error, Result, Warning};
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;

/// A variance below this is none.
const NO_VARIANCE: f64 = 1e-300;
/// Correlations as near to 1 as this are of one and the same item.
const IDENTICAL: f64 = 1e-9;
/// Eigenvalues below this, relative to the number of variables, make a matrix singular.
pub(crate) const SINGULAR: f64 = 1e-10;

/// Variables that are named of a matrix without an inverse.
const NAMED: usize = 6;

/// A correlation matrix with the names of its variables.
///
/// ```
/// use psychometrics::factor::CorrelationMatrix;
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = vec!["a".to_string(), "b".to_string()];
/// let covariances = LabelledMatrix::new(names.clone(), names, vec![vec![4.0, 1.0], vec![1.0, 1.0]])?;
/// let r = CorrelationMatrix::of(&covariances)?; // covariances become correlations
/// assert_eq!(r.matrix().get("a", "b"), Some(0.5));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelationMatrix {
    pub(crate) names: Vec<String>,
    pub(crate) r: DMatrix<f64>,
}

impl CorrelationMatrix {
    /// A correlation or covariance matrix.
    ///
    /// # Errors
    /// [`Error::WrongSize`] for a matrix that is not square, [`Error::NotSymmetric`], [`Error::NotFinite`],
    /// [`Error::ConstantItem`] for a variance that is not positive, [`Error::IdenticalItems`] for a correlation of 1 or -1,
    /// [`Error::ImpossibleCorrelation`] for one beyond them, [`Error::TooFewItems`] for fewer than two variables.
    pub fn of(matrix: &LabelledMatrix) -> Result<Self> {
        let (names, p) = (&matrix.rows, matrix.rows.len());
        if matrix.columns.len() != p {
            let what = "columns of the correlation matrix".into();
            return Err(Error::WrongSize { what, found: matrix.columns.len(), expected: p });
        }
        if p < 2 {
            return Err(Error::TooFewItems { what: "a factor analysis".into(), needed: 2, found: p });
        }
        let at = |i: usize, j: usize| matrix.values[i][j];
        let place = |i: usize, j: usize| (names[i].clone(), names[j].clone());
        for i in 0..p {
            if !(at(i, i) > NO_VARIANCE) {
                return Err(Error::ConstantItem { item: names[i].clone(), value: 0.0, n: 0 });
            }
        }
        let mut r = DMatrix::identity(p, p);
        for i in 0..p {
            for j in 0..i {
                if !(at(i, j).is_finite() && at(j, i).is_finite()) {
                    let what = format!("element ('{}', '{}') of the matrix", names[i], names[j]);
                    return Err(Error::NotFinite { what });
                }
                let scale = (at(i, i) * at(j, j)).sqrt();
                let ((row, column), value, mirrored) = (place(i, j), at(i, j), at(j, i));
                if (value - mirrored).abs() > 1e-8 * scale {
                    return Err(Error::NotSymmetric { row, column, value, mirrored });
                }
                let correlation = 0.5 * (value + mirrored) / scale;
                let (first, second) = place(j, i);
                if correlation.abs() > 1.0 + IDENTICAL {
                    return Err(Error::ImpossibleCorrelation { first, second, correlation });
                }
                if correlation.abs() > 1.0 - IDENTICAL {
                    return Err(Error::IdenticalItems { first, second, correlation: correlation.signum() });
                }
                (r[(i, j)], r[(j, i)]) = (correlation, correlation);
            }
        }
        Ok(Self { names: names.clone(), r })
    }

    /// The correlations.
    pub fn matrix(&self) -> LabelledMatrix {
        LabelledMatrix::square(&self.names, &self.r)
    }

    /// The variables.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The correlations as a plain matrix.
    pub(crate) fn plain(&self) -> &DMatrix<f64> {
        &self.r
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// R^-1.
    pub(crate) fn inverse(&self) -> Result<DMatrix<f64>> {
        let eigen = nalgebra::SymmetricEigen::new(self.r.clone());
        let smallest = eigen.eigenvalues.imin();
        if eigen.eigenvalues[smallest] < SINGULAR * self.len() as f64 {
            return Err(self.not_positive_definite(&eigen));
        }
        let inverse_values = DMatrix::from_diagonal(&eigen.eigenvalues.map(|v| 1.0 / v));
        Ok(&eigen.eigenvectors * inverse_values * eigen.eigenvectors.transpose())
    }

    /// What is told of a matrix without an inverse, by methods that can do without one.
    pub(crate) fn caveat(&self) -> Option<Warning> {
        let Err(Error::NotPositiveDefinite { matrix, eigenvalue, variables }) = self.inverse() else {
            return None;
        };
        let named: Vec<String> = variables.iter().take(NAMED).map(|name| format!("'{name}'")).collect();
        let more = if variables.len() > NAMED { ", ..." } else { "" };
        Some(Warning::NotPositiveDefinite {
            matrix: format!("{matrix} (mainly {}{more})", named.join(", ")),
            eigenvalue,
        })
    }

    fn not_positive_definite(&self, eigen: &nalgebra::SymmetricEigen<f64, nalgebra::Dyn>) -> Error {
        let at = eigen.eigenvalues.imin();
        let direction = eigen.eigenvectors.column(at);
        let largest = direction.amax();
        let named = self.names.iter().zip(direction.iter()).filter(|(_, w)| w.abs() > 0.5 * largest);
        Error::NotPositiveDefinite {
            matrix: "the correlation matrix".into(),
            eigenvalue: eigen.eigenvalues[at],
            variables: named.map(|(name, _)| name.clone()).collect(),
        }
    }
}

//! Covariances and correlations of moments, as matrices.

use super::LabelledMatrix;
use super::comoments::Pair;
use super::missing::Missing;
use crate::error::{Error, Result};
use crate::moments::moments::{CONSTANT, Divisor, Moments};
use nalgebra::DMatrix;

impl Moments {
    /// The covariance matrix.
    ///
    /// # Errors
    /// [`Error::TooFewRows`] for a variable or a pair with too few rows for the divisor;
    /// [`Error::EmptyColumn`] for a variable without a value and [`Error::NeverTogether`] for two
    /// that no row has both (pairwise).
    pub fn covariance(&self, divisor: Divisor) -> Result<LabelledMatrix> {
        Ok(LabelledMatrix::square(&self.names, &self.covariance_matrix(divisor)?))
    }

    /// The correlation matrix. Pairwise, each correlation has the variances of its own rows, so it
    /// differs from the covariance matrix rescaled to a unit diagonal.
    ///
    /// # Errors
    /// As [`covariance`](Self::covariance); [`Error::ConstantItem`] for a variable that does not vary,
    /// [`Error::ConstantTogether`] for one that does not in the rows that it shares with another.
    pub fn correlation(&self) -> Result<LabelledMatrix> {
        Ok(LabelledMatrix::square(&self.names, &self.correlation_matrix()?))
    }

    /// [`covariance`](Self::covariance) as a plain matrix.
    pub(crate) fn covariance_matrix(&self, divisor: Divisor) -> Result<DMatrix<f64>> {
        self.symmetric(|i, j| {
            let pair = self.usable_pair(i, j, divisor)?;
            let n = pair.count as f64;
            let correction = match divisor {
                Divisor::N => 1.0,
                Divisor::NMinusOne => n / (n - 1.0),
            };
            Ok(correction * pair.product / pair.weight)
        })
    }

    /// [`correlation`](Self::correlation) as a plain matrix.
    pub(crate) fn correlation_matrix(&self) -> Result<DMatrix<f64>> {
        self.symmetric(|i, j| self.correlation_of(i, j))
    }

    /// The correlation of two variables.
    pub(crate) fn correlation_of(&self, i: usize, j: usize) -> Result<f64> {
        let pair = self.usable_pair(i, j, Divisor::NMinusOne)?;
        for (k, v) in [i, j].into_iter().enumerate() {
            let own = self.pair(v, v);
            if pair.squares[k] / pair.weight <= CONSTANT * own.squares[0] / own.weight {
                let value = self.origin[v].unwrap_or_default() + pair.mean[k];
                let (item, n) = (self.names[v].clone(), pair.count);
                return Err(if own.squares[0] > 0.0 {
                    Error::ConstantTogether { item, other: self.names[i + j - v].clone(), value, n }
                } else {
                    Error::ConstantItem { item, value, n }
                });
            }
        }
        let r = pair.product / (pair.squares[0].sqrt() * pair.squares[1].sqrt());
        Ok(if i == j { 1.0 } else { r.clamp(-1.0, 1.0) })
    }

    /// The diagonal comes first, so that an error names a column before it names a pair.
    pub(super) fn symmetric(&self, element: impl Fn(usize, usize) -> Result<f64>) -> Result<DMatrix<f64>> {
        let p = self.len();
        let mut matrix = DMatrix::zeros(p, p);
        for i in 0..p {
            matrix[(i, i)] = element(i, i)?;
        }
        for i in 0..p {
            for j in i + 1..p {
                let value = element(i, j)?;
                matrix[(i, j)] = value;
                matrix[(j, i)] = value;
            }
        }
        Ok(matrix)
    }

    pub(super) fn usable_pair(&self, i: usize, j: usize, divisor: Divisor) -> Result<Pair> {
        let pair = self.pair(i, j);
        let needed = match divisor {
            Divisor::N => 1,
            Divisor::NMinusOne => 2,
        };
        if pair.count >= needed {
            return Ok(pair);
        }
        let name = |k: usize| self.names[k].clone();
        Err(match (self.missing, pair.count) {
            (missing, 0) if !missing.is_listwise() && i == j => {
                Error::EmptyColumn { column: name(i), rows: self.rows_read }
            }
            (missing, 0) if !missing.is_listwise() => {
                Error::NeverTogether { first: name(i), second: name(j) }
            }
            (_, n) => {
                let what = match self.missing {
                    Missing::Listwise => "covariance matrix".into(),
                    _ => format!("covariance of '{}' and '{}'", name(i), name(j)),
                };
                Error::TooFewRows { what, n, needed }
            }
        })
    }

    pub(super) fn pair(&self, i: usize, j: usize) -> Pair {
        if i > j {
            return self.pair(j, i).swapped();
        }
        let mut pair = self.complete.pair(i, j);
        pair.merge(&self.incomplete.pair(self.len(), i, j), [0.0; 2]);
        pair
    }
}

//! Second derivatives of the implied moments, by the same index lists as the first.
//!
//! A derivative of Sigma is c (u v' + v u') with u and v columns of G = [I, L, K] (see [`super::implied`]),
//! and a parameter moves a column of G along at most two others:
//!
//! ```text
//! loading (i, j)            dL_b = A_jb e_i        dK_b = E_jb e_i
//! path (i, j)               dL_b = A_jb L_i        dK_b = E_jb L_i + A_bi K_j
//! latent covariance (i, j)                         dK_b = c (A_bj L_i + A_bi L_j)
//! ```
//!
//! so that a second derivative, weighted by a matrix X, is a sum of at most four elements of G'XG.

use super::implied::{Direction, Implied};
use super::place::Place;
use nalgebra::{DMatrix, DVector};

/// Multiples of columns of G.
type Change = [(f64, usize); 2];

impl Implied {
    /// tr(X Sigma_st) + x'mu_st of two directions, given `form` = G'XG and `linear` = G'x.
    pub(crate) fn second_derivative(
        &self,
        first: &Direction,
        second: &Direction,
        form: &DMatrix<f64>,
        linear: Option<&DVector<f64>>,
    ) -> f64 {
        let mut sum = 0.0;
        if let Some((u, v, c)) = first.covariance {
            for (moved, other) in [(u, v), (v, u)] {
                for (by, column) in self.change(moved, second.place) {
                    sum += 2.0 * c * by * form[(column, other)];
                }
            }
        }
        if let (Some(linear), Some((g, scale))) = (linear, first.mean) {
            let eta = scale.map_or(1.0, |j| self.eta_mean[j]);
            for (by, column) in self.change(g, second.place) {
                sum += by * eta * linear[column];
            }
            if let Some(j) = scale {
                sum += self.mean_change(j, second.place) * linear[g];
            }
        }
        sum
    }

    /// How a parameter moves a column of G.
    fn change(&self, column: usize, place: Place) -> Change {
        const NONE: (f64, usize) = (0.0, 0);
        let (p, m) = self.lambda.shape();
        let (unit, total, covariance) = (|i: usize| i, |i: usize| p + i, |i: usize| p + m + i);
        let (a, e) = (&self.total, &self.eta_covariance);
        match (column.checked_sub(p), column.checked_sub(p + m), place) {
            (Some(_), Some(b), Place::Loading(i, j)) => [(e[(j, b)], unit(i)), NONE],
            (Some(_), Some(b), Place::Path(i, j)) => [(e[(j, b)], total(i)), (a[(b, i)], covariance(j))],
            (Some(_), Some(b), Place::Latent(i, j)) => {
                let c = if i == j { 0.5 } else { 1.0 };
                [(c * a[(b, j)], total(i)), (c * a[(b, i)], total(j))]
            }
            (Some(b), None, Place::Loading(i, j)) => [(a[(j, b)], unit(i)), NONE],
            (Some(b), None, Place::Path(i, j)) => [(a[(j, b)], total(i)), NONE],
            _ => [NONE, NONE],
        }
    }

    /// How a parameter moves an element of A alpha.
    fn mean_change(&self, element: usize, place: Place) -> f64 {
        match place {
            Place::Path(i, j) => self.total[(element, i)] * self.eta_mean[j],
            Place::LatentMean(i) => self.total[(element, i)],
            _ => 0.0,
        }
    }
}

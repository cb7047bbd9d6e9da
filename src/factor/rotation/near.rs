//! A rotation that is looked for beside another solution: the minimum of the criterion that is nearest to it. Replicates of a
//! bootstrap and completed data sets are turned this way, so that their factors are the same factors in the same order.

use super::gradient_projection::Turning;
use super::search::{Found, search_from};
use crate::error::{Error, Result};
use nalgebra::DMatrix;

/// T from which A is turned as near to other loadings as it can be: orthogonal, A T (Schonemann 1966).
pub(crate) fn procrustes(a: &DMatrix<f64>, to: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let svd = a.tr_mul(to).svd(true, true);
    Some(svd.u? * svd.v_t?)
}

/// The same of oblique factors, A (T')^-1: least squares, with columns of T brought to length 1.
fn oblique(a: &DMatrix<f64>, to: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let turned = a.tr_mul(a).try_inverse()? * a.tr_mul(to);
    let mut t = turned.try_inverse()?.transpose();
    for mut column in t.column_iter_mut() {
        let norm = column.norm();
        if !(norm > 0.0 && norm.is_finite()) {
            return None;
        }
        column.unscale_mut(norm);
    }
    Some(t)
}

impl Turning<'_> {
    /// The minimum that a search from the loadings `to` ends at.
    pub(super) fn near(self, a: &DMatrix<f64>, to: &DMatrix<f64>) -> Result<Found> {
        let start = if self.oblique { oblique(a, to) } else { procrustes(a, to) };
        let start = start.ok_or_else(|| Error::NoAnswerExists {
            what: "rotation near another solution".into(),
            why: "the factors of one of them are linearly dependent".into(),
            remedy: "Take fewer factors.".into(),
        })?;
        search_from(self, a, &start)
    }
}

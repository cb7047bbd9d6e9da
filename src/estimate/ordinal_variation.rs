//! Standard errors and scaled tests of least squares with ordinal data, from the respondents' influences on the
//! statistics (Muthen, du Toit & Spisic 1997).
//!
//! ```text
//! meat            D'W Gamma W D
//! tr(U Gamma)     = tr(W Gamma) - tr(H^-1 D'W Gamma W D),   H = D'W D,  U = W - W D H^-1 D'W
//! tr((U Gamma)^2) = |R Gamma R'|^2 - 2 tr(H^-1 D'W Gamma W Gamma W D) + |H^(-1/2) D'W Gamma W D H^(-1/2)|^2
//! ```
//!
//! Only the last needs Gamma itself; the others are sums over respondents.

use super::casewise::inverse_factor;
use super::ordinal_moments::SparseRows;
use super::weight::Weight;
use crate::correlation::ThreeStage;
use nalgebra::DMatrix;

/// A group: its share, its statistics, their weight, and the derivatives of those that the model implies.
#[derive(Clone)]
pub(crate) struct OrdinalGroup<'a> {
    pub(crate) share: f64,
    pub(crate) stages: &'a ThreeStage,
    pub(crate) weight: &'a Weight,
    pub(crate) derivatives: SparseRows,
}

impl OrdinalGroup<'_> {
    /// D'W Gamma W D; none where the influences were not kept.
    fn meat(&self) -> Option<DMatrix<f64>> {
        let influence = self.stages.influence.as_ref()?;
        let scores = self.weight.weighted(&self.derivatives).product(influence);
        Some(scores.tr_mul(&scores) / influence.nrows() as f64)
    }
}

/// D'W Gamma W D and D'WD over all groups.
pub(crate) fn meat_and_bread(groups: &[OrdinalGroup<'_>]) -> Option<(DMatrix<f64>, DMatrix<f64>)> {
    let q = groups.first()?.derivatives.ncols();
    let (mut meat, mut bread) = (DMatrix::zeros(q, q), DMatrix::zeros(q, q));
    for group in groups {
        meat += group.meat()? * group.share;
        bread += group.weight.gram(&group.derivatives) * group.share;
    }
    Some((meat, bread))
}

/// tr(U Gamma) and, where asked for, tr((U Gamma)^2). `directions` holds the directions in which the parameters can
/// move, as columns.
pub(crate) fn traces(
    groups: &[OrdinalGroup<'_>],
    directions: &DMatrix<f64>,
    squared: bool,
) -> Option<(f64, f64)> {
    let (meat, bread) = meat_and_bread(groups)?;
    let factor = inverse_factor(&directions.tr_mul(&(bread * directions)))?;
    let narrow = &factor * directions.transpose();
    let explained = &narrow * meat * narrow.transpose();
    let mut trace = -explained.trace();
    let mut square = if squared { explained.norm_squared() } else { 0.0 };
    for group in groups {
        trace += match group.weight.diagonal(group.stages.values.len()) {
            Some(weights) => weights.dot(&group.stages.variances),
            None => group.weight.whitened(group.stages.gamma()?).trace(),
        };
        if squared {
            let gamma = group.stages.gamma()?;
            square += group.weight.whitened(gamma).norm_squared();
            let moved = group.weight.weighted(&group.derivatives).product(gamma);
            let mixed = group.weight.rows(&moved) * narrow.transpose();
            square -= 2.0 * group.share * mixed.norm_squared();
        }
    }
    Some((trace, square))
}

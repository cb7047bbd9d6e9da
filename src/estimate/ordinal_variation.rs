//! Standard errors and scaled tests of least squares with ordinal data, from the respondents' influences on the
//! statistics (Muthen, du Toit & Spisic 1997).
//!
//! ```text
//! meat            D'W Gamma W D
//! tr(U Gamma)     = tr(W Gamma) - tr(H^-1 D'W Gamma W D),   H = D'W D,  U = W - W D H^-1 D'W
//! tr((U Gamma)^2) = |R Gamma R'|^2 - 2 tr(H^-1 D'W Gamma W Gamma W D) + |H^(-1/2) D'W Gamma W D H^(-1/2)|^2
//! ```
//!
//! The last needs the products of all pairs of statistics, Gamma, or of all pairs of respondents, whichever are
//! fewer; the others are sums over respondents.

use super::casewise::inverse_factor;
use super::ordinal_moments::SparseRows;
use super::weight::Weight;
use crate::correlation::{ThreeStage, products};
use nalgebra::{DMatrix, DVector};

/// A group: its share, its statistics, their weight, and the derivatives of those that the model implies.
#[derive(Clone)]
pub(crate) struct OrdinalGroup<'a> {
    /// Its weight in the discrepancy,
    pub(crate) share: f64,
    /// and that over its share of the respondents.
    pub(crate) ratio: f64,
    pub(crate) stages: &'a ThreeStage,
    pub(crate) weight: &'a Weight,
    pub(crate) derivatives: SparseRows,
}

impl OrdinalGroup<'_> {
    /// Respondents' scores, J W D; none where the influences were not kept.
    fn scores(&self) -> Option<DMatrix<f64>> {
        Some(self.weight.weighted(&self.derivatives).product(self.stages.influence.as_ref()?))
    }

    /// |R Gamma R'|^2 and D'W Gamma W Gamma W D.
    fn squares(&self, scores: &DMatrix<f64>) -> Option<(f64, DMatrix<f64>)> {
        let influence = self.stages.influence.as_ref()?;
        let (rows, m) = influence.shape();
        let n = self.stages.n;
        if m > rows {
            let moved = self.weight.rows(&influence.transpose());
            let kernel = products(&moved) / n as f64;
            let quadratic = scores.transpose() * &kernel * scores / n as f64;
            return Some((kernel.norm_squared(), quadratic));
        }
        let gamma = self.stages.gamma()?;
        let moved = self.weight.rows(&self.weight.weighted(&self.derivatives).product(gamma));
        let all = match self.weight.diagonal(m) {
            Some(weights) => weighted_square(gamma, &weights),
            None => self.weight.whitened(gamma).norm_squared(),
        };
        Some((all, moved.transpose() * &moved))
    }
}

/// sum_rs w_r w_s gamma_rs^2.
pub(crate) fn weighted_square(gamma: &DMatrix<f64>, weights: &DVector<f64>) -> f64 {
    let of_column = |column: usize| -> f64 {
        let each = gamma.column(column).iter().zip(weights.iter()).map(|(g, w)| w * g * g).sum::<f64>();
        weights[column] * each
    };
    (0..gamma.ncols()).filter(|&column| weights[column] != 0.0).map(of_column).sum()
}

/// What standard errors and tests share.
#[derive(Debug)]
pub(crate) struct Variation {
    /// Respondents' scores, by group.
    pub(crate) scores: Vec<DMatrix<f64>>,
    /// D'W Gamma W D over all groups.
    pub(crate) meat: DMatrix<f64>,
    /// D'WD.
    pub(crate) bread: DMatrix<f64>,
    /// B with B'B = N (N'D'WD N)^-1 N', N the directions in which the parameters can move.
    pub(crate) narrow: DMatrix<f64>,
}

impl Variation {
    /// `directions` as columns; none: the parameters move in all. None where influences were not kept, or the model is
    /// not identified.
    pub(crate) fn of(groups: &[OrdinalGroup<'_>], directions: Option<&DMatrix<f64>>) -> Option<Self> {
        let scores: Vec<DMatrix<f64>> = groups.iter().map(OrdinalGroup::scores).collect::<Option<_>>()?;
        let q = groups.first()?.derivatives.ncols();
        let (mut meat, mut bread) = (DMatrix::zeros(q, q), DMatrix::zeros(q, q));
        for (group, scores) in groups.iter().zip(&scores) {
            meat += products(scores) * (group.share * group.ratio / group.stages.n as f64);
            bread += group.weight.gram(&group.derivatives) * group.share;
        }
        let narrow = match directions {
            None => inverse_factor(&bread)?,
            Some(n) => inverse_factor(&(n.transpose() * (&bread * n)))? * n.transpose(),
        };
        // the rest of a factor is not part of it
        let narrow = if directions.is_none() { narrow.lower_triangle() } else { narrow };
        Some(Self { scores, meat, bread, narrow })
    }
}

/// tr(U Gamma) and, where asked for, tr((U Gamma)^2).
pub(crate) fn traces(
    groups: &[OrdinalGroup<'_>],
    variation: &Variation,
    squared: bool,
) -> Option<(f64, f64)> {
    let Variation { scores, meat, narrow, .. } = variation;
    let explained = narrow * meat * narrow.transpose();
    let mut trace = -explained.trace();
    let mut square = if squared { explained.norm_squared() } else { 0.0 };
    for (group, scores) in groups.iter().zip(scores) {
        let own = match group.weight.diagonal(group.stages.values.len()) {
            Some(weights) => weights.dot(&group.stages.variances),
            None => group.weight.whitened(group.stages.gamma()?).trace(),
        };
        trace += group.ratio * own;
        if squared {
            let (all, quadratic) = group.squares(scores)?;
            let twice = 2.0 * group.share * (narrow * quadratic).dot(narrow);
            square += group.ratio * group.ratio * (all - twice);
        }
    }
    Some((trace, square))
}

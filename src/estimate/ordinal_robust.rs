//! What robust CFI, TLI and RMSEA of ordinal data are made of (Savalei 2021): the normal-theory discrepancy between
//! the observed and the implied correlations, at the least-squares estimates, and its mean where the model holds.
//!
//! ```text
//! T   = N F_ML(R, P(theta))                            T_b = -N log|R|
//! k   = tr(P' W P Gamma),  P = I - D H^-1 D'V          k_b = tr(Gamma)       of the correlations
//! ```
//!
//! with W the normal-theory weight of the correlations at the implied ones: W e holds the elements of
//! P(theta)^-1 E P(theta)^-1 for e those of a symmetric E with zeros on the diagonal.

use super::casewise::inverse_factor;
use super::ordinal_moments::OrdinalMoments;
use super::ordinal_variation::{OrdinalGroup, meat_and_bread};
use crate::correlation::{Statistic, ThreeStage};
use crate::model::Implied;
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};

/// Discrepancies with what is expected of them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RobustOrdinal {
    pub(crate) chisq: f64,
    /// Expectation of `chisq` where the model holds.
    pub(crate) expected: f64,
    pub(crate) baseline_chisq: f64,
    pub(crate) baseline_expected: f64,
}

/// One group at the solution.
pub(crate) struct RobustGroup<'a> {
    pub(crate) group: OrdinalGroup<'a>,
    pub(crate) moments: &'a OrdinalMoments,
    pub(crate) implied: &'a Implied,
    /// Respondents.
    pub(crate) n: f64,
}

/// None where a correlation matrix is not positive definite, or variables are not all ordinal. `directions` holds the
/// directions in which the parameters can move, as columns.
pub(crate) fn robust_ordinal(groups: &[RobustGroup<'_>], directions: &DMatrix<f64>) -> Option<RobustOrdinal> {
    let mut sum = RobustOrdinal::default();
    let parts: Vec<OrdinalGroup<'_>> = groups.iter().map(|g| g.group.clone()).collect();
    let (meat, bread) = meat_and_bread(&parts)?;
    let factor = inverse_factor(&directions.tr_mul(&(bread * directions)))?;
    let narrow = &factor * directions.transpose();
    let inverse = narrow.tr_mul(&narrow);
    for RobustGroup { group, moments, implied, n } in groups {
        let stages = group.stages;
        let is_threshold = |s: &Statistic| matches!(s, Statistic::Threshold(..) | Statistic::Covariance(..));
        if !stages.statistics.iter().all(is_threshold) {
            return None;
        }
        let model = correlations(stages, &moments.implied(implied));
        let (log_observed, _) = inverted(&stages.covariance)?;
        let (log_model, weight) = inverted(&model)?;
        let p = model.nrows() as f64;
        sum.chisq += n * (log_model - log_observed + weight.dot(&stages.covariance) - p);
        sum.baseline_chisq -= n * log_observed;
        let gamma = stages.gamma()?;
        let first = stages.values.len() - stages.covariance.nrows() * (stages.covariance.nrows() - 1) / 2;
        sum.baseline_expected += (first..stages.values.len()).map(|row| stages.variances[row]).sum::<f64>();
        // tr(W Gamma) - 2 tr(H^-1 D'V Gamma W D) + tr(H^-1 D'WD H^-1 D'V Gamma V D)
        let derivatives = group.derivatives.dense();
        let weighted = DMatrix::from_columns(
            &derivatives
                .column_iter()
                .map(|d| weigh(stages, first, &weight, d.as_slice()))
                .collect::<Vec<_>>(),
        );
        let moved = group.weight.weighted(&group.derivatives).product(gamma);
        sum.expected += weighted_trace(stages, first, &weight, gamma);
        sum.expected -= 2.0 * group.share * (&inverse * moved.tr_mul(&weighted)).trace();
        let own = derivatives.tr_mul(&weighted);
        sum.expected += group.share * (&inverse * own * &inverse * &meat).trace();
    }
    Some(sum)
}

/// Log-determinant and inverse.
fn inverted(matrix: &DMatrix<f64>) -> Option<(f64, DMatrix<f64>)> {
    let mut factor = matrix.clone();
    cholesky::factorise(&mut factor).ok()?;
    let log_determinant = cholesky::log_determinant(&factor);
    let mut inverse = DMatrix::zeros(matrix.nrows(), matrix.nrows());
    cholesky::invert(&mut factor, &mut inverse);
    Some((log_determinant, inverse))
}

/// The matrix whose elements are among the statistics, with a unit diagonal.
fn correlations(stages: &ThreeStage, values: &DVector<f64>) -> DMatrix<f64> {
    let p = stages.covariance.nrows();
    let mut matrix = DMatrix::identity(p, p);
    for (statistic, value) in stages.statistics.iter().zip(values.iter()) {
        if let Statistic::Covariance(i, j) = *statistic {
            (matrix[(i, j)], matrix[(j, i)]) = (*value, *value);
        }
    }
    matrix
}

/// W e; 0 for thresholds.
fn weigh(stages: &ThreeStage, first: usize, weight: &DMatrix<f64>, e: &[f64]) -> DVector<f64> {
    let mut weighed = DVector::zeros(e.len());
    if e[first..].iter().all(|e| *e == 0.0) {
        return weighed;
    }
    let mut matrix = correlations(stages, &DVector::from_column_slice(e));
    matrix.fill_diagonal(0.0);
    let both = weight * matrix * weight;
    for (row, statistic) in stages.statistics.iter().enumerate().skip(first) {
        if let Statistic::Covariance(i, j) = *statistic {
            weighed[row] = both[(i, j)];
        }
    }
    weighed
}

/// tr(W Gamma) over the covariances.
fn weighted_trace(stages: &ThreeStage, first: usize, a: &DMatrix<f64>, gamma: &DMatrix<f64>) -> f64 {
    let pairs: Vec<(usize, usize, usize)> = stages.statistics[first..]
        .iter()
        .enumerate()
        .filter_map(|(row, statistic)| match *statistic {
            Statistic::Covariance(i, j) => Some((first + row, i, j)),
            _ => None,
        })
        .collect();
    let mut trace = 0.0;
    for (at, &(column, k, l)) in pairs.iter().enumerate() {
        for &(row, i, j) in &pairs[..=at] {
            let twice = if row == column { 1.0 } else { 2.0 };
            trace += twice * gamma[(row, column)] * (a[(i, k)] * a[(j, l)] + a[(i, l)] * a[(j, k)]);
        }
    }
    trace
}

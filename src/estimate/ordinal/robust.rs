//! What robust CFI, TLI and RMSEA of ordinal data are made of (Savalei 2021): the normal-theory discrepancy between
//! the observed and the implied correlations, at the least-squares estimates, and its mean where the model holds.
//!
//! ```text
//! T   = N F_ML(R, P(theta))                            T_b = -N log|R|
//! k   = tr(P' W P Gamma),  P = I - D H^-1 D'V          k_b = tr(Gamma) of the correlations
//! ```
//!
//! with W the normal-theory weight of the correlations at the implied ones: W e holds the elements of
//! P(theta)^-1 E P(theta)^-1 for e those of a symmetric E with zeros on the diagonal.

use super::moments::OrdinalMoments;
use super::variation::{OrdinalGroup, Variation};
use crate::correlation::{Statistic, ThreeStage};
use crate::estimate::test_parts::RobustParts;
use crate::estimate::weight::Weight;
use crate::model::Implied;
use crate::numeric::cholesky;
use crate::numeric::product::{gram_of_columns, product, transposed_product};
use nalgebra::{DMatrix, DVectorView};
use rayon::prelude::*;

/// One group at the solution.
pub(crate) struct RobustGroup<'a> {
    pub(crate) group: OrdinalGroup<'a>,
    pub(crate) moments: &'a OrdinalMoments,
    pub(crate) implied: &'a Implied,
    /// Respondents.
    pub(crate) n: f64,
}

/// None where a correlation matrix is not positive definite, or variables are not all ordinal.
pub(crate) fn robust_ordinal(groups: &[RobustGroup<'_>], variation: &Variation) -> Option<RobustParts> {
    let mut sum = RobustParts::default();
    let Variation { moved, meat, narrow, .. } = variation;
    let inverse = gram_of_columns(narrow);
    let covariance = product(&product(&inverse, meat), &inverse);
    for (RobustGroup { group, moments, implied, n }, moved) in groups.iter().zip(moved) {
        let stages = group.stages;
        let is_threshold = |s: &Statistic| matches!(s, Statistic::Threshold(..) | Statistic::Covariance(..));
        if !stages.statistics.iter().all(is_threshold) {
            return None;
        }
        let model = correlations(stages, moments.implied(implied).as_slice());
        let (log_observed, _) = inverted(&stages.covariance)?;
        let (log_model, weight) = inverted(&model)?;
        let p = model.nrows();
        sum.chisq += n * (log_model - log_observed + weight.dot(&stages.covariance) - p as f64);
        sum.baseline_chisq -= n * log_observed;
        let first = stages.values.len() - p * (p - 1) / 2;
        // lavaan 0.6-14 divides each group's by its share of the respondents
        sum.baseline_expected += stages.variances.rows_range(first..).sum() / group.share;
        // tr(W Gamma) - 2 tr(H^-1 D'V Gamma W D) + tr(H^-1 D'WD H^-1 D'V Gamma V D)
        let (columns, weighted) = weighed_derivatives(group, first, &weight);
        let influence = stages.influence.as_ref()?;
        sum.expected += weighted_trace(stages, first, &weight, influence);
        let across = transposed_product(moved, &weighted);
        let own = Weight::Unit.weighted(&group.derivatives).product(&weighted.transpose());
        let narrowed = inverse.select_columns(&columns);
        sum.expected -= 2.0 * group.share * narrowed.dot(&across);
        // both are in the rows of the parameters that move a correlation: tr(A B) = sum of A' and B, element by element
        sum.expected += group.share * own.transpose().dot(&covariance.select_columns(&columns));
    }
    Some(sum)
}

/// W D: the parameters that move a correlation, and their columns.
fn weighed_derivatives(
    group: &OrdinalGroup<'_>,
    first: usize,
    weight: &DMatrix<f64>,
) -> (Vec<usize>, DMatrix<f64>) {
    let statistics = &group.stages.statistics;
    let mut by_parameter = vec![Vec::new(); group.derivatives.ncols()];
    for (row, own) in group.derivatives.iter().enumerate().skip(first) {
        if let Statistic::Covariance(i, j) = statistics[row] {
            own.iter().for_each(|&(column, d)| by_parameter[column].push((i, j, d)));
        }
    }
    let moves = |column: &usize| by_parameter[*column].iter().any(|(_, _, d)| *d != 0.0);
    let columns: Vec<usize> = (0..by_parameter.len()).filter(moves).collect();
    let mut weighed = DMatrix::zeros(statistics.len(), columns.len());
    let height = weighed.nrows().max(1);
    let each = weighed.as_mut_slice().par_chunks_mut(height).zip(&columns);
    each.for_each(|(to, &column)| {
        let mut matrix = DMatrix::zeros(weight.nrows(), weight.nrows());
        for &(i, j, d) in &by_parameter[column] {
            matrix[(i, j)] += d;
            matrix[(j, i)] += d;
        }
        let both = weight * matrix * weight;
        for (row, statistic) in statistics.iter().enumerate().skip(first) {
            if let Statistic::Covariance(i, j) = *statistic {
                to[row] = both[(i, j)];
            }
        }
    });
    (columns, weighed)
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
fn correlations(stages: &ThreeStage, values: &[f64]) -> DMatrix<f64> {
    let p = stages.covariance.nrows();
    let mut matrix = DMatrix::identity(p, p);
    for (statistic, value) in stages.statistics.iter().zip(values) {
        if let Statistic::Covariance(i, j) = *statistic {
            (matrix[(i, j)], matrix[(j, i)]) = (*value, *value);
        }
    }
    matrix
}

/// Respondents whose influences are taken together.
const RUN: usize = 32;

/// tr(W Gamma) over the covariances: from Gamma where it is the smaller, or the mean over respondents of j'W j.
fn weighted_trace(stages: &ThreeStage, first: usize, a: &DMatrix<f64>, influence: &DMatrix<f64>) -> f64 {
    if let Some(gamma) = stages.narrow_gamma() {
        let pairs: Vec<(usize, usize, usize)> = stages.statistics[first..]
            .iter()
            .enumerate()
            .filter_map(|(row, statistic)| match *statistic {
                Statistic::Covariance(i, j) => Some((first + row, i, j)),
                _ => None,
            })
            .collect();
        let of_column = |at: usize| -> f64 {
            let (column, k, l) = pairs[at];
            let each = pairs[..=at].iter().map(|&(row, i, j)| {
                let twice = if row == column { 1.0 } else { 2.0 };
                twice * gamma[(row, column)] * (a[(i, k)] * a[(j, l)] + a[(i, l)] * a[(j, k)])
            });
            each.sum()
        };
        let columns: Vec<f64> = (0..pairs.len()).into_par_iter().map(of_column).collect();
        return columns.iter().sum();
    }
    let runs: Vec<usize> = (0..influence.nrows()).step_by(RUN).collect();
    let of_run = |&from: &usize| -> Vec<f64> {
        let rows = influence.rows(from, RUN.min(influence.nrows() - from)).transpose();
        let of_row = |row: DVectorView<'_, f64>| {
            let mut matrix = correlations(stages, row.as_slice());
            matrix.fill_diagonal(0.0);
            0.5 * (a * &matrix * a).dot(&matrix)
        };
        rows.column_iter().map(of_row).collect()
    };
    let each: Vec<Vec<f64>> = runs.par_iter().map(of_run).collect();
    each.iter().flatten().sum::<f64>() / stages.n as f64
}

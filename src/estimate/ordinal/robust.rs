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
use super::variation::{Moved, OrdinalGroup, Variation};
use crate::correlation::{Statistic, ThreeStage};
use crate::estimate::test_parts::RobustParts;
use crate::estimate::weight::Weight;
use crate::model::Implied;
use crate::numeric::cholesky;
use crate::numeric::product::{product, transposed_product};
use nalgebra::DMatrix;
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
    let (inverse, covariance) = variation.inverse();
    for (RobustGroup { group, moments, implied, n }, moved) in groups.iter().zip(&variation.moved) {
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
        let movers = Movers::of(group, first);
        let influence = stages.influence.as_ref()?;
        let (trace, own, across) = match moved {
            Moved::Statistics(moved) => {
                let weighed = movers.weighed(stages, first, &weight);
                let own = Weight::Unit.weighted(&group.derivatives).product(&weighed.transpose());
                let trace = match stages.narrow_gamma() {
                    Some(gamma) => trace_of_gamma(stages, first, &weight, gamma),
                    None => movers.weighed_respondents(stages, &weight, influence).0,
                };
                (trace, own.transpose(), transposed_product(moved, &weighed))
            }
            Moved::Respondents(moved) => {
                let (trace, weighed) = movers.weighed_respondents(stages, &weight, influence);
                let across = product(&weighed, moved).transpose() / stages.n as f64;
                (trace, movers.weighed_twice(group, first, &weight), across)
            }
        };
        sum.expected += trace - 2.0 * group.share * inverse.select_columns(&movers.columns).dot(&across);
        // both are in the rows of the parameters that move a correlation: tr(A B) = sum of A' and B, element by element
        sum.expected += group.share * own.dot(&covariance.select_columns(&movers.columns));
    }
    Some(sum)
}

/// The parameters that move a correlation.
struct Movers {
    columns: Vec<usize>,
    /// Of each of them: the variables of a correlation, and how far it moves.
    moves: Vec<Vec<(usize, usize, f64)>>,
}

impl Movers {
    fn of(group: &OrdinalGroup<'_>, first: usize) -> Self {
        let statistics = &group.stages.statistics;
        let mut by_parameter = vec![Vec::new(); group.derivatives.ncols()];
        for (row, own) in group.derivatives.iter().enumerate().skip(first) {
            if let Statistic::Covariance(i, j) = statistics[row] {
                own.iter().for_each(|&(column, d)| by_parameter[column].push((i, j, d)));
            }
        }
        let by_parameter = by_parameter.into_iter().enumerate();
        let moving = by_parameter.filter(|(_, own)| own.iter().any(|(_, _, d)| *d != 0.0));
        let (columns, moves) = moving.unzip();
        Self { columns, moves }
    }

    /// P(theta)^-1 E P(theta)^-1 of the derivatives by a parameter.
    fn both(weight: &DMatrix<f64>, moves: &[(usize, usize, f64)]) -> DMatrix<f64> {
        let mut matrix = DMatrix::zeros(weight.nrows(), weight.nrows());
        for &(i, j, d) in moves {
            matrix[(i, j)] += d;
            matrix[(j, i)] += d;
        }
        weight * matrix * weight
    }

    /// W D: a column for each.
    fn weighed(&self, stages: &ThreeStage, first: usize, weight: &DMatrix<f64>) -> DMatrix<f64> {
        let mut weighed = DMatrix::zeros(stages.statistics.len(), self.columns.len());
        let height = weighed.nrows().max(1);
        let each = weighed.as_mut_slice().par_chunks_mut(height).zip(&self.moves);
        each.for_each(|(to, moves)| {
            let both = Self::both(weight, moves);
            for (row, statistic) in stages.statistics.iter().enumerate().skip(first) {
                if let Statistic::Covariance(i, j) = *statistic {
                    to[row] = both[(i, j)];
                }
            }
        });
        weighed
    }

    /// D'W D: a column for each.
    fn weighed_twice(&self, group: &OrdinalGroup<'_>, first: usize, weight: &DMatrix<f64>) -> DMatrix<f64> {
        let mut twice = DMatrix::zeros(group.derivatives.ncols(), self.columns.len());
        let height = twice.nrows().max(1);
        let each = twice.as_mut_slice().par_chunks_mut(height).zip(&self.moves);
        each.for_each(|(to, moves)| {
            let both = Self::both(weight, moves);
            let rows = group.derivatives.iter().zip(&group.stages.statistics).skip(first);
            for (own, statistic) in rows {
                if let Statistic::Covariance(i, j) = *statistic {
                    own.iter().for_each(|&(column, d)| to[column] += d * both[(i, j)]);
                }
            }
        });
        twice
    }

    /// tr(W Gamma) over the covariances, the mean over respondents of j'W j; and D'W j, a column for each respondent.
    fn weighed_respondents(
        &self,
        stages: &ThreeStage,
        weight: &DMatrix<f64>,
        influence: &DMatrix<f64>,
    ) -> (f64, DMatrix<f64>) {
        let of_run = |&from: &usize| {
            let rows = influence.rows(from, RUN.min(influence.nrows() - from)).transpose();
            let (mut trace, mut weighed) = (0.0, Vec::with_capacity(rows.ncols() * self.columns.len()));
            for row in rows.column_iter() {
                let mut matrix = correlations(stages, row.as_slice());
                matrix.fill_diagonal(0.0);
                let both = weight * &matrix * weight;
                trace += 0.5 * both.dot(&matrix);
                let moved = |moves: &Vec<_>| moves.iter().map(|&(i, j, d)| d * both[(i, j)]).sum::<f64>();
                weighed.extend(self.moves.iter().map(moved));
            }
            (trace, weighed)
        };
        let runs: Vec<usize> = (0..influence.nrows()).step_by(RUN).collect();
        let each: Vec<(f64, Vec<f64>)> = runs.par_iter().map(of_run).collect();
        let (traces, weighed): (Vec<f64>, Vec<Vec<f64>>) = each.into_iter().unzip();
        let weighed = DMatrix::from_vec(self.columns.len(), influence.nrows(), weighed.concat());
        (traces.iter().sum::<f64>() / stages.n as f64, weighed)
    }
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

/// tr(W Gamma) over the covariances.
fn trace_of_gamma(stages: &ThreeStage, first: usize, a: &DMatrix<f64>, gamma: &DMatrix<f64>) -> f64 {
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
    columns.iter().sum()
}

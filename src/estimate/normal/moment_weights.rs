//! The weights of least squares: normal theory at the observed moments, or the inverse of the covariance
//! matrix of the moments, whole or its diagonal.

use crate::error::{Error, Result};
use crate::estimate::conventions::{At, Conventions};
use crate::estimate::estimator::Criterion;
use crate::estimate::normal::deviations::contributions;
use crate::estimate::observed::{Cases, Observed};
use crate::estimate::weight::{Layout, Weight};
use crate::model::ParameterTable;
use crate::numeric::cholesky::inverse_factor;
use nalgebra::{DMatrix, DVector};

/// The weight of a group. `rows` are needed by WLS and DWLS only, which take the sampling variation of the moments with the
/// fixed covariates held at their values: moments among those have no weight.
pub(crate) fn moment_weight(
    criterion: Criterion,
    conventions: Conventions,
    table: &ParameterTable,
    observed: &Observed,
    rows: Option<&DMatrix<f64>>,
) -> Result<Weight> {
    let singular = |what: &str| singular(what, table);
    let what = MOMENT_COVARIANCE;
    let layout = Layout { p: observed.mean.len(), has_means: table.has_means };
    match (criterion, rows) {
        (Criterion::Likelihood | Criterion::Uls, _) => Ok(Weight::Unit),
        (Criterion::Gls, _) => inverse_factor(&observed.covariance)
            .map(Weight::Normal)
            .ok_or_else(|| singular("the covariance matrix of the observed variables")),
        (_, None) => Err(singular(what)),
        (Criterion::Wls | Criterion::Dwls, Some(rows)) => {
            let implied = observed.implied(table);
            let cases = Cases { table, observed, implied: &implied, rows };
            let n = rows.ncols();
            let varying = varying(table, layout);
            if criterion == Criterion::Wls && n <= varying.len() {
                let what = "weighted least squares (more respondents than moments)".into();
                return Err(Error::TooFewRows { what, n, needed: varying.len() + 1 });
            }
            if criterion == Criterion::Dwls {
                let deviations = contributions(&cases, &Weight::Unit, At::SampleGivenCovariates)
                    .ok_or_else(|| singular(what))?;
                let mut scale = DVector::zeros(layout.len());
                for i in varying {
                    let least = layout.variance(i).map_or(0.0, |j| LEAST_ERROR * observed.covariance[(j, j)]);
                    let variance = (deviations.row(i).norm_squared() / n as f64).max(least * least);
                    if !(variance > 0.0) {
                        return Err(singular(what));
                    }
                    scale[i] = 1.0 / variance.sqrt();
                }
                return Ok(Weight::Diagonal(scale));
            }
            let mut gamma =
                moment_covariance(&cases, At::SampleGivenCovariates).ok_or_else(|| singular(what))?;
            if conventions == Conventions::Mplus {
                as_mplus(&mut gamma, &observed.covariance, layout, n as f64);
            }
            let gamma = gamma.select_rows(&varying).select_columns(&varying);
            let own = inverse_factor(&gamma).ok_or_else(|| singular(what))?;
            let mut factor = DMatrix::zeros(layout.len(), layout.len());
            for (a, &i) in varying.iter().enumerate() {
                varying[..=a].iter().enumerate().for_each(|(b, &j)| factor[(i, j)] = own[(a, b)]);
            }
            Ok(Weight::Full(factor))
        }
    }
}

/// What weights of the moments are the inverse of.
pub(crate) const MOMENT_COVARIANCE: &str = "the covariance matrix of the moments";

/// The error of a matrix that has no inverse.
pub(crate) fn singular(matrix: &str, table: &ParameterTable) -> Error {
    let variables = table.observed.iter().take(8).cloned().collect();
    Error::NotPositiveDefinite { matrix: matrix.into(), eigenvalue: 0.0, variables }
}

/// The moments that vary from sample to sample: all but those among fixed covariates.
fn varying(table: &ParameterTable, layout: Layout) -> Vec<usize> {
    let is_fixed = |i: usize| table.covariates.contains(&i);
    let means = if layout.has_means { layout.p } else { 0 };
    let of_means = (0..means).map(is_fixed);
    let pairs = (0..layout.p).flat_map(|j| (0..=j).map(move |k| (j, k)));
    let fixed = of_means.chain(pairs.map(|(j, k)| is_fixed(j) && is_fixed(k)));
    fixed.enumerate().filter(|(_, fixed)| !fixed).map(|(at, _)| at).collect()
}

/// Least standard error of a variance (times the root of N) that weighs it, as a share of it: of a variable with two values
/// that half of the respondents have each, the variance is the same in every sample as large.
pub(crate) const LEAST_ERROR: f64 = 1e-3;

/// Gamma: N times the covariance matrix of the moments, from the cases' deviations from those at `centre`.
pub(crate) fn moment_covariance(cases: &Cases<'_>, centre: At) -> Option<DMatrix<f64>> {
    let deviations = contributions(cases, &Weight::Unit, centre)?;
    Some(&deviations * deviations.transpose() / cases.rows.ncols() as f64)
}

/// Mplus's covariances of the moments: those of two covariances deviate from the product of covariances with
/// divisor N - 1, those of a mean and a covariance are multiplied by (N - 1) / N. `s` has divisor N - 1.
fn as_mplus(gamma: &mut DMatrix<f64>, s: &DMatrix<f64>, layout: Layout, n: f64) {
    let first = if layout.has_means { layout.p } else { 0 };
    let elements: Vec<f64> = (0..layout.p).flat_map(|j| (0..=j).map(move |k| s[(j, k)])).collect();
    let ratio = (n - 1.0) / n;
    let more = 1.0 - ratio * ratio;
    for (i, a) in elements.iter().enumerate() {
        for (j, b) in elements.iter().enumerate() {
            gamma[(first + i, first + j)] -= more * a * b;
        }
        for j in 0..first {
            gamma[(j, first + i)] *= ratio;
            gamma[(first + i, j)] *= ratio;
        }
    }
}

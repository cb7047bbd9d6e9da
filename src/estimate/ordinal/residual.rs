//! Residuals of thresholds and correlations in one number.

use super::moments::{OrdinalMoments, scaled_covariance};
use crate::correlation::{Statistic, ThreeStage};
use crate::estimate::normal::residual::squares;
use crate::model::{Implied, ParameterTable};
use nalgebra::{DMatrix, DVector};

/// Root mean squared residuals of ordinal data, given the covariates: correlations (covariances with continuous variables), and thresholds
/// in the place of means. `srmr` leaves thresholds out. As in lavaan, means and variances of continuous variables are
/// no residuals, and a covariate counts as one element without a residual beside the p (p + 1) / 2 of the others:
///
/// ```text
/// srmr = sqrt(sum_(j > k) (s_jk - sigma_jk)^2 / (s_jj s_kk) / (p (p + 1) / 2 + x))
/// ```
pub(crate) fn ordinal_residual_measures(
    table: &ParameterTable,
    stages: &ThreeStage,
    implied: &Implied,
) -> Vec<(&'static str, f64)> {
    let model = OrdinalMoments::new(table, stages).implied(implied);
    let own: Vec<usize> = (0..table.observed.len()).filter(|i| !table.covariates.contains(i)).collect();
    let all = scaled_covariance(implied);
    let sigma = DMatrix::from_fn(own.len(), own.len(), |i, j| all[(own[i], own[j])]);
    let s = &stages.covariance;
    let p = own.len();
    let sd = |m: &DMatrix<f64>| -> DVector<f64> { m.diagonal().map(f64::sqrt) };
    let (a, b) = (sd(s), sd(&sigma));
    let correlation = |i: usize, j: usize| s[(i, j)] / (a[i] * a[j]) - sigma[(i, j)] / (b[i] * b[j]);
    let covariance = |i: usize, j: usize| if i == j { 0.0 } else { s[(i, j)] - sigma[(i, j)] };
    let raw = squares(p, covariance);
    let bentler = squares(p, |i, j| covariance(i, j) / (a[i] * a[j]));
    let bollen = squares(p, |i, j| if i == j { 0.0 } else { correlation(i, j) });
    let (mut thresholds, mut count) = (0.0, 0.0);
    for ((statistic, value), implied) in stages.statistics.iter().zip(stages.values.iter()).zip(model.iter())
    {
        if let Statistic::Threshold(..) = statistic {
            thresholds += (value - implied).powi(2);
            count += 1.0;
        }
    }
    let elements = (p * (p + 1) / 2 + table.covariates.len()) as f64;
    let pairs = (p * p.saturating_sub(1) / 2) as f64;
    let root = |sum: f64, count: f64| if count > 0.0 { (sum / count).sqrt() } else { 0.0 };
    vec![
        ("rmr", root(raw + thresholds, elements + count)),
        ("rmr_nomean", root(raw, elements)),
        ("srmr", root(bentler, elements)),
        ("srmr_bentler", root(bentler + thresholds, elements + count)),
        ("srmr_bentler_nomean", root(bentler, elements)),
        ("crmr", root(bollen + thresholds, pairs + count)),
        ("crmr_nomean", root(bollen, pairs)),
    ]
}

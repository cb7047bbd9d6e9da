//! Measures of the residual moments: RMR, SRMR, CRMR.

use crate::correlation::{Statistic, ThreeStage};
use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::measures::parts::GroupFit;
use crate::estimate::ordinal::moments::{OrdinalMoments, scaled_covariance};
use crate::model::{Implied, ParameterTable};
use nalgebra::{DMatrix, DVector};

/// Sums of squared residuals over the elements of the lower triangle.
pub(crate) fn squares(p: usize, element: impl Fn(usize, usize) -> f64) -> f64 {
    (0..p).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|(i, j)| element(i, j).powi(2)).sum()
}

/// Root mean squared residuals: of each group, weighted by its share of the respondents.
pub(crate) fn push_residual_measures(out: &mut FitMeasures, groups: &[GroupFit<'_>], n: f64) {
    let mut total: Vec<(&'static str, f64)> = Vec::new();
    for group in groups {
        let share = group.observed.n as f64 / n;
        let own = residual_measures(group);
        if total.is_empty() {
            total = own.iter().map(|(name, _)| (*name, 0.0)).collect();
        }
        for ((_, sum), (_, value)) in total.iter_mut().zip(own) {
            *sum += share * value;
        }
    }
    total.into_iter().for_each(|(name, value)| out.push(name, value));
}

pub(crate) fn residual_measures(group: &GroupFit<'_>) -> Vec<(&'static str, f64)> {
    let GroupFit { table, observed, implied, .. } = group;
    if let Some(stages) = &observed.ordinal {
        return ordinal_residual_measures(table, stages, implied);
    }
    // variables that the group was not asked have no residual
    let there = observed.there();
    let block = |m: &DMatrix<f64>| m.select_rows(&there).select_columns(&there);
    let (s, sigma) = (&block(&observed.covariance), &block(&implied.sigma));
    let p = s.nrows();
    let sd = |m: &DMatrix<f64>| -> DVector<f64> { m.diagonal().map(f64::sqrt) };
    let (a, b) = (sd(s), sd(sigma));
    let (mean, mu) = (&observed.mean.select_rows(&there), &implied.mu.select_rows(&there));
    let correlation = |i: usize, j: usize| s[(i, j)] / (a[i] * a[j]) - sigma[(i, j)] / (b[i] * b[j]);
    let raw = squares(p, |i, j| s[(i, j)] - sigma[(i, j)]);
    let bentler = squares(p, |i, j| (s[(i, j)] - sigma[(i, j)]) / (a[i] * a[j]));
    let bollen = squares(p, |i, j| if i == j { 0.0 } else { correlation(i, j) });
    let mplus =
        squares(p, |i, j| if i == j { (s[(i, i)] - sigma[(i, i)]) / s[(i, i)] } else { correlation(i, j) });
    let over = |f: &dyn Fn(usize) -> f64| {
        if table.has_means { (0..p).map(|i| f(i).powi(2)).sum::<f64>() } else { 0.0 }
    };
    let raw_means = over(&|i| mean[i] - mu[i]);
    let bentler_means = over(&|i| (mean[i] - mu[i]) / a[i]);
    let bollen_means = over(&|i| mean[i] / a[i] - mu[i] / b[i]);
    let elements = (p * (p + 1) / 2) as f64;
    let means = if table.has_means { p as f64 } else { 0.0 };
    let pairs = elements - p as f64;
    let root = |sum: f64, count: f64| if count > 0.0 { (sum / count).sqrt() } else { 0.0 };
    let srmr_mplus = root(mplus + bollen_means, elements + means);
    let srmr_bentler = root(bentler + bentler_means, elements + means);
    vec![
        ("rmr", root(raw + raw_means, elements + means)),
        ("rmr_nomean", root(raw, elements)),
        ("srmr", srmr_bentler),
        ("srmr_bentler", srmr_bentler),
        ("srmr_bentler_nomean", root(bentler, elements)),
        ("crmr", root(bollen + bentler_means, pairs + means)),
        ("crmr_nomean", root(bollen, pairs)),
        ("srmr_mplus", srmr_mplus),
        ("srmr_mplus_nomean", root(mplus, elements)),
    ]
}

/// The same of ordinal data, given the covariates: correlations (covariances with continuous variables), and thresholds
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

/// The SRMR that Mplus prints: squared residuals are pooled over groups before the root is taken. With
/// expected information (asked for, or an estimator that has no other) they are Bentler's; else those of
/// correlations, relative variances and standardised means, and moments among fixed covariates are not counted.
pub(crate) fn mplus_srmr(groups: &[GroupFit<'_>], by_information: bool) -> f64 {
    let own = |group: &GroupFit<'_>| -> f64 {
        let p = group.observed.mean.len();
        let values = residual_measures(group);
        let of = |wanted: &str| values.iter().find(|(name, _)| *name == wanted).map_or(0.0, |(_, v)| *v);
        if group.observed.ordinal.is_some() {
            // thresholds count
            return of("srmr_bentler").powi(2);
        }
        let count = |p: usize| (p * (p + 1) / 2 + if group.table.has_means { p } else { 0 }) as f64;
        if by_information {
            of("srmr_bentler").powi(2)
        } else {
            of("srmr_mplus").powi(2) * count(p) / (count(p) - count(group.table.covariates.len()))
        }
    };
    let n: f64 = groups.iter().map(|group| group.observed.n as f64).sum();
    groups.iter().map(|group| group.observed.n as f64 / n * own(group)).sum::<f64>().sqrt()
}

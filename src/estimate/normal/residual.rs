//! Residuals of means and covariances in one number: RMR, SRMR, CRMR of a group.

use crate::estimate::observed::GroupFit;
use nalgebra::{DMatrix, DVector};

/// Sums of squared residuals over the elements of the lower triangle.
pub(crate) fn squares(p: usize, element: impl Fn(usize, usize) -> f64) -> f64 {
    (0..p).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|(i, j)| element(i, j).powi(2)).sum()
}

/// Each measure's mean over groups, weighted by their share of the respondents.
pub(crate) fn by_share(
    groups: &[GroupFit<'_>],
    of_group: impl Fn(&GroupFit<'_>) -> Vec<(&'static str, f64)>,
) -> Vec<(&'static str, f64)> {
    let n: f64 = groups.iter().map(|group| group.observed.n as f64).sum();
    let mut total: Vec<(&'static str, f64)> = Vec::new();
    for group in groups {
        let share = group.observed.n as f64 / n;
        let own = of_group(group);
        if total.is_empty() {
            total = own.iter().map(|(name, _)| (*name, 0.0)).collect();
        }
        for ((_, sum), (_, value)) in total.iter_mut().zip(own) {
            *sum += share * value;
        }
    }
    total
}

/// Root mean squared residuals of a group.
pub(crate) fn residual_measures(group: &GroupFit<'_>) -> Vec<(&'static str, f64)> {
    let GroupFit { table, observed, implied, .. } = group;
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

/// A measure by its name; 0 where it is not there.
pub(crate) fn named(values: &[(&'static str, f64)], wanted: &str) -> f64 {
    values.iter().find(|(name, _)| *name == wanted).map_or(0.0, |(_, value)| *value)
}

/// The square of the SRMR that Mplus prints. With expected information (asked for, or an estimator that has no other)
/// it is Bentler's; else residuals are those of correlations, relative variances and standardised means, and moments
/// among fixed covariates are not counted.
pub(crate) fn mplus_square(group: &GroupFit<'_>, by_information: bool) -> f64 {
    let p = group.observed.mean.len();
    let values = residual_measures(group);
    let count = |p: usize| (p * (p + 1) / 2 + if group.table.has_means { p } else { 0 }) as f64;
    if by_information {
        named(&values, "srmr_bentler").powi(2)
    } else {
        named(&values, "srmr_mplus").powi(2) * count(p) / (count(p) - count(group.table.covariates.len()))
    }
}

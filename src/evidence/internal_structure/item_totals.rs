//! How the items of a scale go with its total: from the products of all items, or, where there are no more rows than
//! items and no gaps, from the rows in a time that grows with their number.
//!
//! With z the deviations of complete rows from their means, t_r = sum_j z_rj and u_r = sum_j z_rj / s_j:
//!
//! ```text
//! sum_j c_ij = sum_r z_ri t_r / (n - 1)             sum C = sum_r t_r^2 / (n - 1)
//! sum_j r_ij = sum_r z_ri u_r / (s_i (n - 1))       sum R = sum_r u_r^2 / (n - 1)
//! ```
//!
//! With no more rows than items the matrices have no inverse: their rank is at most n - 1.

use super::matrices::{IDENTICAL, NO_INVERSE, ScaleMatrices, Sums, negative_items};
use super::same_columns::same_columns;
use super::summary::ScaleSummary;
use crate::error::{Error, Result, Warning};
use crate::numeric::cholesky;
use nalgebra::DVector;

/// Why there is no inverse of a matrix that is too large.
const NOT_INVERTED: &str = "the correlation matrix of so many items is not inverted";

/// Correlations of items with totals, as the item analysis reports them.
pub(super) struct ItemTotals {
    pub(super) std_r: Option<Vec<f64>>,
    pub(super) r_cor: Option<Vec<f64>>,
    pub(super) r_drop: Vec<Option<f64>>,
    /// Why the correlation matrix has no inverse; none where it has one.
    pub(super) singular: Option<&'static str>,
    /// Whether all correlations exist.
    pub(super) correlated: bool,
    pub(super) warnings: Vec<Warning>,
}

impl ItemTotals {
    pub(super) fn of(summary: &ScaleSummary) -> Result<Self> {
        let what = "item analysis";
        match summary.complete_rows_kept() {
            Some(rows) => Self::of_rows(summary, &rows, what),
            None => Ok(Self::of_matrices(&ScaleMatrices::of_answers(&summary.moments_of_answers()?, what)?)),
        }
    }

    fn of_matrices(scale: &ScaleMatrices) -> Self {
        let (p, sums) = (scale.names.len(), scale.correlation_sums.as_ref());
        Self {
            std_r: sums.and_then(std_r),
            r_cor: r_cor(scale),
            r_drop: (0..p).map(|i| scale.r_drop(i)).collect(),
            singular: scale.is_singular(),
            correlated: sums.is_some(),
            warnings: scale.warnings(),
        }
    }

    /// Of complete rows; the total in the last column is not used.
    fn of_rows(summary: &ScaleSummary, rows: &[&[f64]], what: &str) -> Result<Self> {
        let names: Vec<&str> = summary.items().iter().map(|item| item.name.as_str()).collect();
        let (n, p) = (rows.len(), names.len());
        if n < 2 {
            return Err(Error::TooFewRows { what: what.into(), n, needed: 2 });
        }
        let columns = Columns::of(rows, p);
        if let Some(i) = columns.variances.iter().position(|variance| !variance.is_finite()) {
            return Err(Error::NotFinite { what: format!("the variance of item '{}'", names[i]) });
        }
        if let Some(i) = columns.variances.iter().position(|variance| *variance <= 0.0) {
            return Err(Error::ConstantItem { item: names[i].into(), value: columns.means[i], n });
        }
        let ones = vec![1.0; p];
        let covariances = columns.sums(rows, &ones);
        let inverse: Vec<f64> = columns.variances.iter().map(|variance| 1.0 / variance.sqrt()).collect();
        let correlations = columns.sums(rows, &inverse);
        let r_drop: Vec<Option<f64>> = (0..p).map(|i| covariances.r_drop(i, columns.variances[i])).collect();
        let mut warnings = Vec::new();
        if n < p {
            warnings.push(Warning::FewRows { n, items: p });
        }
        warnings.extend(
            columns
                .identical(rows)
                .into_iter()
                .map(|(i, j)| Warning::IdenticalItems { first: names[i].into(), second: names[j].into() }),
        );
        warnings.extend(negative_items(&names, &r_drop));
        Ok(Self {
            std_r: std_r(&correlations),
            r_cor: None,
            r_drop,
            singular: Some(if n > p { NOT_INVERTED } else { NO_INVERSE }),
            correlated: true,
            warnings,
        })
    }
}

/// Means and variances (divisor N - 1) of the columns of complete rows.
struct Columns {
    means: Vec<f64>,
    variances: Vec<f64>,
}

impl Columns {
    fn of(rows: &[&[f64]], p: usize) -> Self {
        let n = rows.len() as f64;
        // about the first value, so that the mean of a constant is that constant
        let mut means = vec![0.0; p];
        for row in rows {
            means.iter_mut().zip(*row).zip(rows[0]).for_each(|((sum, x), first)| *sum += x - first);
        }
        means.iter_mut().zip(rows[0]).for_each(|(sum, first)| *sum = first + *sum / n);
        let (mut squares, mut rest) = (vec![0.0; p], vec![0.0; p]);
        for row in rows {
            for (j, (x, mean)) in row.iter().zip(&means).enumerate() {
                let z = x - mean;
                squares[j] += z * z;
                rest[j] += z;
            }
        }
        let variances =
            squares.iter().zip(&rest).map(|(square, rest)| (square - rest * rest / n) / (n - 1.0));
        Self { variances: variances.collect(), means }
    }

    /// Sums of the covariances of the columns times `factors`.
    fn sums(&self, rows: &[&[f64]], factors: &[f64]) -> Sums {
        let (n, p) = (rows.len() as f64, factors.len());
        let mut totals: Vec<f64> = rows
            .iter()
            .map(|row| row.iter().zip(&self.means).zip(factors).map(|((x, m), f)| (x - m) * f).sum())
            .collect();
        let mean = totals.iter().sum::<f64>() / n;
        totals.iter_mut().for_each(|total| *total -= mean);
        let mut with_all = DVector::zeros(p);
        for (row, total) in rows.iter().zip(&totals) {
            for (j, (x, mean)) in row.iter().zip(&self.means).enumerate() {
                with_all[j] += (x - mean) * total;
            }
        }
        with_all.iter_mut().zip(factors).for_each(|(sum, factor)| *sum *= factor / (n - 1.0));
        Sums {
            trace: self.variances.iter().zip(factors).map(|(variance, f)| variance * f * f).sum(),
            sum: totals.iter().map(|total| total * total).sum::<f64>() / (n - 1.0),
            rows: with_all,
        }
    }

    /// The first column of each kind with each other of that kind.
    fn identical(&self, rows: &[&[f64]]) -> Vec<(usize, usize)> {
        let n = rows.len() as f64;
        let same = |i: usize, j: usize| {
            let both = self.variances[i] + self.variances[j];
            let mean = self.means[i] - self.means[j];
            if mean * mean > IDENTICAL * both {
                return false;
            }
            let mut apart = 0.0;
            let most = IDENTICAL * both * (n - 1.0);
            rows.iter().all(|row| {
                apart += (row[i] - row[j] - mean).powi(2);
                apart <= most
            })
        };
        // sums of squared differences are below IDENTICAL (2 n - 1) (c_ii + c_jj), and c_jj is about c_ii
        let reach = |i: usize| (IDENTICAL * 2.0 * n * 2.1 * self.variances[i]).sqrt();
        same_columns(rows, self.means.len(), reach, same)
    }
}

/// Correlations with the total of the standardised items; none when it does not vary.
fn std_r(sums: &Sums) -> Option<Vec<f64>> {
    (sums.sum > 1e-12).then(|| sums.rows.iter().map(|sum| sum / sums.sum.sqrt()).collect())
}

/// Correlations with the total of what the items have in common.
fn r_cor(scale: &ScaleMatrices) -> Option<Vec<f64>> {
    if scale.is_singular().is_some() {
        return None;
    }
    let mut common = scale.correlation.clone()?;
    let inverse = cholesky::inverse(&common)?;
    common.set_diagonal(&inverse.diagonal().map(|d| 1.0 - 1.0 / d));
    let total = common.sum();
    (total > 0.0).then(|| common.row_iter().map(|row| row.sum() / total.sqrt()).collect())
}

//! The independence model of complete rows: variances (and means) free, covariances of covariates kept.

use crate::estimate::normal::least_squares::moments;
use crate::estimate::observed::Observed;
use crate::estimate::weight::{Layout, Weight};
use crate::model::ParameterTable;
use nalgebra::{DMatrix, DVector};

/// T and degrees of freedom of a group by maximum likelihood.
pub(crate) fn by_likelihood(table: &ParameterTable, observed: &Observed) -> (f64, f64) {
    let s = &observed.covariance;
    let p = s.nrows();
    let x = &table.exogenous;
    let outcomes: f64 = (0..p).filter(|i| !x.contains(i)).map(|i| s[(i, i)].ln()).sum();
    let block = DMatrix::from_fn(x.len(), x.len(), |i, j| s[(x[i], x[j])]);
    let log_determinant = if x.is_empty() { 0.0 } else { block.determinant().ln() };
    let f = outcomes + log_determinant - observed.log_determinant;
    (observed.multiplier * f.max(0.0), pairs(p) - pairs(x.len()))
}

/// Covariances of so many variables.
pub(crate) fn pairs(k: usize) -> f64 {
    (k * k.saturating_sub(1) / 2) as f64
}

/// T of the independence model: variances (and means, and covariances of random covariates) free; the moments of fixed
/// covariates are those of the sample. Linear in its parameters, so its minimum is a projection.
pub(crate) fn by_least_squares(
    tables: &[ParameterTable],
    observed: &[Observed],
    weights: &[Weight],
) -> Option<f64> {
    let mut chisq = 0.0;
    for ((table, observed), weight) in tables.iter().zip(observed).zip(weights) {
        let p = observed.mean.len();
        let layout = Layout { p, has_means: table.has_means };
        let (mut covariance, mut mean) = (observed.covariance.clone(), observed.mean.clone());
        table.clear_covariates(&mut covariance, &mut mean);
        let target = moments(weight, layout, covariance, &mean);
        let is_fixed = |i: usize| table.covariates.contains(&i);
        let zero = DVector::zeros(p);
        let mut columns = Vec::new();
        for i in 0..p {
            for j in 0..=i {
                let together = i == j || (table.exogenous.contains(&i) && table.exogenous.contains(&j));
                if together && !(is_fixed(i) && is_fixed(j)) {
                    let mut unit = DMatrix::zeros(p, p);
                    unit[(i, j)] = 1.0;
                    unit[(j, i)] = 1.0;
                    columns.push(moments(weight, layout, unit, &zero));
                }
            }
            if table.has_means && !is_fixed(i) {
                let mut unit = zero.clone();
                unit[i] = 1.0;
                columns.push(moments(weight, layout, DMatrix::zeros(p, p), &unit));
            }
        }
        let design = DMatrix::from_columns(&columns);
        let inverse = crate::numeric::cholesky::inverse(&design.tr_mul(&design))?;
        let fitted = &design * (inverse * design.tr_mul(&target));
        chisq += observed.multiplier * (target - fitted).norm_squared();
    }
    Some(chisq)
}

//! Goodness of fit of means and covariances.

use crate::estimate::observed::GroupFit;
use nalgebra::{DMatrix, DVector};

/// GFI = 1 - e'We / s'Ws of a group, W the normal-theory weight at the implied moments (Joreskog & Sorbom 1982); `form` is
/// m'W_mean m + the form of a matrix, `s` and `mean` the observed moments.
pub(crate) fn goodness_of(
    group: &GroupFit<'_>,
    (mut s, mut mean): (DMatrix<f64>, DVector<f64>),
    form: impl Fn(&DVector<f64>, &DMatrix<f64>) -> Option<f64>,
) -> Option<f64> {
    let GroupFit { table, implied, .. } = group;
    let (mut residual, mut difference) = (&s - &implied.sigma, &mean - &implied.mu);
    table.clear_covariates(&mut s, &mut mean);
    table.clear_covariates(&mut residual, &mut difference);
    if !table.has_means {
        (mean, difference) = (mean * 0.0, difference * 0.0);
    }
    Some(1.0 - form(&difference, &residual)? / form(&mean, &s)?)
}

/// The form under a weight that is an inverse: m'V m + tr((V M)^2) / 2.
pub(crate) fn normal_form(weight: &DMatrix<f64>, mean: &DVector<f64>, matrix: &DMatrix<f64>) -> f64 {
    let product = weight * matrix;
    let square = product.component_mul(&product.transpose()).sum();
    mean.dot(&(weight * mean)) + 0.5 * square
}

/// At the implied moments.
pub(crate) fn goodness(group: &GroupFit<'_>) -> Option<f64> {
    let moments = (group.observed.covariance.clone(), group.observed.mean.clone());
    let inverse = group.inverse?;
    goodness_of(group, moments, |mean, matrix| Some(normal_form(inverse, mean, matrix)))
}

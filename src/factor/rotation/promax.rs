//! Promax: varimax, then oblique factors nearest to its loadings to a power (Hendrickson & White 1964).

use nalgebra::DMatrix;

/// Loadings and factor correlations from varimax loadings.
pub(super) fn promax(varimax: &DMatrix<f64>, power: f64) -> Option<(DMatrix<f64>, DMatrix<f64>)> {
    let target = varimax.map(|l| l * l.abs().powf(power - 1.0));
    let gram = varimax.tr_mul(varimax).try_inverse()?;
    let mut u = gram * varimax.tr_mul(&target);
    let inverse = u.clone().try_inverse()?;
    // factors of variance 1: the diagonal of (U'U)^-1
    let spread = &inverse * inverse.transpose();
    for (j, mut column) in u.column_iter_mut().enumerate() {
        column.scale_mut(spread[(j, j)].sqrt());
    }
    let inverse = u.clone().try_inverse()?;
    let phi = &inverse * inverse.transpose();
    Some((varimax * u, phi))
}

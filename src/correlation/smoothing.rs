//! The nearest correlation matrix without negative eigenvalues, by the method of principal components.

use nalgebra::{DMatrix, SymmetricEigen};

/// The smallest eigenvalue, and the variables with the largest weights in its direction where it is below `least`: only
/// then are directions worked out, which take most of the time.
pub(crate) fn smallest_eigenvalue(r: &DMatrix<f64>, names: &[String], least: f64) -> (f64, Vec<String>) {
    let smallest = r.symmetric_eigenvalues().min();
    if smallest >= least {
        return (smallest, Vec::new());
    }
    let eigen = SymmetricEigen::new(r.clone());
    let at = eigen.eigenvalues.imin();
    let direction = eigen.eigenvectors.column(at);
    let largest = direction.amax();
    let culprits = names.iter().zip(direction.iter()).filter(|(_, w)| w.abs() > 0.5 * largest);
    (eigen.eigenvalues[at], culprits.map(|(name, _)| name.clone()).collect())
}

/// Eigenvalues below `least` are raised to it, and the result is brought back to a unit diagonal
/// (Wothke 1993).
pub(crate) fn smoothed(r: &DMatrix<f64>, least: f64) -> DMatrix<f64> {
    let eigen = SymmetricEigen::new(r.clone());
    let values = eigen.eigenvalues.map(|value| value.max(least));
    let raised = &eigen.eigenvectors * DMatrix::from_diagonal(&values) * eigen.eigenvectors.transpose();
    DMatrix::from_fn(r.nrows(), r.ncols(), |i, j| {
        if i == j { 1.0 } else { raised[(i, j)] / (raised[(i, i)] * raised[(j, j)]).sqrt() }
    })
}

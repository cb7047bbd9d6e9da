//! Principal components: loadings are eigenvectors by the roots of their eigenvalues (Hotelling 1933).

use crate::numeric::spectrum::Spectrum;
use nalgebra::DMatrix;

pub(super) fn components(r: &DMatrix<f64>, k: usize) -> DMatrix<f64> {
    let Spectrum { values, vectors } = Spectrum::of(r);
    DMatrix::from_fn(r.nrows(), k, |i, m| vectors[(i, m)] * values[m].max(0.0).sqrt())
}

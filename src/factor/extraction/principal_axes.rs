//! Principal axes: communalities from the loadings, put into the diagonal, until they stay the same (Thomson 1934; Gorsuch 1983,
//! p. 107).

use crate::numeric::spectrum::Spectrum;
use nalgebra::{DMatrix, DVector};

const ITERATIONS: usize = 20_000;
const SAME: f64 = 1e-12;

/// Communalities, loadings, iterations, and whether the communalities stayed the same.
pub(super) fn principal_axes(
    r: &DMatrix<f64>,
    k: usize,
    start: &[f64],
) -> (DVector<f64>, DMatrix<f64>, usize, bool) {
    let mut communality = DVector::from_fn(r.nrows(), |i, _| 1.0 - start[i]);
    let mut before = f64::INFINITY;
    for iteration in 1..=ITERATIONS {
        let loadings = loadings_of(r, &communality, k);
        let next = DVector::from_fn(r.nrows(), |i, _| loadings.row(i).norm_squared());
        let change = (&next - &communality).amax();
        communality = next;
        if change < SAME {
            return (communality, loadings, iteration, true);
        }
        // communalities that grow without end: what is looked for does not exist
        if communality.amax() > 10.0 || (iteration % 2000 == 0 && change > 0.999 * before) {
            return (communality, loadings, iteration, false);
        }
        if iteration % 2000 == 0 {
            before = change;
        }
    }
    let loadings = loadings_of(r, &communality, k);
    (communality, loadings, ITERATIONS, false)
}

fn loadings_of(r: &DMatrix<f64>, communality: &DVector<f64>, k: usize) -> DMatrix<f64> {
    let p = r.nrows();
    let reduced = DMatrix::from_fn(p, p, |i, j| if i == j { communality[i] } else { r[(i, j)] });
    let Spectrum { values, vectors } = Spectrum::of(&reduced);
    DMatrix::from_fn(p, k, |i, m| vectors[(i, m)] * values[m].max(0.0).sqrt())
}

//! Alpha factors: those of which coefficient alpha, as scales of the common parts of the items, is largest (Kaiser & Caffrey
//! 1965, eq. 19): eigenvectors of H^-1 (R - U^2) H^-1, with H^2 the communalities, until these stay the same.

use crate::numeric::spectrum::Spectrum;
use nalgebra::{DMatrix, DVector};

const ITERATIONS: usize = 20_000;
const SAME: f64 = 1e-12;
/// Communalities are kept above this.
const LEAST: f64 = 1e-6;

/// Loadings, iterations, and whether the communalities stayed the same.
pub(super) fn alpha(r: &DMatrix<f64>, k: usize, start: &[f64]) -> (DMatrix<f64>, usize, bool) {
    let p = r.nrows();
    let mut communality = DVector::from_fn(p, |i, _| (1.0 - start[i]).max(LEAST));
    let mut loadings = DMatrix::zeros(p, k);
    for iteration in 1..=ITERATIONS {
        let scaled = DMatrix::from_fn(p, p, |i, j| {
            if i == j { 1.0 } else { r[(i, j)] / (communality[i] * communality[j]).sqrt() }
        });
        let Spectrum { values, vectors } = Spectrum::of(&scaled);
        loadings = DMatrix::from_fn(p, k, |i, m| {
            communality[i].sqrt() * vectors[(i, m)] * values[m].max(0.0).sqrt()
        });
        // damped: a communality that is too large makes the next too small
        let next =
            DVector::from_fn(p, |i, _| 0.5 * (communality[i] + loadings.row(i).norm_squared()).max(LEAST));
        let change = (&next - &communality).amax();
        communality = next;
        if change < SAME {
            return (loadings, iteration, true);
        }
        if communality.amax() > 10.0 {
            return (loadings, iteration, false);
        }
    }
    (loadings, ITERATIONS, false)
}

//! Minimum rank factors: R - Psi stays positive semidefinite with 0 <= psi <= 1, and the sum of the eigenvalues of R - Psi that
//! the K factors do not explain is as small as it can be (ten Berge & Kiers 1991).
//!
//! By a barrier: sum_{m>K} g_m - mu (log det(R - Psi) + sum log psi) is minimised by quasi-Newton steps for ever smaller mu. The
//! sum of the smallest eigenvalues is concave, so what is found is a local minimum.

use crate::numeric::minimise::{Objective, bfgs};
use crate::numeric::spectrum::Spectrum;
use nalgebra::{DMatrix, DVector};

/// The weights of the barrier, one after the other; the last leaves eigenvalues of about its own size.
const BARRIERS: [f64; 8] = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8];

/// Uniquenesses, loadings, iterations, and whether the last search ended at a minimum.
pub(super) fn minimum_rank(r: &DMatrix<f64>, k: usize) -> Option<(DVector<f64>, DMatrix<f64>, usize, bool)> {
    let p = r.nrows();
    let smallest = Spectrum::of(r).values[p - 1];
    if smallest <= 0.0 {
        return None;
    }
    let mut psi = DVector::from_element(p, 0.5 * smallest.min(1.0));
    let (mut iterations, mut converged) = (0, true);
    for mu in BARRIERS {
        let mut barrier = Barrier { r, k, mu, gradient: DVector::zeros(p) };
        let inverse = DMatrix::from_diagonal(&psi.map(|v| (v * v / mu).min(1.0)));
        let scale = DVector::from_element(p, 1.0);
        let found = bfgs(&mut barrier, psi, &inverse, &scale, 1e-6, 500);
        converged = found.iterations < 500;
        iterations += found.iterations;
        psi = found.x;
    }
    let reduced = DMatrix::from_fn(p, p, |i, j| if i == j { 1.0 - psi[i] } else { r[(i, j)] });
    let Spectrum { values, vectors } = Spectrum::of(&reduced);
    let loadings = DMatrix::from_fn(p, k, |i, m| vectors[(i, m)] * values[m].max(0.0).sqrt());
    Some((psi, loadings, iterations, converged))
}

struct Barrier<'a> {
    r: &'a DMatrix<f64>,
    k: usize,
    mu: f64,
    gradient: DVector<f64>,
}

impl Objective for Barrier<'_> {
    fn value(&mut self, psi: &DVector<f64>) -> Option<f64> {
        let p = psi.len();
        if !psi.iter().all(|v| *v > 0.0 && *v < 1.0) {
            return None;
        }
        let reduced = DMatrix::from_fn(p, p, |i, j| if i == j { 1.0 - psi[i] } else { self.r[(i, j)] });
        let Spectrum { values, vectors } = Spectrum::of(&reduced);
        if values[p - 1] <= 0.0 {
            return None;
        }
        self.gradient = DVector::from_fn(p, |i, _| -self.mu / psi[i]);
        for (m, value) in values.iter().enumerate() {
            let weight = self.mu / value - if m >= self.k { 1.0 } else { 0.0 };
            (0..p).for_each(|i| self.gradient[i] += weight * vectors[(i, m)].powi(2));
        }
        let logs: f64 = values.iter().chain(psi.iter()).map(|v| v.ln()).sum();
        Some(values[self.k..].iter().sum::<f64>() - self.mu * logs)
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        gradient.copy_from(&self.gradient);
    }
}

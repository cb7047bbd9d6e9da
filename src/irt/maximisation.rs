//! The M-step: one step of scoring for each set of parameters that belong together (Lange 1995).
//!
//! One step is as good as many: the EM algorithm with it has the same rate of convergence, and the next E-step comes sooner.

use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};

/// The largest change of a parameter in one step.
const LONGEST: f64 = 1.0;

/// What an M-step adds to each parameter.
pub(crate) fn step(
    blocks: &[Vec<usize>],
    gradient: &DVector<f64>,
    information: &DMatrix<f64>,
) -> DVector<f64> {
    let mut step = DVector::zeros(gradient.len());
    for block in blocks {
        let own = DMatrix::from_fn(block.len(), block.len(), |i, j| information[(block[i], block[j])]);
        let target = DVector::from_fn(block.len(), |i, _| gradient[block[i]]);
        let solved = ridged(&own, &target);
        let longest = solved.amax();
        let scale = if longest > LONGEST { LONGEST / longest } else { 1.0 };
        block.iter().zip(solved.iter()).for_each(|(index, s)| step[*index] = s * scale);
    }
    step
}

/// A^-1 b, the diagonal raised as far as that takes.
fn ridged(a: &DMatrix<f64>, b: &DVector<f64>) -> DVector<f64> {
    let mut ridge = 1e-9;
    loop {
        let mut raised = a.clone();
        for i in 0..a.nrows() {
            raised[(i, i)] += ridge * (a[(i, i)] + 1e-6);
        }
        match cholesky::solved(&raised, b) {
            Some(x) if x.iter().all(|x| x.is_finite()) => return x,
            _ if ridge > 1e6 => return DVector::zeros(b.len()),
            _ => ridge *= 100.0,
        }
    }
}

/// The inverse of the information by blocks, with the same care.
pub(crate) fn inverse(blocks: &[Vec<usize>], information: &DMatrix<f64>) -> DMatrix<f64> {
    let mut inverse = DMatrix::zeros(information.nrows(), information.nrows());
    for block in blocks {
        let mut own = DMatrix::from_fn(block.len(), block.len(), |i, j| information[(block[i], block[j])]);
        let mut ridge = 1e-9;
        let found = loop {
            for i in 0..block.len() {
                own[(i, i)] += ridge * (information[(block[i], block[i])] + 1e-6);
            }
            if let Some(found) = cholesky::inverse(&own) {
                break found;
            }
            ridge *= 100.0;
            if ridge > 1e6 {
                break DMatrix::identity(block.len(), block.len());
            }
        };
        for i in 0..block.len() {
            for j in 0..block.len() {
                inverse[(block[i], block[j])] = found[(i, j)];
            }
        }
    }
    inverse
}

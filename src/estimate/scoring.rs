//! Fisher scoring with step control, finished by a quasi-Newton search.
//!
//! Each scoring step solves H d = -g with the expected Hessian H of the discrepancy (Lee & Jennrich
//! 1979). A step that does not lower the discrepancy, or that leaves the region where the implied
//! covariance matrix is positive definite, is halved; a singular H gets a ridge (Levenberg 1944).
//! Scoring is quick from afar and linear near the minimum, the slower the worse the model fits; once
//! it slows down, BFGS goes on from H (its curvature there being nearly right), and scoring again
//! where BFGS ends too early. The search stops on the gradient alone: every |g_i| / sqrt(H_ii), which
//! does not depend on the units of the variables, below [`GRADIENT_TOLERANCE`].

use super::likelihood::MaximumLikelihood;
use crate::numeric::cholesky;
use crate::numeric::minimise::{Objective, bfgs};
use nalgebra::{DMatrix, DVector};

/// Largest scaled gradient at a solution. In units of a standard error an estimate is then off by
/// less than this times sqrt(N).
pub(crate) const GRADIENT_TOLERANCE: f64 = 1e-9;
/// Scaled gradient from where on the expected Hessian is a good start for BFGS,
const NEAR: f64 = 0.1;
/// and reduction of the gradient per scoring step that counts as slow.
const SLOW: f64 = 0.1;
/// Where rounding stops the search, this is still accepted.
const ROUNDING_TOLERANCE: f64 = 1e-6;

/// Where the search ended.
#[derive(Debug, Clone)]
pub(crate) struct Solution {
    pub(crate) x: DVector<f64>,
    /// The discrepancy F.
    pub(crate) value: f64,
    pub(crate) gradient: DVector<f64>,
    /// Expected Hessian of F.
    pub(crate) hessian: DMatrix<f64>,
    pub(crate) iterations: usize,
    pub(crate) converged: bool,
}

impl Solution {
    /// The largest scaled gradient, and the free parameter it belongs to.
    pub(crate) fn largest_gradient(&self) -> (usize, f64) {
        scaled(&self.gradient, &self.hessian)
            .fold((0, 0.0), |best, (i, g)| if g > best.1 { (i, g) } else { best })
    }
}

/// Minimises the discrepancy; `None` where it does not exist at `start`.
pub(crate) fn minimise(
    discrepancy: &mut MaximumLikelihood<'_>,
    start: DVector<f64>,
    max_iterations: usize,
) -> Option<Solution> {
    let q = start.len();
    let value = discrepancy.value(&start)?;
    let mut solution = Solution {
        x: start,
        value,
        gradient: DVector::zeros(q),
        hessian: DMatrix::zeros(q, q),
        iterations: 0,
        converged: false,
    };
    let mut factor = DMatrix::zeros(q, q);
    let mut step = DVector::zeros(q);
    let mut candidate = solution.x.clone();
    evaluate(discrepancy, &mut solution);
    let mut gradient = solution.largest_gradient().1;
    while !solution.converged && solution.iterations < max_iterations {
        solution.iterations += 1;
        solve_with_ridge(&solution, &mut factor, &mut step);
        let moved = halve_until_lower(discrepancy, &mut solution, &step, &mut candidate);
        if moved {
            evaluate(discrepancy, &mut solution);
        }
        let last = std::mem::replace(&mut gradient, solution.largest_gradient().1);
        let slow = !moved || (gradient < NEAR && gradient > SLOW * last);
        if slow && !solution.converged && gradient > ROUNDING_TOLERANCE {
            quasi_newton(discrepancy, &mut solution, &mut factor, max_iterations);
            gradient = solution.largest_gradient().1;
        }
        if !moved {
            break;
        }
    }
    solution.converged |= solution.largest_gradient().1 < ROUNDING_TOLERANCE;
    Some(solution)
}

/// Gradient and Hessian at the point last evaluated, and whether it is a solution.
fn evaluate(discrepancy: &mut MaximumLikelihood<'_>, solution: &mut Solution) {
    discrepancy.gradient(&mut solution.gradient);
    discrepancy.expected_hessian(&mut solution.hessian);
    solution.converged = solution.largest_gradient().1 < GRADIENT_TOLERANCE;
}

fn scaled<'a>(
    gradient: &'a DVector<f64>,
    hessian: &'a DMatrix<f64>,
) -> impl Iterator<Item = (usize, f64)> + 'a {
    gradient.iter().enumerate().map(|(i, g)| {
        let curvature = hessian[(i, i)];
        (i, if curvature > 0.0 { g.abs() / curvature.sqrt() } else { g.abs() })
    })
}

/// step = -(H + ridge)^-1 g, with the smallest ridge that makes the matrix positive definite.
fn solve_with_ridge(solution: &Solution, factor: &mut DMatrix<f64>, step: &mut DVector<f64>) {
    let hessian = &solution.hessian;
    let q = hessian.nrows();
    let mean = (hessian.trace() / q.max(1) as f64).max(f64::MIN_POSITIVE);
    let mut ridge = 0.0;
    loop {
        factor.copy_from(hessian);
        for i in 0..q {
            factor[(i, i)] += ridge * (hessian[(i, i)] + 1e-6 * mean);
        }
        if cholesky::factorise(factor).is_ok() {
            break;
        }
        ridge = if ridge == 0.0 { 1e-8 } else { 10.0 * ridge };
        if ridge > 1e6 {
            step.copy_from(&-&solution.gradient);
            return;
        }
    }
    step.copy_from(&solution.gradient);
    step.neg_mut();
    cholesky::solve(factor, step.as_mut_slice());
}

/// Moves to a lower point along `step`; false where there is none.
fn halve_until_lower(
    discrepancy: &mut MaximumLikelihood<'_>,
    solution: &mut Solution,
    step: &DVector<f64>,
    candidate: &mut DVector<f64>,
) -> bool {
    let slope = step.dot(&solution.gradient);
    // near the minimum F cannot fall by more than its rounding
    let noise = 1e-14 * (1.0 + solution.value.abs()) * step.len().max(1) as f64;
    let mut length = 1.0;
    for _ in 0..50 {
        candidate.copy_from(&solution.x);
        candidate.axpy(length, step, 1.0);
        if let Some(value) = discrepancy.value(candidate)
            && value <= solution.value + 1e-4 * length * slope + noise
        {
            solution.x.copy_from(candidate);
            solution.value = value;
            return true;
        }
        length *= 0.5;
    }
    // leave the discrepancy at the point kept
    let _ = discrepancy.value(&solution.x);
    false
}

/// Goes on by BFGS from the expected Hessian, in what is left of the iterations.
fn quasi_newton(
    discrepancy: &mut MaximumLikelihood<'_>,
    solution: &mut Solution,
    factor: &mut DMatrix<f64>,
    max_iterations: usize,
) {
    let mean = (solution.hessian.trace() / solution.x.len().max(1) as f64).max(f64::MIN_POSITIVE);
    let scale = solution.hessian.diagonal().map(|h| h.max(1e-8 * mean));
    factor.copy_from(&solution.hessian);
    let inverse = if cholesky::factorise(factor).is_ok() {
        let mut inverse = factor.clone();
        cholesky::invert(factor, &mut inverse);
        inverse
    } else {
        DMatrix::from_diagonal(&scale.map(|s| 1.0 / s))
    };
    let left = max_iterations - solution.iterations;
    let found = bfgs(discrepancy, solution.x.clone(), &inverse, &scale, GRADIENT_TOLERANCE, left);
    solution.iterations += found.iterations;
    if let Some(value) = discrepancy.value(&found.x) {
        solution.x = found.x;
        solution.value = value;
    } else {
        let _ = discrepancy.value(&solution.x);
    }
    evaluate(discrepancy, solution);
}

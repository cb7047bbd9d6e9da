//! Fisher scoring with step control, finished by a quasi-Newton search.
//!
//! Each scoring step solves H d = -g with the expected Hessian H of the discrepancy (Lee & Jennrich
//! 1979). A step that does not lower the discrepancy, or that leaves the region where the implied
//! covariance matrix is positive definite, is halved; a singular H gets a ridge (Levenberg 1944).
//! Scoring is quick from afar and linear near the minimum, the slower the worse the model fits; once
//! it slows down, BFGS goes on from H (its curvature there being nearly right), and scoring again
//! where BFGS ends too early; where BFGS creeps, Newton steps with the observed Hessian. The search stops on the gradient alone: every |g_i| / sqrt(H_ii), which
//! does not depend on the units of the variables, below [`GRADIENT_TOLERANCE`].

use super::discrepancy::Discrepancy;
use crate::numeric::arrowhead::Arrowhead;
use crate::numeric::cholesky;
use crate::numeric::minimise::{Expected, Objective, bfgs};
use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Largest scaled gradient at a solution. In units of a standard error an estimate is then off by
/// less than this times sqrt(N).
pub(crate) const GRADIENT_TOLERANCE: f64 = 1e-9;
/// Scaled gradient from where on the expected Hessian is a good start for BFGS,
pub(super) const NEAR: f64 = 0.1;
/// or iterations after which it is one anyhow,
pub(super) const FAR: usize = 40;
/// and reduction of the gradient per scoring step that counts as slow.
pub(super) const SLOW: f64 = 0.1;
/// Iterations of BFGS at a stretch,
pub(super) const QUASI_NEWTON: usize = 150;
/// and of Newton steps where they did not do.
pub(super) const NEWTON: usize = 50;
/// with so few parameters that the eigenvalues of their Hessian take no time.
pub(super) const FEW: usize = 120;
/// Least curvature that a Newton step takes, in units of the expected one.
pub(super) const LEAST_CURVATURE: f64 = 1e-13;
/// Where rounding stops the search, this is still accepted.
pub(super) const ROUNDING_TOLERANCE: f64 = 1e-6;

/// Where the search ended.
#[derive(Debug, Clone)]
pub(crate) struct Solution {
    pub(crate) x: DVector<f64>,
    /// The discrepancy F.
    pub(crate) value: f64,
    pub(crate) gradient: DVector<f64>,
    /// Expected Hessian of F.
    pub(crate) hessian: Arrowhead,
    pub(crate) iterations: usize,
    pub(crate) converged: bool,
    /// Jacobian of the constraints that hold at the solution, equalities first; no rows without any.
    pub(crate) jacobian: DMatrix<f64>,
    /// Parameters that a bound holds back.
    pub(crate) held: Vec<bool>,
}

impl Solution {
    /// A point that nothing is known of yet.
    pub(crate) fn at(x: DVector<f64>) -> Self {
        let q = x.len();
        Self {
            x,
            value: f64::NAN,
            gradient: DVector::zeros(q),
            hessian: Arrowhead::default(),
            iterations: 0,
            converged: false,
            jacobian: DMatrix::zeros(0, q),
            held: vec![false; q],
        }
    }

    /// The largest scaled gradient, and the free parameter it belongs to.
    pub(crate) fn largest_gradient(&self) -> (usize, f64) {
        scaled(&self.gradient, &self.hessian)
            .filter(|(i, _)| !self.held[*i])
            .fold((0, 0.0), |best, (i, g)| if g > best.1 { (i, g) } else { best })
    }

    /// Notes which parameters are at a bound that the discrepancy falls beyond.
    fn hold(&mut self, bounds: &[(f64, f64)]) {
        for (i, (lower, upper)) in bounds.iter().enumerate() {
            let (x, g) = (self.x[i], self.gradient[i]);
            self.held[i] = (x <= *lower && g > 0.0) || (x >= *upper && g < 0.0);
        }
    }
}

/// Minimises the discrepancy within bounds (none where empty); `None` where it does not exist at `start`.
///
/// Within bounds a step leaves out the parameters that a bound holds back and ends at the bounds that it
/// meets (projected Newton; Bertsekas 1982); there is no quasi-Newton search then.
pub(crate) fn minimise(
    discrepancy: &mut Discrepancy<'_>,
    mut start: DVector<f64>,
    bounds: &[(f64, f64)],
    max_iterations: usize,
) -> Option<Solution> {
    let q = start.len();
    project(&mut start, bounds);
    let value = discrepancy.value(&start)?;
    let mut solution = Solution { value, ..Solution::at(start) };
    let mut ridged = Arrowhead::default();
    let mut step = DVector::zeros(q);
    let mut curvature = DVector::zeros(q);
    let mut candidate = solution.x.clone();
    evaluate(discrepancy, &mut solution, bounds);
    let mut gradient = solution.largest_gradient().1;
    while !solution.converged && solution.iterations < max_iterations {
        solution.iterations += 1;
        solve_with_ridge(&solution, &mut ridged, &mut step, &mut curvature);
        let moved = halve_until_lower(discrepancy, &mut solution, &step, bounds, &mut candidate);
        if moved {
            evaluate(discrepancy, &mut solution, bounds);
        }
        let last = std::mem::replace(&mut gradient, solution.largest_gradient().1);
        let near = gradient < NEAR || solution.iterations > FAR;
        let slow = !moved || (near && gradient > SLOW * last);
        if slow && bounds.is_empty() && !solution.converged && gradient > ROUNDING_TOLERANCE {
            let until = max_iterations.min(solution.iterations + QUASI_NEWTON);
            quasi_newton(discrepancy, &mut solution, until);
            if solution.largest_gradient().1 > ROUNDING_TOLERANCE && q <= FEW {
                let until = max_iterations.min(solution.iterations + NEWTON);
                newton(discrepancy, &mut solution, until);
            }
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
pub(super) fn evaluate(discrepancy: &mut Discrepancy<'_>, solution: &mut Solution, bounds: &[(f64, f64)]) {
    discrepancy.gradient(&mut solution.gradient);
    discrepancy.search_hessian(&mut solution.hessian);
    solution.hold(bounds);
    solution.converged = solution.largest_gradient().1 < GRADIENT_TOLERANCE;
}

pub(super) fn scaled<'a>(
    gradient: &'a DVector<f64>,
    hessian: &'a Arrowhead,
) -> impl Iterator<Item = (usize, f64)> + 'a {
    gradient.iter().enumerate().map(|(i, g)| {
        let curvature = hessian[(i, i)];
        (i, if curvature > 0.0 { g.abs() / curvature.sqrt() } else { g.abs() })
    })
}

/// step = -(H + ridge)^-1 g, with the smallest ridge that makes the matrix positive definite. A parameter's
/// ridge is in the unit of its largest curvature so far (More 1978), whatever the units of the others.
fn solve_with_ridge(
    solution: &Solution,
    ridged: &mut Arrowhead,
    step: &mut DVector<f64>,
    curvature: &mut DVector<f64>,
) {
    let hessian = &solution.hessian;
    let q = hessian.size();
    curvature.zip_apply(&hessian.diagonal(), |largest, own| *largest = largest.max(own));
    let mut ridge = 0.0;
    let factored = loop {
        ridged.clone_from(hessian);
        for i in 0..q {
            ridged.add_diagonal(i, ridge * if curvature[i] > 0.0 { curvature[i] } else { 1.0 });
            if solution.held[i] {
                ridged.hold(i);
            }
        }
        if let Some(factored) = ridged.factor() {
            break factored;
        }
        ridge = if ridge == 0.0 { 1e-8 } else { 10.0 * ridge };
        if ridge > 1e6 {
            step.copy_from(&-&solution.gradient);
            return;
        }
    };
    step.copy_from(&solution.gradient);
    step.neg_mut();
    (0..q).filter(|&i| solution.held[i]).for_each(|i| step[i] = 0.0);
    factored.solve(step.as_mut_slice());
}

/// Moves to a lower point along `step`; false where there is none.
fn halve_until_lower(
    discrepancy: &mut Discrepancy<'_>,
    solution: &mut Solution,
    step: &DVector<f64>,
    bounds: &[(f64, f64)],
    candidate: &mut DVector<f64>,
) -> bool {
    let mut slope = step.dot(&solution.gradient);
    // near the minimum F cannot fall by more than its rounding
    let noise = 1e-14 * (1.0 + solution.value.abs()) * step.len().max(1) as f64;
    let mut length = 1.0;
    for _ in 0..50 {
        candidate.copy_from(&solution.x);
        candidate.axpy(length, step, 1.0);
        if project(candidate, bounds) {
            let moved: f64 =
                (0..step.len()).map(|i| (candidate[i] - solution.x[i]) * solution.gradient[i]).sum();
            slope = moved / length;
        }
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

/// Goes on by Newton steps, whose Hessian knows a curved valley: to an extreme solution that BFGS only creeps to.
///
/// A direction of negative curvature is gone down as one of positive curvature (Gill & Murray 1974).
fn newton(discrepancy: &mut Discrepancy<'_>, solution: &mut Solution, max_iterations: usize) {
    let mut candidate = solution.x.clone();
    while !solution.converged && solution.iterations < max_iterations {
        solution.iterations += 1;
        let unit = solution.hessian.diagonal().map(|h| if h > 0.0 { 1.0 / h.sqrt() } else { 1.0 });
        discrepancy.observed_hessian(&mut solution.hessian);
        let scaled =
            DMatrix::from_fn(unit.len(), unit.len(), |i, j| solution.hessian[(i, j)] * unit[i] * unit[j]);
        let eigen = SymmetricEigen::new(scaled);
        let along = eigen.eigenvectors.tr_mul(&solution.gradient.component_mul(&unit));
        let step = along.zip_map(&eigen.eigenvalues, |g, value| -g / value.abs().max(LEAST_CURVATURE));
        let step = (&eigen.eigenvectors * step).component_mul(&unit);
        let moved = halve_until_lower(discrepancy, solution, &step, &[], &mut candidate);
        evaluate(discrepancy, solution, &[]);
        if !moved {
            break;
        }
    }
}

/// Goes on by BFGS from the expected Hessian, in what is left of the iterations.
fn quasi_newton(discrepancy: &mut Discrepancy<'_>, solution: &mut Solution, max_iterations: usize) {
    let curvature = solution.hessian.diagonal();
    let mean = (curvature.sum() / solution.x.len().max(1) as f64).max(f64::MIN_POSITIVE);
    let scale = curvature.map(|h| if h > 0.0 { h } else { mean });
    let left = max_iterations - solution.iterations;
    let factor = if solution.hessian.has_blocks() { solution.hessian.factor() } else { None };
    let found = match &factor {
        Some(factor) => {
            let expected = Expected::Factor(factor);
            bfgs(discrepancy, solution.x.clone(), expected, &scale, GRADIENT_TOLERANCE, left)
        }
        None => {
            let inverse = cholesky::inverse(&solution.hessian.dense())
                .unwrap_or_else(|| DMatrix::from_diagonal(&scale.map(|s| 1.0 / s)));
            bfgs(discrepancy, solution.x.clone(), &inverse, &scale, GRADIENT_TOLERANCE, left)
        }
    };
    solution.iterations += found.iterations;
    if let Some(value) = discrepancy.value(&found.x) {
        solution.x = found.x;
        solution.value = value;
    } else {
        let _ = discrepancy.value(&solution.x);
    }
    evaluate(discrepancy, solution, &[]);
}

/// Moves a point into its bounds; whether it was outside.
fn project(x: &mut DVector<f64>, bounds: &[(f64, f64)]) -> bool {
    let mut moved = false;
    for (x, (lower, upper)) in x.iter_mut().zip(bounds) {
        let inside = x.max(*lower).min(*upper);
        moved |= inside != *x;
        *x = inside;
    }
    moved
}

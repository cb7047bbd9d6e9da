//! The search under constraints: sequential quadratic programming.
//!
//! Each step solves the system of [`super::constraints`], with the expected Hessian of the discrepancy in the place of H,
//! and is halved until `F + penalty |h|_1` falls (Nocedal & Wright 2006, section 18.3). Along linear constraints BFGS goes
//! on where that is slow.

use super::constraints::{Constraints, in_units, null_basis};
use super::discrepancy::Discrepancy;
use super::scoring::{
    FAR, GRADIENT_TOLERANCE, NEAR, QUASI_NEWTON, ROUNDING_TOLERANCE, SLOW, Solution, evaluate, scaled,
};
use crate::numeric::cholesky;
use crate::numeric::minimise::{Objective, bfgs};
use nalgebra::{DMatrix, DVector};

/// Minimises the discrepancy under constraints: first as if inequalities were absent, then with those
/// that the solution violates as equalities. `None` where the discrepancy does not exist at `start`.
pub(crate) fn minimise_under(
    discrepancy: &mut Discrepancy<'_>,
    start: DVector<f64>,
    constraints: &Constraints,
    max_iterations: usize,
) -> Option<Solution> {
    let mut active = constraints.none_active();
    let mut solution = search_under(discrepancy, start.clone(), constraints, &active, max_iterations)?;
    for _ in 0..active.len() {
        let violated = constraints.violated(&solution.x);
        // one that is active and violated has not been met yet, and the same search would not meet it
        if !violated.iter().zip(&active).any(|(violated, active)| *violated && !active) {
            break;
        }
        active.iter_mut().zip(&violated).for_each(|(active, violated)| *active |= violated);
        let from = solution.x.clone();
        solution = search_under(discrepancy, from, constraints, &active, max_iterations)?;
    }
    Some(solution)
}

/// How far a constraint may be from zero at a solution, in units of what a parameter's curvature makes 1.
const FEASIBLE: f64 = 1e-9;

fn search_under(
    discrepancy: &mut Discrepancy<'_>,
    start: DVector<f64>,
    constraints: &Constraints,
    active: &[bool],
    max_iterations: usize,
) -> Option<Solution> {
    let q = start.len();
    let value = discrepancy.value(&start)?;
    let (mut h, jacobian) = constraints.at(&start, active)?;
    let mut solution = Solution { value, jacobian, ..Solution::at(start) };
    let mut penalty = 1.0_f64;
    let mut largest = f64::INFINITY;
    loop {
        evaluate(discrepancy, &mut solution, &[]);
        let r = h.len();
        // every parameter and every constraint in its own unit
        let unit = solution.hessian.diagonal().map(|h| if h > 0.0 { 1.0 / h.sqrt() } else { 1.0 });
        let size = DVector::from_fn(r, |k, _| {
            let norm = solution.jacobian.row(k).transpose().component_mul(&unit).norm();
            if norm > 0.0 { norm } else { 1.0 }
        });
        let ties = in_units(&solution.jacobian, &unit);
        let mut bordered = DMatrix::zeros(q + r, q + r);
        for i in 0..q {
            for j in 0..q {
                bordered[(i, j)] = solution.hessian[(i, j)] * unit[i] * unit[j];
            }
            bordered[(i, i)] += 1e-9;
            for k in 0..r {
                (bordered[(q + k, i)], bordered[(i, q + k)]) = (ties[(k, i)], ties[(k, i)]);
            }
        }
        for k in 0..r {
            // contradictory or repeated constraints leave the matrix solvable
            bordered[(q + k, q + k)] = -1e-12;
        }
        let mut right = DVector::zeros(q + r);
        right.rows_mut(0, q).copy_from(&(-solution.gradient.component_mul(&unit)));
        right.rows_mut(q, r).copy_from(&(-h.component_div(&size)));
        let Some(answer) = bordered.lu().solve(&right) else { break };
        let step = answer.rows(0, q).component_mul(&unit);
        let scaled_multipliers = answer.rows(q, r).into_owned();
        let multipliers = scaled_multipliers.component_div(&size);
        let distance = |h: &DVector<f64>| h.component_div(&size).lp_norm(1);
        let reduced = &solution.gradient + solution.jacobian.tr_mul(&multipliers);
        let gradient = scaled(&reduced, &solution.hessian).map(|(_, g)| g).fold(0.0, f64::max);
        let last = std::mem::replace(&mut largest, gradient);
        let is_feasible = h.component_div(&size).amax() < FEASIBLE;
        solution.converged = largest < ROUNDING_TOLERANCE && is_feasible;
        if (largest < GRADIENT_TOLERANCE && solution.converged) || solution.iterations >= max_iterations {
            solution.gradient = reduced;
            break;
        }
        let near = largest < NEAR || solution.iterations > FAR;
        let slow = is_feasible && near && largest > SLOW * last;
        if slow && !solution.converged && constraints.are_linear(&solution.x, active) {
            let until = max_iterations.min(solution.iterations + QUASI_NEWTON);
            quasi_newton_along(discrepancy, &mut solution, &unit, until);
            (h, solution.jacobian) = constraints.at(&solution.x, active)?;
            largest = f64::INFINITY;
            continue;
        }
        solution.iterations += 1;
        penalty = penalty.max(2.0 * scaled_multipliers.amax());
        let merit = solution.value + penalty * distance(&h);
        let expected = solution.gradient.dot(&step) - penalty * distance(&h);
        let noise = 1e-13 * (1.0 + merit.abs()) * q as f64;
        let mut length = 1.0;
        let moved = loop {
            let candidate = &solution.x + &step * length;
            if let (Some(value), Some((next, jacobian))) =
                (discrepancy.value(&candidate), constraints.at(&candidate, active))
                && value + penalty * distance(&next) <= merit + 1e-4 * length * expected.min(0.0) + noise
            {
                solution.x = candidate;
                solution.value = value;
                solution.jacobian = jacobian;
                h = next;
                break true;
            }
            length *= 0.5;
            if length < 1e-12 {
                break false;
            }
        };
        if !moved {
            discrepancy.value(&solution.x)?;
            solution.gradient = reduced;
            break;
        }
    }
    discrepancy.value(&solution.x)?;
    Some(solution)
}

/// The discrepancy along the directions that keep linear constraints: x = origin + basis z.
struct Along<'a, 'b> {
    discrepancy: &'a mut Discrepancy<'b>,
    origin: DVector<f64>,
    basis: DMatrix<f64>,
    gradient: DVector<f64>,
}

impl Objective for Along<'_, '_> {
    fn value(&mut self, z: &DVector<f64>) -> Option<f64> {
        self.discrepancy.value(&(&self.origin + &self.basis * z))
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        self.discrepancy.gradient(&mut self.gradient);
        gradient.gemv_tr(1.0, &self.basis, &self.gradient, 0.0);
    }
}

/// Goes on by BFGS along the directions that keep linear constraints; `unit` is that of each parameter.
fn quasi_newton_along(
    discrepancy: &mut Discrepancy<'_>,
    solution: &mut Solution,
    unit: &DVector<f64>,
    max_iterations: usize,
) {
    let q = unit.len();
    let mut basis = null_basis(&in_units(&solution.jacobian, unit), q);
    (0..q).for_each(|i| basis.row_mut(i).scale_mut(unit[i]));
    let hessian = basis.tr_mul(&(&solution.hessian * &basis));
    let scale = hessian.diagonal().map(|h| if h > 0.0 { h } else { 1.0 });
    let mut factor = hessian.clone();
    let mut inverse = hessian;
    match cholesky::factorise(&mut factor) {
        Ok(()) => cholesky::invert(&mut factor, &mut inverse),
        Err(_) => inverse = DMatrix::from_diagonal(&scale.map(|s| 1.0 / s)),
    }
    let start = DVector::zeros(basis.ncols());
    let (origin, gradient) = (solution.x.clone(), DVector::zeros(q));
    let left = max_iterations - solution.iterations;
    let mut along = Along { discrepancy, origin, basis, gradient };
    let found = bfgs(&mut along, start, &inverse, &scale, GRADIENT_TOLERANCE, left);
    let x = &along.origin + &along.basis * &found.x;
    // one at least, so that the search ends
    solution.iterations += found.iterations.max(1);
    if let Some(value) = discrepancy.value(&x) {
        solution.x = x;
        solution.value = value;
    } else {
        let _ = discrepancy.value(&solution.x);
    }
}

//! The search under constraints: sequential quadratic programming.
//!
//! Each step solves the system of [`super::constraints`], with the expected Hessian of the discrepancy in the place of H,
//! and is halved until `F + penalty |h|_1` falls (Nocedal & Wright 2006, section 18.3). Where that is slow, BFGS goes on
//! along linear constraints, and along others Newton steps that know their curvature: the expected Hessian does not, and
//! the search creeps, or steps from one side of a curve to the other. It gives up after a few stretches of these.

use super::discrepancy::Discrepancy;
use super::scoring::{
    FAR, FEW, GRADIENT_TOLERANCE, LEAST_CURVATURE, NEAR, NEWTON, QUASI_NEWTON, ROUNDING_TOLERANCE, SLOW,
    Solution, evaluate, scaled,
};
use crate::estimate::constraints::{Constraints, in_units, null_basis};
use crate::numeric::arrowhead::Arrowhead;
use crate::numeric::cholesky;
use crate::numeric::minimise::{Objective, bfgs};
use nalgebra::{DMatrix, DVector, SymmetricEigen};

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

/// Stretches of Newton steps that a search under constraints that are not linear is given.
const STRETCHES: usize = 3;
/// Lengths of such a step that are tried: at a kink all are too long.
const HALVINGS: usize = 16;
/// Hessians by differences of gradients that a search takes the time for.
const DIFFERENCED: usize = 10;
/// Step of such a difference, in units.
const DIFFERENCE: f64 = 1e-5;
/// How far a constraint may be from zero at a solution, in units of what a parameter's curvature makes 1.
const FEASIBLE: f64 = 1e-9;

fn search_under(
    discrepancy: &mut Discrepancy<'_>,
    start: DVector<f64>,
    constraints: &Constraints,
    active: &[bool],
    max_iterations: usize,
) -> Option<Solution> {
    let value = discrepancy.value(&start)?;
    let (h, jacobian) = constraints.at(&start, active)?;
    let is_curved = !constraints.are_linear(&start, active) && start.len() <= FEW;
    let solution = Solution { value, jacobian, ..Solution::at(start) };
    let mut search =
        Search { discrepancy, constraints, active, is_curved, solution, h, penalty: 1.0, differenced: 0 };
    search.descend(max_iterations)?;
    search.discrepancy.value(&search.solution.x)?;
    Some(search.solution)
}

/// A search under constraints: where it is.
struct Search<'a, 'b> {
    discrepancy: &'a mut Discrepancy<'b>,
    constraints: &'a Constraints,
    active: &'a [bool],
    /// Whether some constraint is not linear, of few parameters.
    is_curved: bool,
    solution: Solution,
    /// Values of the constraints.
    h: DVector<f64>,
    /// What a unit of a violated constraint costs.
    penalty: f64,
    /// Hessians by differences so far.
    differenced: usize,
}

/// Every parameter and every constraint in a unit of its own.
struct Units {
    /// What the curvature along a parameter makes 1.
    parameter: DVector<f64>,
    /// The length of a constraint's gradient in these.
    constraint: DVector<f64>,
    /// The Jacobian in both.
    ties: DMatrix<f64>,
}

impl Search<'_, '_> {
    /// Steps until the gradient along the constraints is 0.
    fn descend(&mut self, max_iterations: usize) -> Option<()> {
        let (mut largest, mut stretches) = (f64::INFINITY, 0);
        evaluate(self.discrepancy, &mut self.solution, &[]);
        if self.is_curved && self.are_met(&self.units()) {
            stretches = 1;
            self.newton(max_iterations.min(STRETCHES * NEWTON), f64::INFINITY)?;
        }
        loop {
            evaluate(self.discrepancy, &mut self.solution, &[]);
            let units = self.units();
            let Some((step, multipliers)) = self.step(&units) else { break };
            let along = self.solution.jacobian.tr_mul(&multipliers.component_div(&units.constraint));
            let reduced = &self.solution.gradient + along;
            let gradient = scaled(&reduced, &self.solution.hessian).map(|(_, g)| g).fold(0.0, f64::max);
            let last = std::mem::replace(&mut largest, gradient);
            let are_met = self.are_met(&units);
            self.solution.converged = largest < ROUNDING_TOLERANCE && are_met;
            let is_over = (largest < GRADIENT_TOLERANCE && self.solution.converged)
                || self.solution.iterations >= max_iterations;
            let near = largest < NEAR || self.solution.iterations > FAR;
            let slow = near && largest > SLOW * last && !self.solution.converged;
            if is_over || (slow && self.is_curved && stretches == STRETCHES) {
                self.solution.gradient = reduced;
                break;
            }
            if slow && self.is_curved {
                stretches += 1;
                let highest = self.solution.value + 2.0 * self.penalty * units.distance(&self.h);
                self.newton(max_iterations.min(self.solution.iterations + NEWTON), highest)?;
                largest = f64::INFINITY;
                continue;
            }
            if slow && are_met && self.constraints.are_linear(&self.solution.x, self.active) {
                let until = max_iterations.min(self.solution.iterations + QUASI_NEWTON);
                quasi_newton_along(self.discrepancy, &mut self.solution, &units.parameter, until);
                (self.h, self.solution.jacobian) = self.constraints.at(&self.solution.x, self.active)?;
                largest = f64::INFINITY;
                continue;
            }
            self.solution.iterations += 1;
            self.penalty = self.penalty.max(2.0 * multipliers.amax());
            if !self.halve_until_better(&step, &units) {
                self.discrepancy.value(&self.solution.x)?;
                self.solution.gradient = reduced;
                break;
            }
        }
        Some(())
    }

    /// Whether the constraints hold. Beside a kink a derivative without bound makes any violation look small: there a
    /// point that keeps them has to be near.
    fn are_met(&self, units: &Units) -> bool {
        self.h.component_div(&units.constraint).amax() < FEASIBLE
            && (!self.is_curved
                || self.restored(self.solution.x.clone(), units).is_some_and(|x| {
                    (x - &self.solution.x).component_div(&units.parameter).amax() < ROUNDING_TOLERANCE
                }))
    }

    fn units(&self) -> Units {
        let Solution { hessian, jacobian, .. } = &self.solution;
        let parameter = hessian.diagonal().map(|h| if h > 0.0 { 1.0 / h.sqrt() } else { 1.0 });
        let constraint = DVector::from_fn(jacobian.nrows(), |k, _| {
            let norm = jacobian.row(k).transpose().component_mul(&parameter).norm();
            if norm > 0.0 { norm } else { 1.0 }
        });
        let ties = in_units(jacobian, &parameter);
        Units { parameter, constraint, ties }
    }

    /// The step to the solution of the quadratic problem with the expected Hessian, and the multipliers of the constraints in their units.
    fn step(&self, units: &Units) -> Option<(DVector<f64>, DVector<f64>)> {
        let Units { parameter: unit, ties, .. } = units;
        let (r, q) = ties.shape();
        let mut bordered = DMatrix::zeros(q + r, q + r);
        for i in 0..q {
            for j in 0..q {
                bordered[(i, j)] = self.solution.hessian[(i, j)] * unit[i] * unit[j];
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
        right.rows_mut(0, q).copy_from(&(-self.solution.gradient.component_mul(unit)));
        right.rows_mut(q, r).copy_from(&(-self.h.component_div(&units.constraint)));
        let answer = bordered.lu().solve(&right)?;
        Some((answer.rows(0, q).component_mul(unit), answer.rows(q, r).into_owned()))
    }

    /// Moves along `step` to where `F + penalty |h|_1` is lower; false where it is not.
    fn halve_until_better(&mut self, step: &DVector<f64>, units: &Units) -> bool {
        let distance = |h: &DVector<f64>| units.distance(h);
        let merit = self.solution.value + self.penalty * distance(&self.h);
        let expected = self.solution.gradient.dot(step) - self.penalty * distance(&self.h);
        let noise = 1e-13 * (1.0 + merit.abs()) * step.len() as f64;
        let mut length = 1.0;
        while length >= 1e-12 {
            let candidate = &self.solution.x + step * length;
            if let (Some(value), Some((next, jacobian))) =
                (self.discrepancy.value(&candidate), self.constraints.at(&candidate, self.active))
                && value + self.penalty * distance(&next) <= merit + 1e-4 * length * expected.min(0.0) + noise
            {
                self.solution.x = candidate;
                self.solution.value = value;
                self.solution.jacobian = jacobian;
                self.h = next;
                return true;
            }
            length *= 0.5;
        }
        false
    }

    /// Goes on by Newton steps along the constraints, from the point nearby that keeps them, where F is not above `highest`.
    ///
    /// With Z a basis of the directions that keep the constraints to first order, g the gradient of F, y the multipliers
    /// that make g + J'y smallest, and the Hessian of the Lagrangian `W = F'' + sum_k y_k h_k''`, the step is
    /// `-Z (Z'WZ)^-1 Z'g` (Nocedal & Wright 2006, eq. 18.19 and 18.22, with h = 0), an eigenvalue of Z'WZ below 0
    /// taken as one above (Gill & Murray 1974). What it leaves of h is taken back by Gauss-Newton steps, so that F alone
    /// tells whether a point is better, and none is refused beside a curved constraint for its h (the Maratos effect,
    /// section 15.5; feasible steps: Luenberger & Ye 2016, section 12.6).
    fn newton(&mut self, until: usize, highest: f64) -> Option<()> {
        self.solution.iterations += 1;
        let x = self.restored(self.solution.x.clone(), &self.units());
        match x.and_then(|x| Some((self.discrepancy.value(&x)?, x))) {
            Some((value, x)) if value <= highest => self.take(x, value)?,
            _ => return self.discrepancy.value(&self.solution.x).map(|_| ()),
        }
        let first = self.solution.iterations;
        loop {
            evaluate(self.discrepancy, &mut self.solution, &[]);
            let units = self.units();
            let gradient = self.solution.gradient.component_mul(&units.parameter);
            let multipliers = -pseudo_inverse(&units.ties).tr_mul(&gradient);
            let gradient = gradient + units.ties.tr_mul(&multipliers);
            if gradient.amax() < GRADIENT_TOLERANCE || self.solution.iterations >= until {
                break;
            }
            self.solution.iterations += 1;
            let is_near = gradient.amax() < NEAR || self.solution.iterations > first + FAR;
            let hessian = if is_near { self.hessian(&units)? } else { self.solution.hessian.dense() };
            let step = self.tangent(&hessian, &gradient, &multipliers, &units);
            if !self.halve_along(&step, step.dot(&gradient), &units)? {
                break;
            }
        }
        self.discrepancy.value(&self.solution.x).map(|_| ())
    }

    /// The Hessian of F; of ordinal data, where only the expected one is known, by differences of gradients.
    fn hessian(&mut self, units: &Units) -> Option<DMatrix<f64>> {
        let q = units.parameter.len();
        if self.discrepancy.knows_curvature() {
            let mut hessian = Arrowhead::default();
            self.discrepancy.observed_hessian(&mut hessian);
            return Some(hessian.dense());
        }
        if self.differenced == DIFFERENCED {
            return Some(self.solution.hessian.dense());
        }
        self.differenced += 1;
        let mut hessian = DMatrix::zeros(q, q);
        let mut gradients = [DVector::zeros(q), DVector::zeros(q)];
        for i in 0..q {
            let by = DIFFERENCE * units.parameter[i];
            for (gradient, by) in gradients.iter_mut().zip([by, -by]) {
                let mut x = self.solution.x.clone();
                x[i] += by;
                if self.discrepancy.value(&x).is_none() {
                    self.discrepancy.value(&self.solution.x)?;
                    return Some(self.solution.hessian.dense());
                }
                self.discrepancy.gradient(gradient);
            }
            hessian.set_column(i, &((&gradients[0] - &gradients[1]) / (2.0 * by)));
        }
        self.discrepancy.value(&self.solution.x)?;
        Some((&hessian + hessian.transpose()) * 0.5)
    }

    /// The Newton step along the constraints, from a Hessian of F; all but the Hessian in units.
    fn tangent(
        &self,
        hessian: &DMatrix<f64>,
        gradient: &DVector<f64>,
        multipliers: &DVector<f64>,
        units: &Units,
    ) -> DVector<f64> {
        let unit = &units.parameter;
        let weights = multipliers.component_div(&units.constraint);
        let w = hessian + self.constraints.curvature(&self.solution.x, self.active, &weights, unit);
        let w = DMatrix::from_fn(unit.len(), unit.len(), |i, j| w[(i, j)] * unit[i] * unit[j]);
        let basis = null_basis(&units.ties, unit.len());
        let eigen = SymmetricEigen::new(basis.tr_mul(&(w * &basis)));
        let along = eigen.eigenvectors.tr_mul(&basis.tr_mul(gradient));
        let step = along.zip_map(&eigen.eigenvalues, |g, value| -g / value.abs().max(LEAST_CURVATURE));
        basis * (eigen.eigenvectors * step)
    }

    /// Goes to a point, which keeps the constraints.
    fn take(&mut self, x: DVector<f64>, value: f64) -> Option<()> {
        (self.h, self.solution.jacobian) = self.constraints.at(&x, self.active)?;
        (self.solution.x, self.solution.value) = (x, value);
        Some(())
    }

    /// Moves along a step (in units) and back to the constraints, to where F is lower; false where it is not.
    fn halve_along(&mut self, step: &DVector<f64>, slope: f64, units: &Units) -> Option<bool> {
        let noise = 1e-14 * (1.0 + self.solution.value.abs()) * step.len() as f64;
        let mut length = 1.0;
        for _ in 0..HALVINGS {
            let candidate = &self.solution.x + step.component_mul(&units.parameter) * length;
            let restored = self.restored(candidate.clone(), units).filter(|x| {
                (x - candidate).component_div(&units.parameter).norm() <= 2.0 * length * step.norm()
            });
            if let Some(x) = restored
                && let Some(value) = self.discrepancy.value(&x)
                && value <= self.solution.value + 1e-4 * length * slope + noise
            {
                self.take(x, value)?;
                return Some(true);
            }
            length *= 0.5;
        }
        self.discrepancy.value(&self.solution.x)?;
        Some(false)
    }

    /// The point near `x` that keeps the constraints, by Gauss-Newton steps; none where they lead to none.
    fn restored(&self, mut x: DVector<f64>, units: &Units) -> Option<DVector<f64>> {
        let unit = &units.parameter;
        let mut last = f64::INFINITY;
        for _ in 0..20 {
            let (h, jacobian) = self.constraints.at(&x, self.active)?;
            let length = DVector::from_fn(h.len(), |k, _| {
                let norm = jacobian.row(k).transpose().component_mul(unit).norm();
                if norm > 0.0 { norm } else { 1.0 }
            });
            let h = h.component_div(&length);
            let far = h.amax();
            // as near as rounding lets it
            if far < 1e-15 || (far < 0.1 * FEASIBLE && far >= 0.5 * last) {
                return Some(x);
            }
            last = far;
            x -= (pseudo_inverse(&in_units(&jacobian, unit)) * h).component_mul(unit);
        }
        None
    }
}

impl Units {
    /// How far constraints with these values are from being kept.
    fn distance(&self, h: &DVector<f64>) -> f64 {
        h.component_div(&self.constraint).lp_norm(1)
    }
}

fn pseudo_inverse(ties: &DMatrix<f64>) -> DMatrix<f64> {
    ties.clone().pseudo_inverse(1e-10).unwrap_or_else(|_| ties.transpose())
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
    let hessian = basis.tr_mul(&(solution.hessian.dense() * &basis));
    let scale = hessian.diagonal().map(|h| if h > 0.0 { h } else { 1.0 });
    let inverse =
        cholesky::inverse(&hessian).unwrap_or_else(|| DMatrix::from_diagonal(&scale.map(|s| 1.0 / s)));
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

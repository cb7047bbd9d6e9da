//! A quasi-Newton minimiser (BFGS) with a backtracking line search, for when Fisher scoring fails.
//!
//! Nocedal & Wright (2006), algorithm 6.1, with the update skipped where curvature is not positive
//! (section 18.3). The objective may refuse a point, which counts as infinitely high.

use crate::numeric::arrowhead::ArrowheadFactor;
use nalgebra::{DMatrix, DVector};

/// Rounding of a sum over respondents, relative to the sum.
const SUM_ROUNDING: f64 = 1e-12;

/// What counts as a rise of a log-likelihood that a Newton (or scoring) step should raise.
///
/// A step d from the gradient g gains about d'g / 2. Near the top that is less than the rounding of the sum over
/// respondents, the sooner the more of them there are: then the likelihood cannot tell, and the gradient, which must fall,
/// does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rise {
    /// The lowest that counts, as high as the point up to rounding.
    lowest: f64,
    gradient: f64,
    is_flat: bool,
}

impl Rise {
    /// From a point with a log-likelihood and a (scaled) gradient, and d'g of the step.
    pub(crate) fn of(log_likelihood: f64, gradient: f64, slope: f64) -> Self {
        let rounding = SUM_ROUNDING * (1.0 + log_likelihood.abs());
        Self { lowest: log_likelihood - rounding, gradient, is_flat: 0.5 * slope < rounding }
    }

    /// How many lengths of the step are worth a try.
    pub(crate) fn halvings(self) -> i32 {
        if self.is_flat { 1 } else { 30 }
    }

    /// Whether a point with this log-likelihood and gradient is higher.
    pub(crate) fn is_met(self, log_likelihood: f64, gradient: f64) -> bool {
        log_likelihood >= self.lowest && (!self.is_flat || gradient < 0.9 * self.gradient)
    }
}

/// What is minimised.
pub(crate) trait Objective {
    /// The value at `x`; `None` where the objective does not exist.
    fn value(&mut self, x: &DVector<f64>) -> Option<f64>;
    /// The gradient at the point last evaluated.
    fn gradient(&mut self, gradient: &mut DVector<f64>);
}

/// Where the search ended.
#[derive(Debug, Clone)]
pub(crate) struct Minimum {
    /// The best point.
    pub(crate) x: DVector<f64>,
    /// Iterations made; the maximum where the gradient did not become small.
    pub(crate) iterations: usize,
    /// The inverse Hessian as far as it became known; empty where it is not kept as a matrix.
    pub(crate) inverse: DMatrix<f64>,
}

/// So many steps are kept in any case.
const FEWEST_STEPS: usize = 50;

/// What is expected of the inverse Hessian.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected<'a> {
    /// The matrix.
    Inverse(&'a DMatrix<f64>),
    /// The factor of the Hessian, of many parameters.
    Factor(&'a ArrowheadFactor),
}

impl<'a> From<&'a DMatrix<f64>> for Expected<'a> {
    fn from(inverse: &'a DMatrix<f64>) -> Self {
        Expected::Inverse(inverse)
    }
}

/// The inverse Hessian as far as it is known.
///
/// BFGS' update of the expected one is kept as a matrix, or of many parameters as the steps and changes of the gradient that it
/// is made from: products with it are the same (Nocedal & Wright 2006, algorithm 7.4) as long as all steps are kept, and no matrix
/// is filled.
struct Known<'a> {
    expected: Expected<'a>,
    updated: DMatrix<f64>,
    /// Steps s, changes of the gradient y, and s'y.
    steps: Vec<(DVector<f64>, DVector<f64>, f64)>,
}

impl<'a> Known<'a> {
    fn new(expected: Expected<'a>) -> Self {
        let updated = match expected {
            Expected::Inverse(inverse) => inverse.clone(),
            Expected::Factor(_) => DMatrix::zeros(0, 0),
        };
        Self { expected, updated, steps: Vec::new() }
    }

    fn forget(&mut self) {
        self.steps.clear();
        if let Expected::Inverse(inverse) = self.expected {
            self.updated.copy_from(inverse);
        }
    }

    fn times(&self, x: &DVector<f64>) -> DVector<f64> {
        let Expected::Factor(factor) = self.expected else { return &self.updated * x };
        let mut product = x.clone();
        let mut shares = Vec::with_capacity(self.steps.len());
        for (s, y, curvature) in self.steps.iter().rev() {
            let share = s.dot(&product) / curvature;
            product.axpy(-share, y, 1.0);
            shares.push(share);
        }
        factor.solve(product.as_mut_slice());
        for ((s, y, curvature), share) in self.steps.iter().zip(shares.iter().rev()) {
            let along = y.dot(&product) / curvature;
            product.axpy(share - along, s, 1.0);
        }
        product
    }

    fn update(&mut self, s: DVector<f64>, y: DVector<f64>, curvature: f64) {
        if let Expected::Factor(_) = self.expected {
            // no more than the matrix would take: the oldest are forgotten
            if self.steps.len() >= FEWEST_STEPS.max(s.len() / 2) {
                self.steps.remove(0);
            }
            self.steps.push((s, y, curvature));
            return;
        }
        update(&mut self.updated, &s, &y, curvature);
    }
}

/// BFGS' update of an inverse Hessian by a step s, the change y of the gradient along it, and s'y.
pub(crate) fn update(inverse: &mut DMatrix<f64>, s: &DVector<f64>, y: &DVector<f64>, curvature: f64) {
    let hy = &*inverse * y;
    let factor = (1.0 + y.dot(&hy) / curvature) / curvature;
    inverse.ger(factor, s, s, 1.0);
    inverse.ger(-1.0 / curvature, &hy, s, 1.0);
    inverse.ger(-1.0 / curvature, s, &hy, 1.0);
}

/// Minimises from `start`, where the objective must exist. `expected` is what is expected of the
/// inverse Hessian; `scale` holds the curvature of each coordinate, the unit in which a gradient
/// counts as small (`|g_i| / sqrt(scale_i) < tolerance` for all i).
pub(crate) fn bfgs<'e>(
    objective: &mut impl Objective,
    start: DVector<f64>,
    expected: impl Into<Expected<'e>>,
    scale: &DVector<f64>,
    tolerance: f64,
    max_iterations: usize,
) -> Minimum {
    let n = start.len();
    let mut x = start;
    let mut iterations = 0;
    let mut inverse_hessian = Known::new(expected.into());
    let Some(mut value) = objective.value(&x) else {
        return Minimum { x, iterations, inverse: inverse_hessian.updated };
    };
    let mut gradient = DVector::zeros(n);
    objective.gradient(&mut gradient);
    let small = |g: &DVector<f64>| g.iter().zip(scale.iter()).all(|(g, s)| g.abs() < tolerance * s.sqrt());
    let mut fresh = true;
    while iterations < max_iterations && !small(&gradient) {
        iterations += 1;
        let mut direction = -inverse_hessian.times(&gradient);
        let mut slope = direction.dot(&gradient);
        if !(slope < 0.0) {
            inverse_hessian.forget();
            fresh = true;
            direction = -inverse_hessian.times(&gradient);
            slope = direction.dot(&gradient);
        }
        let Some((new_x, new_value)) = backtrack(objective, &x, value, &direction, slope) else {
            if fresh {
                break;
            }
            inverse_hessian.forget();
            fresh = true;
            continue;
        };
        let mut new_gradient = DVector::zeros(n);
        objective.gradient(&mut new_gradient);
        let s = &new_x - &x;
        let y = &new_gradient - &gradient;
        let curvature = s.dot(&y);
        if curvature > 1e-12 * s.norm() * y.norm() {
            inverse_hessian.update(s, y, curvature);
            fresh = false;
        }
        (x, value, gradient) = (new_x, new_value, new_gradient);
    }
    Minimum { x, iterations, inverse: inverse_hessian.updated }
}

/// Halves the step until the value falls enough (Armijo). The objective is left at the new point.
fn backtrack(
    objective: &mut impl Objective,
    x: &DVector<f64>,
    value: f64,
    direction: &DVector<f64>,
    slope: f64,
) -> Option<(DVector<f64>, f64)> {
    let mut step = 1.0;
    // near the minimum a value cannot fall by more than its rounding
    let noise = 1e-14 * (1.0 + value.abs()) * x.len() as f64;
    for _ in 0..60 {
        let candidate = x + direction * step;
        if candidate == *x {
            break;
        }
        if let Some(new_value) = objective.value(&candidate)
            && new_value <= value + 1e-4 * step * slope + noise
        {
            return Some((candidate, new_value));
        }
        step *= 0.5;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::arrowhead::Arrowhead;
    use approx::assert_relative_eq;

    struct Rosenbrock(DVector<f64>);

    impl Objective for Rosenbrock {
        fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
            self.0.copy_from(x);
            // a region where the function does not exist
            (x[0] > -1.9).then(|| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2))
        }
        fn gradient(&mut self, g: &mut DVector<f64>) {
            let (x, y) = (self.0[0], self.0[1]);
            g[0] = -2.0 * (1.0 - x) - 400.0 * x * (y - x * x);
            g[1] = 200.0 * (y - x * x);
        }
    }

    #[test]
    fn finds_the_minimum_of_rosenbrock_beside_a_forbidden_region() {
        let start = DVector::from_vec(vec![-1.2, 1.0]);
        let scale = DVector::from_element(2, 1.0);
        let identity = DMatrix::identity(2, 2);
        let factor = Arrowhead::of(identity.clone()).factor().unwrap();
        let mut iterations = Vec::new();
        for expected in [Expected::Inverse(&identity), Expected::Factor(&factor)] {
            let found = bfgs(&mut Rosenbrock(start.clone()), start.clone(), expected, &scale, 1e-8, 500);
            assert_relative_eq!(found.x[0], 1.0, epsilon = 1e-7);
            assert_relative_eq!(found.x[1], 1.0, epsilon = 1e-7);
            iterations.push(found.iterations);
        }
        // the same steps
        assert!(iterations[0] < 500 && iterations[0] == iterations[1], "{iterations:?}");
    }
}

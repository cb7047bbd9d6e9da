//! How much the parameters of groups differ once the factor of each group has a mean and a standard deviation (Asparouhov
//! & Muthen 2014):
//!
//! ```text
//! l_pg = l0_pg / s_g        v_pg = v0_pg - l_pg a_g
//! F = sum_p sum_(g<h) sqrt(N_g N_h) [ f(l_pg - l_ph) + f(v_pg - v_ph) ]        f(x) = (x^2 + e)^(1/4)
//! ```
//!
//! f is steep at 0 and flat far from it: F is smallest where few parameters differ much and many do not at all.

use super::configural::GroupParameters;
use crate::numeric::minimise::Objective;
use nalgebra::{DMatrix, DVector};

/// A point: means of the factor, then logarithms of its standard deviations, by group.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) means: Vec<f64>,
    pub(super) log_sds: Vec<f64>,
}

impl Placed {
    pub(super) fn sd(&self, group: usize) -> f64 {
        self.log_sds[group].exp()
    }
}

/// What stays the same at every point: the parameters, the weights of pairs, and which points are tried.
#[derive(Debug)]
pub(super) struct Loss<'a> {
    pub(super) of: &'a GroupParameters,
    pub(super) epsilon: f64,
    /// sqrt(N_g) each.
    roots: Vec<f64>,
    /// The first mean is 0.
    pub(super) first_is_fixed: bool,
}

/// Aligned values of one parameter by group, and the derivatives of the loss by each.
type Column = (Vec<f64>, Vec<f64>);

impl<'a> Loss<'a> {
    pub(super) fn new(of: &'a GroupParameters, epsilon: f64, first_is_fixed: bool) -> Self {
        let roots = of.n.iter().map(|n| n.sqrt()).collect();
        Self { of, epsilon, roots, first_is_fixed }
    }

    pub(super) fn groups(&self) -> usize {
        self.roots.len()
    }

    /// Free coordinates: means (but the first, where it is fixed), logarithms of all standard deviations but the last, which
    /// makes their product 1. With one standard deviation at 1 in its place the others may run away.
    pub(super) fn size(&self) -> usize {
        2 * self.groups() - 1 - usize::from(self.first_is_fixed)
    }

    pub(super) fn placed(&self, x: &DVector<f64>) -> Placed {
        let groups = self.groups();
        let fixed = usize::from(self.first_is_fixed);
        let mut means = vec![0.0; fixed];
        means.extend(x.iter().take(groups - fixed));
        let mut log_sds: Vec<f64> = x.iter().skip(groups - fixed).copied().collect();
        log_sds.push(-log_sds.iter().sum::<f64>());
        Placed { means, log_sds }
    }

    /// Columns of coordinates that make a change of all means and logarithms.
    pub(super) fn basis(&self) -> DMatrix<f64> {
        let (groups, fixed) = (self.groups(), usize::from(self.first_is_fixed));
        let mut basis = DMatrix::zeros(2 * groups, self.size());
        for g in fixed..groups {
            basis[(g, g - fixed)] = 1.0;
        }
        for g in 0..groups - 1 {
            basis[(groups + g, groups - fixed + g)] = 1.0;
            basis[(2 * groups - 1, groups - fixed + g)] = -1.0;
        }
        basis
    }

    /// Aligned loadings of an item, by group.
    pub(super) fn loadings(&self, at: &Placed, item: usize) -> Vec<f64> {
        (0..self.groups()).map(|g| self.of.loadings[g][item] / at.sd(g)).collect()
    }

    /// An aligned intercept, by group.
    pub(super) fn intercepts(&self, at: &Placed, place: usize, loadings: &[f64]) -> Vec<f64> {
        (0..self.groups()).map(|g| self.of.intercepts[g][place] - loadings[g] * at.means[g]).collect()
    }

    /// The loss of one parameter, its derivatives by the values of the groups into `slopes`.
    pub(super) fn of_parameter(&self, values: &[f64], slopes: &mut [f64]) -> f64 {
        slopes.fill(0.0);
        let mut loss = 0.0;
        for g in 1..values.len() {
            let (mut own, mut slope) = (0.0, 0.0);
            for h in 0..g {
                let x = values[g] - values[h];
                let square = x * x + self.epsilon;
                let f = square.sqrt().sqrt() * self.roots[h];
                let derivative = 0.5 * x * f / square * self.roots[g];
                own += f;
                slope += derivative;
                slopes[h] -= derivative;
            }
            loss += self.roots[g] * own;
            slopes[g] += slope;
        }
        loss
    }

    /// Second derivatives of the loss of one parameter by the values of the groups.
    pub(super) fn curvature(&self, values: &[f64]) -> DMatrix<f64> {
        let groups = values.len();
        let mut curvature = DMatrix::zeros(groups, groups);
        for g in 1..groups {
            for h in 0..g {
                let x = values[g] - values[h];
                let square = x * x + self.epsilon;
                // f'' = (x^2 + e)^(-3/4) / 2 - 3/4 x^2 (x^2 + e)^(-7/4)
                let second = square.powf(-0.75) * (0.5 - 0.75 * x * x / square);
                let own = self.roots[g] * self.roots[h] * second;
                curvature[(g, h)] -= own;
                curvature[(h, g)] -= own;
                curvature[(g, g)] += own;
                curvature[(h, h)] += own;
            }
        }
        curvature
    }

    /// Loss, and its derivatives by all means and logarithms.
    fn evaluate(&self, at: &Placed, gradient: &mut [f64]) -> f64 {
        let groups = self.groups();
        gradient.fill(0.0);
        let (mut slopes, mut loss) = (vec![0.0; groups], 0.0);
        for item in 0..self.of.items.len() {
            let loadings = self.loadings(at, item);
            loss += self.of_parameter(&loadings, &mut slopes);
            for g in 0..groups {
                gradient[groups + g] -= slopes[g] * loadings[g];
            }
            for place in (0..self.of.item_of.len()).filter(|&q| self.of.item_of[q] == item) {
                let values = self.intercepts(at, place, &loadings);
                loss += self.of_parameter(&values, &mut slopes);
                for g in 0..groups {
                    gradient[g] -= slopes[g] * loadings[g];
                    gradient[groups + g] += slopes[g] * loadings[g] * at.means[g];
                }
            }
        }
        loss
    }

    /// Values of every parameter by group with their slopes: loadings, then intercepts.
    pub(super) fn columns(&self, at: &Placed) -> (Vec<Column>, Vec<Column>) {
        let with_slopes = |values: Vec<f64>| {
            let mut slopes = vec![0.0; values.len()];
            self.of_parameter(&values, &mut slopes);
            (values, slopes)
        };
        let loadings: Vec<Column> =
            (0..self.of.items.len()).map(|item| with_slopes(self.loadings(at, item))).collect();
        let intercept =
            |(place, item): (usize, &usize)| with_slopes(self.intercepts(at, place, &loadings[*item].0));
        let intercepts = self.of.item_of.iter().enumerate().map(intercept).collect();
        (loadings, intercepts)
    }
}

/// The loss as a search sees it.
pub(super) struct Search<'a> {
    pub(super) loss: &'a Loss<'a>,
    basis: DMatrix<f64>,
    full: Vec<f64>,
}

impl<'a> Search<'a> {
    pub(super) fn new(loss: &'a Loss<'a>) -> Self {
        Self { loss, basis: loss.basis(), full: vec![0.0; 2 * loss.groups()] }
    }
}

impl Objective for Search<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        let at = self.loss.placed(x);
        // a standard deviation of e^20 is none
        if at.log_sds.iter().any(|s| s.abs() > 20.0) {
            return None;
        }
        let loss = self.loss.evaluate(&at, &mut self.full);
        loss.is_finite().then_some(loss)
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        self.basis.tr_mul_to(&DVector::from_column_slice(&self.full), gradient);
    }
}

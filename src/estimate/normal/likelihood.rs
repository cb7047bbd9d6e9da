//! The maximum-likelihood discrepancy between observed and implied moments.
//!
//! ```text
//! F = log|Sigma| - log|S| + tr(S Sigma^-1) - p + d' Sigma^-1 d,      d = ybar - mu
//! dF/dt = tr(W dSigma/dt) - 2 d' Sigma^-1 dmu/dt,  W = Sigma^-1 - Sigma^-1 (S + d d') Sigma^-1
//! H_st  = tr(Sigma^-1 dSigma_s Sigma^-1 dSigma_t) + 2 dmu_s' Sigma^-1 dmu_t    (expected Hessian of F)
//! ```
//!
//! (Joreskog 1969; Bollen 1989, eq. 4.67 and appendix 4B; Browne & Arminger 1995.) N/2 times H is the
//! expected information. With the derivative of Sigma written as c (u v' + v u'), u and v columns of G
//! (see [`crate::model`]), an element of H is
//! `2 c_s c_t (Q[u_s,u_t] Q[v_s,v_t] + Q[u_s,v_t] Q[v_s,u_t])` with `Q = G' Sigma^-1 G`.
//!
//! The observed Hessian adds what vanishes in expectation, with z = Sigma^-1 d:
//!
//! ```text
//! - 2 tr(Sigma^-1 dSigma_s W dSigma_t) + 2 z' (dSigma_s Sigma^-1 dmu_t + dSigma_t Sigma^-1 dmu_s)
//! + tr(W ddSigma_st) - 2 z' ddmu_st
//! ```

use crate::estimate::observed::Observed;
use crate::estimate::term::{Curvature, HessianParts, Term};
use crate::model::{Direction, Implied, ParameterTable};
use crate::numeric::arrowhead::Arrowhead;
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DMatrixView, DVector};

/// The discrepancy of one group with its workspaces.
#[derive(Debug)]
pub(crate) struct NormalTerm<'a> {
    /// Its share of the total.
    pub(crate) share: f64,
    /// F_g at the point last evaluated.
    pub(crate) last: f64,
    observed: &'a Observed,
    has_means: bool,
    pub(crate) implied: Implied,
    pub(crate) inverse: DMatrix<f64>,
    factor: DMatrix<f64>,
    difference: DVector<f64>,
    /// Sigma^-1 d.
    pub(crate) solved: DVector<f64>,
    square: DMatrix<f64>,
    weight: DMatrix<f64>,
    form: DMatrix<f64>,
    narrow: DMatrix<f64>,
    block: DMatrix<f64>,
}

/// The terms of all groups: F = sum_g n_g/N F_g.
pub(crate) fn terms<'a>(
    tables: &'a [ParameterTable],
    observed: &'a [Observed],
) -> impl Iterator<Item = NormalTerm<'a>> {
    let total: f64 = observed.iter().map(|o| o.multiplier).sum();
    let each = tables.iter().zip(observed);
    each.map(move |(table, observed)| NormalTerm::new(table, observed, observed.multiplier / total))
}

impl Term for NormalTerm<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        Some(self.share * self.discrepancy(x)?)
    }

    fn last(&self) -> f64 {
        self.share * self.last
    }

    fn add_gradient(&mut self, gradient: &mut DVector<f64>) {
        self.set_weight();
        self.add_weighted_gradient(gradient);
    }

    fn add_hessian(&mut self, which: Curvature, hessian: &mut Arrowhead) {
        self.add_expected_hessian(hessian);
        if which == Curvature::Observed {
            self.set_weight();
            self.add_unexpected_hessian(hessian);
        }
    }

    fn add_partial_hessian(&mut self, q: usize, parts: &mut HessianParts) {
        self.add_blocks(q, parts);
    }

    fn implied(&self) -> &[Implied] {
        std::slice::from_ref(&self.implied)
    }

    fn into_implied(self: Box<Self>) -> Vec<Implied> {
        vec![self.implied]
    }

    fn inverse(&self) -> Option<&DMatrix<f64>> {
        Some(&self.inverse)
    }
}

impl<'a> NormalTerm<'a> {
    pub(crate) fn new(table: &ParameterTable, observed: &'a Observed, share: f64) -> Self {
        let implied = observed.implied(table);
        let (p, m) = implied.lambda.shape();
        let width = implied.width();
        Self {
            share,
            last: 0.0,
            observed,
            has_means: table.has_means,
            inverse: DMatrix::zeros(p, p),
            factor: DMatrix::zeros(p, p),
            difference: DVector::zeros(p),
            solved: DVector::zeros(p),
            square: DMatrix::zeros(p, p),
            weight: DMatrix::zeros(p, p),
            form: DMatrix::zeros(width, width),
            narrow: DMatrix::zeros(p, m),
            block: DMatrix::zeros(m, m),
            implied,
        }
    }

    /// An element of the expected Hessian of F_g; `form` must hold G' Sigma^-1 G.
    fn expected_element(&self, first: &Direction, second: &Direction) -> f64 {
        let mut element = 0.0;
        if let (Some((u, v, c)), Some((s, t, d))) = (first.covariance, second.covariance) {
            let q = &self.form;
            element += 2.0 * c * d * (q[(s, u)] * q[(t, v)] + q[(t, u)] * q[(s, v)]);
        }
        if self.has_means
            && let (Some((g, x)), Some((h, y))) = (first.mean, second.mean)
        {
            let scale = |at: Option<usize>| at.map_or(1.0, |j| self.implied.eta_mean[j]);
            element += 2.0 * scale(x) * scale(y) * self.form[(h, g)];
        }
        self.share * element
    }

    /// Adds to the blocks of the expected Hessian.
    pub(crate) fn add_blocks(&mut self, q: usize, parts: &mut HessianParts) {
        let (within, across, own) = parts;
        quadratic_form(&self.implied, &self.inverse, &mut self.form, &mut self.narrow, &mut self.block);
        let directions = &self.implied.directions;
        for first in directions {
            if first.free >= q {
                own[first.free - q] += self.expected_element(first, first);
                continue;
            }
            for second in directions {
                let element = self.expected_element(first, second);
                if second.free < q {
                    within[(first.free, second.free)] += element;
                } else {
                    across[(first.free, second.free - q)] += element;
                }
            }
        }
    }

    /// Adds the weighted expected Hessian of F_g.
    pub(crate) fn add_expected_hessian(&mut self, hessian: &mut Arrowhead) {
        quadratic_form(&self.implied, &self.inverse, &mut self.form, &mut self.narrow, &mut self.block);
        let directions = &self.implied.directions;
        for (a, first) in directions.iter().enumerate() {
            for second in &directions[..=a] {
                let element = self.expected_element(first, second);
                // two elements that share a parameter meet on its diagonal twice
                match std::ptr::eq(first, second) {
                    true => hessian.add_diagonal(first.free, element),
                    false => hessian.add(first.free, second.free, element),
                }
            }
        }
    }
}

impl NormalTerm<'_> {
    /// Adds the weighted Hessian of F_g but for its expectation; `form` must hold G' Sigma^-1 G.
    pub(crate) fn add_unexpected_hessian(&mut self, hessian: &mut Arrowhead) {
        let q = self.form.clone();
        quadratic_form(&self.implied, &self.weight, &mut self.form, &mut self.narrow, &mut self.block);
        let (implied, w) = (&self.implied, &self.form);
        let linear = DVector::from_fn(implied.width(), |g, _| implied.column_dot(g, &self.solved));
        let along = linear.scale(-2.0);
        let mean = |d: &Direction| {
            let (g, at) = d.mean.filter(|_| self.has_means)?;
            Some((g, at.map_or(1.0, |j| implied.eta_mean[j])))
        };
        // z' dSigma_s Sigma^-1 dmu_t
        let mixed = |s: &Direction, t: &Direction| match (s.covariance, mean(t)) {
            (Some((u, v, c)), Some((g, scale))) => {
                c * scale * (linear[u] * q[(v, g)] + linear[v] * q[(u, g)])
            }
            _ => 0.0,
        };
        for (a, s) in implied.directions.iter().enumerate() {
            for t in &implied.directions[..=a] {
                let mut element = implied.second_derivative(s, t, w, self.has_means.then_some(&along));
                if let (Some((u, v, c)), Some((x, y, d))) = (s.covariance, t.covariance) {
                    element -= 2.0
                        * c
                        * d
                        * (q[(u, y)] * w[(v, x)]
                            + q[(u, x)] * w[(v, y)]
                            + q[(v, y)] * w[(u, x)]
                            + q[(v, x)] * w[(u, y)]);
                }
                element += 2.0 * (mixed(s, t) + mixed(t, s));
                let element = self.share * element;
                match std::ptr::eq(s, t) {
                    true => hessian.add_diagonal(s.free, element),
                    false => hessian.add(s.free, t.free, element),
                }
            }
        }
    }

    /// W.
    fn set_weight(&mut self) {
        weigh(self.observed.covariance.as_view(), &self.inverse, &mut self.square, &mut self.weight);
        if self.has_means {
            self.weight.ger(-1.0, &self.solved, &self.solved, 1.0);
        }
    }

    /// Moves to a point, with Sigma^-1 there; log|Sigma|, none where it does not exist.
    pub(crate) fn go_to(&mut self, x: &DVector<f64>) -> Option<f64> {
        self.implied.update(x)?;
        self.factor.copy_from(&self.implied.sigma);
        cholesky::factorise(&mut self.factor).ok()?;
        let log_determinant = cholesky::log_determinant(&self.factor);
        cholesky::invert(&mut self.factor, &mut self.inverse);
        Some(log_determinant)
    }

    /// F_g; none where it does not exist.
    fn discrepancy(&mut self, x: &DVector<f64>) -> Option<f64> {
        let log_determinant = self.go_to(x)?;
        let s = &self.observed.covariance;
        let mut value =
            log_determinant - self.observed.log_determinant + s.dot(&self.inverse) - s.nrows() as f64;
        if self.has_means {
            self.difference.copy_from(&self.observed.mean);
            self.difference -= &self.implied.mu;
            self.solved.gemv(1.0, &self.inverse, &self.difference, 0.0);
            value += self.solved.dot(&self.difference);
        }
        self.last = value;
        value.is_finite().then_some(value)
    }

    /// W of products that rows have once they are completed.
    pub(crate) fn weigh(&mut self, products: &DMatrix<f64>) {
        weigh(products.as_view(), &self.inverse, &mut self.square, &mut self.weight);
    }

    /// Adds the weighted gradient of F_g, with W as it is.
    pub(crate) fn add_weighted_gradient(&mut self, gradient: &mut DVector<f64>) {
        quadratic_form(&self.implied, &self.weight, &mut self.form, &mut self.narrow, &mut self.block);
        for direction in &self.implied.directions {
            if let Some((u, v, c)) = direction.covariance {
                gradient[direction.free] += self.share * 2.0 * c * self.form[(u, v)];
            }
            if self.has_means
                && let Some((g, scale)) = direction.mean
            {
                let scale = scale.map_or(1.0, |j| self.implied.eta_mean[j]);
                gradient[direction.free] -=
                    self.share * 2.0 * scale * self.implied.column_dot(g, &self.solved);
            }
        }
    }
}

/// W = Sigma^-1 - Sigma^-1 S Sigma^-1.
fn weigh(
    products: DMatrixView<'_, f64>,
    inverse: &DMatrix<f64>,
    square: &mut DMatrix<f64>,
    weight: &mut DMatrix<f64>,
) {
    square.gemm(1.0, inverse, &products, 0.0);
    weight.copy_from(inverse);
    weight.gemm(-1.0, square, inverse, 1.0);
}

/// G'XG for a symmetric X.
fn quadratic_form(
    implied: &Implied,
    x: &DMatrix<f64>,
    form: &mut DMatrix<f64>,
    narrow: &mut DMatrix<f64>,
    block: &mut DMatrix<f64>,
) {
    let (p, m) = implied.lambda.shape();
    form.view_mut((0, 0), (p, p)).copy_from(x);
    for (at, right) in [(p, &implied.l), (p + m, &implied.k)] {
        narrow.gemm(1.0, x, right, 0.0);
        form.view_mut((0, at), (p, m)).copy_from(narrow);
        form.view_mut((at, 0), (m, p)).tr_copy_from(narrow);
        block.gemm_tr(1.0, &implied.l, narrow, 0.0);
        form.view_mut((p, at), (m, m)).copy_from(block);
        form.view_mut((at, p), (m, m)).tr_copy_from(block);
    }
    block.gemm_tr(1.0, &implied.k, narrow, 0.0);
    form.view_mut((p + m, p + m), (m, m)).copy_from(block);
}

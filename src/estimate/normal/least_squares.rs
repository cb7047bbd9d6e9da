//! Weighted least squares: F = (s - sigma)' W (s - sigma), sum over groups weighted by their size.
//!
//! GLS takes W from normal theory at the observed moments (Browne 1974), ULS the identity, WLS the inverse
//! of the moments' sampling covariance matrix (Browne 1984), DWLS the inverse of its diagonal.

use super::casewise::derivatives;
use crate::estimate::observed::Observed;
use crate::estimate::term::{Curvature, HessianParts, Term};
use crate::estimate::weight::{Layout, Weight};
use crate::model::{Implied, ParameterTable};
use crate::numeric::arrowhead::Arrowhead;
use nalgebra::{DMatrix, DVector};

/// One group.
#[derive(Debug)]
pub(crate) struct SquaresTerm<'a> {
    share: f64,
    /// Its share of the respondents.
    respondents: f64,
    table: &'a ParameterTable,
    observed: &'a Observed,
    weight: &'a Weight,
    layout: Layout,
    implied: Implied,
    residual: DVector<f64>,
}

/// The terms of all groups.
pub(crate) fn terms<'a>(
    tables: &'a [ParameterTable],
    observed: &'a [Observed],
    weights: &'a [Weight],
) -> impl Iterator<Item = SquaresTerm<'a>> {
    let total: f64 = observed.iter().map(|o| o.multiplier).sum();
    let n: f64 = observed.iter().map(|o| o.n as f64).sum();
    tables.iter().zip(observed).zip(weights).map(move |((table, observed), weight)| {
        let layout = Layout { p: observed.mean.len(), has_means: table.has_means };
        SquaresTerm {
            share: observed.multiplier / total,
            respondents: observed.n as f64 / n,
            table,
            observed,
            weight,
            layout,
            implied: observed.implied(table),
            residual: DVector::zeros(layout.len()),
        }
    })
}

impl SquaresTerm<'_> {
    fn derivatives(&self) -> DMatrix<f64> {
        derivatives(self.weight, self.layout, &self.implied, &self.implied.directions, self.table.n_free)
    }

    /// Adds - 2 (s - sigma)' W dd sigma.
    fn add_curvature(&self, hessian: &mut Arrowhead) {
        let implied = &self.implied;
        let (matrix, mean) = self.weight.dual(self.layout, &self.residual);
        let columns: Vec<DVector<f64>> = (0..implied.width()).map(|g| implied.column(g)).collect();
        let g = DMatrix::from_columns(&columns);
        let (form, linear) = (g.tr_mul(&(matrix * &g)), g.tr_mul(&mean));
        let linear = self.layout.has_means.then_some(&linear);
        for (a, s) in implied.directions.iter().enumerate() {
            for t in &implied.directions[..=a] {
                let element = -2.0 * self.share * implied.second_derivative(s, t, &form, linear);
                match std::ptr::eq(s, t) {
                    true => hessian.add_diagonal(s.free, element),
                    false => hessian.add(s.free, t.free, element),
                }
            }
        }
    }
}

impl Term for SquaresTerm<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        self.implied.update(x)?;
        let difference = &self.observed.covariance - &self.implied.sigma;
        let mean = &self.observed.mean - &self.implied.mu;
        self.residual = moments(self.weight, self.layout, difference, &mean);
        Some(self.last())
    }

    fn last(&self) -> f64 {
        self.share * self.residual.norm_squared()
    }

    fn add_gradient(&mut self, gradient: &mut DVector<f64>) {
        gradient.gemv_tr(-2.0 * self.share, &self.derivatives(), &self.residual, 1.0);
    }

    /// 2 D'WD; the observed one is 2 D'WD - 2 (s - sigma)' W dd sigma.
    fn add_hessian(&mut self, which: Curvature, hessian: &mut Arrowhead) {
        let derivatives = self.derivatives();
        hessian.add_whole(&(derivatives.tr_mul(&derivatives) * (2.0 * self.share)));
        if which == Curvature::Observed {
            self.add_curvature(hessian);
        }
    }

    fn add_partial_hessian(&mut self, q: usize, (within, across, own): &mut HessianParts) {
        let derivatives = self.derivatives();
        let (free, others) = derivatives.columns_range_pair(..q, q..);
        within.gemm_tr(2.0 * self.share, &free, &free, 1.0);
        across.gemm_tr(2.0 * self.share, &free, &others, 1.0);
        for (sum, column) in own.iter_mut().zip(others.column_iter()) {
            *sum += 2.0 * self.share * column.norm_squared();
        }
    }

    fn implied(&self) -> &[Implied] {
        std::slice::from_ref(&self.implied)
    }

    fn into_implied(self: Box<Self>) -> Vec<Implied> {
        vec![self.implied]
    }

    /// As in lavaan, normal theory leaves out the moments of fixed covariates, unweighted least squares do not.
    fn goodness(&self) -> Option<f64> {
        let (mut covariance, mut mean) = (self.observed.covariance.clone(), self.observed.mean.clone());
        if matches!(self.weight, Weight::Normal(_)) {
            self.table.clear_covariates(&mut covariance, &mut mean);
        }
        let all = moments(self.weight, self.layout, covariance, &mean);
        Some(self.respondents * (1.0 - self.residual.norm_squared() / all.norm_squared()))
    }
}

/// R (mean, matrix).
pub(crate) fn moments(
    weight: &Weight,
    layout: Layout,
    matrix: DMatrix<f64>,
    mean: &DVector<f64>,
) -> DVector<f64> {
    let matrix = weight.matrix(&matrix);
    let mean = weight.vector(DMatrix::from_column_slice(mean.len(), 1, mean.as_slice()));
    weight.moments(layout, |j| mean[j], |j, k| matrix[(j, k)])
}

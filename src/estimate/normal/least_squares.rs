//! Weighted least squares: F = (s - sigma)' W (s - sigma), sum over groups weighted by their size.
//!
//! GLS takes W from normal theory at the observed moments (Browne 1974), ULS the identity, WLS the inverse
//! of the moments' sampling covariance matrix (Browne 1984), DWLS the inverse of its diagonal.

use super::casewise::derivatives;
use crate::estimate::observed::Observed;
use crate::estimate::weight::{Layout, Weight};
use crate::model::{Implied, ParameterTable};
use crate::numeric::minimise::Objective;
use nalgebra::{DMatrix, DVector};

#[derive(Debug)]
pub(crate) struct LeastSquares<'a> {
    pub(crate) groups: Vec<SquaresTerm<'a>>,
}

/// One group.
#[derive(Debug)]
pub(crate) struct SquaresTerm<'a> {
    share: f64,
    table: &'a ParameterTable,
    observed: &'a Observed,
    weight: &'a Weight,
    layout: Layout,
    pub(crate) implied: Implied,
    residual: DVector<f64>,
}

impl<'a> LeastSquares<'a> {
    pub(crate) fn new(tables: &'a [ParameterTable], observed: &'a [Observed], weights: &'a [Weight]) -> Self {
        let total: f64 = observed.iter().map(|o| o.multiplier).sum();
        let groups = tables.iter().zip(observed).zip(weights).map(|((table, observed), weight)| {
            let layout = Layout { p: observed.mean.len(), has_means: table.has_means };
            SquaresTerm {
                share: observed.multiplier / total,
                table,
                observed,
                weight,
                layout,
                implied: observed.implied(table),
                residual: DVector::zeros(layout.len()),
            }
        });
        Self { groups: groups.collect() }
    }

    /// 2 D'WD.
    pub(crate) fn expected_hessian(&mut self, hessian: &mut DMatrix<f64>) {
        hessian.fill(0.0);
        for group in &self.groups {
            let derivatives = group.derivatives();
            hessian.gemm(2.0 * group.share, &derivatives.transpose(), &derivatives, 1.0);
        }
    }

    /// Adds blocks of 2 D'WD: see [`Discrepancy::partial_hessian`](crate::estimate::search::discrepancy::Discrepancy).
    pub(crate) fn add_partial_hessian(
        &self,
        q: usize,
        (within, across, own): &mut (DMatrix<f64>, DMatrix<f64>, DVector<f64>),
    ) {
        for group in &self.groups {
            let derivatives = group.derivatives();
            let (free, others) = derivatives.columns_range_pair(..q, q..);
            within.gemm_tr(2.0 * group.share, &free, &free, 1.0);
            across.gemm_tr(2.0 * group.share, &free, &others, 1.0);
            for (sum, column) in own.iter_mut().zip(others.column_iter()) {
                *sum += 2.0 * group.share * column.norm_squared();
            }
        }
    }

    /// 2 D'WD - 2 (s - sigma)' W dd sigma.
    pub(crate) fn observed_hessian(&mut self, hessian: &mut DMatrix<f64>) {
        self.expected_hessian(hessian);
        for group in &self.groups {
            let implied = &group.implied;
            let (matrix, mean) = group.weight.dual(group.layout, &group.residual);
            let columns: Vec<DVector<f64>> = (0..implied.width()).map(|g| implied.column(g)).collect();
            let g = DMatrix::from_columns(&columns);
            let (form, linear) = (g.tr_mul(&(matrix * &g)), g.tr_mul(&mean));
            let linear = group.layout.has_means.then_some(&linear);
            for (a, s) in implied.directions.iter().enumerate() {
                for t in &implied.directions[..=a] {
                    let element = -2.0 * group.share * implied.second_derivative(s, t, &form, linear);
                    hessian[(s.free, t.free)] += element;
                    if !std::ptr::eq(s, t) {
                        hessian[(t.free, s.free)] += element;
                    }
                }
            }
        }
    }

    /// The share of the weighted moments that the model reproduces: the mean over groups. As in lavaan, normal theory
    /// leaves out the moments of fixed covariates, unweighted least squares do not.
    pub(crate) fn goodness(&self) -> f64 {
        let total: f64 = self.groups.iter().map(|g| g.observed.n as f64).sum();
        let each = self.groups.iter().map(|g| {
            let (mut covariance, mut mean) = (g.observed.covariance.clone(), g.observed.mean.clone());
            if matches!(g.weight, Weight::Normal(_)) {
                g.table.clear_covariates(&mut covariance, &mut mean);
            }
            let all = moments(g.weight, g.layout, covariance, &mean);
            g.observed.n as f64 / total * (1.0 - g.residual.norm_squared() / all.norm_squared())
        });
        each.sum()
    }
}

impl SquaresTerm<'_> {
    /// What the group adds to F.
    pub(crate) fn contribution(&self) -> f64 {
        self.share * self.residual.norm_squared()
    }

    fn derivatives(&self) -> DMatrix<f64> {
        derivatives(self.weight, self.layout, &self.implied, &self.implied.directions, self.table.n_free)
    }
}

impl Objective for LeastSquares<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        let mut value = 0.0;
        for group in &mut self.groups {
            group.implied.update(x)?;
            let difference = &group.observed.covariance - &group.implied.sigma;
            let mean = &group.observed.mean - &group.implied.mu;
            group.residual = moments(group.weight, group.layout, difference, &mean);
            value += group.share * group.residual.norm_squared();
        }
        value.is_finite().then_some(value)
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        gradient.fill(0.0);
        for group in &self.groups {
            gradient.gemv_tr(-2.0 * group.share, &group.derivatives(), &group.residual, 1.0);
        }
    }
}

/// R (mean, matrix).
fn moments(weight: &Weight, layout: Layout, matrix: DMatrix<f64>, mean: &DVector<f64>) -> DVector<f64> {
    let matrix = weight.matrix(&matrix);
    let mean = weight.vector(DMatrix::from_column_slice(mean.len(), 1, mean.as_slice()));
    weight.moments(layout, |j| mean[j], |j, k| matrix[(j, k)])
}

/// T of the independence model: variances (and means, and covariances of random covariates) free; the moments of fixed
/// covariates are those of the sample. Linear in its parameters, so its minimum is a projection.
pub(crate) fn baseline_chisq(
    tables: &[ParameterTable],
    observed: &[Observed],
    weights: &[Weight],
) -> Option<f64> {
    let mut chisq = 0.0;
    for ((table, observed), weight) in tables.iter().zip(observed).zip(weights) {
        let p = observed.mean.len();
        let layout = Layout { p, has_means: table.has_means };
        let (mut covariance, mut mean) = (observed.covariance.clone(), observed.mean.clone());
        table.clear_covariates(&mut covariance, &mut mean);
        let target = moments(weight, layout, covariance, &mean);
        let is_fixed = |i: usize| table.covariates.contains(&i);
        let zero = DVector::zeros(p);
        let mut columns = Vec::new();
        for i in 0..p {
            for j in 0..=i {
                let together = i == j || (table.exogenous.contains(&i) && table.exogenous.contains(&j));
                if together && !(is_fixed(i) && is_fixed(j)) {
                    let mut unit = DMatrix::zeros(p, p);
                    unit[(i, j)] = 1.0;
                    unit[(j, i)] = 1.0;
                    columns.push(moments(weight, layout, unit, &zero));
                }
            }
            if table.has_means && !is_fixed(i) {
                let mut unit = zero.clone();
                unit[i] = 1.0;
                columns.push(moments(weight, layout, DMatrix::zeros(p, p), &unit));
            }
        }
        let design = DMatrix::from_columns(&columns);
        let inverse = crate::numeric::cholesky::inverse(&design.tr_mul(&design))?;
        let fitted = &design * (inverse * design.tr_mul(&target));
        chisq += observed.multiplier * (target - fitted).norm_squared();
    }
    Some(chisq)
}

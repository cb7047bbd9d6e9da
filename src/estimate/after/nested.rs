//! Difference tests of nested models by their Jacobians (Satorra 2000), and by scaling factors.

use crate::estimate::constraints::complement;
use crate::estimate::fit::{Fit, Internals};
use crate::estimate::inference::Information;
use crate::estimate::observed::Problem;
use crate::model::row_of_free;
use nalgebra::{DMatrix, DVector};

/// a T + m - a tr(U Gamma), a^2 = m / tr((U Gamma)^2).
pub(crate) fn scaled_and_shifted(t: f64, m: f64, (trace, square): (f64, f64)) -> f64 {
    let a = (m / square).sqrt();
    a * t + m - a * trace
}

/// The scaling factor of the free model at the restricted model's estimates.
pub(crate) fn factor_at(free: &Fit, restricted: &Fit) -> Option<f64> {
    let (own, other) = (&free.internals, &restricted.internals);
    if own.observed[0].seen.is_scaled_at_its_minimum() {
        return None;
    }
    let q = own.x.len();
    let mut x = DVector::zeros(q);
    for i in 0..q {
        let row = row_of_free(&own.tables, i)?;
        let group = own.tables.iter().position(|table| table.row_of_free(i).is_some())?;
        let same = other.tables[group].rows.iter().find(|r| r.place == row.place || r.name() == row.name());
        x[i] = same.map_or(0.0, |r| other.implied[group].at(r.place));
    }
    let at = Problem { x: &x, ..own.problem() };
    let traces = at.seen().traces(&at, own.statistic)?;
    let df = own.df as f64;
    if df == 0.0 {
        return Some(0.0);
    }
    let scaled = own.statistic.scale(1.0, df, traces.trace, traces.square, own.conventions);
    Some(scaled.factor)
}

/// What tests against a model need of it, whatever is tested.
pub(crate) struct Freer<'a> {
    internals: &'a Internals,
    /// (D'D)^-1 D', D the derivatives of its moments.
    pseudo_inverse: DMatrix<f64>,
    /// D'W Gamma W D along its free directions.
    meat: DMatrix<f64>,
    /// Inverse of D'WD along them.
    inverse: DMatrix<f64>,
}

/// Derivatives of all groups' moments with respect to the directions in which the parameters can move, times the root
/// of each group's share of the discrepancy.
fn stacked(internals: &Internals) -> DMatrix<f64> {
    let total = internals.multiplier();
    let parts: Vec<DMatrix<f64>> = internals
        .tables
        .iter()
        .zip(&internals.implied)
        .zip(&internals.observed)
        .map(|((table, implied), observed)| {
            observed.seen.derivatives(table, implied) * (observed.multiplier / total).sqrt()
        })
        .collect();
    let rows: usize = parts.iter().map(DMatrix::nrows).sum();
    let mut all = DMatrix::zeros(rows, internals.x.len());
    let mut at = 0;
    for part in parts {
        all.rows_mut(at, part.nrows()).copy_from(&part);
        at += part.nrows();
    }
    if internals.jacobian.nrows() == 0 {
        return all;
    }
    all * crate::estimate::constraints::null_basis(&internals.jacobian, internals.x.len())
}

/// A B, of a B with few elements that are not zero: derivatives.
fn product_with_sparse(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    let mut product = DMatrix::zeros(a.nrows(), b.ncols());
    for (own, mut column) in b.column_iter().zip(product.column_iter_mut()) {
        for (row, value) in own.iter().enumerate().filter(|(_, value)| **value != 0.0) {
            column.axpy(*value, &a.column(row), 1.0);
        }
    }
    product
}

impl<'a> Freer<'a> {
    pub(crate) fn of(free: &'a Internals) -> Option<Self> {
        let d1 = stacked(free);
        let transposed = d1.transpose();
        let basis = crate::estimate::constraints::null_basis(&free.jacobian, free.x.len());
        let problem = free.problem();
        let (meat, expected) = problem.seen().meat(&problem)?;
        let information = match problem.seen().information(free.information) {
            Information::Observed => problem.observed_information()?,
            _ => expected,
        };
        let along = basis.transpose();
        Some(Self {
            internals: free,
            pseudo_inverse: crate::numeric::cholesky::inverse(&(&transposed * &d1))? * transposed,
            meat: &along * (meat * &basis),
            inverse: crate::numeric::cholesky::inverse(&(&along * (information * &basis)))?,
        })
    }

    /// tr(U_d Gamma) and tr((U_d Gamma)^2) of a restricted model (Satorra 2000).
    pub(crate) fn traces(&self, restricted: &Internals) -> Option<(f64, f64)> {
        let names =
            |internals: &Internals| internals.tables.iter().map(|t| t.observed.clone()).collect::<Vec<_>>();
        if names(self.internals) != names(restricted) {
            return None;
        }
        let d0 = stacked(restricted);
        if self.pseudo_inverse.ncols() != d0.nrows() {
            return None;
        }
        // the restricted model's directions among the free model's
        let h = product_with_sparse(&self.pseudo_inverse, &d0);
        // a basis of what is orthogonal to them
        let a = complement(&h).transpose();
        let ap = &a * &self.inverse;
        let middle = crate::numeric::cholesky::inverse(&(&ap * a.transpose()))?;
        let product = middle * (&ap * &self.meat * ap.transpose());
        Some((product.trace(), (&product * &product).trace()))
    }
}

//! Difference tests of nested models by their Jacobians (Satorra 2000), and by scaling factors.

use crate::estimate::constraints::{complement, null_basis};
use crate::estimate::fit::{Fit, Internals};
use crate::estimate::inference::Information;
use crate::estimate::observed::Problem;
use crate::model::row_of_free;
use crate::numeric::cholesky;
use crate::numeric::sparse_rows::SparseRows;
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
    /// D, the derivatives of its moments,
    derivatives: SparseRows,
    /// the directions in which its parameters can move, N, none: in all,
    basis: Option<DMatrix<f64>>,
    /// and (N'D'DN)^-1.
    inverse_gram: DMatrix<f64>,
    /// D'W Gamma W D along its free directions.
    meat: DMatrix<f64>,
    /// Inverse of D'WD along them.
    inverse: DMatrix<f64>,
}

/// Derivatives of all groups' moments with respect to the parameters, times the root of each group's share of the
/// discrepancy.
fn stacked(internals: &Internals) -> SparseRows {
    let total = internals.multiplier();
    let mut all = SparseRows { rows: Vec::new(), columns: internals.x.len() };
    for ((table, implied), observed) in
        internals.tables.iter().zip(&internals.implied).zip(&internals.observed)
    {
        let mut own = observed.seen.derivatives(table, implied);
        let share = (observed.multiplier / total).sqrt();
        own.rows.iter_mut().flatten().for_each(|(_, value)| *value *= share);
        all.rows.append(&mut own.rows);
    }
    all
}

/// The directions in which a model's parameters can move, where they are tied.
fn directions(internals: &Internals) -> Option<DMatrix<f64>> {
    (internals.jacobian.nrows() > 0).then(|| null_basis(&internals.jacobian, internals.x.len()))
}

/// A'B along directions of both.
fn cross(
    (a, along_a): (&SparseRows, Option<&DMatrix<f64>>),
    (b, along_b): (&SparseRows, Option<&DMatrix<f64>>),
) -> DMatrix<f64> {
    let product = a.transposed_product(b);
    let product = match along_b {
        Some(basis) => product * basis,
        None => product,
    };
    match along_a {
        Some(basis) => basis.transpose() * product,
        None => product,
    }
}

impl<'a> Freer<'a> {
    pub(crate) fn of(free: &'a Internals) -> Option<Self> {
        let (derivatives, basis) = (stacked(free), directions(free));
        let own = (&derivatives, basis.as_ref());
        let inverse_gram = cholesky::inverse(&cross(own, own))?;
        let problem = free.problem();
        let (meat, expected) = problem.seen().meat(&problem)?;
        let information = match problem.seen().information(free.information) {
            Information::Observed => problem.observed_information()?,
            _ => expected,
        };
        let along = |matrix: DMatrix<f64>| match &basis {
            Some(basis) => basis.transpose() * (matrix * basis),
            None => matrix,
        };
        let (meat, inverse) = (along(meat), cholesky::inverse(&along(information))?);
        Some(Self { internals: free, inverse_gram, meat, inverse, derivatives, basis })
    }

    /// tr(U_d Gamma) and tr((U_d Gamma)^2) of a restricted model (Satorra 2000).
    pub(crate) fn traces(&self, restricted: &Internals) -> Option<(f64, f64)> {
        let names =
            |internals: &Internals| internals.tables.iter().map(|t| t.observed.clone()).collect::<Vec<_>>();
        if names(self.internals) != names(restricted) {
            return None;
        }
        let d0 = stacked(restricted);
        if self.derivatives.rows.len() != d0.rows.len() {
            return None;
        }
        // the restricted model's directions among the free model's
        let (own, basis) = ((&self.derivatives, self.basis.as_ref()), directions(restricted));
        let h = &self.inverse_gram * cross(own, (&d0, basis.as_ref()));
        // a basis of what is orthogonal to them
        let a = complement(&h).transpose();
        let ap = &a * &self.inverse;
        let middle = cholesky::inverse(&(&ap * a.transpose()))?;
        let product = middle * (&ap * &self.meat * ap.transpose());
        Some((product.trace(), (&product * &product).trace()))
    }
}

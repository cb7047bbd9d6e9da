//! A group's part of a discrepancy at a point, with its workspaces. A kind of data has one implementation.

use crate::model::Implied;
use crate::numeric::arrowhead::Arrowhead;
use nalgebra::{DMatrix, DVector};
use std::fmt::Debug;

/// Which second derivatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curvature {
    /// What a search steps by: the expected ones, of incomplete rows as if they were complete.
    Search,
    /// Their expectation where the model holds.
    Expected,
    /// As they are.
    Observed,
}

/// Blocks of a Hessian: of the first `q` parameters, their elements with the others, and the diagonal of the others.
pub(crate) type HessianParts = (DMatrix<f64>, DMatrix<f64>, DVector<f64>);

/// What a group adds to F. All that follows a [`value`](Term::value) is at the point last evaluated.
pub(crate) trait Term: Debug {
    /// The group's share times F_g; none where that does not exist.
    fn value(&mut self, x: &DVector<f64>) -> Option<f64>;

    /// The same at the point last evaluated.
    fn last(&self) -> f64;

    fn add_gradient(&mut self, gradient: &mut DVector<f64>);

    fn add_hessian(&mut self, which: Curvature, hessian: &mut Arrowhead);

    /// Adds to the blocks of the expected Hessian, without making all of it where that can be spared.
    fn add_partial_hessian(&mut self, q: usize, parts: &mut HessianParts) {
        let all = q + parts.2.len();
        let mut whole = Arrowhead::of(DMatrix::zeros(all, all));
        self.add_hessian(Curvature::Expected, &mut whole);
        let whole = whole.dense();
        parts.0 += whole.view((0, 0), (q, q));
        parts.1 += whole.view((0, q), (q, all - q));
        parts.2 += whole.diagonal().rows(q, all - q);
    }

    /// Whether the Hessian as it is is known, and not only its expectation.
    fn knows_curvature(&self) -> bool {
        true
    }

    /// What the model implies, by level.
    fn implied(&self) -> &[Implied];

    fn into_implied(self: Box<Self>) -> Vec<Implied>;

    /// Sigma^-1, where it was made.
    fn inverse(&self) -> Option<&DMatrix<f64>> {
        None
    }

    /// The share of the weighted statistics that the model reproduces, times the share of the group; least squares only.
    fn goodness(&self) -> Option<f64> {
        None
    }
}

/// Terms of one type as a sum has them.
pub(crate) fn boxed<'a, T: Term + 'a>(terms: impl IntoIterator<Item = T>) -> Vec<Box<dyn Term + 'a>> {
    terms.into_iter().map(|term| Box::new(term) as Box<dyn Term + 'a>).collect()
}

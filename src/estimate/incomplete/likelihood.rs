//! The maximum-likelihood discrepancy of incomplete rows: -2 log L / N of their own answers, less that of the saturated
//! model. With the rows completed by what a model says of their gaps, value and gradient are those of complete rows.

use super::full_information::IncompleteGroup;
use super::point::Point;
use crate::estimate::inference::Information;
use crate::estimate::normal::likelihood::NormalTerm;
use crate::estimate::term::{Curvature, HessianParts, Term};
use crate::model::Implied;
use crate::moments::incomplete::Completed;
use crate::numeric::arrowhead::Arrowhead;
use nalgebra::{DMatrix, DVector};

/// One group.
#[derive(Debug)]
pub(crate) struct IncompleteTerm<'a> {
    group: &'a IncompleteGroup,
    own: NormalTerm<'a>,
    /// The rows completed at the point last evaluated.
    completed: Option<Completed>,
}

impl<'a> IncompleteTerm<'a> {
    pub(crate) fn new(group: &'a IncompleteGroup, own: NormalTerm<'a>) -> Self {
        Self { group, own, completed: None }
    }

    /// W of the completed rows.
    fn weigh(&mut self) {
        if let Some(completed) = &self.completed {
            self.own.weigh(&completed.products);
        }
    }

    /// Share of one row.
    fn scale(&self) -> f64 {
        self.own.share / self.group.short.total
    }
}

impl Term for IncompleteTerm<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        let log_determinant = self.own.go_to(x)?;
        let (own, rows) = (&mut self.own, &self.group.short);
        let completed = rows.complete(&own.implied.mu, &own.inverse)?;
        own.solved.gemv(1.0, &own.inverse, &completed.mean, 0.0);
        own.last = log_determinant + completed.log_determinant + own.inverse.dot(&completed.products)
            - rows.holes() / rows.total
            - self.group.saturated.value;
        self.completed = Some(completed);
        own.last.is_finite().then_some(own.share * own.last)
    }

    fn last(&self) -> f64 {
        self.own.last()
    }

    fn add_gradient(&mut self, gradient: &mut DVector<f64>) {
        self.weigh();
        self.own.add_weighted_gradient(gradient);
    }

    /// Of what was answered; where that has none, as if the completed rows were complete.
    fn add_hessian(&mut self, which: Curvature, hessian: &mut Arrowhead) {
        let information = match which {
            Curvature::Search => return self.own.add_expected_hessian(hessian),
            Curvature::Expected => Information::Expected,
            Curvature::Observed => Information::Observed,
        };
        let point = Point::new(&self.own.implied, &self.own.inverse);
        if point.add_hessian(&self.group.short, information, self.scale(), hessian).is_none() {
            self.own.add_expected_hessian(hessian);
            if which == Curvature::Observed {
                self.weigh();
                self.own.add_unexpected_hessian(hessian);
            }
        }
    }

    fn add_partial_hessian(&mut self, q: usize, parts: &mut HessianParts) {
        let point = Point::new(&self.own.implied, &self.own.inverse);
        if point.add_partial_hessian(&self.group.short, self.scale(), q, parts).is_none() {
            self.own.add_blocks(q, parts);
        }
    }

    fn implied(&self) -> &[Implied] {
        self.own.implied()
    }

    fn into_implied(self: Box<Self>) -> Vec<Implied> {
        Box::new(self.own).into_implied()
    }

    fn inverse(&self) -> Option<&DMatrix<f64>> {
        self.own.inverse()
    }
}

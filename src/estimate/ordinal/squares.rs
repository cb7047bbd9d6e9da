//! Weighted least squares of the statistics of ordinal and mixed data: F = (s - sigma)' W (s - sigma), sum over
//! groups weighted by their size (Muthen 1984; Muthen, du Toit & Spisic 1997).

use super::moments::OrdinalMoments;
use crate::correlation::ThreeStage;
use crate::estimate::observed::Observed;
use crate::estimate::term::{Curvature, Term};
use crate::estimate::weight::Weight;
use crate::model::{Implied, ParameterTable};
use crate::numeric::arrowhead::Arrowhead;
use crate::numeric::sparse_rows::SparseRows;
use nalgebra::DVector;

/// One group.
#[derive(Debug)]
pub(crate) struct OrdinalTerm<'a> {
    pub(crate) share: f64,
    pub(crate) stages: &'a ThreeStage,
    pub(crate) weight: &'a Weight,
    pub(crate) moments: OrdinalMoments,
    pub(crate) implied: Implied,
    /// s - sigma.
    residual: DVector<f64>,
    value: f64,
}

/// The terms of all groups; without weights all statistics count alike.
pub(crate) fn terms<'a>(
    tables: &'a [ParameterTable],
    observed: &'a [Observed],
    weights: Option<&'a [Weight]>,
) -> Vec<OrdinalTerm<'a>> {
    static ALIKE: Weight = Weight::Unit;
    let total: f64 = observed.iter().map(|o| o.multiplier).sum();
    let of_group = |(group, (table, observed)): (usize, (&'a ParameterTable, &'a Observed))| {
        let stages: &ThreeStage = observed.seen_as()?;
        Some(OrdinalTerm {
            share: observed.multiplier / total,
            stages,
            weight: weights.map_or(&ALIKE, |weights| &weights[group]),
            moments: OrdinalMoments::new(table, stages),
            implied: observed.implied(table),
            residual: DVector::zeros(stages.values.len()),
            value: 0.0,
        })
    };
    tables.iter().zip(observed).enumerate().filter_map(of_group).collect()
}

impl OrdinalTerm<'_> {
    pub(crate) fn derivatives(&self) -> SparseRows {
        self.moments.derivatives(&self.implied)
    }
}

impl Term for OrdinalTerm<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        self.implied.update(x)?;
        self.residual = &self.stages.values - self.moments.implied(&self.implied);
        self.value = self.weight.square(&self.residual);
        Some(self.last())
    }

    fn last(&self) -> f64 {
        self.share * self.value
    }

    fn add_gradient(&mut self, gradient: &mut DVector<f64>) {
        let weighted = self.weight.times(&self.residual);
        for (row, own) in self.derivatives().iter().enumerate() {
            own.iter().for_each(|&(free, d)| gradient[free] -= 2.0 * self.share * d * weighted[row]);
        }
    }

    fn knows_curvature(&self) -> bool {
        false
    }

    /// 2 D'WD, whichever is asked for.
    fn add_hessian(&mut self, _: Curvature, hessian: &mut Arrowhead) {
        let (derivatives, columns) = self.derivatives().narrowed();
        hessian.add_matrix(&columns, &(self.weight.gram(&derivatives) * (2.0 * self.share)));
    }

    fn implied(&self) -> &[Implied] {
        std::slice::from_ref(&self.implied)
    }

    fn into_implied(self: Box<Self>) -> Vec<Implied> {
        vec![self.implied]
    }

    fn goodness(&self) -> Option<f64> {
        Some(self.share * (1.0 - self.value / self.weight.square(&self.stages.values)))
    }
}

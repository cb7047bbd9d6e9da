//! Weighted least squares of the statistics of ordinal and mixed data: F = (s - sigma)' W (s - sigma), sum over
//! groups weighted by their size (Muthen 1984; Muthen, du Toit & Spisic 1997).

use super::moments::{OrdinalMoments, SparseRows};
use crate::correlation::ThreeStage;
use crate::estimate::observed::Observed;
use crate::estimate::weight::Weight;
use crate::model::{Implied, ParameterTable};
use crate::numeric::minimise::Objective;
use nalgebra::{DMatrix, DVector};

#[derive(Debug)]
pub(crate) struct OrdinalSquares<'a> {
    pub(crate) groups: Vec<OrdinalTerm<'a>>,
}

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

impl<'a> OrdinalSquares<'a> {
    /// None where a group has no statistics of ordinal data.
    pub(crate) fn new(
        tables: &'a [ParameterTable],
        observed: &'a [Observed],
        weights: &'a [Weight],
    ) -> Option<Self> {
        let total: f64 = observed.iter().map(|o| o.multiplier).sum();
        let groups = tables.iter().zip(observed).zip(weights).map(|((table, observed), weight)| {
            let stages = observed.ordinal.as_deref()?;
            let _p = table.observed.len();
            Some(OrdinalTerm {
                share: observed.multiplier / total,
                stages,
                weight,
                moments: OrdinalMoments::new(table, stages),
                // given the covariates: they have no moments of their own
                implied: observed.implied(table),
                residual: DVector::zeros(stages.values.len()),
                value: 0.0,
            })
        });
        Some(Self { groups: groups.collect::<Option<_>>()? })
    }

    /// 2 D'WD.
    pub(crate) fn expected_hessian(&self, hessian: &mut DMatrix<f64>) {
        hessian.fill(0.0);
        for group in &self.groups {
            *hessian += group.weight.gram(&group.derivatives()) * (2.0 * group.share);
        }
    }

    /// The share of the weighted statistics that the model reproduces: the mean over groups.
    pub(crate) fn goodness(&self) -> f64 {
        let each = self.groups.iter().map(|g| g.share * (1.0 - g.value / g.weight.square(&g.stages.values)));
        each.sum()
    }
}

impl OrdinalTerm<'_> {
    pub(crate) fn contribution(&self) -> f64 {
        self.share * self.value
    }

    pub(crate) fn derivatives(&self) -> SparseRows {
        self.moments.derivatives(&self.implied)
    }
}

impl Objective for OrdinalSquares<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        let mut value = 0.0;
        for group in &mut self.groups {
            group.implied.update(x)?;
            group.residual = &group.stages.values - group.moments.implied(&group.implied);
            group.value = group.weight.square(&group.residual);
            value += group.share * group.value;
        }
        value.is_finite().then_some(value)
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        gradient.fill(0.0);
        for group in &self.groups {
            let weighted = group.weight.times(&group.residual);
            for (row, own) in group.derivatives().iter().enumerate() {
                own.iter().for_each(|&(free, d)| gradient[free] -= 2.0 * group.share * d * weighted[row]);
            }
        }
    }
}

//! What a search needs beside the moments: what a resampled fit shares with the first.

use crate::error::Result;
use crate::estimate::constraints::Constraints;
use crate::estimate::estimation::Estimation;
use crate::estimate::estimator::Criterion;
use crate::estimate::observed::Observed;
use crate::estimate::weight::Weight;
use crate::model::ParameterTable;
use nalgebra::DMatrix;

/// Everything of a fit but its moments: what a resampled fit shares with the first.
#[derive(Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) estimation: &'a Estimation,
    pub(crate) tables: &'a [ParameterTable],
    pub(crate) constraints: &'a Constraints,
    pub(crate) bounds: &'a [(f64, f64)],
    pub(crate) max_iterations: usize,
}

impl Setting<'_> {
    /// The weights of each group; none with maximum likelihood.
    pub(crate) fn weights(
        &self,
        observed: &[Observed],
        rows: &[DMatrix<f64>],
    ) -> Result<Option<Vec<Weight>>> {
        let Estimation { estimator, conventions, .. } = *self.estimation;
        let criterion = estimator.criterion();
        if criterion == Criterion::Likelihood {
            return Ok(None);
        }
        let each = self
            .tables
            .iter()
            .zip(observed)
            .enumerate()
            .map(|(group, own)| own.1.seen.weight(criterion, conventions, own, rows.get(group)));
        each.collect::<Result<_>>().map(Some)
    }
}

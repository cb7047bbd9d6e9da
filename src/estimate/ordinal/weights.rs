//! The weights of the statistics of ordinal data.

use crate::correlation::{Statistic, ThreeStage};
use crate::estimate::estimator::Criterion;
use crate::estimate::normal::moment_weights::LEAST_ERROR;
use crate::estimate::weight::Weight;
use crate::numeric::cholesky::inverse_factor;

/// Weights of the statistics of ordinal data; none where a statistic does not vary, or the respondents are too few for
/// the whole matrix.
pub(crate) fn statistic_weight(criterion: Criterion, stages: &ThreeStage) -> Option<Weight> {
    match criterion {
        Criterion::Wls => inverse_factor(stages.gamma()?).map(Weight::Full),
        Criterion::Dwls => {
            let mut variances = stages.alone.clone().unwrap_or_else(|| stages.variances.clone());
            for (i, statistic) in stages.statistics.iter().enumerate() {
                if matches!(statistic, Statistic::Variance(_)) {
                    variances[i] = variances[i].max((LEAST_ERROR * stages.values[i]).powi(2));
                }
            }
            let varies = variances.iter().all(|v| *v > 0.0);
            varies.then(|| Weight::Diagonal(variances.map(|v| 1.0 / v.sqrt())))
        }
        _ => Some(Weight::Unit),
    }
}

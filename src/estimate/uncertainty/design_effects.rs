//! What sampling in clusters costs each parameter.
//!
//! ```text
//! deff = Var(estimate), scores summed within clusters / Var(estimate), scores of independent respondents
//! ```
//!
//! both robust, so that the ratio holds what respondents of a cluster have in common and nothing else (Kish 1965; Skinner
//! 1989). Of a mean in clusters of m it is 1 + (m - 1) ICC. The numerator has J / (J - 1), J clusters. In ordinal models
//! influences on thresholds and correlations stand for scores.

use crate::estimate::constraints::constrained_inverse;
use crate::estimate::inference::Information;
use crate::estimate::observed::Problem;
use crate::model::{Kind, Operator, ParameterTable};
use crate::numeric::arrowhead::Arrowhead;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// The design effect of a free parameter.
///
/// ```
/// use psychometrics::{Estimation, Estimator, Model, data::Dataset};
///
/// let data = Dataset::read_csv("tests/data/two_level.csv")?;
/// let model: Model = "f =~ y1 + y2 + y3 + y4".parse()?;
/// let fit = Estimation::new(Estimator::Mlr).cluster("team").fit(&model, &data)?;
/// let first = &fit.design_effects[0];
/// assert_eq!((first.lhs.as_str(), first.rhs.as_str()), ("f", "y2"));
/// assert_eq!(format!("{:.2}", first.deff), "1.16");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DesignEffect {
    /// Left-hand side.
    pub lhs: String,
    /// Operator.
    pub op: Operator,
    /// Right-hand side.
    pub rhs: String,
    /// Group, from 1.
    pub group: usize,
    /// Sampling variance in clusters over that of independent respondents.
    pub deff: f64,
}

/// Of the free parameters; empty where a variance does not exist. `vcov` is their
/// covariance matrix in clusters, `hessian` as for [`covariance`](super::robust::covariance).
pub(crate) fn design_effects(
    problem: &Problem<'_>,
    hessian: &Arrowhead,
    information: Information,
    vcov: &DMatrix<f64>,
    n: f64,
) -> Vec<DesignEffect> {
    let alone = || {
        let (meat, own) = problem.seen().independent(problem)?;
        let bread = match (own, information) {
            (Some(own), _) => own,
            (None, Information::Expected) => hessian.dense() * 0.5,
            (None, _) => problem.observed_information()?,
        };
        let inverse = constrained_inverse(&bread, problem.jacobian)?;
        Some(&inverse * meat * &inverse / n)
    };
    let Some(alone) = alone() else { return Vec::new() };
    let of_table = |(group, table): (usize, &ParameterTable)| -> Vec<DesignEffect> {
        let free = table.rows.iter().filter_map(|row| match row.kind {
            Kind::Free(free, _) if alone[(free, free)] > 0.0 => Some((row, free)),
            _ => None,
        });
        free.map(|(row, free)| DesignEffect {
            lhs: row.lhs.clone(),
            op: row.op,
            rhs: row.rhs.clone(),
            group: group + 1,
            deff: vcov[(free, free)] / alone[(free, free)],
        })
        .collect()
    };
    problem.tables.iter().enumerate().flat_map(of_table).collect()
}

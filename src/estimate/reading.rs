//! What a fit starts from: options resolved, parameters, and what was seen of each group.

use crate::error::Warning;
use crate::estimate::observed::Observed;
use crate::estimate::plan::Plan;
use crate::estimate::sample::row_account::RowAccount;
use crate::estimate::sample::sampling_weights::SamplingWeights;
use crate::model::{Model, ParameterTable};
use nalgebra::DMatrix;

/// What was read for a fit.
pub(crate) struct Reading {
    pub(crate) plan: Plan,
    /// With its groups and levels numbered.
    pub(crate) model: Model,
    /// Of the groups.
    pub(crate) names: Vec<String>,
    pub(crate) tables: Vec<ParameterTable>,
    pub(crate) observed: Vec<Observed>,
    /// The rows of each group, where they are known (p x n).
    pub(crate) rows: Vec<DMatrix<f64>>,
    pub(crate) account: RowAccount,
    /// Degrees of freedom before constraints.
    pub(crate) df: i64,
    /// Respondents of each group,
    pub(crate) nobs: Vec<usize>,
    /// and clusters.
    pub(crate) clusters: Vec<usize>,
    pub(crate) sampling_weights: Option<SamplingWeights>,
    /// Whether the fit is there to be tested against another to the same rows.
    pub(crate) is_rival: bool,
    pub(crate) warnings: Vec<Warning>,
}

/// Caveats of the tables, each once.
pub(crate) fn warnings_of(tables: &[ParameterTable]) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = Vec::new();
    for warning in tables.iter().flat_map(|table| &table.warnings) {
        if !warnings.contains(warning) {
            warnings.push(warning.clone());
        }
    }
    warnings
}

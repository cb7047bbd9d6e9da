//! A maximum with what belongs to it, and what is said about it.

use super::choices::{Integration, ItemStandardErrors, LogitPrior, TraitEstimator};
use super::item_model::ItemModel;
use super::marginal_likelihood::{MarginalLikelihood, moments};
use super::names::of_parameter;
use super::parameters::Traits;
use super::search::Maximum;
use super::standard_errors::Covariance;
use crate::error::Warning;

/// What of a request a fit is told.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) model: ItemModel,
    pub(crate) nodes: usize,
    pub(crate) integration: Integration,
    pub(crate) lower_prior: Option<LogitPrior>,
    pub(crate) upper_prior: Option<LogitPrior>,
    pub(crate) scores: Option<TraitEstimator>,
    pub(crate) fit_statistics: bool,
}

/// A maximum with what belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Solved<'a> {
    /// At the maximum.
    pub(crate) marginal: MarginalLikelihood<'a>,
    pub(crate) found: Maximum,
    pub(crate) errors: Option<Covariance>,
    pub(crate) kind: ItemStandardErrors,
}

/// What is said about a maximum.
pub(crate) fn warnings_of(solved: &Solved<'_>, names: &[String], traits: &Traits) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let found = &solved.found;
    for index in &found.held {
        let (item, parameter) = of_parameter(solved.marginal.layout, names, *index);
        warnings.push(Warning::Runaway { item, parameter, value: found.x[*index] });
    }
    if !found.converged {
        let what = "the item response model".into();
        warnings.push(Warning::NotAtMaximum { what, gradient: found.gradient });
    }
    if let Some(errors) = &solved.errors
        && !errors.undetermined.is_empty()
    {
        let name = |index: &usize| {
            let (item, parameter) = of_parameter(solved.marginal.layout, names, *index);
            format!("the {parameter} of {item}")
        };
        warnings.push(Warning::Undetermined { parameters: errors.undetermined.iter().map(name).collect() });
    }
    let layout = solved.marginal.layout;
    for d in 0..layout.dimensions {
        let (_, sds) = moments(layout, 0, &found.x);
        if sds[d] < 0.05 {
            warnings.push(Warning::NoTraitVariance { name: traits.names[d].clone() });
        }
    }
    warnings
}

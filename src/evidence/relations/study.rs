//! What a construct asks for of relations to other variables, and what was found of it.

use super::{LatentAssociation, Relations, TestedHypothesis};
use crate::error::{Error, Warning};
use crate::evidence::measured::Measured;
use crate::evidence::{Resampling, StructureEvidence};
use ndarray::{Array2, Axis};
use std::collections::BTreeMap;

/// How much is found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything.
    Whole,
    /// What conclusions and hypotheses rest on: no tests of factors against one another.
    Conclusions,
    /// Relations and hypotheses with all tests, without what else is asked of items and groups.
    Relations,
}

/// Relations of a construct, as far as its file and the data go.
pub(crate) struct RelationStudy<'a> {
    pub(crate) measured: &'a Measured<'a>,
    pub(crate) resampling: Resampling,
    pub(crate) extent: Extent,
    /// Correlated factors, fitted; none without a proper solution.
    pub(crate) correlated: Option<&'a StructureEvidence>,
}

/// What was found, with what could not be.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) relations: Relations,
    pub(crate) hypotheses: Vec<TestedHypothesis>,
    pub(crate) warnings: Vec<Warning>,
}

/// Correlations of a factor with variables.
pub(super) type LatentByVariable = BTreeMap<String, LatentAssociation>;

/// Those of the factor of each scale, or why it has none.
pub(super) type LatentOfScales = BTreeMap<String, Result<LatentByVariable, String>>;

/// The mean of the items of those who answered all, NaN of others.
pub(super) fn scores(rows: &Array2<f64>) -> Vec<f64> {
    rows.axis_iter(Axis(0)).map(|row| row.sum() / row.len() as f64).collect()
}

pub(super) fn not_done(what: &str, error: &Error) -> Warning {
    Warning::NotDone { what: what.into(), reason: error.to_string() }
}

//! What a validation finds of relations to other variables.

use super::{
    Association, Convergent, FornellLarcker, HeterotraitRatio, HeterotraitRatios, Increment, KnownGroups,
    LatentCorrelation, Regression,
};
use crate::construct::VariableRole;
use crate::estimate::EffectSize;
use crate::evidence::{Interval, Resampling};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Relations of the construct's factors to each other and to other variables.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Relations {
    /// How much the items of each factor share.
    pub convergent: Vec<Convergent>,
    /// Whether factors are distinct; none for a single factor, or without a proper solution.
    pub discriminant: Option<Discriminant>,
    /// Scales with criteria and outcomes.
    pub criterion: Vec<CriterionRelation>,
    /// What all dimensions explain of each criterion and outcome, beyond covariates.
    pub incremental: Vec<IncrementalValidity>,
    /// Scores compared between the groups of respondents.
    pub known_groups: Vec<ScaleGroups>,
    /// Paths from interventions through the construct to outcomes.
    pub paths: Vec<StructuralPath>,
}

/// Whether factors are distinct.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Discriminant {
    /// AVEs against squared correlations.
    pub fornell_larcker: Vec<FornellLarcker>,
    /// Correlations behind `htmt` and `htmt2`: polychoric of ordinal items.
    pub correlation: Cow<'static, str>,
    /// Heterotrait-monotrait ratios.
    pub htmt: Vec<HeterotraitRatio>,
    /// The same of geometric means.
    pub htmt2: Vec<HeterotraitRatio>,
    /// Both from Pearson correlations, where those above are polychoric.
    pub pearson: Option<HeterotraitRatios>,
    /// Correlations of the factors, with tests.
    pub latent_correlations: Vec<LatentCorrelation>,
    /// The correlation that is tested against.
    pub cut_off: f64,
    /// Replicates and seed of the intervals of ratios.
    pub resampling: Resampling,
}

/// A scale with a criterion or an outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CriterionRelation {
    /// Dimension, or the construct.
    pub scale: String,
    /// The variable.
    pub variable: String,
    /// What it is to the construct.
    pub role: VariableRole,
    /// Correlation of the scores; none where a variable does not vary.
    pub observed: Option<Association>,
    /// Rank correlation.
    pub spearman: Option<f64>,
    /// Reliability of the scale that is corrected for: alpha.
    pub reliability: Option<f64>,
    /// Declared reliability of the variable; 1 where none is.
    pub variable_reliability: f64,
    /// The correlation corrected for attenuation.
    pub disattenuated: Option<f64>,
    /// Its 95 % percentile interval, alpha drawn again too.
    pub disattenuated_interval: Option<Interval>,
    /// Correlation of the factor with the variable.
    pub latent: Option<LatentAssociation>,
    /// Why something is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The correlation of a factor with a variable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LatentAssociation {
    /// The correlation.
    pub estimate: f64,
    /// Standard error.
    pub se: Option<f64>,
    /// 95 % interval.
    pub interval: Option<Interval>,
    /// Respondents.
    pub n: usize,
}

/// What the dimensions explain of a variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IncrementalValidity {
    /// The variable.
    pub variable: String,
    /// Covariates that go first.
    pub covariates: Vec<String>,
    /// What the dimensions add.
    pub dimensions: Increment,
    /// The regression on all.
    pub regression: Regression,
}

/// A score in the groups of a variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScaleGroups {
    /// Dimension, or the construct.
    pub scale: String,
    /// The comparison.
    #[serde(flatten)]
    pub groups: KnownGroups,
}

/// From an intervention through the construct to an outcome.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StructuralPath {
    /// Intervention.
    pub from: String,
    /// The construct.
    pub through: String,
    /// Outcome.
    pub to: String,
    /// Covariates that are held constant.
    pub covariates: Vec<String>,
    /// Respondents.
    pub n: usize,
    /// Path from intervention to construct.
    pub first: EffectSize,
    /// Path from construct to outcome.
    pub second: EffectSize,
    /// Path from intervention to outcome.
    pub direct: EffectSize,
    /// Through the construct.
    pub indirect: EffectSize,
    /// 95 % Monte-Carlo interval of the indirect effect (Preacher & Selig 2012).
    pub indirect_interval: Option<Interval>,
    /// Both.
    pub total: EffectSize,
    /// The model in lavaan syntax.
    pub model: String,
    /// Fit measures of the model: CFI, TLI, RMSEA, SRMR as they are reported.
    pub fit: [Option<f64>; 4],
}

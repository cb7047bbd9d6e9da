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
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let relations = &evidence.relations;
/// assert_eq!((relations.convergent.len(), relations.criterion.len(), relations.incremental.len()), (4, 6, 2));
/// assert_eq!((relations.known_groups.len(), relations.paths.len()), (3, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let discriminant = evidence.relations.discriminant.as_ref().unwrap();
/// assert_eq!(
///     (discriminant.correlation.as_ref(), discriminant.cut_off, discriminant.latent_correlations.len()),
///     ("polychoric", 0.9, 6)
/// );
/// assert_eq!(format!("{:.3}", discriminant.htmt[0].value.unwrap()), "0.770");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let own = evidence.relations.criterion.iter().find(|own| own.scale == "methodical" && own.variable == "work_engagement");
/// let own = own.unwrap();
/// // of scores, corrected for their unreliability, and of the factor
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", own.observed.as_ref().unwrap().r, own.disattenuated.unwrap(), own.latent.as_ref().unwrap().estimate),
///     "0.254 0.277 0.273"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let latent = evidence.relations.criterion[0].latent.as_ref().unwrap();
/// assert_eq!(format!("{:.3} {:.3}", latent.estimate, latent.se.unwrap()), "0.344 0.035");
/// assert_eq!(latent.n, 902);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let own = &evidence.relations.incremental[0];
/// assert_eq!(own.variable.as_str(), "client_outcome");
/// assert_eq!(own.covariates, ["tenure"]);
/// // what the dimensions explain beyond the covariates
/// assert_eq!(format!("{:.3}", own.dimensions.delta_r2), "0.134");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let own = &evidence.relations.known_groups[0];
/// assert_eq!((own.scale.as_str(), own.groups.groups.len(), own.groups.pairs.len()), ("knowledge", 3, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let path = &evidence.relations.paths[0];
/// assert_eq!(
///     (path.from.as_str(), path.through.as_str(), path.to.as_str()),
///     ("hr_intervention", "professional_conduct", "client_outcome")
/// );
/// assert_eq!(format!("{:.3} {:.3} {:.3}", path.first.est, path.second.est, path.indirect.est), "0.396 0.539 0.213");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

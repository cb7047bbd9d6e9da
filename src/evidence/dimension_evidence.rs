//! What was found of a dimension by itself.

use crate::construct::{AskedOf, Localized};
use crate::estimate::Fit;
use crate::evidence::internal_structure::{ItemStatistics, OrdinalReliability, Reliability};
use crate::evidence::structure_evidence::StructureEvidence;
use crate::moments::LabelledMatrix;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The evidence about one dimension.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let dimension = &evidence.dimensions[1];
/// assert_eq!(
///     (dimension.id.as_str(), dimension.title.get("nl"), dimension.facets.len(), dimension.scale.items.len()),
///     ("methodical", Some("Methodisch werken"), 0, 5)
/// );
/// assert_eq!(format!("{:.3}", dimension.scale.reliability.as_ref().unwrap().alpha.raw.unwrap()), "0.842");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DimensionEvidence<F = Fit> {
    /// Id.
    pub id: String,
    /// Title by language.
    pub title: Localized,
    /// What the dimension rests on.
    pub sources: Vec<String>,
    /// Of whom it was asked; none for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_of: Option<AskedOf>,
    /// The dimension as a scale.
    #[serde(flatten)]
    pub scale: ScaleEvidence,
    /// Its facets with items, as scales.
    pub facets: Vec<FacetEvidence>,
    /// The dimension's own model: its facets as correlated factors, or one factor. None when it has
    /// no answer (the warnings say why).
    pub structure: Option<StructureEvidence<F>>,
}

/// A facet as a scale.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let facet = &evidence.dimensions[0].facets[0];
/// assert_eq!((facet.id.as_str(), facet.scale.n, facet.scale.items.len()), ("knowledge_using", 836, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FacetEvidence {
    /// Id of the leaf, `dimension_facet`.
    pub id: String,
    /// Title by language.
    pub title: Localized,
    /// The facet as a scale.
    #[serde(flatten)]
    pub scale: ScaleEvidence,
}

/// A set of items as a scale.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let scale = &evidence.dimensions[1].scale;
/// assert_eq!((scale.n, scale.reason.as_deref(), scale.items.len(), scale.groups.len()), (824, None, 5, 3));
/// assert_eq!(format!("{:.3}", scale.ordinal.as_ref().unwrap().categorical_omega.unwrap()), "0.842");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScaleEvidence {
    /// Respondents with complete answers.
    pub n: usize,
    /// Alpha with its intervals; none where it does not exist (the warnings say why).
    pub reliability: Option<Reliability>,
    /// Why there is no reliability, or no alpha in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Reliability of ordinal items, as one factor; none for continuous ones, or where the model has no proper
    /// solution.
    pub ordinal: Option<OrdinalReliability>,
    /// The items; empty where nothing can be said of them.
    pub items: Vec<ItemStatistics>,
    /// Mean and standard deviation (divisor N - 1) of the score, the mean of a respondent's items.
    pub score: Option<ScoreStatistics>,
    /// The scale in each group of respondents.
    pub groups: Vec<GroupEvidence>,
}

/// The distribution of a score.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let score = evidence.dimensions[1].scale.score.unwrap();
/// assert_eq!(format!("{:.3} {:.3}", score.mean, score.sd), "3.804 0.793");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScoreStatistics {
    /// Mean.
    pub mean: f64,
    /// Standard deviation, divisor N - 1.
    pub sd: f64,
}

/// A scale in one group.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let group = &evidence.dimensions[1].scale.groups[0];
/// assert_eq!(
///     (group.variable.as_str(), group.group.as_str(), group.n, group.too_small),
///     ("role", "client_manager", 715, false)
/// );
/// assert_eq!(format!("{:.2}", group.reliability.as_ref().unwrap().alpha.raw.unwrap()), "0.83");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupEvidence {
    /// Grouping variable.
    pub variable: String,
    /// Its value.
    pub group: String,
    /// Respondents in the group.
    pub rows: usize,
    /// Those with complete answers to the scale.
    pub n: usize,
    /// Whether `n` is too small for a conclusion.
    pub too_small: bool,
    /// Alpha in the group; none where it does not exist.
    pub reliability: Option<Reliability>,
    /// Mean and standard deviation of the score; none for fewer than two respondents.
    pub score: Option<ScoreStatistics>,
}

/// Correlations between items.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let matrices = evidence.item_matrices.as_ref().unwrap();
/// assert_eq!((matrices.structure.as_ref(), matrices.correlation.rows.len()), ("correlated", 14));
/// assert_eq!(format!("{:.2} {:.2}", matrices.correlation.values[1][0], matrices.residual.values[1][0]), "0.48 0.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemMatrices {
    /// The structure whose residuals stand here.
    pub structure: Cow<'static, str>,
    /// Observed correlations: polychoric of ordinal items.
    pub correlation: LabelledMatrix,
    /// Observed minus implied correlations.
    pub residual: LabelledMatrix,
}

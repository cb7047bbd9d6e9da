//! Exploratory dimensionality: how many factors the answers show, and whether items are where they were put when nothing
//! holds them there.

use super::structure_evidence::StructureEvidence;
use crate::estimate::Fit;
use crate::factor::{Placements, RetentionStudy};
use crate::moments::LabelledMatrix;
use serde::{Deserialize, Serialize};

/// What the answers show of dimensions by themselves, beside what the construct claims.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let found = evidence.dimensionality.as_ref().unwrap();
/// assert_eq!(found.claimed, ["knowledge_using", "knowledge_acquiring", "knowledge_sharing", "methodical"]);
/// assert_eq!(found.retention.as_ref().unwrap().recommendation.factors, Some(3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Dimensionality<F = Fit> {
    /// The dimensions that everybody was asked about,
    pub dimensions: Vec<String>,
    /// and their parts: facets, and dimensions without facets.
    pub claimed: Vec<String>,
    /// How many factors there are by every rule, of complete answers to the items of these parts; none where it has no answer,
    /// which a warning explains.
    pub retention: Option<RetentionStudy>,
    /// The structure in which every item may load on every factor; none of a single part, or where it has no answer.
    pub exploratory: Option<ExploratoryRival<F>>,
    /// The same with a general factor beside the factors of the parts; none of a single part, or where it has no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub general: Option<ExploratoryGeneral<F>>,
    /// The structure that would be preferred by the rule of the rival structures if exploratory ones were rivals too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_of_all: Option<String>,
}

/// A bifactor exploratory structure (Morin, Arens & Marsh 2016): a general factor on which all items load freely, and a factor for
/// each part, turned together, without correlations, towards loadings of 0 on other parts than an item's own (target rotation, 30
/// starts). The bifactor structure is this model with those loadings fixed at 0.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let general = evidence.dimensionality.as_ref().unwrap().general.as_ref().unwrap();
/// // a negative residual variance: an improper solution has no loadings, and no omega
/// assert_eq!(
///     (general.structure.result.status.code(), general.loadings.is_none(), general.omega_hierarchical.is_none()),
///     ("heywood", true, true)
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExploratoryGeneral<F = Fit> {
    /// The fitted model, named `bifactor_esem`.
    #[serde(flatten)]
    pub structure: StructureEvidence<F>,
    /// Standardised loadings, items by factors: the construct, then its parts; none of an improper solution.
    pub loadings: Option<LabelledMatrix>,
    /// Share of the variance of the sum of all items that is due to the general factor.
    pub omega_hierarchical: Option<f64>,
    /// Share of the common variance that is the general factor's: sum g^2 / sum of all squared loadings.
    pub explained_common_variance: Option<f64>,
    /// Its measures less those of the exploratory structure without a general factor: CFI,
    pub cfi: Option<f64>,
    /// RMSEA,
    pub rmsea: Option<f64>,
    /// and BIC; none where one of the two has none.
    pub bic: Option<f64>,
}

/// Exploratory structural equation modelling beside confirmatory structures (Asparouhov & Muthen 2009; Marsh et al. 2014): as many
/// factors as there are parts in the joint structures, all of which load on all items, turned by geomin (epsilon .001) from 30
/// starts. Correlated factors are this model with the loadings on other parts' factors fixed at 0.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let exploratory = evidence.dimensionality.as_ref().unwrap().exploratory.as_ref().unwrap();
/// // items on the part they were written for, of all
/// let placements = exploratory.placements.as_ref().unwrap();
/// assert_eq!((placements.at_home, placements.items.len()), (14, 14));
/// assert_eq!(format!("{:.2}", exploratory.loadings.as_ref().unwrap().values[0][0]), "0.60");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExploratoryRival<F = Fit> {
    /// The fitted model, named `esem`.
    #[serde(flatten)]
    pub structure: StructureEvidence<F>,
    /// Standardised loadings, items by factors, which have the names of the parts that they were matched to; none of an improper solution.
    pub loadings: Option<LabelledMatrix>,
    /// Items against the parts they were written for; none of an improper solution.
    pub placements: Option<Placements>,
    /// Beside correlated factors; none where one of the two has no proper solution.
    pub against_correlated: Option<AgainstCorrelated>,
}

/// An exploratory structure less the one of correlated factors, on the same answers.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let exploratory = evidence.dimensionality.as_ref().unwrap().exploratory.as_ref().unwrap();
/// let against = exploratory.against_correlated.as_ref().unwrap();
/// // where items may load anywhere, factors correlate less
/// assert_eq!(format!("{:.3} {:.3}", against.mean_correlation, against.mean_correlation_correlated), "0.589 0.628");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AgainstCorrelated {
    /// CFI of the exploratory structure less that of correlated factors, as reported (robust where there is such a version).
    pub cfi: Option<f64>,
    /// The same of RMSEA.
    pub rmsea: Option<f64>,
    /// The same of BIC; none of ordinal items.
    pub bic: Option<f64>,
    /// Mean absolute correlation of the factors where items may load anywhere,
    pub mean_correlation: f64,
    /// and where they load on their own factor only.
    pub mean_correlation_correlated: f64,
}

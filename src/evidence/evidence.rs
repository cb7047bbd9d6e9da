//! The evidence for a construct: every number with its n, its method and its source.

use super::Conclusion;
use super::content::ContentEvidence;
use super::group_invariance::GroupInvariance;
use super::internal_structure::{Aggregation, Hierarchical};
use super::map::EvidenceMap;
use super::overview::Overview;
use super::relations::{HypothesisTally, Relations, TestedHypothesis};
use super::response_process::{CarelessResponding, MissingAnswers};
use super::sensitivity::Sensitivity;
use super::total_score::TotalCaveat;
use crate::construct::{Item, Localized, ResponseScale, Variable};
use crate::data::Ledger;
use crate::error::Warning;
use crate::estimate::{Fit, FitRecord};
use crate::evidence::dimension_evidence::{DimensionEvidence, ItemMatrices, ScaleEvidence};
use crate::evidence::dimensionality::Dimensionality;
use crate::evidence::functioning::DimensionFunctioning;
use crate::evidence::item_response::DimensionItemResponse;
use crate::evidence::structure_evidence::{StructureEvidence, preferred};
use crate::moments::McarTest;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Everything that a validation found, as one value: what the command `validate` prints.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::Validation;
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("d"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "d", "five")))
///     .build()?;
/// let answers = ndarray::array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]];
/// let responses = Responses::builder(&construct).answers(answers).build()?;
/// let evidence = Validation::of(&construct).run(&responses)?;
///
/// // a dimension: its scale, its items, its model
/// let dimension = evidence.dimension("d").unwrap();
/// assert_eq!((evidence.n, dimension.scale.items.len()), (4, 3));
/// assert_eq!(format!("{:.2}", dimension.scale.items[0].mean.unwrap()), "2.50");
/// // each conclusion names its rule and reference; the map says where it stands
/// let conclusion = &evidence.conclusions[0];
/// assert!(!conclusion.rule.is_empty() && !conclusion.reference.is_empty());
/// assert!(evidence.map.entries.iter().any(|entry| entry.conclusions.contains(&0)));
/// assert_eq!(evidence.provenance.version, env!("CARGO_PKG_VERSION"));
/// assert_eq!(evidence.ledger.cells_answered, 12);
/// // as JSON, and back as a record
/// let stored = serde_json::to_string(&evidence).unwrap();
/// let record: psychometrics::evidence::EvidenceRecord = serde_json::from_str(&stored).unwrap();
/// assert_eq!(record.conclusions, evidence.conclusions);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Evidence<F = Fit> {
    /// The construct.
    pub construct: ConstructSummary,
    /// Respondents with an answer to at least one item.
    pub n: usize,
    /// How the numbers were made.
    pub method: Method,
    /// What became of every row and cell.
    pub ledger: Ledger,
    /// One entry per dimension, in the order of the construct.
    pub dimensions: Vec<DimensionEvidence<F>>,
    /// All items that everybody was asked, as one scale; none where nothing can be said of them.
    pub overall: Option<ScaleEvidence>,
    /// Why the sum of all items is no score of one thing; none where nothing speaks against it.
    pub total_caveat: Option<TotalCaveat>,
    /// How much of the sum of all items is due to the construct: of the second-order structure, else of the bifactor
    /// one; none without a proper solution of either.
    pub hierarchical: Option<Hierarchical>,
    /// The rival structures, in the order of the construct file, all fitted to the same rows.
    pub structures: Vec<StructureEvidence<F>>,
    /// Relations of the factors to each other and to other variables.
    pub relations: Relations,
    /// The hypotheses of the construct file, tested.
    pub hypotheses: Vec<TestedHypothesis>,
    /// How many of them were confirmed.
    pub hypothesis_tally: HypothesisTally,
    /// Expert ratings, coders, perspectives.
    pub content: ContentEvidence,
    /// Which answers are missing.
    pub missing: MissingAnswers,
    /// Little's test that answers are missing completely at random, of the items that everybody was asked; none where
    /// nothing is to be tested, or it could not be done (the warnings say why).
    pub mcar: Option<McarTest>,
    /// Who may have answered without reading; none where that could not be looked at (the warnings say why).
    pub careless: Option<CarelessResponding>,
    /// Whether scores may be aggregated to the groups in which respondents are nested; none where the construct file
    /// names no `cluster`.
    pub aggregation: Option<Aggregation>,
    /// What the answers show of dimensions by themselves: how many factors there are, and whether items are where they were
    /// put when nothing holds them there; none where nothing can be said of it (the warnings say so).
    #[serde(default = "Option::default")]
    pub dimensionality: Option<Dimensionality<F>>,
    /// How the answers to the items of each dimension depend on its trait; empty where it was not looked at.
    #[serde(default)]
    pub item_response: Vec<DimensionItemResponse>,
    /// Whether items work alike in groups: by dimension and grouping variable.
    #[serde(default)]
    pub item_functioning: Vec<DimensionFunctioning>,
    /// Whether the items of each dimension mean the same in the groups of each grouping variable.
    pub invariance: Vec<GroupInvariance>,
    /// The same validation without respondents who were flagged, where it was asked for.
    pub sensitivity: Option<Sensitivity>,
    /// Correlations of the items, and what the preferred structure leaves of them; none where no structure was fitted.
    pub item_matrices: Option<ItemMatrices>,
    /// What a reader asks first: may these scores be used, for what, and what stands in the way.
    #[serde(default)]
    pub overview: Overview,
    /// What was gathered of each source of evidence.
    pub map: EvidenceMap,
    /// What follows, in words, with the rule that was applied.
    pub conclusions: Vec<Conclusion>,
    /// Caveats.
    pub warnings: Vec<Warning>,
    /// Where the numbers come from.
    pub provenance: Provenance,
}

/// What is read back from a stored [`Evidence`].
///
/// ```
/// use psychometrics::construct::Construct;
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::{EvidenceRecord, Validation};
///
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let evidence = Validation::of(&construct).run(&Responses::read(&construct)?)?;
/// let stored = serde_json::to_string(&evidence).unwrap();
/// let record: EvidenceRecord = serde_json::from_str(&stored).unwrap();
/// assert_eq!(record.dimensions.len(), evidence.dimensions.len());
/// assert_eq!(serde_json::to_string(&record).unwrap(), stored);
/// # Ok::<(), psychometrics::Error>(())
/// ```
pub type EvidenceRecord = Evidence<FitRecord>;

/// Which construct it is.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let construct = &evidence.construct;
/// assert_eq!(
///     (construct.id.as_str(), construct.version.as_str(), construct.items.len(), construct.scales["agreement"].points.len()),
///     ("professional_conduct", "1.0", 14, 5)
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConstructSummary {
    /// Id.
    pub id: String,
    /// Version of the definition.
    pub version: String,
    /// Title by language.
    pub title: Localized,
    /// Definition by language.
    pub definition: Localized,
    /// Sources of the definition.
    pub sources: Vec<String>,
    /// Items with their wording.
    pub items: Vec<Item>,
    /// Variables with their titles.
    #[serde(default)]
    pub variables: Vec<Variable>,
    /// Response scales by id.
    pub scales: BTreeMap<String, ResponseScale>,
}

/// Choices that hold for all numbers.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// assert_eq!(
///     (evidence.method.missing.as_ref(), evidence.method.level.as_ref()),
///     (
///         "scales: complete cases; models: thresholds and correlations from the answers that are there (pairwise)",
///         "ordinal in the models (scales of fewer than seven points); scores are means of numbers"
///     )
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Method {
    /// How missing answers were treated.
    pub missing: Cow<'static, str>,
    /// How answers were measured.
    pub level: Cow<'static, str>,
    /// How models were fitted.
    pub estimator: Cow<'static, str>,
}

/// Where the numbers come from.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let provenance = &evidence.provenance;
/// assert_eq!(
///     (provenance.seed, provenance.replicates, provenance.data_sha256.as_ref().map(String::len)),
///     (Some(1), Some(100), Some(64))
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Provenance {
    /// Version of this library.
    pub version: Cow<'static, str>,
    /// SHA-256 of the responses; none when they came from memory.
    pub data_sha256: Option<String>,
    /// Seed of random numbers.
    pub seed: Option<u64>,
    /// Samples behind bootstrap intervals.
    pub replicates: Option<usize>,
}

impl Evidence {
    /// A dimension by its id.
    pub fn dimension(&self, id: &str) -> Option<&DimensionEvidence> {
        self.dimensions.iter().find(|d| d.id == id)
    }

    /// The structure with the lowest BIC among those with a proper solution; of ordinal models, which have no
    /// likelihood, the most parsimonious one whose robust RMSEA is not clearly above the lowest.
    pub fn preferred(&self) -> Option<&StructureEvidence> {
        preferred(&self.structures)
    }

    /// A structure by its name.
    pub fn structure(&self, name: &str) -> Option<&StructureEvidence> {
        self.structures.iter().find(|s| s.name == name)
    }
}

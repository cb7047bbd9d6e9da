//! The evidence for a construct: every number with its n, its method and its source.

use super::Conclusion;
use super::content::ContentEvidence;
use super::internal_structure::{Aggregation, Hierarchical, ItemStatistics, OrdinalReliability, Reliability};
use super::map::EvidenceMap;
use super::relations::{HypothesisTally, Relations, TestedHypothesis};
use super::response_process::{CarelessResponding, MissingAnswers};
use super::sensitivity::Sensitivity;
use crate::construct::{AskedOf, Item, Localized, ResponseScale};
use crate::data::Ledger;
use crate::error::Warning;
use crate::estimate::Fit;
use crate::moments::{LabelledMatrix, McarTest};
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything that a validation found, as one value: what the command `validate` prints.
#[derive(Debug, Clone, Serialize)]
pub struct Evidence {
    /// The construct.
    pub construct: ConstructSummary,
    /// Respondents with an answer to at least one item.
    pub n: usize,
    /// How the numbers were made.
    pub method: Method,
    /// What became of every row and cell.
    pub ledger: Ledger,
    /// One entry per dimension, in the order of the construct.
    pub dimensions: Vec<DimensionEvidence>,
    /// All items that everybody was asked, as one scale; none where nothing can be said of them.
    pub overall: Option<ScaleEvidence>,
    /// How much of the sum of all items is due to the construct: of the second-order structure, else of the bifactor
    /// one; none without a proper solution of either.
    pub hierarchical: Option<Hierarchical>,
    /// The rival structures, in the order of the construct file, all fitted to the same rows.
    pub structures: Vec<StructureEvidence>,
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
    /// Who may have answered without reading; none where items are on different scales (the warnings say so).
    pub careless: Option<CarelessResponding>,
    /// Whether scores may be aggregated to the groups in which respondents are nested; none where the construct file
    /// names no `cluster`.
    pub aggregation: Option<Aggregation>,
    /// The same validation without respondents who were flagged, where it was asked for.
    pub sensitivity: Option<Sensitivity>,
    /// Correlations of the items, and what the preferred structure leaves of them; none where no structure was fitted.
    pub item_matrices: Option<ItemMatrices>,
    /// What was gathered of each source of evidence.
    pub map: EvidenceMap,
    /// What follows, in words, with the rule that was applied.
    pub conclusions: Vec<Conclusion>,
    /// Caveats.
    pub warnings: Vec<Warning>,
    /// Where the numbers come from.
    pub provenance: Provenance,
}

/// Which construct it is.
#[derive(Debug, Clone, Serialize)]
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
    /// Response scales by id.
    pub scales: BTreeMap<String, ResponseScale>,
}

/// Choices that hold for all numbers.
#[derive(Debug, Clone, Serialize)]
pub struct Method {
    /// How missing answers were treated.
    pub missing: &'static str,
    /// How answers were measured.
    pub level: &'static str,
    /// How models were fitted.
    pub estimator: &'static str,
}

/// The evidence about one dimension.
#[derive(Debug, Clone, Serialize)]
pub struct DimensionEvidence {
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
    pub structure: Option<StructureEvidence>,
}

/// A facet as a scale.
#[derive(Debug, Clone, Serialize)]
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
#[derive(Debug, Clone, Default, Serialize)]
pub struct ScaleEvidence {
    /// Respondents with complete answers.
    pub n: usize,
    /// Alpha with its intervals; none where it does not exist (the warnings say why).
    pub reliability: Option<Reliability>,
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScoreStatistics {
    /// Mean.
    pub mean: f64,
    /// Standard deviation, divisor N - 1.
    pub sd: f64,
}

/// A scale in one group.
#[derive(Debug, Clone, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemMatrices {
    /// The structure whose residuals stand here.
    pub structure: &'static str,
    /// Observed correlations: polychoric of ordinal items.
    pub correlation: LabelledMatrix,
    /// Observed minus implied correlations.
    pub residual: LabelledMatrix,
}

/// A fitted structure.
#[derive(Debug, Clone, Serialize)]
pub struct StructureEvidence {
    /// `one_factor`, `correlated`, `second_order` or `bifactor`.
    pub name: &'static str,
    /// The model in lavaan syntax.
    pub model: String,
    /// The fit: convergence, parameters, fit measures, warnings.
    #[serde(flatten)]
    pub result: Fit,
}

impl StructureEvidence {
    /// A measure as it is reported: robust where there is such a version, else scaled, else plain.
    pub fn measure(&self, name: &str) -> Option<f64> {
        let of = |suffix: &str| self.result.measure(&format!("{name}{suffix}"));
        of(".robust").or_else(|| of(".scaled")).or_else(|| of(""))
    }
}

/// An RMSEA that is higher by this is clearly so.
pub(crate) const RMSEA_CLEAR: f64 = 0.015;

/// Whether structures have no likelihood to be compared by.
pub(crate) fn are_ordinal(structures: &[StructureEvidence]) -> bool {
    structures.iter().any(|s| s.result.converged && s.result.measure("bic").is_none())
}

/// The structure that is to be preferred among those with a proper solution.
pub(crate) fn preferred(structures: &[StructureEvidence]) -> Option<&StructureEvidence> {
    let proper = || structures.iter().filter(|s| s.result.status.proper());
    if !are_ordinal(structures) {
        let rated = proper().filter_map(|s| Some((s, s.result.measure("bic")?)));
        return rated.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(structure, _)| structure);
    }
    let lowest = proper().filter_map(|s| s.measure("rmsea")).fold(f64::INFINITY, f64::min);
    let near = proper().filter(|s| s.measure("rmsea").is_some_and(|rmsea| rmsea < lowest + RMSEA_CLEAR));
    near.max_by_key(|s| s.result.df())
}

/// Where the numbers come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// Version of this library.
    pub version: &'static str,
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

//! The evidence for a construct: every number with its n, its method and its source.

use super::Conclusion;
use super::content::ContentEvidence;
use super::internal_structure::{Aggregation, Hierarchical, ItemStatistics, OrdinalReliability, Reliability};
use super::map::EvidenceMap;
use super::model_verdict::ModelVerdict;
use super::relations::{HypothesisTally, Relations, TestedHypothesis};
use super::response_process::{CarelessResponding, MissingAnswers};
use super::sensitivity::Sensitivity;
use super::total_score::TotalCaveat;
use crate::construct::{AskedOf, Item, Localized, ResponseScale, Structure};
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
    /// Why the sum of all items is no score of one thing; none where nothing speaks against it.
    pub total_caveat: Option<TotalCaveat>,
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
    /// What its fit measures come to.
    pub verdict: ModelVerdict,
    /// The fit: convergence, parameters, fit measures, warnings.
    #[serde(flatten)]
    pub result: Fit,
}

/// A measure of fit as it is reported: robust where there is such a version, else scaled, else plain.
pub(crate) fn as_reported(fit: &Fit, name: &str) -> Option<f64> {
    let of = |suffix: &str| fit.measure(&format!("{name}{suffix}"));
    of(".robust").or_else(|| of(".scaled")).or_else(|| of(""))
}

impl StructureEvidence {
    pub(crate) fn new(name: &'static str, model: String, result: Fit) -> Self {
        Self { name, model, verdict: ModelVerdict::of(&result), result }
    }

    /// A measure as it is reported: robust where there is such a version, else scaled, else plain.
    pub fn measure(&self, name: &str) -> Option<f64> {
        as_reported(&self.result, name)
    }

    /// Whether two solutions are one model in two guises: as many degrees of freedom and, to the printed decimals, the
    /// same chi-square. Second-order factors over three first-order ones restate their correlations, for instance.
    pub(crate) fn is_equivalent_to(&self, other: &Self) -> bool {
        let chisq = |s: &Self| s.result.measure("chisq");
        self.result.df() == other.result.df()
            && chisq(self)
                .zip(chisq(other))
                .is_some_and(|(a, b)| (a - b).abs() <= SAME_CHISQ * a.max(b).max(1.0))
    }
}

/// An RMSEA that is higher by this is clearly so.
pub(crate) const RMSEA_CLEAR: f64 = 0.015;

/// A difference in chi-square, relative to it, that two searches for the same minimum may leave.
const SAME_CHISQ: f64 = 1e-4;

/// A difference in BIC that is not printed.
const SAME_BIC: f64 = 0.05;

/// Whether structures have no likelihood to be compared by.
pub(crate) fn are_ordinal(structures: &[StructureEvidence]) -> bool {
    structures.iter().any(|s| s.result.converged && s.result.measure("bic").is_none())
}

/// The structure that is to be preferred among those with a proper solution: of equivalent ones the one that claims least,
/// so that no rounding chooses.
pub(crate) fn preferred(structures: &[StructureEvidence]) -> Option<&StructureEvidence> {
    let (criterion, near): (fn(&StructureEvidence) -> Option<f64>, f64) = if are_ordinal(structures) {
        (|s| s.measure("rmsea"), RMSEA_CLEAR)
    } else {
        (|s| s.result.measure("bic"), SAME_BIC)
    };
    let rated = || {
        let proper = structures.iter().filter(|s| s.result.status.proper());
        proper.filter_map(move |s| Some((s, criterion(s)?)))
    };
    let lowest = rated().map(|(_, x)| x).fold(f64::INFINITY, f64::min);
    let near: Vec<&StructureEvidence> = rated().filter(|(_, x)| *x < lowest + near).map(|(s, _)| s).collect();
    let df = near.iter().map(|s| s.result.df()).max()?;
    let chisq = |s: &StructureEvidence| s.result.measure("chisq").unwrap_or(f64::INFINITY);
    let simplest = || near.iter().copied().filter(|s| s.result.df() == df);
    let best = simplest().min_by(|a, b| chisq(a).total_cmp(&chisq(b)))?;
    let claims = |s: &&StructureEvidence| (s.name != Structure::Correlated.name(), s.name);
    simplest().filter(|s| std::ptr::eq(*s, best) || s.is_equivalent_to(best)).min_by_key(claims)
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

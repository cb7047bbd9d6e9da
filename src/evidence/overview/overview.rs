//! The overview: what a reader asks first. Its parts are made in the other files of this folder.

use crate::evidence::standing::Standing;
use serde::{Deserialize, Serialize};

/// A kind of evidence on a score: a column of the overview.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// use psychometrics::evidence::EvidenceKind;
/// let cells = &evidence.overview.scores[1].cells;
/// let alpha = cells.iter().find(|own| own.kind == EvidenceKind::Reliability).unwrap();
/// assert_eq!(format!("{:.2}", alpha.number.unwrap()), "0.84");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EvidenceKind {
    /// How precise the score is: alpha.
    Reliability,
    /// Whether its items belong to it: the lowest corrected item-total correlation.
    Items,
    /// Whether it is one thing: CFI of its model, of the construct that of the preferred structure.
    Structure,
    /// Whether it means the same in groups: ladders of invariance that hold, of all.
    Comparability,
    /// Whether it goes with criteria and outcomes: the largest correlation; of the construct hypotheses confirmed, of those
    /// tested.
    Relations,
    /// Whether experts find its items relevant: the mean share of them that does (S-CVI/Ave).
    Content,
    /// Whether stakeholders recognise it: groups of which half raise it, of all; of the construct dimensions.
    Perspectives,
}

/// A cell of the overview.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// use psychometrics::evidence::{EvidenceKind, Standing};
/// let cells = &evidence.overview.scores[1].cells;
/// let comparability = cells.iter().find(|own| own.kind == EvidenceKind::Comparability).unwrap();
/// // ladders of invariance that hold, of all
/// assert_eq!(
///     (comparability.number, comparability.of, comparability.standing == Standing::Supported),
///     (Some(2.0), Some(2), true)
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OverviewCell {
    /// Which kind of evidence.
    pub kind: EvidenceKind,
    /// What it comes to.
    pub standing: Standing,
    /// The number that says most; none where there is none.
    pub number: Option<f64>,
    /// Of how many, where the number is a count.
    pub of: Option<usize>,
}

/// What a score may be used for.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// use psychometrics::evidence::Usability;
/// let decisions = evidence.overview.scores.iter().filter(|own| own.usability == Usability::Persons);
/// // alpha of .90 and more is needed for decisions about persons
/// assert_eq!(decisions.count(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Usability {
    /// Decisions about persons, and comparing groups: as for groups, with an alpha of .90 over its interval.
    Persons,
    /// Comparing groups: reliable, one thing, its items belong to it and mean the same in the groups, and nothing that was
    /// gathered speaks against it.
    Groups,
    /// Describing and comparing groups, minding what stands in the way: reliable and one thing, with evidence of another kind
    /// that is against it or not there.
    GroupsWithCare,
    /// Reliability or structure leave it open.
    Open,
    /// It is not reliable, or not one thing.
    NotYet,
}

/// A score, and what may be done with it.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let score = &evidence.overview.scores[1];
/// assert_eq!((score.about.as_str(), score.in_the_way.len(), score.cells.len()), ("methodical", 0, 7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScoreUse {
    /// Id of the dimension, or of the construct (the sum of all its items).
    pub about: String,
    /// What it may be used for.
    pub usability: Usability,
    /// The kinds of evidence that limit this.
    pub in_the_way: Vec<EvidenceKind>,
    /// By kind of evidence, in their order.
    pub cells: Vec<OverviewCell>,
}

/// A finding, or something to do, in plain words.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let remark = &evidence.overview.findings[0];
/// assert!(!remark.text.is_empty() && !remark.text_nl.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Remark {
    /// What it comes to.
    pub standing: Standing,
    /// In English.
    pub text: String,
    /// In Dutch.
    pub text_nl: String,
}

/// What a reader asks first.
///
/// ```
/// use psychometrics::construct::Construct;
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::{Usability, Validation};
///
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let evidence = Validation::of(&construct).run(&Responses::read(&construct)?)?;
/// let methodical = evidence.overview.scores.iter().find(|own| own.about == "methodical").unwrap();
/// assert_eq!(methodical.usability, Usability::GroupsWithCare);
/// assert!((3..=7).contains(&evidence.overview.findings.len()));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Overview {
    /// The dimensions in their order, and the whole construct where it has more than one.
    pub scores: Vec<ScoreUse>,
    /// Up to seven findings.
    pub findings: Vec<Remark>,
    /// What to do next.
    pub next_steps: Vec<Remark>,
}

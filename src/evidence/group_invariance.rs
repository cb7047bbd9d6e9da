//! Whether a dimension's items mean the same in the groups of a variable, as a validation examines it.

use super::internal_structure::{InvarianceStudy, Level, PooledBias, RungVerdict};
use serde::{Deserialize, Serialize};

/// A dimension over the groups of a variable.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let found = &evidence.invariance[1];
/// assert_eq!((found.dimension.as_str(), found.group.as_str(), found.left_out.len()), ("methodical", "role", 1));
/// assert_eq!(found.study.as_ref().unwrap().groups, ["client_manager", "manager"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupInvariance {
    /// The dimension.
    pub dimension: String,
    /// The grouping variable.
    pub group: String,
    /// Groups that took no part, with their respondents: fewer than 50, or with items that do not vary there.
    pub left_out: Vec<(String, usize)>,
    /// The ladder; none where fewer than two groups are large enough, or it could not be made.
    pub study: Option<InvarianceStudy>,
    /// One model of all respondents instead, where groups are too small.
    pub pooled: Option<PooledBias>,
    /// Why there is no ladder.
    pub reason: Option<String>,
}

/// What a ladder comes to for the comparison of means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparability {
    /// Loadings and intercepts are equal.
    Full,
    /// Some differ, and enough items carry the comparison.
    Partial,
    /// The rules disagree, and no item is named.
    Disputed,
    /// Too few items are the same, or a step fails and no item is named.
    Not,
    /// Nothing can be said.
    Unknown,
}

impl GroupInvariance {
    /// What the ladder comes to.
    pub(crate) fn comparability(&self) -> Comparability {
        let Some(study) = &self.study else { return Comparability::Unknown };
        let Some(partial) = study.partial.as_ref().filter(|own| own.converged) else {
            return Comparability::Unknown;
        };
        let means = |kind: Level| matches!(kind, Level::Thresholds | Level::Metric | Level::Scalar);
        let verdicts: Vec<RungVerdict> =
            study.comparisons.iter().filter(|own| means(own.kind)).map(|own| own.verdict).collect();
        let enough = partial.anchors.iter().all(|own| own.comparable);
        let differs = !partial.released.is_empty();
        match () {
            () if differs && !enough => Comparability::Not,
            () if verdicts.is_empty() || verdicts.contains(&RungVerdict::Unknown) => Comparability::Unknown,
            () if differs => Comparability::Partial,
            () if verdicts.iter().all(|own| *own == RungVerdict::Holds) => Comparability::Full,
            () if verdicts.contains(&RungVerdict::Fails) => Comparability::Not,
            () => Comparability::Disputed,
        }
    }
}

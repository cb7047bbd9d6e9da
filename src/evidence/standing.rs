//! What the evidence on a topic comes to, and the facts that it is judged by.

use super::conclusion::{Conclusion, Verdict};
use super::relations::{CriterionRelation, HypothesisTally};
use crate::evidence::dimension_evidence::DimensionEvidence;
use crate::evidence::group_invariance::GroupInvariance;
use crate::evidence::structure_evidence::StructureEvidence;
use serde::{Deserialize, Serialize};

/// What the evidence on a topic comes to.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// use psychometrics::evidence::Standing;
/// let open = evidence.map.entries.iter().filter(|own| own.standing == Standing::NotExamined);
/// // topics on which nothing was gathered
/// assert_eq!(
///     open.map(|own| own.topic.as_ref()).collect::<Vec<&str>>(),
///     ["Relevance to experts", "Items sorted by judges", "Perspectives of stakeholders", "Cognitive interviews"]
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Standing {
    /// Every rule that decides is met.
    Supported,
    /// Some rules are met, some are not.
    Mixed,
    /// No rule that decides is met.
    NotSupported,
    /// There is evidence that decides nothing.
    Open,
    /// No evidence was gathered.
    NotExamined,
}

impl Standing {
    /// From the verdicts of conclusions.
    pub(super) fn of(verdicts: impl Iterator<Item = Verdict>) -> Self {
        let (mut yes, mut no, mut any) = (false, false, false);
        for verdict in verdicts {
            any = true;
            yes |= matches!(verdict, Verdict::Supported | Verdict::Mixed);
            no |= matches!(verdict, Verdict::NotSupported | Verdict::Mixed);
        }
        match (any, yes, no) {
            (false, ..) => Standing::NotExamined,
            (_, true, true) => Standing::Mixed,
            (_, true, false) => Standing::Supported,
            (_, false, true) => Standing::NotSupported,
            (_, false, false) => Standing::Open,
        }
    }
}

/// What the evidence map and the ratings of COSMIN are made of.
pub(crate) struct Facts<'a> {
    pub(crate) conclusions: &'a [Conclusion],
    /// Topics with the reason why their evidence is missing.
    pub(crate) gaps: Vec<(&'static str, String)>,
    pub(crate) dimensions: &'a [DimensionEvidence],
    pub(crate) preferred: Option<&'a StructureEvidence>,
    pub(crate) tally: &'a HypothesisTally,
    pub(crate) criterion: &'a [CriterionRelation],
    /// Whether careless answers were looked for.
    pub(crate) careless: bool,
    pub(crate) invariance: &'a [GroupInvariance],
}

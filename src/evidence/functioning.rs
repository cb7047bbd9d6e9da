//! Differential item functioning of a dimension.

use super::internal_structure::ItemFunctioning;
use crate::irt::Functioning;
use serde::{Deserialize, Serialize};

/// Whether the items of a dimension work alike in the groups of a variable, by two methods.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let found = &evidence.item_functioning[0];
/// assert_eq!(
///     (found.dimension.as_str(), found.result.variable.as_str(), found.result.items.len()),
///     ("knowledge", "role", 9)
/// );
/// // by the sum of the items, and by the trait
/// assert_eq!(
///     (found.by_score("kn_use_1"), found.by_trait("kn_use_1"), found.disagreements.len()),
///     (Some(false), Some(false), 0)
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DimensionFunctioning {
    /// The dimension.
    pub dimension: String,
    /// The comparison: logistic, matched on the sum of the items without those named (purified).
    #[serde(flatten)]
    pub result: ItemFunctioning,
    /// The same by an item response model (graded), matched on the trait: likelihood ratio tests with purified anchors and Holm's
    /// adjustment; none with its reason in `by_model_reason`.
    #[serde(default)]
    pub by_model: Option<Functioning>,
    /// Why there is no comparison by a model.
    #[serde(default)]
    pub by_model_reason: Option<String>,
    /// Items that differ moderately or largely by one of the two methods, and not by the other.
    #[serde(default)]
    pub disagreements: Vec<String>,
}

impl DimensionFunctioning {
    pub(crate) fn new(
        dimension: &str,
        result: ItemFunctioning,
        by_model: Result<Functioning, String>,
    ) -> Self {
        let (by_model, by_model_reason) = match by_model {
            Ok(found) => (Some(found), None),
            Err(reason) => (None, Some(reason)),
        };
        let mut own = Self {
            dimension: dimension.into(),
            result,
            by_model,
            by_model_reason,
            disagreements: Vec::new(),
        };
        let differs =
            |item: &&str| own.by_score(item).is_some_and(|by_score| Some(by_score) != own.by_trait(item));
        let compared = own.result.items.iter().map(|item| item.item.as_str());
        let comparable = compared.filter(|item| own.by_trait(item).is_some());
        own.disagreements = comparable.filter(differs).map(String::from).collect();
        own
    }

    /// Whether an item differs moderately or largely by the logistic regression; none where it could not be tested.
    pub fn by_score(&self, item: &str) -> Option<bool> {
        let own = self.result.items.iter().find(|own| own.item == item)?;
        own.class.map(|class| own.is_named && class != 'A')
    }

    /// The same by the item response model.
    pub fn by_trait(&self, item: &str) -> Option<bool> {
        let own = self.by_model.as_ref()?.items.iter().find(|own| own.item == item)?;
        own.class.map(|class| class != 'A')
    }
}

//! Differential item functioning of a dimension.

use super::internal_structure::ItemFunctioning;
use serde::{Deserialize, Serialize};

/// Whether the items of a dimension work alike in the groups of a variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DimensionFunctioning {
    /// The dimension.
    pub dimension: String,
    /// The comparison: logistic, matched on the sum of the items without those named (purified).
    #[serde(flatten)]
    pub result: ItemFunctioning,
}

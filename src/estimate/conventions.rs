//! Whose conventions hold where programs differ.

use serde::{Deserialize, Serialize};

/// Whose numerical conventions the measures follow where programs differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conventions {
    /// lavaan 0.6-14: `srmr` is Bentler's.
    #[default]
    Lavaan,
    /// Mplus 8: `srmr` is Mplus's.
    Mplus,
}

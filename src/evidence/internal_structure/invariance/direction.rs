//! From which side parameters that differ are searched for.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// From which side parameters that differ are searched for.
///
/// ```
/// use psychometrics::evidence::internal_structure::SearchDirection;
/// assert_eq!("backward".parse(), Ok(SearchDirection::Backward));
/// assert_eq!(SearchDirection::default().to_string(), "forward");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SearchDirection {
    /// From the model in which everything is equal: equalities are given up, the worst first.
    #[default]
    Forward,
    /// From the model in which nothing is: equalities are added, the least significant first.
    Backward,
}

impl SearchDirection {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Forward, Self::Backward];
}

impl fmt::Display for SearchDirection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Forward => "forward",
            Self::Backward => "backward",
        })
    }
}

impl FromStr for SearchDirection {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("direction of the search", Self::ALL, text)
    }
}

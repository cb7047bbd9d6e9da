//! How a correlation with an ordinal variable is estimated.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How a correlation with an ordinal variable is estimated.
///
/// ```
/// use psychometrics::correlation::Method;
/// assert_eq!("two-step".parse(), Ok(Method::TwoStep));
/// assert_eq!(Method::TwoStep.to_string(), "two-step");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// Thresholds from each variable by itself, then the correlation of each pair.
    #[default]
    TwoStep,
    /// Thresholds and correlation of each pair together.
    MaximumLikelihood,
}

impl Method {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::TwoStep, Self::MaximumLikelihood];
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Method::TwoStep => "two-step",
            Method::MaximumLikelihood => "ml",
        })
    }
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("method", Self::ALL, text)
    }
}

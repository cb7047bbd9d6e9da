//! What is done about missing answers.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which rows take part when answers are missing.
///
/// ```
/// use psychometrics::moments::Missing;
/// assert_eq!("fiml".parse(), Ok(Missing::Fiml));
/// assert_eq!(Missing::Fiml.to_string(), "fiml");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Missing {
    /// Rows without a missing value.
    Listwise,
    /// For each pair of variables the rows that have both. The matrix need not be positive definite.
    Pairwise,
    /// Every row with any value, by the likelihood of the values it has (full-information maximum likelihood). Of
    /// moments by themselves the counts are those of `Pairwise`.
    Fiml,
    /// The same with fixed covariates whose moments are those of the saturated model: a row without one of them counts too.
    #[serde(rename = "fiml.x")]
    FimlX,
    /// The moments of the saturated model by maximum likelihood first, the model to them afterwards; the missing
    /// values widen standard errors and scale the test (Yuan & Bentler 2000; Savalei & Bentler 2009).
    #[serde(rename = "two.stage")]
    TwoStage,
    /// The same without assuming normality (Savalei & Falk 2014).
    #[serde(rename = "robust.two.stage")]
    RobustTwoStage,
}

impl Missing {
    /// Whether a row counts only when it is complete.
    pub(crate) fn is_listwise(self) -> bool {
        self == Missing::Listwise
    }

    /// Whether a likelihood of incomplete rows is maximised, of the model or before it.
    pub(crate) fn is_likelihood(self) -> bool {
        self.is_full_information() || self.is_two_stage()
    }

    /// Whether every row counts by the likelihood of its answers.
    pub(crate) fn is_full_information(self) -> bool {
        matches!(self, Missing::Fiml | Missing::FimlX)
    }

    /// Whether the saturated moments of incomplete rows come first.
    pub(crate) fn is_two_stage(self) -> bool {
        matches!(self, Missing::TwoStage | Missing::RobustTwoStage)
    }
}

impl Missing {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] =
        &[Self::Listwise, Self::Pairwise, Self::Fiml, Self::FimlX, Self::TwoStage, Self::RobustTwoStage];
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Missing::Listwise => "listwise",
            Missing::Pairwise => "pairwise",
            Missing::Fiml => "fiml",
            Missing::FimlX => "fiml.x",
            Missing::TwoStage => "two.stage",
            Missing::RobustTwoStage => "robust.two.stage",
        })
    }
}

impl FromStr for Missing {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        // lavaan's older names of full information
        match text.to_ascii_lowercase().as_str() {
            "ml" => Ok(Missing::Fiml),
            "ml.x" => Ok(Missing::FimlX),
            _ => chosen("treatment of missing answers", Self::ALL, text),
        }
    }
}

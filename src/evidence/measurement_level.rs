//! What the answers are taken for in the models.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What the answers are taken for in the models.
///
/// ```
/// use psychometrics::evidence::MeasurementLevel;
/// assert_eq!("by-scale".parse(), Ok(MeasurementLevel::ByScale));
/// assert_eq!(MeasurementLevel::ByScale.to_string(), "by-scale");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MeasurementLevel {
    /// Ordinal where an item's scale has fewer than seven points with whole numbers, else numbers with equal steps
    /// (Rhemtulla, Brosseau-Liard & Savalei 2012).
    #[default]
    ByScale,
    /// Ordinal: weighted least squares of polychoric correlations (WLSMV).
    Ordinal,
    /// Numbers with equal steps: maximum likelihood.
    Continuous,
}

impl MeasurementLevel {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::ByScale, Self::Ordinal, Self::Continuous];
}

impl fmt::Display for MeasurementLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            MeasurementLevel::ByScale => "by-scale",
            MeasurementLevel::Ordinal => "ordinal",
            MeasurementLevel::Continuous => "continuous",
        })
    }
}

impl FromStr for MeasurementLevel {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("measurement level", Self::ALL, text)
    }
}

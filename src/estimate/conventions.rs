//! Whose conventions hold where programs differ.

use serde::{Deserialize, Serialize};

/// Whose numerical conventions the measures follow where programs differ.
///
/// ```
/// use psychometrics::estimate::Conventions;
/// assert_eq!("mplus".parse(), Ok(Conventions::Mplus));
/// assert_eq!(Conventions::Mplus.to_string(), "mplus");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Conventions {
    /// lavaan 0.6-14: `srmr` is Bentler's.
    #[default]
    Lavaan,
    /// Mplus 8: `srmr` is Mplus's.
    Mplus,
}

/// Which moments whiten, and from where cases deviate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// The moments that the model implies.
    Model,
    /// The observed moments.
    Sample,
    /// The observed moments, with the fixed covariates held at their values: what they predict does not
    /// vary.
    SampleGivenCovariates,
}

/// Where the normal-theory weight of robust statistics is taken.
pub(crate) fn metric(conventions: Conventions) -> At {
    match conventions {
        Conventions::Lavaan => At::Model,
        Conventions::Mplus => At::Sample,
    }
}

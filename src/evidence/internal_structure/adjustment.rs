//! What is done about the number of tests when the worst of many is named.

use crate::error::{Error, Result, chosen};
use crate::numeric::multiple_tests::{benjamini_hochberg, holm};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What is done about the number of tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Adjustment {
    /// The chance of any false alarm (Holm 1979).
    #[default]
    Holm,
    /// The share of false alarms among what is named (Benjamini & Hochberg 1995).
    BenjaminiHochberg,
    /// Nothing: each test by itself.
    None,
}

impl Adjustment {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Holm, Self::BenjaminiHochberg, Self::None];

    /// p-values of all tests, adjusted; one that was not made does not count.
    pub(crate) fn of(self, pvalues: &[Option<f64>]) -> Vec<Option<f64>> {
        match self {
            Adjustment::Holm => holm(pvalues),
            Adjustment::BenjaminiHochberg => benjamini_hochberg(pvalues),
            Adjustment::None => pvalues.to_vec(),
        }
    }
}

impl fmt::Display for Adjustment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Adjustment::Holm => "holm",
            Adjustment::BenjaminiHochberg => "bh",
            Adjustment::None => "none",
        })
    }
}

impl FromStr for Adjustment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("adjustment", Self::ALL, text)
    }
}

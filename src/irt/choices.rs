//! What can be chosen of an item response model, by name.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How standard errors come about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ItemStandardErrors {
    /// From the observed information, by Oakes' identity (1999): the derivative of the gradient of the expected
    /// complete-data log-likelihood.
    #[default]
    Oakes,
    /// From the observed information of the patterns. The same matrix.
    Observed,
    /// A^-1 B A^-1, with A the observed information and B the sum of outer products of the scores; the one to take with
    /// sampling weights.
    Sandwich,
    /// From the sum of outer products of the scores.
    Crossproduct,
    /// None.
    None,
}

impl ItemStandardErrors {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] =
        &[Self::Oakes, Self::Observed, Self::Sandwich, Self::Crossproduct, Self::None];
}

impl fmt::Display for ItemStandardErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Oakes => "oakes",
            Self::Observed => "observed",
            Self::Sandwich => "sandwich",
            Self::Crossproduct => "crossproduct",
            Self::None => "none",
        })
    }
}

impl FromStr for ItemStandardErrors {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("kind of standard errors", Self::ALL, text)
    }
}

/// How the trait of a respondent is estimated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TraitEstimator {
    /// Mean of the posterior distribution (Bock & Mislevy 1982).
    #[default]
    Eap,
    /// Its mode.
    Map,
    /// Maximum likelihood; none where all answers are the lowest, or all the highest.
    Ml,
    /// Weighted likelihood: maximum of log L + log(I) / 2 (Warm 1989; Jeffreys' prior).
    Wle,
}

impl TraitEstimator {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Eap, Self::Map, Self::Ml, Self::Wle];
}

impl fmt::Display for TraitEstimator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Eap => "eap",
            Self::Map => "map",
            Self::Ml => "ml",
            Self::Wle => "wle",
        })
    }
}

impl FromStr for TraitEstimator {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("estimator of scores", Self::ALL, text)
    }
}

/// At which nodes is integrated over the traits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Integration {
    /// Equally spaced nodes, the same for all respondents; up to three traits (or a bifactor structure).
    #[default]
    Grid,
    /// Gauss-Hermite nodes where the posterior of each respondent is (Schilling & Bock 2005); up to three traits.
    Adaptive,
}

impl Integration {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Grid, Self::Adaptive];
}

impl fmt::Display for Integration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Grid => "grid",
            Self::Adaptive => "adaptive",
        })
    }
}

impl FromStr for Integration {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("integration", Self::ALL, text)
    }
}

/// What is equal in all groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum GroupEquality {
    /// Slopes (and scores of a nominal model).
    Slopes,
    /// Intercepts and asymptotes.
    Intercepts,
    /// Means of the trait.
    Means,
    /// Variances of the trait.
    Variances,
}

impl GroupEquality {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Slopes, Self::Intercepts, Self::Means, Self::Variances];
}

impl fmt::Display for GroupEquality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Slopes => "slopes",
            Self::Intercepts => "intercepts",
            Self::Means => "means",
            Self::Variances => "variances",
        })
    }
}

impl FromStr for GroupEquality {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("equality between groups", Self::ALL, text)
    }
}

/// A normal prior on the logit of an asymptote.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LogitPrior {
    /// Mean of the logit.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
}

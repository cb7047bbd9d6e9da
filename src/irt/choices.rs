//! What can be chosen of an item response model, by name.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How standard errors come about.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel, ItemStandardErrors};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// use ItemStandardErrors::{Crossproduct, Oakes, Sandwich};
/// let se = |kind| -> psychometrics::Result<f64> {
///     let fit = Irt::new(ItemModel::TwoParameter).standard_errors(kind).fit(&data, &items)?;
///     Ok(fit.items[0].se.slopes[0].unwrap())
/// };
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", se(Oakes)?, se(Sandwich)?, se(Crossproduct)?),
///     "0.258 0.268 0.254"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
///
/// ```
/// use psychometrics::irt::{ItemBank, ItemModel, ItemParameters, TraitEstimator};
///
/// let item = |name: &str, d: f64| ItemParameters::new(name, ItemModel::TwoParameter, [1.5], [d]);
/// let bank = ItemBank::new([item("x1", 1.0)?, item("x2", 0.0)?, item("x3", -1.0)?])?;
/// use TraitEstimator::{Eap, Map, Ml, Wle};
/// let score = |method| bank.score(&[("x1", 1.0), ("x2", 1.0), ("x3", 0.0)], method).map(|own| own.value.unwrap());
/// // a prior draws to the middle
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3} {:.3}", score(Eap)?, score(Map)?, score(Wle)?, score(Ml)?),
///     "0.334 0.308 0.425 0.535"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Integration, Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let logl = |kind| -> psychometrics::Result<f64> {
///     Ok(Irt::new(ItemModel::TwoParameter).fit_statistics(false).integration(kind).fit(&data, &items)?.logl)
/// };
/// assert_eq!(format!("{:.3} {:.3}", logl(Integration::Grid)?, logl(Integration::Adaptive)?), "-2466.653 -2466.653");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Integration {
    /// Equally spaced nodes, the same for all respondents; up to three traits (or a bifactor structure).
    #[default]
    Grid,
    /// Gauss-Hermite nodes where the posterior of each respondent is (Schilling & Bock 2005); up to three traits.
    Adaptive,
    /// Quasi-random nodes where the posterior of each respondent is, for four traits and more: radii of a Gauss rule, and on
    /// each directions from Halton's sequence (Genz & Monahan 1998; Jank 2005). The same nodes every time. Six traits of 24
    /// items and 500 respondents take some 15 seconds.
    Qmc,
}

impl Integration {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Grid, Self::Adaptive, Self::Qmc];
}

impl fmt::Display for Integration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Grid => "grid",
            Self::Adaptive => "adaptive",
            Self::Qmc => "qmc",
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
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{GroupEquality, Irt};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let items = ["a1", "a2", "a3", "a4"];
/// let npar = |equal: &[GroupEquality]| -> psychometrics::Result<usize> {
///     let own = Irt::default().fit_statistics(false).group("group").equal(equal.iter().copied());
///     Ok(own.fit(&data, &items)?.npar)
/// };
/// // four slopes and sixteen intercepts of both groups, or of each; mean and variance of the second
/// assert_eq!(npar(&[GroupEquality::Slopes, GroupEquality::Intercepts])?, 22);
/// assert_eq!(npar(&[])?, 40);
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel, LogitPrior};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// // one in five guesses right, give or take
/// let prior = LogitPrior { mean: (0.2f64 / 0.8).ln(), sd: 0.5 };
/// let fit = Irt::new(ItemModel::ThreeParameter).prior_guessing(prior).fit(&data, &items)?;
/// assert_eq!(format!("{:.2}", fit.items[0].guessing.unwrap()), "0.20");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LogitPrior {
    /// Mean of the logit.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
}

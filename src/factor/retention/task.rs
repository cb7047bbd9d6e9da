//! What is asked of a study of the number of factors.

use crate::data::Progress;
use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What parallel analysis draws.
///
/// ```
/// use psychometrics::factor::{Draws, Retention};
///
/// let study = Retention::default().draws(Draws::Permuted);
/// # let _ = study;
/// assert_eq!("permuted".parse(), Ok(Draws::Permuted));
/// assert_eq!(Draws::default().to_string(), "normal");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Draws {
    /// Uncorrelated normal variables (Horn 1965).
    #[default]
    Normal,
    /// The answers themselves, each item shuffled by itself: distributions and categories stay (Buja & Eyuboglu 1992).
    Permuted,
}

impl Draws {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Normal, Self::Permuted];
}

impl fmt::Display for Draws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Normal => "normal",
            Self::Permuted => "permuted",
        })
    }
}

impl FromStr for Draws {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("kind of draws", Self::ALL, text)
    }
}

/// Of which correlations the number of factors is asked.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::{Basis, Retention};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names: Vec<String> = ["a", "b", "c"].iter().flat_map(|own| (1..=4).map(move |i| format!("{own}{i}"))).collect();
/// let first = |basis| -> psychometrics::Result<f64> {
///     let study = Retention::default().basis(basis).replications(20).of(&names, data.numeric(&names)?.view())?;
///     Ok(study.eigenvalues[0])
/// };
/// // what lies behind the categories correlates more than they do
/// assert_eq!(format!("{:.2} {:.2}", first(Basis::Pearson)?, first(Basis::Polychoric)?), "3.64 4.09");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Product-moment correlations of the answers.
    #[default]
    Pearson,
    /// Of the normal variables behind ordinal answers.
    Polychoric,
}

impl Basis {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Pearson, Self::Polychoric];
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pearson => "pearson",
            Self::Polychoric => "polychoric",
        })
    }
}

impl FromStr for Basis {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("kind of correlation", Self::ALL, text)
    }
}

/// A study of the number of factors.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::{Retention, Rule};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().of(&names, data.numeric(&names)?.view())?;
/// assert_eq!(study.suggestion(Rule::Parallel), Some(3));
/// assert_eq!(study.recommendation.factors, Some(3));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Retention {
    pub(crate) basis: Basis,
    pub(crate) draws: Draws,
    pub(crate) replications: usize,
    pub(crate) seed: u64,
    pub(crate) quantile: f64,
    pub(crate) most: Option<usize>,
    pub(crate) comparison: usize,
    #[serde(skip)]
    pub(crate) progress: Progress,
}

impl Default for Retention {
    /// Pearson's correlations, normal draws, 1,000 replications under seed 1, the 95 % quantile.
    fn default() -> Self {
        Self {
            basis: Basis::default(),
            draws: Draws::default(),
            replications: 1000,
            seed: 1,
            quantile: 0.95,
            most: None,
            comparison: 0,
            progress: Progress::default(),
        }
    }
}

impl Retention {
    /// Of which correlations.
    #[must_use]
    pub fn basis(mut self, basis: Basis) -> Self {
        self.basis = basis;
        self
    }

    /// What parallel analysis draws; polychoric correlations are always compared with those of shuffled answers.
    #[must_use]
    pub fn draws(mut self, draws: Draws) -> Self {
        self.draws = draws;
        self
    }

    /// Simulated samples (default 1,000).
    #[must_use]
    pub fn replications(mut self, replications: usize) -> Self {
        self.replications = replications;
        self
    }

    /// Seed of the simulated samples (default 1); the same at any number of threads.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The quantile of simulated eigenvalues that a factor must exceed (default .95; Glorfeld 1995).
    #[must_use]
    pub fn quantile(mut self, quantile: f64) -> Self {
        self.quantile = quantile;
        self
    }

    /// The most factors that are fitted (default: two more than the rules on eigenvalues find).
    #[must_use]
    pub fn most(mut self, factors: usize) -> Self {
        self.most = Some(factors);
        self
    }

    /// Samples of comparison data (Ruscio & Roche 2012, who take 500), which the rule of that name compares with the answers; it is
    /// asked for by this, since it takes some seconds (default 0: not asked). They are of Pearson's correlations of the answers,
    /// whatever the others are of: their categories are those of the answers.
    #[must_use]
    pub fn comparison_data(mut self, samples: usize) -> Self {
        self.comparison = samples;
        self
    }

    /// Who is told of each replication, and may stop it.
    #[must_use]
    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    pub(super) fn check(&self) -> Result<()> {
        let bad = |option: &str, value: String, allowed: &str| {
            Err(Error::BadOption { option: option.into(), value, allowed: allowed.into() })
        };
        if self.replications < 2 {
            return bad(
                "replications",
                self.replications.to_string(),
                "at least 2, and 1,000 to rely on them",
            );
        }
        if self.comparison == 1 {
            return bad(
                "samples of comparison data",
                "1".into(),
                "0 for none, or at least 2, and 500 to rely on them",
            );
        }
        if !(self.quantile > 0.0 && self.quantile < 1.0) {
            return bad("quantile", self.quantile.to_string(), "between 0 and 1, such as .95");
        }
        Ok(())
    }
}

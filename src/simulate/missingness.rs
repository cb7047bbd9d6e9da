//! Which answers are left out.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// Why answers are missing.
///
/// ```
/// use psychometrics::simulate::{Missingness, Population};
///
/// let population = Population::of(&"f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4".parse()?)?;
/// let gaps = population.missing(Missingness::CompletelyAtRandom { share: 0.2 })?.dataset(1000, 7)?;
/// // 20 % of 1,000, but for chance
/// assert_eq!(gaps.missing_count("x1")?, 177);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Missingness {
    /// Completely at random: every answer with the same probability.
    CompletelyAtRandom {
        /// That probability.
        share: f64,
    },
    /// At random given a variable, which is always answered: with probability 2 share Phi(z) of the others, z
    /// being its standardised value. The mean probability is `share`.
    AtRandom {
        /// Mean probability, at most 0.5.
        share: f64,
        /// The variable.
        given: String,
    },
}

impl Missingness {
    pub(super) fn share(&self) -> f64 {
        match self {
            Missingness::CompletelyAtRandom { share } | Missingness::AtRandom { share, .. } => *share,
        }
    }

    /// Probability that an answer is missing where the given variable is z standard deviations above its mean.
    pub(super) fn probability(&self, z: f64) -> f64 {
        match self {
            Missingness::CompletelyAtRandom { share } => *share,
            Missingness::AtRandom { share, .. } => 2.0 * share * Normal::standard().cdf(z),
        }
    }
}

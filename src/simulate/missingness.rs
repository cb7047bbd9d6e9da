//! Which answers are left out.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// Why answers are missing.
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

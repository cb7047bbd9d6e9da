//! `adaptive` and `link`: what is made of stored item parameters.

use super::choice::one_of;
use super::output::OutputOptions;
use super::values::{range, samples};
use clap::Args;
use psychometrics::irt::{LinkingMethod, TraitEstimator};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct AdaptiveOptions {
    /// Item parameters: the JSON of `irt` (irt DATA --format json)
    #[arg(value_name = "PARAMETERS.json")]
    pub(crate) parameters: PathBuf,
    /// The dimension, where the file holds several
    #[arg(long, value_name = "ID")]
    pub(crate) dimension: Option<String>,
    /// The standard error at which a test ends
    #[arg(long, value_name = "SE", default_value_t = 0.3)]
    pub(crate) precision: f64,
    /// The fewest items of a test
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub(crate) least: usize,
    /// The most items of a test [default: all]
    #[arg(long, value_name = "K")]
    pub(crate) most: Option<usize>,
    /// How tests are scored; a posterior mean (eap) of few items is drawn to the middle
    #[arg(long, value_parser = one_of(TraitEstimator::ALL), default_value = "wle")]
    pub(crate) scores: TraitEstimator,
    /// Levels of the trait at which tests are simulated: LOW..HIGH, by a half
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true, default_value = "-3..3")]
    pub(crate) range: (f64, f64),
    /// Simulated tests at each level
    #[arg(long, value_name = "R", value_parser = samples, default_value = "500")]
    pub(crate) replications: usize,
    /// Seed of the tests
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Args)]
pub(crate) struct LinkOptions {
    /// Item parameters of the form whose scale is kept: the JSON of `irt`
    #[arg(value_name = "A.json")]
    pub(crate) first: PathBuf,
    /// Item parameters of the form that is brought to that scale; items of the same name are common
    #[arg(value_name = "B.json")]
    pub(crate) second: PathBuf,
    /// The dimension, where the files hold several
    #[arg(long, value_name = "ID")]
    pub(crate) dimension: Option<String>,
    /// How the line is found
    #[arg(long, value_parser = one_of(LinkingMethod::ALL), default_value = "stocking-lord")]
    pub(crate) method: LinkingMethod,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

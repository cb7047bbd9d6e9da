//! `align`.

use super::choice::{Choice, explained, value};
use super::output::OutputOptions;
use super::validate::language;
use super::values::samples;
use clap::Args;
use psychometrics::evidence::internal_structure::AlignmentMeans;
use psychometrics::report::Language;
use std::path::PathBuf;

/// How a loss is made least.
#[derive(Debug, Args)]
pub(crate) struct LossOptions {
    /// How means are identified while the loss is searched
    #[arg(long, value_parser = means(), default_value = "fixed")]
    pub(crate) identification: AlignmentMeans,
    /// The e of (x^2 + e)^(1/4), at which a difference becomes one
    #[arg(long, value_name = "E", default_value_t = 0.001)]
    pub(crate) epsilon: f64,
    /// Starts of the search for the least loss
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub(crate) alignment_starts: usize,
    /// Seed of these starts
    #[arg(long, default_value_t = 1)]
    pub(crate) alignment_seed: u64,
    /// Check the alignment by this many samples from its solution, aligned again
    #[arg(long, value_name = "N", value_parser = samples)]
    pub(crate) check: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct AlignOptions {
    /// CSV file with a row for each item in each group: group, n, item, loading, intercept (and factor, where there are
    /// several; residual, for --check), from a model with mean 0 and variance 1 of the factor in every group
    #[arg(value_name = "PARAMETERS")]
    pub(crate) parameters: PathBuf,
    #[command(flatten)]
    pub(crate) loss: LossOptions,
    /// Language of the page
    #[arg(long, value_parser = language(), default_value = "en")]
    pub(crate) language: Language,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

fn means() -> Choice<AlignmentMeans> {
    explained([
        value(AlignmentMeans::Fixed, "The mean of the first group is 0"),
        value(AlignmentMeans::Free, "By the loss; flat where parameters are alike in all groups"),
    ])
}

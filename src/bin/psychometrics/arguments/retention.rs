//! `retention`.

use super::choice::{Switch, one_of};
use super::data::DataOptions;
use super::output::OutputOptions;
use clap::Args;
use psychometrics::factor::{Basis, Draws};

#[derive(Debug, Args)]
#[command(mut_arg("from_aggregates", |own| own.hide(true)))] // it needs the rows
pub(crate) struct RetentionOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// Of which correlations
    #[arg(long, alias = "correlations", value_parser = one_of(Basis::ALL), default_value = "pearson")]
    pub(crate) correlation: Basis,
    /// What parallel analysis draws: uncorrelated normal variables, or the answers, each item shuffled by itself
    #[arg(long, value_parser = one_of(Draws::ALL), default_value = "normal")]
    pub(crate) draws: Draws,
    /// Simulated samples (default: 1000, of polychoric correlations 100)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub(crate) replications: Option<u32>,
    /// Seed of the simulated samples
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// The quantile of simulated eigenvalues that a factor must exceed
    #[arg(long, value_name = "P", default_value_t = 0.95)]
    pub(crate) quantile: f64,
    /// Compare with populations of known factors too (Ruscio & Roche 2012), by this many samples of each [default: 500]; takes seconds
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "500", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub(crate) comparison_data: Option<u32>,
    /// The most factors that are fitted (default: two more than eigenvalues suggest)
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=500))]
    pub(crate) most: Option<u32>,
    /// DATA is a correlation (or covariance) matrix; needs --nobs
    #[arg(long, switch())]
    pub(crate) cov: Option<bool>,
    /// Respondents behind the matrix
    #[arg(long, value_name = "N")]
    pub(crate) nobs: Option<usize>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

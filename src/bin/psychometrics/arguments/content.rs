//! `content`, `agreement` and `perspectives`: tables of ratings and codes.

use super::data::TableOptions;
use super::values::{Names, names, range};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct ContentOptions {
    #[command(flatten)]
    pub(crate) table: TableOptions,
    /// The rating scale
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, default_value = "1..4", allow_hyphen_values = true)]
    pub(crate) scale: (f64, f64),
    /// Lowest rating that counts as relevant; one below the highest where not given
    #[arg(long, value_name = "RATING")]
    pub(crate) relevant: Option<f64>,
    /// Lowest rating that counts as essential in Lawshe's ratio; as --relevant where not given
    #[arg(long, value_name = "RATING")]
    pub(crate) essential: Option<f64>,
    /// The construct file, which tells to which dimension an item belongs
    #[arg(long, value_name = "CONSTRUCT.toml")]
    pub(crate) construct: Option<PathBuf>,
    /// The table is an item-sort task: item, expert, dimension
    #[arg(long)]
    pub(crate) sort: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AgreementOptions {
    #[command(flatten)]
    pub(crate) table: TableOptions,
    /// Replicates of the bootstrap intervals
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub(crate) bootstrap: u32,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The codes that were possible, whether they occur or not; of labels also their order, for ordinal coefficients
    #[arg(long, value_name = "A,B,C", value_parser = names, allow_hyphen_values = true)]
    pub(crate) codes: Vec<Names>,
}

#[derive(Debug, Args)]
pub(crate) struct PerspectiveOptions {
    #[command(flatten)]
    pub(crate) table: TableOptions,
    /// The construct file, whose dimensions and facets the codes must be
    #[arg(long, value_name = "CONSTRUCT.toml")]
    pub(crate) construct: Option<PathBuf>,
}

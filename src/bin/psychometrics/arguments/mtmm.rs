//! `mtmm`.

use super::data::TableOptions;
use super::values::{Names, names};
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct MtmmOptions {
    #[command(flatten)]
    pub(crate) table: TableOptions,
    /// What measures what by which method; the first method is the standard of CT-C(M-1)
    #[arg(long, value_name = "VARIABLE=TRAIT:METHOD,...", value_parser = names, required = true)]
    pub(crate) measures: Vec<Names>,
    /// DATA is a covariance or correlation matrix of so many respondents
    #[arg(long, value_name = "N")]
    pub(crate) cov: Option<usize>,
}

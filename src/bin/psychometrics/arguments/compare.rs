//! `compare`.

use super::choice::one_of;
use super::output::OutputOptions;
use clap::Args;
use psychometrics::estimate::DifferenceTest;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct CompareOptions {
    /// Documents that `fit --format json` wrote
    #[arg(value_name = "FIT.json", required = true, num_args = 2..)]
    pub(crate) fits: Vec<PathBuf>,
    /// The difference test, instead of the one that belongs to the fits' test statistic
    #[arg(long, value_parser = one_of(DifferenceTest::ALL))]
    pub(crate) method: Option<DifferenceTest>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

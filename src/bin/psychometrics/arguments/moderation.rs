//! `moderation`.

use super::data::DataOptions;
use super::dif::adjustment;
use super::output::OutputOptions;
use super::values::{Names, names};
use clap::Args;
use psychometrics::evidence::internal_structure::Adjustment;

#[derive(Debug, Args)]
#[command(mut_arg("from_aggregates", |own| own.hide(true)))] // it needs the rows
pub(crate) struct ModerationOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// The numbers on which intercepts and loadings may depend
    #[arg(long, value_name = "A,B", value_parser = names, required = true)]
    pub(crate) by: Vec<Names>,
    /// What is done about the number of items
    #[arg(long, value_parser = adjustment(), default_value = "holm")]
    pub(crate) adjustment: Adjustment,
    /// The level of the tests
    #[arg(long, default_value_t = 0.05)]
    pub(crate) alpha: f64,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

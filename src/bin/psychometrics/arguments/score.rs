//! `score`.

use super::output::OutputOptions;
use super::validate::measurement_level;
use clap::Args;
use psychometrics::evidence::MeasurementLevel;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct ScoreOptions {
    /// The construct file
    #[arg(value_name = "CONSTRUCT.toml")]
    pub(crate) construct: PathBuf,
    /// Answers of the new respondents: a column per item, and perhaps one of ids
    #[arg(value_name = "DATA")]
    pub(crate) data: PathBuf,
    /// The norm sample, instead of the responses that the construct names
    #[arg(long, value_name = "FILE")]
    pub(crate) norms: Option<PathBuf>,
    /// What the answers are taken for in the models
    #[arg(long, value_parser = measurement_level(), default_value = "by-scale")]
    pub(crate) level: MeasurementLevel,
    /// The least of a scale's items that must be answered for a score: a share (0.8, 80%) or a number of items (4)
    #[arg(long, value_name = "SHARE|COUNT", default_value = "50%")]
    pub(crate) minimum_answered: String,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

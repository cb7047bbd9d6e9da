//! `score`.

use super::irt::scores;
use super::layout::LayoutOptions;
use super::output::OutputOptions;
use super::validate::measurement_level;
use clap::Args;
use psychometrics::evidence::MeasurementLevel;
use psychometrics::irt::TraitEstimator;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct ScoreOptions {
    /// The construct file
    #[arg(value_name = "CONSTRUCT.toml")]
    pub(crate) construct: PathBuf,
    /// Answers of the new respondents: a column per item, and perhaps one of ids
    #[arg(value_name = "DATA", required_unless_present = "write_norms")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) layout: LayoutOptions,
    /// Norms that --write-norms wrote, or a norm sample instead of the responses that the construct names
    #[arg(long, value_name = "FILE")]
    pub(crate) norms: Option<PathBuf>,
    /// Write the norms to this file (JSON), to score others later without the norm sample: no answers of anybody are in it
    #[arg(long, value_name = "FILE")]
    pub(crate) write_norms: Option<PathBuf>,
    /// Percentile and T within the respondent's group of this variable, one of the construct's groups
    #[arg(long, value_name = "VAR")]
    pub(crate) group: Option<String>,
    /// What the answers are taken for in the models [default: by-scale, or as the norms were made]
    #[arg(long, value_parser = measurement_level())]
    pub(crate) level: Option<MeasurementLevel>,
    /// Score on the trait of each dimension too, by an item response model (graded) of the norm sample; it is kept with the norms
    #[arg(long, value_parser = scores(), value_name = "ESTIMATOR")]
    pub(crate) method: Option<TraitEstimator>,
    /// The least of a scale's items that must be answered for a score: a share (0.8, 80%) or a number of items (4) [default:
    /// 50%, or as the norms have it]
    #[arg(long, value_name = "SHARE|COUNT")]
    pub(crate) minimum_answered: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

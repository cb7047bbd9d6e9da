//! `validate` and `validity`.

use super::choice::{Choice, explained, value};
use super::layout::LayoutOptions;
use super::output::OutputOptions;
use clap::Args;
use psychometrics::evidence::MeasurementLevel;
use psychometrics::moments::Missing;
use psychometrics::report::Language;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct ValidateOptions {
    /// The construct file
    #[arg(value_name = "CONSTRUCT.toml")]
    pub(crate) construct: PathBuf,
    /// The responses, instead of the file that the construct names
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// In the place of rows: documents of 'moments' and 'merge' (JSON), and results of the statements of 'sql' (CSV), all of one plan; what
    /// needs the rows is named among the warnings
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["data", "sensitivity", "bootstrap", "seed", "header", "sheet"])]
    pub(crate) from_aggregates: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) layout: LayoutOptions,
    /// What the answers are taken for in the models
    #[arg(long, value_parser = measurement_level(), default_value = "by-scale")]
    pub(crate) level: MeasurementLevel,
    /// What is done about missing answers in the models
    #[arg(long, value_parser = missing(), default_value = "fiml")]
    pub(crate) missing: Missing,
    /// Repeats the validation without respondents whom this many indices of careless answers flag (2 when no number is given)
    #[arg(long, value_name = "FLAGS", num_args = 0..=1, require_equals = true, default_missing_value = "2")]
    pub(crate) sensitivity: Option<usize>,
    /// Refused, with what to do instead
    #[arg(long, value_name = "VAR", hide = true)]
    pub(crate) weights: Option<String>,
    /// Language of the report
    #[arg(long, value_parser = language(), default_value = "en")]
    pub(crate) language: Language,
    /// Samples of the respondents for bootstrap intervals
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub(crate) bootstrap: u32,
    /// Seed of the samples
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

pub(super) fn measurement_level() -> Choice<MeasurementLevel> {
    explained([
        value(MeasurementLevel::ByScale, "Ordinal where an item's scale has fewer than seven points"),
        value(MeasurementLevel::Ordinal, "Ordinal: WLSMV of polychoric correlations"),
        value(MeasurementLevel::Continuous, "Numbers with equal steps: maximum likelihood"),
    ])
}

fn missing() -> Choice<Missing> {
    explained([
        value(Missing::Fiml, "Numbers by full-information maximum likelihood, ordinal answers pairwise"),
        value(
            Missing::Pairwise,
            "Each threshold and correlation from the answers that are there (ordinal items)",
        ),
        value(Missing::Listwise, "Rows with complete answers only"),
    ])
}

pub(super) fn language() -> Choice<Language> {
    explained([value(Language::English, "English"), value(Language::Dutch, "Dutch")])
}

//! `short-form`.

use super::data::DataOptions;
use super::output::OutputOptions;
use super::validate::language;
use super::values::{Names, names};
use clap::Args;
use psychometrics::report::Language;

/// DATA may be a construct file: its keyed items and dimensions are taken.
#[derive(Debug, Args)]
pub(crate) struct ShortFormOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// How many items the short form has
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub(crate) items: u32,
    /// The items, a minus before those that are reversed: "x1,-x2"
    #[arg(long, value_name = "X1,-X2", value_parser = names, allow_hyphen_values = true, conflicts_with = "scales")]
    pub(crate) keys: Vec<Names>,
    /// Dimensions with their items, a minus before those that are reversed: "A=a1,-a2;B=b1,b2"
    #[arg(long, value_name = "A=a1,-a2;B=b1", allow_hyphen_values = true)]
    pub(crate) scales: Option<String>,
    /// How many items of each dimension there are at least [default: 1 where there are dimensions]
    #[arg(long, value_name = "N")]
    pub(crate) at_least: Option<usize>,
    /// Splits into halves, to see what alpha loses in other respondents
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) splits: u32,
    /// Seed of the splits
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Language of the page
    #[arg(long, value_parser = language(), default_value = "en")]
    pub(crate) language: Language,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

//! `items`, `reliability`, `screen` and `aggregate`: scales and their items.

use super::choice::{Choice, explained, value};
use super::data::DataOptions;
use super::output::OutputOptions;
use super::values::{Names, names, range};
use clap::Args;
use psychometrics::moments::Missing;

#[derive(Debug, Args)]
pub(crate) struct ScaleOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// The items of the scale, a minus before those that are reversed: "x1,-x2"
    #[arg(long, value_name = "X1,-X2", value_parser = names, allow_hyphen_values = true)]
    pub(crate) keys: Vec<Names>,
    /// The declared range of the answers, such as 1..5; needed to reverse an item on its scale
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true)]
    pub(crate) scale: Option<(f64, f64)>,
    /// How missing answers are treated
    #[arg(long, value_parser = missing(), default_value = "pairwise")]
    pub(crate) missing: Missing,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

fn missing() -> Choice<Missing> {
    explained([
        value(Missing::Pairwise, "Each number from the answers that are there"),
        value(Missing::Listwise, "Rows with complete answers only"),
        value(Missing::Fiml, "Covariances by full-information maximum likelihood (reliability)"),
    ])
}

#[derive(Debug, Args)]
pub(crate) struct ReliabilityOptions {
    #[command(flatten)]
    pub(crate) scale: ScaleOptions,
    /// Bootstrap intervals of every coefficient, from so many replicates
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1000", value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub(crate) bootstrap: Option<u32>,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Strata for stratified alpha: "a1,a2;b1,b2"
    #[arg(long, value_name = "A,B;C,D")]
    pub(crate) strata: Option<String>,
    /// Omega hierarchical, of so many exploratory factors under a general one
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) factors: Option<u32>,
    /// Reliability in each group of this variable, and tests of the difference
    #[arg(long, value_name = "VAR")]
    pub(crate) group: Option<String>,
}

#[derive(Debug, Args)]
#[command(mut_arg("from_aggregates", |own| own.hide(true)))] // it needs the rows
pub(crate) struct ScreenOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// The items, a minus before those that are reversed: "x1,-x2"; all columns of numbers where none are given
    #[arg(long, value_name = "X1,-X2", value_parser = names, allow_hyphen_values = true)]
    pub(crate) keys: Vec<Names>,
    /// The range of possible answers, such as 1..5; needed where a scale of --scales has reversed items
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true)]
    pub(crate) scale: Option<(f64, f64)>,
    /// Three scales or more for even-odd consistency: "a=a1,-a2,a3;b=b1,b2;c=c1,c2"
    #[arg(long, value_name = "A=A1,-A2;B=...")]
    pub(crate) scales: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Args)]
#[command(mut_arg("from_aggregates", |own| own.hide(true)))] // it needs the rows
pub(crate) struct AggregateOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// The column that tells the group of each member
    #[arg(long, value_name = "VAR")]
    pub(crate) cluster: String,
    /// The range of possible answers, such as 1..5
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true)]
    pub(crate) scale: (f64, f64),
    /// The scales; without them all columns together, and each by itself: "a=a1,a2;b=b1,b2"
    #[arg(long, value_name = "A=A1,A2;B=...")]
    pub(crate) scales: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

//! `correlate`.

use super::choice::{Choice, Switch, explained, value};
use super::data::DataOptions;
use super::output::OutputOptions;
use super::values::{Names, empty_cells, names};
use clap::{Args, ValueEnum};
use psychometrics::correlation::{EmptyCells, Method};
use psychometrics::moments::Missing;

#[derive(Debug, Args)]
pub(crate) struct CorrelateOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// What is computed
    #[arg(long = "type", value_enum, default_value = "pearson")]
    pub(crate) kind: CorrelationType,
    /// The ordinal variables of --type mixed (or polychoric), or all
    #[arg(long, value_name = "A,B,C|all", value_parser = names)]
    pub(crate) ordered: Vec<Names>,
    /// How correlations with ordinal variables are estimated
    #[arg(long, value_parser = method(), default_value = "two-step")]
    pub(crate) method: Method,
    /// What is done about empty cells of two ordinal variables: none, half (in tables of 2 x 2), or add:NUMBER
    #[arg(long, value_name = "POLICY", default_value = "half", value_parser = empty_cells)]
    pub(crate) empty_cells: EmptyCells,
    /// How missing answers are treated
    #[arg(long, value_parser = missing(), default_value = "pairwise")]
    pub(crate) missing: Missing,
    /// Raise negative eigenvalues of the matrix, with a warning
    #[arg(long, switch())]
    pub(crate) smooth: Option<bool>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

fn method() -> Choice<Method> {
    explained([
        value(Method::TwoStep, "Thresholds from each variable by itself, then the correlation of each pair"),
        value(
            Method::MaximumLikelihood,
            "Thresholds and correlation of each pair together, by maximum likelihood",
        ),
    ])
}

fn missing() -> Choice<Missing> {
    explained([
        value(Missing::Pairwise, "Each number from the answers that are there"),
        value(Missing::Listwise, "Rows with complete answers only"),
    ])
}

/// What `--type` can be: a coefficient, and which variables are ordinal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CorrelationType {
    Pearson,
    Spearman,
    /// Kendall's tau-b
    Kendall,
    /// Of the normal variables behind ordinal ones
    Polychoric,
    /// Of ordinal (--ordered) and continuous variables: polychoric, polyserial and Pearson
    Mixed,
}

impl CorrelationType {
    pub(crate) fn name(self) -> &'static str {
        match self {
            CorrelationType::Pearson => "pearson",
            CorrelationType::Spearman => "spearman",
            CorrelationType::Kendall => "kendall",
            CorrelationType::Polychoric => "polychoric",
            CorrelationType::Mixed => "mixed",
        }
    }
}

//! `moments`, `merge` and `sql`: answers as sums.

use super::choice::{Switch, one_of};
use super::output::OutputOptions;
use super::values::{Names, names, range};
use clap::Args;
use psychometrics::moments::aggregate::IncompleteRows;
use psychometrics::moments::sql::Dialect;
use std::path::PathBuf;

/// What is summed.
#[derive(Debug, Args)]
pub(crate) struct PlanOptions {
    /// The items: names of columns (one that contains a comma between double quotes); of a construct file all, unless they are named
    #[arg(long, value_name = "A,B,C", value_parser = names)]
    pub(crate) columns: Vec<Names>,
    /// The items, a minus before those that are reversed: "x1,-x2"
    #[arg(long, value_name = "X1,-X2", value_parser = names, allow_hyphen_values = true)]
    pub(crate) keys: Vec<Names>,
    /// The range of possible answers, such as 1..5: whole numbers, which are counted one by one, unless --fractions is given
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true)]
    pub(crate) scale: Option<(f64, f64)>,
    /// Answers may be any numbers of the --scale, not whole ones only
    #[arg(long, switch())]
    pub(crate) fractions: Option<bool>,
    /// A further code that means "missing"; may be given more than once
    #[arg(long = "missing-code", value_name = "CODE", allow_hyphen_values = true)]
    pub(crate) missing_codes: Vec<f64>,
    /// What the sums of an item are taken about, such as age=40 (default: the middle of its range; of moments, without a range, a
    /// round number near the mean of the first rows); may be given more than once
    #[arg(long, value_name = "ITEM=NUMBER", allow_hyphen_values = true)]
    pub(crate) centre: Vec<String>,
    /// Sums of each group of this variable
    #[arg(long, value_name = "VAR")]
    pub(crate) group: Option<String>,
    /// Sums of each cluster of this variable
    #[arg(long, value_name = "VAR")]
    pub(crate) cluster: Option<String>,
    /// The variable that says how many of the population a row stands for
    #[arg(long, value_name = "VAR")]
    pub(crate) weights: Option<String>,
    /// What is kept of rows with missing answers: sums by pattern, by pair of items, or nothing
    #[arg(long, value_parser = one_of(IncompleteRows::ALL), default_value = "patterns")]
    pub(crate) incomplete: IncompleteRows,
    /// Count the two-way tables of all pairs of items too, for polychoric correlations and ordinal models
    #[arg(long, switch())]
    pub(crate) tables: Option<bool>,
}

#[derive(Debug, Args)]
pub(crate) struct MomentsOptions {
    /// CSV or TSV file with a header row, or a construct file (.toml) that names one
    #[arg(value_name = "DATA")]
    pub(crate) data: PathBuf,
    #[command(flatten)]
    pub(crate) plan: PlanOptions,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Args)]
pub(crate) struct MergeOptions {
    /// Documents of 'moments' and 'merge' (JSON), and results of the statements of 'sql' (CSV)
    #[arg(value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Args)]
pub(crate) struct SqlOptions {
    /// A construct file, whose items, codes, missing codes and keys are taken; or --columns
    #[arg(value_name = "CONSTRUCT.toml", required_unless_present_any = ["columns", "keys"])]
    pub(crate) construct: Option<PathBuf>,
    /// The table with the rows, as it stands behind FROM
    #[arg(long, value_name = "NAME", default_value = "answers")]
    pub(crate) table: String,
    /// The engine
    #[arg(long, value_parser = one_of(Dialect::ALL), default_value = "duckdb")]
    pub(crate) dialect: Dialect,
    /// Write each statement to a file of its own in this folder (01_answers.sql, 02_sums.sql, ...)
    #[arg(long, value_name = "FOLDER", conflicts_with = "output")]
    pub(crate) statements: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) plan: PlanOptions,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

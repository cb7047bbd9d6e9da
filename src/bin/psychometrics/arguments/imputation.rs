//! Missing answers that are imputed several times.

use super::values::{Names, names};
use clap::Args;
use std::path::PathBuf;

/// Missing answers that are imputed several times.
#[derive(Debug, Args)]
pub(crate) struct ImputationOptions {
    /// Impute missing answers in so many data sets (chained equations, predictive mean matching; of `fit` within each --group),
    /// analyse each and pool what is found
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub(crate) imputations: Option<u32>,
    /// Data sets that another program completed (mice, Amelia), in the place of DATA and after other arguments: --imputed a.csv
    /// --imputed b.csv, or --imputed *.csv
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["data", "imputations"])]
    pub(crate) imputed: Vec<PathBuf>,
    /// Rounds over the variables before a data set is taken as it is
    #[arg(long, value_name = "N", default_value_t = 10, requires = "imputations", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) imputation_iterations: u32,
    /// Variables outside the analysis from which missing answers are predicted too; their own are imputed as well
    #[arg(long, value_name = "A,B,C", value_parser = names, requires = "imputations")]
    pub(crate) imputation_predictors: Vec<Names>,
}

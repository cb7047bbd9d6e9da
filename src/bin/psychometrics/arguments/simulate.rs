//! `simulate`.

use super::choice::one_of;
use super::output::OutputOptions;
use super::values::samples;
use clap::Args;
use psychometrics::Estimator;
use psychometrics::model::Function;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct SimulateOptions {
    /// The population: a file in lavaan syntax with a value for every loading and path, or the JSON of `irt`, whose items are
    /// answered
    #[arg(value_name = "MODEL")]
    pub(crate) model: PathBuf,
    /// Respondents per sample
    #[arg(long, value_name = "N", value_parser = samples)]
    pub(crate) n: usize,
    /// Seed of the samples
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// The dimension of a JSON of `irt` that holds several
    #[arg(long, value_name = "ID")]
    pub(crate) dimension: Option<String>,
    /// Skewness of every variable
    #[arg(long, value_name = "G1", default_value_t = 0.0, allow_hyphen_values = true)]
    pub(crate) skewness: f64,
    /// Excess kurtosis of every variable
    #[arg(long, value_name = "G2", default_value_t = 0.0, allow_hyphen_values = true)]
    pub(crate) kurtosis: f64,
    /// Share of the answers that are missing
    #[arg(long, value_name = "SHARE")]
    pub(crate) missing_share: Option<f64>,
    /// The more often missing, the higher this variable
    #[arg(long, value_name = "VAR", requires = "missing_share")]
    pub(crate) missing_given: Option<String>,
    /// Draw this many samples and report bias, coverage and power
    #[arg(long, value_name = "R", value_parser = samples)]
    pub(crate) replications: Option<usize>,
    /// The model that is fitted to them; needed with --replications
    #[arg(long, value_name = "MODEL", requires = "replications")]
    pub(crate) fit: Option<PathBuf>,
    /// Whose defaults complete that model
    #[arg(long = "fn", value_name = "FUNCTION", value_parser = one_of(Function::ALL), default_value = "cfa")]
    pub(crate) function: Function,
    /// Estimator of that model
    #[arg(long, value_parser = one_of(Estimator::ALL), ignore_case = true, default_value = "ML")]
    pub(crate) estimator: Estimator,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

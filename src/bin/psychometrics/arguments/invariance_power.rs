//! `invariance-power`.

use super::choice::{Choice, explained, one_of, value};
use super::invariance::{directions, levels, share};
use super::output::OutputOptions;
use super::validate::language;
use super::values::{Names, names, samples};
use clap::Args;
use psychometrics::Estimator;
use psychometrics::evidence::internal_structure::{Adjustment, Level, SearchDirection, ShiftedParameter};
use psychometrics::report::Language;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct InvariancePowerOptions {
    /// The population of the first group: a file in lavaan syntax with a value for every loading and path, and for thresholds
    /// of ordinal items; with --data a model without values
    #[arg(value_name = "MODEL")]
    pub(crate) model: PathBuf,
    /// Answers to which the model is fitted (all rows as one group): its estimates are the population
    #[arg(long, value_name = "DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Items of DATA that are ordinal, or all
    #[arg(long, value_name = "all|ITEM,ITEM", value_parser = names, requires = "data")]
    pub(crate) ordered: Vec<Names>,
    /// Respondents of each group; more than once for a row each
    #[arg(long, value_name = "N,N", required = true, value_parser = sizes)]
    pub(crate) n: Vec<Sizes>,
    /// What is shifted in the last group; nothing where it is not given
    #[arg(long, value_name = "PARAMETER", value_parser = shifted(), requires = "size")]
    pub(crate) shift: Option<ShiftedParameter>,
    /// By how much: in units of the variable (of ordinal items of that behind the answers)
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true, requires = "shift")]
    pub(crate) size: Option<f64>,
    /// Of which items, or of how many from the first on
    #[arg(long, value_name = "ITEM,ITEM|COUNT", value_parser = names, default_value = "1")]
    pub(crate) items: Vec<Names>,
    /// What is added to the means of the factors in the groups after the first
    #[arg(long, value_name = "D", default_value_t = 0.0, allow_hyphen_values = true)]
    pub(crate) mean: f64,
    /// What their variances are multiplied by
    #[arg(long, value_name = "RATIO", default_value_t = 1.0, value_parser = ratio)]
    pub(crate) variance: f64,
    /// Estimator of the ladder (default: ML, with thresholds WLSMV)
    #[arg(long, value_parser = one_of(Estimator::ALL), ignore_case = true)]
    pub(crate) estimator: Option<Estimator>,
    /// The steps (default: to equal residual variances)
    #[arg(long, value_name = "STEP,STEP", value_delimiter = ',', value_parser = levels())]
    pub(crate) levels: Vec<Level>,
    /// From which side parameters that differ are searched for
    #[arg(long, value_name = "WAY", value_parser = directions(), default_value = "forward")]
    pub(crate) search: SearchDirection,
    /// How p-values of the search are adjusted
    #[arg(long, value_parser = one_of(Adjustment::ALL), default_value = "holm")]
    pub(crate) correction: Adjustment,
    /// The error of the whole search, which its stages share
    #[arg(long, value_name = "P", default_value_t = 0.05, value_parser = share)]
    pub(crate) alpha: f64,
    /// Samples
    #[arg(long, value_name = "R", default_value_t = 200, value_parser = samples)]
    pub(crate) replications: usize,
    /// Seed of the samples
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Language of the page
    #[arg(long, value_parser = language(), default_value = "en")]
    pub(crate) language: Language,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

/// Respondents of each group.
#[derive(Debug, Clone)]
pub(crate) struct Sizes(pub(crate) Vec<usize>);

fn sizes(text: &str) -> Result<Sizes, String> {
    let all: Result<Vec<usize>, String> = text.split(',').map(|one| samples(one.trim())).collect();
    match all? {
        all if all.len() < 2 => Err("sizes of two groups or more, as 200,200".into()),
        all if all.contains(&0) => Err("a group of no respondents".into()),
        all => Ok(Sizes(all)),
    }
}

fn ratio(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(ratio) if ratio > 0.0 && ratio.is_finite() => Ok(ratio),
        _ => Err(format!("'{text}' is no number above 0")),
    }
}

fn shifted() -> Choice<ShiftedParameter> {
    explained([
        value(
            ShiftedParameter::Intercept,
            "The intercept; of an ordinal item all of its thresholds, the other way",
        ),
        value(ShiftedParameter::Threshold, "The middle threshold of an ordinal item"),
        value(ShiftedParameter::Loading, "The loading"),
    ])
}

//! `invariance`: the options of `fit`, and those of the ladder.

use super::align::LossOptions;
use super::choice::{Choice, Switch, explained, one_of, value};
use super::fit::FitOptions;
use super::validate::language;
use super::values::{Names, names};
use clap::Args;
use psychometrics::estimate::DifferenceTest;
use psychometrics::evidence::internal_structure::{Adjustment, Level, SearchDirection};
use psychometrics::report::Language;

#[derive(Debug, Args)]
pub(crate) struct InvarianceOptions {
    #[command(flatten)]
    pub(crate) fit: FitOptions,
    /// The steps (default: to equal residual variances)
    #[arg(long, value_name = "STEP,STEP", value_delimiter = ',', value_parser = levels())]
    pub(crate) levels: Vec<Level>,
    /// The difference test, instead of the one that belongs to the estimator
    #[arg(long, value_parser = difference())]
    pub(crate) difference: Option<DifferenceTest>,
    /// From which side parameters that differ are searched for
    #[arg(long, value_name = "WAY", value_parser = directions(), default_value = "forward")]
    pub(crate) search: SearchDirection,
    /// How p-values of the search for parameters that differ are adjusted
    #[arg(long, value_parser = one_of(Adjustment::ALL), default_value = "holm")]
    pub(crate) correction: Adjustment,
    /// The error of the whole search for parameters that differ, which its stages share
    #[arg(long, value_name = "P", default_value_t = 0.05, value_parser = share)]
    pub(crate) alpha: f64,
    /// The steps only: no search for what differs, no effects
    #[arg(long, switch())]
    pub(crate) steps_only: Option<bool>,
    /// Groups to be left out
    #[arg(long, value_name = "A,B", value_parser = names)]
    pub(crate) drop_groups: Vec<Names>,
    /// Join categories that nobody in some group chose with their neighbour, in all groups
    #[arg(long, switch())]
    pub(crate) collapse: Option<bool>,
    /// The factors of a construct in the order of time, instead of --group: the same items in the same order measure each;
    /// once for each construct
    #[arg(long, value_name = "T1,T2")]
    pub(crate) over_time: Vec<String>,
    /// One model of all respondents with the groups as covariates: uniform bias by item, where groups are too small for
    /// models of their own
    #[arg(long, switch())]
    pub(crate) pooled: Option<bool>,
    /// Means of the groups without equal parameters as well, from the model in each group: alignment
    #[arg(long, switch())]
    pub(crate) alignment: Option<bool>,
    #[command(flatten)]
    pub(crate) loss: LossOptions,
    /// Language of the page
    #[arg(long, value_parser = language(), default_value = "en")]
    pub(crate) language: Language,
}

pub(super) fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(p) if p > 0.0 && p < 1.0 => Ok(p),
        _ => Err(format!("'{text}' is no number between 0 and 1")),
    }
}

pub(super) fn levels() -> Choice<Level> {
    let help = |level: &Level| match level {
        Level::Configural => "The same structure",
        Level::Thresholds => "Equal thresholds of ordinal items",
        Level::Metric => "Equal loadings",
        Level::Scalar => "Equal intercepts",
        Level::Strict => "Equal residual variances",
        Level::LatentVariances => "Equal variances of the factors",
        Level::LatentCovariances => "Equal variances and covariances of the factors",
        _ => "Equal means of the factors",
    };
    explained(Level::ALL.iter().map(|level| value(level.name(false), help(level)).alias(level.name(true))))
}

pub(super) fn directions() -> Choice<SearchDirection> {
    explained([
        value(
            SearchDirection::Forward,
            "Everything is equal at first: equalities are given up, the worst first",
        ),
        value(
            SearchDirection::Backward,
            "Nothing is equal at first: equalities are added, the least significant first",
        ),
    ])
}

fn difference() -> Choice<DifferenceTest> {
    explained(DifferenceTest::ALL.iter().map(|test| match test {
        DifferenceTest::Standard => {
            value(test, "T of the restricted minus T of the freer model").alias("chisq")
        }
        _ => value(test, ""),
    }))
}

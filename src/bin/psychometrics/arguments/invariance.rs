//! `invariance`: the options of `fit`, and those of the ladder.

use super::choice::{Choice, explained, value};
use super::fit::FitOptions;
use clap::Args;
use psychometrics::estimate::DifferenceTest;
use psychometrics::evidence::internal_structure::Level;

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
}

fn levels() -> Choice<Level> {
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

fn difference() -> Choice<DifferenceTest> {
    explained(DifferenceTest::ALL.iter().map(|test| match test {
        DifferenceTest::Standard => value(test, "T of the restricted minus T of the freer model").alias("chisq"),
        _ => value(test, ""),
    }))
}

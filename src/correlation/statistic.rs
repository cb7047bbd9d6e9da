//! Thresholds, means, variances and correlations, as statistics in a fixed order.

/// What a number says of the variables, given the covariates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Statistic {
    /// Threshold of an ordinal variable, from 0.
    Threshold(usize, usize),
    /// Mean (intercept) of a continuous one.
    Mean(usize),
    /// Slope of a variable on a covariate.
    Slope(usize, usize),
    /// (Residual) variance of a continuous variable.
    Variance(usize),
    /// (Residual) covariance of two variables, row > column.
    Covariance(usize, usize),
}

/// Mean and standard deviation of a covariate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    pub(crate) mean: f64,
    pub(crate) sd: f64,
}

impl Statistic {
    /// The variable, or the first of two.
    pub(crate) fn variable(self) -> usize {
        match self {
            Statistic::Threshold(i, _)
            | Statistic::Mean(i)
            | Statistic::Slope(i, _)
            | Statistic::Variance(i)
            | Statistic::Covariance(i, _) => i,
        }
    }
}

//! What a fit can be asked for beside an estimator: bounds, and the bootstrap.

use serde::{Deserialize, Serialize};

/// Which bounds estimates have besides those of the model's text.
///
/// ```
/// use psychometrics::estimate::Bounds;
/// assert_eq!("pos.var".parse(), Ok(Bounds::PositiveVariances));
/// assert_eq!(Bounds::PositiveVariances.to_string(), "pos.var");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Bounds {
    /// None.
    #[default]
    None,
    /// Variances are not negative.
    PositiveVariances,
    /// What the observed variances allow.
    Standard,
    /// A little more than the observed variances allow.
    Wide,
}

/// Where replicates come from.
///
/// ```
/// use psychometrics::estimate::Resampling;
/// assert_eq!("nonparametric".parse(), Ok(Resampling::Nonparametric));
/// assert_eq!(Resampling::Nonparametric.to_string(), "nonparametric");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Resampling {
    /// The respondents, drawn with replacement.
    #[default]
    Nonparametric,
    /// The normal distribution that the model implies.
    Parametric,
}

/// Bootstrap interval.
///
/// ```
/// use psychometrics::estimate::{BootstrapInterval, BootstrapOptions};
///
/// let options = BootstrapOptions { interval: BootstrapInterval::Bca, ..BootstrapOptions::default() };
/// assert_eq!(options.interval.to_string(), "bca");
/// assert_eq!("basic".parse(), Ok(BootstrapInterval::Basic));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BootstrapInterval {
    /// Quantiles of the replicates.
    #[default]
    Percentile,
    /// Quantiles mirrored in the estimate.
    Basic,
    /// Quantiles corrected for bias and skewness.
    Bca,
    /// Normal, corrected for bias.
    Normal,
}

/// How respondents are drawn again.
///
/// ```
/// use psychometrics::estimate::{BootstrapOptions, Resampling};
/// let options = BootstrapOptions { replicates: 2000, ..BootstrapOptions::default() };
/// assert_eq!((options.seed, options.resampling), (1, Resampling::Nonparametric));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootstrapOptions {
    /// Number of replicates.
    pub replicates: usize,
    /// Seed of the random streams.
    pub seed: u64,
    /// Where replicates come from.
    pub resampling: Resampling,
    /// Which intervals the parameter table has.
    pub interval: BootstrapInterval,
}

impl Default for BootstrapOptions {
    /// 1000 nonparametric replicates from seed 1, with percentile intervals.
    fn default() -> Self {
        Self {
            replicates: 1000,
            seed: 1,
            resampling: Resampling::Nonparametric,
            interval: BootstrapInterval::Percentile,
        }
    }
}

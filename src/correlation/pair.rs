//! What is estimated of one pair of variables.

use crate::numeric::noncentral::chi_square_cdf;
use serde::Serialize;

/// What a correlation is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PairKind {
    /// Two continuous variables.
    Pearson,
    /// Two ordinal ones.
    Polychoric,
    /// Two with two categories each.
    Tetrachoric,
    /// A continuous and an ordinal one.
    Polyserial,
    /// A continuous one and one with two categories.
    Biserial,
}

/// The test that normal variables lie behind a table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ModelTest {
    /// Likelihood-ratio chi-square G^2 = 2 sum n log(n / expected).
    pub likelihood_ratio: f64,
    /// Pearson's X^2 = sum (n - expected)^2 / expected.
    pub pearson: f64,
    /// Degrees of freedom: r c - r - c.
    pub df: f64,
    /// Upper tail probability of the likelihood ratio.
    pub pvalue: f64,
}

impl ModelTest {
    /// None without degrees of freedom.
    pub(crate) fn of(likelihood_ratio: f64, pearson: f64, df: f64) -> Option<Self> {
        let sound = df > 0.0 && likelihood_ratio.is_finite() && pearson.is_finite();
        let pvalue = || 1.0 - chi_square_cdf(likelihood_ratio.max(0.0), df, 0.0);
        sound.then(|| Self { likelihood_ratio, pearson, df, pvalue: pvalue() })
    }
}

/// An estimated correlation.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) rho: f64,
    pub(crate) se: Option<f64>,
    /// The likelihood has no maximum inside: rho is 1 or -1.
    pub(crate) at_limit: bool,
    pub(crate) log_likelihood: f64,
    pub(crate) test: Option<ModelTest>,
    /// Of both variables, where they were estimated with the correlation.
    pub(crate) thresholds: Option<(Vec<f64>, Vec<f64>)>,
    /// The largest element of the gradient, over the root of its information.
    pub(crate) gradient: f64,
}

//! A score test, and what a released parameter is expected to be.

use serde::{Deserialize, Serialize};

/// A test of one equality, or of several together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScoreTest {
    /// The parameter, as `x3~1`; of several, what they have in common.
    pub parameter: String,
    /// X2, the expected fall of the unscaled test statistic.
    pub statistic: f64,
    /// Its degrees of freedom: the rank.
    pub df: usize,
    /// Its p-value; of diagonally weighted and unweighted least squares, whose X2 has no chi-square distribution, none.
    pub pvalue: Option<f64>,
    /// The generalised statistic, where the fit has a scaled test.
    #[serde(rename = "statistic.robust")]
    pub robust: Option<f64>,
    /// Its p-value.
    #[serde(rename = "pvalue.robust")]
    pub robust_pvalue: Option<f64>,
    /// What the parameter would be in each group; empty for a test of several.
    pub changes: Vec<ExpectedChange>,
}

impl ScoreTest {
    /// The p-value to decide by: the robust one where there is one.
    pub fn decisive(&self) -> Option<f64> {
        self.robust_pvalue.or(self.pvalue)
    }
}

/// What a released parameter is expected to be in a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExpectedChange {
    /// Group, from 1.
    pub group: usize,
    /// Estimate of the model.
    pub est: f64,
    /// Expected change of it.
    pub epc: f64,
    /// The same with all variables standardised; none where a variance is not positive.
    #[serde(rename = "epc.std")]
    pub standardized: Option<f64>,
}

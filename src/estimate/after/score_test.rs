//! A score test, and what a released parameter is expected to be.

use serde::{Deserialize, Serialize};

/// A test of one equality, or of several together.
///
/// ```
/// use psychometrics::model::Equality;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let scalar = Estimation::default().group("school").equal([Equality::Loadings, Equality::Intercepts]);
/// let tests = scalar.fit(&model, &data)?.score_tests()?.tests;
/// let worst = tests.iter().max_by(|a, b| a.statistic.total_cmp(&b.statistic)).unwrap();
/// assert_eq!((worst.parameter.as_str(), worst.df, worst.changes.len()), ("x3~1", 1, 2));
/// assert_eq!(format!("{:.2}", worst.statistic), "19.19");
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
///
/// ```
/// use psychometrics::model::Equality;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let scalar = Estimation::default().group("school").equal([Equality::Loadings, Equality::Intercepts]);
/// let tests = scalar.fit(&model, &data)?.score_tests()?.tests;
/// let x3 = tests.iter().find(|own| own.parameter == "x3~1").unwrap();
/// // released, the intercept rises in one school and falls in the other
/// assert_eq!((x3.changes[0].group, x3.changes[1].group), (1, 2));
/// assert_eq!(format!("{:.3} {:.3}", x3.changes[0].epc, x3.changes[1].epc), "0.216 -0.322");
/// # Ok::<(), psychometrics::Error>(())
/// ```
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

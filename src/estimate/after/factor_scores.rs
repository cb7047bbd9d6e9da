//! Factor scores: the methods there are, and what comes of them.

use crate::estimate::sample::row_account::RowsLeftOut;
use serde::{Deserialize, Serialize};

/// How factor scores are computed.
///
/// ```
/// use psychometrics::estimate::ScoreMethod;
/// assert_eq!("regression".parse(), Ok(ScoreMethod::Regression));
/// assert_eq!(ScoreMethod::Regression.to_string(), "regression");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScoreMethod {
    /// Thurstone's regression scores.
    Regression,
    /// Bartlett's weighted least squares scores.
    Bartlett,
    /// Mode of the posterior distribution (MAP); of continuous data the regression scores.
    Ebm,
    /// Mean of the posterior distribution; of continuous data the regression scores.
    Eap,
}

/// Factor scores of respondents.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// use psychometrics::estimate::ScoreMethod;
///
/// let scores = fit.scores(&data, None, ScoreMethod::Regression)?;
/// assert_eq!((scores.factors.len(), scores.values.len(), scores.left_out), (3, 301, 0));
/// assert_eq!(format!("{:.3}", scores.values[0][0].unwrap()), "-0.818");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FactorScores {
    /// How they were computed.
    pub method: ScoreMethod,
    /// Latent variables, the columns of the scores.
    pub factors: Vec<String>,
    /// Row of the data per row of scores, from 1.
    pub rows: Vec<usize>,
    /// One row per respondent: with complete answers, or by the answers that are there. None for a factor that these do
    /// not determine (of Bartlett's scores).
    pub values: Vec<Vec<Option<f64>>>,
    /// Correlation of regression scores with each factor, by group.
    pub determinacy: Vec<Vec<Option<f64>>>,
    /// Standard error of each score, by group: sqrt of the conditional variance of the factor (regression),
    /// or of (L' R^-1 L)^-1 (Bartlett), of complete answers. Empty with ordinal data and on two levels, where it depends
    /// on the answers.
    pub se: Vec<Vec<f64>>,
    /// With ordinal data, on two levels and where some have incomplete answers: standard errors of each respondent's
    /// scores, a row each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_se: Option<Vec<Vec<Option<f64>>>>,
    /// Why a respondent who has other scores has none on a factor.
    pub undetermined: Vec<UndeterminedScore>,
    /// Rows that have no scores,
    pub left_out: usize,
    /// and why.
    pub reasons: Vec<RowsLeftOut>,
    /// On two levels: scores of the clusters, while the others are of the factors within.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clusters: Option<ClusterScores>,
}

/// A factor on which a respondent has no score.
///
/// ```
/// use psychometrics::estimate::{ScoreMethod, Undetermined};
/// use psychometrics::moments::Missing;
/// use psychometrics::{Estimation, data::Dataset};
///
/// // the second row has no answer to an indicator of g
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let fit = Estimation::default().missing(Missing::Fiml).fit(&"f =~ x1 + x2 + x3; g =~ x4 + x5 + x6".parse()?, &data)?;
/// let gap = f64::NAN;
/// let columns = [("x1", [4.0, 5.0]), ("x2", [6.0, 6.0]), ("x3", [2.0, 3.0]), ("x4", [3.0, gap]), ("x5", [4.0, gap]), ("x6", [2.0, gap])];
/// let new = Dataset::builder().columns(columns).nan_is_missing().build()?;
/// let scores = fit.scores(&new, None, ScoreMethod::Bartlett)?;
/// let undetermined = &scores.undetermined[0];
/// assert_eq!((undetermined.row, undetermined.factor.as_str()), (2, "g"));
/// assert_eq!(undetermined.reason, Undetermined::NoIndicator);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UndeterminedScore {
    /// Row of the data, from 1.
    pub row: usize,
    /// The factor.
    pub factor: String,
    /// Why.
    pub reason: Undetermined,
}

/// Why the answers of a respondent do not determine a factor.
///
/// ```
/// use psychometrics::estimate::Undetermined;
///
/// // as it stands in JSON
/// assert_eq!(serde_json::to_value(Undetermined::NotToldApart).unwrap().as_str(), Some("not_told_apart"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Undetermined {
    /// None of them is to an indicator of it.
    NoIndicator,
    /// Those to its indicators can as well come from other factors, which they also load on.
    NotToldApart,
}

/// Scores of the factors between clusters.
///
/// ```
/// use psychometrics::estimate::ScoreMethod;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("tests/data/two_level.csv")?;
/// let model: Model = "level: 1\n f =~ y1 + y2 + y3 + y4\nlevel: 2\n g =~ y1 + y2 + y3 + y4".parse()?;
/// let fit = Estimation::default().cluster("team").fit(&model, &data)?;
/// let scores = fit.scores(&data, None, ScoreMethod::Regression)?.clusters.unwrap();
/// assert_eq!((scores.variable.as_str(), scores.clusters.len()), ("team", 110));
/// assert_eq!(scores.factors, ["g"]);
/// assert_eq!(format!("{:.3} {:.3}", scores.values[0][0], scores.se[0][0]), "-0.544 0.372");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClusterScores {
    /// The variable that tells the clusters.
    pub variable: String,
    /// Latent variables of level 2, the columns of the scores.
    pub factors: Vec<String>,
    /// The clusters, in the order of the data.
    pub clusters: Vec<String>,
    /// The group of each, from 1.
    pub groups: Vec<usize>,
    /// One row per cluster.
    pub values: Vec<Vec<f64>>,
    /// Standard errors of each cluster's scores.
    pub se: Vec<Vec<f64>>,
    /// Correlation of scores with each factor, by group.
    pub determinacy: Vec<Vec<Option<f64>>>,
}

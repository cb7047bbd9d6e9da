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

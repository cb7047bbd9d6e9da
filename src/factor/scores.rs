//! Weights that make factor scores of standardised answers, and how good such scores are (Grice 2001).

use crate::error::{Error, Result, chosen};
use crate::factor::analysed::CorrelationMatrix;
use crate::moments::LabelledMatrix;
use crate::numeric::spectrum::Spectrum;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How scores are made of standardised answers z, with R the correlations, L the loadings, phi the factor correlations and U^2 the
/// uniquenesses.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
/// use psychometrics::factor::ScoreRule;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let found = Exploration::new(3).of(&names, &data)?;
/// let validity = |rule| found.score_weights(rule).map(|own| own.validity[0]);
/// // none correlates more with its factor than regression scores
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", validity(ScoreRule::Regression)?, validity(ScoreRule::Bartlett)?, validity(ScoreRule::TenBerge)?),
///     "0.944 0.943 0.944"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ScoreRule {
    /// W = R^-1 L phi: the highest correlation with the factor (Thurstone 1935).
    #[default]
    #[serde(rename = "regression")]
    Regression,
    /// W = U^-2 L (L' U^-2 L)^-1: unbiased, and not contaminated by other factors (Bartlett 1937).
    #[serde(rename = "bartlett")]
    Bartlett,
    /// W = U^-2 L (L' U^-2 R U^-2 L)^-1/2: uncorrelated scores (Anderson & Rubin 1956).
    #[serde(rename = "anderson-rubin")]
    AndersonRubin,
    /// Scores that correlate as the factors do (ten Berge, Krijnen, Wansbeek & Shapiro 1999).
    #[serde(rename = "ten-berge")]
    TenBerge,
}

impl ScoreRule {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Regression, Self::Bartlett, Self::AndersonRubin, Self::TenBerge];
}

impl fmt::Display for ScoreRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Regression => "regression",
            Self::Bartlett => "bartlett",
            Self::AndersonRubin => "anderson-rubin",
            Self::TenBerge => "ten-berge",
        })
    }
}

impl FromStr for ScoreRule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("factor score", Self::ALL, text)
    }
}

/// Weights of standardised answers, and what their scores are worth.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
/// use psychometrics::factor::ScoreRule;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let found = Exploration::new(3).of(&names, &data)?.score_weights(ScoreRule::AndersonRubin)?;
/// assert_eq!((found.weights.rows.len(), found.weights.columns.len()), (9, 3));
/// // these scores do not correlate
/// assert!(found.correlations.values[0][1].abs() < 1e-9);
/// assert_eq!(format!("{:.3}", found.validity[0]), "0.937");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FactorWeights {
    /// The rule.
    pub rule: ScoreRule,
    /// Variables by factors.
    pub weights: LabelledMatrix,
    /// Correlation of each score with its factor.
    pub validity: Vec<f64>,
    /// Correlations of each score (rows) with each factor (columns): off the diagonal, what it has of others (univocality is
    /// that these are those of the factors among themselves).
    pub with_factors: LabelledMatrix,
    /// Correlations of the scores.
    pub correlations: LabelledMatrix,
}

/// Weights by a rule.
///
/// # Errors
/// [`Error::NotPositiveDefinite`] for a singular matrix, [`Error::NoAnswerExists`] where a uniqueness is not positive (Bartlett,
/// Anderson and Rubin) or factors are linearly dependent.
pub fn score_weights(
    matrix: &CorrelationMatrix,
    loadings: &LabelledMatrix,
    phi: &LabelledMatrix,
    rule: ScoreRule,
) -> Result<FactorWeights> {
    let (l, phi) = (&loadings.plain(), &phi.plain());
    if l.nrows() != matrix.len() {
        let what = "variables of the solution".into();
        return Err(Error::WrongSize { what, found: l.nrows(), expected: matrix.len() });
    }
    let structure = l * phi;
    let none = |why: &str| Error::NoAnswerExists {
        what: format!("{rule} factor scores"),
        why: why.into(),
        remedy: "Take another rule (regression), or fewer factors.".into(),
    };
    let by_uniqueness = || -> Result<DMatrix<f64>> {
        let mut scaled = l.clone();
        for (i, mut row) in scaled.row_iter_mut().enumerate() {
            let unique = 1.0 - (l.row(i) * phi).dot(&l.row(i));
            if !(unique > 1e-8) {
                return Err(none(&format!("'{}' has no variance of its own", matrix.names[i])));
            }
            row.unscale_mut(unique);
        }
        Ok(scaled)
    };
    let dependent = || none("factors are linearly dependent");
    let weights = match rule {
        ScoreRule::Regression => matrix.inverse()? * &structure,
        ScoreRule::Bartlett => {
            let scaled = by_uniqueness()?;
            let gram = l.tr_mul(&scaled).try_inverse().ok_or_else(dependent)?;
            scaled * gram
        }
        ScoreRule::AndersonRubin => {
            let scaled = by_uniqueness()?;
            let gram = scaled.tr_mul(&(&matrix.r * &scaled));
            scaled * power(&gram, -0.5).ok_or_else(dependent)?
        }
        ScoreRule::TenBerge => {
            let root = power(&matrix.r, -0.5).ok_or_else(dependent)?;
            let half = power(phi, 0.5).ok_or_else(dependent)?;
            let turned = l * &half;
            let c = &root * &turned;
            let c = &c * power(&c.tr_mul(&c), -0.5).ok_or_else(dependent)?;
            root * c * half
        }
    };
    let covariance = weights.tr_mul(&(&matrix.r * &weights));
    let sd: Vec<f64> = covariance.diagonal().iter().map(|v| v.sqrt()).collect();
    let with = weights.tr_mul(&structure);
    let k = l.ncols();
    let square = |m: DMatrix<f64>| LabelledMatrix::square(&loadings.columns, &m);
    let with = DMatrix::from_fn(k, k, |i, j| with[(i, j)] / sd[i]);
    Ok(FactorWeights {
        rule,
        weights: LabelledMatrix {
            rows: matrix.names.clone(),
            columns: loadings.columns.clone(),
            values: weights.row_iter().map(|row| row.iter().copied().collect()).collect(),
        },
        validity: with.diagonal().iter().copied().collect(),
        correlations: square(DMatrix::from_fn(k, k, |i, j| covariance[(i, j)] / (sd[i] * sd[j]))),
        with_factors: square(with),
    })
}

/// A symmetric matrix to a power; none where an eigenvalue is not positive.
fn power(matrix: &DMatrix<f64>, exponent: f64) -> Option<DMatrix<f64>> {
    let Spectrum { values, vectors } = Spectrum::of(matrix);
    if !values.iter().all(|v| *v > 1e-12) {
        return None;
    }
    let mut scaled = vectors.clone();
    for (mut column, value) in scaled.column_iter_mut().zip(&values) {
        column.scale_mut(value.powf(exponent));
    }
    Some(scaled * vectors.transpose())
}

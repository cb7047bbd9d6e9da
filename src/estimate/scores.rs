//! Factor scores: what a respondent's answers say of the latent variables.
//!
//! With d = y - mu, E the covariance of the latent variables and L their effects on the answers:
//!
//! ```text
//! regression   f = E(eta) + E L' Sigma^-1 d                        (Thurstone 1935; Thomson 1939)
//! Bartlett     f = E(eta) + (L' R^-1 L)^-1 L' R^-1 d,  R the residual covariance matrix   (Bartlett 1937)
//! determinacy  correlation of regression scores with the factor: sqrt of diag(E L' Sigma^-1 L E) / diag(E)
//! ```
//!
//! Regression scores have the smallest error and are shrunken to the mean, Bartlett's are unbiased. The square
//! of the determinacy is the reliability of the regression scores (Grice 2001).

use super::fit::{Fit, Internals};
use super::robust::inverse;
use crate::data::Dataset;
use crate::error::{Error, Result};
use nalgebra::{DMatrix, DVector};
use serde::Serialize;

/// How factor scores are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScoreMethod {
    /// Thurstone's regression scores.
    Regression,
    /// Bartlett's weighted least squares scores.
    Bartlett,
}

/// Factor scores of respondents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactorScores {
    /// How they were computed.
    pub method: ScoreMethod,
    /// Latent variables, the columns of the scores.
    pub factors: Vec<String>,
    /// Row of the data per row of scores, from 1.
    pub rows: Vec<usize>,
    /// One row per respondent with complete answers.
    pub values: Vec<Vec<f64>>,
    /// Correlation of regression scores with each factor, by group.
    pub determinacy: Vec<Vec<Option<f64>>>,
    /// Standard error of each score, by group: sqrt of the conditional variance of the factor (regression),
    /// or of (L' R^-1 L)^-1 (Bartlett).
    pub se: Vec<Vec<f64>>,
    /// Rows without complete answers, which have no scores.
    pub left_out: usize,
}

impl Fit {
    /// Factor scores for the rows of a data set: the one the model was fitted to, or new respondents. Of several
    /// groups `group` names the variable.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`], [`Error::Unsupported`] for a fit without a solution, for a group that the fit
    /// does not know, and where residual variances of zero leave Bartlett's scores undefined.
    pub fn scores(&self, data: &Dataset, group: Option<&str>, method: ScoreMethod) -> Result<FactorScores> {
        if !self.converged {
            return Err(Error::Unsupported {
                what: "factor scores of a model without a solution".into(),
                instead: "Let the model converge first.".into(),
            });
        }
        let internals = &self.internals;
        let weights: Vec<Weights> = (0..internals.tables.len())
            .map(|group| Weights::new(internals, group, method))
            .collect::<Option<_>>()
            .ok_or_else(|| Error::Unsupported {
                what: "factor scores where a residual variance is zero or a matrix singular".into(),
                instead: "Use regression scores, or free the residual variance.".into(),
            })?;
        let table = &internals.tables[0];
        let names = &table.observed;
        let values = data.numeric(names)?;
        let grouping = match (self.groups.is_empty(), group) {
            (true, _) => None,
            (false, Some(variable)) => Some(data.labels(variable)?),
            (false, None) => {
                return Err(Error::Unsupported {
                    what: "factor scores of several groups without their variable".into(),
                    instead: "Name the variable that the model was fitted by.".into(),
                });
            }
        };
        let mut scores = FactorScores {
            method,
            factors: table.eta[..table.n_latent].to_vec(),
            rows: Vec::new(),
            values: Vec::new(),
            determinacy: weights.iter().map(|w| w.determinacy.clone()).collect(),
            se: weights.iter().map(|w| w.se.clone()).collect(),
            left_out: 0,
        };
        for (index, row) in values.outer_iter().enumerate() {
            let group = match &grouping {
                None => Some(0),
                Some(labels) => {
                    labels[index].as_ref().and_then(|label| self.groups.iter().position(|g| g == label))
                }
            };
            let Some(group) = group.filter(|_| row.iter().all(|x| !x.is_nan())) else {
                scores.left_out += 1;
                continue;
            };
            let w = &weights[group];
            let d = DVector::from_fn(row.len(), |i, _| row[i] - w.centre[i]);
            let own = &w.matrix * d + &w.mean;
            scores.rows.push(index + 1);
            scores.values.push(own.iter().copied().collect());
        }
        Ok(scores)
    }
}

/// What turns answers into scores in one group.
struct Weights {
    matrix: DMatrix<f64>,
    centre: DVector<f64>,
    mean: DVector<f64>,
    determinacy: Vec<Option<f64>>,
    se: Vec<f64>,
}

impl Weights {
    fn new(internals: &Internals, group: usize, method: ScoreMethod) -> Option<Self> {
        let (table, implied) = (&internals.tables[group], &internals.implied[group]);
        let m = table.n_latent;
        // covariance of the latent variables with the answers
        let across = implied.k.columns(0, m).into_owned();
        let inverse_sigma = inverse(&implied.sigma)?;
        let regression = across.tr_mul(&inverse_sigma);
        let explained = &regression * &across;
        let e = implied.eta_covariance.view((0, 0), (m, m)).into_owned();
        let determinacy = (0..m)
            .map(|j| (e[(j, j)] > 0.0).then(|| (explained[(j, j)] / e[(j, j)]).max(0.0).sqrt()))
            .collect();
        let (matrix, error) = match method {
            ScoreMethod::Regression => (regression, &e - &explained),
            ScoreMethod::Bartlett => {
                // the latent variables' covariances taken out of Sigma: the same estimator for any R with
                // Sigma = Lambda E Lambda' + R
                let inner = inverse(&explained)?;
                let unbiased = &e * &inner;
                (&unbiased * &regression, &unbiased * &e - &e)
            }
        };
        let centre =
            if table.has_means { implied.mu.clone() } else { internals.observed[group].mean.clone() };
        let mean = if table.has_means { implied.eta_mean.rows(0, m).into_owned() } else { DVector::zeros(m) };
        let se = error.diagonal().iter().map(|v| v.max(0.0).sqrt()).collect();
        Some(Self { matrix, centre, mean, determinacy, se })
    }
}

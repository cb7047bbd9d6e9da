//! How a respondent's answers become the score of one factor, as numbers that are kept without the fit and its data.
//!
//! Of numbers the regression score, of ordinal answers the mode of the posterior distribution (`scores.rs`,
//! `ordinal_scores.rs`): the same scores as [`Fit::scores`] gives.

use crate::error::{Error, Result};
use crate::estimate::after::factor_scores::ScoreMethod;
use crate::estimate::after::normal_scores::{Joint, Weights};
use crate::estimate::after::ordinal_scores::{Measurement, Posterior};
use crate::estimate::fit::Fit;
use crate::estimate::sample::row_account::LeftOut;
use crate::numeric::{cholesky, rows};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// What a model of one group says of a factor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum FactorRule {
    /// f = mean + c' Sigma^-1 (y - mu), with variance phi - c' Sigma^-1 c; rows and columns of the answers that are there.
    Regression {
        items: Vec<String>,
        /// Whether incomplete answers have no score, as the fit took complete rows only.
        complete: bool,
        /// mu.
        means: Vec<f64>,
        /// Sigma.
        #[serde(with = "rows")]
        covariance: DMatrix<f64>,
        /// c, the covariance of the answers with the factor.
        with_factor: Vec<f64>,
        factor_mean: f64,
        /// phi.
        factor_variance: f64,
    },
    /// The mode of the posterior distribution, of which one latent variable is the factor.
    Mode { factor: usize, measurement: Measurement },
}

impl Fit {
    /// How answers become scores of a factor.
    ///
    /// # Errors
    /// [`Error::Unsupported`] without a solution, of several groups or levels, where the model has no such factor, and
    /// what [`Fit::scores`] reports of the model.
    pub(crate) fn factor_rule(&self, factor: &str) -> Result<FactorRule> {
        let refused =
            |what: &str, instead: &str| Error::Unsupported { what: what.into(), instead: instead.into() };
        let [table] = self.internals.tables.as_slice() else {
            return Err(refused(
                "a rule of scores of several groups or levels",
                "Fit a measurement model of one level to all respondents together.",
            ));
        };
        if !self.converged || !table.covariates.is_empty() {
            return Err(refused(
                "a rule of scores without a solution, or with covariates",
                "Use a measurement model that converges.",
            ));
        }
        let at = table.eta[..table.n_latent].iter().position(|name| name == factor);
        let at = at.ok_or_else(|| {
            refused("scores of a factor that the model has not", "Name one of its factors.")
        })?;
        if table.has_ordinal() {
            return Ok(FactorRule::Mode { factor: at, measurement: Measurement::of(&self.internals, 0)? });
        }
        let joint = Joint::of(&self.internals, 0);
        Ok(FactorRule::Regression {
            items: table.observed.clone(),
            complete: !self.internals.estimation.missing.is_likelihood(),
            means: joint.centre.iter().copied().collect(),
            covariance: rows::mirrored(&joint.sigma),
            with_factor: joint.across.column(at).iter().copied().collect(),
            factor_mean: joint.factor_means[at],
            factor_variance: joint.factors[(at, at)],
        })
    }
}

/// A rule made ready: what does not hang on the answers is worked out.
#[derive(Debug, Clone)]
pub(crate) enum FactorScorer {
    Regression {
        /// Place of each answer of the rule.
        places: Vec<usize>,
        complete: bool,
        joint: Joint,
        /// Of complete answers.
        weights: Box<Weights>,
        /// Sigma^-1.
        precision: DMatrix<f64>,
    },
    Mode {
        factor: usize,
        posterior: Posterior,
    },
}

impl FactorRule {
    /// The items whose answers it takes.
    pub(crate) fn items(&self) -> Vec<&str> {
        match self {
            Self::Regression { items, .. } => items.iter().map(String::as_str).collect(),
            Self::Mode { measurement, .. } => {
                measurement.indicators.iter().map(|i| i.item.as_str()).collect()
            }
        }
    }

    /// Why it cannot be a rule, where its numbers do not go together.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let finite = |x: &[f64]| x.iter().all(|x| x.is_finite());
        let (sizes, numbers) = match self {
            Self::Regression {
                items, means, covariance, with_factor, factor_mean, factor_variance, ..
            } => {
                let k = items.len();
                let sizes = [means.len(), covariance.nrows(), with_factor.len()].iter().all(|n| *n == k);
                let numbers = finite(means) && finite(covariance.as_slice()) && finite(with_factor);
                (sizes && k > 0, numbers && finite(&[*factor_mean, *factor_variance]))
            }
            Self::Mode { factor, measurement: Measurement { mean, covariance, indicators } } => {
                let m = mean.len();
                let sizes = indicators.iter().all(|own| {
                    let categories = own.categories.as_ref();
                    own.loadings.len() == m
                        && categories.is_none_or(|own| own.codes.len() == own.thresholds.len() + 1)
                });
                let numbers = indicators.iter().all(|own| {
                    let ascending = |x: &[f64]| finite(x) && x.windows(2).all(|two| two[0] < two[1]);
                    let categories = own.categories.as_ref();
                    finite(&own.loadings)
                        && finite(&[own.intercept, own.residual_sd])
                        && own.residual_sd > 0.0
                        && categories.is_none_or(|own| ascending(&own.codes) && ascending(&own.thresholds))
                });
                let sizes = sizes && covariance.nrows() == m && *factor < m && !indicators.is_empty();
                (sizes, numbers && finite(mean) && finite(covariance.as_slice()))
            }
        };
        match (sizes, numbers) {
            (false, _) => Some("its lists differ in length"),
            (_, false) => {
                Some("a number is not finite, a residual does not vary, or categories do not ascend")
            }
            _ => None,
        }
    }

    /// The rule for answers that stand where `place` says; none where it has a fault or a matrix is singular.
    pub(crate) fn ready(&self, place: impl Fn(&str) -> Option<usize>) -> Option<FactorScorer> {
        if self.fault().is_some() {
            return None;
        }
        match self {
            Self::Mode { factor, measurement } => {
                let posterior = Posterior::new(measurement, place, ScoreMethod::Ebm).ok()?;
                Some(FactorScorer::Mode { factor: *factor, posterior })
            }
            Self::Regression {
                items,
                complete,
                means,
                covariance,
                with_factor,
                factor_mean,
                factor_variance,
            } => {
                let joint = Joint {
                    centre: DVector::from_column_slice(means),
                    sigma: covariance.clone(),
                    across: DMatrix::from_column_slice(items.len(), 1, with_factor),
                    factors: DMatrix::from_element(1, 1, *factor_variance),
                    factor_means: DVector::from_element(1, *factor_mean),
                    lambda: DMatrix::zeros(items.len(), 1),
                };
                let weights = Box::new(Weights::new(&joint, ScoreMethod::Regression, None)?);
                let places = items.iter().map(|item| place(item)).collect::<Option<_>>()?;
                let precision = cholesky::inverse(covariance)?;
                Some(FactorScorer::Regression { places, complete: *complete, joint, weights, precision })
            }
        }
    }
}

impl FactorScorer {
    /// The score with its standard error from answers (NaN where missing), one of them there at least.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn score(&self, answers: &[f64]) -> std::result::Result<(f64, f64), String> {
        match self {
            Self::Mode { factor, posterior } => match posterior.of(0, answers, None) {
                Ok(Ok((values, errors))) => Ok((values[*factor], errors[*factor])),
                Ok(Err(reason)) => Err(reason.to_string()),
                Err(Error::UnknownCategory { variable, value, .. }) => {
                    Err(format!("nobody in the norm sample answered {value} to '{variable}'"))
                }
                Err(error) => Err(error.to_string()),
            },
            Self::Regression { places, complete, joint, weights, precision } => {
                let answers: Vec<f64> = places.iter().map(|place| answers[*place]).collect();
                let there: Vec<bool> = answers.iter().map(|x| !x.is_nan()).collect();
                let score = |w: &Weights| {
                    let given = answers.iter().filter(|x| !x.is_nan()).zip(w.centre.iter());
                    let sum: f64 = given.zip(w.matrix.iter()).map(|((x, centre), w)| w * (x - centre)).sum();
                    (w.mean[0] + sum, w.se[0])
                };
                if there.iter().all(|there| *there) {
                    return Ok(score(weights));
                }
                if *complete {
                    return Err(LeftOut::Incomplete.to_string());
                }
                if let Some(found) = without(joint, weights, precision, &answers) {
                    return Ok(found);
                }
                let of_these = Weights::new(joint, ScoreMethod::Regression, Some(&there));
                of_these.as_ref().map(score).ok_or_else(|| LeftOut::NoIndicator.to_string())
            }
        }
    }
}

/// The score and its standard error where few answers are missing (NaN), from what is known of complete ones: with o the answers
/// that are there, m the others, P = Sigma^-1 and w = P c the weights of complete answers,
///
/// ```text
/// Sigma_oo^-1 c_o = w_o - P_om P_mm^-1 w_m
/// ```
///
/// by the inverse of a partitioned matrix (Sigma_oo^-1 = P_oo - P_om P_mm^-1 P_mo, and P_oo c_o = w_o - P_om c_m). Its cost grows
/// with the cube of the missing answers, not of those that are there. None where most are missing, or P_mm is singular.
fn without(
    joint: &Joint,
    weights: &Weights,
    precision: &DMatrix<f64>,
    answers: &[f64],
) -> Option<(f64, f64)> {
    let missing: Vec<usize> = (0..answers.len()).filter(|&i| answers[i].is_nan()).collect();
    if 2 * missing.len() > answers.len() {
        return None;
    }
    let mut factor =
        DMatrix::from_fn(missing.len(), missing.len(), |i, j| precision[(missing[i], missing[j])]);
    cholesky::factorise(&mut factor).ok()?;
    let mut moved = DVector::from_iterator(missing.len(), missing.iter().map(|&i| weights.matrix[i]));
    cholesky::solve(&factor, moved.as_mut_slice());
    let (mut score, mut explained) = (weights.mean[0], 0.0);
    for (i, answer) in answers.iter().enumerate().filter(|(_, answer)| !answer.is_nan()) {
        let shift: f64 = missing.iter().zip(moved.iter()).map(|(&j, own)| precision[(j, i)] * own).sum();
        let weight = weights.matrix[i] - shift;
        score += weight * (answer - joint.centre[i]);
        explained += weight * joint.across[i];
    }
    Some((score, (joint.factors[(0, 0)] - explained).max(0.0).sqrt()))
}

//! Scores of respondents on one trait: EAP, MAP, ML and WLE, with standard errors.

use super::choices::TraitEstimator;
use super::curves::{Curves, Response};
use super::item_parameters::ItemParameters;
use super::patterns::MISSING;
use crate::numeric::root::bracketed;
use serde::{Deserialize, Serialize};

/// Scores of all rows.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel, TraitEstimator};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let scores = Irt::new(ItemModel::TwoParameter).scores(TraitEstimator::Eap).fit(&data, &items)?.scores.unwrap();
/// // the first respondent got nothing right
/// assert_eq!(scores.values.len(), 1000);
/// assert_eq!(format!("{:.3} {:.3}", scores.values[0].unwrap(), scores.se[0].unwrap()), "-1.897 0.801");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TraitScores {
    /// How they are estimated.
    pub method: TraitEstimator,
    /// The score of each row of the data; none of a row without an answer, and of maximum likelihood where all answers are
    /// the lowest or the highest.
    pub values: Vec<Option<f64>>,
    /// Their standard errors: the standard deviation of the posterior (EAP), else from the curvature of what is maximised.
    pub se: Vec<Option<f64>>,
    /// Of several traits the scores of each; `values` are those of the first then.
    pub traits: Vec<ScoresOfTrait>,
}

/// Scores on one of several traits.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, TraitEstimator};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let two = Irt::default().structure("a =~ a1 + a2 + a3; b =~ b1 + b2 + b3".parse()?).quadrature(15);
/// let fit = two.fit_statistics(false).scores(TraitEstimator::Eap).fit::<&str>(&data, &[])?;
/// let traits = fit.scores.unwrap().traits;
/// assert_eq!(traits.iter().map(|own| own.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
/// assert_eq!(traits[1].values.len(), 600);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScoresOfTrait {
    /// The trait.
    pub name: String,
    /// The score of each row.
    pub values: Vec<Option<f64>>,
    /// Their standard errors.
    pub se: Vec<Option<f64>>,
}

/// An item as scores need it.
#[derive(Debug, Clone)]
pub(crate) struct Scorer {
    pub(crate) slope: f64,
    pub(crate) response: Response,
}

/// How far from 0 a score is looked for.
const FARTHEST: f64 = 25.0;
/// Step of numeric derivatives.
const STEP: f64 = 1e-4;

impl Scorer {
    /// Of an item of one trait.
    pub(crate) fn of(item: &ItemParameters) -> Self {
        Self { slope: item.slopes[0], response: item.shape().at(&item.core()) }
    }

    /// Expected information at a point.
    pub(crate) fn information(&self, theta: f64, curves: &mut Curves) -> f64 {
        self.response.curves(self.slope * theta, curves);
        let own: f64 = curves.p.iter().zip(&curves.slope).map(|(p, s)| p * s * s).sum();
        self.slope * self.slope * own
    }

    /// Mean and variance of the score (0, 1, ...) at a point; probabilities are left in `curves`.
    pub(crate) fn moments(&self, theta: f64, curves: &mut Curves) -> (f64, f64) {
        curves.p.resize(self.response.categories(), 0.0);
        self.response.probabilities(self.slope * theta, &mut curves.p);
        let mean: f64 = curves.p.iter().enumerate().map(|(k, p)| k as f64 * p).sum();
        let square: f64 = curves.p.iter().enumerate().map(|(k, p)| (k * k) as f64 * p).sum();
        (mean, square - mean * mean)
    }
}

/// The answers of one respondent to items, and the distribution of the trait.
#[derive(Debug)]
pub(crate) struct Respondent<'a> {
    pub(crate) items: &'a [Scorer],
    pub(crate) codes: &'a [u8],
    pub(crate) mean: f64,
    pub(crate) variance: f64,
}

impl Respondent<'_> {
    fn answered(&self) -> impl Iterator<Item = (&Scorer, usize)> {
        let each = self.items.iter().zip(self.codes).filter(|(_, code)| **code != MISSING);
        each.map(|(item, code)| (item, usize::from(*code)))
    }

    /// Mean and standard deviation of the posterior, on nodes over 6 standard deviations of the trait around its mean.
    pub(crate) fn posterior_mean(&self, nodes: usize) -> (f64, f64) {
        let sd = self.variance.sqrt();
        let theta = |q: usize| self.mean + sd * 6.0 * (2.0 * q as f64 / (nodes - 1) as f64 - 1.0);
        let mut curves = Curves::default();
        let mut log: Vec<f64> = (0..nodes)
            .map(|q| {
                let z = (theta(q) - self.mean) / sd;
                self.log_likelihood(theta(q), &mut curves) - 0.5 * z * z
            })
            .collect();
        let top = log.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        log.iter_mut().for_each(|x| *x = (*x - top).exp());
        let sum: f64 = log.iter().sum();
        let mean = log.iter().enumerate().map(|(q, w)| w * theta(q)).sum::<f64>() / sum;
        let square = log.iter().enumerate().map(|(q, w)| w * (theta(q) - mean).powi(2)).sum::<f64>() / sum;
        (mean, square.sqrt())
    }

    /// Logarithm of the probability of the answers at a level of the trait.
    pub(crate) fn log_likelihood(&self, theta: f64, curves: &mut Curves) -> f64 {
        self.answered()
            .map(|(item, code)| {
                curves.p.resize(item.response.categories(), 0.0);
                item.response.probabilities(item.slope * theta, &mut curves.p);
                curves.p[code].ln()
            })
            .sum()
    }

    pub(crate) fn information(&self, theta: f64) -> f64 {
        let mut curves = Curves::default();
        self.answered().map(|(item, _)| item.information(theta, &mut curves)).sum()
    }

    /// Derivative of what the estimator maximises.
    fn slope(&self, theta: f64, estimator: TraitEstimator) -> f64 {
        let mut curves = Curves::default();
        let mut sum = 0.0;
        for (item, code) in self.answered() {
            item.response.curves(item.slope * theta, &mut curves);
            sum += item.slope * curves.slope[code];
        }
        match estimator {
            TraitEstimator::Map => sum - (theta - self.mean) / self.variance,
            TraitEstimator::Wle => {
                let log = |theta: f64| self.information(theta).max(1e-300).ln();
                sum + 0.25 * (log(theta + STEP) - log(theta - STEP)) / STEP
            }
            _ => sum,
        }
    }

    /// The maximum nearest to a start, and the standard error there.
    pub(crate) fn maximum(&self, estimator: TraitEstimator, start: f64) -> (Option<f64>, Option<f64>) {
        if estimator == TraitEstimator::Ml && self.is_extreme() {
            return (None, None);
        }
        let first = self.slope(start, estimator);
        let up = first > 0.0;
        let (mut near, mut far) = (start, start);
        let mut reach = 0.5;
        loop {
            far += if up { reach } else { -reach };
            if far.abs() > FARTHEST {
                return (None, None);
            }
            if (self.slope(far, estimator) > 0.0) != up {
                break;
            }
            near = far;
            reach *= 1.5;
        }
        let Some(theta) = bracketed(|theta| self.slope(theta, estimator), near, far) else {
            return (None, None);
        };
        let bend = (self.slope(theta - STEP, estimator) - self.slope(theta + STEP, estimator)) / (2.0 * STEP);
        (Some(theta), (bend > 0.0).then(|| 1.0 / bend.sqrt()))
    }

    /// Whether all answers are at the same end of their items.
    fn is_extreme(&self) -> bool {
        let end = |high: bool| {
            self.answered().all(|(item, code)| {
                let top = if (item.slope > 0.0) == high { item.response.categories() - 1 } else { 0 };
                code == top
            })
        };
        end(true) || end(false)
    }

    /// Standardised log-likelihood (Drasgow, Levine & Williams 1985), outfit and infit (Wright & Masters 1982) at a score.
    pub(crate) fn fit(&self, theta: f64) -> (Option<f64>, Option<f64>, Option<f64>) {
        let mut curves = Curves::default();
        let (mut seen, mut mean, mut variance) = (0.0, 0.0, 0.0);
        let (mut squares, mut residuals, mut variances, mut count) = (0.0, 0.0, 0.0, 0.0);
        for (item, code) in self.answered() {
            let (expected, spread) = item.moments(theta, &mut curves);
            let logs = |f: &dyn Fn(f64) -> f64| -> f64 { curves.p.iter().map(|p| p * f(p.ln())).sum() };
            let own = logs(&|log| log);
            seen += curves.p[code].ln();
            mean += own;
            variance += logs(&|log| log * log) - own * own;
            let residual = (code as f64 - expected).powi(2);
            squares += residual / spread;
            residuals += residual;
            variances += spread;
            count += 1.0;
        }
        let defined = |x: f64| x.is_finite().then_some(x);
        (
            (variance > 0.0).then(|| (seen - mean) / variance.sqrt()).and_then(defined),
            defined(squares / count),
            defined(residuals / variances),
        )
    }
}

//! Factor scores from ordinal answers, by empirical Bayes.
//!
//! ```text
//! posterior(eta) ~ N(eta; mean, E) prod_j P(y_j | eta),  P(y = k | eta) = Phi(u_k) - Phi(u_(k-1)),
//! u_k = (tau_k - nu - lambda' eta) / sqrt(theta)         (a continuous answer has its normal density)
//! ebm   its mode (modal, MAP), with the root of the inverse curvature as standard error
//! eap   its mean, with its standard deviation, by Gauss-Hermite quadrature around the mode
//! ```
//!
//! (Bock & Mislevy 1982; Skrondal & Rabe-Hesketh 2004, ch. 7.) Answers that are missing say nothing; a respondent needs
//! one.

use crate::correlation::Scale;
use crate::error::{Error, Result};
use crate::estimate::after::factor_scores::ScoreMethod;
use crate::estimate::fit::Internals;
use crate::estimate::ordinal::seen::stages_of;
use crate::estimate::sample::row_account::LeftOut;
use crate::model::{Implied, ParameterTable};
use crate::numeric::normal::{between, density};
use crate::numeric::quadrature::gauss_hermite;
use crate::numeric::{cholesky, rows};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// What a model says of ordinal answers, as numbers that can be kept: latent variables and their indicators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Measurement {
    /// Mean of the latent variables, of which the covariates' effects are no part.
    pub(crate) mean: Vec<f64>,
    /// E given the covariates.
    #[serde(with = "rows")]
    pub(crate) covariance: DMatrix<f64>,
    pub(crate) indicators: Vec<Indicator>,
}

/// An indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Indicator {
    pub(crate) item: String,
    /// One for each latent variable.
    pub(crate) loadings: Vec<f64>,
    pub(crate) intercept: f64,
    /// Standard deviation of the residual.
    pub(crate) residual_sd: f64,
    /// None of a continuous one.
    pub(crate) categories: Option<Categories>,
}

/// Categories of an ordinal indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Categories {
    /// In ascending order.
    pub(crate) codes: Vec<f64>,
    /// Between them: one less.
    pub(crate) thresholds: Vec<f64>,
}

/// What a group's answers are compared with.
#[derive(Debug, Clone)]
pub(crate) struct Posterior {
    items: Vec<Item>,
    /// Places of the fixed covariates among the answers, with their effects on the latent variables.
    covariates: Vec<(usize, DVector<f64>)>,
    mean: DVector<f64>,
    /// E^-1 given the covariates.
    precision: DMatrix<f64>,
    method: ScoreMethod,
    rule: Vec<(f64, f64)>,
}

/// An indicator with its place among the answers.
#[derive(Debug, Clone)]
struct Item {
    place: usize,
    name: String,
    loadings: DVector<f64>,
    intercept: f64,
    sd: f64,
    /// Codes and thresholds, the infinite ones included; none of a continuous one.
    categories: Option<(Vec<f64>, Vec<f64>)>,
}

/// Nodes per factor of the quadrature, by the number of factors; more than these take too long.
const NODES: [usize; 7] = [21, 15, 9, 7, 5, 4, 3];
const MAX_STEPS: usize = 100;
const TINY: f64 = 1e-300;
/// The largest promise of a step (g' H^-1 g) that rounding may keep from being kept.
const STALLED: f64 = 1e-6;

/// Scores with their standard errors, or why a row has none.
pub(crate) type Scored = std::result::Result<(Vec<f64>, Vec<f64>), LeftOut>;

impl Measurement {
    /// Of a group of a fit.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where residuals covary or one does not vary.
    pub(crate) fn of(internals: &Internals, group: usize) -> Result<Self> {
        let (table, implied) = (&internals.tables[group], internals.implied[group].given());
        let latent = table.n_latent;
        let indicators = indicators(internals, table, implied, group).ok_or_else(|| {
            refused(
                "factor scores where residuals of items covary or a residual variance is zero",
                "Leave the residual covariances out of the model that gives the scores.",
            )
        })?;
        Ok(Self {
            mean: implied.eta_mean.rows(0, latent).iter().copied().collect(),
            covariance: rows::mirrored(&implied.eta_covariance.view((0, 0), (latent, latent)).into_owned()),
            indicators,
        })
    }
}

fn refused(what: &str, instead: &str) -> Error {
    Error::Unsupported { what: what.into(), instead: instead.into() }
}

impl Posterior {
    /// Of a group of a fit, whose answers stand in the order of the model's observed variables.
    pub(crate) fn of_fit(internals: &Internals, group: usize, method: ScoreMethod) -> Result<Self> {
        let (table, implied) = (&internals.tables[group], internals.implied[group].given());
        let measurement = Measurement::of(internals, group)?;
        let place = |item: &str| table.observed.iter().position(|name| name == item);
        let mut own = Self::new(&measurement, place, method)?;
        let in_eta = |x: &usize| table.promoted.iter().position(|i| i == x).map(|k| (*x, table.n_latent + k));
        let effects = |e: usize| implied.total.column(e).rows(0, table.n_latent).into_owned();
        own.covariates = table.covariates.iter().filter_map(in_eta).map(|(x, e)| (x, effects(e))).collect();
        Ok(own)
    }

    /// Of indicators whose answers stand where `place` says.
    ///
    /// # Errors
    /// [`Error::Unsupported`] of more factors than quadrature can take, and where a combination of factors does not vary.
    pub(crate) fn new(
        measurement: &Measurement,
        place: impl Fn(&str) -> Option<usize>,
        method: ScoreMethod,
    ) -> Result<Self> {
        let latent = measurement.mean.len();
        if method == ScoreMethod::Eap && latent > NODES.len() {
            return Err(refused(
                "EAP scores of more than seven factors",
                "Use ebm, which needs no quadrature.",
            ));
        }
        let singular = "Use a model whose factors are not determined by one another.";
        let precision = cholesky::inverse(&measurement.covariance)
            .ok_or_else(|| refused("factor scores where a combination of factors does not vary", singular))?;
        let item = |own: &Indicator| {
            let limits = |own: &Categories| {
                let finite = own.thresholds.iter().copied();
                let all = std::iter::once(f64::NEG_INFINITY).chain(finite).chain([f64::INFINITY]);
                (own.codes.clone(), all.collect())
            };
            Some(Item {
                place: place(&own.item)?,
                name: own.item.clone(),
                loadings: DVector::from_column_slice(&own.loadings),
                intercept: own.intercept,
                sd: own.residual_sd,
                categories: own.categories.as_ref().map(limits),
            })
        };
        Ok(Self {
            items: measurement.indicators.iter().filter_map(item).collect(),
            covariates: Vec::new(),
            mean: DVector::from_column_slice(&measurement.mean),
            precision,
            method,
            rule: if method == ScoreMethod::Eap {
                gauss_hermite(NODES[latent.max(1) - 1])
            } else {
                Vec::new()
            },
        })
    }

    /// Scores and standard errors from a row of answers (NaN where missing), or why there are none; `fate` is why the row
    /// is left out whatever it says.
    pub(crate) fn of(&self, row: usize, answers: &[f64], fate: Option<LeftOut>) -> Result<Scored> {
        if let Some(reason) = fate {
            return Ok(Err(reason));
        }
        if self.covariates.iter().any(|(i, _)| answers[*i].is_nan()) {
            return Ok(Err(LeftOut::NoCovariate));
        }
        let mut seen: Vec<Seen<'_>> = Vec::with_capacity(self.items.len());
        for item in self.items.iter().filter(|item| !answers[item.place].is_nan()) {
            seen.push(item.seen(row, answers[item.place])?);
        }
        if seen.is_empty() {
            return Ok(Err(LeftOut::NoIndicator));
        }
        let mut mean = self.mean.clone();
        for (i, effects) in &self.covariates {
            mean += effects * answers[*i];
        }
        let Some((mode, factor)) = self.mode(&seen, &mean) else { return Ok(Err(LeftOut::NoMode)) };
        if self.method != ScoreMethod::Eap {
            let errors = factor.row_iter().map(|row| row.norm()).collect();
            return Ok(Ok((mode.iter().copied().collect(), errors)));
        }
        Ok(Ok(self.average(&seen, &mean, &mode, &factor)))
    }

    fn log_posterior(&self, seen: &[Seen<'_>], mean: &DVector<f64>, eta: &DVector<f64>) -> f64 {
        let deviation = eta - mean;
        seen.iter().map(|answer| answer.log_probability(eta)).sum::<f64>()
            - 0.5 * deviation.dot(&(&self.precision * &deviation))
    }

    /// The mode by Newton's method (the logarithm is concave), and a factor of the inverse curvature there.
    fn mode(&self, seen: &[Seen<'_>], mean: &DVector<f64>) -> Option<(DVector<f64>, DMatrix<f64>)> {
        let mut eta = mean.clone();
        let mut value = self.log_posterior(seen, mean, &eta);
        let m = mean.len();
        for _ in 0..MAX_STEPS {
            let mut gradient = -(&self.precision * (&eta - mean));
            let mut curvature = self.precision.clone();
            for answer in seen {
                let (first, second) = answer.derivatives(&eta);
                gradient.axpy(first, &answer.item.loadings, 1.0);
                curvature.ger(-second, &answer.item.loadings, &answer.item.loadings, 1.0);
            }
            cholesky::factorise(&mut curvature).ok()?;
            let mut step = gradient.clone();
            cholesky::solve(&curvature, step.as_mut_slice());
            let decrement = step.dot(&gradient);
            let close = decrement < 1e-16;
            let next = (0..30).find_map(|halvings| {
                let at = &eta + &step * 0.5f64.powi(halvings);
                let value_at = self.log_posterior(seen, mean, &at);
                (value_at >= value - 1e-12 * value.abs()).then_some((at, value_at))
            });
            let moved = next.is_some();
            if let Some((at, value_at)) = next {
                (eta, value) = (at, value_at);
            }
            // a step that no longer raises the logarithm is rounding at the mode, and a failure elsewhere
            if !close && !moved && !(decrement < STALLED) {
                return None;
            }
            if close || !moved {
                let mut inverse = DMatrix::zeros(m, m);
                cholesky::invert(&mut curvature, &mut inverse);
                // L^-1 of the curvature LL': its transpose is a factor of the inverse
                return Some((eta, curvature.lower_triangle().transpose()));
            }
        }
        None
    }

    /// Mean and standard deviation, by quadrature around the mode.
    fn average(
        &self,
        seen: &[Seen<'_>],
        mean: &DVector<f64>,
        mode: &DVector<f64>,
        factor: &DMatrix<f64>,
    ) -> (Vec<f64>, Vec<f64>) {
        let (m, nodes) = (mode.len(), self.rule.len());
        let highest = self.log_posterior(seen, mean, mode);
        let (mut sum, mut first, mut second) = (0.0, DVector::zeros(m), DVector::zeros(m));
        let mut z = DVector::zeros(m);
        for index in 0..nodes.pow(m as u32) {
            let (mut rest, mut log_weight) = (index, 0.0);
            for j in 0..m {
                let (x, w) = self.rule[rest % nodes];
                rest /= nodes;
                z[j] = x;
                log_weight += w.ln() + 0.5 * x * x;
            }
            let eta = mode + factor * &z;
            let weight = (self.log_posterior(seen, mean, &eta) - highest + log_weight).exp();
            sum += weight;
            first.axpy(weight, &eta, 1.0);
            second.axpy(weight, &eta.component_mul(&eta), 1.0);
        }
        first /= sum;
        second /= sum;
        let sd = second.iter().zip(first.iter()).map(|(square, mean)| (square - mean * mean).max(0.0).sqrt());
        (first.iter().copied().collect(), sd.collect())
    }
}

/// The indicators; none where residuals covary or one does not vary.
fn indicators(
    internals: &Internals,
    table: &ParameterTable,
    implied: &Implied,
    group: usize,
) -> Option<Vec<Indicator>> {
    let stages = stages_of(&internals.observed[group])?;
    let mut indicators = Vec::new();
    for margin in &stages.margins {
        let i = table.observed.iter().position(|name| *name == margin.name)?;
        let loadings: Vec<f64> = implied.lambda.row(i).columns(0, table.n_latent).iter().copied().collect();
        if table.promoted.contains(&i) || loadings.iter().all(|l| *l == 0.0) {
            // an outcome or cause, and no indicator
            continue;
        }
        if (0..table.observed.len()).any(|j| j != i && implied.theta[(i, j)] != 0.0)
            || !(implied.theta[(i, i)] > 0.0)
        {
            return None;
        }
        let categories = match &margin.scale {
            Scale::Continuous { .. } => None,
            Scale::Ordinal(categories) => Some(Categories {
                codes: categories.values.clone(),
                thresholds: implied.thresholds[i].clone(),
            }),
        };
        indicators.push(Indicator {
            item: margin.name.clone(),
            loadings,
            intercept: implied.nu[i],
            residual_sd: implied.theta[(i, i)].sqrt(),
            categories,
        });
    }
    (!indicators.is_empty()).then_some(indicators)
}

/// An answer to an item.
struct Seen<'a> {
    item: &'a Item,
    answer: Answer,
}

enum Answer {
    /// Between two thresholds.
    Category(f64, f64),
    Value(f64),
}

impl Item {
    fn seen(&self, row: usize, answer: f64) -> Result<Seen<'_>> {
        let answer = match &self.categories {
            None => Answer::Value(answer),
            Some((codes, limits)) => {
                let at = codes.iter().position(|code| *code == answer).ok_or_else(|| {
                    Error::UnknownCategory { variable: self.name.clone(), row: row + 1, value: answer }
                })?;
                Answer::Category(limits[at], limits[at + 1])
            }
        };
        Ok(Seen { item: self, answer })
    }
}

impl Seen<'_> {
    fn log_probability(&self, eta: &DVector<f64>) -> f64 {
        let (mean, sd) = (self.item.intercept + self.item.loadings.dot(eta), self.item.sd);
        match self.answer {
            Answer::Category(low, high) => between((low - mean) / sd, (high - mean) / sd).max(TINY).ln(),
            Answer::Value(value) => -0.5 * ((value - mean) / sd).powi(2),
        }
    }

    /// First and second derivative of the log-probability by the linear predictor.
    fn derivatives(&self, eta: &DVector<f64>) -> (f64, f64) {
        let (mean, sd) = (self.item.intercept + self.item.loadings.dot(eta), self.item.sd);
        match self.answer {
            Answer::Value(value) => ((value - mean) / (sd * sd), -1.0 / (sd * sd)),
            Answer::Category(low, high) => {
                let (low, high) = ((low - mean) / sd, (high - mean) / sd);
                let p = between(low, high).max(TINY);
                let bend = |u: f64| if u.is_finite() { u * density(u) } else { 0.0 };
                let first = (density(low) - density(high)) / (sd * p);
                (first, (bend(low) - bend(high)) / (sd * sd * p) - first * first)
            }
        }
    }
}

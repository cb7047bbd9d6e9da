//! Stage one of Muthen's (1984) three: each variable by itself, given the covariates.
//!
//! ```text
//! ordinal      y = k where tau_(k-1) < y* < tau_k,  y* = b'x + e,  e ~ N(0, 1)
//! continuous   y = m + b'x + e,  e ~ N(0, v)
//! ```
//!
//! by maximum likelihood (v has divisor N). A respondent's influence on the estimates is (S'S)^-1 s with s the
//! respondent's score and S those of all (of sampling weights w: (S'WS)^-1 w s), so that the influences' cross-products estimate the covariance matrix
//! of the estimates. Normality is part of the model: (S'S)^-1 itself is the covariance matrix.

use super::categories::{Categories, NONE};
use super::probit::Probit;
use crate::correlation::statistic::{Statistic, Unit};
use crate::error::{Error, Result};
use crate::numeric::cholesky;
use crate::numeric::normal::{between, density};
use nalgebra::{DMatrix, DVector};
use std::sync::Arc;

/// What a variable is measured in.
#[derive(Debug, Clone)]
pub(crate) enum Scale {
    Continuous { mean: f64, variance: f64 },
    Ordinal(Categories),
}

/// A variable with the estimates of its own.
#[derive(Debug, Clone)]
pub(crate) struct Margin {
    pub(crate) name: String,
    pub(crate) scale: Scale,
    /// On the covariates.
    pub(crate) slopes: Vec<f64>,
    /// Of each row: the standardised residual of a continuous variable, what the covariates predict of an
    /// ordinal one. NaN where the answer is missing.
    pub(crate) values: Vec<f64>,
    /// Of each row on each estimate (thresholds, slopes; mean, slopes, variance); 0 where the answer is missing.
    pub(crate) influence: DMatrix<f64>,
    /// The sampling weight of each row.
    pub(crate) weights: Option<Arc<[f64]>>,
}

impl Margin {
    /// Of answers, NaN where missing; `x` has a row per answer, and no columns without covariates.
    pub(crate) fn of(name: &str, answers: &[f64], ordinal: bool, x: &DMatrix<f64>) -> Result<Self> {
        Self::weighted(name, answers, ordinal, x, None)
    }

    /// The same with a sampling weight for each row.
    pub(crate) fn weighted(
        name: &str,
        answers: &[f64],
        ordinal: bool,
        x: &DMatrix<f64>,
        weights: Option<&Arc<[f64]>>,
    ) -> Result<Self> {
        if answers.iter().any(|v| v.is_infinite()) {
            return Err(Error::NotFinite { what: format!("an answer to '{name}'") });
        }
        if ordinal {
            Self::ordinal(name, Categories::weighted(name, answers, weights.map(|w| &**w))?, x, weights)
        } else {
            Self::continuous(name, answers, x, weights)
        }
    }

    fn ordinal(
        name: &str,
        mut categories: Categories,
        x: &DMatrix<f64>,
        weights: Option<&Arc<[f64]>>,
    ) -> Result<Self> {
        let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
        let weights = weights.cloned();
        let n = categories.codes.len();
        let k = categories.thresholds.len();
        if x.ncols() == 0 {
            let own = categories.influence();
            let influence = DMatrix::from_fn(n, k, |row, at| match categories.codes[row] {
                NONE => 0.0,
                code => weight(row) * own[usize::from(code)][at],
            });
            let values = categories.codes.iter().map(|c| if *c == NONE { f64::NAN } else { 0.0 }).collect();
            let scale = Scale::Ordinal(categories);
            return Ok(Self { name: name.into(), scale, slopes: Vec::new(), values, influence, weights });
        }
        let probit = Probit { codes: &categories.codes, x, weights: weights.as_deref() };
        let fit = probit
            .maximise(&categories.thresholds, &vec![0.0; x.ncols()])
            .ok_or_else(|| Error::Separated { variable: name.into() })?;
        categories.thresholds = fit.thresholds;
        let limits = categories.limits();
        let mut values = vec![f64::NAN; n];
        let mut scores = DMatrix::zeros(n, k + x.ncols());
        for (row, &code) in categories.codes.iter().enumerate().filter(|(_, code)| **code != NONE) {
            let predicted: f64 = fit.slopes.iter().enumerate().map(|(j, b)| b * x[(row, j)]).sum();
            values[row] = predicted;
            let at = usize::from(code);
            let (low, high) = (limits[at] - predicted, limits[at + 1] - predicted);
            let p = between(low, high);
            let limits = Limits { low: density(low) / p, high: density(high) / p };
            limits.write_score(&mut scores, k, x, row, at);
        }
        let influence =
            influence(&scores, weight).ok_or_else(|| Error::Separated { variable: name.to_string() })?;
        let scale = Scale::Ordinal(categories);
        Ok(Self { name: name.into(), scale, slopes: fit.slopes, values, influence, weights })
    }

    fn continuous(
        name: &str,
        answers: &[f64],
        x: &DMatrix<f64>,
        weights: Option<&Arc<[f64]>>,
    ) -> Result<Self> {
        let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
        let weights = weights.cloned();
        let present: Vec<usize> = (0..answers.len()).filter(|&row| !answers[row].is_nan()).collect();
        let Some(&first) = present.first() else {
            return Err(Error::NoAnswers { variable: name.into() });
        };
        let constant = || {
            let (item, value, n) = (name.to_string(), answers[first], present.len());
            Error::ConstantItem { item, value, n }
        };
        if present.iter().all(|&row| answers[row] == answers[first]) {
            return Err(constant());
        }
        let k = x.ncols();
        let design =
            DMatrix::from_fn(present.len(), k + 1, |i, j| if j == 0 { 1.0 } else { x[(present[i], j - 1)] });
        // about their mean, so that no constant in the answers washes the rest away
        let centre = present.iter().map(|&row| answers[row] - answers[first]).sum::<f64>()
            / present.len() as f64
            + answers[first];
        let y = DVector::from_fn(present.len(), |i, _| answers[present[i]] - centre);
        let mut counted = design.clone();
        for (mut row, &at) in counted.row_iter_mut().zip(&present) {
            row *= weight(at);
        }
        let coefficients = crate::numeric::cholesky::solved(&counted.tr_mul(&design), &counted.tr_mul(&y))
            .ok_or_else(|| Error::Separated { variable: name.into() })?;
        let residual = &y - &design * &coefficients;
        let n: f64 = present.iter().map(|&row| weight(row)).sum();
        let squares = residual.iter().zip(&present).map(|(e, &row)| weight(row) * e * e);
        let variance = squares.sum::<f64>() / n;
        if !(variance > 0.0) {
            return Err(constant());
        }
        let sd = variance.sqrt();
        let mut values = vec![f64::NAN; answers.len()];
        let mut scores = DMatrix::zeros(answers.len(), k + 2);
        for (i, &row) in present.iter().enumerate() {
            let z = residual[i] / sd;
            values[row] = z;
            for j in 0..=k {
                scores[(row, j)] = z / sd * design[(i, j)];
            }
            scores[(row, k + 1)] = 0.5 * (z * z - 1.0) / variance;
        }
        let influence = match influence(&scores, weight) {
            Some(influence) => influence,
            None => {
                // of a variable with two values in equal shares the square does not vary
                let mut own = self::influence(&scores.columns(0, k + 1).into_owned(), weight)
                    .ok_or_else(|| Error::Separated { variable: name.into() })?
                    .insert_column(k + 1, 0.0);
                for (i, &row) in present.iter().enumerate() {
                    own[(row, k + 1)] = weight(row) * (residual[i].powi(2) - variance) / n;
                }
                own
            }
        };
        let scale = Scale::Continuous { mean: centre + coefficients[0], variance };
        let slopes = coefficients.as_slice()[1..].to_vec();
        Ok(Self { name: name.into(), scale, slopes, values, influence, weights })
    }

    /// Column of its influences where those on its slopes begin.
    pub(super) fn first_slope(&self) -> usize {
        self.categories().map_or(1, |categories| categories.thresholds.len())
    }

    /// The influence on one of its own estimates (a column of `influence`), of covariates that are standardised, in the
    /// covariates' own units:
    ///
    /// ```text
    /// slope b / sd,    threshold tau + sum_j b_j mean_j / sd_j,    mean m - sum_j b_j mean_j / sd_j
    /// ```
    pub(super) fn influence_in(&self, units: &[Unit], statistic: Statistic, column: usize) -> DVector<f64> {
        let mut own = self.influence.column(column).into_owned();
        let sign = match statistic {
            Statistic::Slope(_, j) => {
                own /= units[j].sd;
                return own;
            }
            Statistic::Threshold(..) => 1.0,
            Statistic::Mean(_) => -1.0,
            Statistic::Variance(_) | Statistic::Covariance(..) => return own,
        };
        for (j, Unit { mean, sd }) in units.iter().enumerate() {
            own.axpy(sign * mean / sd, &self.influence.column(self.first_slope() + j), 1.0);
        }
        own
    }

    /// Brings estimates (and no influences) of standardised covariates back to the covariates' own units.
    pub(super) fn restore(&mut self, units: &[Unit]) {
        for (slope, unit) in self.slopes.iter_mut().zip(units) {
            *slope /= unit.sd;
        }
        let at_zero: f64 = self.slopes.iter().zip(units).map(|(slope, unit)| slope * unit.mean).sum();
        match &mut self.scale {
            Scale::Continuous { mean, .. } => *mean -= at_zero,
            Scale::Ordinal(categories) => categories.thresholds.iter_mut().for_each(|tau| *tau += at_zero),
        }
    }

    /// One of its own estimates.
    pub(super) fn value(&self, statistic: Statistic) -> f64 {
        match (statistic, &self.scale) {
            (Statistic::Threshold(_, k), Scale::Ordinal(categories)) => categories.thresholds[k],
            (Statistic::Slope(_, j), _) => self.slopes[j],
            (Statistic::Mean(_), Scale::Continuous { mean, .. }) => *mean,
            (Statistic::Variance(_), Scale::Continuous { variance, .. }) => *variance,
            _ => 1.0,
        }
    }

    /// Standard deviation of what lies behind the answers, given the covariates.
    pub(crate) fn sd(&self) -> f64 {
        match self.scale {
            Scale::Continuous { variance, .. } => variance.sqrt(),
            Scale::Ordinal(_) => 1.0,
        }
    }

    /// Its categories, of an ordinal variable.
    pub(crate) fn categories(&self) -> Option<&Categories> {
        match &self.scale {
            Scale::Ordinal(categories) => Some(categories),
            Scale::Continuous { .. } => None,
        }
    }

    /// The sampling weight of a row.
    pub(crate) fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[row])
    }

    /// Whether there is an answer in a row.
    pub(crate) fn answered(&self, row: usize) -> bool {
        !self.values[row].is_nan()
    }

    /// Answers that are not missing.
    pub(crate) fn n(&self) -> usize {
        self.values.iter().filter(|v| !v.is_nan()).count()
    }
}

/// Slopes of a respondent's log-likelihood by the upper limit of the category, and by the lower one with its sign
/// changed.
pub(crate) struct Limits {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Limits {
    /// Writes the score by the `k` thresholds and by the slopes of an ordinal variable.
    pub(crate) fn write_score(
        &self,
        scores: &mut DMatrix<f64>,
        k: usize,
        x: &DMatrix<f64>,
        row: usize,
        code: usize,
    ) {
        if code < k {
            scores[(row, code)] = self.high;
        }
        if code > 0 {
            scores[(row, code - 1)] = -self.low;
        }
        for j in 0..x.ncols() {
            scores[(row, k + j)] = x[(row, j)] * (self.low - self.high);
        }
    }
}

/// W S (S'W S)^-1 with W the sampling weights; none where S'W S is singular.
fn influence(scores: &DMatrix<f64>, weight: impl Fn(usize) -> f64) -> Option<DMatrix<f64>> {
    let mut counted = scores.clone();
    for (row, mut own) in counted.row_iter_mut().enumerate() {
        own *= weight(row);
    }
    let mut factor = counted.tr_mul(scores);
    cholesky::factorise(&mut factor).ok()?;
    let mut inverse = DMatrix::zeros(factor.nrows(), factor.nrows());
    cholesky::invert(&mut factor, &mut inverse);
    Some(counted * inverse)
}

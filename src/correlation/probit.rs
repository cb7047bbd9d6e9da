//! Ordered probit regression: of an ordinal variable on covariates (McKelvey & Zavoina 1975).
//!
//! ```text
//! P(y = k | x) = Phi(tau_k - b'x) - Phi(tau_(k-1) - b'x)
//! ```
//!
//! by scoring with the expected information at the observed covariates.

use super::categories::{NONE, limits};
use crate::numeric::cholesky::solved;
use crate::numeric::minimise::Rise;
use crate::numeric::normal::{density, distribution};
use nalgebra::{DMatrix, DVector};

/// The smallest probability: below, differences of distribution functions are rounding.
const TINY: f64 = 1e-300;
const MAX_STEPS: usize = 100;
/// Largest gradient, each element over the root of its information, at which scoring ends.
const CLOSE: f64 = 1e-10;
/// Where rounding stops the search, this is still a maximum.
const ROUNDING: f64 = 1e-6;

/// Answers and covariates (a row per respondent); answers that are [`NONE`] do not count.
pub(crate) struct Probit<'a> {
    pub(crate) codes: &'a [u8],
    pub(crate) x: &'a DMatrix<f64>,
    /// Sampling weights of the respondents.
    pub(crate) weights: Option<&'a [f64]>,
}

/// A maximum of the likelihood.
pub(crate) struct ProbitFit {
    pub(crate) thresholds: Vec<f64>,
    pub(crate) slopes: Vec<f64>,
    pub(crate) log_likelihood: f64,
    pub(crate) information: DMatrix<f64>,
    /// Largest element of the gradient, over the root of its information.
    pub(crate) gradient: f64,
}

struct Evaluated {
    log_likelihood: f64,
    gradient: DVector<f64>,
    information: DMatrix<f64>,
}

impl Evaluated {
    fn largest(&self) -> f64 {
        self.gradient.component_div(&self.information.diagonal().map(f64::sqrt)).amax()
    }
}

impl Probit<'_> {
    /// The estimates from start values; none where the likelihood has no maximum (a covariate separates the
    /// categories) or the covariates are dependent.
    pub(crate) fn maximise(&self, thresholds: &[f64], slopes: &[f64]) -> Option<ProbitFit> {
        let k = thresholds.len();
        let mut at = DVector::from_iterator(k + slopes.len(), thresholds.iter().chain(slopes).copied());
        let mut now = self.evaluate(&at, k)?;
        for _ in 0..MAX_STEPS {
            if now.largest() < CLOSE {
                break;
            }
            let step = solved(&now.information, &now.gradient)?;
            let rise = Rise::of(now.log_likelihood, now.largest(), step.dot(&now.gradient));
            let next = (0..rise.halvings()).find_map(|halvings| {
                let at = &at + &step * 0.5f64.powi(halvings);
                let better = |e: &Evaluated| rise.is_met(e.log_likelihood, e.largest());
                self.evaluate(&at, k).filter(better).map(|e| (at, e))
            });
            let Some((moved, evaluated)) = next else { break };
            (at, now) = (moved, evaluated);
        }
        let gradient = now.largest();
        (gradient < ROUNDING).then(|| ProbitFit {
            thresholds: at.as_slice()[..k].to_vec(),
            slopes: at.as_slice()[k..].to_vec(),
            log_likelihood: now.log_likelihood,
            information: now.information,
            gradient,
        })
    }

    fn evaluate(&self, at: &DVector<f64>, k: usize) -> Option<Evaluated> {
        let (thresholds, slopes) = at.as_slice().split_at(k);
        if !thresholds.windows(2).all(|pair| pair[0] < pair[1]) {
            return None;
        }
        let ends = limits(thresholds);
        let q = at.len();
        let (mut log_likelihood, mut gradient) = (0.0, DVector::zeros(q));
        let mut information = DMatrix::zeros(q, q);
        // the elements of a category's derivatives that are not zero
        let mut own: Vec<(usize, f64)> = Vec::with_capacity(slopes.len() + 2);
        let mut places = Limits::new(k);
        for (row, &code) in self.codes.iter().enumerate().filter(|(_, code)| **code != NONE) {
            let weight = self.weights.map_or(1.0, |weights| weights[row]);
            let predicted: f64 = slopes.iter().enumerate().map(|(j, b)| b * self.x[(row, j)]).sum();
            places.place(&ends, predicted);
            for category in 0..=k {
                let p = places.between(category).max(TINY);
                let (low, high) = (places.density[category], places.density[category + 1]);
                own.clear();
                if category < k {
                    own.push((category, high));
                }
                if category > 0 {
                    own.push((category - 1, -low));
                }
                own.extend((0..slopes.len()).map(|j| (k + j, self.x[(row, j)] * (low - high))));
                for &(s, a) in &own {
                    for &(t, b) in &own {
                        information[(s, t)] += weight * a * b / p;
                    }
                }
                if category == usize::from(code) {
                    log_likelihood += weight * p.ln();
                    own.iter().for_each(|&(s, a)| gradient[s] += weight * a / p);
                }
            }
        }
        log_likelihood.is_finite().then_some(Evaluated { log_likelihood, gradient, information })
    }
}

/// What the normal distribution is at the limits of the categories of one respondent.
struct Limits {
    positive: Vec<bool>,
    density: Vec<f64>,
    /// P(X < limit): of limits up to the first that is positive,
    below: Vec<f64>,
    /// and P(X > limit) of those that are.
    above: Vec<f64>,
}

impl Limits {
    fn new(thresholds: usize) -> Self {
        let zeros = || vec![0.0; thresholds + 2];
        Self { positive: vec![false; thresholds + 2], density: zeros(), below: zeros(), above: zeros() }
    }

    fn place(&mut self, ends: &[f64], predicted: f64) {
        let mut passed = false;
        for (i, end) in ends.iter().enumerate() {
            let at = end - predicted;
            self.positive[i] = at > 0.0;
            self.density[i] = density(at);
            if !passed {
                self.below[i] = distribution(at);
            }
            if self.positive[i] {
                passed = true;
                self.above[i] = distribution(-at);
            }
        }
    }

    /// The probability of a category, in the tail where no digits are lost.
    fn between(&self, category: usize) -> f64 {
        let (low, high) = (category, category + 1);
        match self.positive[low] {
            true => self.above[low] - self.above[high],
            false => self.below[high] - self.below[low],
        }
    }
}

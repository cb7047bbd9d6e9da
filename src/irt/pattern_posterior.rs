//! The posterior of the traits of a response pattern, and where it is: its mode, and the inverse information there.

use super::curves::{Curves, Response};
use super::latent::symmetric;
use super::layout::{ItemPlace, Layout};
use super::patterns::{MISSING, Patterns};
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};

/// Steps to a mode.
const MOST_STEPS: usize = 60;

/// Where the nodes of a pattern are: its mode (or mean) and the matrix that turns them.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) mode: Vec<f64>,
    /// Lower factor of V, row by row.
    pub(super) factor: Vec<f64>,
    pub(super) log_determinant: f64,
}

impl Place {
    /// None where the covariance matrix is not positive definite.
    pub(super) fn new(mode: Vec<f64>, mut covariance: DMatrix<f64>) -> Option<Self> {
        cholesky::factorise(&mut covariance).ok()?;
        let d = mode.len();
        let rows = (0..d).flat_map(|i| (0..d).map(move |j| (i, j)));
        Some(Self {
            mode,
            log_determinant: covariance.diagonal().iter().map(|d| d.ln()).sum(),
            factor: rows.map(|(i, j)| if j <= i { covariance[(i, j)] } else { 0.0 }).collect(),
        })
    }
}

/// A point of the parameters, as patterns need it.
pub(super) struct Point<'a> {
    pub(super) patterns: &'a Patterns,
    pub(super) layout: &'a Layout,
    /// By group and item.
    pub(super) items: Vec<Vec<ItemAt>>,
    /// By group.
    pub(super) populations: Vec<Population>,
    /// Coefficients, trait by trait.
    pub(super) regression: Vec<f64>,
}

/// An item at a point.
pub(super) struct ItemAt {
    /// Its parameters, slopes first.
    pub(super) local: Vec<f64>,
    pub(super) response: Response,
}

/// The distribution of the traits in a group.
pub(super) struct Population {
    pub(super) mean: Vec<f64>,
    pub(super) inverse: DMatrix<f64>,
    pub(super) log_determinant: f64,
}

/// Derivatives of the expected log density of the traits by means, lower triangle of the covariance matrix and coefficients:
/// `pull` is Omega E[u] and `spread` Omega E[u u'] Omega, u the distance from the mean and Omega the inverse of the covariance
/// matrix.
pub(super) fn population_gradient(
    omega: &DMatrix<f64>,
    pull: &DVector<f64>,
    spread: &DMatrix<f64>,
    covariates: &[f64],
) -> Vec<f64> {
    let mut own: Vec<f64> = pull.iter().copied().collect();
    for i in 0..pull.len() {
        for j in 0..=i {
            let half = if i == j { 0.5 } else { 1.0 };
            own.push(half * (spread[(i, j)] - omega[(i, j)]));
        }
    }
    for pull in pull.iter() {
        own.extend(covariates.iter().map(|z| pull * z));
    }
    own
}

impl<'a> Point<'a> {
    pub(super) fn new(patterns: &'a Patterns, layout: &'a Layout, x: &DVector<f64>) -> Option<Self> {
        let dimensions = layout.dimensions;
        let mut items = Vec::new();
        let mut populations = Vec::new();
        for group in 0..layout.groups() {
            let mut own = Vec::new();
            for place in &layout.items[group] {
                let local = Layout::values(&place.slots, x);
                let (slopes, core) = local.split_at(place.dimensions.len());
                if !place.shape.is_proper(core) || slopes.iter().any(|a| !a.is_finite()) {
                    return None;
                }
                own.push(ItemAt { response: place.shape.at(core), local });
            }
            items.push(own);
            let latent = Layout::values(&layout.latent[group], x);
            let mut factor = symmetric(&latent[dimensions..], dimensions);
            let inverse = cholesky::inverse(&factor)?;
            cholesky::factorise(&mut factor).ok()?;
            populations.push(Population {
                mean: latent[..dimensions].to_vec(),
                inverse,
                log_determinant: 2.0 * factor.diagonal().iter().map(|d| d.ln()).sum::<f64>(),
            });
        }
        let regression = Layout::values(&layout.regression, x);
        Some(Self { patterns, layout, items, populations, regression })
    }

    /// The mean of the traits of a pattern, given its covariates.
    pub(super) fn mean(&self, pattern: usize, covariates: &[f64]) -> Vec<f64> {
        let population = &self.populations[self.patterns.group[pattern]];
        let mut mean = population.mean.clone();
        if !covariates.is_empty() {
            for (mean, own) in mean.iter_mut().zip(self.regression.chunks(covariates.len())) {
                *mean += own.iter().zip(covariates).map(|(b, z)| b * z).sum::<f64>();
            }
        }
        mean
    }

    pub(super) fn answered(&self, pattern: usize) -> impl Iterator<Item = (&ItemPlace, &ItemAt, usize)> {
        let group = self.patterns.group[pattern];
        let codes = self.patterns.codes(pattern).iter().enumerate().filter(|(_, code)| **code != MISSING);
        codes.map(move |(item, code)| {
            (&self.layout.items[group][item], &self.items[group][item], usize::from(*code))
        })
    }

    /// Logarithm of the posterior but for a constant, its gradient and expected information.
    pub(super) fn posterior(
        &self,
        pattern: usize,
        mean: &[f64],
        theta: &[f64],
        curves: &mut Curves,
    ) -> (f64, DVector<f64>, DMatrix<f64>) {
        let d = theta.len();
        let population = &self.populations[self.patterns.group[pattern]];
        let away = DVector::from_fn(d, |i, _| theta[i] - mean[i]);
        let pull = &population.inverse * &away;
        let mut value = -0.5 * away.dot(&pull);
        let mut gradient = -pull;
        let mut information = population.inverse.clone();
        for (place, own, code) in self.answered(pattern) {
            let slopes = &own.local[..place.dimensions.len()];
            own.response.curves(place.logit(slopes, theta), curves);
            value += curves.p[code].ln();
            let own: f64 = curves.p.iter().zip(&curves.slope).map(|(p, s)| p * s * s).sum();
            for (a, i) in slopes.iter().zip(&place.dimensions) {
                gradient[*i] += a * curves.slope[code];
                for (b, j) in slopes.iter().zip(&place.dimensions) {
                    information[(*i, *j)] += a * b * own;
                }
            }
        }
        (value, gradient, information)
    }

    /// Logarithm of the posterior but for a constant.
    pub(super) fn log_posterior(
        &self,
        pattern: usize,
        mean: &[f64],
        theta: &[f64],
        curves: &mut Curves,
    ) -> f64 {
        let d = theta.len();
        let population = &self.populations[self.patterns.group[pattern]];
        let mut value = 0.0;
        for i in 0..d {
            for j in 0..d {
                value -= 0.5 * population.inverse[(i, j)] * (theta[i] - mean[i]) * (theta[j] - mean[j]);
            }
        }
        for (place, own, code) in self.answered(pattern) {
            let slopes = &own.local[..place.dimensions.len()];
            curves.p.resize(own.response.categories(), 0.0);
            own.response.probabilities(place.logit(slopes, theta), &mut curves.p);
            value += curves.p[code].ln();
        }
        value
    }

    /// The mode of a pattern from a start, and the factor of the inverse information there.
    pub(super) fn place(&self, pattern: usize, covariates: &[f64], start: Option<&Place>) -> Option<Place> {
        let mean = self.mean(pattern, covariates);
        let d = mean.len();
        let mut curves = Curves::default();
        let mut theta = start.map_or_else(|| mean.clone(), |place| place.mode.clone());
        let (mut value, mut gradient, mut information) = self.posterior(pattern, &mean, &theta, &mut curves);
        for _ in 0..MOST_STEPS {
            let step = cholesky::solved(&information, &gradient)?;
            if step.dot(&gradient) < 1e-12 {
                break;
            }
            let mut scale = (3.0 / step.amax()).min(1.0);
            let mut moved = false;
            for _ in 0..12 {
                let next: Vec<f64> = (0..d).map(|i| theta[i] + scale * step[i]).collect();
                let found = self.posterior(pattern, &mean, &next, &mut curves);
                if found.0 >= value - 1e-12 {
                    theta = next;
                    (value, gradient, information) = found;
                    moved = true;
                    break;
                }
                scale *= 0.5;
            }
            if !moved {
                break;
            }
        }
        Place::new(theta, cholesky::inverse(&information)?)
    }
}

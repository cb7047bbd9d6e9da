//! Integration over the traits at nodes of each pattern's own: where its posterior is (Naylor & Smith 1982; Schilling & Bock
//! 2005).
//!
//! The mode m of the posterior of a pattern and the inverse V of the information there (Fisher scoring) turn standard nodes
//! z into theta = m + L z, V = L L', so that
//!
//! ```text
//! L_i = |L| sum_q w_q / phi(z_q) P(x_i | theta_q) phi(theta_q; mu_i, Sigma)
//! ```
//!
//! with Gauss-Hermite weights, or those of a quasi-random set: then m and V are mean and covariance matrix of the posterior
//! (Naylor & Smith), whose likelihood varies less over the nodes. The mean mu_i may depend on covariates.
//! Nodes stay where they are while the search moves, and are placed anew before its next round; quasi-random ones go along.

use super::adapted_nodes::StandardNodes;
use super::curves::Curves;
use super::latent::at;
use super::layout::{ItemPlace, Layout};
use super::pattern_posterior::{ItemAt, Place, Point, Population, population_gradient};
use super::patterns::Patterns;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// Patterns of one task; sums are joined in their order.
const BLOCK: usize = 32;
/// Times nodes are placed by moments.
const REFINED: usize = 2;
/// Products of probabilities are not let fall below its square.
const SMALL: f64 = 1e-150;

/// The likelihood at nodes of each pattern's own.
#[derive(Debug, Clone)]
pub(crate) struct Adapted {
    pub(crate) nodes: StandardNodes,
    /// Covariates of each class of patterns.
    covariates: Vec<Vec<f64>>,
    pub(super) places: Vec<Place>,
    /// Parameters at which the nodes were placed.
    reference: DVector<f64>,
    /// Root of the curvature of each parameter when it was last worked out.
    curvature: DVector<f64>,
    /// Of the point last evaluated, priors left out.
    gradient: DVector<f64>,
    /// How far, in standard errors, parameters may move before nodes are placed anew.
    reach: f64,
}

/// What a pattern adds: the posterior at its nodes and derivatives of its log-likelihood.
pub(crate) struct AtNodes {
    pub(crate) log_likelihood: f64,
    /// Nodes, one after the other, and their shares.
    pub(crate) theta: Vec<f64>,
    pub(crate) shares: Vec<f64>,
    /// By answered item: rows (logit, then core) of d log P of the answer, node by node.
    pub(super) slopes: Vec<f64>,
    pub(super) rows: Vec<usize>,
}

impl Adapted {
    /// Before any nodes were placed. `covariates` are those of each class of patterns.
    pub(crate) fn new(nodes: StandardNodes, covariates: Vec<Vec<f64>>, size: usize, reach: f64) -> Self {
        Self {
            nodes,
            covariates,
            places: Vec::new(),
            reference: DVector::from_element(size, f64::INFINITY),
            curvature: DVector::from_element(size, 1.0),
            gradient: DVector::zeros(size),
            reach,
        }
    }

    /// Places the nodes at `x`; whether that could be done.
    pub(crate) fn adapt(&mut self, patterns: &Patterns, layout: &Layout, x: &DVector<f64>) -> bool {
        let Some(point) = Point::new(patterns, layout, x) else { return false };
        let places: Option<Vec<Place>> = (0..patterns.len())
            .into_par_iter()
            .map(|p| point.place(p, self.of(patterns, p), self.places.get(p)))
            .collect();
        let Some(places) = places else { return false };
        self.places = places;
        if self.nodes.by_moments {
            for _ in 0..REFINED {
                let own = |p| self.by_moments(p, &self.at_nodes(&point, p));
                self.places = (0..patterns.len()).into_par_iter().map(own).collect();
            }
        }
        self.reference = x.clone();
        true
    }

    /// The place of a pattern by mean and covariance matrix of its posterior, as the nodes have them where they are.
    fn by_moments(&self, pattern: usize, found: &AtNodes) -> Place {
        let d = self.nodes.dimensions;
        let mut mean = DVector::zeros(d);
        let node = |q: usize| DVector::from_column_slice(&found.theta[q * d..(q + 1) * d]);
        found.shares.iter().enumerate().for_each(|(q, share)| mean.axpy(*share, &node(q), 1.0));
        let mut covariance = DMatrix::zeros(d, d);
        for (q, share) in found.shares.iter().enumerate() {
            let away = node(q) - &mean;
            covariance.ger(*share, &away, &away, 1.0);
        }
        let mode = mean.iter().copied().collect();
        Place::new(mode, covariance).unwrap_or_else(|| self.places[pattern].clone())
    }

    /// Whether parameters have hardly moved since the nodes were placed.
    pub(crate) fn is_near(&self, x: &DVector<f64>) -> bool {
        let moved = |i: usize| (x[i] - self.reference[i]).abs() * self.curvature[i];
        !self.places.is_empty() && (0..x.len()).all(|i| moved(i) <= self.reach)
    }

    pub(crate) fn gradient(&self) -> &DVector<f64> {
        &self.gradient
    }

    pub(super) fn of(&self, patterns: &Patterns, pattern: usize) -> &[f64] {
        self.covariates.get(patterns.class[pattern]).map_or(&[], Vec::as_slice)
    }

    /// The log-likelihood at a point, and its gradient; none where there is none. The nodes stay.
    pub(crate) fn evaluate(&mut self, patterns: &Patterns, layout: &Layout, x: &DVector<f64>) -> Option<f64> {
        let point = Point::new(patterns, layout, x)?;
        let (value, gradient, _) = self.sum(&point, |(), _| {}, &());
        self.gradient = gradient;
        value.is_finite().then_some(value)
    }

    /// The same; the nodes are then moved to where the posteriors are by mean and covariance.
    pub(crate) fn follow(&mut self, patterns: &Patterns, layout: &Layout, x: &DVector<f64>) -> Option<f64> {
        let point = Point::new(patterns, layout, x)?;
        let place = |own: &mut Vec<Place>, (p, found, _): (usize, &AtNodes, &DVector<f64>)| {
            own.push(self.by_moments(p, found));
        };
        let (value, gradient, places) = self.sum(&point, place, &Vec::new());
        if !value.is_finite() {
            return None;
        }
        self.gradient = gradient;
        self.places = places.concat();
        self.reference = x.clone();
        Some(value)
    }

    /// Sums over blocks of patterns, and what `with` makes of each block, from `empty`, in their order.
    pub(super) fn sum<T: Clone + Send + Sync>(
        &self,
        point: &Point<'_>,
        with: impl Fn(&mut T, (usize, &AtNodes, &DVector<f64>)) + Sync,
        empty: &T,
    ) -> (f64, DVector<f64>, Vec<T>) {
        let patterns = point.patterns;
        let size = point.layout.len();
        let blocks: Vec<usize> = (0..patterns.len()).step_by(BLOCK).collect();
        let parts: Vec<(f64, DVector<f64>, T)> = blocks
            .into_par_iter()
            .map(|from| {
                let mut part = (0.0, DVector::zeros(size), empty.clone());
                for p in from..(from + BLOCK).min(patterns.len()) {
                    let found = self.at_nodes(point, p);
                    let gradient = self.score(point, p, &found);
                    part.0 += patterns.weights[p] * found.log_likelihood;
                    part.1.axpy(patterns.weights[p], &gradient, 1.0);
                    with(&mut part.2, (p, &found, &gradient));
                }
                part
            })
            .collect();
        let (mut value, mut gradient, mut own) = (0.0, DVector::zeros(size), Vec::new());
        for part in parts {
            value += part.0;
            gradient += part.1;
            own.push(part.2);
        }
        (value, gradient, own)
    }

    fn at_nodes(&self, point: &Point<'_>, pattern: usize) -> AtNodes {
        let (d, count) = (self.nodes.dimensions, self.nodes.len());
        let place = &self.places[pattern];
        let mean = point.mean(pattern, self.of(point.patterns, pattern));
        let population = &point.populations[point.patterns.group[pattern]];
        let constant = place.log_determinant
            - 0.5 * (population.log_determinant + d as f64 * std::f64::consts::TAU.ln());
        let mut theta = Vec::with_capacity(d * count);
        let mut shares = Vec::with_capacity(count);
        for q in 0..count {
            let z = self.nodes.node(q);
            for i in 0..d {
                let moved: f64 = (0..=i).map(|j| place.factor[i * d + j] * z[j]).sum();
                theta.push(place.mode[i] + moved);
            }
            let own = &theta[q * d..];
            let mut distance = 0.0;
            for i in 0..d {
                for j in 0..d {
                    distance += population.inverse[(i, j)] * (own[i] - mean[i]) * (own[j] - mean[j]);
                }
            }
            shares.push(self.nodes.log_weights[q] + constant - 0.5 * distance);
        }
        let (mut slopes, mut rows) = (Vec::new(), Vec::new());
        let mut curves = Curves::default();
        // logarithms are taken of products of several answers
        let mut products = vec![1.0; count];
        for (item, at, code) in point.answered(pattern) {
            let a = &at.local[..item.dimensions.len()];
            let own = 1 + item.shape.core();
            rows.push(own);
            let from = slopes.len();
            slopes.resize(from + own * count, 0.0);
            for (q, slopes) in slopes[from..].chunks_mut(own).enumerate() {
                let eta = item.logit(a, &theta[q * d..(q + 1) * d]);
                let p = at.response.answer(eta, code, slopes, &mut curves);
                if p.min(products[q]) < SMALL {
                    shares[q] += products[q].ln();
                    products[q] = 1.0;
                }
                products[q] *= p;
            }
        }
        shares.iter_mut().zip(&products).for_each(|(share, product)| *share += product.ln());
        let top = shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        for share in &mut shares {
            *share = (*share - top).exp();
            sum += *share;
        }
        shares.iter_mut().for_each(|share| *share /= sum);
        AtNodes { log_likelihood: top + sum.ln(), theta, shares, slopes, rows }
    }

    /// d log-likelihood of a pattern / d free parameter.
    fn score(&self, point: &Point<'_>, pattern: usize, found: &AtNodes) -> DVector<f64> {
        let d = self.nodes.dimensions;
        let layout = point.layout;
        let mut gradient = DVector::zeros(layout.len());
        let mut unused = DMatrix::zeros(0, 0);
        let mut from = 0;
        for ((item, at, _), rows) in point.answered(pattern).zip(&found.rows) {
            let width = item.dimensions.len();
            let mut own = vec![0.0; at.local.len()];
            for (q, share) in found.shares.iter().enumerate() {
                let slopes = &found.slopes[from + q * rows..from + (q + 1) * rows];
                for (i, dimension) in item.dimensions.iter().enumerate() {
                    own[i] += share * slopes[0] * found.theta[q * d + dimension];
                }
                for (row, slope) in slopes[1..].iter().enumerate() {
                    own[width + row] += share * slope;
                }
            }
            from += rows * found.shares.len();
            Layout::scatter(&item.slots, &own, None, &mut gradient, &mut unused);
        }
        let group = point.patterns.group[pattern];
        let slots = layout.population(group);
        if slots.iter().any(|slot| !slot.free.is_empty()) {
            let covariates = self.of(point.patterns, pattern);
            let own = population_score(
                &point.populations[group],
                &point.mean(pattern, covariates),
                found,
                covariates,
            );
            Layout::scatter(&slots, &own, None, &mut gradient, &mut unused);
        }
        gradient
    }

    /// The expected information of the complete data (items and traits by themselves), and the root of its diagonal is kept.
    pub(crate) fn information(
        &mut self,
        patterns: &Patterns,
        layout: &Layout,
        x: &DVector<f64>,
    ) -> DMatrix<f64> {
        let size = layout.len();
        let Some(point) = Point::new(patterns, layout, x) else { return DMatrix::identity(size, size) };
        let d = self.nodes.dimensions;
        let add = |all: &mut DMatrix<f64>, (pattern, found, _): (usize, &AtNodes, &DVector<f64>)| {
            let mut curves = Curves::default();
            let mut unused = DVector::zeros(size);
            let weight = patterns.weights[pattern];
            for (item, ItemAt { local, response }, _) in point.answered(pattern) {
                let slopes = &local[..item.dimensions.len()];
                let mut own = DMatrix::zeros(local.len(), local.len());
                for (q, share) in found.shares.iter().enumerate().filter(|(_, share)| **share > 1e-4) {
                    let theta = &found.theta[q * d..(q + 1) * d];
                    response.curves(item.logit(slopes, theta), &mut curves);
                    item.add_information(theta, weight * share, &curves, &mut own);
                }
                Layout::scatter(&item.slots, &vec![0.0; local.len()], Some(&own), &mut unused, all);
            }
        };
        let mut all: DMatrix<f64> = self.sum(&point, add, &DMatrix::zeros(size, size)).2.into_iter().sum();
        for group in 0..layout.groups() {
            let slots = layout.population(group);
            let own = self.population_information(&point, group);
            let zero = vec![0.0; slots.len()];
            Layout::scatter(&slots, &zero, Some(&own), &mut DVector::zeros(size), &mut all);
        }
        self.curvature = all.diagonal().map(|x| x.max(1e-8).sqrt());
        all
    }

    fn population_information(&self, point: &Point<'_>, group: usize) -> DMatrix<f64> {
        let d = self.nodes.dimensions;
        let omega = &point.populations[group].inverse;
        let count = self.covariates.first().map_or(0, Vec::len);
        let covariances = d * (d + 1) / 2;
        let size = d + covariances + d * count;
        let mut all = DMatrix::zeros(size, size);
        let patterns = point.patterns;
        // of means and coefficients: sum of (1, z)(1, z)' times the inverse covariance matrix
        let place = |i: usize, c: usize| if c == 0 { i } else { d + covariances + i * count + c - 1 };
        let mut total = 0.0;
        for p in (0..patterns.len()).filter(|p| patterns.group[*p] == group) {
            total += patterns.weights[p];
            let covariates = self.of(patterns, p);
            let z = |c: usize| if c == 0 { 1.0 } else { covariates[c - 1] };
            for c in 0..=covariates.len() {
                for e in 0..=covariates.len() {
                    let own = patterns.weights[p] * z(c) * z(e);
                    for i in 0..d {
                        for j in 0..d {
                            all[(place(i, c), place(j, e))] += own * omega[(i, j)];
                        }
                    }
                }
            }
        }
        let half = |i: usize, j: usize| if i == j { 0.5 } else { 1.0 };
        for i in 0..d {
            for j in 0..=i {
                for k in 0..d {
                    for l in 0..=k {
                        let own = omega[(j, k)] * omega[(i, l)] + omega[(j, l)] * omega[(i, k)];
                        all[(d + at(i, j), d + at(k, l))] = total * half(i, j) * half(k, l) * own;
                    }
                }
            }
        }
        all
    }

    /// Sum over respondents of w^2 s s' with s the gradient of one.
    pub(crate) fn crossproduct(
        &self,
        patterns: &Patterns,
        layout: &Layout,
        x: &DVector<f64>,
    ) -> DMatrix<f64> {
        let size = layout.len();
        let Some(point) = Point::new(patterns, layout, x) else { return DMatrix::zeros(size, size) };
        let add = |all: &mut DMatrix<f64>, (p, _, gradient): (usize, &AtNodes, &DVector<f64>)| {
            all.ger(patterns.squares[p], gradient, gradient, 1.0);
        };
        self.sum(&point, add, &DMatrix::zeros(size, size)).2.into_iter().sum()
    }

    /// What `of` makes of the posterior of every pattern at its nodes.
    pub(crate) fn posteriors<T: Send>(
        &self,
        patterns: &Patterns,
        layout: &Layout,
        x: &DVector<f64>,
        of: impl Fn(&AtNodes) -> T + Sync,
    ) -> Vec<T> {
        let Some(point) = Point::new(patterns, layout, x) else { return Vec::new() };
        (0..patterns.len()).into_par_iter().map(|p| of(&self.at_nodes(&point, p))).collect()
    }

    /// Mode of the posterior of a pattern, and the roots of the diagonal of the inverse expected information there.
    pub(crate) fn mode(&self, pattern: usize) -> Vec<(f64, f64)> {
        let place = &self.places[pattern];
        let d = place.mode.len();
        let spread = |i: usize| place.factor[i * d..(i + 1) * d].iter().map(|x| x * x).sum::<f64>().sqrt();
        (0..d).map(|i| (place.mode[i], spread(i))).collect()
    }
}

/// Derivatives by means, lower triangle of the covariance matrix and coefficients.
fn population_score(population: &Population, mean: &[f64], found: &AtNodes, covariates: &[f64]) -> Vec<f64> {
    let d = mean.len();
    let mut first = DVector::zeros(d);
    let mut second = DMatrix::zeros(d, d);
    for (q, share) in found.shares.iter().enumerate() {
        let away = DVector::from_fn(d, |i, _| found.theta[q * d + i] - mean[i]);
        first.axpy(*share, &away, 1.0);
        second.ger(*share, &away, &away, 1.0);
    }
    let pull = &population.inverse * first;
    let spread = &population.inverse * second * &population.inverse;
    population_gradient(&population.inverse, &pull, &spread, covariates)
}

impl ItemPlace {
    /// Adds the expected information of an answer at a node, by local parameter.
    fn add_information(&self, theta: &[f64], weight: f64, curves: &Curves, all: &mut DMatrix<f64>) {
        let (width, categories) = (self.dimensions.len(), self.shape.categories);
        let place = |i: usize| if i < width { (0, theta[self.dimensions[i]]) } else { (i - width + 1, 1.0) };
        for i in 0..all.nrows() {
            let (row, factor) = place(i);
            for j in 0..=i {
                let (column, other) = place(j);
                let slope = |row: usize, k: usize| curves.slope[row * categories + k];
                let sum: f64 = (0..categories).map(|k| curves.p[k] * slope(row, k) * slope(column, k)).sum();
                all[(i, j)] += weight * factor * other * sum;
                if i != j {
                    all[(j, i)] += weight * factor * other * sum;
                }
            }
        }
    }
}

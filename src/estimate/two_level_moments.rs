//! The normal likelihood of two levels as a function of the moments of both, and what respondents' answers tell of their
//! cluster.
//!
//! With y_ij = v_j + w_ij, cov(w) = Sigma_W, and u = (v, z) the variables of a cluster behind and beside the answers,
//! cov(u) = Sigma_B, of a cluster with n_k respondents of pattern k, and o the variables z that it has,
//!
//! ```text
//! H_k = Sigma_W,kk^-1,   A = sum_k n_k H_k,   b = sum_k n_k H_k (m_k - mu)                       (0 for what k lacks)
//! P = Sigma_B,oo^-1,     F = I - Sigma_B P,   C = F Sigma_B,   c = Sigma_B P (z - mu)            u before any answer
//! Q = (A^-1 + C)^-1,     g = P (z - mu) + F' (I - Q C)(b - A c)
//! T = C - C Q C,         E(u) - mu = Sigma_B g,   cov(u) = T                                     u after all answers
//! -2 log L = log|Sigma_B,oo| + (z - mu)'P(z - mu) + log|I + C A| - 2 c'b + c'A c - (b - A c)'T(b - A c)
//!          + sum_k n_k (log|Sigma_W,kk| + (m_k - mu)'H_k(m_k - mu)) + tr(H_k S_k)
//! ```
//!
//! without the constant of 2 pi (Liang & Bentler 2004; Rockwood 2020 for missing answers). Its derivatives are
//!
//! ```text
//! by Sigma_B: sum_j P + F'Q F - g g'                by mu_B: -2 sum_j g
//! by Sigma_W: sum_k N_k H_k - H_k E_k H_k           by mu_W: -2 sum_j (b - A (E(u) - mu))
//! E_k = S_k + sum_j n_jk [(m_jk - E(u))(m_jk - E(u))' + T]
//! ```
//!
//! where neither Sigma_B nor C need an inverse. Derivatives of these in a direction make the Hessian, a column at a time.
//! No row is touched, and whatever has no means in it is computed once per class of clusters.

use super::inference::Information;
use super::two_level::{TwoLevelGroup, inverse_and_log};
use crate::moments::clustered::{Class, Cluster};
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// Covariances and means of both levels, of level 1 in the order of its table, of level 2 in that of its own; or what
/// moves them, or weighs them in a derivative.
#[derive(Debug, Clone)]
pub(crate) struct LevelMoments {
    pub(crate) within: DMatrix<f64>,
    /// 0 for variables of both levels.
    pub(crate) within_mean: DVector<f64>,
    pub(crate) between: DMatrix<f64>,
    pub(crate) between_mean: DVector<f64>,
}

impl LevelMoments {
    pub(crate) fn zeros(p: usize, b: usize) -> Self {
        Self {
            within: DMatrix::zeros(p, p),
            within_mean: DVector::zeros(p),
            between: DMatrix::zeros(b, b),
            between_mean: DVector::zeros(b),
        }
    }
}

/// The likelihood at a point.
#[derive(Debug)]
pub(crate) struct AtMoments<'a> {
    group: &'a TwoLevelGroup,
    at: LevelMoments,
    /// H_k.
    inverses: Vec<DMatrix<f64>>,
    /// E_k.
    products: Vec<DMatrix<f64>>,
    classes: Vec<AtClass>,
    /// -2 log L.
    pub(crate) value: f64,
}

/// A class of clusters at a point.
#[derive(Debug)]
struct AtClass {
    a: DMatrix<f64>,
    prior: DMatrix<f64>,
    f: DMatrix<f64>,
    c: DMatrix<f64>,
    q: DMatrix<f64>,
    /// I - Q C.
    r: DMatrix<f64>,
    t: DMatrix<f64>,
    /// Of -2 log L, the determinants.
    log: f64,
    clusters: Vec<AtCluster>,
}

/// A cluster at a point.
#[derive(Debug)]
struct AtCluster {
    /// P (z - mu).
    own: DVector<f64>,
    /// c.
    prior: DVector<f64>,
    /// b - A c,
    left: DVector<f64>,
    /// and (I - Q C) of it.
    score: DVector<f64>,
    g: DVector<f64>,
    /// E(u) - mu, over variables of respondents.
    spread: DVector<f64>,
    /// b over all variables of respondents.
    sums: DVector<f64>,
    value: f64,
}

impl TwoLevelGroup {
    /// Elements of variables of both levels, for those of level 2.
    fn to_between(&self, m: &DMatrix<f64>) -> DMatrix<f64> {
        let (places, p) = (&self.places, self.data.p);
        let at =
            |i: usize, j: usize| if places[i] < p && places[j] < p { m[(places[i], places[j])] } else { 0.0 };
        DMatrix::from_fn(places.len(), places.len(), at)
    }

    fn vector_to_between(&self, v: &DVector<f64>) -> DVector<f64> {
        DVector::from_fn(self.places.len(), |i, _| {
            if self.places[i] < self.data.p { v[self.places[i]] } else { 0.0 }
        })
    }

    /// Elements of variables of both levels, for those of level 1.
    fn to_within(&self, m: &DMatrix<f64>) -> DMatrix<f64> {
        let mut to = DMatrix::zeros(self.data.p, self.data.p);
        for (i, &x) in self.places.iter().enumerate().filter(|(_, x)| **x < self.data.p) {
            for (j, &y) in self.places.iter().enumerate().filter(|(_, y)| **y < self.data.p) {
                to[(x, y)] = m[(i, j)];
            }
        }
        to
    }

    fn vector_to_within(&self, v: &DVector<f64>) -> DVector<f64> {
        let mut to = DVector::zeros(self.data.p);
        for (i, &x) in self.places.iter().enumerate().filter(|(_, x)| **x < self.data.p) {
            to[x] = v[i];
        }
        to
    }

    /// The likelihood at some moments; none where they are none.
    pub(crate) fn at(&self, at: LevelMoments) -> Option<AtMoments<'_>> {
        let p = self.data.p;
        let of_pattern = |observed: &Vec<usize>| {
            let own = DMatrix::from_fn(observed.len(), observed.len(), |i, j| {
                at.within[(observed[i], observed[j])]
            });
            let (inverse, log) = inverse_and_log(&own)?;
            let mut padded = DMatrix::zeros(p, p);
            for (i, &x) in observed.iter().enumerate() {
                for (j, &y) in observed.iter().enumerate() {
                    padded[(x, y)] = inverse[(i, j)];
                }
            }
            Some((padded, log))
        };
        let patterns = &self.data.patterns;
        let found: Vec<(DMatrix<f64>, f64)> =
            patterns.par_iter().map(|pattern| of_pattern(&pattern.observed)).collect::<Option<_>>()?;
        let mut value = 0.0;
        for ((inverse, log), pattern) in found.iter().zip(patterns) {
            value += pattern.n * log + inverse.dot(&pattern.squares);
        }
        let inverses: Vec<DMatrix<f64>> = found.into_iter().map(|(inverse, _)| inverse).collect();
        let mean = &at.within_mean + self.vector_to_within(&at.between_mean);
        let classes: Vec<AtClass> = (self.data.classes.par_iter())
            .map(|class| self.at_class(class, &at, &mean, &inverses))
            .collect::<Option<_>>()?;
        for class in &classes {
            value += class.clusters.iter().map(|cluster| class.log + cluster.value).sum::<f64>();
        }
        let mut products: Vec<DMatrix<f64>> =
            patterns.iter().map(|pattern| pattern.squares.clone()).collect();
        for (class, own) in self.data.classes.iter().zip(&classes) {
            let spread = self.to_within(&own.t) * class.count();
            for (place, (k, n)) in class.counts.iter().enumerate() {
                products[*k] += &spread * *n;
                for (cluster, at) in class.clusters.iter().zip(&own.clusters) {
                    let left = &cluster.means[place] - &mean - &at.spread;
                    products[*k].ger(*n, &left, &left, 1.0);
                }
            }
        }
        value.is_finite().then_some(AtMoments { group: self, at, inverses, products, classes, value })
    }

    fn at_class(
        &self,
        class: &Class,
        at: &LevelMoments,
        mean: &DVector<f64>,
        inverses: &[DMatrix<f64>],
    ) -> Option<AtClass> {
        let (p, places, b) = (self.data.p, &self.places, self.places.len());
        let there: Vec<usize> = (0..b).filter(|&i| class.own.contains(&places[i])).collect();
        let sub =
            |m: &DMatrix<f64>, of: &[usize]| DMatrix::from_fn(of.len(), of.len(), |i, j| m[(of[i], of[j])]);
        let (inverse, mut log) = inverse_and_log(&sub(&at.between, &there))?;
        let mut prior = DMatrix::zeros(b, b);
        for (i, &x) in there.iter().enumerate() {
            for (j, &y) in there.iter().enumerate() {
                prior[(x, y)] = inverse[(i, j)];
            }
        }
        let f = DMatrix::identity(b, b) - &at.between * &prior;
        let mut c = &f * &at.between;
        cholesky::symmetrise(&mut c);
        let all = class.counts.iter().fold(DMatrix::zeros(p, p), |all, (k, n)| all + &inverses[*k] * *n);
        let a = self.to_between(&all);
        // Q = L (I + L'C L)^-1 L' with A = L L' of the variables that someone answered
        let seen: Vec<usize> = (0..b).filter(|&i| a[(i, i)] > 0.0).collect();
        let mut root = sub(&a, &seen);
        cholesky::factorise(&mut root).ok()?;
        root.fill_upper_triangle(0.0, 1);
        let inner = root.tr_mul(&(sub(&c, &seen) * &root)) + DMatrix::identity(seen.len(), seen.len());
        let (inner, more) = inverse_and_log(&inner)?;
        log += more;
        let own = &root * inner * root.transpose();
        let mut q = DMatrix::zeros(b, b);
        for (i, &x) in seen.iter().enumerate() {
            for (j, &y) in seen.iter().enumerate() {
                q[(x, y)] = own[(i, j)];
            }
        }
        let r = DMatrix::identity(b, b) - &q * &c;
        let mut t = &c * &r;
        cholesky::symmetrise(&mut t);
        let mut own = AtClass { a, prior, f, c, q, r, t, log, clusters: Vec::new() };
        own.clusters = class
            .clusters
            .iter()
            .map(|cluster| self.at_cluster(class, cluster, &own, at, mean, inverses))
            .collect();
        Some(own)
    }

    fn at_cluster(
        &self,
        class: &Class,
        cluster: &Cluster,
        own: &AtClass,
        at: &LevelMoments,
        mean: &DVector<f64>,
        inverses: &[DMatrix<f64>],
    ) -> AtCluster {
        let (p, places) = (self.data.p, &self.places);
        let z = DVector::from_fn(places.len(), |i, _| match class.own.contains(&places[i]) {
            true => cluster.own[places[i] - p] - at.between_mean[i],
            false => 0.0,
        });
        let (mut sums, mut value) = (DVector::zeros(p), 0.0);
        for ((k, n), m) in class.counts.iter().zip(&cluster.means) {
            let deviation = m - mean;
            let sum = &inverses[*k] * &deviation * *n;
            value += sum.dot(&deviation);
            sums += sum;
        }
        let b = self.vector_to_between(&sums);
        let from = &own.prior * &z;
        let prior = &at.between * &from;
        let moved = &own.a * &prior;
        let left = &b - &moved;
        let score = &own.r * &left;
        let g = &from + own.f.tr_mul(&score);
        let pulled = &own.c * &score;
        value += z.dot(&from) - 2.0 * prior.dot(&b) + prior.dot(&moved) - left.dot(&pulled);
        let spread = self.vector_to_within(&(&prior + pulled));
        AtCluster { own: from, prior, left, score, g, spread, sums, value }
    }
}

impl AtMoments<'_> {
    /// What moments are weighted by in the derivative of -2 log L.
    pub(crate) fn weights(&self) -> LevelMoments {
        let group = self.group;
        let mut sum = LevelMoments::zeros(group.data.p, group.places.len());
        for ((pattern, inverse), products) in
            group.data.patterns.iter().zip(&self.inverses).zip(&self.products)
        {
            sum.within += inverse * pattern.n - inverse * products * inverse;
        }
        for (class, own) in group.data.classes.iter().zip(&self.classes) {
            sum.between += (&own.prior + own.f.tr_mul(&(&own.q * &own.f))) * class.count();
            let all = self.all(class);
            for cluster in &own.clusters {
                sum.between.ger(-1.0, &cluster.g, &cluster.g, 1.0);
                sum.between_mean.axpy(-2.0, &cluster.g, 1.0);
                sum.within_mean -= (&cluster.sums - &all * &cluster.spread) * 2.0;
            }
        }
        sum
    }

    /// A over all variables of respondents.
    fn all(&self, class: &Class) -> DMatrix<f64> {
        let p = self.group.data.p;
        class.counts.iter().fold(DMatrix::zeros(p, p), |all, (k, n)| all + &self.inverses[*k] * *n)
    }

    /// The same of each cluster by itself.
    pub(crate) fn weights_of_clusters(&self) -> Vec<LevelMoments> {
        let group = self.group;
        let mean = &self.at.within_mean + group.vector_to_within(&self.at.between_mean);
        let mut clusters = Vec::with_capacity(group.data.clusters());
        for (class, own) in group.data.classes.iter().zip(&self.classes) {
            let all = self.all(class);
            let common = &own.prior + own.f.tr_mul(&(&own.q * &own.f));
            let spread = group.to_within(&own.t);
            for (cluster, at) in class.clusters.iter().zip(&own.clusters) {
                let mut within = all.clone();
                for (place, (k, n)) in class.counts.iter().enumerate() {
                    let left = &cluster.means[place] - &mean - &at.spread;
                    let mut products = &spread * *n;
                    products.ger(*n, &left, &left, 1.0);
                    if !cluster.squares[place].is_empty() {
                        products += &cluster.squares[place];
                    }
                    within -= &self.inverses[*k] * products * &self.inverses[*k];
                }
                let mut between = common.clone();
                between.ger(-1.0, &at.g, &at.g, 1.0);
                clusters.push(LevelMoments {
                    within,
                    within_mean: (&at.sums - &all * &at.spread) * -2.0,
                    between,
                    between_mean: &at.g * -2.0,
                });
            }
        }
        clusters
    }

    /// The derivative of [`weights`](Self::weights) as the moments move, or its expectation.
    pub(crate) fn along(&self, moved: &LevelMoments, information: Information) -> LevelMoments {
        let (group, data) = (self.group, &self.group.data);
        let (p, b) = (data.p, group.places.len());
        let expected = information == Information::Expected;
        let mean = &self.at.within_mean + group.vector_to_within(&self.at.between_mean);
        let shift = &moved.within_mean + group.vector_to_within(&moved.between_mean);
        let (of_within, of_between) = (moved.within.amax() > 0.0, moved.between.amax() > 0.0);
        let turned: Vec<DMatrix<f64>> = match of_within {
            true => self.inverses.iter().map(|inverse| -(inverse * &moved.within * inverse)).collect(),
            false => vec![DMatrix::zeros(p, p); self.inverses.len()],
        };
        let mut sum = LevelMoments::zeros(p, b);
        let mut products = vec![DMatrix::zeros(p, p); self.inverses.len()];
        let mut spreads = vec![DMatrix::zeros(p, p); if expected { self.inverses.len() } else { 0 }];
        for (class, own) in data.classes.iter().zip(&self.classes) {
            let count = class.count();
            let all = self.all(class);
            let all_turned =
                class.counts.iter().fold(DMatrix::zeros(p, p), |all, (k, n)| all + &turned[*k] * *n);
            let a = group.to_between(&all_turned);
            let (mut prior, mut f, mut c) =
                (DMatrix::zeros(b, b), DMatrix::zeros(b, b), DMatrix::zeros(b, b));
            let (mut q, mut t) = (DMatrix::zeros(b, b), DMatrix::zeros(b, b));
            if of_between {
                prior = -(&own.prior * &moved.between * &own.prior);
                f = -(&moved.between * &own.prior) - &self.at.between * &prior;
                c = &own.f * &moved.between * own.f.transpose();
                q -= &own.q * &c * &own.q;
                t += own.r.tr_mul(&(&c * &own.r));
            }
            if of_within {
                q += &own.r * &a * own.r.transpose();
                t -= &own.t * &a * &own.t;
            }
            if of_within || of_between {
                let mixed = f.tr_mul(&(&own.q * &own.f));
                let common = &prior + own.f.tr_mul(&(&q * &own.f)) + &mixed + mixed.transpose();
                sum.between += common * if expected { -count } else { count };
                let spread = group.to_within(&t) * count;
                class.counts.iter().for_each(|(k, n)| products[*k] += &spread * *n);
            }
            let moved_prior = &self.at.between * &own.prior * &moved.between_mean;
            if expected {
                // answers where they are expected: only what the means move is left
                let spread = group.to_within(&own.t) * count;
                class.counts.iter().for_each(|(k, n)| spreads[*k] += &spread * *n);
                let sums = -(&all * &shift);
                let left = group.vector_to_between(&sums) + &own.a * &moved_prior;
                let score = &own.r * &left;
                let effect = group.vector_to_within(&(&own.c * &score - &moved_prior));
                let g = own.f.tr_mul(&score) - &own.prior * &moved.between_mean;
                sum.between_mean.axpy(-2.0 * count, &g, 1.0);
                sum.within_mean -= (sums - &all * effect) * (2.0 * count);
                continue;
            }
            for (cluster, at) in class.clusters.iter().zip(&own.clusters) {
                let mut sums = -(&all * &shift);
                if of_within {
                    for (place, (k, n)) in class.counts.iter().enumerate() {
                        sums += &turned[*k] * (&cluster.means[place] - &mean) * *n;
                    }
                }
                let along = &moved.between * &at.own;
                let from = -(&own.prior * &along) - &own.prior * &moved.between_mean;
                let own_prior = &own.f * &along - &moved_prior;
                let left = group.vector_to_between(&sums) - &a * &at.prior - &own.a * &own_prior;
                let score = &own.r * &left - &q * (&own.c * &at.left) - &own.q * (&c * &at.left);
                let effect = &own_prior + &c * &at.score + &own.c * &score;
                let g = from + f.tr_mul(&at.score) + own.f.tr_mul(&score);
                sum.between.ger(-1.0, &g, &at.g, 1.0);
                sum.between.ger(-1.0, &at.g, &g, 1.0);
                sum.between_mean.axpy(-2.0, &g, 1.0);
                let effect = group.vector_to_within(&effect);
                sum.within_mean -= (&sums - &all_turned * &at.spread - &all * &effect) * 2.0;
                let step = -(&shift + effect);
                for (place, (k, n)) in class.counts.iter().enumerate() {
                    let left = &cluster.means[place] - &mean - &at.spread;
                    products[*k].ger(*n, &step, &left, 1.0);
                    products[*k].ger(*n, &left, &step, 1.0);
                }
            }
        }
        for (k, pattern) in data.patterns.iter().enumerate() {
            let (h, turned) = (&self.inverses[k], &turned[k]);
            let inner = if expected { &spreads[k] } else { &self.products[k] };
            let mixed = turned * inner * h;
            let own = turned * pattern.n - &mixed - mixed.transpose() - h * &products[k] * h;
            sum.within += if expected { -own } else { own };
        }
        sum
    }

    /// What [`along`](Self::along) lacks of the information as it is at a maximum: complete-data information less what is
    /// missing, with the complete-data moments expected given the answers taken to be the moments themselves, as they are
    /// there (the missing-information principle, Louis 1982). With S and m the moments of a level and G, g their weights,
    ///
    /// ```text
    /// S^-1 dS G + G dS S^-1 + sym(g dm'S^-1) for S,      S^-1 dS g for m
    /// ```
    pub(crate) fn ends(&self, moved: &LevelMoments, weights: &LevelMoments) -> Option<LevelMoments> {
        let level = |s: &DMatrix<f64>,
                     ds: &DMatrix<f64>,
                     dm: &DVector<f64>,
                     g: &DMatrix<f64>,
                     linear: &DVector<f64>| {
            let (inverse, _) = inverse_and_log(s)?;
            let half = &inverse * ds * g;
            let along = &inverse * dm;
            let crossed = (linear * along.transpose() + &along * linear.transpose()) * 0.5;
            Some((&half + half.transpose() + crossed, &inverse * (ds * linear)))
        };
        let (at, w) = (&self.at, weights);
        let (within, within_mean) =
            level(&at.within, &moved.within, &moved.within_mean, &w.within, &w.within_mean)?;
        let (between, between_mean) =
            level(&at.between, &moved.between, &moved.between_mean, &w.between, &w.between_mean)?;
        Some(LevelMoments { within, within_mean, between, between_mean })
    }
}

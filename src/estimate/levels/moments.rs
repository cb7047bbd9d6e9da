//! The normal likelihood of two levels as a function of the moments of both, and what respondents' answers tell of their
//! cluster.
//!
//! With y_ij = v_j + w_ij, cov(w) = Sigma_W, and u = (v, z) the variables of a cluster behind and beside the answers,
//! cov(u) = Sigma_B, of a cluster with n_k respondents of pattern k, and o the variables z that it has,
//!
//! ```text
//! H_k = Sigma_W,kk^-1,   A = sum_k n_k H_k,   b = sum_k n_k H_k (m_k - mu)                       (0 for what k lacks)
//! P = Sigma_B,oo^-1,     F = I - Sigma_B P,   C = F Sigma_B,   c = Sigma_B P (z - mu)            u before any answer
//! Q = (A^-1 + C)^-1,     K = F' (I - Q C)
//! g = P (z - mu) + K (b - A c),              E(u) - mu = Sigma_B g            u after all answers
//! V = P + F' Q F,        T = cov(u) = Sigma_B - Sigma_B V Sigma_B
//! -2 log L = log|Sigma_B,oo| + (z - mu)'P(z - mu) + log|I + C A| - 2 c'b + c'A c - (b - A c)'T(b - A c)
//!          + sum_k n_k (log|Sigma_W,kk| + (m_k - mu)'H_k(m_k - mu)) + tr(H_k S_k)
//! ```
//!
//! without the constant of 2 pi (Liang & Bentler 2004; Rockwood 2020 for missing answers). Its derivatives are, with
//! e_k = H_k (m_k - E(u)),
//!
//! ```text
//! by Sigma_B: sum_j V - g g'                    by mu_B: -2 sum_j g
//! by Sigma_W: sum_k N_k H_k - M_k               by mu_W: -2 sum_j sum_k n_k e_k
//! M_k = H_k (S_k + sum_j n_jk T) H_k + sum_j n_jk e_k e_k'
//! ```
//!
//! where neither Sigma_B nor C need an inverse. No row is touched, and whatever has no means in it is computed once per class of
//! clusters. How these weights change as the moments move is [`super::movement`]'s.

use crate::estimate::levels::group::{TwoLevelGroup, inverse_and_log};
use crate::moments::clustered::Class;
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
    pub(super) group: &'a TwoLevelGroup,
    pub(super) at: LevelMoments,
    /// H_k.
    pub(super) inverses: Vec<DMatrix<f64>>,
    /// M_k.
    pub(super) sandwiches: Vec<DMatrix<f64>>,
    pub(super) classes: Vec<AtClass>,
    /// -2 log L.
    pub(crate) value: f64,
}

/// A class of clusters at a point.
#[derive(Debug)]
pub(super) struct AtClass {
    /// A over all variables of respondents.
    pub(super) a: DMatrix<f64>,
    pub(super) v: DMatrix<f64>,
    pub(super) k: DMatrix<f64>,
    pub(super) t: DMatrix<f64>,
    /// I - Sigma_B V.
    pub(super) left: DMatrix<f64>,
    /// Of -2 log L, the determinants.
    log: f64,
    /// g, a column per cluster,
    pub(super) g: DMatrix<f64>,
    /// e_k of each pattern of the class, likewise,
    pub(super) residuals: Vec<DMatrix<f64>>,
    /// and their sum over respondents.
    pub(super) pull: DMatrix<f64>,
    /// Of -2 log L, what depends on means.
    value: f64,
}

impl TwoLevelGroup {
    /// Elements of variables of both levels, for those of level 2.
    pub(super) fn to_between(&self, m: &DMatrix<f64>) -> DMatrix<f64> {
        let (places, p) = (&self.places, self.data.p);
        let at =
            |i: usize, j: usize| if places[i] < p && places[j] < p { m[(places[i], places[j])] } else { 0.0 };
        DMatrix::from_fn(places.len(), places.len(), at)
    }

    pub(super) fn vector_to_between(&self, v: &DVector<f64>) -> DVector<f64> {
        DVector::from_fn(self.places.len(), |i, _| {
            if self.places[i] < self.data.p { v[self.places[i]] } else { 0.0 }
        })
    }

    /// Elements of variables of both levels, for those of level 1.
    pub(super) fn to_within(&self, m: &DMatrix<f64>) -> DMatrix<f64> {
        let mut to = DMatrix::zeros(self.data.p, self.data.p);
        for (i, &x) in self.places.iter().enumerate().filter(|(_, x)| **x < self.data.p) {
            for (j, &y) in self.places.iter().enumerate().filter(|(_, y)| **y < self.data.p) {
                to[(x, y)] = m[(i, j)];
            }
        }
        to
    }

    pub(super) fn vector_to_within(&self, v: &DVector<f64>) -> DVector<f64> {
        let mut to = DVector::zeros(self.data.p);
        for (i, &x) in self.places.iter().enumerate().filter(|(_, x)| **x < self.data.p) {
            to[x] = v[i];
        }
        to
    }

    /// The rows of variables of both levels, for those of level 2.
    pub(super) fn rows_of_between(&self, m: &DMatrix<f64>) -> DMatrix<f64> {
        let at = |i: usize, j: usize| if self.places[i] < self.data.p { m[(self.places[i], j)] } else { 0.0 };
        DMatrix::from_fn(self.places.len(), m.ncols(), at)
    }

    /// The rows of variables of both levels, for those of level 1.
    pub(super) fn rows_of_within(&self, m: &DMatrix<f64>) -> DMatrix<f64> {
        let mut to = DMatrix::zeros(self.data.p, m.ncols());
        for (i, &x) in self.places.iter().enumerate().filter(|(_, x)| **x < self.data.p) {
            to.row_mut(x).copy_from(&m.row(i));
        }
        to
    }

    /// The likelihood at some moments; none where they are none.
    pub(crate) fn at(&self, at: LevelMoments) -> Option<AtMoments<'_>> {
        let patterns = &self.data.patterns;
        let (whole, determinant) = inverse_and_log(&at.within)?;
        let found: Vec<(DMatrix<f64>, f64)> = (patterns.par_iter())
            .map(|pattern| of_pattern(&at.within, &whole, determinant, &pattern.observed))
            .collect::<Option<_>>()?;
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
            value += class.g.ncols() as f64 * class.log + class.value;
        }
        let mut sandwiches: Vec<DMatrix<f64>> =
            patterns.iter().map(|pattern| pattern.squares.clone()).collect();
        for (class, own) in self.data.classes.iter().zip(&classes) {
            let spread = self.to_within(&own.t) * class.count();
            class.counts.iter().for_each(|(k, n)| add_times(&mut sandwiches[*k], *n, &spread));
        }
        let around = |(inner, h): (&mut DMatrix<f64>, &DMatrix<f64>)| *inner = h * &*inner * h;
        sandwiches.par_iter_mut().zip(&inverses).for_each(around);
        for (class, own) in self.data.classes.iter().zip(&classes) {
            for ((k, n), e) in class.counts.iter().zip(&own.residuals) {
                sandwiches[*k].gemm(*n, e, &e.transpose(), 1.0);
            }
        }
        value.is_finite().then_some(AtMoments { group: self, at, inverses, sandwiches, classes, value })
    }

    fn at_class(
        &self,
        class: &Class,
        at: &LevelMoments,
        mean: &DVector<f64>,
        inverses: &[DMatrix<f64>],
    ) -> Option<AtClass> {
        let (p, places, b) = (self.data.p, &self.places, self.places.len());
        let sub =
            |m: &DMatrix<f64>, of: &[usize]| DMatrix::from_fn(of.len(), of.len(), |i, j| m[(of[i], of[j])]);
        let there: Vec<usize> = (0..b).filter(|&i| class.own.contains(&places[i])).collect();
        let (inverse, mut log) = inverse_and_log(&sub(&at.between, &there))?;
        // without answers of the cluster itself: prior = 0, F = I, C = Sigma_B
        let is_plain = there.is_empty();
        let prior = spread_out(&inverse, &there, b);
        let identity = DMatrix::identity(b, b);
        let f = if is_plain { identity.clone() } else { &identity - &at.between * &prior };
        let mut c = if is_plain { at.between.clone() } else { &f * &at.between };
        cholesky::symmetrise(&mut c);
        let mut all = DMatrix::zeros(p, p);
        class.counts.iter().for_each(|(k, n)| add_times(&mut all, *n, &inverses[*k]));
        let a = self.to_between(&all);
        // Q = L (I + L'C L)^-1 L' with A = L L' of the variables that someone answered
        let seen: Vec<usize> = (0..b).filter(|&i| a[(i, i)] > 0.0).collect();
        let mut root = sub(&a, &seen);
        cholesky::factorise(&mut root).ok()?;
        root.fill_upper_triangle(0.0, 1);
        let inner = root.transpose() * sub(&c, &seen) * &root + DMatrix::identity(seen.len(), seen.len());
        let (inner, more) = inverse_and_log(&inner)?;
        log += more;
        let q = spread_out(&(&root * inner * root.transpose()), &seen, b);
        let r = &identity - &q * &c;
        let mut t = &c * &r;
        cholesky::symmetrise(&mut t);
        let turned = f.transpose();
        let v = if is_plain { q } else { &prior + &turned * q * &f };
        let left = identity - &at.between * &v;
        // z - mu, and m_k - mu of each pattern, a column per cluster
        let count = class.clusters.len();
        let z = DMatrix::from_fn(b, count, |i, j| match there.contains(&i) {
            true => class.clusters[j].own[places[i] - p] - at.between_mean[i],
            false => 0.0,
        });
        let (mut pull, mut value) = (DMatrix::zeros(p, count), 0.0);
        let mut residuals = Vec::with_capacity(class.counts.len());
        for (place, (k, n)) in class.counts.iter().enumerate() {
            let deviation = DMatrix::from_fn(p, count, |i, j| class.clusters[j].means[place][i] - mean[i]);
            let residual = &inverses[*k] * &deviation;
            value += n * residual.dot(&deviation);
            add_times(&mut pull, *n, &residual);
            residuals.push(residual);
        }
        let sums = self.rows_of_between(&pull);
        let from = &prior * &z;
        let expected = &at.between * &from;
        let moved = a * &expected;
        let score = &r * (&sums - &moved);
        value += z.dot(&from) - 2.0 * expected.dot(&sums) + expected.dot(&moved);
        value -= (&sums - &moved).dot(&(c * &score));
        let g = if is_plain { score } else { from + &turned * score };
        let effect = self.rows_of_within(&(&at.between * &g));
        for ((k, n), residual) in class.counts.iter().zip(&mut residuals) {
            let lost = &inverses[*k] * &effect;
            *residual -= &lost;
            add_times(&mut pull, -n, &lost);
        }
        let k = if is_plain { r } else { turned * r };
        Some(AtClass { a: all, v, k, t, left, log, g, residuals, pull, value })
    }
}

/// Adds c times a matrix.
pub(super) fn add_times(to: &mut DMatrix<f64>, c: f64, m: &DMatrix<f64>) {
    to.zip_apply(m, |x, y| *x += c * y);
}

/// A matrix of some rows and columns among zeros.
fn spread_out(m: &DMatrix<f64>, at: &[usize], n: usize) -> DMatrix<f64> {
    let mut to = DMatrix::zeros(n, n);
    for (i, &x) in at.iter().enumerate() {
        for (j, &y) in at.iter().enumerate() {
            to[(x, y)] = m[(i, j)];
        }
    }
    to
}

/// H_k and the log-determinant of what it is the inverse of: from the whole inverse O where little is missing,
/// O - O_:m O_mm^-1 O_m: and log|S| + log|O_mm|.
fn of_pattern(
    within: &DMatrix<f64>,
    whole: &DMatrix<f64>,
    determinant: f64,
    observed: &[usize],
) -> Option<(DMatrix<f64>, f64)> {
    let p = within.nrows();
    if observed.len() == p {
        return Some((whole.clone(), determinant));
    }
    let sub = |m: &DMatrix<f64>, of: &[usize]| DMatrix::from_fn(of.len(), of.len(), |i, j| m[(of[i], of[j])]);
    if 2 * observed.len() < p {
        let (inverse, log) = inverse_and_log(&sub(within, observed))?;
        return Some((spread_out(&inverse, observed, p), log));
    }
    let missing: Vec<usize> = (0..p).filter(|i| !observed.contains(i)).collect();
    let (conditional, log) = inverse_and_log(&sub(whole, &missing))?;
    let columns = DMatrix::from_fn(p, missing.len(), |i, j| whole[(i, missing[j])]);
    let mut inverse = whole - &columns * conditional * columns.transpose();
    for &i in &missing {
        inverse.row_mut(i).fill(0.0);
        inverse.column_mut(i).fill(0.0);
    }
    Some((inverse, determinant + log))
}

impl AtMoments<'_> {
    /// What moments are weighted by in the derivative of -2 log L.
    pub(crate) fn weights(&self) -> LevelMoments {
        let group = self.group;
        let mut sum = LevelMoments::zeros(group.data.p, group.places.len());
        for ((pattern, inverse), sandwich) in
            group.data.patterns.iter().zip(&self.inverses).zip(&self.sandwiches)
        {
            add_times(&mut sum.within, pattern.n, inverse);
            sum.within -= sandwich;
        }
        for (class, own) in group.data.classes.iter().zip(&self.classes) {
            add_times(&mut sum.between, class.count(), &own.v);
            sum.between.gemm(-1.0, &own.g, &own.g.transpose(), 1.0);
            sum.between_mean.axpy(-2.0, &own.g.column_sum(), 1.0);
            sum.within_mean.axpy(-2.0, &own.pull.column_sum(), 1.0);
        }
        sum
    }

    /// The same of each cluster by itself.
    pub(crate) fn weights_of_clusters(&self) -> Vec<LevelMoments> {
        let group = self.group;
        let mut clusters = Vec::with_capacity(group.data.clusters());
        for (class, own) in group.data.classes.iter().zip(&self.classes) {
            let spread = group.to_within(&own.t);
            for (j, cluster) in class.clusters.iter().enumerate() {
                let mut within = own.a.clone();
                for (place, (k, n)) in class.counts.iter().enumerate() {
                    let (h, e) = (&self.inverses[*k], own.residuals[place].column(j));
                    let mut inner = &spread * *n;
                    if !cluster.squares[place].is_empty() {
                        inner += &cluster.squares[place];
                    }
                    within -= h * inner * h;
                    within.ger(-*n, &e, &e, 1.0);
                }
                let mut between = own.v.clone();
                between.ger(-1.0, &own.g.column(j), &own.g.column(j), 1.0);
                let (within_mean, between_mean) = (own.pull.column(j) * -2.0, own.g.column(j) * -2.0);
                clusters.push(LevelMoments { within, within_mean, between, between_mean });
            }
        }
        clusters
    }
}

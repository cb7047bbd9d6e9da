//! The saturated model of two levels, by EM.
//!
//! With u = (v, z) the variables of a cluster behind its respondents' answers, K_s = Sigma_B E' V_s^-1 and
//! H_s = (Sigma_W / s) V_s^-1 (rows of level 1), a step is
//!
//! ```text
//! Sigma_B <- sum_s J_s [Sigma_B - K_s E Sigma_B + K_s (C_s + d_s d_s') K_s'] / J - their mean's square
//! Sigma_W <- ((N - J) S_W + sum_s J_s s [Sigma_W / s - H_s Sigma_W / s + H_s (C_s + d_s d_s') H_s']) / N
//! ```
//!
//! (Dempster, Laird & Rubin 1977; Lee & Poon 1998 for two levels), which keeps both matrices positive semidefinite and
//! costs no more for many clusters than for few. It ends where log L grows by less than 1e-4, as in Mplus; scoring then
//! goes on to the maximum, unless that lies beyond what a covariance matrix can be (a between matrix of lower rank): then
//! the point where EM ended stands, which is what Mplus and lavaan report.

use super::two_level::{TwoLevelGroup, inverse_and_log};
use nalgebra::{DMatrix, DVector};

/// Growth of log L that ends the search.
const GROWTH: f64 = 1e-4;
const STEPS: usize = 20_000;

/// Means and covariances of both levels: of level 1 in the order of its table, of level 2 in that of its own.
#[derive(Debug, Clone)]
pub(crate) struct LevelMoments {
    pub(crate) within: DMatrix<f64>,
    /// 0 for variables of both levels.
    pub(crate) within_mean: DVector<f64>,
    pub(crate) between: DMatrix<f64>,
    pub(crate) between_mean: DVector<f64>,
}

impl LevelMoments {
    /// The next point, and -2 log L (without constants) at this one.
    pub(crate) fn step(&self, group: &TwoLevelGroup) -> Option<(Self, f64)> {
        let (data, places) = (&group.data, &group.places);
        let (p, b, d) = (data.p, places.len(), data.sizes[0].mean.len());
        let (n, j) = (data.n as f64, data.clusters.len() as f64);
        let (inverse, log) = inverse_and_log(&self.within)?;
        let mut value = (n - j) * (log + inverse.dot(&data.within));
        // Sigma_B E' and mu, over t
        let mut spread = DMatrix::zeros(b, d);
        let mut mu = DVector::zeros(d);
        mu.rows_mut(0, p).copy_from(&self.within_mean);
        for (k, &place) in places.iter().enumerate() {
            spread.set_column(place, &self.between.column(k));
            mu[place] += self.between_mean[k];
        }
        let mut between = DMatrix::zeros(b, b);
        let mut shift = DVector::zeros(b);
        let mut within = &data.within * (n - j);
        let mut moved = DVector::zeros(p);
        for size in &data.sizes {
            let s = size.n as f64;
            let own = &self.within / s;
            let mut v = DMatrix::zeros(d, d);
            v.view_mut((0, 0), (p, p)).copy_from(&own);
            for (row, &place) in places.iter().enumerate() {
                let mut line = v.row_mut(place);
                line += spread.row(row);
            }
            let (inverse, log) = inverse_and_log(&v)?;
            let difference = &size.mean - &mu;
            let mut products = size.covariance.clone();
            products.ger(1.0, &difference, &difference, 1.0);
            value += size.count * (log + inverse.dot(&products));
            let k = &spread * &inverse;
            let h = &own * inverse.rows(0, p);
            between +=
                (&self.between - &k * spread.transpose() + &k * &products * k.transpose()) * size.count;
            shift += &k * &difference * (size.count / j);
            within += (&own - h.columns(0, p) * &own + &h * &products * h.transpose()) * (size.count * s);
            moved += &h * &difference * (size.count * s / n);
        }
        let mut within_shift = moved.clone();
        places.iter().filter(|place| **place < p).for_each(|&place| within_shift[place] = 0.0);
        let mut next = Self {
            within: within / n,
            within_mean: &self.within_mean + &within_shift,
            between: between / j,
            between_mean: &self.between_mean + &shift,
        };
        next.between.ger(-1.0, &shift, &shift, 1.0);
        next.within.ger(-1.0, &within_shift, &moved, 1.0);
        next.within.ger(-1.0, &moved, &within_shift, 1.0);
        next.within.ger(1.0, &within_shift, &within_shift, 1.0);
        for m in [&mut next.within, &mut next.between] {
            *m = (&*m + m.transpose()) * 0.5;
        }
        Some((next, value))
    }

    /// The point where log L no longer grows, and -2 log L there; none where it does not exist on the way.
    pub(crate) fn by_em(mut self, group: &TwoLevelGroup) -> Option<(Self, f64)> {
        let mut last = f64::INFINITY;
        for _ in 0..STEPS {
            let (next, value) = self.step(group)?;
            if last - value < 2.0 * GROWTH {
                return Some((self, value));
            }
            last = value;
            self = next;
        }
        Some((self, last))
    }
}

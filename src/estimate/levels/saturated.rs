//! The saturated model of two levels, by EM.
//!
//! With M_B, M_W, and -2 g, -2 h the weights of the covariance matrices and means in the derivative of -2 log L, a step is
//!
//! ```text
//! Sigma_B <- Sigma_B - Sigma_B M_B Sigma_B / J - their mean's square,      mu_B <- mu_B + Sigma_B g / J
//! Sigma_W <- Sigma_W - Sigma_W M_W Sigma_W / N (likewise)
//! ```
//!
//! (Dempster, Laird & Rubin 1977; Lee & Poon 1998 for two levels), which keeps both matrices positive semidefinite. It ends
//! where log L grows by less than 1e-4, as in Mplus; a search then goes on to the maximum, unless that lies beyond what a
//! covariance matrix can be (a between matrix of lower rank): then the point where EM ended stands, which is what Mplus and
//! lavaan report.

use super::moments::LevelMoments;
use crate::estimate::levels::group::TwoLevelGroup;

/// Growth of log L that ends the search.
const GROWTH: f64 = 1e-4;
const STEPS: usize = 20_000;

impl TwoLevelGroup {
    /// Variances of each variable by itself, a tenth of the larger one at least.
    fn start(&self) -> LevelMoments {
        let (data, places) = (&self.data, &self.places);
        let alone = data.variances();
        let of_both = |i: usize| alone.within[i].max(alone.between[i]);
        let mut start = LevelMoments::zeros(data.p, places.len());
        for i in 0..data.p {
            start.within[(i, i)] = alone.within[i].max(0.1 * of_both(i));
            start.within_mean[i] = if places.contains(&i) { 0.0 } else { alone.mean[i] };
        }
        for (k, &i) in places.iter().enumerate() {
            start.between[(k, k)] = alone.between[i].max(0.1 * of_both(i));
            start.between_mean[k] = alone.mean[i];
        }
        start
    }

    /// The next point of EM, and -2 log L (without constants) at this one.
    pub(crate) fn step(&self, moments: &LevelMoments) -> Option<(LevelMoments, f64)> {
        let (n, j) = (self.data.n as f64, self.data.clusters() as f64);
        let at = self.at(moments.clone())?;
        let weights = at.weights();
        let shift = &moments.between * &weights.between_mean * (-0.5 / j);
        let moved = &moments.within * &weights.within_mean * (-0.5 / n);
        let mut within_shift = moved.clone();
        self.places.iter().filter(|place| **place < self.data.p).for_each(|&place| within_shift[place] = 0.0);
        let mut next = LevelMoments {
            within: &moments.within - &moments.within * &weights.within * &moments.within / n,
            within_mean: &moments.within_mean + &within_shift,
            between: &moments.between - &moments.between * &weights.between * &moments.between / j,
            between_mean: &moments.between_mean + &shift,
        };
        next.between.ger(-1.0, &shift, &shift, 1.0);
        next.within.ger(-1.0, &within_shift, &moved, 1.0);
        next.within.ger(-1.0, &moved, &within_shift, 1.0);
        next.within.ger(1.0, &within_shift, &within_shift, 1.0);
        for m in [&mut next.within, &mut next.between] {
            *m = (&*m + m.transpose()) * 0.5;
        }
        Some((next, at.value))
    }

    /// The point where log L no longer grows, and -2 log L there; none where it does not exist on the way.
    pub(crate) fn by_em(&self) -> Option<(LevelMoments, f64)> {
        let (mut moments, mut last) = (self.start(), f64::INFINITY);
        for _ in 0..STEPS {
            if self.progress.is_stopped() {
                return None;
            }
            let (next, value) = self.step(&moments)?;
            if last - value < 2.0 * GROWTH {
                return Some((moments, value));
            }
            last = value;
            moments = next;
        }
        Some((moments, last))
    }
}

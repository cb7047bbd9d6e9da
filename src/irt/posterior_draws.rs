//! Draws from the posterior of the traits of a response pattern.

use super::adapted::Adapted;
use super::curves::Curves;
use super::layout::Layout;
use super::pattern_posterior::Point;
use super::patterns::Patterns;
use nalgebra::DVector;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

/// How much wider than the posterior at its mode draws are proposed.
const WIDER: f64 = 1.2;

/// A point of the parameters at which posteriors are drawn from.
pub(crate) struct Sampler<'a>(Point<'a>);

impl Adapted {
    /// Draws from the posterior of a pattern, one after the other, by an independence chain from the normal distribution at
    /// its mode: so many draws, of which each is so many steps after the one before.
    pub(crate) fn drawn(
        &self,
        sampler: &Sampler<'_>,
        pattern: usize,
        (draws, steps): (usize, usize),
        stream: &mut impl Rng,
    ) -> Vec<f64> {
        let (point, d) = (&sampler.0, self.nodes.dimensions);
        let place = &self.places[pattern];
        let mean = point.mean(pattern, self.of(point.patterns, pattern));
        let mut curves = Curves::default();
        let mut at = |z: &[f64]| {
            let of = |i: usize| {
                place.mode[i] + WIDER * (0..=i).map(|j| place.factor[i * d + j] * z[j]).sum::<f64>()
            };
            let theta: Vec<f64> = (0..d).map(of).collect();
            let log = point.log_posterior(pattern, &mean, &theta, &mut curves);
            (theta, log + 0.5 * z.iter().map(|z| z * z).sum::<f64>())
        };
        let normal = |stream: &mut _| -> Vec<f64> { (0..d).map(|_| StandardNormal.sample(stream)).collect() };
        let (mut theta, mut height) = at(&normal(stream));
        let mut all = Vec::with_capacity(draws * d);
        for _ in 0..draws {
            for _ in 0..steps {
                let (next, own) = at(&normal(stream));
                let u: f64 = stream.random();
                if u.ln() < own - height {
                    (theta, height) = (next, own);
                }
            }
            all.extend_from_slice(&theta);
        }
        all
    }

    /// What is drawn from; none where the model has no likelihood at `x`.
    pub(crate) fn sampler<'a>(
        patterns: &'a Patterns,
        layout: &'a Layout,
        x: &DVector<f64>,
    ) -> Option<Sampler<'a>> {
        Point::new(patterns, layout, x).map(Sampler)
    }
}

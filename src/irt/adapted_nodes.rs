//! Standard nodes that are moved to each respondent: products of Gauss-Hermite rules in up to three dimensions, above
//! that a quasi-random sequence.

use crate::numeric::normal;
use crate::numeric::quadrature::gauss_hermite;

/// Nodes of a standard normal distribution.
#[derive(Debug, Clone)]
pub(crate) struct StandardNodes {
    pub(crate) dimensions: usize,
    /// Node by node.
    pub(crate) z: Vec<f64>,
    /// log(weight) less the log density of the node.
    pub(crate) log_weights: Vec<f64>,
}

impl StandardNodes {
    /// The product of a Gauss-Hermite rule with itself.
    pub(crate) fn product(count: usize, dimensions: usize) -> Self {
        let rule = gauss_hermite(count);
        let total = count.pow(dimensions as u32);
        let mut nodes = Self { dimensions, z: Vec::new(), log_weights: Vec::new() };
        for node in 0..total {
            let mut rest = node;
            let mut log_weight = 0.0;
            let from = nodes.z.len();
            for _ in 0..dimensions {
                let (z, weight) = rule[rest % count];
                nodes.z.push(z);
                log_weight += weight.ln();
                rest /= count;
            }
            let own = log_weight - log_density(&nodes.z[from..]);
            nodes.log_weights.push(own);
        }
        nodes
    }

    /// `count` nodes of Halton's (1960) sequence, the radical inverses of 1, 2, ... in the first primes, as normal quantiles, each
    /// with its mirror image: odd moments are exact.
    pub(crate) fn quasi_random(count: usize, dimensions: usize) -> Self {
        let bases = primes(dimensions);
        let pairs = count.div_ceil(2).max(1);
        let mut nodes = Self { dimensions, z: Vec::new(), log_weights: Vec::new() };
        let weight = -((2 * pairs) as f64).ln();
        for n in 1..=pairs {
            let own: Vec<f64> =
                bases.iter().map(|base| normal::quantile(radical_inverse(n, *base))).collect();
            for sign in [1.0, -1.0] {
                nodes.z.extend(own.iter().map(|z| sign * z));
                nodes.log_weights.push(weight - log_density(&own));
            }
        }
        nodes
    }

    pub(crate) fn len(&self) -> usize {
        self.log_weights.len()
    }

    pub(crate) fn node(&self, q: usize) -> &[f64] {
        &self.z[q * self.dimensions..(q + 1) * self.dimensions]
    }
}

/// The first so many primes.
fn primes(count: usize) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::with_capacity(count);
    let mut next = 2;
    while found.len() < count {
        if found.iter().all(|prime| next % prime != 0) {
            found.push(next);
        }
        next += 1;
    }
    found
}

/// The digits of a number in a base, mirrored at the point: between 0 and 1.
fn radical_inverse(mut n: usize, base: usize) -> f64 {
    let (mut inverse, mut unit) = (0.0, 1.0);
    while n > 0 {
        unit /= base as f64;
        inverse += unit * (n % base) as f64;
        n /= base;
    }
    inverse
}

fn log_density(z: &[f64]) -> f64 {
    z.iter().map(|z| -0.5 * z * z - 0.5 * std::f64::consts::TAU.ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of weight x z_i z_j: the identity matrix.
    #[test]
    fn second_moments_are_those_of_a_standard_normal() {
        for (nodes, tolerance) in [
            (StandardNodes::product(9, 3), 1e-10),
            (StandardNodes::quasi_random(4000, 5), 0.03),
            (StandardNodes::quasi_random(4000, 12), 0.05),
        ] {
            let d = nodes.dimensions;
            for i in 0..d {
                for j in 0..d {
                    let sum: f64 = (0..nodes.len())
                        .map(|q| {
                            let z = nodes.node(q);
                            (nodes.log_weights[q] + log_density(z)).exp() * z[i] * z[j]
                        })
                        .sum();
                    let expected = f64::from(u8::from(i == j));
                    assert!((sum - expected).abs() < tolerance, "{d}: {i} {j} {sum}");
                }
            }
        }
    }
}

//! Standard nodes that are moved to each respondent: products of a Gauss-Hermite rule, or a quasi-random set.

use crate::numeric::quadrature::{gauss_hermite, gauss_laguerre};
use crate::numeric::{cholesky, normal};
use nalgebra::DMatrix;

/// Bases of Halton's sequence.
const PRIMES: [usize; 20] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71];

/// Radii of a spherical-radial rule.
const RADII: usize = 5;
/// Its directions are turned until their second moments are so near those of the sphere,
const EVEN: f64 = 1e-13;
/// but not more often.
const TURNS: usize = 2000;

/// Nodes of a standard normal distribution.
#[derive(Debug, Clone)]
pub(crate) struct StandardNodes {
    pub(crate) dimensions: usize,
    /// Node by node.
    pub(crate) z: Vec<f64>,
    /// log(weight) less the log density of the node.
    pub(crate) log_weights: Vec<f64>,
    /// Whether they are placed by mean and covariance matrix of a posterior, in the place of mode and curvature.
    pub(crate) by_moments: bool,
}

impl StandardNodes {
    /// The product of a Gauss-Hermite rule with itself.
    pub(crate) fn product(count: usize, dimensions: usize) -> Self {
        let rule = gauss_hermite(count);
        let total = count.pow(dimensions as u32);
        let mut nodes = Self { dimensions, z: Vec::new(), log_weights: Vec::new(), by_moments: false };
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

    /// A spherical-radial rule (Genz & Monahan 1998): the radius by Gauss quadrature, on each radius a set of directions of its
    /// own from Halton's sequence (1960), in pairs u and -u whose second moments are those of the sphere. Integrals of
    /// polynomials in the radius are exact to degree 9; error is left in how even the directions are.
    pub(crate) fn quasi_random(count: usize, dimensions: usize) -> Self {
        let pairs = count.div_ceil(2 * RADII).max(2 * dimensions);
        let mut nodes = Self { dimensions, z: Vec::new(), log_weights: Vec::new(), by_moments: true };
        // half the squared radius has a gamma distribution
        for (shell, (half, weight)) in gauss_laguerre(RADII, dimensions as f64 / 2.0).into_iter().enumerate()
        {
            let radius = (2.0 * half).sqrt();
            let log_weight = (weight / (2 * pairs) as f64).ln();
            for direction in directions(shell * pairs, pairs, dimensions).column_iter() {
                for signed in [radius, -radius] {
                    nodes.z.extend(direction.iter().map(|u| signed * u));
                    let own = &nodes.z[nodes.z.len() - dimensions..];
                    nodes.log_weights.push(log_weight - log_density(own));
                }
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

/// Directions from a place of Halton's sequence on, turned until their second moments are those of the sphere.
fn directions(from: usize, count: usize, dimensions: usize) -> DMatrix<f64> {
    let quantile =
        |d: usize, n: usize| normal::quantile(radical_inverse(PRIMES[d % PRIMES.len()], from + n + 1));
    let mut u = DMatrix::from_fn(dimensions, count, quantile);
    for _ in 0..TURNS {
        u.column_iter_mut().for_each(|mut column| column.unscale_mut(column.norm()));
        let mut factor = &u * u.transpose() * (dimensions as f64 / count as f64);
        if (&factor - DMatrix::identity(dimensions, dimensions)).amax() < EVEN {
            break;
        }
        if cholesky::factorise(&mut factor).is_err() {
            break;
        }
        u.column_iter_mut().for_each(|mut column| cholesky::forward(&factor, column.as_mut_slice()));
    }
    u.column_iter_mut().for_each(|mut column| column.unscale_mut(column.norm()));
    u
}

/// The digits of n in a base, mirrored at the point.
fn radical_inverse(base: usize, mut n: usize) -> f64 {
    let (mut sum, mut unit) = (0.0, 1.0);
    while n > 0 {
        unit /= base as f64;
        sum += unit * (n % base) as f64;
        n /= base;
    }
    sum
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
        let sets = [(9, 3), (3, 2)].map(|(count, d)| StandardNodes::product(count, d));
        let random = [(50, 4), (500, 20)].map(|(count, d)| StandardNodes::quasi_random(count, d));
        for nodes in sets.into_iter().chain(random) {
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
                    assert!((sum - expected).abs() < 1e-10, "{d}: {i} {j} {sum}");
                }
            }
        }
    }
}

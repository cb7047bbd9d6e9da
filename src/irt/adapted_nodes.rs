//! Standard nodes that are moved to each respondent: products of a Gauss-Hermite rule.

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

    pub(crate) fn len(&self) -> usize {
        self.log_weights.len()
    }

    pub(crate) fn node(&self, q: usize) -> &[f64] {
        &self.z[q * self.dimensions..(q + 1) * self.dimensions]
    }
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
        for nodes in [StandardNodes::product(9, 3), StandardNodes::product(3, 2)] {
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

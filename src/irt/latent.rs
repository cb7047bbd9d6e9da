//! The distribution of the traits on a grid of nodes.
//!
//! Nodes are equally spaced on each dimension (rectangular quadrature), from -6 to 6; where the distribution does not fit in
//! there, from 6 standard deviations below its mean to 6 above. Their weights are the normal density, normalised to sum 1.

use super::adapted_nodes::StandardNodes;
use crate::numeric::cholesky;
use nalgebra::DMatrix;

/// How far the nodes reach, in standard deviations.
pub(crate) const REACH: f64 = 6.0;

/// Nodes of a group: a point in as many dimensions as there are, node by node.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub(crate) dimensions: usize,
    pub(crate) theta: Vec<f64>,
    /// Where it is centred, and its standard deviations.
    pub(crate) centre: Vec<f64>,
    pub(crate) spread: Vec<f64>,
    /// Logarithms of the weights of nodes that are not equally spaced, before the density; empty of those that are.
    pub(crate) log_rule: Vec<f64>,
}

impl Grid {
    /// `count` nodes on each dimension.
    pub(crate) fn new(count: usize, centre: &[f64], spread: &[f64]) -> Self {
        let dimensions = centre.len();
        let total = count.pow(dimensions as u32);
        let mut theta = Vec::with_capacity(total * dimensions);
        for node in 0..total {
            let mut rest = node;
            for d in 0..dimensions {
                let z = REACH * (2.0 * (rest % count) as f64 / (count - 1) as f64 - 1.0);
                theta.push(centre[d] + spread[d] * z);
                rest /= count;
            }
        }
        Self { dimensions, theta, centre: centre.to_vec(), spread: spread.to_vec(), log_rule: Vec::new() }
    }

    /// Takes standard nodes to a normal distribution; none where its covariance matrix is not positive definite.
    pub(crate) fn placed(&mut self, parameters: &[f64], nodes: &StandardNodes) -> Option<()> {
        let dimensions = self.dimensions;
        let mut factor = symmetric(&parameters[dimensions..], dimensions);
        cholesky::factorise(&mut factor).ok()?;
        self.theta.clear();
        for q in 0..nodes.len() {
            let z = nodes.node(q);
            let moved = |i: usize| parameters[i] + (0..=i).map(|j| factor[(i, j)] * z[j]).sum::<f64>();
            self.theta.extend((0..dimensions).map(moved));
        }
        self.log_rule = nodes.log_weights.clone();
        Some(())
    }

    pub(crate) fn len(&self) -> usize {
        self.theta.len() / self.dimensions
    }

    pub(crate) fn node(&self, q: usize) -> &[f64] {
        &self.theta[q * self.dimensions..(q + 1) * self.dimensions]
    }

    /// Whether it suits a normal distribution with these means and standard deviations: it reaches 4 of them out, and they
    /// are not so small that few nodes carry all the weight.
    pub(crate) fn suits(&self, means: &[f64], sds: &[f64]) -> bool {
        (0..self.dimensions).all(|d| {
            let (centre, spread) = (self.centre[d], self.spread[d]);
            (means[d] - centre).abs() + 4.0 * sds[d] <= REACH * spread && sds[d] > 0.4 * spread
        })
    }
}

/// Where a covariance stands among those of a lower triangle.
pub(crate) fn at(row: usize, column: usize) -> usize {
    let (high, low) = (row.max(column), row.min(column));
    high * (high + 1) / 2 + low
}

/// The symmetric matrix of a lower triangle.
pub(crate) fn symmetric(triangle: &[f64], dimensions: usize) -> DMatrix<f64> {
    DMatrix::from_fn(dimensions, dimensions, |i, j| triangle[at(i, j)])
}

/// A normal distribution: local parameters are means, then the lower triangle of the covariance matrix.
#[derive(Debug, Clone)]
pub(crate) struct Normal {
    mean: Vec<f64>,
    inverse: DMatrix<f64>,
}

impl Normal {
    /// None where the covariance matrix is not positive definite.
    pub(crate) fn new(parameters: &[f64], dimensions: usize) -> Option<Self> {
        let covariance = symmetric(&parameters[dimensions..], dimensions);
        let inverse = cholesky::inverse(&covariance)?;
        Some(Self { mean: parameters[..dimensions].to_vec(), inverse })
    }

    /// Logarithms of the weights of the nodes.
    pub(crate) fn log_weights(&self, grid: &Grid, out: &mut [f64]) {
        let dimensions = grid.dimensions;
        let mut top = f64::NEG_INFINITY;
        for (q, out) in out.iter_mut().enumerate() {
            let node = grid.node(q);
            let mut distance = 0.0;
            for i in 0..dimensions {
                let u = node[i] - self.mean[i];
                distance += self.inverse[(i, i)] * u * u;
                for j in 0..i {
                    distance += 2.0 * self.inverse[(i, j)] * u * (node[j] - self.mean[j]);
                }
            }
            *out = grid.log_rule.get(q).copied().unwrap_or(0.0) - 0.5 * distance;
            top = top.max(*out);
        }
        let sum: f64 = out.iter().map(|x| (x - top).exp()).sum();
        let shift = top + sum.ln();
        out.iter_mut().for_each(|x| *x -= shift);
    }

    /// d log weight / d parameter at a node, but for the part that normalises.
    fn score(&self, node: &[f64], out: &mut [f64]) {
        let dimensions = node.len();
        let mut turned = vec![0.0; dimensions];
        for i in 0..dimensions {
            turned[i] = (0..dimensions).map(|j| self.inverse[(i, j)] * (node[j] - self.mean[j])).sum();
        }
        out[..dimensions].copy_from_slice(&turned);
        for i in 0..dimensions {
            for j in 0..=i {
                let twice = if i == j { 0.5 } else { 1.0 };
                out[dimensions + at(i, j)] = twice * turned[i] * turned[j];
            }
        }
    }

    /// d log weight / d parameter, node by node.
    pub(crate) fn scores(&self, grid: &Grid) -> Vec<f64> {
        let nodes = grid.len();
        let mut weights = vec![0.0; nodes];
        self.log_weights(grid, &mut weights);
        let size = grid.dimensions + grid.dimensions * (grid.dimensions + 1) / 2;
        let mut scores = vec![0.0; nodes * size];
        let mut mean = vec![0.0; size];
        for q in 0..nodes {
            let own = &mut scores[q * size..(q + 1) * size];
            self.score(grid.node(q), own);
            let w = weights[q].exp();
            mean.iter_mut().zip(own.iter()).for_each(|(m, s)| *m += w * s);
        }
        for own in scores.chunks_mut(size) {
            own.iter_mut().zip(&mean).for_each(|(s, m)| *s -= m);
        }
        scores
    }

    /// Gradient of sum n_q log weight_q, and the expected information, by parameter.
    pub(crate) fn derivatives(&self, grid: &Grid, counts: &[f64]) -> (Vec<f64>, DMatrix<f64>) {
        let nodes = grid.len();
        let mut weights = vec![0.0; nodes];
        self.log_weights(grid, &mut weights);
        let total: f64 = counts.iter().sum();
        let scores = self.scores(grid);
        let size = scores.len() / nodes;
        let mut gradient = vec![0.0; size];
        let mut information = DMatrix::zeros(size, size);
        for q in 0..nodes {
            let (w, own) = (weights[q].exp(), &scores[q * size..(q + 1) * size]);
            for i in 0..size {
                gradient[i] += counts[q] * own[i];
                for j in 0..=i {
                    information[(i, j)] += total * w * own[i] * own[j];
                }
            }
        }
        for i in 0..size {
            for j in 0..i {
                information[(j, i)] = information[(i, j)];
            }
        }
        (gradient, information)
    }
}

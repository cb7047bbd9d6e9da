//! Derivatives of the complete-data log-likelihood at the nodes, and from them the gradient of one respondent.

use super::curves::Curves;
use super::latent::Normal;
use super::layout::Layout;
use super::marginal_likelihood::MarginalLikelihood;
use super::patterns::MISSING;
use nalgebra::{DMatrix, DVector};

/// Derivatives of log P of every category at every node, by local parameter, and those of the weights of the nodes.
#[derive(Debug)]
pub(crate) struct ScoreTables {
    /// By group and category: local parameters x nodes.
    items: Vec<Vec<Vec<f64>>>,
    /// By group: nodes one after the other.
    latent: Vec<Vec<f64>>,
}

impl ScoreTables {
    pub(crate) fn new(marginal: &MarginalLikelihood<'_>, x: &DVector<f64>) -> Self {
        let layout = marginal.layout;
        let mut curves = Curves::default();
        let (mut items, mut latent) = (Vec::new(), Vec::new());
        for group in 0..layout.groups() {
            let grid = &marginal.grids[group];
            let nodes = grid.len();
            let mut rows = Vec::new();
            for place in &layout.items[group] {
                let local = Layout::values(&place.slots, x);
                let (width, count) = (place.dimensions.len(), place.shape.categories);
                let response = place.shape.at(&local[width..]);
                let mut own = vec![vec![0.0; local.len() * nodes]; count];
                for q in 0..nodes {
                    let node = grid.node(q);
                    response.curves(place.logit(&local[..width], node), &mut curves);
                    for (k, own) in own.iter_mut().enumerate() {
                        for i in 0..local.len() {
                            own[i * nodes + q] = if i < width {
                                curves.slope[k] * node[place.dimensions[i]]
                            } else {
                                curves.slope[(i - width + 1) * count + k]
                            };
                        }
                    }
                }
                rows.extend(own);
            }
            items.push(rows);
            let values = Layout::values(&layout.latent[group], x);
            let mut scores = Vec::new();
            if let Some(normal) = Normal::new(&values, grid.dimensions) {
                scores = normal.scores(grid);
            }
            latent.push(scores);
        }
        Self { items, latent }
    }

    /// Of a category (counted over all items) and a local parameter, by node.
    pub(crate) fn of_category(&self, group: usize, row: usize, local: usize, nodes: usize) -> &[f64] {
        &self.items[group][row][local * nodes..(local + 1) * nodes]
    }

    /// Of the weights of the nodes, by one of `size` parameters of the distribution.
    pub(crate) fn of_trait(&self, group: usize, local: usize, size: usize) -> Vec<f64> {
        self.latent[group].iter().skip(local).step_by(size).copied().collect()
    }

    /// The gradient of the log-likelihood of one respondent with a pattern.
    pub(crate) fn score(&self, marginal: &MarginalLikelihood<'_>, pattern: usize) -> DVector<f64> {
        let (patterns, layout) = (marginal.patterns, marginal.layout);
        let group = patterns.group[pattern];
        let nodes = marginal.grids[group].len();
        let mut shares = vec![0.0; nodes];
        let codes = patterns.codes(pattern);
        let counted = marginal.posterior(pattern, &mut shares);
        let mut gradient = DVector::zeros(layout.len());
        let mut unused = DMatrix::zeros(0, 0);
        for (item, code) in codes.iter().enumerate().filter(|(_, code)| **code != MISSING) {
            let table = &self.items[group][marginal.offsets[item] + usize::from(*code)];
            let slots = &layout.items[group][item].slots;
            let local: Vec<f64> = (0..slots.len())
                .map(|i| counted.clone().map(|q| shares[q] * table[i * nodes + q]).sum())
                .collect();
            Layout::scatter(slots, &local, None, &mut gradient, &mut unused);
        }
        let slots = &layout.latent[group];
        let scores = &self.latent[group];
        if slots.iter().any(|slot| !slot.free.is_empty()) && !scores.is_empty() {
            let size = slots.len();
            let mut local = vec![0.0; size];
            for q in counted {
                for i in 0..size {
                    local[i] += shares[q] * scores[q * size + i];
                }
            }
            Layout::scatter(slots, &local, None, &mut gradient, &mut unused);
        }
        gradient
    }
}

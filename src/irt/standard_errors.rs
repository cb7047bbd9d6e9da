//! The covariance matrix of the estimates.
//!
//! `oakes` and `observed`: inverse of the observed information A. `crossproduct`: inverse of B, the sum over respondents of
//! w^2 s s' with s the gradient of one. `sandwich`: A^-1 B A^-1 (White 1982).

use super::choices::ItemStandardErrors;
use super::curves::Curves;
use super::expected_counts::posterior;
use super::latent::Normal;
use super::layout::Layout;
use super::marginal_likelihood::MarginalLikelihood;
use super::patterns::MISSING;
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// Covariances of the parameters that have them.
#[derive(Debug, Clone)]
pub(crate) struct Covariance {
    /// All parameters; zero for those without.
    pub(crate) matrix: DMatrix<f64>,
    /// Parameters without: held, or undetermined.
    pub(crate) without: Vec<usize>,
    /// The ones that the data do not determine.
    pub(crate) undetermined: Vec<usize>,
}

/// The covariance matrix of that kind, given the observed information.
pub(crate) fn covariance(
    marginal: &MarginalLikelihood<'_>,
    x: &DVector<f64>,
    kind: ItemStandardErrors,
    information: &DMatrix<f64>,
    held: &[usize],
) -> Covariance {
    let size = x.len();
    let crossproduct = matches!(kind, ItemStandardErrors::Sandwich | ItemStandardErrors::Crossproduct)
        .then(|| crossproduct(marginal, x));
    let base = match (kind, &crossproduct) {
        (ItemStandardErrors::Crossproduct, Some(b)) => b,
        _ => information,
    };
    let mut without = held.to_vec();
    let mut undetermined = Vec::new();
    let (kept, inverse) = loop {
        let kept: Vec<usize> = (0..size).filter(|i| !without.contains(i)).collect();
        // scaled, so that units do not matter
        let scale: Vec<f64> = kept.iter().map(|i| base[(*i, *i)].abs().max(1e-300).sqrt()).collect();
        let own =
            DMatrix::from_fn(kept.len(), kept.len(), |i, j| base[(kept[i], kept[j])] / (scale[i] * scale[j]));
        let mut factor = own.clone();
        match cholesky::factorise(&mut factor) {
            Ok(()) if smallest(&factor) > 1e-11 => {
                let mut inverse = DMatrix::zeros(kept.len(), kept.len());
                cholesky::invert(&mut factor, &mut inverse);
                for i in 0..kept.len() {
                    for j in 0..kept.len() {
                        inverse[(i, j)] /= scale[i] * scale[j];
                    }
                }
                break (kept, inverse);
            }
            found => {
                let at = match found {
                    Err(pivot) => pivot.index,
                    Ok(()) => weakest(&factor),
                };
                undetermined.push(kept[at]);
                without.push(kept[at]);
            }
        }
    };
    let own = match (kind, &crossproduct) {
        (ItemStandardErrors::Sandwich, Some(b)) => {
            let b = DMatrix::from_fn(kept.len(), kept.len(), |i, j| b[(kept[i], kept[j])]);
            &inverse * b * &inverse
        }
        _ => inverse,
    };
    let mut matrix = DMatrix::zeros(size, size);
    for i in 0..kept.len() {
        for j in 0..kept.len() {
            matrix[(kept[i], kept[j])] = own[(i, j)];
        }
    }
    Covariance { matrix, without, undetermined }
}

fn smallest(factor: &DMatrix<f64>) -> f64 {
    factor.diagonal().iter().map(|d| d * d).fold(f64::INFINITY, f64::min)
}

fn weakest(factor: &DMatrix<f64>) -> usize {
    (0..factor.nrows()).fold(0, |best, i| if factor[(i, i)] < factor[(best, best)] { i } else { best })
}

/// Sum over respondents of w^2 s s'.
fn crossproduct(marginal: &MarginalLikelihood<'_>, x: &DVector<f64>) -> DMatrix<f64> {
    let patterns = marginal.patterns;
    let size = x.len();
    if let Some(adapted) = &marginal.adapted {
        return adapted.crossproduct(patterns, marginal.layout, x);
    }
    let tables = ScoreTables::new(marginal, x);
    let chunks: Vec<usize> = (0..patterns.len()).step_by(256).collect();
    let parts: Vec<DMatrix<f64>> = chunks
        .into_par_iter()
        .map(|from| {
            let to = (from + 256).min(patterns.len());
            let mut sum = DMatrix::zeros(size, size);
            for p in from..to {
                let score = tables.score(marginal, p);
                sum.ger(patterns.squares[p], &score, &score, 1.0);
            }
            sum
        })
        .collect();
    parts.into_iter().fold(DMatrix::zeros(size, size), |sum, part| sum + part)
}

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
                let mut own = vec![vec![0.0; local.len() * nodes]; count];
                for q in 0..nodes {
                    let node = grid.node(q);
                    place.shape.curves(place.logit(&local[..width], node), &local[width..], &mut curves);
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
        let (_, counted) = posterior(codes, &marginal.tables[group], &marginal.offsets, &mut shares);
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

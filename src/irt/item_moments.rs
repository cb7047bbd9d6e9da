//! Moments of one and two items: what was observed, what a model expects, their covariances, and how they change with the
//! parameters.

use super::marginal_likelihood::MarginalLikelihood;
use super::patterns::Patterns;
use super::score_tables::ScoreTables;
use crate::numeric::product::product_with_transposed;
use nalgebra::{DMatrix, DVector};

/// Expectations of the items of a group given each node: P(k), the score and its square.
pub(super) struct Conditional {
    /// Weights of the nodes.
    pub(super) weights: Vec<f64>,
    /// By item and category.
    pub(super) p: Vec<Vec<Vec<f64>>>,
    pub(super) mean: Vec<Vec<f64>>,
    pub(super) square: Vec<Vec<f64>>,
}

/// One moment.
#[derive(Clone, Copy)]
pub(super) enum Moment {
    /// Share of a category of an item.
    Share(usize, usize),
    /// Mean product of the scores of two items.
    Product(usize, usize),
}

pub(super) fn moments(categories: &[usize]) -> Vec<Moment> {
    let items = categories.len();
    let shares = (0..items).flat_map(|i| (1..categories[i]).map(move |k| Moment::Share(i, k)));
    let products = (0..items).flat_map(|i| (0..i).map(move |j| Moment::Product(j, i)));
    shares.chain(products).collect()
}

impl Conditional {
    pub(super) fn of(marginal: &MarginalLikelihood<'_>, group: usize) -> Self {
        let nodes = marginal.grids[group].len();
        let table = &marginal.tables[group];
        let p: Vec<Vec<Vec<f64>>> = marginal
            .offsets
            .windows(2)
            .map(|rows| {
                let row = |row: usize| {
                    table.log_p[row * nodes..(row + 1) * nodes].iter().map(|x| x.exp()).collect()
                };
                (rows[0]..rows[1]).map(row).collect()
            })
            .collect();
        Self::from(table.log_weights.iter().map(|x| x.exp()).collect(), p)
    }

    pub(super) fn from(weights: Vec<f64>, p: Vec<Vec<Vec<f64>>>) -> Self {
        let power = |own: &Vec<Vec<f64>>, power: i32| -> Vec<f64> {
            (0..weights.len())
                .map(|q| own.iter().enumerate().map(|(k, p)| (k as f64).powi(power) * p[q]).sum())
                .collect()
        };
        let mean = p.iter().map(|own| power(own, 1)).collect();
        let square = p.iter().map(|own| power(own, 2)).collect();
        Self { weights, p, mean, square }
    }

    pub(super) fn at(&self, moment: Moment, q: usize) -> f64 {
        match moment {
            Moment::Share(i, k) => self.p[i][k][q],
            Moment::Product(i, j) => self.mean[i][q] * self.mean[j][q],
        }
    }

    pub(super) fn expected(&self, moment: Moment) -> f64 {
        (0..self.weights.len()).map(|q| self.weights[q] * self.at(moment, q)).sum()
    }

    /// E(product of two moments) where they share an item; none where they do not.
    pub(super) fn together(&self, first: Moment, second: Moment) -> Option<f64> {
        use Moment::{Product, Share};
        let mean = |f: &dyn Fn(usize) -> f64| (0..self.weights.len()).map(|q| self.weights[q] * f(q)).sum();
        match (first, second) {
            (Share(i, k), Share(j, l)) if i == j => {
                Some(if k == l { mean(&|q| self.p[i][k][q]) } else { 0.0 })
            }
            (Share(i, k), Product(a, b)) | (Product(a, b), Share(i, k)) if i == a || i == b => {
                let other = if i == a { b } else { a };
                Some(k as f64 * mean(&|q| self.p[i][k][q] * self.mean[other][q]))
            }
            (Product(a, b), Product(c, d)) => {
                if a == c && b == d {
                    return Some(mean(&|q| self.square[a][q] * self.square[b][q]));
                }
                let (shared, one, two) = match () {
                    () if a == c => (a, b, d),
                    () if a == d => (a, b, c),
                    () if b == c => (b, a, d),
                    () if b == d => (b, a, c),
                    () => return None,
                };
                Some(mean(&|q| self.square[shared][q] * self.mean[one][q] * self.mean[two][q]))
            }
            _ => None,
        }
    }

    /// Covariances of the moments in a sample of one.
    pub(super) fn covariance(&self, all: &[Moment]) -> DMatrix<f64> {
        let nodes = self.weights.len();
        let rooted = DMatrix::from_fn(all.len(), nodes, |m, q| self.weights[q].sqrt() * self.at(all[m], q));
        let mut joint = product_with_transposed(&rooted, &rooted);
        let expected: Vec<f64> = all.iter().map(|m| self.expected(*m)).collect();
        for i in 0..all.len() {
            for j in 0..=i {
                let own = self.together(all[i], all[j]).unwrap_or(joint[(i, j)]) - expected[i] * expected[j];
                joint[(i, j)] = own;
                joint[(j, i)] = own;
            }
        }
        joint
    }
}

/// Observed moments of the complete patterns of a group.
pub(super) fn observed(patterns: &Patterns, group: usize, all: &[Moment]) -> DVector<f64> {
    let mut sums = DVector::zeros(all.len());
    let mut total = 0.0;
    for p in (0..patterns.len()).filter(|p| patterns.group[*p] == group) {
        let (codes, weight) = (patterns.codes(p), patterns.weights[p]);
        total += weight;
        for (m, moment) in all.iter().enumerate() {
            sums[m] += weight
                * match *moment {
                    Moment::Share(i, k) => f64::from(u8::from(usize::from(codes[i]) == k)),
                    Moment::Product(i, j) => f64::from(codes[i]) * f64::from(codes[j]),
                };
        }
    }
    sums / total
}

/// d moments / d free parameters.
pub(super) fn jacobian(
    marginal: &MarginalLikelihood<'_>,
    tables: &ScoreTables,
    conditional: &Conditional,
    group: usize,
    all: &[Moment],
) -> DMatrix<f64> {
    let layout = marginal.layout;
    let nodes = conditional.weights.len();
    let mut jacobian = DMatrix::zeros(all.len(), layout.len());
    // d P(k) and d score by local parameter, weighted
    let of_items: Vec<Vec<Vec<Vec<f64>>>> = (0..layout.items[group].len())
        .map(|item| {
            let count = layout.items[group][item].slots.len();
            (0..count)
                .map(|i| {
                    let change = |k: usize| -> Vec<f64> {
                        let slopes = tables.of_category(group, marginal.offsets[item] + k, i, nodes);
                        let p = &conditional.p[item][k];
                        (0..nodes).map(|q| conditional.weights[q] * p[q] * slopes[q]).collect()
                    };
                    (0..conditional.p[item].len()).map(change).collect()
                })
                .collect()
        })
        .collect();
    let scores: Vec<Vec<Vec<f64>>> = of_items
        .iter()
        .map(|item| {
            let mean = |own: &Vec<Vec<f64>>| {
                (0..nodes).map(|q| own.iter().enumerate().map(|(k, d)| k as f64 * d[q]).sum()).collect()
            };
            item.iter().map(mean).collect()
        })
        .collect();
    for (m, moment) in all.iter().enumerate() {
        let mut add = |item: usize, local: &dyn Fn(usize) -> f64| {
            for (i, slot) in layout.items[group][item].slots.iter().enumerate() {
                if !slot.free.is_empty() {
                    let change = local(i);
                    slot.free.iter().for_each(|(index, c)| jacobian[(m, *index)] += c * change);
                }
            }
        };
        match *moment {
            Moment::Share(i, k) => add(i, &|l| of_items[i][l][k].iter().sum()),
            Moment::Product(i, j) => {
                let with = |own: &[f64], other: &[f64]| own.iter().zip(other).map(|(d, m)| d * m).sum();
                add(i, &|l| with(&scores[i][l], &conditional.mean[j]));
                add(j, &|l| with(&scores[j][l], &conditional.mean[i]));
            }
        }
        for (l, slot) in layout.latent[group].iter().enumerate().filter(|(_, slot)| !slot.free.is_empty()) {
            let own = tables.of_trait(group, l, layout.latent[group].len());
            let change: f64 =
                (0..nodes).map(|q| conditional.weights[q] * own[q] * conditional.at(*moment, q)).sum();
            slot.free.iter().for_each(|(index, c)| jacobian[(m, *index)] += c * change);
        }
    }
    jacobian
}

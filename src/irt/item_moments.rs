//! Moments of one and two items: what was observed, what a model expects, their covariances, and how they change with the
//! parameters.

use super::item_expectations::{Conditional, Moment};
use super::marginal_likelihood::MarginalLikelihood;
use super::patterns::Patterns;
use super::reduced_moments::Given;
use super::score_tables::ScoreTables;
use crate::numeric::product::product_with_transposed;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;
use std::borrow::Cow;

/// Expectations of moments in a group.
pub(super) struct Expected {
    /// Given the nodes.
    pub(super) nodes: Conditional,
    /// Of a bifactor structure.
    given: Option<Given>,
}

impl Expected {
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
        let weights: Vec<f64> = table.log_weights.iter().map(|x| x.exp()).collect();
        let given = marginal.layout.specific.as_ref().map(|specific| Given::new(&weights, &p, specific));
        Self { nodes: Conditional::from(weights, p), given }
    }

    /// Independent items with these shares of their categories.
    pub(super) fn independent_items(p: Vec<Vec<Vec<f64>>>) -> Self {
        Self { nodes: Conditional::from(vec![1.0], p), given: None }
    }

    pub(super) fn expected(&self, moment: Moment) -> f64 {
        if let (Some(given), Moment::Product(i, j)) = (&self.given, moment)
            && !given.together(i, j)
        {
            return given.general.mean_of(moment);
        }
        self.nodes.mean_of(moment)
    }

    /// E(product of two moments) where they share an item; none where they do not.
    pub(super) fn together(&self, first: Moment, second: Moment) -> Option<f64> {
        if let Some(given) = &self.given {
            return given.product(&self.nodes, first, second);
        }
        use Moment::{Product, Share};
        let mean = |f: &dyn Fn(usize) -> f64| {
            (0..self.nodes.weights.len()).map(|q| self.nodes.weights[q] * f(q)).sum()
        };
        match (first, second) {
            (Share(i, k), Share(j, l)) if i == j => {
                Some(if k == l { mean(&|q| self.nodes.p[i][k][q]) } else { 0.0 })
            }
            (Share(i, k), Product(a, b)) | (Product(a, b), Share(i, k)) if i == a || i == b => {
                let other = if i == a { b } else { a };
                Some(k as f64 * mean(&|q| self.nodes.p[i][k][q] * self.nodes.mean[other][q]))
            }
            (Product(a, b), Product(c, d)) => {
                if a == c && b == d {
                    return Some(mean(&|q| self.nodes.square[a][q] * self.nodes.square[b][q]));
                }
                let (shared, one, two) = match () {
                    () if a == c => (a, b, d),
                    () if a == d => (a, b, c),
                    () if b == c => (b, a, d),
                    () if b == d => (b, a, c),
                    () => return None,
                };
                Some(mean(&|q| {
                    self.nodes.square[shared][q] * self.nodes.mean[one][q] * self.nodes.mean[two][q]
                }))
            }
            _ => None,
        }
    }

    /// Covariances of the moments in a sample of one.
    pub(super) fn covariance(&self, all: &[Moment]) -> DMatrix<f64> {
        let mut joint = self.independent(all);
        let expected: Vec<f64> = all.iter().map(|m| self.expected(*m)).collect();
        let row = |i: usize| -> Vec<f64> {
            let own = |j: usize| self.together(all[i], all[j]).unwrap_or(joint[(i, j)]);
            (0..=i).map(|j| own(j) - expected[i] * expected[j]).collect()
        };
        let rows: Vec<Vec<f64>> = (0..all.len()).into_par_iter().map(row).collect();
        for (i, row) in rows.iter().enumerate() {
            for (j, own) in row.iter().enumerate() {
                joint[(i, j)] = *own;
                joint[(j, i)] = *own;
            }
        }
        joint
    }

    /// E(product of two moments) of those that share no item, and of a bifactor structure no specific trait.
    fn independent(&self, all: &[Moment]) -> DMatrix<f64> {
        let rooted = match &self.given {
            None => {
                let of = |m: usize, q: usize| self.nodes.weights[q].sqrt() * self.nodes.at(all[m], q);
                DMatrix::from_fn(all.len(), self.nodes.weights.len(), of)
            }
            Some(given) => {
                let general = &given.general.weights;
                let of = |m: usize, g: usize| general[g].sqrt() * given.of(&self.nodes, all[m], g);
                DMatrix::from_fn(all.len(), general.len(), of)
            }
        };
        product_with_transposed(&rooted, &rooted)
    }

    /// The expected score of an item at the nodes, as it is beside another item.
    fn beside(&self, item: usize, other: usize) -> Cow<'_, [f64]> {
        match &self.given {
            Some(given) if !given.together(item, other) => {
                Cow::Owned(given.general.mean[item].repeat(given.general.weights.len()))
            }
            _ => Cow::Borrowed(&self.nodes.mean[item]),
        }
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
    expected: &Expected,
    group: usize,
    all: &[Moment],
) -> DMatrix<f64> {
    let layout = marginal.layout;
    let given = &expected.nodes;
    let nodes = given.weights.len();
    let mut jacobian = DMatrix::zeros(all.len(), layout.len());
    // d P(k) and d score by local parameter, weighted
    let of_items: Vec<Vec<Vec<Vec<f64>>>> = (0..layout.items[group].len())
        .map(|item| {
            let count = layout.items[group][item].slots.len();
            (0..count)
                .map(|i| {
                    let change = |k: usize| -> Vec<f64> {
                        let slopes = tables.of_category(group, marginal.offsets[item] + k, i, nodes);
                        let p = &given.p[item][k];
                        (0..nodes).map(|q| given.weights[q] * p[q] * slopes[q]).collect()
                    };
                    (0..given.p[item].len()).map(change).collect()
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
                let (first, second) = (expected.beside(i, j), expected.beside(j, i));
                add(i, &|l| with(&scores[i][l], &second));
                add(j, &|l| with(&scores[j][l], &first));
            }
        }
        for (l, slot) in layout.latent[group].iter().enumerate().filter(|(_, slot)| !slot.free.is_empty()) {
            let own = tables.of_trait(group, l, layout.latent[group].len());
            let change: f64 = (0..nodes).map(|q| given.weights[q] * own[q] * given.at(*moment, q)).sum();
            slot.free.iter().for_each(|(index, c)| jacobian[(m, *index)] += c * change);
        }
    }
    jacobian
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::irt::answers::Answers;
    use crate::irt::covariates::Covariates;
    use crate::irt::item_expectations::moments;
    use crate::irt::item_model::ItemModel;
    use crate::irt::layout::Layout;
    use crate::irt::parameters::{Design, Traits, layout};
    use crate::model::Model;
    use approx::assert_relative_eq;

    const NODES: usize = 15;

    fn answers() -> Answers {
        let cells: Vec<[u8; 5]> = (0..120u32)
            .map(|i| [0, 1, 2, 3, 4].map(|j| ((i * (7 + j) / (2 + j) + i % 5) % 3) as u8))
            .collect();
        Answers {
            names: (0..5).map(|j| format!("x{j}")).collect(),
            models: vec![ItemModel::Graded; 5],
            codes: vec![vec![0.0, 1.0, 2.0]; 5],
            groups: vec!["all".into()],
            patterns: Patterns::of(5, cells.iter().map(|row| Some(((0, 0), 1.0, row.as_slice())))),
            rows_read: 120,
            rows_used: 120,
            weighted: false,
            covariates: Covariates::default(),
            warnings: Vec::new(),
        }
    }

    /// Two specific traits of two items and an item without one.
    fn bifactor(answers: &Answers) -> (Layout, DVector<f64>) {
        let model = "g =~ x0 + x1 + x2 + x3 + x4; s =~ x0 + x1; t =~ x2 + x3".parse::<Model>().unwrap();
        let traits = Traits::of_model(&model).unwrap().0;
        let (layout, mut x) = layout(&Design {
            answers,
            traits: &traits,
            equal: vec![(true, true); 5],
            free_means: false,
            free_variances: false,
            lower_prior: None,
            upper_prior: None,
        });
        x.iter_mut().enumerate().for_each(|(i, x)| *x += 0.03 * (i % 7) as f64);
        (layout, x)
    }

    /// Covariances of moments are those over all 243 patterns, each by an integral over three traits.
    #[test]
    fn moments_of_a_bifactor_structure_are_those_of_all_its_traits() {
        let answers = answers();
        let (layout, x) = bifactor(&answers);
        let mut marginal = MarginalLikelihood::new(&answers.patterns, &layout, NODES, &x);
        marginal.evaluate(&x).unwrap();
        let pairs = Expected::of(&marginal, 0);
        let all = moments(&[3; 5]);
        let root = |q: usize| pairs.nodes.weights[q * (NODES + 1)].sqrt();
        let total: f64 = (0..NODES).map(root).sum();
        let weight = |q: usize| root(q) / total;
        let mut mean = DVector::zeros(all.len());
        let mut square = DMatrix::zeros(all.len(), all.len());
        for cell in 0..243usize {
            let codes = [cell % 3, cell / 3 % 3, cell / 9 % 3, cell / 27 % 3, cell / 81];
            let p = |item: usize, s: usize, g: usize| pairs.nodes.p[item][codes[item]][s * NODES + g];
            let mut share = 0.0;
            for g in 0..NODES {
                let of = |a: usize, b: usize| -> f64 {
                    (0..NODES).map(|s| weight(s) * p(a, s, g) * p(b, s, g)).sum()
                };
                share += weight(g) * of(0, 1) * of(2, 3) * p(4, 0, g);
            }
            let z = DVector::from_fn(all.len(), |m, _| match all[m] {
                Moment::Share(i, k) => f64::from(u8::from(codes[i] == k)),
                Moment::Product(i, j) => (codes[i] * codes[j]) as f64,
            });
            mean += &z * share;
            square += &z * z.transpose() * share;
        }
        for (m, moment) in all.iter().enumerate() {
            assert_relative_eq!(pairs.expected(*moment), mean[m], epsilon = 1e-12);
        }
        assert_relative_eq!(pairs.covariance(&all), square - &mean * mean.transpose(), epsilon = 1e-11);
    }

    #[test]
    fn derivatives_of_moments_of_a_bifactor_structure_are_differences() {
        let answers = answers();
        let (layout, x) = bifactor(&answers);
        let mut marginal = MarginalLikelihood::new(&answers.patterns, &layout, NODES, &x);
        marginal.evaluate(&x).unwrap();
        let all = moments(&[3; 5]);
        let own = jacobian(&marginal, &ScoreTables::new(&marginal, &x), &Expected::of(&marginal, 0), 0, &all);
        let mut at = |i: usize, by: f64| {
            let mut moved = x.clone();
            moved[i] += by;
            marginal.evaluate(&moved).unwrap();
            let pairs = Expected::of(&marginal, 0);
            DVector::from_fn(all.len(), |m, _| pairs.expected(all[m]))
        };
        for i in 0..x.len() {
            let differences = (at(i, 1e-5) - at(i, -1e-5)) / 2e-5;
            for m in 0..all.len() {
                assert_relative_eq!(own[(m, i)], differences[m], epsilon = 1e-8);
            }
        }
    }
}

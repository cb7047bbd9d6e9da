//! Products of derivatives of two units of a model, expected over the posteriors of many patterns.
//!
//! A unit is a bundle of items, an item, or the distribution of a group. Which derivatives it has at a node depends on its row
//! (the answers) alone. The shares of the posteriors are therefore added up by pair of rows first, and meet the derivatives
//! once for all patterns: the work for a pattern does not depend on how many parameters there are.

use nalgebra::DMatrix;
use std::ops::Range;

/// Shares of posteriors that are held at a time.
pub(crate) const NUMBERS: usize = 1 << 19;

/// Derivatives of the log-likelihood of the complete data by the parameters of a unit.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    /// The parameters, as they are numbered in their group.
    pub(crate) parameters: Range<usize>,
    /// Row by row: parameters x nodes.
    scores: Vec<f64>,
    /// Of each row the parameters whose derivatives are not all 0.
    some: Vec<Vec<usize>>,
    nodes: usize,
}

impl Unit {
    pub(crate) fn new(parameters: Range<usize>, rows: usize, nodes: usize) -> Self {
        let scores = vec![0.0; rows * parameters.len() * nodes];
        Self { parameters, scores, some: vec![Vec::new(); rows], nodes }
    }

    /// Sets the derivatives of a row by one parameter, numbered as in the group.
    pub(crate) fn set(&mut self, row: usize, parameter: usize, scores: &[f64]) {
        let own = parameter - self.parameters.start;
        if scores.iter().any(|x| *x != 0.0) {
            self.some[row].push(own);
        }
        let from = (row * self.parameters.len() + own) * self.nodes;
        self.scores[from..from + self.nodes].copy_from_slice(scores);
    }

    /// Parameters of a row (from 0 in the unit), with their derivatives.
    pub(crate) fn of(&self, row: usize) -> impl Iterator<Item = (usize, &[f64])> + '_ {
        let width = self.parameters.len();
        self.some[row].iter().map(move |own| {
            let from = (row * width + own) * self.nodes;
            (*own, &self.scores[from..from + self.nodes])
        })
    }
}

/// The shares of a pattern on the nodes that count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shares<'a> {
    pub(crate) from: usize,
    pub(crate) of_nodes: &'a [f64],
}

/// Adds a product of two units to the matrix of all, above the diagonal as well.
pub(crate) fn add(all: &mut DMatrix<f64>, a: &Unit, b: &Unit, product: &DMatrix<f64>) {
    for (i, row) in a.parameters.clone().enumerate() {
        for (j, column) in b.parameters.clone().enumerate() {
            all[(row, column)] += product[(i, j)];
            if a.parameters != b.parameters {
                all[(column, row)] += product[(i, j)];
            }
        }
    }
}

/// Sum over patterns of E[s_a s_b'], given the row of each in both units and its weighted shares; `table` is for the sums of
/// shares.
pub(crate) fn expected_product<'a>(
    a: &Unit,
    b: &Unit,
    patterns: impl Iterator<Item = (usize, usize, Shares<'a>)>,
    table: &mut Vec<f64>,
) -> DMatrix<f64> {
    let (nodes, columns) = (a.nodes, b.some.len());
    let mut seen = vec![false; a.some.len() * columns];
    table.clear();
    table.resize(seen.len() * nodes, 0.0);
    for (first, second, shares) in patterns {
        let pair = first * columns + second;
        seen[pair] = true;
        let from = pair * nodes + shares.from;
        let own = &mut table[from..from + shares.of_nodes.len()];
        own.iter_mut().zip(shares.of_nodes).for_each(|(sum, share)| *sum += share);
    }
    let mut product = DMatrix::zeros(a.parameters.len(), b.parameters.len());
    let mut met = vec![0.0; b.parameters.len() * nodes];
    for first in 0..a.some.len() {
        met.fill(0.0);
        for second in (0..columns).filter(|second| seen[first * columns + second]) {
            let pair = first * columns + second;
            let shares = &table[pair * nodes..(pair + 1) * nodes];
            for (j, scores) in b.of(second) {
                let own = &mut met[j * nodes..(j + 1) * nodes];
                own.iter_mut().zip(shares.iter().zip(scores)).for_each(|(sum, (x, s))| *sum += x * s);
            }
        }
        for (i, scores) in a.of(first) {
            for (j, met) in met.chunks(nodes).enumerate() {
                product[(i, j)] += scores.iter().zip(met).map(|(s, x)| s * x).sum::<f64>();
            }
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beside the sum over patterns and nodes as it is written.
    #[test]
    fn sums_by_rows_are_those_by_patterns() {
        let (nodes, widths, rows) = (5, [2, 3], [3, 4]);
        let units: Vec<Unit> = (0..2)
            .map(|u| {
                let mut unit = Unit::new(u * 10..u * 10 + widths[u], rows[u], nodes);
                for row in 0..rows[u] {
                    for own in 0..widths[u] {
                        let value =
                            |q: usize| if own == row { 0.0 } else { ((row * 7 + own * 3 + q) as f64).sin() };
                        unit.set(row, u * 10 + own, &(0..nodes).map(value).collect::<Vec<_>>());
                    }
                }
                unit
            })
            .collect();
        let shares: Vec<Vec<f64>> =
            (0..20).map(|p| (1..4).map(|q| ((p * q) as f64).cos().abs()).collect()).collect();
        let patterns =
            || shares.iter().enumerate().map(|(p, own)| (p % 3, p % 4, Shares { from: 1, of_nodes: own }));
        let found = expected_product(&units[0], &units[1], patterns(), &mut vec![f64::NAN; 7]);
        let mut expected = DMatrix::zeros(2, 3);
        for (first, second, shares) in patterns() {
            for (i, s) in units[0].of(first) {
                for (j, t) in units[1].of(second) {
                    expected[(i, j)] += (0..3).map(|q| shares.of_nodes[q] * s[q + 1] * t[q + 1]).sum::<f64>();
                }
            }
        }
        assert!((found - expected).amax() < 1e-14);
    }
}

//! Distinct response patterns with their weights.
//!
//! Sorted by group and answers, so that the order of the rows does not matter, not even to the last bit. A missing answer
//! is [`MISSING`] and adds nothing to the likelihood (missing at random, Rubin 1976).

use std::collections::HashMap;

/// The code of no answer.
pub(crate) const MISSING: u8 = u8::MAX;

/// Of a row: its group and class, its weight, its codes.
pub(crate) type Row<'a> = ((usize, usize), f64, &'a [u8]);

/// Of a pattern: its group and class, its codes, weights, squared weights, respondents.
type Found<'a> = ((usize, usize), &'a [u8], f64, f64, usize);

/// Distinct patterns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patterns {
    pub(crate) items: usize,
    /// Categories from 0, pattern by pattern.
    pub(crate) codes: Vec<u8>,
    pub(crate) group: Vec<usize>,
    /// Respondents with the same covariates.
    pub(crate) class: Vec<usize>,
    /// Sum of weights.
    pub(crate) weights: Vec<f64>,
    /// Sum of squared weights.
    pub(crate) squares: Vec<f64>,
    /// How many respondents.
    pub(crate) counts: Vec<usize>,
    /// The pattern of each row; none where the row is not used.
    pub(crate) of_row: Vec<Option<usize>>,
}

impl Patterns {
    /// The patterns of rows: each a group with a class, a weight and codes; none for a row that is not used.
    pub(crate) fn of<'a>(items: usize, rows: impl Iterator<Item = Option<Row<'a>>>) -> Self {
        let mut seen: HashMap<((usize, usize), &'a [u8]), usize> = HashMap::new();
        let mut found: Vec<Found<'a>> = Vec::new();
        let mut of_row = Vec::new();
        for row in rows {
            let Some((group, weight, codes)) = row else {
                of_row.push(None);
                continue;
            };
            let at = *seen.entry((group, codes)).or_insert_with(|| {
                found.push((group, codes, 0.0, 0.0, 0));
                found.len() - 1
            });
            found[at].2 += weight;
            found[at].3 += weight * weight;
            found[at].4 += 1;
            of_row.push(Some(at));
        }
        let mut order: Vec<usize> = (0..found.len()).collect();
        order.sort_by_key(|&at| (found[at].0.0, found[at].1, found[at].0.1));
        let mut place = vec![0; found.len()];
        order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
        let mut patterns = Self { items, ..Self::default() };
        for &at in &order {
            let (group, codes, weight, square, count) = found[at];
            patterns.codes.extend_from_slice(codes);
            patterns.group.push(group.0);
            patterns.class.push(group.1);
            patterns.weights.push(weight);
            patterns.squares.push(square);
            patterns.counts.push(count);
        }
        patterns.of_row = of_row.into_iter().map(|row: Option<usize>| row.map(|at| place[at])).collect();
        patterns
    }

    pub(crate) fn len(&self) -> usize {
        self.weights.len()
    }

    pub(crate) fn codes(&self, pattern: usize) -> &[u8] {
        &self.codes[pattern * self.items..(pattern + 1) * self.items]
    }

    /// Sum of the weights of a group.
    pub(crate) fn weight_of(&self, group: usize) -> f64 {
        (0..self.len()).filter(|&p| self.group[p] == group).map(|p| self.weights[p]).sum()
    }

    /// Gives the groups other numbers, and sorts the patterns by them again.
    pub(crate) fn reordered(&mut self, number: impl Fn(usize) -> usize) {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|&p| number(self.group[p]));
        let mut place = vec![0; self.len()];
        order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
        *self = Self {
            items: self.items,
            codes: order.iter().flat_map(|&p| self.codes(p).to_vec()).collect(),
            group: order.iter().map(|&p| number(self.group[p])).collect(),
            class: order.iter().map(|&p| self.class[p]).collect(),
            weights: order.iter().map(|&p| self.weights[p]).collect(),
            squares: order.iter().map(|&p| self.squares[p]).collect(),
            counts: order.iter().map(|&p| self.counts[p]).collect(),
            of_row: self.of_row.iter().map(|row| row.map(|at| place[at])).collect(),
        };
    }

    /// The patterns without a missing answer.
    pub(crate) fn complete(&self) -> Self {
        let full: Vec<usize> = (0..self.len()).filter(|&p| !self.codes(p).contains(&MISSING)).collect();
        let mut place = vec![None; self.len()];
        full.iter().enumerate().for_each(|(new, &old)| place[old] = Some(new));
        Self {
            items: self.items,
            codes: full.iter().flat_map(|&p| self.codes(p).to_vec()).collect(),
            group: full.iter().map(|&p| self.group[p]).collect(),
            class: full.iter().map(|&p| self.class[p]).collect(),
            weights: full.iter().map(|&p| self.weights[p]).collect(),
            squares: full.iter().map(|&p| self.squares[p]).collect(),
            counts: full.iter().map(|&p| self.counts[p]).collect(),
            of_row: self.of_row.iter().map(|row| row.and_then(|at| place[at])).collect(),
        }
    }
}

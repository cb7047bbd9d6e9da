//! The E-step: the likelihood of each pattern on the nodes, and how many answers of each category are expected there
//! (Bock & Aitkin 1981).
//!
//! Blocks of patterns are worked on in parallel and their sums joined in the order of the blocks, which do not depend on
//! the number of threads; buffers are made once.

use super::dimension_reduction::Reduction;
use super::node_table::Table;
use super::patterns::{MISSING, Patterns};
use rayon::prelude::*;
use std::ops::Range;

/// Shares of a posterior below this, of its largest, are not counted.
const NEGLIGIBLE: f64 = 1e-17;
/// Additions that make a block worth a task of its own.
const WORK: usize = 200_000;
/// At most so many blocks.
const MOST_BLOCKS: usize = 24;

/// A block of patterns of one group, with its buffers.
#[derive(Debug, Clone)]
struct Block {
    group: usize,
    patterns: Range<usize>,
    log_likelihood: f64,
    /// Categories x nodes, then the nodes.
    counts: Vec<f64>,
    posterior: Vec<f64>,
    /// Of a bifactor structure.
    reduction: Option<Reduction>,
}

/// The E-step of a set of patterns.
#[derive(Debug, Clone)]
pub(crate) struct ExpectedCounts {
    blocks: Vec<Block>,
    /// By group: categories x nodes, then the nodes.
    pub(crate) by_group: Vec<Vec<f64>>,
    nodes: usize,
}

impl ExpectedCounts {
    /// Buffers for patterns of `groups` groups, sorted by group.
    pub(crate) fn new(
        patterns: &Patterns,
        groups: usize,
        categories: usize,
        nodes: usize,
        specific: Option<&[Option<usize>]>,
    ) -> Self {
        let size = (categories + 1) * nodes;
        let work = patterns.len() * (patterns.items + 1) * nodes;
        let count = (work / WORK).clamp(1, MOST_BLOCKS);
        let length = patterns.len().div_ceil(count).max(1);
        let mut blocks = Vec::new();
        let mut from = 0;
        while from < patterns.len() {
            let group = patterns.group[from];
            let end = (from + length).min(patterns.len());
            let to = (from..end).find(|&p| patterns.group[p] != group).unwrap_or(end);
            blocks.push(Block {
                group,
                patterns: from..to,
                log_likelihood: 0.0,
                counts: vec![0.0; size],
                posterior: vec![0.0; nodes],
                reduction: specific.map(|specific| Reduction::new(specific, nodes)),
            });
            from = to;
        }
        Self { blocks, by_group: vec![vec![0.0; size]; groups], nodes }
    }

    /// The log-likelihood; leaves the expected counts. `offsets` are the first rows of the items in the tables.
    pub(crate) fn run(
        &mut self,
        patterns: &Patterns,
        tables: &[Table],
        offsets: &[usize],
        specific: Option<&[Option<usize>]>,
    ) -> f64 {
        let work = |block: &mut Block| match specific {
            Some(specific) => block.run_reduced(patterns, &tables[block.group], offsets, specific),
            None => block.run(patterns, &tables[block.group], offsets),
        };
        if self.blocks.len() == 1 {
            self.blocks.iter_mut().for_each(work);
        } else {
            self.blocks.par_iter_mut().for_each(work);
        }
        self.by_group.iter_mut().for_each(|counts| counts.fill(0.0));
        let mut sum = 0.0;
        for block in &self.blocks {
            sum += block.log_likelihood;
            let all = &mut self.by_group[block.group];
            all.iter_mut().zip(&block.counts).for_each(|(all, own)| *all += own);
        }
        sum
    }

    /// Expected respondents of a group at the nodes.
    pub(crate) fn of_nodes(&self, group: usize) -> &[f64] {
        let counts = &self.by_group[group];
        &counts[counts.len() - self.nodes..]
    }
}

/// Fills the posterior of a pattern over the nodes; gives its log-likelihood and the nodes that count.
pub(crate) fn posterior(
    codes: &[u8],
    table: &Table,
    offsets: &[usize],
    posterior: &mut [f64],
) -> (f64, Range<usize>) {
    let nodes = posterior.len();
    posterior.copy_from_slice(&table.log_weights);
    for (item, code) in codes.iter().enumerate() {
        if *code != MISSING {
            let row = (offsets[item] + usize::from(*code)) * nodes;
            let own = &table.log_p[row..row + nodes];
            posterior.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
        }
    }
    let top = posterior.iter().fold(f64::NEG_INFINITY, |top, x| if *x > top { *x } else { top });
    let floor = top + NEGLIGIBLE.ln();
    let first = posterior.iter().position(|x| *x >= floor).unwrap_or(0);
    let last = posterior.iter().rposition(|x| *x >= floor).unwrap_or(0);
    let counted = first..last + 1;
    posterior[..first].fill(0.0);
    posterior[last + 1..].fill(0.0);
    let mut sum = 0.0;
    for x in &mut posterior[counted.clone()] {
        *x = (*x - top).exp();
        sum += *x;
    }
    let scale = 1.0 / sum;
    posterior[counted.clone()].iter_mut().for_each(|x| *x *= scale);
    (top + sum.ln(), counted)
}

impl Block {
    fn run_reduced(
        &mut self,
        patterns: &Patterns,
        table: &Table,
        offsets: &[usize],
        specific: &[Option<usize>],
    ) {
        let nodes = self.posterior.len();
        self.counts.fill(0.0);
        self.log_likelihood = 0.0;
        let Some(reduction) = &mut self.reduction else { return };
        for pattern in self.patterns.clone() {
            let codes = patterns.codes(pattern);
            let weight = patterns.weights[pattern];
            self.log_likelihood += weight * reduction.fill(codes, table, offsets, specific);
            reduction.share();
            for (item, code) in codes.iter().enumerate().filter(|(_, code)| **code != MISSING) {
                let row = (offsets[item] + usize::from(*code)) * nodes;
                let own = match specific[item] {
                    Some(s) => reduction.pairs(s),
                    None => &reduction.general,
                };
                let counts = &mut self.counts[row..row + own.len()];
                counts.iter_mut().zip(own).for_each(|(count, x)| *count += weight * x);
            }
        }
    }

    fn run(&mut self, patterns: &Patterns, table: &Table, offsets: &[usize]) {
        let nodes = self.posterior.len();
        self.counts.fill(0.0);
        self.log_likelihood = 0.0;
        let respondents = self.counts.len() - nodes;
        for pattern in self.patterns.clone() {
            let codes = patterns.codes(pattern);
            let (log_likelihood, counted) = posterior(codes, table, offsets, &mut self.posterior);
            let weight = patterns.weights[pattern];
            self.log_likelihood += weight * log_likelihood;
            let own = &mut self.posterior[counted.clone()];
            if weight != 1.0 {
                own.iter_mut().for_each(|x| *x *= weight);
            }
            let mut add = |row: usize| {
                let counts = &mut self.counts[row + counted.start..row + counted.end];
                counts.iter_mut().zip(own.iter()).for_each(|(count, x)| *count += x);
            };
            for (item, code) in codes.iter().enumerate() {
                if *code != MISSING {
                    add((offsets[item] + usize::from(*code)) * nodes);
                }
            }
            add(respondents);
        }
    }
}

//! The E-step: the likelihood of each pattern on the nodes, and how many answers of each category are expected there
//! (Bock & Aitkin 1981).
//!
//! Blocks of patterns are worked on in parallel and their sums joined in the order of the blocks, which do not depend on
//! the number of threads; buffers are made once.

use super::bundles::Bundles;
use super::dimension_reduction::{Found, Reduction};
use super::node_table::Table;
use super::patterns::Patterns;
use rayon::prelude::*;
use std::ops::Range;

/// Shares of a posterior below this, of its largest, are not counted.
const NEGLIGIBLE: f64 = 1e-17;
/// Additions that make a block worth a task of its own.
const WORK: usize = 200_000;
/// At most so many blocks,
const MOST_BLOCKS: usize = 24;
/// and no more than have so many counts together, but
const MOST_COUNTS: usize = 4_000_000;
/// so many in any case.
const FEWEST_BLOCKS: usize = 4;

/// A block of patterns of one group, with its buffers.
#[derive(Debug, Clone)]
struct Block {
    group: usize,
    patterns: Range<usize>,
    log_likelihood: f64,
    /// Rows of the bundles x nodes, then the nodes.
    counts: Vec<f64>,
    posterior: Vec<f64>,
    /// Of a bifactor structure.
    reduction: Option<Reduction>,
}

/// The E-step of a set of patterns.
#[derive(Debug, Clone)]
pub(crate) struct ExpectedCounts {
    blocks: Vec<Block>,
    pub(crate) bundles: Bundles,
    /// By group: the rows of the bundles x nodes, log P of their answers; P itself of a bifactor structure.
    tables: Vec<Vec<f64>>,
    /// Rows of the bundles x nodes, then the nodes: the blocks of a group.
    sums: Vec<f64>,
    /// By group: categories x nodes, then the nodes.
    pub(crate) by_group: Vec<Vec<f64>>,
    nodes: usize,
}

impl ExpectedCounts {
    /// Buffers for patterns of `groups` groups, sorted by group; `offsets` are the first rows of the items in the tables.
    pub(crate) fn new(
        patterns: &Patterns,
        groups: usize,
        offsets: &[usize],
        nodes: usize,
        specific: Option<&[Option<usize>]>,
    ) -> Self {
        let categories = offsets.last().copied().unwrap_or(0);
        let bundles = Bundles::new(patterns, offsets, nodes, specific);
        let rows = bundles.len;
        let work = patterns.len() * (bundles.all.len() + 1) * nodes;
        let room = (MOST_COUNTS / ((rows + 1) * nodes).max(1)).clamp(FEWEST_BLOCKS, MOST_BLOCKS);
        let count = (work / WORK).clamp(1, room);
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
                counts: vec![0.0; (rows + 1) * nodes],
                posterior: vec![0.0; nodes],
                reduction: specific.map(|specific| Reduction::new(specific, nodes)),
            });
            from = to;
        }
        Self {
            blocks,
            bundles,
            tables: vec![vec![0.0; rows * nodes]; groups],
            sums: vec![0.0; (rows + 1) * nodes],
            by_group: vec![vec![0.0; (categories + 1) * nodes]; groups],
            nodes,
        }
    }

    /// The log-likelihood; leaves the expected counts.
    pub(crate) fn run(
        &mut self,
        patterns: &Patterns,
        tables: &[Table],
        offsets: &[usize],
        specific: Option<&[Option<usize>]>,
    ) -> f64 {
        let nodes = self.nodes;
        let bundles = &self.bundles;
        for (own, table) in self.tables.iter_mut().zip(tables) {
            match specific {
                None => bundles.fill(&table.log_p, offsets, nodes, own, |sum, log| *sum += log),
                Some(_) => bundles.fill(&table.p, offsets, nodes, own, |product, p| *product *= p),
            }
        }
        let own = &self.tables;
        let work = |block: &mut Block| {
            let table = &tables[block.group];
            match specific {
                None => block.run(patterns, bundles, &own[block.group], &table.log_weights),
                Some(specific) => {
                    let products = &own[block.group];
                    block.run_reduced(&Found::new(patterns, (bundles, products), table, offsets, specific));
                }
            }
        };
        if self.blocks.len() == 1 {
            self.blocks.iter_mut().for_each(work);
        } else {
            self.blocks.par_iter_mut().for_each(work);
        }
        self.joined(offsets)
    }

    /// Joins the blocks of each group, bundle by bundle first; gives the log-likelihood.
    fn joined(&mut self, offsets: &[usize]) -> f64 {
        let nodes = self.nodes;
        self.by_group.iter_mut().for_each(|counts| counts.fill(0.0));
        for (group, all) in self.by_group.iter_mut().enumerate() {
            let mut own = self.blocks.iter().filter(|block| block.group == group).map(|block| &block.counts);
            if let Some(first) = own.next() {
                self.sums.copy_from_slice(first);
                own.for_each(|counts| add(&mut self.sums, counts));
                self.bundles.spread(&self.sums, offsets, nodes, all);
                let (rows, categories) = (self.sums.len() - nodes, all.len() - nodes);
                add(&mut all[categories..], &self.sums[rows..]);
            }
        }
        self.blocks.iter().map(|block| block.log_likelihood).sum()
    }

    /// Expected respondents of a group at the nodes.
    pub(crate) fn of_nodes(&self, group: usize) -> &[f64] {
        let counts = &self.by_group[group];
        &counts[counts.len() - self.nodes..]
    }

    /// What the answers to items of a bifactor structure are looked up in, at the point of the last [`run`](Self::run).
    pub(crate) fn found<'f>(
        &'f self,
        patterns: &'f Patterns,
        table: &'f Table,
        offsets: &'f [usize],
        specific: &'f [Option<usize>],
    ) -> Found<'f> {
        Found::new(patterns, (&self.bundles, &self.tables[0]), table, offsets, specific)
    }

    /// Fills the posterior of a pattern at the point of the last [`run`](Self::run); gives the nodes that count.
    pub(crate) fn posterior(
        &self,
        patterns: &Patterns,
        tables: &[Table],
        pattern: usize,
        shares: &mut [f64],
    ) -> Range<usize> {
        let group = patterns.group[pattern];
        let rows = self.bundles.of_pattern(pattern);
        posterior(rows, &self.tables[group], &tables[group].log_weights, shares).1
    }
}

/// From the first to the last share that counts.
pub(crate) fn counted(shares: &[f64]) -> Range<usize> {
    let first = shares.iter().position(|x| *x > NEGLIGIBLE).unwrap_or(0);
    let last = shares.iter().rposition(|x| *x > NEGLIGIBLE).unwrap_or(0);
    first..last + 1
}

fn add(sums: &mut [f64], own: &[f64]) {
    sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
}

/// Fills the posterior of a pattern over the nodes, from the rows of its answers in a table of log P; gives its
/// log-likelihood and the nodes that count.
fn posterior(
    rows: impl Iterator<Item = usize>,
    log_p: &[f64],
    log_weights: &[f64],
    posterior: &mut [f64],
) -> (f64, Range<usize>) {
    let nodes = posterior.len();
    posterior.copy_from_slice(log_weights);
    for row in rows {
        add(posterior, &log_p[row * nodes..(row + 1) * nodes]);
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
    fn run_reduced(&mut self, found: &Found<'_>) {
        let nodes = self.posterior.len();
        self.counts.fill(0.0);
        self.log_likelihood = 0.0;
        let Some(reduction) = &mut self.reduction else { return };
        for pattern in self.patterns.clone() {
            let weight = found.patterns.weights[pattern];
            self.log_likelihood += weight * reduction.fill(found, pattern);
            reduction.share();
            let general = counted(&reduction.general);
            let count = reduction.count;
            for (at, bundle) in found.bundles.all.iter().enumerate() {
                let Some(row) = found.bundles.row(pattern, at) else { continue };
                let row = (bundle.first + row) * nodes;
                let own = match found.specific[bundle.items.start] {
                    Some(s) => reduction.pairs(s),
                    None => &reduction.general,
                };
                let counts = self.counts[row..row + own.len()].chunks_mut(count);
                for (counts, own) in counts.zip(own.chunks(count)) {
                    let own = own[general.clone()].iter();
                    counts[general.clone()].iter_mut().zip(own).for_each(|(count, x)| *count += weight * x);
                }
            }
        }
    }

    fn run(&mut self, patterns: &Patterns, bundles: &Bundles, table: &[f64], log_weights: &[f64]) {
        let nodes = self.posterior.len();
        self.counts.fill(0.0);
        self.log_likelihood = 0.0;
        let respondents = self.counts.len() / nodes - 1;
        for pattern in self.patterns.clone() {
            let rows = bundles.of_pattern(pattern);
            let (log_likelihood, counted) = posterior(rows, table, log_weights, &mut self.posterior);
            let weight = patterns.weights[pattern];
            self.log_likelihood += weight * log_likelihood;
            let own = &mut self.posterior[counted.clone()];
            if weight != 1.0 {
                own.iter_mut().for_each(|x| *x *= weight);
            }
            for row in bundles.of_pattern(pattern).chain([respondents]) {
                add(&mut self.counts[row * nodes + counted.start..row * nodes + counted.end], own);
            }
        }
    }
}

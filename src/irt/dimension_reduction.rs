//! The E-step of a bifactor structure by dimension reduction (Gibbons & Hedeker 1992; Cai, Yang & Hansen 2011).
//!
//! Given the general trait the specific ones are independent, so that the integral over all of them is a product of
//! integrals over one: two dimensions at a time, whatever their number. Nodes are pairs of the general (fastest) and a
//! specific trait.

use super::bundles::Bundles;
use super::node_table::Table;
use super::patterns::{MISSING, Patterns};

/// What is looked up of the answers of a pattern.
pub(crate) struct Found<'a> {
    pub(crate) patterns: &'a Patterns,
    pub(crate) bundles: &'a Bundles,
    /// Rows of the bundles x nodes: P of their answers.
    pub(crate) products: &'a [f64],
    pub(crate) table: &'a Table,
    pub(crate) offsets: &'a [usize],
    pub(crate) specific: &'a [Option<usize>],
    /// Weights of the nodes of a specific trait, one of them 1.
    pub(crate) weights: Vec<f64>,
}

impl<'a> Found<'a> {
    pub(crate) fn new(
        patterns: &'a Patterns,
        (bundles, products): (&'a Bundles, &'a [f64]),
        table: &'a Table,
        offsets: &'a [usize],
        specific: &'a [Option<usize>],
    ) -> Self {
        // weights of a node are those of its general and its specific part, general ones fastest
        let count = (table.log_weights.len() as f64).sqrt().round() as usize;
        let logs = table.log_weights.iter().step_by(count.max(1));
        let weights = logs.map(|log| (log - table.log_weights[0]).exp()).collect();
        Self { patterns, bundles, products, table, offsets, specific, weights }
    }
}

/// Buffers of one pattern.
#[derive(Debug, Clone)]
pub(crate) struct Reduction {
    /// Nodes on each dimension.
    pub(crate) count: usize,
    /// By specific trait: the likelihood of its items by node, with the weight of the specific node.
    joint: Vec<f64>,
    /// By specific trait: its integral given the general trait.
    integral: Vec<f64>,
    /// Products of integrals.
    products: Vec<f64>,
    /// Posterior of the general trait.
    pub(crate) general: Vec<f64>,
    pub(crate) specifics: usize,
}

impl Reduction {
    pub(crate) fn new(specific: &[Option<usize>], nodes: usize) -> Self {
        let specifics = specific.iter().flatten().max().map_or(0, |most| most + 1);
        let count = (nodes as f64).sqrt().round() as usize;
        Self {
            count,
            joint: vec![0.0; specifics * nodes],
            integral: vec![0.0; specifics * count],
            products: vec![1.0; count],
            general: vec![0.0; count],
            specifics,
        }
    }

    /// Fills the posterior of a pattern: of the general trait in `general`, of each specific one together with it in
    /// `joint`; gives the log-likelihood.
    pub(crate) fn fill(&mut self, found: &Found<'_>, pattern: usize) -> f64 {
        let (count, nodes) = (self.count, self.count * self.count);
        let Found { table, offsets, specific, .. } = *found;
        let codes = found.patterns.codes(pattern);
        // weights of a node are those of its general and its specific part; the first row and column have both
        let corner = table.log_weights[0];
        let of_general = |g: usize| table.log_weights[g] - corner;
        for (g, own) in self.general.iter_mut().enumerate() {
            *own = of_general(g);
        }
        for (item, code) in codes.iter().enumerate() {
            if *code != MISSING && specific[item].is_none() {
                let row = (offsets[item] + usize::from(*code)) * nodes;
                let own = &table.log_p[row..row + count];
                self.general.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
            }
        }
        self.products.fill(1.0);
        for s in 0..self.specifics {
            let own = &mut self.joint[s * nodes..(s + 1) * nodes];
            let top = likelihood(own, count, found, (pattern, s));
            let sums = &mut self.integral[s * count..(s + 1) * count];
            sums.fill(0.0);
            for row in own.chunks(count) {
                row.iter().zip(sums.iter_mut()).for_each(|(x, sum)| *sum += x);
            }
            // logarithms are taken of products of several integrals
            for (g, sum) in sums.iter().enumerate() {
                let sum = sum.max(1e-300);
                if sum.min(self.products[g]) < SMALL {
                    self.general[g] += self.products[g].ln();
                    self.products[g] = 1.0;
                }
                self.products[g] *= sum;
            }
            self.general.iter_mut().for_each(|general| *general += top);
        }
        for (general, product) in self.general.iter_mut().zip(&self.products) {
            *general += product.ln();
        }
        // log weights of all nodes sum to 1: what the corner took away is given back once for each factor
        let top = self.general.iter().fold(f64::NEG_INFINITY, |top, x| if *x > top { *x } else { top });
        let mut sum = 0.0;
        for x in &mut self.general {
            *x = (*x - top).exp();
            sum += *x;
        }
        self.general.iter_mut().for_each(|x| *x /= sum);
        let margin: f64 = found.weights.iter().sum();
        let of_generals: f64 = (0..count).map(|g| of_general(g).exp()).sum();
        top + sum.ln() - of_generals.ln() - self.specifics as f64 * margin.ln()
    }

    /// Turns the joint likelihoods into posteriors of the pairs of the general and each specific trait.
    pub(crate) fn share(&mut self) {
        let (count, nodes) = (self.count, self.count * self.count);
        for s in 0..self.specifics {
            let sums = &mut self.integral[s * count..(s + 1) * count];
            for (sum, general) in sums.iter_mut().zip(&self.general) {
                *sum = general / sum.max(1e-300);
            }
            for row in self.joint[s * nodes..(s + 1) * nodes].chunks_mut(count) {
                row.iter_mut().zip(sums.iter()).for_each(|(x, scale)| *x *= scale);
            }
        }
    }

    /// The posterior of the pairs of a specific trait, after [`share`](Self::share).
    pub(crate) fn pairs(&self, s: usize) -> &[f64] {
        let nodes = self.count * self.count;
        &self.joint[s * nodes..(s + 1) * nodes]
    }
}

/// Products of integrals are not let fall below its square.
const SMALL: f64 = 1e-150;
/// More answers than this are multiplied as logarithms.
const MOST_FACTORS: usize = 20;

/// The likelihood of the answers of a pattern to the items of a specific trait at the nodes, with the weight of the specific
/// node, divided by exp of what is given back. Few answers are multiplied as they are, which takes no exponential function.
fn likelihood(own: &mut [f64], count: usize, found: &Found<'_>, (pattern, s): (usize, usize)) -> f64 {
    let nodes = own.len();
    let answered = found.patterns.codes(pattern).iter().enumerate();
    let answered = answered.filter(|(item, code)| **code != MISSING && found.specific[*item] == Some(s));
    if answered.clone().count() <= MOST_FACTORS {
        for (node, row) in own.chunks_mut(count).enumerate() {
            row.fill(found.weights[node]);
        }
        for (at, bundle) in found.bundles.all.iter().enumerate() {
            if found.specific[bundle.items.start] == Some(s)
                && let Some(row) = found.bundles.row(pattern, at)
            {
                let from = (bundle.first + row) * nodes;
                let products = &found.products[from..from + nodes];
                own.iter_mut().zip(products).for_each(|(product, p)| *product *= p);
            }
        }
        if own.iter().any(|x| *x > 1e-200) {
            return 0.0;
        }
    }
    for (node, row) in own.chunks_mut(count).enumerate() {
        row.fill(found.weights[node].ln());
    }
    let table = found.table;
    for (item, code) in answered {
        let row = (found.offsets[item] + usize::from(*code)) * nodes;
        own.iter_mut().zip(&table.log_p[row..row + nodes]).for_each(|(sum, log)| *sum += log);
    }
    let top = own.iter().fold(f64::NEG_INFINITY, |top, x| if *x > top { *x } else { top });
    own.iter_mut().for_each(|x| *x = (*x - top).exp());
    top
}

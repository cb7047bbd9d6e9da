//! The missing information of a bifactor structure.
//!
//! The specific traits are independent given the general one g, so that E[s_i s_j'] = E[E[s_i|g] E[s_j|g]'] for items that do
//! not share a specific trait; for those that do, sums run over the pairs of nodes of both.

use super::dimension_reduction::Reduction;
use super::expected_counts::counted;
use super::marginal_likelihood::MarginalLikelihood;
use super::patterns::MISSING;
use super::places::Places;
use super::score_tables::ScoreTables;
use super::unit_products::{NUMBERS, Shares, Unit, add, expected_product};
use crate::numeric::product::{gram, weighted_gram};
use nalgebra::DMatrix;
use rayon::prelude::*;
use std::ops::Range;

/// Nodes of the general trait with a smaller share than this are left out.
const NEGLIGIBLE: f64 = 1e-17;

/// A bifactor structure, which has one group and a distribution that is fixed.
pub(super) struct Reduced<'m, 'a> {
    marginal: &'m MarginalLikelihood<'a>,
    specific: &'m [Option<usize>],
    /// One for each item.
    units: Vec<Unit>,
    /// Items that share a specific trait.
    pairs: Vec<(usize, usize)>,
    parameters: usize,
    template: Reduction,
}

/// What posteriors of some patterns give.
struct Posteriors {
    /// Pattern by pattern and specific trait: weighted shares of the pairs of nodes.
    joint: Vec<f64>,
    /// A column for each pattern: sqrt(w) E[s].
    means: DMatrix<f64>,
    /// A column for each pattern and node of the general trait: sqrt(w P(g)) E[s|g].
    given: DMatrix<f64>,
    /// P(g) of each such column.
    shares: Vec<f64>,
}

impl<'m, 'a> Reduced<'m, 'a> {
    pub(super) fn new(
        marginal: &'m MarginalLikelihood<'a>,
        tables: &ScoreTables,
        places: &Places<'_>,
        specific: &'m [Option<usize>],
    ) -> Self {
        let nodes = marginal.grids[0].len();
        let unit = |item: usize| {
            let rows = marginal.offsets[item]..marginal.offsets[item + 1];
            let mut unit = Unit::new(places.of(item), rows.len(), nodes);
            for (row, category) in rows.enumerate() {
                for at in places.of(item) {
                    unit.set(row, at, tables.of_category(0, category, places.local[at], nodes));
                }
            }
            unit
        };
        let pairs = (0..specific.len()).flat_map(|a| (0..=a).map(move |b| (a, b)));
        Self {
            marginal,
            specific,
            units: (0..specific.len()).map(unit).collect(),
            pairs: pairs.filter(|(a, b)| specific[*a].is_some() && specific[*a] == specific[*b]).collect(),
            parameters: places.len(),
            template: Reduction::new(specific, nodes),
        }
    }

    fn nodes(&self) -> usize {
        self.marginal.grids[0].len()
    }

    pub(super) fn information(&self) -> DMatrix<f64> {
        let size = self.parameters;
        let mut all = DMatrix::zeros(size, size);
        // elements that the pairs give
        let mut within = DMatrix::<f64>::zeros(size, size);
        for (a, b) in &self.pairs {
            let (a, b) = (&self.units[*a], &self.units[*b]);
            add(&mut within, a, b, &DMatrix::from_element(a.parameters.len(), b.parameters.len(), 1.0));
        }
        for range in self.ranges() {
            let own = self.posteriors(range.clone());
            let counted: Vec<usize> =
                (0..own.shares.len()).filter(|at| own.shares[*at] > NEGLIGIBLE).collect();
            let ones = vec![1.0; counted.len()];
            all += weighted_gram(&own.given, &counted, &ones)
                .zip_map(&within, |x, within| if within > 0.0 { 0.0 } else { x });
            all -= gram(&own.means);
            let product = |table: &mut Vec<f64>, (a, b): &(usize, usize)| {
                self.product((*a, *b), &own, range.clone(), table)
            };
            let products: Vec<DMatrix<f64>> = self.pairs.par_iter().map_init(Vec::new, product).collect();
            for ((a, b), product) in self.pairs.iter().zip(products) {
                add(&mut all, &self.units[*a], &self.units[*b], &product);
            }
        }
        all
    }

    /// Sum over respondents of w^2 E[s] E[s]'.
    pub(super) fn crossproduct(&self) -> DMatrix<f64> {
        let patterns = self.marginal.patterns;
        let mut all = DMatrix::zeros(self.parameters, self.parameters);
        for range in self.ranges() {
            let mut means = self.posteriors(range.clone()).means;
            for (pattern, mut column) in range.zip(means.column_iter_mut()) {
                column *= (patterns.squares[pattern] / patterns.weights[pattern]).sqrt();
            }
            all += gram(&means);
        }
        all
    }

    /// Patterns that are worked on at a time.
    fn ranges(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let joint = self.template.specifics * self.nodes();
        let step = (NUMBERS / joint.max(self.parameters * self.template.count).max(1)).max(16);
        let patterns = self.marginal.patterns.len();
        (0..patterns).step_by(step).map(move |from| from..(from + step).min(patterns))
    }

    fn posteriors(&self, patterns: Range<usize>) -> Posteriors {
        let (size, count) = (self.parameters, self.template.count);
        let joint = self.template.specifics * self.nodes();
        let mut own = Posteriors {
            joint: vec![0.0; patterns.len() * joint],
            means: DMatrix::zeros(size, patterns.len()),
            given: DMatrix::zeros(size, patterns.len() * count),
            shares: vec![0.0; patterns.len() * count],
        };
        let means = own.means.as_mut_slice().par_chunks_mut(size);
        let given = own.given.as_mut_slice().par_chunks_mut(size * count);
        let all = own.joint.par_chunks_mut(joint).zip(means).zip(given).zip(own.shares.par_chunks_mut(count));
        all.enumerate().for_each_init(
            || (self.template.clone(), vec![0.0; count]),
            |(reduction, sums), (at, (((joint, mean), given), shares))| {
                self.posterior(patterns.start + at, (reduction, sums), joint, mean, given);
                shares.copy_from_slice(&reduction.general);
            },
        );
        own
    }

    fn posterior(
        &self,
        pattern: usize,
        (reduction, sums): (&mut Reduction, &mut [f64]),
        joint: &mut [f64],
        mean: &mut [f64],
        given: &mut [f64],
    ) {
        let (marginal, nodes, count) = (self.marginal, self.nodes(), reduction.count);
        let (codes, weight) = (marginal.patterns.codes(pattern), marginal.patterns.weights[pattern]);
        let found =
            marginal.counts.found(marginal.patterns, &marginal.tables[0], &marginal.offsets, self.specific);
        reduction.fill(&found, pattern);
        reduction.share();
        let general = counted(&reduction.general);
        for (item, code) in codes.iter().enumerate().filter(|(_, code)| **code != MISSING) {
            let unit = &self.units[item];
            for (parameter, scores) in unit.of(usize::from(*code)) {
                match self.specific[item] {
                    None => multiply(sums, &reduction.general, &scores[..count]),
                    Some(s) => {
                        sums.fill(0.0);
                        let pairs = reduction.pairs(s).chunks(count).zip(scores.chunks(count));
                        let own = general.clone();
                        pairs.for_each(|(pairs, scores)| {
                            add_products(&mut sums[own.clone()], &pairs[own.clone()], &scores[own.clone()]);
                        });
                    }
                }
                let row = unit.parameters.start + parameter;
                general.clone().for_each(|g| given[g * mean.len() + row] = sums[g]);
            }
        }
        for (g, given) in given.chunks_mut(mean.len()).enumerate() {
            mean.iter_mut().zip(given.iter()).for_each(|(sum, own)| *sum += own);
            let share = reduction.general[g];
            let scale = if share > 1e-200 { (weight / share).sqrt() } else { 0.0 };
            given.iter_mut().for_each(|x| *x *= scale);
        }
        mean.iter_mut().for_each(|x| *x *= weight.sqrt());
        for (s, target) in joint.chunks_mut(nodes).enumerate() {
            target.iter_mut().zip(reduction.pairs(s)).for_each(|(x, share)| *x = weight * share);
        }
    }

    fn product(
        &self,
        (a, b): (usize, usize),
        own: &Posteriors,
        patterns: Range<usize>,
        table: &mut Vec<f64>,
    ) -> DMatrix<f64> {
        let nodes = self.nodes();
        let (s, joint) = (self.specific[a].unwrap_or(0), self.template.specifics * nodes);
        let of_pattern = |pattern: usize| {
            let codes = self.marginal.patterns.codes(pattern);
            let at = (pattern - patterns.start) * joint + s * nodes;
            let shares = Shares { from: 0, of_nodes: &own.joint[at..at + nodes] };
            let answered = codes[a] != MISSING && codes[b] != MISSING;
            answered.then(|| (usize::from(codes[a]), usize::from(codes[b]), shares))
        };
        expected_product(&self.units[a], &self.units[b], patterns.clone().filter_map(of_pattern), table)
    }
}

fn multiply(sums: &mut [f64], a: &[f64], b: &[f64]) {
    sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum = a * b);
}

fn add_products(sums: &mut [f64], a: &[f64], b: &[f64]) {
    sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
}

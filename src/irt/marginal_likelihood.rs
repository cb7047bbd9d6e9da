//! The marginal log-likelihood of the patterns at a point, its gradient, and the information of the complete data.
//!
//! The gradient is that of the expected complete-data log-likelihood at the same point (Fisher's identity; Louis 1982), so
//! one E-step gives value and gradient. Priors are part of what is maximised, and told apart from the log-likelihood.

use super::adapted::Adapted;
use super::adapted_nodes::StandardNodes;
use super::curves::Curves;
use super::expected_counts::ExpectedCounts;
use super::latent::{Grid, Normal};
use super::layout::{ItemPlace, Layout};
use super::node_table::Table;
use super::patterns::Patterns;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;
use std::ops::Range;

/// Nodes of items that make a task.
const TASK: usize = 4096;

/// A model beside the patterns, at a point.
#[derive(Debug, Clone)]
pub(crate) struct MarginalLikelihood<'a> {
    pub(crate) patterns: &'a Patterns,
    pub(crate) layout: &'a Layout,
    /// By group.
    pub(crate) grids: Vec<Grid>,
    pub(crate) offsets: Vec<usize>,
    pub(crate) tables: Vec<Table>,
    pub(crate) counts: ExpectedCounts,
    /// Nodes on each dimension.
    per_dimension: usize,
    /// Nodes of each pattern's own, in the place of the grids.
    pub(crate) adapted: Option<Box<Adapted>>,
    /// Where the last E-step was, and the log-likelihood there; none where nodes were moved since.
    last: Option<(DVector<f64>, f64)>,
    /// E-steps made.
    pub(crate) evaluations: usize,
}

impl<'a> MarginalLikelihood<'a> {
    /// The model on `nodes` nodes on each dimension, centred on the distributions at `x`.
    pub(crate) fn new(
        patterns: &'a Patterns,
        layout: &'a Layout,
        per_dimension: usize,
        x: &DVector<f64>,
    ) -> Self {
        let groups = layout.groups();
        let grids: Vec<Grid> = (0..groups)
            .map(|group| {
                let (means, sds) = moments(layout, group, x);
                Grid::new(per_dimension, &means, &sds)
            })
            .collect();
        let nodes = grids[0].len();
        let offsets = layout.offsets();
        let categories = offsets[offsets.len() - 1];
        let counts = ExpectedCounts::new(patterns, groups, &offsets, nodes, layout.specific.as_deref());
        let reduced = if layout.specific.is_some() { categories * nodes } else { 0 };
        let table = Table {
            log_p: vec![0.0; categories * nodes],
            log_weights: vec![0.0; nodes],
            p: vec![0.0; reduced],
        };
        let tables = vec![table; groups];
        let (adapted, last, evaluations) = (None, None, 0);
        Self { patterns, layout, grids, offsets, tables, counts, per_dimension, adapted, last, evaluations }
    }

    /// The model at nodes of each pattern's own; `covariates` are those of each class of patterns.
    pub(crate) fn adapted(
        patterns: &'a Patterns,
        layout: &'a Layout,
        nodes: StandardNodes,
        covariates: &[Vec<f64>],
        x: &DVector<f64>,
    ) -> Self {
        let groups = layout.groups();
        let of = |group: usize| {
            let (means, sds) = moments(layout, group, x);
            Grid { theta: Vec::new(), ..Grid::new(1, &means, &sds) }
        };
        let reach = match nodes.by_moments {
            true => 0.05,
            false => [1e-5, 1e-3, 1e-2].get(layout.dimensions - 1).copied().unwrap_or(1e-2),
        };
        let adapted = Adapted::new(nodes, covariates.to_vec(), layout.len(), reach);
        let mut own = Self {
            patterns,
            layout,
            grids: (0..groups).map(of).collect(),
            offsets: layout.offsets(),
            tables: vec![Table::default(); groups],
            counts: ExpectedCounts::new(&Patterns::default(), groups, &[0], 0, None),
            per_dimension: 0,
            adapted: Some(Box::new(adapted)),
            last: None,
            evaluations: 0,
        };
        own.recentre(x);
        own
    }

    /// The model at nodes of the distribution of each group at `x`, for expectations without answers; none where there is none.
    pub(crate) fn of_population(
        patterns: &'a Patterns,
        layout: &'a Layout,
        nodes: &StandardNodes,
        x: &DVector<f64>,
    ) -> Option<Self> {
        let mut own = Self::new(patterns, layout, 1, x);
        for (group, (grid, table)) in own.grids.iter_mut().zip(&mut own.tables).enumerate() {
            grid.placed(&Layout::values(&layout.latent[group], x), nodes)?;
            table.log_p = vec![0.0; own.offsets[own.offsets.len() - 1] * nodes.len()];
            table.log_weights = vec![0.0; nodes.len()];
        }
        own.fill(x).then_some(own)
    }

    /// Centres the nodes on the distributions at `x` where they no longer suit; whether any were moved.
    pub(crate) fn recentre(&mut self, x: &DVector<f64>) -> bool {
        let mut moved = false;
        if let Some(adapted) = &mut self.adapted {
            let near = adapted.is_near(x);
            moved = !near && adapted.adapt(self.patterns, self.layout, x);
        }
        for group in (0..self.layout.groups()).filter(|_| self.adapted.is_none()) {
            let (means, sds) = moments(self.layout, group, x);
            if !self.grids[group].suits(&means, &sds) {
                self.grids[group] = Grid::new(self.per_dimension, &means, &sds);
                moved = true;
            }
        }
        if moved {
            self.last = None;
        }
        moved
    }

    /// Whether the nodes suit the distributions at `x`.
    pub(crate) fn is_centred(&self, x: &DVector<f64>) -> bool {
        if let Some(adapted) = &self.adapted {
            return adapted.is_near(x);
        }
        (0..self.layout.groups()).all(|group| {
            let (means, sds) = moments(self.layout, group, x);
            self.grids[group].suits(&means, &sds)
        })
    }

    /// Logarithm of the density of the priors.
    pub(crate) fn log_prior(&self, x: &DVector<f64>) -> f64 {
        let priors = self.layout.priors.iter().zip(x.iter());
        priors
            .filter_map(|(prior, x)| {
                let prior = (*prior)?;
                let z = (x - prior.mean) / prior.sd;
                Some(-0.5 * z * z - prior.sd.ln() - 0.5 * std::f64::consts::TAU.ln())
            })
            .sum()
    }

    /// Fills the tables of a point; false where it has no likelihood.
    pub(crate) fn fill(&mut self, x: &DVector<f64>) -> bool {
        for group in 0..self.layout.groups() {
            let grid = &self.grids[group];
            let nodes = grid.len();
            let latent = Layout::values(&self.layout.latent[group], x);
            let Some(normal) = Normal::new(&latent, grid.dimensions) else { return false };
            let Table { log_p, log_weights, p } = &mut self.tables[group];
            normal.log_weights(grid, log_weights);
            let (mut log_p, mut p) = (log_p.as_mut_slice(), p.as_mut_slice());
            let mut rows = Vec::new();
            for place in &self.layout.items[group] {
                let size = place.shape.categories * nodes;
                let logs = log_p.split_off_mut(..size).unwrap_or_default();
                rows.push((place, logs, p.split_off_mut(..size.min(p.len())).unwrap_or_default()));
            }
            let proper = rows
                .into_par_iter()
                .with_min_len(min_len(nodes))
                .all(|(place, log_p, p)| place.fill(&Layout::values(&place.slots, x), grid, log_p, p));
            if !proper {
                return false;
            }
        }
        true
    }

    /// The log-likelihood at a point, without priors; leaves the expected counts. None where it does not exist.
    pub(crate) fn evaluate(&mut self, x: &DVector<f64>) -> Option<f64> {
        if let Some((_, value)) = self.last.as_ref().filter(|(last, _)| last == x) {
            return Some(*value);
        }
        self.last = None;
        if let Some(adapted) = &mut self.adapted {
            self.evaluations += 1;
            let value = adapted.evaluate(self.patterns, self.layout, x)?;
            self.last = Some((x.clone(), value));
            return Some(value);
        }
        if !self.fill(x) {
            return None;
        }
        self.evaluations += 1;
        let value =
            self.counts.run(self.patterns, &self.tables, &self.offsets, self.layout.specific.as_deref());
        if value.is_finite() {
            self.last = Some((x.clone(), value));
        }
        value.is_finite().then_some(value)
    }

    /// As [`evaluate`](Self::evaluate), after which nodes of each pattern's own are moved to where its posterior is.
    pub(crate) fn follow(&mut self, x: &DVector<f64>) -> Option<f64> {
        let Some(adapted) = &mut self.adapted else { return self.evaluate(x) };
        (self.last, self.evaluations) = (None, self.evaluations + 1);
        adapted.follow(self.patterns, self.layout, x)
    }

    /// Whether nodes go along with a search.
    pub(crate) fn is_followed(&self) -> bool {
        self.adapted.as_ref().is_some_and(|adapted| adapted.nodes.by_moments)
    }

    /// Fills the posterior of a pattern over the nodes of its group, at the point last evaluated; gives the nodes that count.
    /// Not of a bifactor structure, nor of nodes of each pattern's own.
    pub(crate) fn posterior(&self, pattern: usize, shares: &mut [f64]) -> Range<usize> {
        self.counts.posterior(self.patterns, &self.tables, pattern, shares)
    }

    /// The gradient at the point last evaluated, priors included; and the information of the complete data, where asked for.
    pub(crate) fn derivatives(
        &mut self,
        x: &DVector<f64>,
        with_information: bool,
    ) -> (DVector<f64>, DMatrix<f64>) {
        let size = self.layout.len();
        let mut gradient = DVector::zeros(size);
        let mut all = if with_information { DMatrix::zeros(size, size) } else { DMatrix::zeros(0, 0) };
        if let Some(adapted) = &mut self.adapted {
            gradient.copy_from(adapted.gradient());
            if with_information {
                all = adapted.information(self.patterns, self.layout, x);
            }
        } else {
            self.at_grid(x, with_information, &mut gradient, &mut all);
        }
        for (i, prior) in self.layout.priors.iter().enumerate() {
            if let Some(prior) = prior {
                let precision = 1.0 / (prior.sd * prior.sd);
                gradient[i] -= (x[i] - prior.mean) * precision;
                if with_information {
                    all[(i, i)] += precision;
                }
            }
        }
        (gradient, all)
    }

    fn at_grid(
        &self,
        x: &DVector<f64>,
        with_information: bool,
        gradient: &mut DVector<f64>,
        all: &mut DMatrix<f64>,
    ) {
        for group in 0..self.layout.groups() {
            let grid = &self.grids[group];
            let items = &self.layout.items[group];
            let of_item = |curves: &mut Curves, (item, place): (usize, &ItemPlace)| {
                let rows = self.offsets[item] * grid.len()..self.offsets[item + 1] * grid.len();
                let counts = &self.counts.by_group[group][rows];
                let local = Layout::values(&place.slots, x);
                place.derivatives(&local, grid, counts, with_information, curves)
            };
            let each = items.par_iter().enumerate().with_min_len(min_len(grid.len()));
            let found: Vec<_> = each.map_init(Curves::default, of_item).collect();
            for (place, (own, information)) in items.iter().zip(found) {
                Layout::scatter(&place.slots, &own, information.as_ref(), gradient, all);
            }
            let latent = &self.layout.latent[group];
            if latent.iter().any(|slot| !slot.free.is_empty()) {
                let values = Layout::values(latent, x);
                if let Some(normal) = Normal::new(&values, grid.dimensions) {
                    let (own, information) = normal.derivatives(grid, self.counts.of_nodes(group));
                    let information = with_information.then_some(&information);
                    Layout::scatter(latent, &own, information, gradient, all);
                }
            }
        }
    }
}

/// Items of one task.
fn min_len(nodes: usize) -> usize {
    (TASK / nodes.max(1)).max(1)
}

/// Means and standard deviations of the traits in a group.
pub(crate) fn moments(layout: &Layout, group: usize, x: &DVector<f64>) -> (Vec<f64>, Vec<f64>) {
    let values = Layout::values(&layout.latent[group], x);
    let dimensions = layout.dimensions;
    let variance = |d: usize| values[dimensions + super::latent::at(d, d)];
    (values[..dimensions].to_vec(), (0..dimensions).map(|d| variance(d).max(1e-8).sqrt()).collect())
}

impl ItemPlace {
    /// Fills the logarithms of the probabilities of the categories at the nodes and (where there is room) the probabilities;
    /// false where there are none.
    fn fill(&self, local: &[f64], grid: &Grid, log_p: &mut [f64], p: &mut [f64]) -> bool {
        let nodes = grid.len();
        let (slopes, core) = local.split_at(self.dimensions.len());
        if !self.shape.is_proper(core) || slopes.iter().any(|a| !a.is_finite()) {
            return false;
        }
        let response = self.shape.at(core);
        let mut own = vec![0.0; self.shape.categories];
        for q in 0..nodes {
            response.probabilities(self.logit(slopes, grid.node(q)), &mut own);
            for (k, own) in own.iter().enumerate() {
                log_p[k * nodes + q] = own.ln();
                if let Some(p) = p.get_mut(k * nodes + q) {
                    *p = *own;
                }
            }
        }
        true
    }

    /// a'theta.
    pub(crate) fn logit(&self, slopes: &[f64], node: &[f64]) -> f64 {
        self.dimensions.iter().zip(slopes).map(|(d, a)| a * node[*d]).sum()
    }

    /// Gradient of sum r_kq log P_k(q), and its expected information, by local parameter.
    pub(crate) fn derivatives(
        &self,
        local: &[f64],
        grid: &Grid,
        counts: &[f64],
        with_information: bool,
        curves: &mut Curves,
    ) -> (Vec<f64>, Option<DMatrix<f64>>) {
        let (nodes, slopes, categories) = (grid.len(), self.dimensions.len(), self.shape.categories);
        let rows = 1 + self.shape.core();
        let mut gradient = vec![0.0; local.len()];
        let mut information = with_information.then(|| DMatrix::zeros(local.len(), local.len()));
        let response = self.shape.at(&local[slopes..]);
        let mut own = DMatrix::<f64>::zeros(rows, rows);
        for q in 0..nodes {
            let n: f64 = (0..categories).map(|k| counts[k * nodes + q]).sum();
            if n == 0.0 {
                continue;
            }
            let node = grid.node(q);
            response.curves(self.logit(&local[..slopes], node), curves);
            for row in 0..rows {
                let slope = &curves.slope[row * categories..(row + 1) * categories];
                let sum: f64 = slope.iter().enumerate().map(|(k, s)| counts[k * nodes + q] * s).sum();
                if row == 0 {
                    self.dimensions.iter().enumerate().for_each(|(i, d)| gradient[i] += sum * node[*d]);
                } else {
                    gradient[slopes + row - 1] += sum;
                }
            }
            let Some(information) = &mut information else { continue };
            for row in 0..rows {
                for column in 0..=row {
                    let slope = |row: usize, k: usize| curves.slope[row * categories + k];
                    let sum: f64 =
                        (0..categories).map(|k| curves.p[k] * slope(row, k) * slope(column, k)).sum();
                    own[(row, column)] = n * sum;
                    own[(column, row)] = n * sum;
                }
            }
            let place =
                |i: usize| if i < slopes { (0, node[self.dimensions[i]]) } else { (i - slopes + 1, 1.0) };
            for i in 0..local.len() {
                let (row, factor) = place(i);
                for j in 0..=i {
                    let (column, other) = place(j);
                    information[(i, j)] += factor * other * own[(row, column)];
                }
            }
        }
        if let Some(information) = &mut information {
            for i in 0..local.len() {
                for j in 0..i {
                    information[(j, i)] = information[(i, j)];
                }
            }
        }
        (gradient, information)
    }
}

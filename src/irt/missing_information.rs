//! What the data do not tell because the traits are not seen: the sum over respondents of the covariance matrix of the
//! derivatives of the complete-data log-likelihood under the posterior of their traits (Louis 1982).
//!
//! M = sum w (E[s s'] - E[s] E[s]'), s the derivatives of one respondent.

use super::marginal_likelihood::MarginalLikelihood;
use super::missing_reduced::Reduced;
use super::places::Places;
use super::score_tables::ScoreTables;
use super::unit_products::{NUMBERS, Shares, Unit, add, expected_product};
use crate::numeric::product::gram;
use nalgebra::DMatrix;
use rayon::prelude::*;
use std::ops::Range;

/// M at the point last evaluated, on a grid.
pub(crate) fn missing_information(marginal: &MarginalLikelihood<'_>, tables: &ScoreTables) -> DMatrix<f64> {
    let (patterns, layout) = (marginal.patterns, marginal.layout);
    let mut all = DMatrix::zeros(layout.len(), layout.len());
    for group in 0..layout.groups() {
        let places = Places::new(layout, group);
        if places.len() == 0 {
            continue;
        }
        let from = patterns.group.partition_point(|own| *own < group);
        let to = patterns.group.partition_point(|own| *own <= group);
        let own = match &layout.specific {
            None => on_grid(marginal, tables, group, &places, from..to),
            Some(specific) => Reduced::new(marginal, tables, &places, specific).information(),
        };
        places.scatter(&own, &mut all);
    }
    all
}

/// One unit for each bundle, and one for the distribution.
fn bundled(
    marginal: &MarginalLikelihood<'_>,
    tables: &ScoreTables,
    group: usize,
    places: &Places<'_>,
) -> Vec<Unit> {
    let nodes = marginal.grids[group].len();
    let bundles = marginal.counts.bundles.all.iter();
    let mut units: Vec<Unit> = bundles
        .map(|bundle| {
            let parameters = places.first[bundle.items.start]..places.first[bundle.items.end];
            let mut unit = Unit::new(parameters, bundle.rows(), nodes);
            for row in 0..bundle.rows() {
                for (item, code) in bundle.answers(row) {
                    let category = marginal.offsets[item] + code;
                    for at in places.of(item) {
                        unit.set(row, at, tables.of_category(group, category, places.local[at], nodes));
                    }
                }
            }
            unit
        })
        .collect();
    let items = marginal.layout.items[group].len();
    let mut population = Unit::new(places.of(items), 1, nodes);
    let size = marginal.layout.latent[group].len();
    for at in places.of(items) {
        population.set(0, at, &tables.of_trait(group, places.local[at], size));
    }
    units.push(population);
    units
}

fn on_grid(
    marginal: &MarginalLikelihood<'_>,
    tables: &ScoreTables,
    group: usize,
    places: &Places<'_>,
    patterns: Range<usize>,
) -> DMatrix<f64> {
    let nodes = marginal.grids[group].len();
    let mut all = DMatrix::zeros(places.len(), places.len());
    let bundles = &marginal.counts.bundles;
    let units = bundled(marginal, tables, group, places);
    let population = units.len() - 1;
    let row = |pattern: usize, unit: usize| {
        if unit == population { Some(0) } else { bundles.row(pattern, unit) }
    };
    let pairs: Vec<(usize, usize)> = (0..units.len()).flat_map(|a| (0..=a).map(move |b| (a, b))).collect();
    for from in patterns.clone().step_by((NUMBERS / nodes).max(64)) {
        let to = (from + (NUMBERS / nodes).max(64)).min(patterns.end);
        let mut shares = vec![0.0; (to - from) * nodes];
        let mut means = DMatrix::zeros(places.len(), to - from);
        let columns = means.as_mut_slice().par_chunks_mut(places.len());
        let own = shares.par_chunks_mut(nodes).zip(columns).enumerate();
        let counted: Vec<Range<usize>> = own
            .map(|(at, (shares, mean))| {
                let pattern = from + at;
                let counted = marginal.posterior(pattern, shares);
                let root = marginal.patterns.weights[pattern].sqrt();
                let shares = &mut shares[counted.clone()];
                shares.iter_mut().for_each(|x| *x *= root);
                for (unit, own) in units.iter().enumerate() {
                    let Some(row) = row(pattern, unit) else { continue };
                    for (parameter, scores) in own.of(row) {
                        let scores = &scores[counted.clone()];
                        mean[own.parameters.start + parameter] =
                            shares.iter().zip(scores).map(|(x, s)| x * s).sum();
                    }
                }
                shares.iter_mut().for_each(|x| *x *= root);
                counted
            })
            .collect();
        all -= gram(&means);
        let products: Vec<DMatrix<f64>> = pairs
            .par_iter()
            .map_init(Vec::new, |table, (a, b)| {
                let of_pattern = |pattern: usize| {
                    let (own, at) = (&counted[pattern - from], (pattern - from) * nodes);
                    let of_nodes = &shares[at + own.start..at + own.end];
                    Some((row(pattern, *a)?, row(pattern, *b)?, Shares { from: own.start, of_nodes }))
                };
                expected_product(&units[*a], &units[*b], (from..to).filter_map(of_pattern), table)
            })
            .collect();
        for ((a, b), product) in pairs.iter().zip(products) {
            add(&mut all, &units[*a], &units[*b], &product);
        }
    }
    all
}

//! The information of the complete data as they are expected: minus the second derivatives of sum r log P at fixed expected
//! counts r, item by item and for the distribution of each group.
//!
//! By central differences of the fourth order of its gradient, which is in closed form: to about 1e-11 of each element.

use super::curves::Curves;
use super::item_model::Form;
use super::latent::Normal;
use super::layout::{ItemPlace, Layout, Slot};
use super::marginal_likelihood::{MarginalLikelihood, moments};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// Points of a difference are so far apart,
pub(super) const STEP: f64 = 3e-3;
/// or as many times a quarter of it, where a point does not exist.
const SMALLER: usize = 8;

/// At the point last evaluated, priors left out; none where it does not exist.
pub(crate) fn complete_information(
    marginal: &MarginalLikelihood<'_>,
    x: &DVector<f64>,
) -> Option<DMatrix<f64>> {
    let layout = marginal.layout;
    let (mut all, mut unused) = (DMatrix::zeros(layout.len(), layout.len()), DVector::zeros(layout.len()));
    let mut add = |slots: &[Slot], own: &DMatrix<f64>| {
        Layout::scatter(slots, &vec![0.0; slots.len()], Some(own), &mut unused, &mut all);
    };
    for group in 0..layout.groups() {
        let grid = &marginal.grids[group];
        let of_item = |(item, place): (usize, &ItemPlace)| {
            let rows = marginal.offsets[item] * grid.len()..marginal.offsets[item + 1] * grid.len();
            let counts = &marginal.counts.by_group[group][rows];
            let local = Layout::values(&place.slots, x);
            let mut curves = Curves::default();
            differences(&place.slots, &local, step(place, &local), |local| {
                Some(place.derivatives(local, grid, counts, false, &mut curves).0)
            })
        };
        let items = &layout.items[group];
        let found: Option<Vec<DMatrix<f64>>> = items.par_iter().enumerate().map(of_item).collect();
        items.iter().zip(found?).for_each(|(place, own)| add(&place.slots, &own));
        let slots = &layout.latent[group];
        let smallest = moments(layout, group, x).1.iter().fold(1.0, |least, sd| sd.min(least));
        let own = differences(slots, &Layout::values(slots, x), STEP * smallest * smallest, |local| {
            let normal = Normal::new(local, grid.dimensions)?;
            Some(normal.derivatives(grid, marginal.counts.of_nodes(group)).0)
        })?;
        add(slots, &own);
    }
    Some(all)
}

/// The step that differences of an item take: intercepts of a graded one stay in their order.
pub(super) fn step(place: &ItemPlace, local: &[f64]) -> f64 {
    let gaps = local[place.dimensions.len()..].windows(2).map(|pair| pair[0] - pair[1]);
    match place.shape.form {
        Form::Graded => STEP * gaps.fold(1.0, f64::min),
        _ => STEP,
    }
}

/// Minus the derivatives of a gradient by the parameters that depend on free ones, symmetric; none where it does not exist.
pub(super) fn differences(
    slots: &[Slot],
    local: &[f64],
    mut step: f64,
    mut gradient: impl FnMut(&[f64]) -> Option<Vec<f64>>,
) -> Option<DMatrix<f64>> {
    let mut of = |step: f64| {
        let mut all = DMatrix::zeros(local.len(), local.len());
        for i in (0..local.len()).filter(|i| !slots[*i].free.is_empty()) {
            // (8 (g(h) - g(-h)) - (g(2 h) - g(-2 h))) / 12 h
            for (by, factor) in [(1.0, -8.0), (-1.0, 8.0), (2.0, 1.0), (-2.0, -1.0)] {
                let mut moved = local.to_vec();
                moved[i] += by * step;
                let found = gradient(&moved)?;
                found.iter().enumerate().for_each(|(j, g)| all[(j, i)] += factor * g / (12.0 * step));
            }
        }
        let transposed = all.transpose();
        Some((all + transposed) * 0.5)
    };
    for _ in 0..SMALLER {
        if let Some(found) = of(step) {
            return Some(found);
        }
        step *= 0.25;
    }
    None
}

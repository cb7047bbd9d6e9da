//! The search for the least loss: from many starts, since it has several minima.

use super::loss::{Loss, Placed, Search};
use super::sensitivity::Sensitivity;
use crate::numeric::minimise::Objective;
use crate::numeric::{cholesky, minimise, random};
use nalgebra::{DMatrix, DVector};
use rand_distr::{Distribution, Normal};
use rayon::prelude::*;

/// Values of the loss that count as one minimum, relative to the lower.
const SAME: f64 = 1e-6;
/// Gradient, over the root of the loss at the start, at which a search ends.
const SETTLED: f64 = 1e-8;
const MOST_ITERATIONS: usize = 2000;

/// The best point and how often it was reached.
#[derive(Debug)]
pub(super) struct Best {
    pub(super) at: Placed,
    /// Distinct minima, lowest first, and how many starts ended there.
    pub(super) minima: Vec<(f64, usize)>,
}

/// Searches from equal means and standard deviations, the loss smooth at first, and from `starts - 1` random points.
pub(super) fn least(loss: &Loss, starts: usize, seed: u64) -> Option<Best> {
    let spread = spread(loss);
    let ends: Vec<(f64, DVector<f64>)> = (0..starts as u64)
        .into_par_iter()
        .filter_map(|start| {
            let mut x = DVector::zeros(loss.size());
            if start == 0 {
                for factor in [1000.0, 100.0, 10.0] {
                    let smooth = Loss::new(loss.of, loss.epsilon * factor, loss.first_is_fixed);
                    x = descend(&smooth, x)?.1;
                }
            } else {
                let mut stream = random::stream(seed, start);
                let (means, log_sds) = (Normal::new(0.0, spread).ok()?, Normal::new(0.0, 0.3).ok()?);
                let n_means = loss.size() - (loss.groups() - 1);
                for (i, x) in x.iter_mut().enumerate() {
                    *x = if i < n_means { means.sample(&mut stream) } else { log_sds.sample(&mut stream) };
                }
            }
            descend(loss, x)
        })
        .collect();
    let mut order: Vec<usize> = (0..ends.len()).collect();
    order.sort_by(|&a, &b| ends[a].0.total_cmp(&ends[b].0));
    let mut minima: Vec<(f64, usize)> = Vec::new();
    for &end in &order {
        match minima.last_mut() {
            Some((value, count)) if ends[end].0 - *value <= SAME * value.abs() => *count += 1,
            _ => minima.push((ends[end].0, 1)),
        }
    }
    order.first().map(|&best| Best { at: loss.placed(&ends[best].1), minima })
}

/// How far means may lie from 0: the intercepts' distances in units of the loadings.
fn spread(loss: &Loss) -> f64 {
    let (of, groups) = (loss.of, loss.groups() as f64);
    let mut squares: Vec<f64> = Vec::new();
    for (place, &item) in of.item_of.iter().enumerate() {
        let loading = of.loadings.iter().map(|row| row[item]).sum::<f64>() / groups;
        let mean = of.intercepts.iter().map(|row| row[place]).sum::<f64>() / groups;
        squares.extend(
            of.intercepts.iter().map(|row| ((row[place] - mean) / loading).powi(2)).filter(|s| s.is_finite()),
        );
    }
    squares.sort_by(f64::total_cmp);
    squares.get(squares.len() / 2).map_or(0.5, |middle| middle.sqrt().clamp(0.1, 10.0))
}

/// Down from a point: by BFGS, and Newton's steps at the end.
fn descend(loss: &Loss, start: DVector<f64>) -> Option<(f64, DVector<f64>)> {
    let mut search = Search::new(loss);
    let height = search.value(&start)?.max(f64::MIN_POSITIVE);
    let size = start.len();
    let inverse = DMatrix::from_diagonal_element(size, size, 1.0 / height);
    let scale = DVector::from_element(size, height);
    let mut x = minimise::bfgs(&mut search, start, &inverse, &scale, SETTLED, MOST_ITERATIONS).x;
    let mut value = search.value(&x)?;
    let mut gradient = DVector::zeros(size);
    search.gradient(&mut gradient);
    for _ in 0..5 {
        let curvature = Sensitivity::new(loss, &loss.placed(&x)).curvature();
        let Some(step) = cholesky::solved(&curvature, &gradient) else { break };
        let next = &x - step;
        let Some(lower) = search.value(&next) else { break };
        let mut next_gradient = DVector::zeros(size);
        search.gradient(&mut next_gradient);
        if lower > value * (1.0 + 1e-12) || next_gradient.amax() >= gradient.amax() {
            break;
        }
        (x, value, gradient) = (next, lower, next_gradient);
    }
    Some((value, x))
}

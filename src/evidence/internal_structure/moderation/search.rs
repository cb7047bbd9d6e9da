//! The top of the likelihood of a model with moderated parameters.

use super::answers::Answers;
use super::likelihood::{Layout, Likelihood};
use crate::numeric::cholesky;
use crate::numeric::minimise::{self, Objective};
use nalgebra::{DMatrix, DVector};

const MOST_ITERATIONS: usize = 1000;
/// Gradient over the root of the curvature at which a search ends.
const SETTLED: f64 = 1e-6;

/// A model at the top of its likelihood.
pub(super) struct Fitted {
    pub(super) x: DVector<f64>,
    pub(super) logl: f64,
    pub(super) layout: Layout,
}

/// The top of the likelihood, from a model that this one holds, or from the answers. None where the search does not settle.
pub(super) fn fitted(answers: &Answers, layout: Layout, from: Option<&Fitted>) -> Option<Fitted> {
    let start = match from {
        Some(from) => carried(from, &layout),
        None => beginning(answers, &layout),
    };
    let mut likelihood = Likelihood::new(answers, layout);
    likelihood.value(&start)?;
    let information = likelihood.information(&start);
    let scale = DVector::from_fn(start.len(), |i, _| information[(i, i)].abs().max(1e-6));
    let inverse = match cholesky::inverse(&information) {
        Some(inverse) => inverse,
        None => DMatrix::from_diagonal(&scale.map(|s| 1.0 / s)),
    };
    let x = minimise::bfgs(&mut likelihood, start, &inverse, &scale, SETTLED, MOST_ITERATIONS).x;
    let value = likelihood.value(&x)?;
    let mut gradient = DVector::zeros(x.len());
    likelihood.gradient(&mut gradient);
    let is_settled = gradient.iter().zip(scale.iter()).all(|(g, s)| g.abs() < 1e-3 * s.sqrt());
    let is_proper = x.iter().all(|x| x.is_finite() && x.abs() < 1e12);
    (is_settled && is_proper).then_some(Fitted { x, logl: -value, layout: likelihood.layout })
}

/// The values of a smaller model in the places of a larger; further slopes are 0.
fn carried(from: &Fitted, layout: &Layout) -> DVector<f64> {
    let mut x = DVector::zeros(layout.size);
    let shared = 3 * layout.items + 2 * layout.numbers;
    x.rows_mut(0, shared).copy_from(&from.x.rows(0, shared));
    let pairs = [
        (&from.layout.intercept_slopes, &layout.intercept_slopes),
        (&from.layout.loading_slopes, &layout.loading_slopes),
    ];
    for (before, now) in pairs {
        for (before, now) in before.iter().zip(now) {
            if let (Some(before), Some(now)) = (before, now) {
                x.rows_mut(*now, layout.numbers).copy_from(&from.x.rows(*before, layout.numbers));
            }
        }
    }
    x
}

/// Means and variances of the answers; loadings from the correlation of each item with the mean of all.
fn beginning(answers: &Answers, layout: &Layout) -> DVector<f64> {
    let p = layout.items;
    let mut x = DVector::zeros(layout.size);
    let of = |j: usize| answers.rows.iter().map(move |row| row[j]).filter(|y| y.is_finite());
    let (mut means, mut sds) = (vec![0.0; p], vec![1.0; p]);
    for j in 0..p {
        let n = of(j).count() as f64;
        means[j] = of(j).sum::<f64>() / n;
        sds[j] = (of(j).map(|y| (y - means[j]).powi(2)).sum::<f64>() / n).sqrt();
    }
    let score = |row: &Vec<f64>| {
        let own: Vec<f64> =
            (0..p).filter(|&j| row[j].is_finite()).map(|j| (row[j] - means[j]) / sds[j]).collect();
        own.iter().sum::<f64>() / own.len() as f64
    };
    let scores: Vec<f64> = answers.rows.iter().map(score).collect();
    let n = scores.len() as f64;
    let mean = scores.iter().sum::<f64>() / n;
    let sd = (scores.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / n).sqrt();
    for j in 0..p {
        let pairs = answers.rows.iter().zip(&scores).filter(|(row, _)| row[j].is_finite());
        let (mut sum, mut count) = (0.0, 0.0);
        for (row, s) in pairs {
            sum += (row[j] - means[j]) / sds[j] * (s - mean) / sd;
            count += 1.0;
        }
        let r: f64 = (sum / count).clamp(-0.9, 0.9);
        let loading = if r.abs() < 0.1 { 0.1 } else { r };
        x[j] = means[j];
        x[p + j] = loading * sds[j];
        x[2 * p + j] = (sds[j] * sds[j] * (1.0 - loading * loading)).ln();
    }
    x
}

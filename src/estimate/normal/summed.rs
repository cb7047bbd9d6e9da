//! Scores of rows that are known by their sums of products only (a second pass over the data of an aggregate): what Satorra
//! and Bentler's, Huber's and White's errors and the scaled tests take from the rows is the matrix sum s s' and the mean of
//! (e'e)^2, so that a square root of the one stands in for the rows' scores.

use crate::estimate::conventions::At;
use crate::estimate::normal::deviations::{Deviations, directions};
use crate::estimate::observed::Cases;
use crate::estimate::second_pass::SecondPass;
use crate::estimate::weight::Weight;
use crate::model::Direction;
use crate::moments::aggregate::{RowForms, RowSums, ScoreTerm};
use nalgebra::{DMatrix, DVector};

/// Scores (a square root of their products) and the mean of w'w.
pub(super) struct Summed {
    pub(super) scores: DMatrix<f64>,
    pub(super) mean_square: f64,
}

/// The scores of a group by a second pass.
pub(super) fn summed(
    pass: &SecondPass,
    group: &Cases<'_>,
    deviations: &Deviations,
    mean: &DVector<f64>,
) -> Option<Summed> {
    let (directions, q) = directions(group);
    let (forms, constants) = forms_of(group, deviations, &directions, q, mean)?;
    let sums = pass.answer(&forms)?;
    let n = sums.n as f64;
    let mut products = DMatrix::zeros(q, q);
    let mut at = 0;
    for k in 0..q {
        for l in k..q {
            let value = sums.products[at] - constants[k] * sums.scores[l] - constants[l] * sums.scores[k]
                + n * constants[k] * constants[l];
            (products[(k, l)], products[(l, k)]) = (value, value);
            at += 1;
        }
    }
    Some(Summed { scores: root(&products), mean_square: mean_square_of(group, deviations, mean, &sums)? })
}

/// tr(Gamma V) of a group at its observed moments, those of fixed covariates included.
pub(super) fn mean_square(group: &Cases<'_>, weight: &Weight) -> Option<f64> {
    let deviations = Deviations::new(group, weight, At::Sample)?;
    match group.observed.seen.second_pass() {
        Some(pass) => summed_square(pass, group, &deviations, &group.observed.mean),
        None => Some(deviations.mean_square()),
    }
}

/// The mean of w'w by a second pass.
fn summed_square(
    pass: &SecondPass,
    group: &Cases<'_>,
    deviations: &Deviations,
    mean: &DVector<f64>,
) -> Option<f64> {
    let (forms, _) = forms_of(group, deviations, &[], 0, mean)?;
    mean_square_of(group, deviations, mean, &pass.answer(&forms)?)
}

/// mean of [e'e] + (e'e)^2 / 2 - e'Ce + |C|^2 / 2, of which the rows are needed for the fourth power only.
fn mean_square_of(
    group: &Cases<'_>,
    deviations: &Deviations,
    mean: &DVector<f64>,
    sums: &RowSums,
) -> Option<f64> {
    let apart = &group.observed.mean - mean;
    let moments = deviations.weight.matrix(&(&group.observed.covariance + &apart * apart.transpose()));
    let c = &deviations.centre;
    let means = if deviations.layout.has_means { moments.trace() } else { 0.0 };
    let value = means + 0.5 * sums.fourth / sums.n as f64 - c.dot(&moments) + 0.5 * c.norm_squared();
    value.is_finite().then_some(value)
}

/// What is asked of the rows, and the constant of each score.
fn forms_of(
    group: &Cases<'_>,
    deviations: &Deviations,
    directions: &[Direction],
    q: usize,
    mean: &DVector<f64>,
) -> Option<(RowForms, Vec<f64>)> {
    let Weight::Normal(whitening) = &deviations.weight else { return None };
    let row = |form: DVector<f64>| whitening.tr_mul(&form).iter().copied().collect::<Vec<f64>>();
    let mut columns: Vec<usize> = Vec::new();
    let mut place = |u: usize| {
        columns.iter().position(|known| *known == u).unwrap_or_else(|| {
            columns.push(u);
            columns.len() - 1
        })
    };
    let g = |u: usize| -> DVector<f64> { whitening * group.implied.column(u) };
    let mut scores: Vec<Vec<ScoreTerm>> = vec![Vec::new(); q];
    let mut constants = vec![0.0; q];
    for direction in directions {
        if let Some((u, v, c)) = direction.covariance {
            scores[direction.free].push(ScoreTerm::new(place(u), Some(place(v)), c));
            constants[direction.free] += c * g(u).dot(&(&deviations.centre * g(v)));
        }
        if let Some((u, at)) = direction.mean.filter(|_| deviations.layout.has_means) {
            let scale = at.map_or(1.0, |j| group.implied.eta_mean[j]);
            scores[direction.free].push(ScoreTerm::new(place(u), None, scale));
        }
    }
    let forms = columns.iter().map(|&u| row(g(u))).collect();
    let whitened = whitening.row_iter().map(|own| own.iter().copied().collect()).collect();
    let variables = group.table.observed.clone();
    Some((RowForms::new(variables, mean.iter().copied().collect(), forms, scores, whitened), constants))
}

/// F with F F' = a matrix of products; of rounding below zero nothing.
fn root(products: &DMatrix<f64>) -> DMatrix<f64> {
    let sd = products.diagonal().map(|x| if x > 0.0 { x.sqrt() } else { 1.0 });
    let scaled = DMatrix::from_fn(sd.len(), sd.len(), |i, j| products[(i, j)] / (sd[i] * sd[j]));
    let eigen = scaled.symmetric_eigen();
    let mut factor = eigen.eigenvectors;
    for (mut column, value) in factor.column_iter_mut().zip(eigen.eigenvalues.iter()) {
        column *= value.max(0.0).sqrt();
    }
    for (mut row, sd) in factor.row_iter_mut().zip(sd.iter()) {
        row *= *sd;
    }
    factor
}

//! What incomplete rows tell of means and covariances: information and scores of the saturated model.
//!
//! Moments are the p means and then the lower triangle of the covariance matrix, by columns. An element of the
//! information between two covariances is a sum over patterns of products of two elements of matrices of size p (see
//! [`super::full_information`] with G = I), so all of them are elements of one product of matrices, pairs x patterns
//! times patterns x pairs.

use crate::estimate::incomplete::point::Point;
use crate::estimate::inference::Information;
use crate::model::{Direction, Implied};
use crate::moments::incomplete::Incomplete;
use crate::numeric::cholesky;
use crate::numeric::product::add_product_transposed;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// Patterns whose products are summed at a time.
const RUN: usize = 512;

/// The covariances by their place in the lower triangle.
fn pairs(p: usize) -> Vec<(usize, usize)> {
    (0..p).flat_map(|j| (j..p).map(move |i| (i, j))).collect()
}

fn half(i: usize, j: usize) -> f64 {
    if i == j { 0.5 } else { 1.0 }
}

/// P_k and its fellow (see [`super::full_information`]), and sum of a.
fn forms(
    rows: &Incomplete,
    at: usize,
    mu: &DVector<f64>,
    inverse: &DMatrix<f64>,
    information: Information,
) -> Option<(DMatrix<f64>, DMatrix<f64>, DVector<f64>)> {
    let pattern = &rows.patterns[at];
    let m = &pattern.missing;
    let mut own = inverse.clone();
    if !m.is_empty() {
        let mut factor = DMatrix::from_fn(m.len(), m.len(), |i, j| inverse[(m[i], m[j])]);
        cholesky::factorise(&mut factor).ok()?;
        let mut conditional = DMatrix::zeros(m.len(), m.len());
        cholesky::invert(&mut factor, &mut conditional);
        let columns = DMatrix::from_fn(rows.p, m.len(), |i, j| inverse[(i, m[j])]);
        own -= &columns * conditional * columns.transpose();
        for &i in m {
            own.row_mut(i).fill(0.0);
            own.column_mut(i).fill(0.0);
        }
    }
    let half = 0.5 * pattern.n;
    if information == Information::Expected {
        let other = &own * half;
        return Some((own, other, DVector::zeros(rows.p)));
    }
    let a = inverse * rows.completed(pattern, mu, inverse)?;
    let mut other = &own * -half;
    other.gemm(1.0, &a, &a.transpose(), 1.0);
    let linear = a * rows.weights.rows(pattern.from, pattern.count);
    Some((own, other, linear))
}

/// The information of one row about the moments.
pub(crate) fn moment_information(
    rows: &Incomplete,
    mu: &DVector<f64>,
    inverse: &DMatrix<f64>,
    information: Information,
) -> Option<DMatrix<f64>> {
    let (p, pairs) = (rows.p, pairs(rows.p));
    let k = pairs.len();
    let mut at = DMatrix::<usize>::zeros(p, p);
    for (index, &(i, j)) in pairs.iter().enumerate() {
        (at[(i, j)], at[(j, i)]) = (index, index);
    }
    let (mut gram, mut mixed, mut means) = (DMatrix::zeros(k, k), DMatrix::zeros(p, k), DMatrix::zeros(p, p));
    let all: Vec<usize> = (0..rows.patterns.len()).collect();
    for run in all.chunks(RUN) {
        let own: Vec<_> = run
            .par_iter()
            .map(|&pattern| forms(rows, pattern, mu, inverse, information))
            .collect::<Option<_>>()?;
        let mut first = DMatrix::zeros(k, run.len());
        let mut second = DMatrix::zeros(k, run.len());
        let mut linear = DMatrix::zeros(p, run.len());
        for (c, (a, x, l)) in own.iter().enumerate() {
            for (index, &(i, j)) in pairs.iter().enumerate() {
                first[(index, c)] = a[(i, j)];
                second[(index, c)] = x[(i, j)];
            }
            linear.set_column(c, l);
            means += a * rows.patterns[run[c]].n;
        }
        add_product_transposed(&mut gram, &first, &second);
        if information == Information::Observed {
            add_product_transposed(&mut mixed, &linear, &first);
        }
    }
    let n = rows.total;
    let mut sum = DMatrix::zeros(p + k, p + k);
    sum.view_mut((0, 0), (p, p)).copy_from(&(means / n));
    for (column, &(y, z)) in pairs.iter().enumerate() {
        for (row, &(u, v)) in pairs.iter().enumerate().skip(column) {
            let (a, b, c, d) = (at[(u, z)], at[(v, y)], at[(u, y)], at[(v, z)]);
            let element =
                half(u, v) * half(y, z) / n * (gram[(a, b)] + gram[(b, a)] + gram[(c, d)] + gram[(d, c)]);
            sum[(p + row, p + column)] = element;
            sum[(p + column, p + row)] = element;
        }
        for g in 0..p {
            let element = half(y, z) / n * (mixed[(y, at[(z, g)])] + mixed[(z, at[(y, g)])]);
            sum[(p + column, g)] = element;
            sum[(g, p + column)] = element;
        }
    }
    Some(sum)
}

/// d'Wd of deviations of means and covariances, W the expected information of one row about them:
///
/// ```text
/// sum_k n_k (m' P_k m + tr(P_k X P_k X) / 2) / N
/// ```
pub(crate) fn expected_form(
    rows: &Incomplete,
    inverse: &DMatrix<f64>,
    mean: &DVector<f64>,
    matrix: &DMatrix<f64>,
) -> Option<f64> {
    let of = |at: usize| {
        let (own, _, _) = forms(rows, at, mean, inverse, Information::Expected)?;
        let product = &own * matrix;
        let square = product.component_mul(&product.transpose()).sum();
        Some(rows.patterns[at].n * (mean.dot(&(&own * mean)) + 0.5 * square))
    };
    let each: Vec<f64> = (0..rows.patterns.len()).into_par_iter().map(of).collect::<Option<_>>()?;
    Some(each.iter().sum::<f64>() / rows.total)
}

/// The derivatives of each row's log-likelihood by the moments, a column per row in the order of the data.
pub(crate) fn moment_scores(
    rows: &Incomplete,
    mu: &DVector<f64>,
    inverse: &DMatrix<f64>,
) -> Option<DMatrix<f64>> {
    let (p, pairs) = (rows.p, pairs(rows.p));
    let own = |at: usize| {
        let (plain, _, _) = forms(rows, at, mu, inverse, Information::Expected)?;
        let a = inverse * rows.completed(&rows.patterns[at], mu, inverse)?;
        let mut scores = DMatrix::zeros(p + pairs.len(), a.ncols());
        for (c, (mut score, a)) in scores.column_iter_mut().zip(a.column_iter()).enumerate() {
            let root = rows.weights[rows.patterns[at].from + c];
            score.rows_mut(0, p).axpy(root, &a, 0.0);
            for (index, &(i, j)) in pairs.iter().enumerate() {
                score[p + index] = half(i, j) * (a[i] * a[j] - root * root * plain[(i, j)]);
            }
        }
        Some(scores)
    };
    let parts: Vec<_> = (0..rows.patterns.len()).into_par_iter().map(own).collect::<Option<_>>()?;
    let mut scores = DMatrix::zeros(p + pairs.len(), rows.n);
    for (pattern, own) in rows.patterns.iter().zip(parts) {
        for (c, column) in own.column_iter().enumerate() {
            scores.set_column(rows.order[pattern.from + c], &column);
        }
    }
    Some(scores)
}

/// The information of a complete row.
pub(crate) fn complete_information(inverse: &DMatrix<f64>) -> DMatrix<f64> {
    let (p, pairs) = (inverse.nrows(), pairs(inverse.nrows()));
    let mut sum = DMatrix::zeros(p + pairs.len(), p + pairs.len());
    sum.view_mut((0, 0), (p, p)).copy_from(inverse);
    for (column, &(y, z)) in pairs.iter().enumerate() {
        for (row, &(u, v)) in pairs.iter().enumerate() {
            sum[(p + row, p + column)] = half(u, v)
                * half(y, z)
                * (inverse[(u, z)] * inverse[(v, y)] + inverse[(u, y)] * inverse[(v, z)]);
        }
    }
    sum
}

/// The derivatives of the implied moments, a column per free parameter.
pub(crate) fn moment_derivatives(implied: &Implied, q: usize) -> DMatrix<f64> {
    derivatives_along(implied, &implied.directions, q)
}

/// The same with a column behind them, from `at` on, for each moment of the fixed covariates.
pub(crate) fn derivatives_with_covariates(implied: &Implied, at: usize, columns: usize) -> DMatrix<f64> {
    let mut directions = implied.directions.clone();
    let fixed = implied.sample_directions.iter().enumerate();
    directions.extend(fixed.map(|(k, direction)| Direction { free: at + k, ..*direction }));
    derivatives_along(implied, &directions, columns)
}

fn derivatives_along(implied: &Implied, directions: &[Direction], q: usize) -> DMatrix<f64> {
    let p = implied.mu.len();
    let pairs = pairs(p);
    let mut derivatives = DMatrix::zeros(p + pairs.len(), q);
    for direction in directions {
        let mut column = derivatives.column_mut(direction.free);
        if let Some((g, scale)) = Point::mean_of(implied, direction) {
            (0..p).for_each(|i| column[i] += scale * implied.column_at(g, i));
        }
        if let Some((u, v, c)) = direction.covariance {
            let (u, v) = (implied.column(u), implied.column(v));
            for (index, &(i, j)) in pairs.iter().enumerate() {
                column[p + index] += c * (u[i] * v[j] + v[i] * u[j]);
            }
        }
    }
    derivatives
}

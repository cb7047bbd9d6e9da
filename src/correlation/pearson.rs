//! Pearson's correlation, and the same as a maximum-likelihood estimate given means and variances.

use super::bracket::{Found, maximum};
use super::margin::Margin;
use super::pair::{Estimate, Influence, Scores};
use nalgebra::DMatrix;

/// Pearson's r of the rows with both; none where one of them does not vary there. The standard error is
/// (1 - r^2) / sqrt(n).
pub(crate) fn pearson(first: &Margin, second: &Margin) -> Option<(usize, Estimate)> {
    product_moment(&first.values, &second.values)
}

/// The same of two lists, NaN where missing.
pub(crate) fn product_moment(x: &[f64], y: &[f64]) -> Option<(usize, Estimate)> {
    let both = || x.iter().zip(y).filter(|(a, b)| !a.is_nan() && !b.is_nan());
    let n = both().count();
    let mean = both().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n as f64, b + y / n as f64));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in both() {
        let (a, b) = (x - mean.0, y - mean.1);
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    let r = xy / (xx * yy).sqrt();
    let se = (r.abs() < 1.0 - 1e-12).then(|| (1.0 - r * r) / (n as f64).sqrt());
    r.is_finite().then(|| (n, Estimate { rho: r.clamp(-1.0, 1.0), se, ..Estimate::default() }))
}

/// The correlation of two normal variables, given the mean and variance that each has by itself:
///
/// ```text
/// d log L / d rho = sum [rho (1 - rho^2) + (1 + rho^2) x y - rho (x^2 + y^2)] / (1 - rho^2)^2
/// ```
pub(crate) fn two_step(first: &Margin, second: &Margin, x: &DMatrix<f64>) -> Option<(usize, Estimate)> {
    let rows: Vec<usize> =
        (0..first.values.len()).filter(|&row| first.answered(row) && second.answered(row)).collect();
    let n: f64 = rows.iter().map(|&row| first.weight(row)).sum();
    let (mut squares, mut product) = (0.0, 0.0);
    for &row in &rows {
        let (a, b) = (first.values[row], second.values[row]);
        let weight = first.weight(row);
        squares += weight * (a * a + b * b);
        product += weight * a * b;
    }
    if rows.is_empty() {
        return None;
    }
    let found = maximum(|rho| {
        let rest = (1.0 - rho) * (1.0 + rho);
        let top = n * rho * rest + (1.0 + rho * rho) * product - rho * squares;
        let slope = n * (1.0 - 3.0 * rho * rho) + 2.0 * rho * product - squares;
        (top / (rest * rest), (slope + 4.0 * rho * top / rest) / (rest * rest))
    });
    let rho = found.point();
    let mut estimate = Estimate {
        rho: found.value(),
        of_model: found.border(),
        at_limit: matches!(found, Found::AtLimit(_)),
        ..Estimate::default()
    };
    if estimate.at_limit {
        return Some((rows.len(), estimate));
    }
    let rest = (1.0 - rho) * (1.0 + rho);
    let mut scores = Scores::new(first, second);
    let m = x.ncols();
    for &row in &rows {
        let (a, b) = (first.values[row], second.values[row]);
        scores.rho[row] = (rho * rest + (1.0 + rho * rho) * a * b - rho * (a * a + b * b)) / (rest * rest);
        for (scores, own, other, sd) in
            [(&mut scores.first, a, b, first.sd()), (&mut scores.second, b, a, second.sd())]
        {
            let by_mean = (own - rho * other) / (rest * sd);
            scores[(row, 0)] = by_mean;
            for j in 0..m {
                scores[(row, 1 + j)] = by_mean * x[(row, j)];
            }
            scores[(row, 1 + m)] = 0.5 * ((own * own - rho * own * other) / rest - 1.0) / (sd * sd);
        }
    }
    let influence = scores.influence(first, second);
    estimate.se = influence.as_ref().map(|own| own.norm());
    estimate.influence = influence.map(Influence::Cases);
    Some((rows.len(), estimate))
}

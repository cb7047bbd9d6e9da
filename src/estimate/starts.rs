//! Start values from the covariance matrix alone.
//!
//! Loadings come from the first principal factor of a factor's indicators, with communalities of
//! one half (Harman 1976, ch. 8). Factors with many indicators come first and leave their residual
//! correlations to those that share indicators with them (a general factor and its group factors).

use super::likelihood::Observed;
use crate::model::{Kind, ParameterTable, Place};
use nalgebra::{DMatrix, DVector};
use std::collections::HashMap;

/// Where loadings come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// The first principal factor of each factor's indicators.
    PrincipalFactors,
    /// Half the variance of every indicator.
    Equal,
}

/// A start value for every free parameter; what groups share starts where the first group says.
pub(crate) fn start_values(tables: &[ParameterTable], observed: &[Observed], from: Start) -> DVector<f64> {
    let q = tables.first().map_or(0, |table| table.n_free);
    let (mut x, mut done) = (DVector::zeros(q), vec![false; q]);
    for (table, observed) in tables.iter().zip(observed) {
        start_group(table, observed, from, &mut x, &mut done);
    }
    x
}

fn start_group(
    table: &ParameterTable,
    observed: &Observed,
    from: Start,
    x: &mut DVector<f64>,
    done: &mut [bool],
) {
    let s = &observed.covariance;
    let factors = factors(table);
    let estimated = match from {
        Start::PrincipalFactors => principal_loadings(&factors, s),
        Start::Equal => factors
            .iter()
            .flat_map(|(factor, items)| {
                items.iter().map(move |&item| ((item, *factor), (0.5 * s[(item, item)]).sqrt()))
            })
            .collect(),
    };
    let fixed: HashMap<Place, f64> = table
        .rows
        .iter()
        .filter_map(|r| match r.kind {
            Kind::Fixed(value) => Some((r.place, value)),
            _ => None,
        })
        .collect();
    // how many units of the factor make one unit of the principal factor
    let unit: Vec<f64> = (0..table.eta.len()).map(|j| unit_of(j, &estimated, &fixed)).collect();
    let is_outcome = |j: usize| table.rows.iter().any(|r| matches!(r.place, Place::Path(i, _) if i == j));
    let variance_of = |j: usize| match j.checked_sub(table.n_latent) {
        Some(k) => s[(table.promoted[k], table.promoted[k])],
        None => unit[j] * unit[j],
    };
    for row in &table.rows {
        let Kind::Free(free, start) = row.kind else { continue };
        if done[free] && start.is_none() {
            continue;
        }
        done[free] = true;
        x[free] = start.unwrap_or_else(|| match row.place {
            Place::Loading(i, j) => estimated.get(&(i, j)).map_or(0.0, |l| l / unit[j]),
            Place::Residual(i, j) if i == j => 0.5 * s[(i, i)],
            Place::Latent(i, j) if i == j => {
                if is_outcome(i) {
                    0.5 * variance_of(i)
                } else {
                    variance_of(i)
                }
            }
            Place::Residual(..) | Place::Latent(..) => 0.0,
            // a factor of factors: each takes half the variance of its indicator
            Place::Path(i, j) if row.op == crate::model::Operator::Loading => {
                (0.5 * variance_of(i) / variance_of(j)).sqrt()
            }
            Place::Path(..) => 0.0,
            Place::Intercept(i) => observed.mean[i],
            Place::Threshold(i, k) => observed.threshold(i, k, table),
            Place::Scale(_) => 1.0,
            Place::LatentMean(j) => {
                j.checked_sub(table.n_latent).map_or(0.0, |k| observed.mean[table.promoted[k]])
            }
        });
    }
}

/// The indicators of each latent variable that has observed ones, those with many first.
fn factors(table: &ParameterTable) -> Vec<(usize, Vec<usize>)> {
    let mut indicators: Vec<(usize, Vec<usize>)> = (0..table.n_latent)
        .map(|factor| {
            let of = |place: Place| match place {
                Place::Loading(i, j) if j == factor => Some(i),
                Place::Path(i, j) if j == factor && i >= table.n_latent => {
                    Some(table.promoted[i - table.n_latent])
                }
                _ => None,
            };
            (factor, table.rows.iter().filter_map(|r| of(r.place)).collect())
        })
        .filter(|(_, items): &(usize, Vec<usize>)| !items.is_empty())
        .collect();
    indicators.sort_by_key(|(_, items)| std::cmp::Reverse(items.len()));
    indicators
}

/// Loadings in the metric of the items, on factors with unit variance.
fn principal_loadings(factors: &[(usize, Vec<usize>)], s: &DMatrix<f64>) -> HashMap<(usize, usize), f64> {
    let p = s.nrows();
    let sd: Vec<f64> = (0..p).map(|i| s[(i, i)].sqrt()).collect();
    let mut r = DMatrix::from_fn(p, p, |i, j| s[(i, j)] / (sd[i] * sd[j]));
    let mut loadings = HashMap::new();
    for (position, (factor, items)) in factors.iter().enumerate() {
        let k = items.len();
        let reduced = DMatrix::from_fn(k, k, |a, b| if a == b { 0.5 } else { r[(items[a], items[b])] });
        let mut axis = DVector::from_element(k, 1.0 / (k as f64).sqrt());
        let mut root = 0.0;
        // a rough direction is enough: power iterations, shifted to be positive definite
        for _ in 0..30 {
            let mut next = &reduced * &axis + &axis;
            root = next.norm();
            next /= root;
            axis = next;
        }
        let size = (root - 1.0).max(0.1).sqrt();
        let sign = if axis[0] < 0.0 { -1.0 } else { 1.0 };
        let column: Vec<f64> = axis.iter().map(|a| (sign * a * size).clamp(-0.95, 0.95)).collect();
        for (a, &item) in items.iter().enumerate() {
            loadings.insert((item, *factor), sd[item] * column[a]);
        }
        let shares = factors[position + 1..]
            .iter()
            .any(|(_, other)| other.iter().filter(|i| items.contains(i)).count() > 1);
        if shares {
            for (a, &i) in items.iter().enumerate() {
                for (b, &j) in items.iter().enumerate() {
                    r[(i, j)] -= if a == b { 0.0 } else { column[a] * column[b] };
                }
            }
        }
    }
    loadings
}

/// Standard deviation of a latent variable in the unit that its fixed loading or variance gives it.
fn unit_of(factor: usize, estimated: &HashMap<(usize, usize), f64>, fixed: &HashMap<Place, f64>) -> f64 {
    if let Some(&variance) = fixed.get(&Place::Latent(factor, factor))
        && variance > 0.0
    {
        return variance.sqrt();
    }
    let marker = fixed.iter().filter_map(|(place, &value)| match *place {
        Place::Loading(i, j) if j == factor && value != 0.0 => {
            Some((i, estimated.get(&(i, j)).map_or(1.0, |l| (l / value).abs().max(1e-3))))
        }
        _ => None,
    });
    // the order of a map is not fixed; the first indicator is
    marker.min_by_key(|(i, _)| *i).map_or(1.0, |(_, unit)| unit)
}

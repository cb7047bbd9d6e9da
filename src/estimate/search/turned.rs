//! Start values on the other side: factors with another sign.

use super::starts::units;
use crate::estimate::observed::Observed;
use crate::model::{Kind, Operator, Parameter, ParameterTable, Place};
use nalgebra::DVector;

/// Loadings so many times their unit beside a marker: it no longer gives the factor one.
const LOST: f64 = 10.0;
/// The largest of them in the unit that takes its place.
const MODERATE: f64 = 3.0;

/// Points on the far side of one where factors with a marker have lost their unit: of the factor that has lost it
/// most, and of all that have; none where no factor has.
///
/// A marker has a loading of 1, and the others go to infinity as its share goes to 0. Where the solution gives it
/// the other sign, it lies beyond: loadings come back from minus infinity. `-eta` in a unit that makes them moderate
/// is on that side, and changes what is implied of nothing but the marker.
pub(crate) fn turned(
    tables: &[ParameterTable],
    observed: &[Observed],
    x: &DVector<f64>,
) -> Vec<DVector<f64>> {
    let unit = units(tables, observed);
    // the largest loading of each factor that has a marker and a variance
    let of_table = |table: &ParameterTable| -> Vec<f64> {
        let largest = |j: usize| {
            let own: Vec<Kind> = (table.rows.iter())
                .filter(|row| row.op == Operator::Loading)
                .filter(|row| matches!(row.place, Place::Loading(_, k) | Place::Path(_, k) if k == j))
                .map(|row| row.kind)
                .collect();
            let is_variance = |row: &Parameter| row.place == Place::Latent(j, j);
            let varies = table.rows.iter().any(|row| is_variance(row) && matches!(row.kind, Kind::Free(..)));
            if !varies || !own.iter().any(|kind| matches!(kind, Kind::Fixed(l) if *l != 0.0)) {
                return 0.0;
            }
            let free = own.iter().filter_map(|kind| match *kind {
                Kind::Free(free, _) => Some((x[free] / unit[free]).abs()),
                _ => None,
            });
            free.fold(0.0, f64::max)
        };
        (0..table.eta.len()).map(|j| if j < table.n_latent { largest(j) } else { 0.0 }).collect()
    };
    let largest: Vec<Vec<f64>> = tables.iter().map(of_table).collect();
    let most = largest.iter().flatten().copied().fold(0.0, f64::max);
    if !(most > LOST && most.is_finite()) {
        return Vec::new();
    }
    let beyond = |least: f64| {
        rescaled(tables, x, &|table, j| {
            let largest = largest[table][j];
            if largest >= least { -largest / MODERATE } else { 1.0 }
        })
    };
    let (first, all) = (beyond(most), beyond(LOST));
    if first == all { vec![first] } else { vec![first, all] }
}

/// The same point with every factor of a table times `by(table, factor)`; markers stay.
fn rescaled(tables: &[ParameterTable], x: &DVector<f64>, by: &dyn Fn(usize, usize) -> f64) -> DVector<f64> {
    let mut point = x.clone();
    let mut done = vec![false; x.len()];
    for (at, table) in tables.iter().enumerate() {
        let by = |j: usize| by(at, j);
        for row in &table.rows {
            let Kind::Free(free, _) = row.kind else { continue };
            let times = match row.place {
                Place::Loading(_, j) => 1.0 / by(j),
                Place::Path(i, j) => by(i) / by(j),
                Place::Latent(i, j) => by(i) * by(j),
                Place::LatentMean(j) => by(j),
                _ => continue,
            };
            if !std::mem::replace(&mut done[free], true) {
                point[free] *= times;
            }
        }
    }
    point
}

/// The point where the factors that some free parameters are loadings on have the other sign.
pub(crate) fn turned_over(tables: &[ParameterTable], x: &DVector<f64>, loadings: &[usize]) -> DVector<f64> {
    let is_own = |row: &Parameter, factor: usize| {
        row.op == Operator::Loading
            && matches!(row.place, Place::Loading(_, j) | Place::Path(_, j) if j == factor)
            && matches!(row.kind, Kind::Free(free, _) if loadings.contains(&free))
    };
    rescaled(tables, x, &|table, j| {
        if tables[table].rows.iter().any(|row| is_own(row, j)) { -1.0 } else { 1.0 }
    })
}

//! Bounds within which estimates are sought.
//!
//! A small sample can drive a search to infinity; bounds that no sensible estimate crosses keep it in
//! (De Jonckere & Rosseel 2022). With s the observed variance and rel = 0.1 the least reliability of a marker:
//!
//! ```text
//! residual variance            0 to s;  of a marker 0 to (1 - rel) s
//! variance of a factor         rel s to s of its marker; of one that is explained min(0.005, rel s) to s
//! loading                      +- sqrt(s / the least variance of the factor)
//! covariance                   +- 0.998 sqrt(largest variance of the one x of the other)
//! ```
//!
//! `Wide` bounds let each go beyond: variances from -5 % to 120 % (130 % for factors), loadings to 120 %.
//! A bound is no constraint: it costs no degree of freedom, and the standard errors are those of the point.

use crate::estimate::observed::Observed;
use crate::estimate::options::Bounds;
use crate::model::{Kind, Operator, ParameterTable, Place};

/// Least reliability of a marker.
const RELIABILITY: f64 = 0.1;
/// Least variance of a factor that is explained.
const EXPLAINED: f64 = 0.005;

/// Lower and upper bound of each free parameter; empty where there are none.
pub(crate) fn bounds_of(kind: Bounds, tables: &[ParameterTable], observed: &[Observed]) -> Vec<(f64, f64)> {
    let q = tables.first().map_or(0, |table| table.n_free);
    let mut bounds = vec![(f64::NEG_INFINITY, f64::INFINITY); q];
    let mut any = false;
    for (table, observed) in tables.iter().zip(observed) {
        let own = OfGroup { table, observed, wide: kind == Bounds::Wide };
        for row in &table.rows {
            let Kind::Free(free, _) = row.kind else { continue };
            let added = match (kind, row.place) {
                (Bounds::None, _) => (f64::NEG_INFINITY, f64::INFINITY),
                (Bounds::PositiveVariances, Place::Residual(i, j) | Place::Latent(i, j)) if i == j => {
                    (0.0, f64::INFINITY)
                }
                (Bounds::PositiveVariances, _) => (f64::NEG_INFINITY, f64::INFINITY),
                (Bounds::Standard | Bounds::Wide, place) => own.of(place, row.op),
            };
            for (lower, upper) in [added, row.bounds] {
                any |= lower.is_finite() || upper.is_finite();
                bounds[free] = (bounds[free].0.max(lower), bounds[free].1.min(upper));
            }
        }
    }
    if any { bounds } else { Vec::new() }
}

struct OfGroup<'a> {
    table: &'a ParameterTable,
    observed: &'a Observed,
    wide: bool,
}

impl OfGroup<'_> {
    fn of(&self, place: Place, op: Operator) -> (f64, f64) {
        let around = |limit: f64| (-limit, limit);
        match place {
            Place::Residual(i, j) | Place::Latent(i, j) if i == j => self.variance(place),
            Place::Residual(i, j) => {
                around(self.largest_product(
                    self.variance(Place::Residual(i, i)),
                    self.variance(Place::Residual(j, j)),
                ))
            }
            Place::Latent(i, j) => around(
                self.largest_product(self.variance(Place::Latent(i, i)), self.variance(Place::Latent(j, j))),
            ),
            Place::Loading(i, j) => {
                let least = self.least_variance(j);
                let wider = if self.wide { 1.2 } else { 1.0 };
                around(wider * (self.observed.covariance[(i, i)] / least).sqrt())
            }
            // a factor whose marker is a factor has no observed variance to be measured by
            Place::Path(i, j) if op == Operator::Loading && self.fixed_variance(j).is_some() => {
                let wider = if self.wide { 1.2 } else { 1.0 };
                around(wider * (self.variance(Place::Latent(i, i)).1 / self.least_variance(j)).sqrt())
            }
            Place::Path(..)
            | Place::Intercept(_)
            | Place::LatentMean(_)
            | Place::Threshold(..)
            | Place::Scale(_) => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }

    fn largest_product(&self, first: (f64, f64), second: (f64, f64)) -> f64 {
        (if self.wide { 1.0 } else { 0.998 }) * (first.1 * second.1).sqrt()
    }

    /// The observed marker of a factor: the indicator whose loading is fixed at 1.
    fn marker(&self, factor: usize) -> Option<usize> {
        self.table.rows.iter().find_map(|row| match (row.place, row.kind) {
            (Place::Loading(i, j), Kind::Fixed(1.0)) if j == factor => Some(i),
            _ => None,
        })
    }

    fn fixed_variance(&self, factor: usize) -> Option<f64> {
        self.table.rows.iter().find_map(|row| match (row.place, row.kind) {
            (Place::Latent(i, j), Kind::Fixed(value)) if i == factor && j == factor => Some(value),
            _ => None,
        })
    }

    fn least_variance(&self, factor: usize) -> f64 {
        match self.marker(factor) {
            Some(marker) => RELIABILITY * self.observed.covariance[(marker, marker)],
            None => 1.0,
        }
    }

    fn variance(&self, place: Place) -> (f64, f64) {
        let s = &self.observed.covariance;
        let widened = |lower: f64, upper: f64, beyond: f64| {
            if self.wide { (lower - 0.05 * upper, upper + beyond * (upper - lower)) } else { (lower, upper) }
        };
        match place {
            Place::Residual(i, _) => {
                let is_marker = (0..self.table.n_latent).any(|factor| self.marker(factor) == Some(i));
                let upper = s[(i, i)] * if is_marker { 1.0 - RELIABILITY } else { 1.0 };
                widened(0.0, upper, 0.2)
            }
            Place::Latent(j, _) => {
                if let Some(k) = j.checked_sub(self.table.n_latent) {
                    let observed = self.table.promoted[k];
                    return widened(0.0, s[(observed, observed)], 0.2);
                }
                if let Some(value) = self.fixed_variance(j) {
                    return (value, value);
                }
                let Some(marker) = self.marker(j) else { return (0.0, f64::INFINITY) };
                let explained =
                    self.table.rows.iter().any(|row| matches!(row.place, Place::Path(i, _) if i == j));
                let least = RELIABILITY * s[(marker, marker)];
                let lower = if explained { EXPLAINED.min(least) } else { least };
                let upper = s[(marker, marker)];
                (lower, if self.wide { upper + 0.3 * (upper - lower) } else { upper })
            }
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }
}

//! Quantiles of replicates, interpolated on the normal scale (Davison & Hinkley 1997, eq. 5.8).

use statrs::distribution::{ContinuousCDF, Normal};

/// Quantile of ordered values; the first or last value beyond them.
pub(crate) fn of_sorted(sorted: &[f64], p: f64) -> f64 {
    let count = sorted.len();
    let place = p * (count as f64 + 1.0);
    let k = place.floor() as usize;
    if k < 1 {
        return sorted[0];
    }
    if k >= count {
        return sorted[count - 1];
    }
    let normal = Normal::standard();
    let at = |k: usize| normal.inverse_cdf(k as f64 / (count as f64 + 1.0));
    let share = (normal.inverse_cdf(p) - at(k)) / (at(k + 1) - at(k));
    sorted[k - 1] + share * (sorted[k] - sorted[k - 1])
}

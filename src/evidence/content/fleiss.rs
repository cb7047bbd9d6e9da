//! Fleiss's kappa (1971), of units that all coded.
//!
//! ```text
//! o = mean share of agreeing pairs of coders, e = sum_k p_k^2
//! ```

use super::beyond_chance::{beyond_chance, observed};

/// Fleiss's kappa of counts, units x categories, of units that all `coders` coded; none when chance alone would agree.
pub fn fleiss_kappa(counts: &[Vec<f64>], coders: usize) -> Option<f64> {
    fleiss(counts, &vec![1; counts.len()], coders)
}

/// Of a sample that has each unit so many times.
pub(super) fn fleiss(counts: &[Vec<f64>], times: &[u32], coders: usize) -> Option<f64> {
    let complete = |unit: &[f64]| unit.iter().sum::<f64>() == coders as f64;
    let times: Vec<u32> = counts.iter().zip(times).map(|(u, t)| if complete(u) { *t } else { 0 }).collect();
    let units: f64 = times.iter().map(|t| f64::from(*t)).sum();
    let share = |k: usize| {
        let sum: f64 = counts.iter().zip(&times).map(|(u, t)| f64::from(*t) * u[k]).sum();
        sum / (units * coders as f64)
    };
    let expected: f64 = (0..counts.first()?.len()).map(|k| share(k).powi(2)).sum();
    beyond_chance(observed(counts, &times, &|k, l| if k == l { 1.0 } else { 0.0 })?, expected)
}

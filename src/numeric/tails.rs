//! Tail probabilities of the normal and the chi-square distribution.

use statrs::function::gamma::gamma_ur;

/// Probability that a chi-square variable exceeds `x`.
pub(crate) fn chi_square_tail(x: f64, df: f64) -> f64 {
    if x <= 0.0 { 1.0 } else { gamma_ur(0.5 * df, 0.5 * x) }
}

/// 97.5 % quantile of the standard normal distribution.
pub(crate) const NORMAL_975: f64 = 1.959_963_984_540_054;

/// Two-sided p-value of a z statistic, from the chi-square tail (accurate far out).
pub(crate) fn two_sided(z: f64) -> f64 {
    chi_square_tail(z * z, 1.0)
}

//! The noncentral chi-square distribution function.
//!
//! P(x; df, ncp) = sum_k Poisson(k; ncp/2) * P(x; df + 2k), summed outwards from the largest Poisson
//! weight (Johnson, Kotz & Balakrishnan 1995, eq. 29.2), so that nothing underflows at large ncp.

use statrs::function::gamma::{gamma_lr, ln_gamma};

/// Probability that a noncentral chi-square variable stays below `x`.
pub(crate) fn chi_square_cdf(x: f64, df: f64, ncp: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let half = 0.5 * x;
    let central = |k: f64| gamma_lr(0.5 * df + k, half);
    if ncp <= 0.0 {
        return central(0.0);
    }
    let rate = 0.5 * ncp;
    let mode = rate.floor();
    let weight = |k: f64| (k * rate.ln() - rate - ln_gamma(k + 1.0)).exp();
    let mut sum = 0.0;
    let mut k = mode;
    loop {
        let term = weight(k) * central(k);
        sum += term;
        // to the right both factors fall
        if term <= 1e-17 * sum || k > mode + 1e5 {
            break;
        }
        k += 1.0;
    }
    let mut k = mode - 1.0;
    while k >= 0.0 {
        let w = weight(k);
        sum += w * central(k);
        if w < 1e-18 {
            break;
        }
        k -= 1.0;
    }
    sum.min(1.0)
}

/// The noncentrality at which the distribution function at `x` equals `probability`; 0 where even
/// the central distribution lies below it.
pub(crate) fn noncentrality(x: f64, df: f64, probability: f64) -> f64 {
    let excess = |ncp: f64| chi_square_cdf(x, df, ncp) - probability;
    if excess(0.0) <= 0.0 {
        return 0.0;
    }
    let mut high = x.max(1.0);
    while excess(high) > 0.0 && high < 1e9 {
        high *= 2.0;
    }
    super::root::bracketed(excess, 0.0, high).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn agrees_with_pchisq() {
        // R 4.2.2: pchisq(10, 5, ncp = 3); pchisq(85.3055, 24, ncp = 60); pchisq(900, 100, 700); pchisq(3, 5, 0)
        assert_relative_eq!(chi_square_cdf(10.0, 5.0, 3.0), 0.717236846431143, max_relative = 1e-10);
        assert_relative_eq!(chi_square_cdf(85.3055, 24.0, 60.0), 0.552575863672541, max_relative = 1e-10);
        assert_relative_eq!(chi_square_cdf(900.0, 100.0, 700.0), 0.963042373958351, max_relative = 1e-10);
        assert_relative_eq!(chi_square_cdf(3.0, 5.0, 0.0), 0.300014164121372, max_relative = 1e-10);
    }

    #[test]
    fn noncentrality_inverts() {
        let ncp = noncentrality(85.3055, 24.0, 0.95);
        assert_relative_eq!(chi_square_cdf(85.3055, 24.0, ncp), 0.95, epsilon = 1e-12);
        assert_eq!(noncentrality(1.0, 24.0, 0.95), 0.0);
    }
}

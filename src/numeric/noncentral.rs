//! The noncentral chi-square distribution function.
//!
//! P(x; df, ncp) = sum_k Poisson(k; ncp/2) * P(x; df + 2k)    (Johnson, Kotz & Balakrishnan 1995, eq.
//! 29.2), summed from the right end, where the Poisson weights vanish, to the left: then every
//! recurrence adds positive terms, and the incomplete gamma function is needed once (DLMF 8.8.5),
//!
//! ```text
//! P(a - 1, h) = P(a, h) + h^(a-1) exp(-h) / Gamma(a)
//! ```
//!
//! Far from the mean, where the sum would be long, it is 0 or 1 to the last digit (Birge 2001, lemma 8.1):
//!
//! ```text
//! P(X <= df + ncp - 2 sqrt((df + 2 ncp) u)) <= exp(-u),  P(X >= df + ncp + 2 sqrt((df + 2 ncp) u) + 2 u) <= exp(-u)
//! ```

use statrs::function::gamma::{gamma_lr, ln_gamma};

/// Below this a product of ratios has lost its digits, and is computed anew.
const TINY: f64 = 1e-280;
/// exp(-u) is 0 from here on,
const NOTHING: f64 = 750.0;
/// and does not change 1 from here on.
const ALL: f64 = 40.0;

/// Probability that a noncentral chi-square variable stays below `x`.
pub(crate) fn chi_square_cdf(x: f64, df: f64, ncp: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let half = 0.5 * x;
    if ncp <= 0.0 {
        return gamma_lr(0.5 * df, half);
    }
    let (mean, spread) = (df + ncp, df + 2.0 * ncp);
    if x < mean - 2.0 * (spread * NOTHING).sqrt() {
        return 0.0;
    }
    if x > mean + 2.0 * (spread * ALL).sqrt() + 2.0 * ALL {
        return 1.0;
    }
    let rate = 0.5 * ncp;
    let mode = rate.floor();
    let weight = |k: f64| (k * rate.ln() - rate - ln_gamma(k + 1.0)).exp();
    // P(a - 1, h) - P(a, h)
    let increment = |a: f64| ((a - 1.0) * half.ln() - half - ln_gamma(a)).exp();
    let mut k = (mode + 10.0 * rate.sqrt() + 40.0).floor();
    let mut a = 0.5 * df + k;
    let (mut w, mut central, mut step) = (weight(k), gamma_lr(a, half), increment(a));
    let mut sum = w * central;
    while k > 0.0 && (k > mode || w > 1e-18) {
        central += step;
        w *= k / rate;
        k -= 1.0;
        a -= 1.0;
        step = if step > TINY { step * a / half } else { increment(a) };
        sum += w * central;
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

    /// A scaling factor of 1e13 asks for such.
    #[test]
    fn far_from_the_mean_it_is_known_at_once() {
        assert_eq!(chi_square_cdf(1.0, 1.0, 1e15), 0.0);
        assert_eq!(chi_square_cdf(1e15, 1.0, 1e12), 1.0);
        // R 4.2.2: pchisq(400, 10, 500)
        assert_relative_eq!(chi_square_cdf(400.0, 10.0, 500.0), 0.0050345140753094, max_relative = 1e-8);
    }

    #[test]
    fn noncentrality_inverts() {
        let ncp = noncentrality(85.3055, 24.0, 0.95);
        assert_relative_eq!(chi_square_cdf(85.3055, 24.0, ncp), 0.95, epsilon = 1e-12);
        assert_eq!(noncentrality(1.0, 24.0, 0.95), 0.0);
    }
}

//! Quantiles of the F distribution, for any degrees of freedom up to tens of millions.
//!
//! ```text
//! P(F <= f) = I_x(a, b)    a = df1 / 2,  b = df2 / 2,  x = df1 f / (df1 f + df2)
//! ```
//!
//! I_x is the regularised incomplete beta function by its continued fraction (DLMF 8.17.22), its
//! factor x^a (1-x)^b / (a B(a, b)) in the form that does not cancel for large a and b (Loader 2000).
//! The fraction needs about sqrt(max(a, b)) terms, so a fixed hundred, as commonly programmed, is
//! wrong from some ten thousand degrees of freedom on.

use super::root::bracketed;
use statrs::function::gamma::ln_gamma;
use std::f64::consts::TAU;

/// The value below which F with `df1` and `df2` degrees of freedom falls with that probability;
/// `None` unless 0 < probability < 1 and both degrees of freedom are positive and finite.
pub(crate) fn quantile(probability: f64, df1: f64, df2: f64) -> Option<f64> {
    let usable = |df: f64| df > 0.0 && df.is_finite();
    if !(probability > 0.0 && probability < 1.0 && usable(df1) && usable(df2)) {
        return None;
    }
    // F is positive and log F has a spread of about sqrt(2/df1 + 2/df2)
    let distance = |log: f64| cdf(log.exp(), df1, df2) - probability;
    let mut step = (2.0 / df1 + 2.0 / df2).sqrt();
    let (mut low, mut high) = (0.0, 0.0);
    while distance(low) > 0.0 && low > -700.0 {
        (low, step) = (low - step, 2.0 * step);
    }
    while distance(high) < 0.0 && high < 700.0 {
        (high, step) = (high + step, 2.0 * step);
    }
    bracketed(distance, low, high).map(f64::exp)
}

/// P(F > f), without loss where it is small.
pub(crate) fn upper(f: f64, df1: f64, df2: f64) -> f64 {
    if f <= 0.0 { 1.0 } else { cdf(1.0 / f, df2, df1) }
}

/// P(F <= f).
fn cdf(f: f64, df1: f64, df2: f64) -> f64 {
    let (a, b) = (0.5 * df1, 0.5 * df2);
    let x = df1 * f / (df1 * f + df2);
    let y = df2 / (df1 * f + df2);
    // log of x^a y^b / B(a, b), about its maximum at f = 1
    let u = df2 * (f - 1.0) / (df1 * f + df2);
    let v = -df1 * (f - 1.0) / (df1 * f + df2);
    let log_factor =
        a * u.ln_1p() + b * v.ln_1p() + 0.5 * (a * b / (TAU * (a + b))).ln() + stirling_error(a + b)
            - stirling_error(a)
            - stirling_error(b);
    if x <= (a + 1.0) / (a + b + 2.0) {
        log_factor.exp() / a * fraction(a, b, x)
    } else {
        1.0 - log_factor.exp() / b * fraction(b, a, y)
    }
}

/// log Gamma(z) less Stirling's (z - 1/2) log z - z + log(2 pi) / 2.
fn stirling_error(z: f64) -> f64 {
    if z < 16.0 {
        ln_gamma(z) - ((z - 0.5) * z.ln() - z + 0.5 * TAU.ln())
    } else {
        let w = 1.0 / (z * z);
        (1.0 / 12.0 - w * (1.0 / 360.0 - w * (1.0 / 1260.0 - w * (1.0 / 1680.0 - w / 1188.0)))) / z
    }
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let terms = 200 + 10 * a.max(b).sqrt() as usize;
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for m in 1..=terms {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + term * d);
            c = away_from_zero(1.0 + term / c);
            change = c * d;
            value *= change;
        }
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// R 4.2.2: `options(digits = 17); qf(p, df1, df2)`.
    #[test]
    fn quantiles_are_those_of_r() {
        for (p, df1, df2, expected) in [
            (0.975, 9.0, 9.0, 4.025_994_158_282_978),
            (0.975, 99.0, 891.0, 1.3197577046963318),
            (0.975, 599.0, 1797.0, 1.137350987345868),
            (0.025, 599.0, 1797.0, 0.875_429_386_057_505_5),
            (0.975, 19_999.0, 59_997.0, 1.0228244590258713),
        ] {
            assert_relative_eq!(quantile(p, df1, df2).unwrap(), expected, max_relative = 1e-12);
        }
    }

    /// From 400,000 denominator degrees of freedom on, R's `qf` takes df2 as infinite and gives
    /// 1.0027737, where its own `pf` is 0.97382; `pf(1.002801962066937, df1, df2)` is 0.975.
    #[test]
    fn quantile_at_a_million_rows_inverts_pf_of_r() {
        let quantile = quantile(0.975, 999_999.0, 48_999_951.0).unwrap();
        assert_relative_eq!(quantile, 1.002801962066937, max_relative = 1e-12);
    }

    /// F(2, 2) has the closed form P(F <= f) = f / (1 + f); F(1, 1) is a squared Cauchy variable.
    #[test]
    fn quantiles_are_those_of_closed_forms() {
        assert_relative_eq!(quantile(0.9, 2.0, 2.0).unwrap(), 9.0, max_relative = 1e-13);
        let cauchy = (std::f64::consts::PI * 0.975 / 2.0).tan().powi(2);
        assert_relative_eq!(quantile(0.975, 1.0, 1.0).unwrap(), cauchy, max_relative = 1e-12);
        assert_eq!(quantile(0.5, 0.0, 3.0), None);
        assert_eq!(quantile(1.0, 2.0, 3.0), None);
    }
}

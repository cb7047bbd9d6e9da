//! The standard normal distribution in one and two dimensions; limits may be infinite.
//!
//! The bivariate distribution function comes from Owen's T (Owen 1956), by the crate owens-t.

use libm::erfc;
use owens_t::biv_norm;
use statrs::function::erf::erfc_inv;
use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

/// phi(x); 0 at infinity.
pub(crate) fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// P(X < x).
pub(crate) fn distribution(x: f64) -> f64 {
    0.5 * erfc(-x * FRAC_1_SQRT_2)
}

/// P(low < X < high), in the tail where no digits are lost.
pub(crate) fn between(low: f64, high: f64) -> f64 {
    if low > 0.0 { distribution(-low) - distribution(-high) } else { distribution(high) - distribution(low) }
}

/// The x with P(X < x) = p.
pub(crate) fn quantile(p: f64) -> f64 {
    if p > 0.5 {
        return -quantile(1.0 - p);
    }
    // two steps of Newton's take the approximation to full precision
    (0..2).fold(-SQRT_2 * erfc_inv(2.0 * p), |x, _| {
        let slope = density(x);
        if slope > 0.0 { x - (distribution(x) - p) / slope } else { x }
    })
}

/// The density of two normal variables with correlation rho, |rho| < 1; also the derivative of
/// [`distribution_2`] by rho.
pub(crate) fn density_2(h: f64, k: f64, rho: f64) -> f64 {
    if h.is_infinite() || k.is_infinite() {
        return 0.0;
    }
    let rest = (1.0 - rho) * (1.0 + rho);
    (-0.5 * (h * h - 2.0 * rho * h * k + k * k) / rest).exp() / (2.0 * PI * rest.sqrt())
}

/// The derivative of [`density_2`] by rho, given that density.
pub(crate) fn slope_2(h: f64, k: f64, rho: f64, density: f64) -> f64 {
    if density == 0.0 {
        return 0.0;
    }
    let rest = (1.0 - rho) * (1.0 + rho);
    density * (rho / rest + (h * k * (1.0 + rho * rho) - rho * (h * h + k * k)) / (rest * rest))
}

/// P(X < h, Y < k) with correlation rho, |rho| < 1.
pub(crate) fn distribution_2(h: f64, k: f64, rho: f64) -> f64 {
    if h.is_infinite() || k.is_infinite() {
        return distribution(h).min(distribution(k));
    }
    biv_norm(-h, -k, rho)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// P(X < 0, Y < 0) = 1/4 + asin(rho) / (2 pi) (Sheppard 1899).
    #[test]
    fn quadrant_is_sheppards() {
        for rho in [-0.9999_f64, -0.5, 0.0, 0.3, 0.99] {
            let expected = 0.25 + rho.asin() / (2.0 * PI);
            assert_relative_eq!(distribution_2(0.0, 0.0, rho), expected, epsilon = 1e-15);
        }
    }

    #[test]
    fn limits_are_those_of_one_dimension_and_derivatives_those_of_differences() {
        let infinity = f64::INFINITY;
        assert_eq!(distribution_2(-infinity, 1.0, 0.4), 0.0);
        assert_eq!(distribution_2(infinity, 1.0, 0.4), distribution(1.0));
        assert_relative_eq!(distribution_2(30.0, 1.0, 0.4), distribution(1.0), epsilon = 1e-15);
        let (h, k, rho, step) = (0.7, -0.4, 0.35, 1e-5);
        let by_rho = |f: fn(f64, f64, f64) -> f64| (f(h, k, rho + step) - f(h, k, rho - step)) / (2.0 * step);
        assert_relative_eq!(density_2(h, k, rho), by_rho(distribution_2), epsilon = 1e-9);
        let slope = slope_2(h, k, rho, density_2(h, k, rho));
        assert_relative_eq!(slope, by_rho(density_2), epsilon = 1e-9);
    }

    #[test]
    fn quantile_undoes_the_distribution() {
        for x in [-6.0, -2.5, -1e-3, 0.0, 0.4, 1.96, 5.0] {
            assert_relative_eq!(quantile(distribution(x)), x, epsilon = 1e-9, max_relative = 1e-10);
        }
        // R 4.2: qnorm(0.975)
        assert_relative_eq!(quantile(0.975), 1.959_963_984_540_054, epsilon = 1e-14);
    }
}

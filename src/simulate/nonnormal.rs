//! Nonnormal variables with given correlations: Fleishman's polynomials, Vale and Maurelli's matrix.
//!
//! y = -c + b z + c z^2 + d z^3 of a normal z has mean 0, variance 1, skewness g1 and excess kurtosis g2 for
//!
//! ```text
//! b^2 + 6 b d + 2 c^2 + 15 d^2 = 1
//! 2 c (b^2 + 24 b d + 105 d^2 + 2) = g1
//! 24 (b d + c^2 (1 + b^2 + 28 b d) + d^2 (12 + 48 b d + 141 c^2 + 225 d^2)) = g2
//! ```
//!
//! (Fleishman 1978), and two of them made from normal variables with correlation r correlate
//! r (b1 b2 + 3 b1 d2 + 3 d1 b2 + 9 d1 d2) + 2 r^2 c1 c2 + 6 r^3 d1 d2 (Vale & Maurelli 1983).

use crate::error::{Error, Result};
use crate::numeric::root::bracketed;
use nalgebra::{Matrix3, Vector3};

/// The coefficients b, c and d; a is -c.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Polynomial {
    b: f64,
    c: f64,
    d: f64,
}

impl Polynomial {
    /// By Newton's method from the normal variable, in steps towards the wanted moments.
    ///
    /// # Errors
    /// [`Error::BadOption`] where no such polynomial exists: the kurtosis is too small for the skewness.
    pub(super) fn with_moments(skewness: f64, kurtosis: f64) -> Result<Self> {
        let mut x = Vector3::new(1.0, 0.0, 0.0);
        let steps = 20;
        for step in 1..=steps {
            let share = f64::from(step) / f64::from(steps);
            let Some(next) = solve(x, share * skewness, share * kurtosis) else {
                return Err(Error::BadOption {
                    option: "skewness and kurtosis".into(),
                    value: format!("{skewness} and {kurtosis}"),
                    allowed: "an excess kurtosis of about 1.6 skewness^2 - 1.2 or more".into(),
                });
            };
            x = next;
        }
        Ok(Self { b: x[0], c: x[1], d: x[2] })
    }

    pub(super) fn at(self, z: f64) -> f64 {
        -self.c + z * (self.b + z * (self.c + z * self.d))
    }

    /// The correlation of two normal variables whose polynomials correlate `r`; none where there is none.
    pub(super) fn normal_correlation(self, other: Self, r: f64) -> Option<f64> {
        let linear = self.b * other.b + 3.0 * (self.b * other.d + self.d * other.b) + 9.0 * self.d * other.d;
        let f = |x: f64| x * (linear + x * (2.0 * self.c * other.c + x * 6.0 * self.d * other.d)) - r;
        bracketed(f, -1.0, 1.0)
    }
}

fn solve(mut x: Vector3<f64>, skewness: f64, kurtosis: f64) -> Option<Vector3<f64>> {
    for _ in 0..50 {
        let (b, c, d) = (x[0], x[1], x[2]);
        let bd = b * d;
        let inner = 12.0 + 48.0 * bd + 141.0 * c * c + 225.0 * d * d;
        let residual = Vector3::new(
            b * b + 6.0 * bd + 2.0 * c * c + 15.0 * d * d - 1.0,
            2.0 * c * (b * b + 24.0 * bd + 105.0 * d * d + 2.0) - skewness,
            24.0 * (bd + c * c * (1.0 + b * b + 28.0 * bd) + d * d * inner) - kurtosis,
        );
        if residual.amax() < 1e-12 {
            return Some(x);
        }
        let jacobian = Matrix3::new(
            2.0 * b + 6.0 * d,
            4.0 * c,
            6.0 * b + 30.0 * d,
            2.0 * c * (2.0 * b + 24.0 * d),
            2.0 * (b * b + 24.0 * bd + 105.0 * d * d + 2.0),
            2.0 * c * (24.0 * b + 210.0 * d),
            24.0 * (d + c * c * (2.0 * b + 28.0 * d) + d * d * 48.0 * d),
            24.0 * (2.0 * c * (1.0 + b * b + 28.0 * bd) + d * d * 282.0 * c),
            24.0 * (b + 28.0 * b * c * c + 2.0 * d * inner + d * d * (48.0 * b + 450.0 * d)),
        );
        x -= jacobian.lu().solve(&residual)?;
        if !x.iter().all(|v| v.is_finite()) {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// Fleishman (1978, table 1): skewness 1.75, kurtosis 3.75.
    #[test]
    fn the_published_coefficients_come_out() {
        let p = Polynomial::with_moments(1.75, 3.75).unwrap();
        assert_relative_eq!(p.b, 0.929_662_1, epsilon = 1e-5);
        assert_relative_eq!(p.c, 0.399_494_7, epsilon = 1e-5);
        assert_relative_eq!(p.d, -0.036_467_0, epsilon = 1e-5);
        let normal = Polynomial::with_moments(0.0, 0.0).unwrap();
        assert_eq!((normal.b, normal.c, normal.d), (1.0, 0.0, 0.0));
        assert_relative_eq!(normal.normal_correlation(normal, 0.3).unwrap(), 0.3, epsilon = 1e-14);
    }

    #[test]
    fn an_impossible_kurtosis_is_refused() {
        assert!(matches!(Polynomial::with_moments(2.0, 1.0), Err(Error::BadOption { .. })));
    }
}

//! A correlation with what surrounds it: interval, test, ranks, correction for attenuation.
//!
//! ```text
//! interval       tanh(atanh r -+ z / sqrt(n - 3))                    Fisher (1921)
//! t              r sqrt((n - 2) / (1 - r^2)), n - 2 df
//! disattenuated  r / sqrt(reliability of x * reliability of y)        Spearman (1904)
//! ```

use crate::evidence::Interval;
use crate::moments::is_constant;
use crate::numeric::normal;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A product-moment correlation with its interval and test.
///
/// ```
/// use psychometrics::evidence::relations::Association;
/// let found = Association::of(&[1.0, 2.0, 3.0, 4.0, 5.0], &[2.0, 1.0, 4.0, 3.0, 5.0]).unwrap();
/// assert!((found.r - 0.8).abs() < 1e-12);
/// assert_eq!(format!("{:.3}", found.pvalue.unwrap()), "0.104");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Association {
    /// Rows with both values.
    pub n: usize,
    /// The correlation.
    pub r: f64,
    /// Fisher's 95 % interval; none for fewer than four rows.
    pub interval: Option<Interval>,
    /// t of the test that it is zero; none of a correlation of 1 or -1.
    pub t: Option<f64>,
    /// Two-sided p-value.
    pub pvalue: Option<f64>,
}

impl Association {
    /// Of two columns, NaN where a value is missing; none for fewer than three rows with both, or when a column does
    /// not vary in them.
    pub fn of(x: &[f64], y: &[f64]) -> Option<Self> {
        let both: Vec<(f64, f64)> = x
            .iter()
            .copied()
            .zip(y.iter().copied())
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .collect();
        let n = both.len();
        if n < 3 {
            return None;
        }
        let count = n as f64;
        let (mx, my) = (
            both.iter().map(|(x, _)| x).sum::<f64>() / count,
            both.iter().map(|(_, y)| y).sum::<f64>() / count,
        );
        let (mut sxx, mut syy, mut sxy) = (0.0, 0.0, 0.0);
        for (x, y) in &both {
            sxx += (x - mx) * (x - mx);
            syy += (y - my) * (y - my);
            sxy += (x - mx) * (y - my);
        }
        if is_constant(sxx / count, mx) || is_constant(syy / count, my) {
            return None;
        }
        let r = (sxy / (sxx * syy).sqrt()).clamp(-1.0, 1.0);
        let t = (r.abs() < 1.0).then(|| r * ((count - 2.0) / (1.0 - r * r)).sqrt());
        let pvalue =
            t.and_then(|t| Some((2.0 * StudentsT::new(0.0, 1.0, count - 2.0).ok()?.sf(t.abs())).min(1.0)));
        Some(Self { n, r, interval: fisher(r, n), t, pvalue })
    }
}

/// Fisher's 95 % interval of a correlation of `n` rows; none for fewer than four.
pub fn fisher(r: f64, n: usize) -> Option<Interval> {
    if n < 4 || !(r.abs() < 1.0) {
        return None;
    }
    let half = normal::quantile(0.975) / (n as f64 - 3.0).sqrt();
    Some(Interval { lower: (r.atanh() - half).tanh(), upper: (r.atanh() + half).tanh() })
}

/// A correlation corrected for unreliability; none unless both reliabilities are positive.
pub fn disattenuated(r: f64, reliability_x: f64, reliability_y: f64) -> Option<f64> {
    (reliability_x > 0.0 && reliability_y > 0.0).then(|| r / (reliability_x * reliability_y).sqrt())
}

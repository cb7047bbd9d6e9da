//! Intervals of proportions.
//!
//! ```text
//! Clopper-Pearson  lower = x / (x + (n - x + 1) F(1 - a/2; 2(n - x + 1), 2x)), upper likewise    exact (1934)
//! Wilson           (p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)                  score (1927)
//! ```

use crate::evidence::Interval;
use crate::numeric::{f_distribution, normal};

/// The exact 95 % interval of `x` in `n`; none for n = 0.
pub(super) fn clopper_pearson(x: usize, n: usize) -> Option<Interval> {
    let (successes, failures) = (x as f64, n.checked_sub(x)? as f64);
    let limit = |x: f64, rest: f64| {
        let f = f_distribution::quantile(0.975, 2.0 * (rest + 1.0), 2.0 * x)?;
        Some(x / (x + (rest + 1.0) * f))
    };
    if n == 0 {
        return None;
    }
    let lower = if x == 0 { 0.0 } else { limit(successes, failures)? };
    let upper = if x == n { 1.0 } else { 1.0 - limit(failures, successes)? };
    Some(Interval { lower, upper })
}

/// The 95 % score interval of a proportion of `n` (which need not be whole); none for n = 0.
pub(super) fn wilson(share: f64, n: f64) -> Option<Interval> {
    let z = normal::quantile(0.975);
    let (centre, half) =
        (share + z * z / (2.0 * n), z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).max(0.0).sqrt());
    let scale = 1.0 + z * z / n;
    (n > 0.0).then(|| Interval {
        lower: ((centre - half) / scale).max(0.0),
        upper: ((centre + half) / scale).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// R: binom.test(8, 10)$conf.int; prop.test(8, 10, correct = FALSE)$conf.int
    #[test]
    fn intervals_are_those_of_r() {
        let exact = clopper_pearson(8, 10).unwrap();
        assert_relative_eq!(exact.lower, 0.443_904_537_692_359, epsilon = 1e-10);
        assert_relative_eq!(exact.upper, 0.974_789_273_673_167, epsilon = 1e-10);
        let score = wilson(0.8, 10.0).unwrap();
        assert_relative_eq!(score.lower, 0.490_162_471_536_642, epsilon = 1e-10);
        assert_relative_eq!(score.upper, 0.943_317_848_545_625, epsilon = 1e-10);
        assert_eq!(clopper_pearson(0, 5).unwrap().lower, 0.0);
        assert_eq!(clopper_pearson(5, 5).unwrap().upper, 1.0);
        assert_eq!(clopper_pearson(0, 0), None);
    }
}

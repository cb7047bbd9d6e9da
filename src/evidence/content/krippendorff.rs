//! Krippendorff's alpha (2004).
//!
//! ```text
//! 1 - D_o / D_e over all pairs of codes of a unit; distances: nominal 0/1, ordinal (sum of counts between, half of the
//! ends)^2, interval (c - k)^2, ratio ((c - k) / (c + k))^2
//! ```

use super::codes::Codes;
use serde::{Deserialize, Serialize};

/// What the distance between two codes is.
///
/// ```
/// use psychometrics::evidence::content::Metric;
/// assert_eq!("interval".parse(), Ok(Metric::Interval));
/// assert_eq!(Metric::Interval.to_string(), "interval");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Alike or not.
    Nominal,
    /// Ranks.
    Ordinal,
    /// Numbers with equal steps.
    Interval,
    /// Numbers with a zero.
    Ratio,
}

/// Krippendorff's alpha by metric; none when no unit has two codes, or all codes are the same. Labels have the nominal
/// one, and with an order the ordinal one.
///
/// ```
/// use psychometrics::evidence::Resampling;
/// use psychometrics::evidence::content::{Agreement, Codes};
///
/// let codes = [[1.0, 1.0], [2.0, 2.0], [1.0, 2.0], [2.0, 2.0]];
/// let codes = Codes::new(codes.map(|unit| unit.map(Some).to_vec()).to_vec());
/// let found = Agreement::of(&codes, Resampling { replicates: 100, seed: 1 })?;
/// let alpha = &found.krippendorff;
/// // D_o = 2/8, D_e = 2 x 3 x 5 / (8 x 7)
/// assert!((alpha.nominal.unwrap() - (1.0 - 0.25 * 56.0 / 30.0)).abs() < 1e-12);
/// assert!(alpha.nominal == alpha.interval);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Krippendorff {
    /// Nominal.
    pub nominal: Option<f64>,
    /// Ordinal.
    pub ordinal: Option<f64>,
    /// Interval.
    pub interval: Option<f64>,
    /// Ratio; none with negative codes.
    pub ratio: Option<f64>,
}

/// Krippendorff's alpha; none when no unit has two codes, or all codes are the same.
///
/// ```
/// use psychometrics::evidence::content::{Codes, Metric, krippendorff_alpha};
///
/// // Krippendorff's (2004) data: 4 coders, 12 units, 0 for a missing code
/// let coders = [
///     [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
///     [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
/// ];
/// let unit = |u: usize| coders.iter().map(|c| (c[u] > 0).then(|| f64::from(c[u]))).collect();
/// let codes = Codes::new((0..12).map(unit).collect());
/// let alpha = |metric| format!("{:.3}", krippendorff_alpha(&codes, metric).unwrap());
/// assert_eq!(alpha(Metric::Nominal), "0.743");
/// assert_eq!(alpha(Metric::Ordinal), "0.815");
/// assert_eq!(alpha(Metric::Interval), "0.849");
/// assert_eq!(alpha(Metric::Ratio), "0.797");
/// ```
pub fn krippendorff_alpha(codes: &Codes, metric: Metric) -> Option<f64> {
    let counts = codes.counts();
    krippendorff(&codes.categories, &counts, &vec![1; counts.len()], metric)
}

/// Of a sample that has each unit so many times.
pub(super) fn krippendorff(
    categories: &[f64],
    counts: &[Vec<f64>],
    times: &[u32],
    metric: Metric,
) -> Option<f64> {
    let q = categories.len();
    let used = || counts.iter().zip(times).filter(|(u, t)| **t > 0 && u.iter().sum::<f64>() > 1.0);
    let mut totals = vec![0.0; q];
    for (unit, t) in used() {
        unit.iter().zip(&mut totals).for_each(|(x, s)| *s += f64::from(*t) * x);
    }
    let n: f64 = totals.iter().sum();
    // ranks: all codes below, and half of those alike
    let mut below = 0.0;
    let ranks: Vec<f64> = totals
        .iter()
        .map(|t| {
            below += t;
            below - 0.5 * t
        })
        .collect();
    let distance = |c: usize, k: usize| match metric {
        Metric::Nominal => {
            if c == k {
                0.0
            } else {
                1.0
            }
        }
        Metric::Ordinal => (ranks[c] - ranks[k]).powi(2),
        Metric::Interval => (categories[c] - categories[k]).powi(2),
        Metric::Ratio => {
            let sum = categories[c] + categories[k];
            if sum == 0.0 { 0.0 } else { ((categories[c] - categories[k]) / sum).powi(2) }
        }
    };
    let pairs = |counts: &[f64]| -> f64 {
        let own = |c: usize| (0..q).map(|k| counts[k] * distance(c, k)).sum::<f64>();
        (0..q).filter(|c| counts[*c] > 0.0).map(|c| counts[c] * own(c)).sum()
    };
    let observed: f64 =
        used().map(|(unit, t)| f64::from(*t) * pairs(unit) / (unit.iter().sum::<f64>() - 1.0)).sum();
    let expected = pairs(&totals) / (n - 1.0);
    // squares of codes too large for a number give none
    (n > 1.0 && expected > 0.0).then(|| 1.0 - observed / expected).filter(|alpha| alpha.is_finite())
}

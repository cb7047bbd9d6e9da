//! Gwet's coefficients (2008, 2014).
//!
//! ```text
//! AC1  e = sum_k p_k (1 - p_k) / (q - 1)
//! AC2  with weights: e = T sum_k p_k (1 - p_k) / (q (q - 1)), T the sum of all weights
//! ```

use super::beyond_chance::{beyond_chance, observed};
use super::codes::Codes;
use serde::{Deserialize, Serialize};

/// Gwet's coefficients.
///
/// ```
/// use psychometrics::evidence::content::{Codes, gwet};
///
/// let codes = [[1.0, 1.0], [2.0, 2.0], [1.0, 2.0], [2.0, 2.0]];
/// let found = gwet(&Codes::new(codes.map(|unit| unit.map(Some).to_vec()).to_vec())).unwrap();
/// // 3 of 8 codes are 1: e = 2 (3/8) (5/8), and (3/4 - e) / (1 - e)
/// assert!((found.ac1.unwrap() - (0.75 - 30.0 / 64.0) / (1.0 - 30.0 / 64.0)).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Gwet {
    /// AC1.
    pub ac1: Option<f64>,
    /// AC2 with quadratic weights; none of labels without an order.
    pub ac2: Option<f64>,
    /// AC2 with linear weights; none of labels without an order.
    pub ac2_linear: Option<f64>,
}

/// Gwet's coefficients; none when no unit has two codes.
pub fn gwet(codes: &Codes) -> Option<Gwet> {
    let counts = codes.counts();
    let found = gwet_of(codes, &counts, &vec![1; counts.len()]);
    (found != Gwet::default()).then_some(found)
}

/// Of a sample that has each unit so many times.
pub(super) fn gwet_of(codes: &Codes, counts: &[Vec<f64>], times: &[u32]) -> Gwet {
    let q = codes.categories.len();
    if q < 2 {
        return Gwet::default();
    }
    let range = codes.categories[q - 1] - codes.categories[0];
    let distance = |k: usize, l: usize| (codes.categories[k] - codes.categories[l]).abs() / range;
    let (mut shares, mut units) = (vec![0.0; q], 0.0);
    for (unit, t) in counts.iter().zip(times) {
        let r: f64 = unit.iter().sum();
        if r > 0.0 {
            unit.iter().zip(&mut shares).for_each(|(x, s)| *s += f64::from(*t) * x / r);
            units += f64::from(*t);
        }
    }
    let spread: f64 = shares.iter().map(|s| s / units * (1.0 - s / units)).sum();
    let with = |weight: &dyn Fn(usize, usize) -> f64| {
        let total: f64 = (0..q).flat_map(|k| (0..q).map(move |l| (k, l))).map(|(k, l)| weight(k, l)).sum();
        beyond_chance(observed(counts, times, weight)?, total * spread / (q as f64 * (q as f64 - 1.0)))
    };
    let ranked = |weight: &dyn Fn(usize, usize) -> f64| codes.ordered.then(|| with(weight)).flatten();
    Gwet {
        ac1: with(&|k, l| if k == l { 1.0 } else { 0.0 }),
        ac2: ranked(&|k, l| 1.0 - distance(k, l).powi(2)),
        ac2_linear: ranked(&|k, l| 1.0 - distance(k, l)),
    }
}

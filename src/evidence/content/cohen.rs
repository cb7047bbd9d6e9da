//! Cohen's kappa (1960; 1968 with weights) of each pair of coders.
//!
//! ```text
//! e = sum_k p_k q_k, weights w_kl = 1 - |k - l| / range (linear) or 1 - (k - l)^2 / range^2 (quadratic)
//! ```

use super::beyond_chance::beyond_chance;
use super::codes::Codes;
use serde::{Deserialize, Serialize};

/// Cohen's kappa of two coders.
///
/// ```
/// use psychometrics::evidence::Resampling;
/// use psychometrics::evidence::content::{Agreement, Codes};
///
/// let codes = [[1.0, 1.0], [2.0, 2.0], [1.0, 2.0], [2.0, 2.0]];
/// let codes = Codes::new(codes.map(|unit| unit.map(Some).to_vec()).to_vec());
/// let found = Agreement::of(&codes, Resampling { replicates: 100, seed: 1 })?;
/// let pair = &found.pairs[0];
/// // alike in 3 of 4, by chance in 2 of 4
/// assert_eq!((pair.n, pair.percent, pair.kappa), (4, Some(0.75), Some(0.5)));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CohenPair {
    /// One coder.
    pub first: String,
    /// The other.
    pub second: String,
    /// Units that both coded.
    pub n: usize,
    /// Share of them coded alike.
    pub percent: Option<f64>,
    /// Kappa; none when chance alone would agree on all.
    pub kappa: Option<f64>,
    /// Kappa with linear weights.
    pub linear: Option<f64>,
    /// Kappa with quadratic weights.
    pub quadratic: Option<f64>,
}

pub(super) fn cohen_pairs(codes: &Codes) -> Vec<CohenPair> {
    let m = codes.coders.len();
    let pair = |(i, j): (usize, usize)| {
        let both: Vec<(usize, usize)> =
            codes.codes.iter().filter_map(|row| Some((row[i]?, row[j]?))).collect();
        let q = codes.categories.len();
        let range = codes.categories.last().zip(codes.categories.first()).map_or(0.0, |(a, b)| a - b);
        let distance = |k: usize, l: usize| (codes.categories[k] - codes.categories[l]).abs() / range;
        let n = both.len() as f64;
        let margin = |of: &dyn Fn(&(usize, usize)) -> usize| {
            let mut shares = vec![0.0; q];
            both.iter().for_each(|b| shares[of(b)] += 1.0 / n);
            shares
        };
        let (p, r) = (margin(&|b| b.0), margin(&|b| b.1));
        let kappa = |weight: &dyn Fn(usize, usize) -> f64| {
            if both.is_empty() {
                return None;
            }
            let observed = both.iter().map(|(k, l)| weight(*k, *l)).sum::<f64>() / n;
            let cells = (0..q).flat_map(|k| (0..q).map(move |l| (k, l)));
            beyond_chance(observed, cells.map(|(k, l)| weight(k, l) * p[k] * r[l]).sum())
        };
        let ranked = |weight: &dyn Fn(usize, usize) -> f64| {
            (codes.ordered && range > 0.0).then(|| kappa(weight)).flatten()
        };
        CohenPair {
            first: codes.coders[i].clone(),
            second: codes.coders[j].clone(),
            n: both.len(),
            percent: (!both.is_empty()).then(|| both.iter().filter(|(k, l)| k == l).count() as f64 / n),
            kappa: kappa(&|k, l| if k == l { 1.0 } else { 0.0 }),
            linear: ranked(&|k, l| 1.0 - distance(k, l)),
            quadratic: ranked(&|k, l| 1.0 - distance(k, l).powi(2)),
        }
    };
    (0..m).flat_map(|i| (i + 1..m).map(move |j| (i, j))).map(pair).collect()
}

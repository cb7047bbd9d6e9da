//! Reliability of a sum of scales that do not measure one thing.
//!
//! ```text
//! stratified alpha  1 - sum_s v_s (1 - a_s) / v        v_s, a_s variance and alpha of each stratum, v of the whole
//! ```
//!
//! Cronbach, Schonemann & McKie (1965), Educational and Psychological Measurement 25, 291-312. A stratum of a single
//! item counts as unreliable altogether (alpha 0).

use super::matrices::ScaleMatrices;
use crate::error::{Error, Result};
use crate::moments::Moments;

/// Stratified alpha of the sum of all items in the strata; none when that sum does not vary.
///
/// ```
/// use psychometrics::evidence::internal_structure::stratified_alpha;
/// use psychometrics::moments::Moments;
///
/// let lower = [2.0, 1.0, 2.0, 0.5, 0.5, 2.0, 0.5, 0.5, 1.0, 2.0];
/// let moments = Moments::from_lower_triangle(&["a", "b", "c", "d"], &lower, 100)?;
/// // both strata: variance 6, alpha 2/3; the whole: variance 16
/// let alpha = stratified_alpha(&moments, &[vec!["a".into(), "b".into()], vec!["c".into(), "d".into()]])?;
/// assert!((alpha.unwrap() - (1.0 - 2.0 * 6.0 * (1.0 / 3.0) / 16.0)).abs() < 1e-12);
/// # Ok::<(), psychometrics::Error>(())
/// ```
///
/// # Errors
/// [`Error::UnknownColumn`] for an item without moments, [`Error::TooFewItems`] without strata, and as
/// [`Alpha::of`](super::Alpha::of).
pub fn stratified_alpha(moments: &Moments, strata: &[Vec<String>]) -> Result<Option<f64>> {
    let all: Vec<&str> = strata.iter().flatten().map(String::as_str).collect();
    if strata.is_empty() {
        return Err(Error::TooFewItems { what: "stratified alpha".into(), needed: 2, found: 0 });
    }
    let whole = ScaleMatrices::of(&moments.select(&all)?, "stratified alpha")?;
    let mut start = 0;
    let mut error = 0.0;
    for stratum in strata {
        let k = stratum.len();
        let block = whole.covariance.view((start, start), (k, k));
        let (variance, trace) = (block.sum(), block.trace());
        start += k;
        let alpha = if k > 1 { k as f64 / (k as f64 - 1.0) * (1.0 - trace / variance) } else { 0.0 };
        if variance > 0.0 {
            error += variance * (1.0 - alpha);
        }
    }
    let total = whole.covariance_sums.sum;
    Ok((total > 1e-12 * whole.covariance_sums.trace).then(|| 1.0 - error / total))
}

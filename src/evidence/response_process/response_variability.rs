//! Intra-individual response variability: how much one respondent's answers differ.
//!
//! ```text
//! IRV = sqrt(sum_j (x_j - mean x)^2 / (k - 1))        over the k items that were answered
//! ```
//!
//! Dunn, Heggestad, Shanock & Theilgard (2018), Journal of Business and Psychology 33, 105-121; the inter-item standard
//! deviation of Marjanovic et al. (2015), Personality and Individual Differences 84, 79-83.

/// Flagged where the answers do not differ at all. The literature gives no other absolute cutoff: it compares with the
/// lowest of the sample, which would flag somebody in every sample.
pub const RESPONSE_VARIABILITY_CUTOFF: f64 = 0.0;
/// Fewest answers of which it is flagged; a convention of this library.
pub(super) const FEWEST_ANSWERS: usize = 4;

/// Standard deviation of one respondent's answers as they were given (before any item is reversed), divisor k - 1; none
/// for fewer than two answers.
///
/// ```
/// use psychometrics::evidence::response_process::response_variability;
/// // mean 3, squares 4 + 1 + 0 + 1 + 4 = 10, 10 / 4 = 2.5
/// let irv = response_variability(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
/// assert!((irv - 2.5f64.sqrt()).abs() < 1e-12);
/// assert_eq!(response_variability(&[3.0, f64::NAN]), None);
/// ```
pub fn response_variability(answers: &[f64]) -> Option<f64> {
    let given: Vec<f64> = answers.iter().copied().filter(|x| !x.is_nan()).collect();
    if given.len() < 2 {
        return None;
    }
    if given.iter().all(|x| *x == given[0]) {
        return Some(0.0);
    }
    let k = given.len() as f64;
    let mean = given.iter().sum::<f64>() / k;
    let sd = (given.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (k - 1.0)).sqrt();
    // of answers whose squares are no numbers there is none
    Some(sd).filter(|sd| sd.is_finite())
}

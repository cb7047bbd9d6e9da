//! How far a score may be off.
//!
//! ```text
//! SEM  sd sqrt(1 - reliability)                standard error of measurement
//! SDC  1.96 sqrt(2) SEM                        smallest detectable change of one person
//! conditional SEM^2 of a sum of k items in [low, high] at score x:
//!      (x - k low)(k high - x) / (k (high - low) - 1) (1 - reliability) / (1 - KR21)
//! ```
//!
//! de Vet et al. (2006), Health and Quality of Life Outcomes 4, 54; Lord (1955), with Keats's (1957) correction, for the
//! conditional one: of the binomial error model, scaled so that its mean agrees with the reliability.

use serde::{Deserialize, Serialize};

/// Measurement error of a score.
///
/// ```
/// use psychometrics::evidence::internal_structure::MeasurementError;
/// let error = MeasurementError::of(10.0, 0.84).unwrap();
/// assert!((error.sem - 4.0).abs() < 1e-12); // 10 sqrt(1 - .84)
/// assert!((error.sdc - 1.96 * 2f64.sqrt() * 4.0).abs() < 1e-3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MeasurementError {
    /// Standard deviation of the score, divisor N - 1.
    pub sd: f64,
    /// The reliability that was taken.
    pub reliability: f64,
    /// Standard error of measurement, in units of the score.
    pub sem: f64,
    /// Smallest detectable change of one person, 95 %.
    pub sdc: f64,
}

impl MeasurementError {
    /// Of a score with a standard deviation and a reliability; none unless 0 <= reliability <= 1.
    ///
    /// ```
    /// use psychometrics::evidence::internal_structure::MeasurementError;
    /// let error = MeasurementError::of(10.0, 0.91).unwrap();
    /// assert_eq!((format!("{:.1}", error.sem), format!("{:.2}", error.sdc)), ("3.0".into(), "8.32".into()));
    /// ```
    pub fn of(sd: f64, reliability: f64) -> Option<Self> {
        if !(0.0..=1.0).contains(&reliability) || !(sd >= 0.0) {
            return None;
        }
        let sem = sd * (1.0 - reliability).sqrt();
        Some(Self { sd, reliability, sem, sdc: 1.96 * 2.0f64.sqrt() * sem })
    }
}

/// The standard error of measurement at a score.
///
/// ```
/// use psychometrics::evidence::internal_structure::{ScaleItem, ScaleStudy};
/// use psychometrics::data::Dataset;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let items = names.map(|name| ScaleItem::new(name).ranging(1.0, 5.0));
/// let errors = ScaleStudy::default().of(&items, data.numeric(&names)?.view())?.conditional;
/// // the error is largest in the middle, and none at the ends
/// assert_eq!((errors[0].score, errors[0].sem, errors.len()), (1.0, 0.0, 17));
/// assert_eq!(format!("{:.3} {:.3}", errors[8].score, errors[8].sem), "3.000 0.573");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConditionalError {
    /// Score, as the mean of the items.
    pub score: f64,
    /// Standard error of measurement there.
    pub sem: f64,
}

/// The standard error of measurement at each step of a mean score of `k` items with answers from `low` to `high`, given
/// mean and standard deviation (divisor N - 1) of the score and its reliability; empty where the binomial error model
/// does not hold (KR-21 of 1 or more, or below 0).
pub fn conditional_errors(
    k: usize,
    (low, high): (f64, f64),
    mean: f64,
    sd: f64,
    reliability: f64,
) -> Vec<ConditionalError> {
    let items = k as f64;
    let steps = items * (high - low);
    let (mean, variance) = (items * (mean - low), (items * sd).powi(2));
    let kr21 = steps / (steps - 1.0) * (1.0 - mean * (steps - mean) / (steps * variance));
    if !(steps > 1.0 && variance > 0.0 && (0.0..1.0).contains(&kr21) && (0.0..=1.0).contains(&reliability)) {
        return Vec::new();
    }
    let scale = (1.0 - reliability) / (1.0 - kr21);
    (0..=steps.round() as usize)
        .map(|x| {
            let x = x as f64;
            let sem = (x * (steps - x) / (steps - 1.0) * scale).max(0.0).sqrt() / items;
            ConditionalError { score: low + x / items, sem }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn without_a_reliability_there_is_none() {
        assert_eq!(MeasurementError::of(1.0, -0.1), None);
        assert_eq!(MeasurementError::of(f64::NAN, 0.5), None);
        assert_eq!(MeasurementError::of(2.0, 1.0).unwrap().sem, 0.0);
    }

    /// Lord's (1955) own case: x (k - x) / (k - 1) for k right-or-wrong items when reliability is KR-21.
    #[test]
    fn of_right_or_wrong_items_it_is_lords() {
        let (k, mean, sd) = (20, 0.6, 0.2);
        let (m, v) = (12.0, 16.0);
        let kr21 = 20.0 / 19.0 * (1.0 - m * (20.0 - m) / (20.0 * v));
        let errors = conditional_errors(k, (0.0, 1.0), mean, sd, kr21);
        assert_eq!(errors.len(), 21);
        assert_relative_eq!(errors[5].sem * 20.0, (5.0 * 15.0 / 19.0f64).sqrt(), epsilon = 1e-12);
        assert_eq!((errors[0].sem, errors[20].sem), (0.0, 0.0));
    }
}

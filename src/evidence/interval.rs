//! An interval around an estimate.

use serde::{Deserialize, Serialize};

/// The limits of an interval; its level stands beside it in the result.
///
/// ```
/// use psychometrics::evidence::relations::fisher;
/// let interval = fisher(0.5, 103).unwrap();
/// assert_eq!(format!("{:.3} to {:.3}", interval.lower, interval.upper), "0.339 to 0.632");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Interval {
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

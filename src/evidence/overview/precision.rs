//! Whether a score is precise enough for decisions about persons.

use crate::evidence::dimension_evidence::ScaleEvidence;

/// Alpha from which, over its interval, a score serves decisions about persons (Nunnally & Bernstein 1994).
const PERSONS: f64 = 0.90;

/// Whether a score is precise enough for persons: the interval of alpha lies above .90.
pub(super) fn is_precise(scale: &ScaleEvidence) -> bool {
    let interval = scale.reliability.as_ref().and_then(|own| own.alpha.feldt);
    interval.is_some_and(|interval| interval.lower >= PERSONS)
}

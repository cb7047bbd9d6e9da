//! The nomological net: declared expectations against what was found.
//!
//! A hypothesis is confirmed when its estimate has the expected sign, is at least as large as expected, and its 95 %
//! interval leaves out zero; of an expected absence, when the whole interval lies within the size given (.10 where none
//! is). COSMIN rates construct validity sufficient when at least 75 % of the hypotheses are confirmed (Prinsen et al.
//! 2018, Quality of Life Research 27, table 1). Estimates are correlations: of factors with factors and variables from a
//! model, of two variables as observed.

use crate::construct::{Hypothesis, Sign};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Share of the hypotheses that must be confirmed.
pub const COSMIN_SHARE: f64 = 0.75;
/// Largest relation that counts as none, where a hypothesis names no size.
const NONE: f64 = 0.1;

/// A hypothesis with its test.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let first = &evidence.hypotheses[0];
/// assert_eq!(
///     (first.id.as_str(), first.from.as_str(), first.at_least, first.confirmed),
///     ("H1", "hr_intervention", Some(0.1), Some(true))
/// );
/// assert_eq!(format!("{:.3}", first.estimate.unwrap()), "0.188");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TestedHypothesis {
    /// Id.
    pub id: String,
    /// One end.
    pub from: String,
    /// The other.
    pub to: String,
    /// Expected sign.
    pub sign: Sign,
    /// Expected size.
    pub at_least: Option<f64>,
    /// What the expectation rests on.
    pub source: String,
    /// The correlation; none where it could not be estimated.
    pub estimate: Option<f64>,
    /// Lower end of its 95 % interval.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// Respondents.
    pub n: Option<usize>,
    /// `latent` or `observed`.
    pub metric: Option<Cow<'static, str>>,
    /// Whether it is confirmed; none where it could not be tested.
    pub confirmed: Option<bool>,
    /// Why it could not be tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An estimated relation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Relation {
    pub(crate) estimate: f64,
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    pub(crate) n: usize,
    pub(crate) metric: &'static str,
}

/// How many hypotheses were confirmed.
///
/// ```
/// use psychometrics::evidence::relations::HypothesisTally;
/// let none = HypothesisTally::of(&[]);
/// assert_eq!((none.declared, none.share), (0, None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HypothesisTally {
    /// Hypotheses.
    pub declared: usize,
    /// Those that could be tested.
    pub tested: usize,
    /// Those that were confirmed.
    pub confirmed: usize,
    /// Share of the tested ones; none without any.
    pub share: Option<f64>,
    /// COSMIN's rating: sufficient from 75 % on; none without a tested hypothesis.
    pub sufficient: Option<bool>,
}

impl HypothesisTally {
    /// Of tested hypotheses.
    pub fn of(tested: &[TestedHypothesis]) -> Self {
        let count = tested.iter().filter(|h| h.confirmed.is_some()).count();
        let confirmed = tested.iter().filter(|h| h.confirmed == Some(true)).count();
        let share = (count > 0).then(|| confirmed as f64 / count as f64);
        Self {
            declared: tested.len(),
            tested: count,
            confirmed,
            share,
            sufficient: share.map(|share| share >= COSMIN_SHARE),
        }
    }
}

impl TestedHypothesis {
    /// A hypothesis with what was found, or why nothing was.
    pub(crate) fn with(hypothesis: &Hypothesis, found: Result<Relation, String>) -> Self {
        let confirmed = found.as_ref().ok().map(|r| confirmed(hypothesis, r));
        let relation = found.as_ref().ok().copied();
        Self {
            id: hypothesis.id.clone(),
            from: hypothesis.from.clone(),
            to: hypothesis.to.clone(),
            sign: hypothesis.sign,
            at_least: hypothesis.at_least,
            source: hypothesis.source.clone(),
            estimate: relation.map(|r| r.estimate),
            lower: relation.map(|r| r.lower),
            upper: relation.map(|r| r.upper),
            n: relation.map(|r| r.n),
            metric: (relation.map(|r| r.metric)).map(Into::into),
            confirmed,
            reason: found.err(),
        }
    }
}

fn confirmed(hypothesis: &Hypothesis, found: &Relation) -> bool {
    match hypothesis.sign {
        Sign::Positive => found.estimate >= hypothesis.at_least.unwrap_or(0.0) && found.lower > 0.0,
        Sign::Negative => found.estimate <= -hypothesis.at_least.unwrap_or(0.0) && found.upper < 0.0,
        Sign::None => {
            let size = hypothesis.at_least.unwrap_or(NONE);
            found.lower > -size && found.upper < size
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hypothesis(sign: Sign, at_least: Option<f64>) -> Hypothesis {
        let text = |s: &str| s.to_string();
        Hypothesis { id: text("H"), from: text("a"), to: text("b"), sign, at_least, source: String::new() }
    }

    fn found(estimate: f64, half: f64) -> Relation {
        Relation { estimate, lower: estimate - half, upper: estimate + half, n: 100, metric: "latent" }
    }

    #[test]
    fn sign_size_and_interval_must_agree() {
        let positive = hypothesis(Sign::Positive, Some(0.2));
        assert!(confirmed(&positive, &found(0.25, 0.1)));
        assert!(!confirmed(&positive, &found(0.15, 0.1)), "too small");
        assert!(!confirmed(&positive, &found(0.25, 0.3)), "the interval holds zero");
        assert!(confirmed(&hypothesis(Sign::Negative, None), &found(-0.25, 0.1)));
        assert!(!confirmed(&hypothesis(Sign::Negative, None), &found(0.25, 0.1)));
        assert!(confirmed(&hypothesis(Sign::None, None), &found(0.02, 0.05)));
        assert!(!confirmed(&hypothesis(Sign::None, None), &found(0.02, 0.1)));
    }

    #[test]
    fn three_of_four_are_enough() {
        let test = |ok| TestedHypothesis::with(&hypothesis(Sign::Positive, None), ok);
        let (yes, no) = (Ok(found(0.3, 0.1)), Ok(found(-0.3, 0.1)));
        let three =
            [test(yes.clone()), test(yes.clone()), test(yes), test(no.clone()), test(Err("unknown".into()))];
        let tally = HypothesisTally::of(&three);
        assert_eq!((tally.declared, tally.tested, tally.confirmed, tally.sufficient), (5, 4, 3, Some(true)));
        assert_eq!(HypothesisTally::of(&[test(no)]).sufficient, Some(false));
        assert_eq!(HypothesisTally::of(&[]).sufficient, None);
    }
}

//! Whether a step holds: the difference test, and rules for the change of fit, each named.
//!
//! | rule | a step does not hold when | studied with |
//! |---|---|---|
//! | Chen (2007) | CFI falls by .010 or more and RMSEA rises by .015 or SRMR by .030 (loadings) or .010 (later steps); with 300 respondents or fewer, or groups of unequal size, .005, .010, .025 and .005 | two groups, maximum likelihood, numbers |
//! | Cheung & Rensvold (2002) | CFI falls by more than .010 | two groups of 150 to 300, maximum likelihood, numbers |
//! | Rutkowski & Svetina (2014) | loadings: CFI falls by more than .020, RMSEA rises by more than .030; later steps: both .010 | 10 or 20 groups, numbers |
//!
//! The rules are applied to three decimals. Of ordinal items, and of more groups than two (Chen; Cheung and Rensvold) or fewer than
//! ten (Rutkowski and Svetina), they were not studied: with ordinal items they are shown and do not decide. Rutkowski and
//! Svetina's takes the place of the other two from ten groups on.

use super::level::Level;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Groups from which on Rutkowski and Svetina's rule applies.
const MANY_GROUPS: usize = 10;
/// Respondents up to which Chen's stricter criteria apply.
const SMALL_SAMPLE: usize = 300;
/// Ratio of the largest to the smallest group from which on sizes count as unequal.
const UNEQUAL: f64 = 1.5;
/// Level of the difference test.
pub(super) const ALPHA: f64 = 0.05;

/// What a rule says of a step.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let rules = &study.comparisons[1].rules;
/// assert_eq!(rules.iter().filter(|own| own.decides && own.holds == Some(false)).count(), 3);
/// assert_eq!(rules[0].rule, "difference test");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleOutcome {
    /// The rule, with its year.
    pub rule: String,
    /// What it asks.
    pub criterion: String,
    /// Whether the step holds by it; none where a number that it needs does not exist.
    pub holds: Option<bool>,
    /// Whether it was studied for such data, and takes part in the verdict.
    pub decides: bool,
}

/// What the test and the rules come to.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// use psychometrics::evidence::internal_structure::RungVerdict;
/// // equal loadings hold, equal intercepts do not
/// assert_eq!(study.comparisons[0].verdict, RungVerdict::Holds);
/// assert_eq!(study.comparisons[1].verdict, RungVerdict::Fails);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RungVerdict {
    /// All that decide say that it holds.
    Holds,
    /// All say that it does not.
    Fails,
    /// They do not say the same.
    Disagree,
    /// Nothing decides: a fit without a solution, models that cannot be tested against each other.
    Unknown,
}

impl RungVerdict {
    pub(super) fn of(rules: &[RuleOutcome]) -> Self {
        let said: Vec<bool> =
            rules.iter().filter(|rule| rule.decides).filter_map(|rule| rule.holds).collect();
        match (said.iter().all(|holds| *holds), said.iter().any(|holds| *holds)) {
            _ if said.is_empty() => Self::Unknown,
            (true, _) => Self::Holds,
            (_, false) => Self::Fails,
            _ => Self::Disagree,
        }
    }
}

impl fmt::Display for RungVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Disagree => "rules disagree",
            Self::Unknown => "unknown",
        })
    }
}

/// Changes of fit from the freer to the restricted model.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Changes {
    pub(super) pvalue: Option<f64>,
    pub(super) cfi: Option<f64>,
    pub(super) rmsea: Option<f64>,
    pub(super) srmr: Option<f64>,
}

/// Who was asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances<'a> {
    pub(super) nobs: &'a [usize],
    pub(super) is_ordinal: bool,
}

/// To the decimals that the rules are stated in.
fn rounded(x: f64) -> f64 {
    (x * 1000.0).round() / 1000.0
}

pub(super) fn rules(level: Level, changes: Changes, at: Circumstances<'_>) -> Vec<RuleOutcome> {
    let fit_decides = !at.is_ordinal;
    let is_early = matches!(level, Level::Thresholds | Level::Metric);
    let (cfi, rmsea, srmr) =
        (changes.cfi.map(rounded), changes.rmsea.map(rounded), changes.srmr.map(rounded));
    let mut rules = vec![RuleOutcome {
        rule: "difference test".into(),
        criterion: format!("p >= {ALPHA}"),
        holds: changes.pvalue.map(|p| p >= ALPHA),
        decides: true,
    }];
    if at.nobs.len() >= MANY_GROUPS {
        let (fall, rise) = if is_early { (0.020, 0.030) } else { (0.010, 0.010) };
        rules.push(RuleOutcome {
            rule: "Rutkowski & Svetina (2014)".into(),
            criterion: format!("CFI falls by no more than {fall:.3}, RMSEA rises by no more than {rise:.3}"),
            holds: cfi.zip(rmsea).map(|(cfi, rmsea)| cfi >= -fall && rmsea <= rise),
            decides: fit_decides,
        });
        return rules;
    }
    let n: usize = at.nobs.iter().sum();
    let (most, least) =
        (at.nobs.iter().max().copied().unwrap_or(0), at.nobs.iter().min().copied().unwrap_or(0));
    let is_unequal = most as f64 > UNEQUAL * least as f64;
    let (fall, rise, residual) = match (n <= SMALL_SAMPLE || is_unequal, is_early) {
        (false, true) => (0.010, 0.015, 0.030),
        (false, false) => (0.010, 0.015, 0.010),
        (true, true) => (0.005, 0.010, 0.025),
        (true, false) => (0.005, 0.010, 0.005),
    };
    let chen = || {
        let (cfi, rmsea, srmr) = (cfi?, rmsea?, srmr?);
        Some(!(cfi <= -fall && (rmsea >= rise || srmr >= residual)))
    };
    rules.push(RuleOutcome {
        rule: "Chen (2007)".into(),
        criterion: format!(
            "not both: CFI falls by {fall:.3} or more, and RMSEA rises by {rise:.3} or SRMR by {residual:.3} or more"
        ),
        holds: chen(),
        decides: fit_decides,
    });
    rules.push(RuleOutcome {
        rule: "Cheung & Rensvold (2002)".into(),
        criterion: "CFI falls by no more than 0.010".into(),
        holds: cfi.map(|cfi| cfi >= -0.010),
        decides: fit_decides,
    });
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(level: Level, nobs: &[usize], cfi: f64, rmsea: f64, srmr: f64, p: f64) -> Vec<Option<bool>> {
        let changes = Changes { pvalue: Some(p), cfi: Some(cfi), rmsea: Some(rmsea), srmr: Some(srmr) };
        rules(level, changes, Circumstances { nobs, is_ordinal: false })
            .iter()
            .map(|rule| rule.holds)
            .collect()
    }

    #[test]
    fn rules_differ_by_step_sample_and_groups() {
        let large = [400, 400];
        let all = |x| vec![Some(x); 3];
        assert_eq!(said(Level::Metric, &large, -0.004, 0.002, 0.010, 0.3), all(true));
        assert_eq!(said(Level::Scalar, &large, -0.020, 0.016, 0.012, 0.001), all(false));
        // a fall of CFI that RMSEA and SRMR do not bear out
        assert_eq!(
            said(Level::Metric, &large, -0.011, 0.004, 0.010, 0.3),
            [Some(true), Some(true), Some(false)]
        );
        // the same in a small sample, and with unequal groups
        assert_eq!(said(Level::Metric, &[150, 150], -0.006, 0.011, 0.0, 0.3)[1], Some(false));
        assert_eq!(said(Level::Metric, &[900, 300], -0.006, 0.011, 0.0, 0.3)[1], Some(false));
        assert_eq!(said(Level::Metric, &large, -0.006, 0.011, 0.0, 0.3)[1], Some(true));
        // ten groups
        assert_eq!(said(Level::Metric, &[400; 10], -0.019, 0.029, 0.1, 0.3), [Some(true), Some(true)]);
        assert_eq!(said(Level::Scalar, &[400; 10], -0.019, 0.029, 0.1, 0.3), [Some(true), Some(false)]);
    }

    #[test]
    fn a_verdict_needs_somebody_who_decides() {
        let outcome =
            |holds, decides| RuleOutcome { rule: "r".into(), criterion: "c".into(), holds, decides };
        assert_eq!(
            RungVerdict::of(&[outcome(Some(true), true), outcome(Some(false), false)]),
            RungVerdict::Holds
        );
        assert_eq!(
            RungVerdict::of(&[outcome(Some(true), true), outcome(Some(false), true)]),
            RungVerdict::Disagree
        );
        assert_eq!(RungVerdict::of(&[outcome(None, true)]), RungVerdict::Unknown);
    }
}

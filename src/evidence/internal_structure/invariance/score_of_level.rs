//! Score tests of what a step of the ladder holds equal, each by itself.

use super::level::Level;
use super::rung::Rung;
use crate::estimate::{ExpectedChange, Fit, ScoreTest};
use serde::{Deserialize, Serialize};

/// A score test of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LevelScore {
    /// The step.
    pub level: String,
    /// The parameter; `all` for all equalities together.
    pub parameter: String,
    /// The statistic to decide by: robust where there is one.
    pub statistic: f64,
    /// Its degrees of freedom: the rank of what is released.
    pub df: usize,
    /// Its p-value.
    pub pvalue: Option<f64>,
    /// Expected change in the last group, in the units of the variables; none for several parameters.
    pub epc: Option<f64>,
    /// The same with all variables standardised.
    #[serde(rename = "epc.std")]
    pub standardized: Option<f64>,
    /// Whether the statistic is the robust one.
    pub robust: bool,
    /// The statistic that is not robust.
    #[serde(rename = "statistic.unscaled")]
    pub unscaled: f64,
    /// What the parameter would be in each group.
    pub changes: Vec<ExpectedChange>,
}

impl LevelScore {
    fn of(level: &str, test: ScoreTest) -> Self {
        let last = test.changes.last();
        Self {
            level: level.into(),
            statistic: test.robust.unwrap_or(test.statistic),
            df: test.df,
            pvalue: test.decisive(),
            epc: last.map(|change| change.epc),
            standardized: last.and_then(|change| change.standardized),
            robust: test.robust.is_some(),
            unscaled: test.statistic,
            parameter: test.parameter,
            changes: test.changes,
        }
    }
}

/// The score tests of every step that holds something equal and has a solution.
pub(super) fn scores_of<'a>(steps: impl Iterator<Item = (&'a Rung, &'a Fit)>) -> Vec<LevelScore> {
    let mut scores = Vec::new();
    for (rung, fit) in steps.filter(|(rung, fit)| rung.kind != Level::Configural && fit.converged) {
        let Ok(tests) = fit.score_tests() else { continue };
        scores.extend(tests.total.into_iter().chain(tests.tests).map(|test| LevelScore::of(&rung.level, test)));
    }
    scores
}

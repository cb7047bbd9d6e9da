//! Score tests of what a step of the ladder holds equal, each by itself.

use super::identification::name_of;
use super::level::Level;
use super::rung::Rung;
use crate::estimate::{ExpectedChange, Fit, Release, Released, ScoreTest, equalities};
use crate::model::{Kind, Operator};
use serde::{Deserialize, Serialize};

/// A score test of a step.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let scalar = study.scores.iter().filter(|own| own.level == "scalar" && own.parameter != "all");
/// let worst = scalar.max_by(|a, b| a.statistic.total_cmp(&b.statistic)).unwrap();
/// assert_eq!((worst.parameter.as_str(), worst.df), ("x3~1", 1));
/// assert_eq!(format!("{:.2}", worst.statistic), "19.19");
/// # Ok::<(), psychometrics::Error>(())
/// ```
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

/// What a step holds equal: parameters that are one, and of ordinal items intercepts and residual variances that are fixed in
/// all groups.
fn releases(fit: &Fit, level: Level) -> Vec<Release> {
    let internals = &fit.internals;
    let first = &internals.tables[0];
    let held = level.holds();
    let is_ordinal = |name: &String| {
        first.observed.iter().position(|own| own == name).is_some_and(|i| first.is_ordinal(i))
    };
    let mut all = equalities(internals);
    for (row, parameter) in first.rows.iter().enumerate().filter(|(_, row)| is_ordinal(&row.lhs)) {
        let is_held = match parameter.op {
            Operator::Intercept => held.intercepts,
            Operator::Covariance => parameter.lhs == parameter.rhs && held.residuals,
            _ => false,
        };
        let is_fixed = internals.tables.iter().all(|table| matches!(table.rows[row].kind, Kind::Fixed(_)));
        if is_held && is_fixed {
            let cells = (0..internals.tables.len()).map(|group| (group, row)).collect();
            all.push(Release { parameter: name_of(parameter), cells });
        }
    }
    all
}

/// The score tests of every step that holds something equal and has a solution: all together, and each by itself.
pub(super) fn scores_of<'a>(steps: impl Iterator<Item = (&'a Rung, &'a Fit)>) -> Vec<LevelScore> {
    let mut scores = Vec::new();
    for (rung, fit) in steps.filter(|(rung, fit)| rung.kind != Level::Configural && fit.converged) {
        let releases = releases(fit, rung.kind);
        let all: Vec<usize> = (0..releases.len()).collect();
        let Ok(released) = Released::of(fit, releases) else { continue };
        let total = released.test(&all, "all".into());
        let each = released.each().into_iter().flatten();
        scores.extend(total.into_iter().chain(each).map(|test| LevelScore::of(&rung.level, test)));
    }
    scores
}

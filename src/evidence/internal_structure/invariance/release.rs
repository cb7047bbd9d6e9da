//! Which parameters differ: equalities are given up one by one, the worst first, until no score test is significant.
//!
//! In stages: thresholds of ordinal items (where they can be tested), loadings, intercepts. At each stage the model of its step
//! is fitted, every item's equality is tested by itself (groups - 1 degrees of freedom; of thresholds all of an item together,
//! and the worst of them is given up), p-values are adjusted for the number of candidates (Holm 1979; Benjamini & Hochberg
//! 1995), and while the smallest is below alpha divided by the number of stages (so that it is the error of the whole search) its
//! equality is given up and the model fitted again. An item whose loading
//! differs has its intercept free too. Factors have variance 1 in the first group meanwhile, so that no marker is taken for
//! equal beforehand. Robust statistics decide where there are any. The order of steps and the estimator may decide what is
//! named: a forward search is a search. `backward.rs` comes from the other side.

use super::super::adjustment::Adjustment;
use super::direction::SearchDirection;
use super::ground::Ground;
use super::identification::name_of;
use super::level::Level;
use crate::error::Result;
use crate::estimate::{Release, Released, ScoreTest};
use crate::model::{Operator, ParameterTable, Scaling};
use serde::{Deserialize, Serialize};

/// A look at all candidates of a stage.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let step = &study.partial.as_ref().unwrap().steps[0];
/// assert_eq!((step.stage.as_str(), step.candidates, step.released), ("metric", 9, false));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReleaseStep {
    /// The stage: the step whose equalities are looked at.
    pub stage: String,
    /// Unscaled chi-square of the model, before anything is given up.
    pub chisq: Option<f64>,
    /// Its degrees of freedom.
    pub df: Option<f64>,
    /// How many equalities are tested.
    pub candidates: usize,
    /// The worst of them; in a backward search the one that is decided on.
    pub parameter: String,
    /// Its test: of a backward search a Wald test, whose changes are the differences from the first group.
    pub test: ScoreTest,
    /// p-value of it, adjusted.
    pub adjusted: f64,
    /// Whether it is given up; in a backward search, whether it stays free.
    pub released: bool,
}

/// What was given up, and where that ended.
pub(super) struct Search {
    pub(super) released: Vec<String>,
    pub(super) steps: Vec<ReleaseStep>,
    /// Why a stage ended before its stop rule, if one did.
    pub(super) cut_short: Option<String>,
    /// Below which an adjusted p-value gives an equality up.
    pub(super) stage_alpha: f64,
}

/// What decides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) direction: SearchDirection,
    pub(super) correction: Adjustment,
    pub(super) alpha: f64,
    pub(super) with_thresholds: bool,
    /// Whether alpha is that of each stage, and not of all together.
    pub(super) by_stage: bool,
}

/// The equality that a candidate stands for.
pub(super) struct Candidate {
    /// The item's parameter, or of thresholds the item.
    pub(super) name: String,
    pub(super) item: String,
    /// Of a loading.
    pub(super) factor: String,
    pub(super) releases: Vec<Release>,
}

impl Candidate {
    /// Names of what would be free.
    pub(super) fn parameters(&self) -> impl Iterator<Item = String> + '_ {
        self.releases.iter().map(|release| release.parameter.clone())
    }
}

/// Where a row of the configural model stands in the tables of a fit.
fn cells(tables: &[ParameterTable], (lhs, op, rhs): (&str, Operator, &str)) -> Option<Vec<(usize, usize)>> {
    let find = |table: &ParameterTable| {
        table
            .rows
            .iter()
            .position(|row| row.op == op && row.lhs == lhs && (op == Operator::Intercept || row.rhs == rhs))
    };
    tables.iter().enumerate().map(|(group, table)| Some((group, find(table)?))).collect()
}

impl Search {
    pub(super) fn forward(ground: &mut Ground<'_>, rule: Rule) -> Result<Self> {
        Self::by(ground, rule, Self::stage)
    }

    /// The stages, one after the other.
    pub(super) fn by(
        ground: &mut Ground<'_>,
        rule: Rule,
        mut stage: impl FnMut(&mut Self, &mut Ground<'_>, Level, Operator, Rule) -> Result<()>,
    ) -> Result<Self> {
        let mut own = Self {
            released: ground.partial.clone(),
            steps: Vec::new(),
            cut_short: None,
            stage_alpha: rule.alpha,
        };
        let before = ground.scaling();
        if ground.may_change_units() {
            ground.set_scaling(Scaling::UnitVariance);
        }
        let mut stages = vec![(Level::Metric, Operator::Loading), (Level::Scalar, Operator::Intercept)];
        if rule.with_thresholds && ground.has_testable_thresholds() {
            stages.insert(0, (Level::Thresholds, Operator::Threshold));
        }
        let stage_alpha = if rule.by_stage { rule.alpha } else { rule.alpha / stages.len() as f64 };
        let rule = Rule { alpha: stage_alpha, ..rule };
        own.stage_alpha = stage_alpha;
        for (level, operator) in stages {
            if operator == Operator::Intercept {
                own.free_intercepts(ground)?;
            }
            stage(&mut own, ground, level, operator, rule)?;
        }
        ground.set_scaling(before);
        Ok(own)
    }

    /// The intercepts of items whose loadings differ.
    fn free_intercepts(&mut self, ground: &mut Ground<'_>) -> Result<()> {
        let rows = ground.candidates(Level::Metric.holds(), &[], Operator::Loading)?;
        for (lhs, rhs) in rows.into_iter().map(|(lhs, _, rhs)| (lhs, rhs)) {
            let (loading, intercept) = (format!("{lhs}=~{rhs}"), format!("{rhs}~1"));
            if self.released.contains(&loading) && !self.released.contains(&intercept) {
                self.released.push(intercept);
            }
        }
        Ok(())
    }

    fn stage(&mut self, ground: &mut Ground<'_>, level: Level, operator: Operator, rule: Rule) -> Result<()> {
        let stage = level.name(ground.is_ordinal()).to_string();
        loop {
            let step = ground.step(level.holds(), &self.released)?;
            let fit = ground.solve(&step)?;
            if !fit.converged {
                self.cut_short = Some(format!("the model of the stage {stage} {}", fit.status));
                return Ok(());
            }
            let candidates = candidates(ground, &fit.internals.tables, level, operator, &self.released)?;
            let releases: Vec<Release> = candidates.iter().flat_map(|own| own.releases.clone()).collect();
            if releases.is_empty() {
                return Ok(());
            }
            let released = Released::of(&fit, releases)?;
            let mut at = 0;
            let mut tests: Vec<(usize, usize, ScoreTest)> = Vec::new();
            for (index, candidate) in candidates.iter().enumerate() {
                let which: Vec<usize> = (at..at + candidate.releases.len()).collect();
                tests.extend(released.test(&which, candidate.name.clone()).map(|test| (index, at, test)));
                at += candidate.releases.len();
            }
            let pvalue = |test: &ScoreTest| test.decisive().unwrap_or(1.0);
            let pvalues: Vec<Option<f64>> = tests.iter().map(|(.., test)| Some(pvalue(test))).collect();
            let worst = tests.into_iter().reduce(|a, b| if is_worse(&b.2, &a.2) { b } else { a });
            let Some((index, at, test)) = worst else { return Ok(()) };
            let adjusted = rule.correction.of(&pvalues).into_iter().flatten().fold(1.0, f64::min);
            let gives_up = adjusted < rule.alpha;
            let parameter = worst_of(&released, at, &candidates[index]);
            self.steps.push(ReleaseStep {
                stage: stage.clone(),
                chisq: fit.fit.get("chisq"),
                df: fit.fit.get("df"),
                candidates: pvalues.len(),
                parameter: parameter.clone(),
                test,
                adjusted,
                released: gives_up,
            });
            if !gives_up {
                return Ok(());
            }
            self.released.push(parameter);
        }
    }
}

/// Whether a test speaks more against equality than another, by more than rounding: of two that say the same (two items that are
/// left of a factor) the first counts.
fn is_worse(test: &ScoreTest, other: &ScoreTest) -> bool {
    let p = |test: &ScoreTest| test.decisive().unwrap_or(1.0);
    let size = |test: &ScoreTest| test.robust.unwrap_or(test.statistic);
    let is_less = p(test) < p(other) * (1.0 - 1e-7);
    is_less || p(test) <= p(other) * (1.0 + 1e-7) && size(test) > size(other) * (1.0 + 1e-9)
}

/// The parameter of a candidate that is given up: of several thresholds the one with the largest statistic.
fn worst_of(released: &Released<'_>, at: usize, candidate: &Candidate) -> String {
    let each = candidate.releases.iter().enumerate().filter_map(|(k, release)| {
        let test = released.test(&[at + k], release.parameter.clone())?;
        Some((test.robust.unwrap_or(test.statistic), release.parameter.clone()))
    });
    each.max_by(|a, b| a.0.total_cmp(&b.0)).map_or_else(|| candidate.name.clone(), |(_, name)| name)
}

/// What a stage's model holds equal of the items, where it stands in its tables.
pub(super) fn candidates(
    ground: &mut Ground<'_>,
    tables: &[ParameterTable],
    level: Level,
    operator: Operator,
    released: &[String],
) -> Result<Vec<Candidate>> {
    let mut found: Vec<Candidate> = Vec::new();
    for (lhs, op, rhs) in ground.candidates(level.holds(), released, operator)? {
        let Some(cells) = cells(tables, (&lhs, op, &rhs)) else { continue };
        let parameter = name_of(&tables[0].rows[cells[0].1]);
        let release = Release { parameter: parameter.clone(), cells };
        let name = if op == Operator::Threshold { lhs.clone() } else { parameter };
        match found.iter_mut().find(|own| own.name == name) {
            Some(known) => known.releases.push(release),
            None => {
                let (factor, item) = if op == Operator::Loading { (lhs, rhs) } else { (String::new(), lhs) };
                found.push(Candidate { name, item, factor, releases: vec![release] });
            }
        }
    }
    Ok(found)
}

//! What a ladder of invariance found.

use super::dmacs::{ItemEffect, ScaleEffect};
use super::feasibility::GroupFeasibility;
use super::latent_change::LatentChange;
use super::partial::PartialInvariance;
use super::rung::{Rung, RungComparison};
use super::score_of_level::LevelScore;
use crate::error::Warning;
use crate::estimate::Estimator;
use serde::{Deserialize, Serialize};

/// What a ladder found.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// assert_eq!(study.group.as_str(), "school");
/// assert_eq!(study.groups, ["Pasteur", "Grant-White"]);
/// assert_eq!(study.nobs, [156, 145]);
/// assert_eq!((study.models.len(), study.comparisons.len(), study.skipped.len()), (4, 3, 0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InvarianceStudy {
    /// The grouping variable.
    pub group: String,
    /// Its values, in the order of the data; the first is the reference.
    pub groups: Vec<String>,
    /// Respondents of each.
    pub nobs: Vec<usize>,
    /// Estimator.
    pub estimator: Estimator,
    /// Whether items are ordinal.
    pub ordinal: bool,
    /// The steps, from the freest on.
    pub models: Vec<Rung>,
    /// What each costs against the one before.
    pub comparisons: Vec<RungComparison>,
    /// Steps that cannot be tested, with the reason.
    pub skipped: Vec<SkippedLevel>,
    /// Score tests of what each step holds equal: all together, and each by itself.
    pub scores: Vec<LevelScore>,
    /// The model in which what differs is free, and what is compared under it; none where it was not asked for or the
    /// configural model has no solution.
    pub partial: Option<PartialInvariance>,
    /// Effects on items with the first item of each factor as anchor and all others free.
    pub effects: Vec<ItemEffect>,
    /// The same on scales.
    pub scales: Vec<ScaleEffect>,
    /// What each group allows.
    pub feasibility: Vec<GroupFeasibility>,
    /// How the means of factors changed over time, under each step that holds intercepts equal; empty of groups.
    pub changes: Vec<LatentChange>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// A step that is no model of its own.
///
/// ```
/// use psychometrics::evidence::internal_structure::SkippedLevel;
///
/// let stored = r#"{"level":"thresholds","reason":"items of two categories: it is no model of its own"}"#;
/// let skipped: SkippedLevel = serde_json::from_str(stored).unwrap();
/// assert_eq!(skipped.level, "thresholds");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SkippedLevel {
    /// Its name.
    pub level: String,
    /// Why not.
    pub reason: String,
}

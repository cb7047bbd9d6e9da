//! Whether items mean the same in all groups: what is equal, step by step, which parameters differ, how much that
//! matters, and what may be compared.

mod answers;
mod backward;
mod direction;
mod dmacs;
mod feasibility;
mod ground;
mod identification;
mod imputed;
mod ladder;
mod latent_change;
mod latent_means;
mod level;
mod over_time;
mod partial;
mod pooled;
mod power;
mod release;
mod rung;
mod score_of_level;
mod shift;
mod study;
mod treatment;
mod verdict;
mod wald;

pub use direction::SearchDirection;
pub use dmacs::{ExpectedCurve, ItemEffect, ScaleEffect};
pub use feasibility::GroupFeasibility;
pub use imputed::{ImputedComparison, ImputedInvariance, ImputedRung};
pub use ladder::Invariance;
pub use latent_change::LatentChange;
pub use latent_means::LatentMean;
pub use level::Level;
pub use partial::{FactorAnchors, PartialInvariance};
pub use pooled::{FactorDifference, ItemDescription, PooledBias, UniformBias};
pub use power::{InvariancePower, InvariancePowerResult};
pub use release::ReleaseStep;
pub use rung::{Rung, RungComparison};
pub use score_of_level::LevelScore;
pub use shift::{ShiftedParameter, ShiftedPopulation};
pub use study::{InvarianceStudy, SkippedLevel};
pub(in crate::evidence) use treatment::joined_categories;
pub use verdict::{RuleOutcome, RungVerdict};

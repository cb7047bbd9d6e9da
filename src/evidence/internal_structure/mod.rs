//! Whether the items hang together as the construct says: reliability and item analysis; and whether the
//! members of a group agree enough for their mean to stand for the group ([`Aggregation`]).
//!
//! The answers to the items of one scale are collected in a [`ScaleSummary`], in one pass; from it
//! come [`Reliability`] and [`ItemAnalysis`].

mod adjustment;
mod aggregation;
mod alignment;
mod alpha;
mod alpha_tests;
mod factor_reliability;
mod full_information;
mod group_models;
mod groups;
mod hierarchical;
mod icc;
mod invariance;
mod item_analysis;
mod item_functioning;
mod item_totals;
mod lower_bounds;
mod matrices;
mod measurement_error;
mod moderation;
mod one_way;
mod ordinal_reliability;
mod reliability;
mod reliability_intervals;
mod same_columns;
mod scale_moments;
mod scale_reliability;
mod split_half;
mod stratified;
mod summary;

pub use adjustment::Adjustment;
pub use aggregation::{AggregatedScale, Aggregation, FEWEST_GROUPS, GroupAgreement, OverGroups};
pub use alignment::{
    Align, AlignedGroup, AlignedItem, AlignedParameter, Alignment, AlignmentCheck, AlignmentMeans,
    AlignmentSamples, GroupParameters, LossMinimum, MeanDifference, Noninvariant, RSquared,
};
pub use alpha::{Alpha, AlphaIfDropped};
pub use alpha_tests::{
    AlphaOfGroup, AlphaTest, alsawalmeh_feldt_test, feldt_dependent_test, feldt_test, hakstian_whalen_test,
};
pub use factor_reliability::{FactorLoading, FactorReliability};
pub use group_models::{GroupModel, GroupModels};
pub use groups::{GroupScale, by_group};
pub use hierarchical::Hierarchical;
pub use icc::{Intraclass, IntraclassForm, LimitsOfAgreement, MeanSquares};
pub(in crate::evidence) use invariance::joined_categories;
pub use invariance::{
    ExpectedCurve, FactorAnchors, FactorDifference, GroupFeasibility, ImputedComparison, ImputedInvariance,
    ImputedRung, Invariance, InvariancePower, InvariancePowerResult, InvarianceStudy, ItemDescription,
    ItemEffect, LatentChange, LatentMean, Level, LevelScore, PartialInvariance, PooledBias, ReleaseStep,
    RuleOutcome, Rung, RungComparison, RungVerdict, ScaleEffect, SearchDirection, ShiftedParameter,
    ShiftedPopulation, SkippedLevel, UniformBias,
};
pub use item_analysis::{AnswerRange, ItemAnalysis, ItemStatistics, RangeSource};
pub use item_functioning::{
    By, Changes, ComparedGroup, ExplainedMore, FunctioningMethod, FunctioningTest, GroupEffect,
    ItemDifference, ItemFunctioning, ItemFunctioningStudy, Matching, Purification,
};
pub use lower_bounds::LowerBounds;
pub use measurement_error::{ConditionalError, MeasurementError, conditional_errors};
pub use moderation::{ModeratedItem, ModeratedParameter, ModeratingNumber, Moderation, ModerationStudy};
pub use ordinal_reliability::OrdinalReliability;
pub use reliability::{Omega, Reliability};
pub use reliability_intervals::ReliabilityIntervals;
pub(crate) use reliability_intervals::covariance as resampled_covariance;

pub use scale_reliability::{GroupReliability, ScaleReliability, ScaleStudy};
pub use split_half::{Halves, SplitHalf, SplitRange};
pub use stratified::stratified_alpha;
pub use summary::{Key, ScaleItem, ScaleSummary};

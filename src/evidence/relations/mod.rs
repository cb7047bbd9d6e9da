//! Relations to other variables: what the construct is related to, and what it is not.
//!
//! Convergent and discriminant validity of factors ([`convergent`], [`HeterotraitRatios`], [`latent_correlations`]),
//! criteria ([`Association`], [`Regression`]), groups that are known to differ ([`KnownGroups`]), several traits by
//! several methods ([`MultitraitMultimethod`]), and the nomological net ([`TestedHypothesis`]). [`Relations`] holds what
//! a validation finds of all this.

mod association;
mod convergent;
mod criteria;
mod deviations;
mod factor_validity;
mod found;
mod heterotrait;
mod hypotheses;
mod known_groups;
mod latent_correlations;
mod multitrait;
mod nomological;
mod paths;
mod regression;
mod run;
pub(super) mod study;

pub use association::{Association, disattenuated, fisher};
pub use convergent::{Convergent, FornellLarcker, convergent, fornell_larcker};
pub use found::{
    CriterionRelation, Discriminant, IncrementalValidity, LatentAssociation, Relations, ScaleGroups,
    StructuralPath,
};
pub use heterotrait::{Block, HeterotraitRatio, HeterotraitRatios};
pub use known_groups::{GroupDifference, GroupMean, KnownGroups, OneWay};
pub use latent_correlations::{CUT_OFF, LatentCorrelation, Problem, RestrictionTest, latent_correlations};
pub use multitrait::{Measure, MethodModel, MultitraitMultimethod, Validity, VarianceShares};
pub use nomological::{COSMIN_SHARE, HypothesisTally, TestedHypothesis};
pub use regression::{Increment, Regression, Term};

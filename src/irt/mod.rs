//! Item response theory: how the answer to each item depends on the trait.
//!
//! [`Irt`] says what is asked for; its [`fit`](Irt::fit) is an [`IrtFit`].

mod acceleration;
mod adapted;
mod adapted_nodes;
mod adaptive;
mod after;
mod after_adapted;
mod after_many;
mod answers;
mod bank;
mod bank_scores;
mod choices;
mod conditional;
mod conditional_fit;
mod covariates;
mod curves;
mod dimension_reduction;
mod expected_counts;
mod fit;
mod functioning;
mod functioning_effects;
mod functioning_result;
mod functioning_study;
#[allow(clippy::module_inception)]
mod irt;
mod item_fit;
mod item_model;
mod item_moments;
mod item_parameters;
mod latent;
mod layout;
mod limited_information;
mod linking;
mod local_dependence;
mod marginal_likelihood;
mod maximisation;
mod names;
mod node_table;
mod parameters;
mod pattern_posterior;
mod patterns;
mod person_fit;
mod plausible;
mod precision;
mod respondent_levels;
mod rule;
mod scores;
mod search;
mod short_form;
mod simulation;
mod solved;
mod solving;
mod standard_errors;
mod structure;
mod sum_scores;
mod symmetric_functions;

pub use adaptive::{AdaptiveLevel, AdaptiveStudy, AdaptiveTest, ItemExposure, NextItem};
pub use bank::ItemBank;
pub use bank_scores::TraitScore;
pub use choices::{GroupEquality, Integration, ItemStandardErrors, LogitPrior, TraitEstimator};
pub use conditional_fit::{AndersenTest, ConditionalFit, ConditionalScore};
pub use covariates::TraitRegression;
pub use fit::{IrtFit, TraitDistribution};
pub use functioning::ItemFunctioning;
pub use functioning_effects::{ItemEffect, TestEffect};
pub use functioning_result::{
    AnchorChoice, Functioning, FunctioningStatistic, FunctioningTest, ItemDifference,
};
pub use irt::Irt;
pub use item_fit::ItemFit;
pub use item_model::ItemModel;
pub use item_parameters::{ItemErrors, ItemParameters};
pub use limited_information::LimitedInformation;
pub use linking::{LinkedItem, Linking, LinkingLine, LinkingMethod};
pub use local_dependence::ItemPair;
pub use person_fit::{ItemMeanSquares, PersonFit};
pub use plausible::{PlausibleTrait, PlausibleValues};
pub use precision::{ItemInformation, TestInformation, TraitReliability};
pub use respondent_levels::RespondentLevels;
pub use scores::{ScoresOfTrait, TraitScores};
pub use short_form::{ShortForm, ShortFormGoal, ShortFormLevel};
pub use simulation::simulated_answers;
pub use sum_scores::SumScore;

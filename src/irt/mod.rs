//! Item response theory: how the answer to each item depends on the trait.
//!
//! [`Irt`] says what is asked for; its [`fit`](Irt::fit) is an [`IrtFit`].

mod acceleration;
mod after;
mod after_many;
mod answers;
mod choices;
mod curves;
mod dimension_reduction;
mod expected_counts;
mod fit;
mod functioning;
mod functioning_effects;
#[allow(clippy::module_inception)]
mod irt;
mod item_fit;
mod item_model;
mod item_parameters;
mod latent;
mod layout;
mod limited_information;
mod local_dependence;
mod marginal_likelihood;
mod maximisation;
mod names;
mod node_table;
mod parameters;
mod patterns;
mod person_fit;
mod precision;
mod scores;
mod search;
mod simulation;
mod solved;
mod standard_errors;
mod structure;
mod sum_scores;

pub use choices::{GroupEquality, ItemStandardErrors, LogitPrior, TraitEstimator};
pub use fit::{IrtFit, TraitDistribution};
pub use functioning::{Functioning, FunctioningStatistic, FunctioningTest, ItemDifference, ItemFunctioning};
pub use functioning_effects::{ItemEffect, TestEffect};
pub use irt::Irt;
pub use item_fit::ItemFit;
pub use item_model::ItemModel;
pub use item_parameters::{ItemErrors, ItemParameters};
pub use limited_information::LimitedInformation;
pub use local_dependence::ItemPair;
pub use person_fit::{ItemMeanSquares, PersonFit};
pub use precision::{ItemInformation, TestInformation, TraitReliability};
pub use scores::{ScoresOfTrait, TraitScores};
pub use simulation::simulated_answers;
pub use sum_scores::SumScore;

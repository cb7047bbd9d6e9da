//! Data from a known population, and what an estimator makes of it.
//!
//! A [`Population`] is a model with a value for every parameter; it draws normal, nonnormal or ordinal
//! answers, with missing ones if asked. A [`Study`] draws again and again and reports bias, coverage and
//! power. [`Grouped`] draws several groups, each from a population of its own. An [`Imputer`] draws the answers that are missing from those that are there. The same seed gives the same numbers on any number of threads.

mod grouped;
mod imputation;
mod imputer;
mod missingness;
mod nonnormal;
mod population;
mod predictive_matching;
mod study;

pub use grouped::Grouped;
pub use imputation::{Imputation, ImputedVariable};
pub use imputer::Imputer;
pub use missingness::Missingness;
pub use population::Population;
pub use study::{Study, StudyFit, StudyParameter, StudyResult};

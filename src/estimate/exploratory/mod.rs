//! Exploratory factors: sets of them in a model, which are estimated in a form without indeterminacy and turned afterwards, and
//! the exploratory factor analysis that is one such set, or the factors of a correlation matrix.

mod by_aggregate;
pub(crate) mod by_matrix;
mod by_model;
pub(crate) mod cross_validation;
pub(crate) mod echelon;
pub(crate) mod exploration;
pub(crate) mod factors;
pub(crate) mod presented;
pub(crate) mod rotation;
pub(crate) mod turned;

//! TODO

pub(crate) mod compare;
pub(crate) mod curves;
pub(crate) mod effects;
pub(crate) mod factor_scores;
pub(crate) mod modification;
pub(crate) mod residuals;
pub(crate) mod scores;

//! What is asked of a fit afterwards: residuals, modification indices, score tests, scores, effects, profiles, the fit of a level, a
//! comparison with another fit.

pub(crate) mod cluster_scores;
pub(crate) mod compare;
pub(crate) mod curves;
mod directions;
pub(crate) mod effects;
pub(crate) mod factor_rule;
pub(crate) mod factor_scores;
pub(crate) mod fitted_model;
pub(crate) mod level_fit;
pub(crate) mod matrices;
pub(crate) mod missing_numbers;
pub(crate) mod modification;
pub(crate) mod nested;
pub(crate) mod normal_scores;
pub(crate) mod ordinal_scores;
pub(crate) mod profile;
pub(crate) mod released;
pub(crate) mod residuals;
pub(crate) mod score_test;
pub(crate) mod score_tests;
pub(crate) mod scores;

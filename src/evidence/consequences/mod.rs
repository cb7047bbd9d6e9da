//! The use of scores: new respondents scored against the sample that a construct was validated on.

mod claim;
mod distribution;
mod minimum_answered;
mod norm_sample;
mod norms;
mod norms_file;
mod scale_norms;
mod scoring;
mod trait_norms;

use super::conclusion::SMALLEST_GROUP;
pub use minimum_answered::MinimumAnswered;
pub use norms::Norms;
pub use scoring::{GroupNorm, RefusedScores, RespondentScores, ScaleNorm, ScaleScore, Scores};

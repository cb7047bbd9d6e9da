//! The use of scores: new respondents scored against the sample that a construct was validated on.

mod minimum_answered;
mod scoring;

pub use minimum_answered::MinimumAnswered;
pub use scoring::{RefusedScores, RespondentScores, ScaleNorm, ScaleScore, Scorer, Scores};

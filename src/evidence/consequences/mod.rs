//! The use of scores: new respondents scored against the sample that a construct was validated on.

mod scoring;

pub use scoring::{RespondentScores, ScaleNorm, ScaleScore, Scorer, Scores};

//! The argument: what the responses say about the construct, by the sources of evidence that the
//! Standards for Educational and Psychological Testing (AERA, APA, NCME 2014) distinguish.
//!
//! [`Validation`] runs what a construct asks for and gives [`Evidence`]: numbers by dimension and by
//! structure, and [`Conclusion`]s in words with their rules.

mod conclusion;
pub mod content;
#[allow(clippy::module_inception)]
mod evidence;
pub mod internal_structure;
mod interval;
mod measured;
pub mod relations;
mod resampling;
mod validation;

pub use conclusion::{Aspect, Conclusion, Verdict};
pub use evidence::{
    ConstructSummary, DimensionEvidence, Evidence, FacetEvidence, GroupEvidence, Method, Provenance,
    ScaleEvidence, ScoreStatistics, StructureEvidence,
};
pub use interval::Interval;
pub use resampling::Resampling;
pub use validation::{MeasurementLevel, Validation};

//! The argument: what the responses say about the construct, by the sources of evidence that the
//! Standards for Educational and Psychological Testing (AERA, APA, NCME 2014) distinguish.
//!
//! [`Validation`] runs what a construct asks for and gives [`Evidence`]: numbers by dimension and by
//! structure, and [`Conclusion`]s in words with their rules.

mod choices;
mod conclusion;
mod conclusions_of_content;
mod conclusions_of_dimensionality;
mod conclusions_of_dimensions;
mod conclusions_of_functioning;
mod conclusions_of_invariance;
mod conclusions_of_item_response;
mod conclusions_of_relations;
mod conclusions_of_rivals;
mod conclusions_of_structure;
pub mod consequences;
pub mod content;
mod cosmin;
mod dimension_evidence;
mod dimensionality;
#[allow(clippy::module_inception)]
mod evidence;
mod functioning;
mod group_invariance;
pub mod internal_structure;
mod interval;
mod item_response;
mod map;
mod measured;
mod measurement_level;
mod model_verdict;
mod overview;
pub mod relations;
mod resampling;
pub mod response_process;
mod sensitivity;
mod shifts;
mod standing;
mod structure_evidence;
mod total_score;
mod validation;

pub use crate::evidence::dimension_evidence::{
    DimensionEvidence, FacetEvidence, GroupEvidence, ItemMatrices, ScaleEvidence, ScoreStatistics,
};
pub use crate::evidence::structure_evidence::StructureEvidence;
#[cfg(feature = "report")]
pub(crate) use conclusion::counted;
pub use conclusion::{Aspect, Conclusion, Verdict};
pub use cosmin::CosminRating;
pub use dimensionality::{AgainstCorrelated, Dimensionality, ExploratoryGeneral, ExploratoryRival};
pub use evidence::{ConstructSummary, Evidence, EvidenceRecord, Method, Provenance};
pub use functioning::DimensionFunctioning;
pub use group_invariance::GroupInvariance;
pub use interval::Interval;
pub use item_response::{DimensionItemResponse, ItemResponseFinding};
pub use map::{EvidenceMap, MapEntry, Source};
pub use measurement_level::MeasurementLevel;
#[cfg(feature = "report")]
pub(crate) use model_verdict::status_in_dutch;
pub use model_verdict::{ModelStanding, ModelVerdict};
#[cfg(feature = "report")]
pub(crate) use overview::shortened;
pub use overview::{EvidenceKind, Overview, OverviewCell, Remark, ScoreUse, Usability};
pub use resampling::Resampling;
pub use sensitivity::{
    ChangedConclusion, HypothesisShift, ScaleShift, Sensitivity, SensitivityRun, Shift, StructureShift,
};
pub use standing::Standing;
pub use total_score::TotalCaveat;
pub use validation::Validation;

//! What a reader asks first: may these scores be used, for what, and what stands in the way.
//!
//! Nothing is found here: every cell, finding and step rests on conclusions and numbers of the evidence.

mod cells;
mod drawn;
mod findings;
mod names;
mod next_steps;
#[allow(clippy::module_inception)]
mod overview;
mod precision;
mod usability;

pub(super) use drawn::overview;
#[cfg(feature = "report")]
pub(crate) use names::shortened;
pub use overview::{EvidenceKind, Overview, OverviewCell, Remark, ScoreUse, Usability};

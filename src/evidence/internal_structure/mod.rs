//! Whether the items hang together as the construct says: reliability and item analysis.
//!
//! The answers to the items of one scale are collected in a [`ScaleSummary`], in one pass; from it
//! come [`Reliability`] and [`ItemAnalysis`].

mod alpha;
mod groups;
mod item_analysis;
mod matrices;
mod ordinal_reliability;
mod reliability;
mod summary;

pub use alpha::{Alpha, AlphaIfDropped};
pub use groups::{GroupScale, by_group};
pub use item_analysis::{AnswerRange, ItemAnalysis, ItemStatistics, RangeSource};
pub use ordinal_reliability::OrdinalReliability;
pub use reliability::Reliability;
pub use summary::{Key, ScaleItem, ScaleSummary};

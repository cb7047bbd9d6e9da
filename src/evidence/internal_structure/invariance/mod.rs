//! Whether items mean the same in all groups: what is equal, step by step, which parameters differ, how much that
//! matters, and what may be compared.

mod identification;
mod ladder;
mod level;
mod rung;
mod verdict;

pub use ladder::{Invariance, InvarianceStudy, SkippedLevel};
pub use level::Level;
pub use rung::{Rung, RungComparison};
pub use verdict::{RuleOutcome, RungVerdict};

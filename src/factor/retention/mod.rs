//! How many factors there are.

mod comparison;
mod draw;
mod hull;
mod map;
mod nest;
mod parallel;
mod recommendation;
mod rules;
mod scree;
mod sequential;
mod simple_structure;
mod study;
mod task;

pub use comparison::{ComparisonData, ComparisonStep};
pub(in crate::factor) use draw::normal_correlation;
pub use hull::{Hull, HullPoint};
pub use map::MinimumAveragePartial;
pub use nest::{NextEigenvalue, NextEigenvalueTest};
pub use parallel::Parallel;
pub use recommendation::Recommendation;
pub use rules::Rule;
pub use scree::EmpiricalKaiser;
pub use sequential::SequentialModel;
pub use simple_structure::VerySimpleStructure;
pub use study::RetentionStudy;
pub use task::{Basis, Draws, Retention};

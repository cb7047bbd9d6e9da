//! Unrotated factors of a correlation matrix.

mod alpha;
mod components;
mod method;
mod minimum_rank;
mod principal_axes;
mod solution;
mod uniqueness;

pub use method::Extraction;
pub(crate) use solution::check_count;
pub use solution::{Extracted, extract};

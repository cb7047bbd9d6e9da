//! Turning factors towards simple structure.

pub(crate) mod criterion;
pub(crate) mod gradient_projection;
mod near;
pub(crate) mod order;
mod promax;
mod rotate;
pub(crate) mod search;
pub(crate) mod stationarity;

pub use criterion::{Criterion, Target};
pub(crate) use gradient_projection::Turning;
pub(crate) use near::procrustes;
pub(crate) use promax::PromaxTurn;
pub use rotate::{Rotate, Rotated};
pub use search::{DistinctMinimum, RotationSearch};

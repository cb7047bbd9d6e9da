//! Construct validation.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
pub mod construct;
pub mod data;
pub mod error;
pub mod estimate;
pub mod evidence;
pub mod model;
pub mod moments;
mod numeric;
pub mod report;

pub use error::{Error, Result, Warning};
pub use estimate::{Estimation, Estimator, Fit};
pub use model::Model;

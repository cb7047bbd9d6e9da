//! Construct validation.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
pub mod construct;
pub mod error;
mod numeric;
pub use error::{Error, Result, Warning};

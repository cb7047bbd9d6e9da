//! What can be known of the responses before there is a model: means, variances, covariances,
//! counts, and the distribution of each variable.
//!
//! [`Moments`] and [`Distribution`] are filled in one pass over the rows, batch by batch, and two of
//! them can be merged, so a file is never held in memory and parts of it can be read side by side.
//! A missing cell arrives as NaN; no NaN ever leaves. Moments can also be given, as a published
//! covariance matrix. Matrices leave as [`LabelledMatrix`].

pub mod aggregate;
mod choices;
pub(crate) mod clustered;
mod comoments;
mod distribution;
pub(crate) mod incomplete;
mod matrix;
mod mcar;
mod missing;
mod moment_matrices;
#[allow(clippy::module_inception)]
mod moments;
mod published;
pub(crate) mod saturated;
pub mod sql;
mod stored;

pub use distribution::Distribution;
pub use matrix::LabelledMatrix;
pub use mcar::McarTest;
pub use missing::Missing;
pub(crate) use moments::is_constant;
pub use moments::{Divisor, Moments, RowsUsed};

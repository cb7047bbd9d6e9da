//! Complete rows, or moments alone: the likelihood and least squares of means and covariances, and how these vary over
//! samples whatever the distribution.

pub(crate) mod casewise;
pub(crate) mod deviations;
pub(crate) mod goodness;
pub(crate) mod independence;
pub(crate) mod least_squares;
pub(crate) mod likelihood;
pub(crate) mod moment_weights;
pub(crate) mod observe;
pub(crate) mod problem;
pub(crate) mod residual;
pub(crate) mod saturated;
pub(crate) mod seen;
pub(crate) mod summed;

//! Model meets moments: maximum likelihood and least squares, standard errors, tests, fit measures.
//!
//! [`Estimation`] holds the options, [`Estimation::fit`] and [`Estimation::fit_moments`] give a
//! [`Fit`].

mod casewise;
mod constraints;
mod diagnosis;
mod discrepancy;
mod estimates;
mod estimation;
mod fit;
mod inference;
mod least_squares;
mod likelihood;
mod measures;
mod robust;
mod saturated;
mod scoring;
mod standardized;
mod starts;
mod status;
mod weight;

pub use estimates::ParameterEstimate;
pub use estimation::{Conventions, Estimation, Estimator, Likelihood};
pub use fit::{Fit, Residuals, StandardizedEstimate};
pub use inference::{Information, StandardErrors, TestStatistic};
pub use measures::FitMeasures;
pub use status::Status;

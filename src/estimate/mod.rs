//! Model meets moments: maximum likelihood and least squares, standard errors, tests, fit measures.
//!
//! [`Estimation`] holds the options, [`Estimation::fit`] and [`Estimation::fit_moments`] give a
//! [`Fit`].

mod casewise;
mod compare;
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
mod modification;
mod residuals;
mod robust;
mod saturated;
mod scores;
mod scoring;
mod standardized;
mod starts;
mod status;
mod weight;

pub use compare::{Comparison, Difference, DifferenceTest, FittedModel, compare, compare_measures};

pub use estimates::ParameterEstimate;
pub use estimation::{Conventions, Estimation, Estimator, Likelihood};
pub use fit::{Fit, StandardizedEstimate};
pub use inference::{Information, StandardErrors, TestStatistic};
pub use measures::FitMeasures;
pub use modification::ModificationIndex;
pub use residuals::Residuals;
pub use scores::{FactorScores, ScoreMethod};
pub use status::Status;

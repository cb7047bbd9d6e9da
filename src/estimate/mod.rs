//! Model meets moments: maximum likelihood and least squares, standard errors, tests, fit measures.
//!
//! [`Estimation`] holds the options, [`Estimation::fit`] and [`Estimation::fit_moments`] give a
//! [`Fit`]; [`Estimation::fit_imputed`] joins the fits to completed data sets in a [`PooledFit`].

mod auxiliary;
mod bootstrap;
mod bounds;
mod browne;
mod casewise;
mod compare;
mod constraints;
mod curves;
mod design_effects;
mod diagnosis;
mod discrepancy;
mod effects;
mod estimates;
mod estimation;
mod estimator;
mod fit;
mod fitting;
mod full_information;
mod incomplete_moments;
mod incomplete_problem;
mod inference;
mod least_squares;
mod likelihood;
mod measures;
mod modification;
mod moment_weights;
mod ordinal_moments;
mod ordinal_problem;
mod ordinal_robust;
mod ordinal_scores;
mod ordinal_squares;
mod ordinal_variation;
mod pooled;
mod profile;
mod residuals;
mod robust;
mod rubin;
mod sampling_weights;
mod saturated;
mod scores;
mod scoring;
mod standardized;
mod starts;
mod status;
mod two_level;
mod two_level_fitting;
mod two_level_measures;
mod two_level_references;
mod two_level_saturated;
mod weight;

pub(crate) use compare::NestedTests;
pub use compare::{Comparison, Difference, DifferenceTest, FittedModel, compare, compare_measures};
pub(crate) use full_information::{Design, IncompleteGroup};

pub use bootstrap::{Bootstrap, BootstrapInterval, BootstrapOptions, Resampling};
pub use bounds::Bounds;
pub use curves::{CategoryShares, ItemCurve};
pub use design_effects::DesignEffect;
pub use effects::{Effect, EffectSize};
pub use estimates::ParameterEstimate;
pub use estimation::Estimation;
pub use estimator::{Conventions, Estimator, Likelihood};
pub use fit::{Fit, ModelTest, StandardizedEstimate};
pub use inference::{Information, StandardErrors, TestStatistic};
pub use measures::FitMeasures;
pub use modification::ModificationIndex;
pub use pooled::{PooledEstimate, PooledFit, PooledModelTest, PooledSets, PooledStandardized};
pub use profile::ProfileInterval;
pub use residuals::Residuals;
pub use rubin::{Pooled, PooledTest, PoolingRule};
pub use sampling_weights::SamplingWeights;
pub use scores::{FactorScores, ScoreMethod};
pub use status::Status;

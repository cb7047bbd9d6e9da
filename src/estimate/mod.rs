//! Model meets moments: maximum likelihood and least squares, standard errors, tests, fit measures.
//!
//! [`Estimation`] holds the options, [`Estimation::fit`] and [`Estimation::fit_moments`] give a
//! [`Fit`]; [`Estimation::fit_imputed`] joins the fits to completed data sets in a [`PooledFit`].

mod after;
mod aggregated;
mod auxiliary;
mod choices;
mod constraints;
mod conventions;
mod definiteness;
mod entry;
mod estimates;
mod estimation;
mod estimator;
mod exploratory;
mod fit;
mod fit_record;
mod incomplete;
mod inference;
mod levels;
mod many_groups;
mod measures;
mod normal;
mod observe;
mod observed;
mod options;
mod ordinal;
mod origin;
mod plan;
mod pooled;
mod reading;
mod road;
mod rubin;
mod sample;
mod search;
mod second_pass;
mod standardized;
mod status;
mod term;
mod test_parts;
mod uncertainty;
mod weight;

pub use after::compare::{Comparison, Difference, DifferenceTest, compare, compare_measures};
pub(crate) use after::compare::{NestedTests, difference_of_rungs};
pub use after::fitted_model::FittedModel;
#[cfg(feature = "report")]
pub(crate) use after::missing_numbers::{SATURATED, no_error, no_measure, no_solution};
pub(crate) use entry::Gathered;
pub(crate) use incomplete::full_information::{Design, IncompleteGroup};

pub use after::curves::{CategoryShares, ItemCurve};
pub use after::effects::{Effect, EffectSize};
pub(crate) use after::factor_rule::{FactorRule, FactorScorer};
pub use after::factor_scores::ClusterScores;
pub use after::factor_scores::{FactorScores, ScoreMethod, Undetermined, UndeterminedScore};
pub use after::level_fit::LevelFit;
pub use after::modification::ModificationIndex;
pub use after::profile::ProfileInterval;
pub(crate) use after::released::{Release, Released};
pub use after::residuals::Residuals;
pub use after::score_test::{ExpectedChange, ScoreTest};
pub use after::score_tests::ScoreTests;
pub(crate) use after::score_tests::equalities;
pub use conventions::Conventions;
pub use estimates::{ParameterEstimate, UndefinedParameter};
pub use estimation::Estimation;
pub use estimator::{Estimator, Likelihood};
pub use exploratory::cross_validation::CrossValidation;
pub use exploratory::exploration::{Exploration, FactorErrors, LevelFactors};
pub use exploratory::factors::{
    Eigenvalues, EstimatedMatrix, ExploratoryFactors, FactorImputation, FactorSolution,
};
pub use exploratory::rotation::{Rotation, SetRotation};
pub use fit::{Block, Fit, StandardizedEstimate};
pub use fit_record::FitRecord;
pub use inference::ModelTest;
pub use inference::{Information, StandardErrors, TestStatistic};
pub use measures::fit_measures::FitMeasures;
pub use measures::measure::{Measure, Version};
pub use options::Bounds;
pub use options::{BootstrapInterval, BootstrapOptions, Resampling};
pub(crate) use ordinal::seen::stages_of;
pub(crate) use pooled::difference::{difference as pooled_difference, of_model as pooled_model};
pub use pooled::estimates::{PooledEstimate, PooledStandardized};
pub use pooled::fit::PooledFit;
pub use pooled::fit_record::{PooledFitRecord, PooledSets};
pub use pooled::model_tests::PooledModelTest;
pub use rubin::{Pooled, PooledTest, PoolingRule};
pub(crate) use sample::group::{Like, Sample};
pub use sample::row_account::{LeftOut, RowsLeftOut};
pub use sample::sampling_weights::SamplingWeights;
pub use status::Status;
pub use uncertainty::design_effects::DesignEffect;
pub use uncertainty::replicates::Bootstrap;

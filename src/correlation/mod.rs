//! Correlations of answers: of continuous variables, of the normal variables behind ordinal ones, and of both.
//!
//! [`Correlate`] says which variables are ordinal and how their correlations are estimated; [`Correlations`] is the
//! matrix with a standard error and a test for each pair.

mod bracket;
mod categories;
mod choices;
mod correlate;
mod correlations;
mod empty_cells;
mod influences;
mod margin;
mod method;
mod ordered;
mod ordinal_tables;
mod pair;
mod pairs;
mod pearson;
mod polychoric;
mod polychoric_given;
mod polyserial;
mod probit;
mod ranks;
mod shared_gamma;
mod shuffled;
mod smoothing;
mod statistic;
mod table_stages;
mod tables_of_aggregate;
mod three_stage;

pub use crate::correlation::ordered::Ordered;
pub use categories::MOST_CATEGORIES;
pub use correlate::{Coefficient, Correlate, Pair, Variable};
pub use correlations::Correlations;
pub use empty_cells::EmptyCells;
pub use method::Method;
pub use pair::{ModelTest, PairKind};
pub use three_stage::{Keep, ThreeStage};

pub(crate) use crate::correlation::statistic::Statistic;
pub(crate) use categories::{Categories, threshold_count};
pub(crate) use margin::Scale;
pub(crate) use ordinal_tables::OrdinalTables;
pub(crate) use shuffled::ShuffledOrdinal;
pub(crate) use smoothing::smoothed;

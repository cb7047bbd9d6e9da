//! Sufficient statistics of answers as a value: what any machine or query engine can add up, and what models are fitted from.
//!
//! An [`Aggregate`] holds, for each group (and cluster), counts and sums of powers of every item, sums and sums of products by
//! pattern of missing answers, and where asked for the two-way tables. Sums are of keyed answers less a declared centre:
//! of whole numbers they are exact up to 2^53, in whatever order and on however many machines they are added. Aggregates of
//! parts of the data [`merge`](Aggregate::merge); rows are not needed again.

#[allow(clippy::module_inception)]
mod aggregate;
mod check;
mod each_group;
mod from_construct;
mod moments;
mod pairs;
mod part;
mod pattern;
mod plan;
#[cfg(feature = "files")]
mod reading;
mod reversal;
mod row_forms;
mod rows;
mod subset;
mod total;

pub use aggregate::{Aggregate, SCHEMA};
pub use pairs::PairSums;
pub use part::{ItemSums, Part};
pub use pattern::PatternSums;
pub use plan::{AggregatePlan, IncompleteRows, PlannedItem, TwoWay};
#[cfg(feature = "files")]
pub use reading::AggregateOptions;
pub use row_forms::{Answered, RowAnswers, RowForms, RowQuestions, RowSums, ScoreTerm};

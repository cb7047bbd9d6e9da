//! The SQL text that computes an [`Aggregate`](super::aggregate::Aggregate) where the rows are, and the results that come back.
//!
//! [`Query::statements`] writes the statements of a plan for an engine; each returns one table, small and without rows of
//! respondents, that any client saves as CSV. [`read_aggregates`] puts results of all statements together, of one
//! run or of parts of the data, with documents that were merged before.

mod dialect;
mod query;
#[cfg(feature = "files")]
mod results;
mod second;
mod statement;
#[cfg(feature = "files")]
mod table;
mod terms;

pub use dialect::Dialect;
pub use query::Query;
#[cfg(feature = "files")]
pub use results::read_aggregates;
pub use second::SecondQuery;
pub use statement::Statement;

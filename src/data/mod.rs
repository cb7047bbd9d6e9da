//! The observation: data files and the answers in them.
//!
//! [`CsvSource`] streams a file of numbers of any size; [`AnswerFile`] finds the answers in one and checks them, for every
//! command alike. [`Dataset`] holds a table of numeric and
//! text columns in memory. [`Responses`] reads the answers to a construct's items: labels or codes,
//! missing codes, keys, who was asked, groups. Both are read from a file, or put together from memory
//! ([`Responses::builder`], [`Dataset::builder`]) by the same checks. The [`Ledger`] says what became of every row and
//! cell. [`read_covariance`] and [`read_means`] read published moments.
//!
//! A missing number is NaN in the arrays of this room: its private mark, which is made nowhere else
//! and leaves the room only as the absence of an answer.

#[cfg(feature = "files")]
mod answer_file;
mod answers;
#[cfg(feature = "arrow")]
mod arrow_table;
#[cfg(feature = "files")]
mod blocks;
mod cell;
#[cfg(feature = "files")]
mod choices;
#[cfg(feature = "files")]
mod completed;
#[cfg(feature = "files")]
mod csv_header;
#[cfg(feature = "files")]
mod csv_numbers;
#[cfg(feature = "files")]
mod csv_options;
#[cfg(feature = "files")]
mod csv_pass;
#[cfg(feature = "files")]
mod csv_source;
mod dataset;
mod dataset_builder;
#[cfg(feature = "files")]
mod encoding;
mod faults;
#[cfg(feature = "files")]
mod file_facts;
#[cfg(feature = "sheets")]
pub mod formats;
mod grouping;
mod header;
#[cfg(feature = "files")]
mod identifier;
#[cfg(feature = "files")]
mod input;
mod label_columns;
mod ledger;
#[cfg(feature = "files")]
mod matrix_file;
mod memory_table;
mod progress;
#[cfg(feature = "files")]
mod rating_table;
mod response_reading;
mod response_rows;
mod responses;
mod responses_builder;
mod rows;
#[cfg(feature = "files")]
mod table_file;
mod value;

#[cfg(feature = "files")]
pub(crate) use blocks::Record;
#[cfg(feature = "files")]
pub(crate) use cell::{number, why_no_number};
#[cfg(feature = "files")]
pub(crate) use csv_pass::{Fingerprint, Gather};
#[cfg(feature = "files")]
pub(crate) use faults::Faults;

#[cfg(feature = "sheets")]
pub(crate) use identifier::tells_who;

/// The crates of Apache Arrow whose types the builders take (feature `arrow`): major version 60, which is part of this
/// crate's public interface. Named through here, they are always the version that fits.
#[cfg(feature = "arrow")]
pub mod arrow {
    pub use arrow_array;
    pub use arrow_schema;
}

/// The crate of the arrays and views that are given and taken here, in the version that fits: 0.17, which is part of this crate's
/// public interface. What computes takes [`Rows`], into which they turn.
pub use ndarray;

#[cfg(feature = "files")]
pub use answer_file::{AnswerFile, AnswerKind, AnswerOptions, Impossible};
#[cfg(feature = "files")]
pub use completed::read_completed;
#[cfg(feature = "files")]
pub use csv_options::CsvOptions;
#[cfg(feature = "files")]
pub use csv_source::CsvSource;
pub use dataset::{Column, Dataset};
pub use dataset_builder::DatasetBuilder;
pub use grouping::Grouping;
pub use ledger::{Counted, ItemCount, Ledger, Note};
#[cfg(feature = "files")]
pub use matrix_file::{read_covariance, read_means};
pub use progress::Progress;
#[cfg(feature = "files")]
pub use rating_table::RatingTable;
pub use responses::{Responses, VariableValues};
pub use responses_builder::ResponsesBuilder;
pub use rows::Rows;
#[cfg(feature = "files")]
pub use table_file::TableFile;
pub use value::Value;

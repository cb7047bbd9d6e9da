//! The observation: data files and the answers in them.
//!
//! [`CsvSource`] streams a file of numbers of any size; [`AnswerFile`] finds the answers in one and checks them, for every
//! command alike. [`Dataset`] holds a table of numeric and
//! text columns in memory. [`Responses`] reads the answers to a construct's items: labels or codes,
//! missing codes, keys, who was asked, groups. Its [`Ledger`] says what became of every row and
//! cell. [`read_covariance`] and [`read_means`] read published moments.
//!
//! A missing number is NaN in the arrays of this room: its private mark, which is made nowhere else
//! and leaves the room only as the absence of an answer.

mod answer_file;
mod answers;
mod blocks;
mod cell;
mod completed;
mod csv_header;
mod csv_numbers;
mod csv_pass;
mod csv_source;
mod dataset;
mod encoding;
mod faults;
mod grouping;
mod identifier;
mod input;
mod ledger;
mod matrix_file;
mod progress;
mod rating_table;
mod response_reading;
mod response_rows;
mod responses;

pub(crate) use cell::why_no_number;

pub use answer_file::{AnswerFile, AnswerKind, AnswerOptions, Impossible};
pub use completed::read_completed;
pub use csv_source::{CsvOptions, CsvSource};
pub use dataset::{Column, Dataset};
pub use grouping::Grouping;
pub use ledger::{Counted, ItemCount, Ledger, Note};
pub use matrix_file::{read_covariance, read_means};
pub use progress::Progress;
pub use rating_table::RatingTable;
pub use responses::{Responses, VariableValues};

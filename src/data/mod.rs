//! The observation: data files and the answers in them.
//!
//! [`CsvSource`] streams a file of numbers of any size. [`Dataset`] holds a table of numeric and
//! text columns in memory. [`read_covariance`] and [`read_means`] read published moments.
//!
//! A missing number is NaN in the arrays of this room: its private mark, which is made nowhere else
//! and leaves the room only as the absence of an answer.

mod blocks;
mod cell;
mod csv_source;
mod dataset;
mod faults;
mod grouping;
mod matrix_file;

pub use csv_source::{CsvOptions, CsvSource, Progress};
pub use dataset::{Column, Dataset};
pub use grouping::Grouping;
pub use matrix_file::{read_covariance, read_means};

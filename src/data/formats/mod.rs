//! Files of answers as they come from elsewhere: SPSS, spreadsheets, exports of survey services, CSV of any country.
//!
//! [`Sheet::read`] gives what a file holds before any construct: columns with wordings, cells, declared labels and missing
//! codes, and what has to be told of them.

// each kind of file has days of its own
#[cfg_attr(not(all(feature = "sav", feature = "dta")), allow(dead_code))]
mod calendar;
mod codes;
mod conventions;
pub(crate) mod converted;
pub(crate) mod csv_text;
mod ledger;
mod notation;
mod options;
#[cfg(feature = "parquet")]
mod parquet_file;
#[cfg(feature = "sav")]
mod portable;
mod reading;
mod recognise;
mod refusal;
#[cfg(feature = "sav")]
mod sav;
mod services;
mod sheet;
mod shown;
#[cfg(feature = "dta")]
mod stata;
mod tabular;
mod text;
mod words;
#[cfg(feature = "xlsx")]
mod workbook;

pub use crate::construct::Service;
pub(crate) use codes::word_codes;
pub use options::SheetOptions;
pub use sheet::{Absence, CellKind, Sheet, SheetCell, SheetColumn, SheetNote, UserMissing, ValueLabel};
pub(crate) use words::{means_no_answer, plain};

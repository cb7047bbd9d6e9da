//! Tables that other programs read: a CSV table as a workbook (`.xlsx`) or an SPSS system file (`.sav`).

mod columns;
mod sav;
#[cfg(feature = "tables")]
mod workbook;
mod written;

pub use columns::TableFile;

//! How a file is read, where it does not say it by itself.

use crate::construct::Service;

/// How a file is read, where it does not say it by itself.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SheetOptions {
    /// The service whose header rows the file has; none: recognised.
    pub service: Option<Service>,
    /// The sheet of a workbook; none: the one with the table.
    pub sheet: Option<String>,
    /// Further codes that mean "missing".
    pub missing_codes: Vec<String>,
    /// Only these columns; empty: all.
    pub columns: Vec<String>,
}

impl SheetOptions {
    /// Everything recognised.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

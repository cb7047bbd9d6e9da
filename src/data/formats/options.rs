//! How a file is read, where it does not say it by itself.

use crate::construct::Service;

/// How a file is read, where it does not say it by itself.
///
/// ```
/// use psychometrics::construct::Service;
/// use psychometrics::data::formats::{Sheet, SheetOptions};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("export.csv");
/// std::fs::write(&path, "a,b\nq one,q two\n4,-99\n2,3\n").unwrap();
/// let mut options = SheetOptions::new();
/// options.service = Some(Service::None); // one row of names, whatever it looks like
/// options.columns = vec!["b".into()];
/// let sheet = Sheet::read(&path, &options)?;
/// assert_eq!((sheet.rows, sheet.columns.len()), (3, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
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

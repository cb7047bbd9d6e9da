//! Writing a table, in the form that the ending of the name asks for.

use super::columns::TableFile;
use super::sav;
#[cfg(feature = "tables")]
use super::workbook;
use crate::error::{Error, Result};
use std::path::Path;

impl TableFile {
    /// Writes the table: `.sav` for SPSS, `.xlsx` (feature `tables`) for a spreadsheet.
    ///
    /// # Errors
    /// [`Error::Unwritable`]; [`Error::Unsupported`] for another ending, or a text of more than 255 bytes in a `.sav`.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let unwritable = |reason: String| Error::Unwritable { path: path.into(), reason };
        match ending(path).as_str() {
            "sav" => std::fs::write(path, sav::bytes(self)?).map_err(|error| unwritable(error.to_string())),
            #[cfg(feature = "tables")]
            "xlsx" => workbook::write(self, path).map_err(unwritable),
            other => Err(Error::Unsupported {
                what: format!("a table in a file that ends in '.{other}'"),
                instead: "Give a name that ends in .csv, .sav or .xlsx (feature 'tables').".into(),
            }),
        }
    }

    /// Whether a file of this name is written as a table that is no text.
    #[must_use]
    pub fn is_for(path: &Path) -> bool {
        matches!(ending(path).as_str(), "sav" | "xlsx")
    }
}

fn ending(path: &Path) -> String {
    path.extension().and_then(|own| own.to_str()).unwrap_or_default().to_lowercase()
}

//! What to read of a file, and what counts as missing.

use super::progress::Progress;
use crate::construct::Layout;
use serde::{Deserialize, Serialize};

/// What to read of a file, and what counts as missing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CsvOptions {
    /// Columns to read, in this order; all that have a name where empty.
    pub columns: Vec<String>,
    /// Cell contents that mean "missing", next to the empty cell and `NA`. A code that is a number
    /// matches by value (`9` covers `9.0`), any other exactly.
    pub missing_codes: Vec<String>,
    /// Columns in which words stand for codes and are kept as words (groups), where a file has both.
    pub as_words: Vec<String>,
    /// How the file is laid out, where it does not say it by itself.
    pub layout: Layout,
    /// Who is told how far the reading is.
    #[serde(skip)]
    pub progress: Progress,
}

//! What to read of a file, and what counts as missing.

use super::progress::Progress;
use crate::construct::Layout;
use serde::{Deserialize, Serialize};

/// What to read of a file, and what counts as missing.
///
/// ```
/// use psychometrics::data::{CsvOptions, Dataset};
///
/// // 9 is no answer here, nor is 9.0
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("answers.csv");
/// std::fs::write(&path, "q1,q2,q3\n1,9,4\n9.0,2,5\n").unwrap();
/// let options = CsvOptions {
///     columns: ["q2", "q1"].map(String::from).to_vec(),
///     missing_codes: vec!["9".into()],
///     ..CsvOptions::default()
/// };
/// let data = Dataset::read(&path, &options)?;
/// assert_eq!(data.names(), ["q2", "q1"]);
/// assert_eq!((data.missing_count("q1")?, data.missing_count("q2")?), (1, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
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

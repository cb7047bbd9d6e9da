//! Tables of data, read by the commands that take them whole.

use crate::progress;
use psychometrics::Result;
use psychometrics::data::{CsvOptions, Dataset};
use std::path::Path;

/// Reads a table; how a file that is no plain CSV was read is told on the standard error.
pub(crate) fn table(path: &Path, options: &CsvOptions) -> Result<Dataset> {
    let data = Dataset::read(path, &CsvOptions { progress: progress::bar("reading"), ..options.clone() })?;
    told(path, data.told());
    Ok(data)
}

/// Tells how a file was read.
pub(crate) fn told(path: &Path, told: &[String]) {
    for what in told {
        eprintln!("note: {}: {what}", path.display());
    }
}

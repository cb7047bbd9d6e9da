//! A file that cannot be read.

use crate::error::Error;
use std::path::Path;

/// A file that cannot be read, with what to do.
pub(crate) fn refused(path: &Path, what: &str, remedy: &str) -> Error {
    Error::OtherFormat { path: path.into(), what: what.into(), remedy: remedy.into() }
}

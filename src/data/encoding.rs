//! Files of answers that are written in another way than the readers expect, called by its name (encodings:
//! [`check_encoding`](crate::construct::check_encoding)).

use super::blocks::{self, DELIMITERS};
use crate::error::{Error, Result};
use memchr::memchr;
use std::path::Path;

/// The byte-order mark of UTF-8, which some programs write.
pub(crate) const MARK: &[u8] = b"\xef\xbb\xbf";

/// Refuses lines that end in a carriage return alone.
///
/// # Errors
/// [`Error::OtherFormat`].
pub(crate) fn check_line_ends(path: &Path, text: &[u8]) -> Result<()> {
    let inner = text.trim_ascii();
    if memchr(b'\n', inner).is_some() || memchr(b'\r', inner).is_none() {
        return Ok(());
    }
    Err(Error::OtherFormat {
        path: path.into(),
        what: "its lines end in a carriage return alone, as old Macs wrote them".into(),
        remedy: "Save it once more (in Excel: 'CSV UTF-8').".into(),
    })
}

/// The line `sep=;` that Excel writes before the header: its delimiter, and how many bytes it takes.
pub(crate) fn separator_line(text: &[u8]) -> Option<(u8, usize)> {
    let end = memchr(b'\n', text)? + 1;
    let line = text[..end].trim_ascii_end();
    let line = line.strip_prefix(b"\"").and_then(|l| l.strip_suffix(b"\"")).unwrap_or(line);
    let rest = line.strip_prefix(b"sep=").or_else(|| line.strip_prefix(b"SEP="))?;
    match rest {
        [] if text[..end].contains(&b'\t') => Some((b'\t', end)),
        [delimiter] if DELIMITERS.contains(delimiter) => Some((*delimiter, end)),
        _ => None,
    }
}

/// Refuses the two rows of question texts and import ids that Qualtrics writes below the header. `text` is the beginning
/// of the file, `first_row` the row of its first line.
///
/// # Errors
/// [`Error::OtherFormat`].
pub(crate) fn check_qualtrics(path: &Path, text: &[u8], delimiter: u8, first_row: usize) -> Result<()> {
    let (mut rows, mut found) = (Vec::new(), false);
    blocks::for_each_record(text, delimiter, |row, record| {
        rows.push(row + first_row);
        found = rows.len() == 3 && record.cell(0).starts_with(b"{\"ImportId\":");
        rows.len() < 3
    });
    if !found {
        return Ok(());
    }
    Err(Error::OtherFormat {
        path: path.into(),
        what: format!(
            "rows {} and {} hold no answers but the question texts and import ids that Qualtrics writes below the header",
            rows[1], rows[2]
        ),
        remedy: "Delete these two rows; do not declare them missing, they would count as respondents.".into(),
    })
}

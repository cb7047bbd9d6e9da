//! The beginning of a CSV file: its delimiter, and the names in its header.

use super::blocks;
use super::csv_options::CsvOptions;
use super::encoding::{MARK, check_line_ends, check_qualtrics, separator_line};
use super::faults::Faults;
use super::file_facts::{FileFacts, Words};
use super::input::Input;
use crate::construct::check_encoding;
use crate::error::{Error, Result};
use std::io::Read;
use std::path::Path;

/// The beginning of a file, which may be of any kind: what is no plain CSV file becomes one (in memory, or
/// while it is read), and what it tells beside its cells is given, too.
///
/// # Errors
/// As [`CsvHeader::read`] and [`convert`](super::formats::converted::convert).
#[cfg(feature = "sheets")]
pub(super) fn opened(
    path: &Path,
    options: &CsvOptions,
    words: Words,
) -> Result<(CsvHeader, Option<FileFacts>)> {
    use super::formats::converted::{convert, is_plain};
    use super::formats::csv_text::Converted;
    let (input, bytes, start) = read_start(path).map_err(|e| unreadable(path, &e))?;
    if is_plain(path, &start, start.len() as u64 == bytes, &options.layout, words)? {
        return Ok((CsvHeader::read(path)?, None));
    }
    let made = convert(path, &input, &options.layout, words, &options.as_words)?;
    let Converted { input, bytes, body, names, first_row, facts } = made;
    let header = CsvHeader { input, bytes, delimiter: b',', names, row: first_row - 1, body };
    Ok((header, Some(facts)))
}

/// The beginning of a CSV file.
///
/// # Errors
/// As [`CsvHeader::read`].
#[cfg(not(feature = "sheets"))]
pub(super) fn opened(path: &Path, _: &CsvOptions, _: Words) -> Result<(CsvHeader, Option<FileFacts>)> {
    Ok((CsvHeader::read(path)?, None))
}

/// A file whose header was read.
pub(super) struct CsvHeader {
    pub(super) input: Input,
    pub(super) bytes: u64,
    pub(super) delimiter: u8,
    /// All names, trimmed.
    pub(super) names: Vec<String>,
    /// The row in which they stand, as in a spreadsheet.
    pub(super) row: usize,
    /// Bytes up to and including that row.
    pub(super) body: u64,
}

impl CsvHeader {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let (input, bytes, start) = read_start(path).map_err(|e| unreadable(path, &e))?;
        check_encoding(path, &start)?;
        let mark = if start.starts_with(MARK) { MARK.len() } else { 0 };
        let (separator, skipped) = separator_line(&start[mark..]).unzip();
        let skipped = mark + skipped.unwrap_or(0);
        let body = header_end(&start, skipped).unwrap_or(start.len());
        let text = &start[skipped..body];
        if text.trim_ascii().is_empty() {
            return Err(Error::EmptyFile { path: path.into() });
        }
        check_line_ends(path, text)?;
        let delimiter = separator.unwrap_or_else(|| blocks::delimiter_of(text));
        let first_row = 1 + usize::from(separator.is_some());
        check_qualtrics(path, &start[skipped..], delimiter, first_row)?;
        let mut names: Vec<String> = Vec::new();
        let mut faults = Faults::default();
        let mut row = first_row;
        blocks::for_each_record(text, delimiter, |at, record| {
            row = at + first_row;
            for column in 0..record.len() {
                names.extend(faults.text(row, record.cell(column)).map(|name| name.trim().into()));
            }
            false
        });
        faults.into_result(path)?;
        Ok(Self { input, bytes, delimiter, names, row, body: body as u64 })
    }
}

/// How much of a file is looked at before it is read, at least.
const START_BYTES: u64 = 1 << 16;

/// An input, how many bytes it has, and the first of them: so many that the header is among them.
fn read_start(path: &Path) -> std::io::Result<(Input, u64, Vec<u8>)> {
    let input = Input::open(path)?;
    let total = input.len()?;
    let mut reader = input.reader()?;
    let mut start = Vec::new();
    loop {
        let wanted = START_BYTES.max(start.len() as u64);
        let read = Read::by_ref(&mut reader).take(wanted).read_to_end(&mut start)?;
        let mark = if start.starts_with(MARK) { MARK.len() } else { 0 };
        let skipped = mark + separator_line(&start[mark..]).map_or(0, |(_, length)| length);
        if (read as u64) < wanted || header_end(&start, skipped).is_some() {
            return Ok((input, total, start));
        }
    }
}

/// Where the header row ends, the bytes before `skipped` being no part of it; none where its end is not among them.
fn header_end(start: &[u8], skipped: usize) -> Option<usize> {
    let text = &start[skipped..];
    let blank = text.len() - text.trim_ascii_start().len();
    // the header begins on the line of the first character that is no white space
    let from = skipped + text[..blank].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let end = blocks::first_record_end(&start[from..]).filter(|_| blank < text.len())?;
    Some(from + end)
}

/// The error of a file that cannot be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::Unreadable { path: path.into(), reason: error.to_string() }
}

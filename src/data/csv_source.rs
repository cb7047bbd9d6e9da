//! A CSV or TSV file, read as a stream of numbers; a file of another kind (feature `sheets` and its friends) becomes one first.
//!
//! The file is UTF-8 text with a header row of column names, one row per respondent below it. The
//! delimiter is the tab, semicolon or comma that occurs most often in the header row. A byte-order
//! mark, CRLF line ends, quoted fields (RFC 4180), blank lines and Excel's first line `sep=;` are understood. Rows are
//! numbered as in a spreadsheet: the header is row 1, blank lines count, a quoted line break does not.
//!
//! A pipe is read once, and what it gave is kept in memory.
//!
//! Blocks of about one MiB are parsed in parallel and their results merged in file order, so that
//! the result has the same bits at any number of threads and memory does not grow with the rows.

use super::cell::MissingCodes;
use super::csv_header::{CsvHeader, opened};
use super::csv_options::CsvOptions;
use super::file_facts::{FileFacts, Words};
use super::header::Header;
use super::input::Input;
use super::progress::Progress;
use crate::error::{Error, Result};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of a block: large enough to make its overhead vanish, small enough for a cache.
const BLOCK_BYTES: usize = 1 << 20;

/// A data file whose header has been read and whose rows can be streamed, any number of times.
///
/// ```
/// use psychometrics::data::{CsvOptions, CsvSource};
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("answers.csv");
/// std::fs::write(&path, "q1,q2\n4,5\n2,NA\n").unwrap();
/// let source = CsvSource::open(&path, &CsvOptions::default())?;
/// assert_eq!(source.names(), ["q1", "q2"]);
///
/// // the sum of all answers, NaN being the mark of a missing one
/// let add = |sum: &mut f64, rows: ndarray::ArrayView2<f64>| {
///     *sum += rows.iter().filter(|x| !x.is_nan()).sum::<f64>();
/// };
/// assert_eq!(source.fold(|| 0.0, add, |sum, later| *sum += later)?, 11.0);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CsvSource {
    pub(super) path: PathBuf,
    pub(super) input: Input,
    pub(super) delimiter: u8,
    /// All names of the header, trimmed.
    pub(super) header: Vec<String>,
    pub(super) header_row: usize,
    /// Bytes up to and including the header row.
    pub(super) body: u64,
    pub(super) bytes: u64,
    /// The columns that are read, by position and by name.
    pub(super) selected: Vec<usize>,
    pub(super) names: Vec<String>,
    pub(super) missing: MissingCodes,
    /// The numbers that [`fold`](Self::fold) takes.
    pub(super) range: Option<(f64, f64)>,
    pub(super) progress: Progress,
    pub(super) block_bytes: usize,
    /// What the file tells beside its cells.
    pub(super) facts: Arc<FileFacts>,
    /// The wordings of the questions, in the order of the header.
    pub(super) questions: Arc<[Option<String>]>,
    /// Whether the bytes that are read were made from those of the file.
    pub(super) converted: bool,
}

impl CsvSource {
    /// Opens a file, reads its header and finds the columns asked for. A column whose header cell
    /// is empty (row names, a delimiter at the end of every line) is not read.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::EmptyFile`], [`Error::NotUtf8`] (of the header),
    /// [`Error::DuplicateColumn`], [`Error::UnknownColumn`] with the nearest name.
    pub fn open(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Self> {
        Self::open_in(path.as_ref(), options, Words::Codes)
    }

    /// The same, with words of answers read as `words` says.
    pub(crate) fn open_in(path: &Path, options: &CsvOptions, words: Words) -> Result<Self> {
        let mut source = Self::open_named(path, options, words)?;
        source.select(&options.columns)?;
        Ok(source)
    }

    /// The same for columns that are asked for one by one ([`with_columns`](Self::with_columns), a construct): none is read
    /// yet, and two of one name are refused only where that name is asked for.
    pub(crate) fn open_named(path: &Path, options: &CsvOptions, words: Words) -> Result<Self> {
        let path = path.to_path_buf();
        let (CsvHeader { input, bytes, delimiter, names: header, row: header_row, body }, facts) =
            opened(&path, options, words)?;
        let converted = facts.is_some();
        let facts = Arc::new(facts.unwrap_or_default());
        let codes = options.missing_codes.iter().chain(&facts.declared).map(String::as_str);
        let missing = MissingCodes::new(codes);
        let questions = facts.columns.iter().map(|column| column.question.clone()).collect();
        Ok(Self {
            path,
            input,
            delimiter,
            header,
            header_row,
            body,
            bytes,
            selected: Vec::new(),
            names: Vec::new(),
            missing,
            range: None,
            progress: options.progress.clone(),
            block_bytes: BLOCK_BYTES,
            facts,
            questions,
            converted,
        })
    }

    fn select(&mut self, columns: &[String]) -> Result<()> {
        self.names = if columns.is_empty() {
            self.header.iter().filter(|name| !name.is_empty()).cloned().collect()
        } else {
            columns.to_vec()
        };
        // of names that stand in the header once; others are looked for one by one, and are refused or explained there
        let mut places: HashMap<&str, Option<usize>> = HashMap::with_capacity(self.header.len());
        for (at, name) in self.header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            places.entry(name).and_modify(|place| *place = None).or_insert(Some(at));
        }
        let place = |name: &String| match places.get(name.as_str()) {
            Some(Some(at)) => Ok(*at),
            _ => self.position(name),
        };
        self.selected = self.names.iter().map(place).collect::<Result<_>>()?;
        let mut seen = HashSet::new();
        match self.names.iter().find(|name| !seen.insert(name.as_str())) {
            Some(twice) => Err(Error::DuplicateColumn { path: self.path.clone(), column: twice.clone() }),
            None => Ok(()),
        }
    }

    #[cfg(test)]
    pub(crate) fn with_block_bytes(mut self, block_bytes: usize) -> Self {
        self.block_bytes = block_bytes;
        self
    }

    /// Names of the columns that are read, in their order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Names of all columns of the file, the empty ones included.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Sentences on how a file that is no plain CSV was read (encoding, sheet, words taken for codes, ...).
    ///
    /// ```
    /// use psychometrics::data::{CsvOptions, CsvSource};
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("answers.csv");
    /// std::fs::write(&path, "q1,q2\n4,5\n")?;
    /// assert!(CsvSource::open(&path, &CsvOptions::default())?.told().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn told(&self) -> &[String] {
        &self.facts.told
    }

    /// What the file tells beside its cells.
    pub(crate) fn facts(&self) -> &FileFacts {
        &self.facts
    }

    /// What is missing in this file.
    pub(crate) fn missing(&self) -> &MissingCodes {
        &self.missing
    }

    /// The columns that are read, by position in the file.
    pub(crate) fn selected(&self) -> &[usize] {
        &self.selected
    }

    /// Where a column stands in the file.
    pub(crate) fn position(&self, name: &str) -> Result<usize> {
        self.columns().position(name)
    }

    /// All columns of the file.
    pub(super) fn columns(&self) -> Header<'_> {
        Header { names: &self.header, questions: &self.questions, source: &self.path, missing: &self.missing }
    }

    /// The same source with other columns.
    pub(crate) fn with_columns(&self, columns: &[String]) -> Result<Self> {
        let mut own = self.clone();
        if columns.is_empty() {
            (own.names, own.selected) = Default::default();
        } else {
            own.select(columns)?;
        }
        Ok(own)
    }

    /// The same source, in which a number outside `range` is refused by [`fold`](Self::fold).
    pub(crate) fn with_range(mut self, range: Option<(f64, f64)>) -> Self {
        self.range = range;
        self
    }
}

//! A CSV or TSV file, read as a stream of numbers.
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

use super::blocks::{self, BlockReader, Record, Rows};
use super::cell::{Cell, MissingCodes, why_no_number};
use super::encoding::{MARK, check_line_ends, check_qualtrics, separator_line};
use super::faults::{Faults, NOT_UTF8};
use super::input::Input;
use super::progress::Progress;
use crate::construct::check_encoding;
use crate::error::{Error, Result, nearest};
use ndarray::ArrayView2;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes of a block: large enough to make its overhead vanish, small enough for a cache.
const BLOCK_BYTES: usize = 1 << 20;

/// Rows handed over at once by [`CsvSource::fold`].
const CHUNK_ROWS: usize = 256;

/// Blocks in memory per thread while they are parsed; as many are being read meanwhile.
const BLOCKS_PER_THREAD: usize = 4;

/// What to read of a file, and what counts as missing.
#[derive(Debug, Clone, Default)]
pub struct CsvOptions {
    /// Columns to read, in this order; all that have a name where empty.
    pub columns: Vec<String>,
    /// Cell contents that mean "missing", next to the empty cell and `NA`. A code that is a number
    /// matches by value (`9` covers `9.0`), any other exactly.
    pub missing_codes: Vec<String>,
    /// Who is told how far the reading is.
    pub progress: Progress,
}

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
    path: PathBuf,
    input: Input,
    delimiter: u8,
    /// All names of the header, trimmed.
    header: Vec<String>,
    header_row: usize,
    /// Bytes up to and including the header row.
    body: u64,
    bytes: u64,
    /// The columns that are read, by position and by name.
    selected: Vec<usize>,
    names: Vec<String>,
    missing: MissingCodes,
    /// The numbers that [`fold`](Self::fold) takes.
    range: Option<(f64, f64)>,
    progress: Progress,
    block_bytes: usize,
}

/// What a stream of records is gathered into: one value per block.
pub(crate) trait Gather: Send {
    /// Takes a record; `row` counts from 0 at the first row of the block.
    fn record(&mut self, row: usize, record: &Record<'_>, faults: &mut Faults);
    /// The block ends.
    fn finish(&mut self) {}
}

/// What was read in one pass over a file.
#[derive(Debug)]
pub(crate) struct Pass {
    pub(crate) rows: Rows,
    pub(crate) sha256: Option<String>,
}

/// Whether a pass over a file also computes its SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fingerprint {
    Skip,
    Sha256,
}

impl CsvSource {
    /// Opens a file, reads its header and finds the columns asked for. A column whose header cell
    /// is empty (row names, a delimiter at the end of every line) is not read.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::EmptyFile`], [`Error::NotUtf8`] (of the header),
    /// [`Error::DuplicateColumn`], [`Error::UnknownColumn`] with the nearest name.
    pub fn open(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Self> {
        let path = path.as_ref().to_path_buf();
        let (input, bytes, start) = read_start(&path).map_err(|e| unreadable(&path, &e))?;
        check_encoding(&path, &start)?;
        let mark = if start.starts_with(MARK) { MARK.len() } else { 0 };
        let (separator, skipped) = separator_line(&start[mark..]).unzip();
        let skipped = mark + skipped.unwrap_or(0);
        let body = header_end(&start, skipped).unwrap_or(start.len());
        let text = &start[skipped..body];
        if text.trim_ascii().is_empty() {
            return Err(Error::EmptyFile { path });
        }
        check_line_ends(&path, text)?;
        let delimiter = separator.unwrap_or_else(|| blocks::delimiter_of(text));
        let first_row = 1 + usize::from(separator.is_some());
        check_qualtrics(&path, &start[skipped..], delimiter, first_row)?;
        let mut header: Vec<String> = Vec::new();
        let mut faults = Faults::default();
        let mut header_row = first_row;
        blocks::for_each_record(text, delimiter, |row, record| {
            header_row = row + first_row;
            for column in 0..record.len() {
                header.extend(faults.text(header_row, record.cell(column)).map(|name| name.trim().into()));
            }
            false
        });
        faults.into_result(&path)?;
        let mut seen = HashSet::new();
        if let Some(twice) = header.iter().find(|name| !name.is_empty() && !seen.insert(name.as_str())) {
            return Err(Error::DuplicateColumn { path, column: twice.clone() });
        }
        let mut source = Self {
            path,
            input,
            delimiter,
            header,
            header_row,
            body: body as u64,
            bytes,
            selected: Vec::new(),
            names: Vec::new(),
            missing: MissingCodes::new(options.missing_codes.iter().map(String::as_str)),
            range: None,
            progress: options.progress.clone(),
            block_bytes: BLOCK_BYTES,
        };
        source.select(&options.columns)?;
        Ok(source)
    }

    fn select(&mut self, columns: &[String]) -> Result<()> {
        self.names = if columns.is_empty() {
            self.header.iter().filter(|name| !name.is_empty()).cloned().collect()
        } else {
            columns.to_vec()
        };
        self.selected = self.names.iter().map(|name| self.position(name)).collect::<Result<_>>()?;
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
        self.header.iter().position(|h| h == name && !h.is_empty()).ok_or_else(|| {
            let available: Vec<String> = self.header.iter().filter(|h| !h.is_empty()).cloned().collect();
            Error::UnknownColumn {
                column: name.into(),
                source_name: self.path.display().to_string(),
                nearest: nearest(name, available.iter().map(String::as_str)),
                available,
            }
        })
    }

    /// Folds the rows of the file into one value.
    ///
    /// `make` starts the value of a block, `step` takes some of its rows (rows x columns in the
    /// order of [`names`](Self::names), in file order; NaN is the mark of a missing cell and occurs
    /// for no other reason), and `merge` adds the value of the block that follows. Blocks are
    /// stepped through in parallel and merged in file order: the result has the same bits at any
    /// number of threads. Memory: a few MiB per thread.
    ///
    /// # Errors
    /// [`Error::HeaderOnly`], [`Error::RaggedRow`], [`Error::NotUtf8`], [`Error::Unreadable`], and
    /// [`Error::BadCells`] with every cell that is neither missing nor a number.
    pub fn fold<A: Send>(
        &self,
        make: impl Fn() -> A + Sync,
        step: impl Fn(&mut A, ArrayView2<'_, f64>) + Sync,
        mut merge: impl FnMut(&mut A, A),
    ) -> Result<A> {
        let mut total = None;
        let start = || Numbers { source: self, rows: Vec::new(), step: &step, value: make() };
        self.scan(start, Fingerprint::Skip, |block, _| match &mut total {
            None => total = Some(block.value),
            Some(total) => merge(total, block.value),
        })?;
        Ok(total.unwrap_or_else(make))
    }

    /// [`fold`](Self::fold) with steps that can fail: the first error in file order is the result.
    ///
    /// # Errors
    /// As [`fold`](Self::fold), and what `step` and `merge` give.
    pub fn try_fold<A: Send>(
        &self,
        make: impl Fn() -> A + Sync,
        step: impl Fn(&mut A, ArrayView2<'_, f64>) -> Result<()> + Sync,
        merge: impl Fn(&mut A, A) -> Result<()>,
    ) -> Result<A> {
        let step = |value: &mut Result<A>, rows: ArrayView2<'_, f64>| {
            if let Ok(inner) = value
                && let Err(error) = step(inner, rows)
            {
                *value = Err(error);
            }
        };
        let merge = |all: &mut Result<A>, block: Result<A>| {
            if let Ok(inner) = all
                && let Err(error) = block.and_then(|block| merge(inner, block))
            {
                *all = Err(error);
            }
        };
        self.fold(|| Ok(make()), step, merge)?
    }

    /// One pass over the file: a gatherer per block, handed over in file order together with the
    /// row number of the block's first row.
    pub(crate) fn scan<G: Gather>(
        &self,
        make: impl Fn() -> G + Sync,
        fingerprint: Fingerprint,
        mut take: impl FnMut(G, usize),
    ) -> Result<Pass> {
        let unreadable = |e: std::io::Error| unreadable(&self.path, &e);
        let digest = (fingerprint == Fingerprint::Sha256).then(Sha256::new);
        let input = self.input.reader().map_err(unreadable)?;
        let mut reader = BlockReader::new(input, self.body, self.delimiter, self.block_bytes, digest)
            .map_err(unreadable)?;
        let at_once = BLOCKS_PER_THREAD * rayon::current_num_threads();
        let mut rows = Rows::default();
        let mut faults = Faults::default();
        let mut blocks = reader.next_blocks(at_once).map_err(unreadable)?;
        while !blocks.is_empty() {
            let (next, parsed) = rayon::join(
                || reader.next_blocks(at_once),
                || blocks.par_iter().map(|block| self.parse(block, make())).collect::<Vec<_>>(),
            );
            for block in parsed {
                let first_row = self.header_row + 1 + rows.lines();
                faults.append(block.faults, first_row);
                if let Some(row) = faults.not_utf8() {
                    return Err(Error::NotUtf8 { path: self.path.clone(), row, found: NOT_UTF8 });
                }
                if let Some((row, found)) = block.ragged {
                    let (path, expected) = (self.path.clone(), self.header.len());
                    return Err(Error::RaggedRow { path, row: row + first_row, found, expected });
                }
                rows.records += block.rows.records;
                rows.blank += block.rows.blank;
                take(block.gathered, first_row);
            }
            reader.reuse(std::mem::replace(&mut blocks, next.map_err(unreadable)?));
            self.progress.tell(reader.bytes_read(), self.bytes);
        }
        faults.into_result(&self.path)?;
        if rows.records == 0 {
            return Err(Error::HeaderOnly { path: self.path.clone() });
        }
        Ok(Pass { rows, sha256: reader.sha256() })
    }

    /// What the first rows (those of one block) are gathered into, and the row of the first of them. Rows of another length
    /// and bytes that are no text are for [`scan`](Self::scan) to refuse.
    pub(crate) fn first_rows<G: Gather>(&self, gathered: G) -> Result<(G, usize)> {
        let unreadable = |e: std::io::Error| unreadable(&self.path, &e);
        let input = self.input.reader().map_err(unreadable)?;
        let mut reader =
            BlockReader::new(input, self.body, self.delimiter, self.block_bytes, None).map_err(unreadable)?;
        let block = reader.next_blocks(1).map_err(unreadable)?.pop().unwrap_or_default();
        Ok((self.parse(&block, gathered).gathered, self.header_row + 1))
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

    fn parse<G: Gather>(&self, block: &[u8], mut gathered: G) -> Parsed<G> {
        let mut faults = Faults::default();
        let mut ragged = None;
        let rows = blocks::for_each_record(block, self.delimiter, |row, record| {
            if record.len() == self.header.len() {
                gathered.record(row, record, &mut faults);
            } else {
                ragged = Some((row, record.len()));
            }
            ragged.is_none()
        });
        gathered.finish();
        Parsed { gathered, rows, faults, ragged }
    }
}

struct Parsed<G> {
    gathered: G,
    rows: Rows,
    faults: Faults,
    ragged: Option<(usize, usize)>,
}

/// Gathers rows of numbers and hands them to `step` some at a time.
struct Numbers<'a, A, S> {
    source: &'a CsvSource,
    rows: Vec<f64>,
    step: &'a S,
    value: A,
}

impl<A: Send, S: Fn(&mut A, ArrayView2<'_, f64>) + Sync> Gather for Numbers<'_, A, S> {
    fn record(&mut self, row: usize, record: &Record<'_>, faults: &mut Faults) {
        let source = self.source;
        for (column, name) in source.selected.iter().zip(&source.names) {
            let cell = record.cell(*column);
            self.rows.push(match source.missing.read(cell) {
                Cell::Number(value) => {
                    if let Some(range) = source.range.filter(|range| is_outside(value, *range)) {
                        faults.refuse(row, name, cell, |_| outside(range));
                    }
                    value
                }
                Cell::Missing(_) => f64::NAN,
                Cell::Text => {
                    faults.refuse(row, name, cell, why_no_number);
                    f64::NAN
                }
            });
        }
        if self.rows.len() == CHUNK_ROWS * source.names.len() {
            self.finish();
        }
    }

    fn finish(&mut self) {
        let columns = self.source.names.len();
        let rows = self.rows.len() / columns.max(1);
        if rows > 0
            && let Ok(view) = ArrayView2::from_shape((rows, columns), &self.rows)
        {
            (self.step)(&mut self.value, view);
        }
        self.rows.clear();
    }
}

/// Whether a number is no possible answer.
pub(crate) fn is_outside(value: f64, (low, high): (f64, f64)) -> bool {
    value < low || value > high
}

/// Why such a number is refused.
pub(crate) fn outside((low, high): (f64, f64)) -> String {
    format!("is outside the range {low} to {high}")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::Unreadable { path: path.into(), reason: error.to_string() }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Dataset;
    use proptest::prelude::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn open(text: &[u8], options: &CsvOptions) -> Result<(tempfile::NamedTempFile, CsvSource)> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let source = CsvSource::open(file.path(), options)?;
        Ok((file, source))
    }

    /// Rows of numbers, as bits so that NaN equals NaN.
    fn rows(source: &CsvSource) -> Result<Vec<Vec<u64>>> {
        let step = |all: &mut Vec<Vec<u64>>, rows: ArrayView2<'_, f64>| {
            all.extend(rows.rows().into_iter().map(|row| row.iter().map(|x| x.to_bits()).collect()));
        };
        source.fold(Vec::new, step, |all, mut later| all.append(&mut later))
    }

    fn bits(rows: &[&[f64]]) -> Vec<Vec<u64>> {
        rows.iter().map(|row| row.iter().map(|x| x.to_bits()).collect()).collect()
    }

    #[test]
    fn marks_line_ends_and_quotes_do_not_matter() {
        let expected = bits(&[&[1.0, f64::NAN], &[2.5, -3.0]]);
        for text in [
            "a,b\n1,\n2.5,-3\n",
            "a,b\n1,NA\n2.5,-3",
            "\u{feff}a,b\r\n1,\r\n2.5,-3\r\n",
            "\"a\";\"b\"\r\n\"1\";\"NA\"\r\n\"2.5\";\"-3\"",
            "\n\na\tb\n1\t \n\n 2.5 \t-3\n\n",
        ] {
            let (_file, source) = open(text.as_bytes(), &CsvOptions::default()).unwrap();
            assert_eq!(source.names(), ["a", "b"], "{text:?}");
            for block_bytes in [1, 3, 7, 1 << 20] {
                let source = source.clone().with_block_bytes(block_bytes);
                assert_eq!(rows(&source).unwrap(), expected, "{text:?} in blocks of {block_bytes}");
            }
        }
    }

    #[test]
    fn columns_come_in_the_order_asked_and_nameless_ones_not_at_all() {
        let text = b",x,y,z,\nr1,1,2,99,\n";
        let (_file, source) = open(text, &CsvOptions::default()).unwrap();
        assert_eq!(source.names(), ["x", "y", "z"]);
        let options = CsvOptions {
            columns: vec!["z".into(), "x".into()],
            missing_codes: vec!["99".into()],
            ..CsvOptions::default()
        };
        let (_file, source) = open(text, &options).unwrap();
        assert_eq!(rows(&source).unwrap(), bits(&[&[f64::NAN, 1.0]]));
    }

    #[test]
    fn a_quoted_field_may_cross_a_block() {
        let text = "id,x\n\"a\nb, \"\"c\"\"\",1\n\"d\n\",2\n5\" pipe,3\n";
        let options = CsvOptions { columns: vec!["x".into()], ..CsvOptions::default() };
        let (_file, source) = open(text.as_bytes(), &options).unwrap();
        for block_bytes in 1..text.len() + 1 {
            let source = source.clone().with_block_bytes(block_bytes);
            assert_eq!(rows(&source).unwrap(), bits(&[&[1.0], &[2.0], &[3.0]]), "{block_bytes}");
        }
    }

    #[test]
    fn rows_are_numbered_as_in_a_spreadsheet_whatever_the_block() {
        let text = "\nid,x\n\"a\nb\",1\n\nc,oops\nd,2\n\"e\",\"3,5\"\n";
        let options = CsvOptions { columns: vec!["x".into()], ..CsvOptions::default() };
        let (_file, source) = open(text.as_bytes(), &options).unwrap();
        for block_bytes in 1..text.len() + 1 {
            let error = rows(&source.clone().with_block_bytes(block_bytes)).unwrap_err();
            let Error::BadCells { total, cells, .. } = error else { panic!("{error}") };
            let found: Vec<_> = cells.iter().map(|c| (c.row, c.value.as_str(), c.problem.as_str())).collect();
            let expected = [(5, "oops", "is not a number"), (7, "3,5", "has a decimal comma; write 3.5")];
            assert_eq!((total, found.as_slice()), (2, expected.as_slice()), "{block_bytes}");
        }
    }

    #[test]
    fn a_ragged_row_and_a_row_that_is_no_text_are_named() {
        let (_file, source) = open(b"a,b\n1,2\n1,2\n1,2,3\n", &CsvOptions::default()).unwrap();
        for block_bytes in [1, 4, 100] {
            let error = rows(&source.clone().with_block_bytes(block_bytes)).unwrap_err();
            assert!(matches!(error, Error::RaggedRow { row: 4, found: 3, expected: 2, .. }), "{error}");
        }
        let (_file, source) = open(b"a\n1\n\xe9\n", &CsvOptions::default()).unwrap();
        assert!(matches!(rows(&source).unwrap_err(), Error::NotUtf8 { row: 3, .. }));
    }

    #[test]
    fn progress_ends_at_the_size_of_the_file() {
        let done = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&done);
        let progress = Progress::new(move |bytes, total| {
            assert!(bytes <= total);
            seen.store(bytes, Ordering::Relaxed);
        });
        let (_file, source) = open(b"a\n1\n2\n", &CsvOptions { progress, ..CsvOptions::default() }).unwrap();
        rows(&source.with_block_bytes(2)).unwrap();
        assert_eq!(done.load(Ordering::Relaxed), 6);
    }

    /// A number as one may write it, and its value.
    fn cell() -> impl Strategy<Value = (String, f64)> {
        prop_oneof![
            4 => (0..10u8).prop_map(|d| (d.to_string(), f64::from(d))),
            2 => (-1e6..1e6f64).prop_map(|x| (x.to_string(), x)),
            1 => any::<i64>().prop_map(|x| (x.to_string(), x as f64)),
            1 => prop_oneof![Just("NA"), Just(""), Just(" ")].prop_map(|s| (s.to_string(), f64::NAN)),
        ]
    }

    fn written(
        table: &[Vec<String>],
        delimiter: u8,
        style: csv::QuoteStyle,
        end: csv::Terminator,
    ) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .quote_style(style)
            .terminator(end)
            .from_writer(Vec::new());
        for row in table {
            writer.write_record(row).unwrap();
        }
        writer.into_inner().unwrap()
    }

    fn style() -> impl Strategy<Value = (u8, csv::QuoteStyle, csv::Terminator)> {
        (
            prop_oneof![Just(b','), Just(b';'), Just(b'\t')],
            prop_oneof![Just(csv::QuoteStyle::Necessary), Just(csv::QuoteStyle::Always)],
            prop_oneof![Just(csv::Terminator::CRLF), Just(csv::Terminator::Any(b'\n'))],
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn numbers_written_are_numbers_read(
            table in (2..5usize).prop_flat_map(|p| prop::collection::vec(prop::collection::vec(cell(), p), 1..40)),
            (delimiter, quotes, end) in style(),
            block_bytes in 1..300usize,
        ) {
            let header: Vec<String> = (0..table[0].len()).map(|j| format!("x{j}")).collect();
            let texts = table.iter().map(|row| row.iter().map(|c| c.0.clone()).collect());
            let lines: Vec<Vec<String>> = std::iter::once(header).chain(texts).collect();
            let (_file, source) =
                open(&written(&lines, delimiter, quotes, end), &CsvOptions::default()).unwrap();
            let expected: Vec<Vec<u64>> =
                table.iter().map(|row| row.iter().map(|c| c.1.to_bits()).collect()).collect();
            prop_assert_eq!(rows(&source.with_block_bytes(block_bytes)).unwrap(), expected);
        }

        #[test]
        fn texts_written_are_texts_read(
            texts in prop::collection::vec("[a-z][a-z\",;\t\r\n é]{0,12}[a-z]", 1..40),
            (delimiter, quotes, end) in style(),
            block_bytes in 1..300usize,
        ) {
            let header = vec!["id".to_string(), "text".into()];
            let body = texts.iter().enumerate().map(|(i, text)| vec![i.to_string(), text.clone()]);
            let lines: Vec<Vec<String>> = std::iter::once(header).chain(body).collect();
            let (_file, source) =
                open(&written(&lines, delimiter, quotes, end), &CsvOptions::default()).unwrap();
            let data = Dataset::from_source(&source.with_block_bytes(block_bytes)).unwrap();
            let read: Vec<String> = data.labels("text").unwrap().into_iter().map(Option::unwrap).collect();
            prop_assert_eq!(read, texts);
            prop_assert_eq!(data.numeric(&["id"]).unwrap()[(0, 0)], 0.0);
        }

        #[test]
        fn one_thread_and_four_give_the_same_bits(
            values in prop::collection::vec(-1e3..1e3f64, 1..400),
            block_bytes in 1..200usize,
        ) {
            let text: String = std::iter::once("x\n".into()).chain(values.iter().map(|x| format!("{x}\n"))).collect();
            let (_file, source) = open(text.as_bytes(), &CsvOptions::default()).unwrap();
            let source = source.with_block_bytes(block_bytes);
            let sum = |threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let add = |sum: &mut f64, rows: ArrayView2<'_, f64>| *sum += rows.sum();
                pool.install(|| source.fold(|| 0.0, add, |sum, later| *sum += later)).unwrap()
            };
            prop_assert_eq!(sum(1).to_bits(), sum(4).to_bits());
        }
    }
}

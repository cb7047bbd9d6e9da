//! One pass over the rows of a CSV file: its blocks parsed in parallel, and handed over in file order.

use super::blocks::{self, BlockReader, Record, Rows};
use super::csv_header::unreadable;
use super::csv_source::CsvSource;
use super::faults::{Faults, NOT_UTF8};
use super::input::Input;
use crate::error::{Error, Result};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::io::Read;

/// Blocks in memory per thread while they are parsed; as many are being read meanwhile.
const BLOCKS_PER_THREAD: usize = 4;

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
    /// One pass over the file: a gatherer per block, handed over in file order together with the
    /// row number of the block's first row.
    pub(crate) fn scan<G: Gather>(
        &self,
        make: impl Fn() -> G + Sync,
        fingerprint: Fingerprint,
        mut take: impl FnMut(G, usize),
    ) -> Result<Pass> {
        let unreadable = |e: std::io::Error| unreadable(&self.path, &e);
        let digest = (fingerprint == Fingerprint::Sha256 && !self.converted).then(Sha256::new);
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
                    return Err(Error::NotUtf8 { path: self.path.clone(), row, found: NOT_UTF8.into() });
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
            self.progress.tell(reader.bytes_read().min(self.bytes), self.bytes);
            self.progress.check("reading the file")?;
        }
        faults.into_result(&self.path)?;
        if rows.records == 0 {
            return Err(Error::HeaderOnly { path: self.path.clone() });
        }
        let sha256 = match fingerprint {
            Fingerprint::Sha256 if self.converted => Some(self.of_file().map_err(unreadable)?),
            _ => reader.sha256(),
        };
        Ok(Pass { rows, sha256 })
    }

    /// The SHA-256 of the file itself, where what is read was made from it.
    fn of_file(&self) -> std::io::Result<String> {
        let mut reader = Input::open(&self.path)?.reader()?;
        let (mut digest, mut piece) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            match reader.read(&mut piece)? {
                0 => return Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
                got => digest.update(&piece[..got]),
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{CsvOptions, Dataset, Progress};
    use ndarray::ArrayView2;
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
        // beyond the beginning, by which the encoding is told
        let mut long = b"a\n".to_vec();
        long.extend(b"1\n".repeat(40_000));
        long.extend(b"\xe9\n");
        let (_file, source) = open(&long, &CsvOptions::default()).unwrap();
        assert!(matches!(rows(&source).unwrap_err(), Error::NotUtf8 { row: 40_002, .. }));
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

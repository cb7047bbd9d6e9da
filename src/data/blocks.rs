//! A file in blocks of whole records, and a block in records.
//!
//! A block is a fixed number of bytes, cut behind the last newline that stands outside a quoted
//! field: where the cuts fall depends on the file alone. A record longer than a block makes its
//! block longer. Inside, a block without a double quote is split at delimiters and newlines; any
//! other goes through the csv crate (RFC 4180: `""` inside quotes is a quote, a quote inside an
//! unquoted field stands for itself). Both give the same records.

use super::input::InputReader;
use memchr::{memchr, memrchr};
use sha2::{Digest, Sha256};
use std::io::{self, Read};
use std::ops::Range;

/// The delimiters a data file may have.
pub(crate) const DELIMITERS: [u8; 3] = *b"\t;,";

/// The stretches of `bytes` outside quoted fields; `bytes` begins with a record.
fn unquoted<'a>(bytes: &'a [u8], delimiters: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next.take()?;
        let mut search = start;
        while let Some(quote) = memchr(b'"', &bytes[search..]).map(|i| search + i) {
            let opens = quote == 0 || bytes[quote - 1] == b'\n' || delimiters.contains(&bytes[quote - 1]);
            if opens {
                next = closing_quote(bytes, quote).map(|i| i + 1);
                return Some(start..quote);
            }
            search = quote + 1;
        }
        Some(start..bytes.len())
    })
}

fn closing_quote(bytes: &[u8], opening: usize) -> Option<usize> {
    let mut from = opening + 1;
    loop {
        let quote = from + memchr(b'"', bytes.get(from..)?)?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        from = quote + 2;
    }
}

/// Where the first record of `bytes` ends (behind its newline), whatever the delimiter is.
pub(crate) fn first_record_end(bytes: &[u8]) -> Option<usize> {
    unquoted(bytes, &DELIMITERS).find_map(|r| Some(r.start + memchr(b'\n', &bytes[r.clone()])? + 1))
}

/// Which delimiter occurs most often outside quotes; the comma where there is none.
pub(crate) fn delimiter_of(header: &[u8]) -> u8 {
    let count = |d: u8| -> usize {
        unquoted(header, &DELIMITERS).map(|r| header[r].iter().filter(|b| **b == d).count()).sum()
    };
    // max_by_key keeps the last of equals: the comma, then the semicolon, then the tab
    DELIMITERS.into_iter().max_by_key(|d| count(*d)).unwrap_or(b',')
}

/// Reads a file block by block.
#[derive(Debug)]
pub(crate) struct BlockReader {
    file: InputReader,
    delimiter: u8,
    block_bytes: usize,
    /// What stood behind the last cut.
    rest: Vec<u8>,
    /// Buffers to use again.
    spare: Vec<Vec<u8>>,
    digest: Option<Sha256>,
    bytes_read: u64,
}

impl BlockReader {
    /// Starts behind the first `skipped` bytes (mark and header) of the file.
    pub(crate) fn new(
        mut file: InputReader,
        skipped: u64,
        delimiter: u8,
        block_bytes: usize,
        mut digest: Option<Sha256>,
    ) -> io::Result<Self> {
        let mut head = Vec::new();
        Read::by_ref(&mut file).take(skipped).read_to_end(&mut head)?;
        if let Some(digest) = &mut digest {
            digest.update(&head);
        }
        let bytes_read = head.len() as u64;
        Ok(Self { file, delimiter, block_bytes, rest: Vec::new(), spare: Vec::new(), digest, bytes_read })
    }

    /// The next block, or `None` behind the last.
    fn next_block(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut block = self.spare.pop().unwrap_or_default();
        block.clear();
        block.append(&mut self.rest);
        loop {
            let before = block.len();
            let wanted = self.block_bytes.max(before);
            block.reserve(wanted + 64);
            Read::by_ref(&mut self.file).take(wanted as u64).read_to_end(&mut block)?;
            let new = &block[before..];
            self.bytes_read += new.len() as u64;
            if let Some(digest) = &mut self.digest {
                digest.update(new);
            }
            if new.len() < wanted {
                return Ok((!block.is_empty()).then_some(block));
            }
            let cut = unquoted(&block, std::slice::from_ref(&self.delimiter))
                .filter_map(|r| Some(r.start + memrchr(b'\n', &block[r.clone()])? + 1))
                .last();
            if let Some(cut) = cut {
                self.rest.extend_from_slice(&block[cut..]);
                block.truncate(cut);
                return Ok(Some(block));
            }
        }
    }

    /// Up to `count` further blocks; none at the end of the file.
    pub(crate) fn next_blocks(&mut self, count: usize) -> io::Result<Vec<Vec<u8>>> {
        let mut blocks = Vec::with_capacity(count);
        while blocks.len() < count
            && let Some(block) = self.next_block()?
        {
            blocks.push(block);
        }
        Ok(blocks)
    }

    /// Gives buffers back.
    pub(crate) fn reuse(&mut self, blocks: Vec<Vec<u8>>) {
        self.spare.extend(blocks);
    }

    /// Bytes read so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// SHA-256 of all bytes read, in hexadecimal, when it was asked for.
    pub(crate) fn sha256(self) -> Option<String> {
        let digest = self.digest?.finalize();
        Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// A record of a block.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    bytes: &'a [u8],
    fields: &'a [Range<usize>],
}

impl<'a> Record<'a> {
    /// The field in column `index`, without the white space around it; empty where there is none.
    #[inline]
    pub(crate) fn cell(&self, index: usize) -> &'a [u8] {
        match self.fields.get(index) {
            Some(field) => self.bytes[field.clone()].trim_ascii(),
            None => &[],
        }
    }

    /// How many fields there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }
}

/// How many rows a block has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    /// Records.
    pub(crate) records: usize,
    /// Lines without anything on them.
    pub(crate) blank: usize,
}

impl Rows {
    /// Records and blank lines: what a spreadsheet numbers.
    pub(crate) fn lines(self) -> usize {
        self.records + self.blank
    }
}

/// Calls `each` with every record of `block` and its row, from 0 and blank lines included, until it
/// returns `false`.
pub(crate) fn for_each_record(
    block: &[u8],
    delimiter: u8,
    each: impl FnMut(usize, &Record<'_>) -> bool,
) -> Rows {
    if memchr(b'"', block).is_none() {
        for_each_plain(block, delimiter, each)
    } else {
        for_each_quoted(block, delimiter, each)
    }
}

fn for_each_plain(block: &[u8], delimiter: u8, mut each: impl FnMut(usize, &Record<'_>) -> bool) -> Rows {
    let mut rows = Rows::default();
    let mut fields = Vec::new();
    let mut rest = block;
    while !rest.is_empty() {
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        fields.clear();
        let mut start = 0;
        for (i, byte) in line.iter().enumerate() {
            if *byte == delimiter {
                fields.push(start..i);
                start = i + 1;
            }
        }
        fields.push(start..line.len());
        let record = Record { bytes: line, fields: &fields };
        if record.len() == 1 && record.cell(0).is_empty() {
            rows.blank += 1;
            continue;
        }
        let row = rows.lines();
        rows.records += 1;
        if !each(row, &record) {
            break;
        }
    }
    rows
}

fn for_each_quoted(block: &[u8], delimiter: u8, mut each: impl FnMut(usize, &Record<'_>) -> bool) -> Rows {
    let mut rows = Rows::default();
    let mut fields = Vec::new();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(block);
    let mut buffer = csv::ByteRecord::new();
    loop {
        // Reading from memory does not fail; were it to, the records would end there.
        let more = reader.read_byte_record(&mut buffer).unwrap_or(false);
        // the position is where the previous record ended: the csv crate skips the newlines there
        let start = buffer.position().map_or(block.len(), |p| p.byte() as usize);
        let skipped = block[start..].iter().take_while(|byte| **byte == b'\n').count();
        rows.blank += skipped;
        if !more {
            break;
        }
        fields.clear();
        fields.extend((0..buffer.len()).filter_map(|i| buffer.range(i)));
        let record = Record { bytes: buffer.as_slice(), fields: &fields };
        let written = block.get(start + skipped) == Some(&b'"');
        if record.len() == 1 && record.cell(0).is_empty() && !written {
            rows.blank += 1;
            continue;
        }
        let row = rows.lines();
        rows.records += 1;
        if !each(row, &record) {
            break;
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    type Seen = Vec<(usize, Vec<String>)>;

    fn collect(seen: &mut Seen) -> impl FnMut(usize, &Record<'_>) -> bool {
        |row, record| {
            let cells = (0..record.len()).map(|i| String::from_utf8_lossy(record.cell(i)).into_owned());
            seen.push((row, cells.collect()));
            true
        }
    }

    #[test]
    fn plain_and_quoted_splitting_give_the_same_records() {
        for text in ["a,b\n1,2\n", "a,b\r\n1,2", "\n\na, b \n\n \n,\n1,2,3\r\n\r\n4", ",", "\r\n", "x\n\ny"] {
            let (mut plain, mut quoted) = (Vec::new(), Vec::new());
            let plain_rows = for_each_plain(text.as_bytes(), b',', collect(&mut plain));
            let quoted_rows = for_each_quoted(text.as_bytes(), b',', collect(&mut quoted));
            assert_eq!(plain, quoted, "{text:?}");
            assert_eq!(plain_rows, quoted_rows, "{text:?}");
        }
    }

    #[test]
    fn blank_lines_are_counted_as_rows_and_a_quoted_empty_field_is_a_record() {
        let mut seen = Vec::new();
        let rows = for_each_record(b"1\n\n\"\"\r\n\r\n2\n", b',', collect(&mut seen));
        assert_eq!(rows, Rows { records: 3, blank: 2 });
        assert_eq!(seen.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [0, 2, 4]);
    }

    #[test]
    fn records_end_outside_quotes() {
        assert_eq!(first_record_end(b"\"a\nb\",c\nd"), Some(8));
        assert_eq!(
            first_record_end(b"a\"b\nc"),
            Some(4),
            "a quote inside an unquoted field stands for itself"
        );
        assert_eq!(first_record_end(b"\"a\"\"\nb\"\nc"), Some(8));
        assert_eq!(first_record_end(b"\"a\nb"), None);
    }

    #[test]
    fn the_delimiter_is_the_most_frequent_one_outside_quotes() {
        assert_eq!(delimiter_of(b"a\tb\tc"), b'\t');
        assert_eq!(delimiter_of(b"a;\"x,y,z\";c"), b';');
        assert_eq!(delimiter_of(b"a,b"), b',');
        assert_eq!(delimiter_of(b"a"), b',');
    }
}

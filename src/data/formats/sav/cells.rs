//! The cases: uncompressed, compressed by byte codes, or those in blocks of zlib; then columns in letters and numbers.

use super::super::calendar;
use super::super::sheet::{CellKind, SheetCell, SheetColumn, SheetNote, UserMissing, ValueLabel};
use super::bytes::Bytes;
use super::variable::{Dictionary, Variable, trimmed};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::io::Read;

/// The cells of a variable, texts not decoded yet.
#[derive(Debug)]
pub(super) enum Raw {
    /// None: system missing.
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Vec<u8>>),
}

/// A block of zlib holds at most this much in the files of SPSS (0x3ff000); larger ones are refused.
const LARGEST_BLOCK: usize = 64 << 20;

/// Puts elements of eight bytes together to rows, each of which is taken when it is complete.
struct Rows<'d> {
    dictionary: &'d Dictionary,
    take: &'d mut dyn FnMut(&[u8]),
    row: Vec<u8>,
    rows: usize,
}

impl Rows<'_> {
    fn push(&mut self, element: [u8; 8]) {
        self.row.extend_from_slice(&element);
        if self.row.len() < self.dictionary.elements * 8 {
            return;
        }
        (self.take)(&self.row);
        self.row.clear();
        self.rows += 1;
    }

    fn complete(&self) -> bool {
        usize::try_from(self.dictionary.cases).is_ok_and(|cases| self.rows >= cases)
    }
}

pub(super) fn text_of(variable: &Variable, row: &[u8]) -> Vec<u8> {
    let one = [(variable.element, variable.width)];
    let segments = if variable.segments.is_empty() { &one[..] } else { &variable.segments };
    let mut text = Vec::new();
    for (element, width) in segments {
        let from = element * 8;
        text.extend_from_slice(row.get(from..from + width).unwrap_or_default());
    }
    text.truncate(variable.width);
    text.truncate(trimmed(&text).len());
    text
}

/// The number of a variable in a row; none: system missing.
pub(super) fn number_of(variable: &Variable, dictionary: &Dictionary, row: &[u8]) -> Option<f64> {
    let at = variable.element * 8;
    let number = variable.number(std::array::from_fn(|i| row[at + i]));
    (number != dictionary.system_missing && number.is_finite()).then_some(number)
}

/// Reads all cases; returns the columns and the number of rows.
pub(super) fn read(
    bytes: &mut Bytes,
    dictionary: &Dictionary,
    notes: &mut Vec<SheetNote>,
) -> Result<(Vec<Raw>, usize), String> {
    let empty = |v: &Variable| if v.width == 0 { Raw::Numbers(Vec::new()) } else { Raw::Texts(Vec::new()) };
    let mut columns: Vec<Raw> = dictionary.variables.iter().map(empty).collect();
    let rows = each_row(bytes, dictionary, notes, &mut |row| {
        for (variable, column) in dictionary.variables.iter().zip(&mut columns) {
            match column {
                Raw::Numbers(numbers) => numbers.push(number_of(variable, dictionary, row)),
                Raw::Texts(texts) => texts.push(text_of(variable, row)),
            }
        }
    })?;
    Ok((columns, rows))
}

/// Goes through all cases; returns how many there are.
pub(super) fn each_row(
    bytes: &mut Bytes,
    dictionary: &Dictionary,
    notes: &mut Vec<SheetNote>,
    take: &mut dyn FnMut(&[u8]),
) -> Result<usize, String> {
    let mut rows = Rows { dictionary, take, row: Vec::new(), rows: 0 };
    match dictionary.compression {
        0 => {
            while bytes.left() >= 8 && !rows.complete() {
                let element = bytes.array("a cell")?;
                rows.push(element);
            }
        }
        1 => {
            let rest = bytes.rest();
            let mut codes = Codes::default();
            codes.read(rest, bytes, &mut rows);
        }
        _ => blocks(bytes, &mut rows, notes)?,
    }
    if !rows.row.is_empty() {
        let message = format!(
            "the data end within row {}: the {} whole rows before it were read",
            rows.rows + 1,
            rows.rows
        );
        notes.push(SheetNote::new("data_cut", message).count(rows.rows));
    }
    if dictionary.cases >= 0 && dictionary.cases != rows.rows as i64 {
        let message = format!("the header promises {} rows, {} were read", dictionary.cases, rows.rows);
        notes.push(SheetNote::new("fewer_rows", message).count(rows.rows));
    }
    Ok(rows.rows)
}

/// Byte codes in groups of eight, and the cells that follow each group; a stretch of bytes may end anywhere.
#[derive(Debug, Default)]
struct Codes {
    /// Bytes of a group or of a cell that were not complete.
    pending: Vec<u8>,
    group: [u8; 8],
    /// The next code of the group; 8: the group is done. Starts so by `begun`.
    next: usize,
    begun: bool,
    ended: bool,
}

impl Codes {
    fn read(&mut self, stretch: &[u8], order: &Bytes, rows: &mut Rows) {
        let joined;
        let mut rest = if self.pending.is_empty() {
            stretch
        } else {
            joined = [self.pending.as_slice(), stretch].concat();
            &joined
        };
        while !self.ended && !rows.complete() {
            if !self.begun || self.next == 8 {
                let Some((group, after)) = rest.split_first_chunk::<8>() else { break };
                (self.group, self.next, self.begun, rest) = (*group, 0, true, after);
            }
            match self.group[self.next] {
                0 => {}
                252 => self.ended = true,
                253 => {
                    let Some((cell, after)) = rest.split_first_chunk::<8>() else { break };
                    rest = after;
                    rows.push(*cell);
                }
                254 => rows.push([b' '; 8]),
                255 => rows.push(bytes_of(rows.dictionary.system_missing, order)),
                code => rows.push(bytes_of(f64::from(code) - rows.dictionary.bias, order)),
            }
            self.next += 1;
        }
        self.pending = rest.to_vec();
    }
}

fn bytes_of(number: f64, order: &Bytes) -> [u8; 8] {
    if order.big_endian { number.to_be_bytes() } else { number.to_le_bytes() }
}

fn blocks(bytes: &mut Bytes, rows: &mut Rows, notes: &mut Vec<SheetNote>) -> Result<(), String> {
    bytes.long("the zlib header")?;
    let trailer = bytes.long("the zlib header")?;
    bytes.long("the zlib header")?;
    let whole = bytes.whole();
    let found = usize::try_from(trailer).ok().and_then(|at| whole.get(at..));
    let Some(found) = found else {
        return Err(format!(
            "the list of compressed blocks is said to be at byte {trailer}, but the file has {}",
            whole.len()
        ));
    };
    let mut list = bytes.part(found);
    list.take(20, "the list of compressed blocks")?;
    let count = list.length(24, "the number of compressed blocks")?;
    let mut codes = Codes::default();
    for block in 0..count {
        list.long("a compressed block")?;
        let offset = list.long("a compressed block")?;
        let claimed = list.int("a compressed block")?;
        let length = list.int("a compressed block")?;
        let part = usize::try_from(offset).ok().zip(usize::try_from(length).ok());
        let part = part.and_then(|(at, length)| whole.get(at..at.checked_add(length)?));
        let Some(part) = part else {
            return Err(format!(
                "compressed block {} is said to be {length} bytes from byte {offset} on, beyond the file",
                block + 1
            ));
        };
        let mut inflated = flate2::read::ZlibDecoder::new(part).take(LARGEST_BLOCK as u64);
        let (mut piece, mut total) = (vec![0; 1 << 16], 0);
        loop {
            let got = match inflated.read(&mut piece) {
                Ok(0) => break,
                Ok(got) => got,
                Err(error) => {
                    return Err(format!(
                        "compressed block {} (byte {offset}) cannot be unpacked: {error}",
                        block + 1
                    ));
                }
            };
            total += got;
            codes.read(&piece[..got], bytes, rows);
        }
        if i64::from(claimed) != total as i64 {
            let message =
                format!("compressed block {} is said to hold {claimed} bytes, it held {total}", block + 1);
            notes.push(SheetNote::new("block_size", message).count(total));
        }
    }
    Ok(())
}

/// The encoding that a file declares, where it is known.
pub(super) fn declared_encoding(dictionary: &Dictionary) -> Option<&'static Encoding> {
    match &dictionary.encoding {
        Some(name) => Encoding::for_label(name.as_bytes()).or_else(|| by_code_page(code_page_in(name)?)),
        None => dictionary.code_page.and_then(by_code_page),
    }
}

/// The encoding of a file: declared, by its code page, or what its bytes allow.
fn encoding(
    dictionary: &Dictionary,
    columns: &[Raw],
    notes: &mut Vec<SheetNote>,
) -> (&'static Encoding, String) {
    if let Some(name) = &dictionary.encoding {
        if let Some(found) =
            Encoding::for_label(name.as_bytes()).or_else(|| by_code_page(code_page_in(name)?))
        {
            return (found, found.name().to_string());
        }
        let message = format!("the encoding '{name}' that the file declares is not known");
        notes.push(SheetNote::new("encoding_unknown", message));
    } else if let Some(found) = dictionary.code_page.and_then(by_code_page) {
        return (found, found.name().to_string());
    }
    let valid = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok();
    // labels may be cut within a letter: only cells, names and value labels are asked
    let in_dictionary = dictionary.variables.iter().all(|v| {
        valid(&v.name)
            && v.label.as_ref().is_none_or(|l| l.len() >= 252 || valid(l))
            && v.labels.iter().all(|(_, l)| l.len() >= 117 || valid(l))
    });
    let in_cells = columns.iter().all(|column| match column {
        Raw::Texts(texts) => texts.iter().all(|text| valid(text)),
        Raw::Numbers(_) => true,
    });
    let found = if in_dictionary && in_cells { UTF_8 } else { WINDOWS_1252 };
    let message = format!("the file does not say its encoding: read as {}", found.name());
    notes.push(SheetNote::new("encoding_assumed", message));
    (found, "encoding not declared".into())
}

fn code_page_in(name: &str) -> Option<i32> {
    name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok()
}

/// Code pages of Windows that SPSS writes; 2 and 3 (ASCII) say nothing.
fn by_code_page(code_page: i32) -> Option<&'static Encoding> {
    let label = match code_page {
        65001 => "utf-8".to_string(),
        1250..=1258 => format!("windows-{code_page}"),
        874 => "windows-874".into(),
        932 => "shift_jis".into(),
        936 => "gbk".into(),
        54936 => "gb18030".into(),
        949 => "euc-kr".into(),
        950 => "big5".into(),
        866 => "ibm866".into(),
        20866 => "koi8-r".into(),
        28591..=28606 => format!("iso-8859-{}", code_page - 28590),
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

/// A text; where it was cut within a letter, without the rest of that letter.
pub(super) fn decode(bytes: &[u8], encoding: &'static Encoding) -> String {
    let text = encoding.decode_without_bom_handling(bytes).0;
    text.trim_end_matches('\u{fffd}').to_string()
}

/// Columns in letters and numbers, and the name of the encoding.
pub(super) fn columns(
    dictionary: &Dictionary,
    raw: Vec<Raw>,
    notes: &mut Vec<SheetNote>,
) -> (Vec<SheetColumn>, String) {
    let (encoding, named) = encoding(dictionary, &raw, notes);
    let columns =
        dictionary.variables.iter().zip(raw).map(|(variable, raw)| column(variable, raw, encoding)).collect();
    (columns, named)
}

pub(super) fn column(variable: &Variable, raw: Raw, encoding: &'static Encoding) -> SheetColumn {
    let is_number = matches!(raw, Raw::Numbers(_));
    let kind = if is_number { calendar::spss_kind(variable.format) } else { CellKind::String };
    let values = match raw {
        Raw::Texts(texts) => texts.into_iter().map(|text| SheetCell::Text(decode(&text, encoding))).collect(),
        Raw::Numbers(numbers) => numbers
            .into_iter()
            .map(|number| match (number, kind) {
                (None, _) => SheetCell::Empty,
                (Some(number), CellKind::Date) => calendar::spss_date(number),
                (Some(number), CellKind::Datetime) => calendar::spss_datetime(number),
                (Some(number), _) => SheetCell::Number(number),
            })
            .collect(),
    };
    let mut column = SheetColumn::new(decode(&variable.name, encoding), kind, values);
    column.label = variable
        .label
        .as_ref()
        .map(|label| decode(trimmed(label), encoding))
        .filter(|label| !label.is_empty());
    column.measure = variable.measure.map(String::from);
    let code = |bytes: &[u8]| match <[u8; 8]>::try_from(bytes) {
        Ok(eight) if variable.width == 0 => SheetCell::Number(variable.number(eight)),
        _ => SheetCell::Text(decode(trimmed(bytes), encoding)),
    };
    column.value_labels = variable
        .labels
        .iter()
        .map(|(value, label)| {
            let label = decode(label, encoding).trim_end_matches(' ').to_string();
            ValueLabel::new(code(value), label)
        })
        .collect();
    column.user_missing = declared_missing(variable, code);
    column
}

fn declared_missing(variable: &Variable, code: impl Fn(&[u8]) -> SheetCell) -> Option<UserMissing> {
    let mut codes: Vec<SheetCell> = variable.missing.iter().map(|bytes| code(bytes)).collect();
    codes.extend(variable.long_missing.iter().map(|text| code(text)));
    if codes.is_empty() {
        return None;
    }
    if !variable.has_range || codes.len() < 2 {
        return Some(UserMissing { values: codes, range: None });
    }
    let limit = |cell: &SheetCell| cell.number().filter(|n| n.abs() < 1.7976e308).map(SheetCell::Number);
    let range = Some((limit(&codes[0]), limit(&codes[1])));
    Some(UserMissing { values: codes.split_off(2), range })
}

//! The cells of cases: numbers, and texts in their encoding.

use super::super::calendar;
use super::super::sheet::{CellKind, SheetCell, SheetColumn, SheetNote, UserMissing, ValueLabel};
use super::cases::Cases;
use super::variable::{Dictionary, Variable, trimmed};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// The cells of a variable, texts not decoded yet.
#[derive(Debug)]
pub(super) enum Raw {
    /// None: system missing.
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Vec<u8>>),
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
pub(super) fn number_of(variable: &Variable, system_missing: f64, row: &[u8]) -> Option<f64> {
    let at = variable.element * 8;
    let number = variable.number(std::array::from_fn(|i| row[at + i]));
    (number != system_missing && number.is_finite()).then_some(number)
}

/// Reads all cases; returns the columns and the number of rows.
pub(super) fn read(cases: &mut Cases) -> Result<(Vec<Raw>, usize), String> {
    let dictionary = cases.dictionary.clone();
    let empty = |v: &Variable| if v.width == 0 { Raw::Numbers(Vec::new()) } else { Raw::Texts(Vec::new()) };
    let mut columns: Vec<Raw> = dictionary.variables.iter().map(empty).collect();
    let rows = cases.each_row(|row| {
        for (variable, column) in dictionary.variables.iter().zip(&mut columns) {
            match column {
                Raw::Numbers(numbers) => numbers.push(number_of(variable, dictionary.system_missing, row)),
                Raw::Texts(texts) => texts.push(text_of(variable, row)),
            }
        }
    })?;
    Ok((columns, rows))
}

/// The encoding of a file: declared, by its code page, or what its bytes allow: `texts_are_utf8` says it of its cells.
pub(super) fn encoding(
    dictionary: &Dictionary,
    texts_are_utf8: impl FnOnce() -> Result<bool, String>,
    notes: &mut Vec<SheetNote>,
) -> Result<(&'static Encoding, String), String> {
    if let Some(name) = &dictionary.encoding {
        if let Some(found) =
            Encoding::for_label(name.as_bytes()).or_else(|| by_code_page(code_page_in(name)?))
        {
            return Ok((found, found.name().to_string()));
        }
        let message = format!("the encoding '{name}' that the file declares is not known");
        notes.push(SheetNote::new("encoding_unknown", message));
    } else if let Some(found) = dictionary.code_page.and_then(by_code_page) {
        return Ok((found, found.name().to_string()));
    }
    // labels may be cut within a letter: only cells, names and value labels are asked
    let in_dictionary = dictionary.variables.iter().all(|v| {
        is_utf8(&v.name)
            && v.label.as_ref().is_none_or(|l| l.len() >= 252 || is_utf8(l))
            && v.labels.iter().all(|(_, l)| l.len() >= 117 || is_utf8(l))
    });
    let found = if in_dictionary && texts_are_utf8()? { UTF_8 } else { WINDOWS_1252 };
    let message = format!("the file does not say its encoding: read as {}", found.name());
    notes.push(SheetNote::new("encoding_assumed", message));
    Ok((found, "encoding not declared".into()))
}

pub(super) fn is_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
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

//! Stata files (.dta), by the crate dta; lengths that it would reserve unseen are compared with the file before.

use super::calendar;
use super::ledger;
use super::refusal::refused;
use super::sheet::{Absence, CellKind, Sheet, SheetCell, SheetColumn, SheetNote, ValueLabel};
use crate::error::Result;
use dta::stata::dta::dta_reader::DtaReader;
use dta::stata::dta::long_string_ref::LongStringRef;
use dta::stata::dta::long_string_table::LongStringTable;
use dta::stata::dta::value::Value;
use dta::stata::dta::value_label_table::ValueLabelTable;
use dta::stata::missing_value::MissingValue;
use dta::stata::stata_byte::StataByte;
use dta::stata::stata_double::StataDouble;
use dta::stata::stata_float::StataFloat;
use dta::stata::stata_int::StataInt;
use dta::stata::stata_long::StataLong;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::io::Cursor;
use std::path::Path;

const REMEDY: &str = "The file is damaged or was not copied whole: get it once more, or save it again in Stata ('saveold answers.dta, version(13)'), or as CSV.";

/// The days from 1960-01-01, where Stata counts from, to 1970-01-01.
const STATA: f64 = 3653.0;

pub(crate) fn read(path: &Path, content: &[u8]) -> Result<Sheet> {
    let damaged = |what: String| refused(path, &what, REMEDY);
    claims(content).map_err(damaged)?;
    let framed = content.starts_with(b"<stata_dta>");
    let unicode = framed && content.get(28..31).is_some_and(|release| release >= b"118".as_slice());
    if unicode {
        return attempt(content, UTF_8).map_err(damaged);
    }
    // releases before 118 do not say their encoding: UTF-8 where all is valid, as some programs write it
    let (mut sheet, encoding) = match attempt(content, UTF_8) {
        Ok(sheet) => (sheet, "UTF-8: it is valid as such"),
        Err(_) => (attempt(content, WINDOWS_1252).map_err(damaged)?, "Windows-1252"),
    };
    if !content.is_ascii() && sheet.columns.iter().any(not_ascii) {
        let message =
            format!("a Stata file before release 118 does not say its encoding: read as {encoding}");
        sheet.ledger.push(SheetNote::new("encoding_assumed", message));
    }
    Ok(sheet)
}

fn not_ascii(column: &SheetColumn) -> bool {
    let texts = column.values.iter().filter_map(SheetCell::text);
    let words = column.value_labels.iter().map(|label| label.label.as_str());
    !column.name.is_ascii() || texts.chain(words).chain(column.label.as_deref()).any(|text| !text.is_ascii())
}

/// Lengths of value label tables and long texts that go beyond the file.
fn claims(content: &[u8]) -> std::result::Result<(), String> {
    let big_endian = content.windows(21).take(200).any(|w| w == b"<byteorder>MSF</byteo");
    let number = |at: usize| {
        let four: [u8; 4] = content.get(at..at + 4)?.try_into().ok()?;
        Some(if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) } as usize)
    };
    if !content.starts_with(b"<stata_dta>") {
        return Ok(());
    }
    for at in memchr::memmem::find_iter(content, b"<lbl>") {
        if let Some(length) = number(at + 5).filter(|length| at + 5 + length > content.len()) {
            return Err(format!(
                "at byte {at} a table of value labels claims {length} bytes, but only {} are left",
                content.len() - at
            ));
        }
    }
    let Some(start) = memchr::memmem::rfind(content, b"<strls>") else { return Ok(()) };
    for at in memchr::memmem::find_iter(&content[start..], b"GSO").map(|at| at + start) {
        // variable (4), observation (4 or 8), type (1), length (4)
        let short = number(at + 12).is_some_and(|n| at + n <= content.len());
        let long = number(at + 16).is_some_and(|n| at + n <= content.len());
        if !short && !long {
            return Err(format!("at byte {at} a long text claims more bytes than are left"));
        }
    }
    Ok(())
}

/// A column while its records are read.
struct Reading {
    column: SheetColumn,
    missing: Vec<Option<Absence>>,
    labels: String,
    long: Vec<(usize, LongStringRef)>,
}

fn attempt(content: &[u8], encoding: &'static Encoding) -> std::result::Result<Sheet, String> {
    let fault = |error: dta::stata::dta::dta_error::DtaError| error.to_string();
    let reader = DtaReader::new().encoding(encoding).from_reader(Cursor::new(content));
    let schema = reader.read_header().map_err(fault)?;
    let header = schema.header().clone();
    let (variables, rows) = (header.variable_count() as usize, header.observation_count());
    if variables > content.len() || rows > content.len() as u64 {
        return Err(format!(
            "its header claims {variables} variables and {rows} rows, more than a file of {} bytes can hold",
            content.len()
        ));
    }
    let mut characteristics = schema.read_schema().map_err(fault)?;
    characteristics.skip_to_end().map_err(fault)?;
    let mut records = characteristics.into_record_reader().map_err(fault)?;
    let mut columns: Vec<Reading> = records
        .schema()
        .variables()
        .iter()
        .map(|variable| {
            let mut column =
                SheetColumn::new(variable.name().to_string(), kind(variable.format()), Vec::new());
            column.label = Some(variable.label().to_string()).filter(|label| !label.is_empty());
            Reading {
                column,
                missing: Vec::new(),
                labels: variable.value_label_name().to_string(),
                long: Vec::new(),
            }
        })
        .collect();
    while let Some(record) = records.read_record().map_err(fault)? {
        for (reading, value) in columns.iter_mut().zip(record.values()) {
            reading.push(value);
        }
    }
    let mut texts = records.into_long_string_reader().map_err(fault)?;
    let mut table = LongStringTable::for_reading();
    texts.read_remaining_into(&mut table).map_err(fault)?;
    let mut sets = texts.into_value_label_reader().map_err(fault)?;
    let mut labels = ValueLabelTable::new();
    sets.read_remaining_into(&mut labels).map_err(fault)?;
    let columns: Vec<SheetColumn> =
        columns.into_iter().map(|reading| reading.finished(&table, &labels, encoding)).collect();
    let ledger = ledger::of_columns(&columns);
    let rows = columns.first().map_or(0, |column| column.values.len());
    Ok(Sheet {
        recognised_as: format!("Stata file (.dta, release {})", header.release()),
        rows,
        first_row: 1,
        columns,
        ledger,
    })
}

fn kind(format: &str) -> CellKind {
    let plain = format.trim_start_matches(['%', '-']);
    if plain.starts_with("td") || plain.starts_with('d') {
        CellKind::Date
    } else if plain.starts_with("tc") || plain.starts_with("tC") {
        CellKind::Datetime
    } else if plain.ends_with('s') {
        CellKind::String
    } else {
        CellKind::Numeric
    }
}

impl Reading {
    fn push(&mut self, value: &Value) {
        let found = match value {
            Value::Byte(StataByte::Present(n)) => Ok(f64::from(*n)),
            Value::Int(StataInt::Present(n)) => Ok(f64::from(*n)),
            Value::Long(StataLong::Present(n)) => Ok(f64::from(*n)),
            Value::Float(StataFloat::Present(n)) => Ok(f64::from(*n)),
            Value::Double(StataDouble::Present(n)) => Ok(*n),
            Value::Byte(StataByte::Missing(m)) => Err(*m),
            Value::Int(StataInt::Missing(m)) => Err(*m),
            Value::Long(StataLong::Missing(m)) => Err(*m),
            Value::Float(StataFloat::Missing(m)) => Err(*m),
            Value::Double(StataDouble::Missing(m)) => Err(*m),
            Value::String(text) => return self.keep(SheetCell::Text(text.to_string()), None),
            Value::LongStringRef(reference) => {
                self.long.push((self.missing.len(), *reference));
                return self.keep(SheetCell::Text(String::new()), None);
            }
        };
        match found {
            Ok(number) => self.keep(self.number(number), None),
            Err(MissingValue::System) => self.keep(SheetCell::Empty, Some(Absence::System)),
            Err(tag) => {
                let letter = (b'a' + (tag as u8).wrapping_sub(MissingValue::A as u8)) as char;
                self.keep(SheetCell::Empty, Some(Absence::Tag(format!(".{letter}"))));
            }
        }
    }

    fn number(&self, number: f64) -> SheetCell {
        let written = match self.column.kind {
            CellKind::Date => calendar::date(number - STATA),
            CellKind::Datetime => calendar::datetime(number / 1000.0 - STATA * 86_400.0),
            _ => None,
        };
        if number.is_finite() {
            written.map_or(SheetCell::Number(number), SheetCell::Text)
        } else {
            SheetCell::Empty
        }
    }

    fn keep(&mut self, cell: SheetCell, absence: Option<Absence>) {
        self.column.values.push(cell);
        self.missing.push(absence);
    }

    fn finished(
        mut self,
        texts: &LongStringTable,
        labels: &ValueLabelTable,
        encoding: &'static Encoding,
    ) -> SheetColumn {
        for (row, reference) in &self.long {
            if let Some(text) =
                texts.get(reference).and_then(|text| text.data_str(encoding).map(|t| t.into_owned()))
            {
                self.column.values[*row] = SheetCell::Text(text);
            }
        }
        if let Some(set) = labels.get(&self.labels).filter(|_| !self.labels.is_empty()) {
            self.column.value_labels = set
                .entries()
                .iter()
                .map(|entry| ValueLabel::new(code(entry.value()), entry.label().to_string()))
                .collect();
        }
        self.column.missing = Some(self.missing);
        self.column.mark_missing(false);
        self.column
    }
}

/// In value labels, `.a` to `.z` are the 26 largest whole numbers.
fn code(value: i32) -> SheetCell {
    match value.checked_sub(2_147_483_622) {
        Some(letter @ 0..=25) => SheetCell::Text(format!(".{}", (b'a' + letter as u8) as char)),
        _ => SheetCell::Number(f64::from(value)),
    }
}

//! SPSS portable files (.por), read by the published description of the format (PSPP developers' guide, "Portable File
//! Format"): lines of 80 characters, numbers to the base of 30, letters that a table at the start explains.

use super::refusal::refused;
use super::sheet::{CellKind, Sheet, SheetCell, SheetColumn, SheetNote, UserMissing, ValueLabel};
use super::{calendar, ledger};
use crate::error::Result;
use encoding_rs::{UTF_8, WINDOWS_1252};
use std::path::Path;

const REMEDY: &str =
    "The file is damaged or was not copied whole: get it once more, or save it in SPSS or PSPP as .sav.";
/// Splash strings, table of letters and mark.
const HEADER: usize = 464;
/// The letters of the table from its place 64 on, in the order of the description; a space at its place 126.
const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz .<(+|&[]!$*);^-/";
/// What ends the file.
const END: u8 = b'Z';

/// Reads a portable file.
///
/// # Errors
/// [`Error::OtherFormat`](crate::Error::OtherFormat) with the character where the file cannot be read.
pub(crate) fn read(path: &Path, content: &[u8]) -> Result<Sheet> {
    let damaged = |what: String| refused(path, &what, REMEDY);
    let flat = unwrapped(content);
    let mut text = Text { of: &flat, at: HEADER };
    if flat.len() < HEADER {
        return Err(damaged("it ends within its header".into()));
    }
    let dictionary = text.dictionary().map_err(damaged)?;
    let cells = text.rows(&dictionary.variables).map_err(damaged)?;
    let mut notes = Vec::new();
    let encoding = if std::str::from_utf8(&flat).is_ok() { UTF_8 } else { WINDOWS_1252 };
    if !flat.is_ascii() {
        let message = format!("a portable file does not say its encoding: read as {}", encoding.name());
        notes.push(SheetNote::new("encoding_assumed", message));
    }
    let rows = cells.first().map_or(0, Vec::len);
    let decoded =
        |bytes: &[u8]| encoding.decode_without_bom_handling(bytes).0.trim_end_matches(' ').to_string();
    let columns = dictionary.variables.iter().zip(cells);
    let columns: Vec<SheetColumn> = columns.map(|(own, cells)| own.column(cells, &decoded)).collect();
    if let Some(weight) = dictionary.weight.map(|name| decoded(&name)) {
        let message = format!(
            "the file is weighted by '{weight}': weights are not used unless you name them, by validate not at all"
        );
        notes.push(SheetNote::new("weight_variable", message).column(&weight));
    }
    let mut told = ledger::of_columns(&columns);
    told.extend(notes);
    let recognised_as = "SPSS portable file (.por)".to_string();
    Ok(Sheet { recognised_as, rows, first_row: 1, columns, ledger: told })
}

/// The file as one line in letters of ASCII: lines that lost their spaces at the end have them again.
fn unwrapped(content: &[u8]) -> Vec<u8> {
    let mut flat = Vec::with_capacity(content.len());
    let mut lines = content.split(|b| *b == b'\n').peekable();
    while let Some(line) = lines.next() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        flat.extend_from_slice(line);
        if lines.peek().is_some() && line.len() < 80 {
            flat.resize(flat.len() + 80 - line.len(), b' ');
        }
    }
    let mut meant: [u8; 256] = std::array::from_fn(|byte| byte as u8);
    let table = flat.get(200 + 64..200 + 64 + LETTERS.len()).unwrap_or_default();
    let unused = flat.get(200 + 64).copied().unwrap_or(b'0');
    for (byte, letter) in
        table.iter().zip(LETTERS).filter(|(byte, letter)| **byte != unused || **letter == b'0')
    {
        meant[usize::from(*byte)] = *letter;
    }
    flat.iter_mut().skip(HEADER - 8).for_each(|byte| *byte = meant[usize::from(*byte)]);
    flat
}

#[derive(Debug, Default)]
struct Dictionary {
    variables: Vec<Variable>,
    weight: Option<Vec<u8>>,
}

#[derive(Debug, Default)]
struct Variable {
    name: Vec<u8>,
    /// 0: a number.
    width: usize,
    format: u8,
    label: Vec<u8>,
    missing: Vec<Raw>,
    range: Option<(Option<f64>, Option<f64>)>,
    labels: Vec<(Raw, Vec<u8>)>,
}

#[derive(Debug, Clone)]
enum Raw {
    Number(Option<f64>),
    Text(Vec<u8>),
}

impl Raw {
    fn cell(self, decoded: &impl Fn(&[u8]) -> String) -> SheetCell {
        match self {
            Raw::Number(number) => number.map_or(SheetCell::Empty, SheetCell::Number),
            Raw::Text(text) => SheetCell::Text(decoded(&text)),
        }
    }
}

impl Variable {
    fn column(&self, cells: Vec<Raw>, decoded: &impl Fn(&[u8]) -> String) -> SheetColumn {
        let kind = if self.width > 0 { CellKind::String } else { calendar::spss_kind(self.format) };
        let cells = cells.into_iter().map(|raw| match (raw, kind) {
            (Raw::Number(Some(number)), CellKind::Date) => calendar::spss_date(number),
            (Raw::Number(Some(number)), CellKind::Datetime) => calendar::spss_datetime(number),
            (raw, _) => raw.cell(decoded),
        });
        let mut column = SheetColumn::new(decoded(&self.name), kind, cells.collect());
        column.label = Some(decoded(&self.label)).filter(|label| !label.is_empty());
        let labels = self
            .labels
            .iter()
            .map(|(code, label)| ValueLabel::new(code.clone().cell(decoded), decoded(label)));
        column.value_labels = labels.collect();
        if !self.missing.is_empty() || self.range.is_some() {
            let limit = |end: Option<f64>| end.map(SheetCell::Number);
            column.user_missing = Some(UserMissing {
                values: self.missing.iter().map(|code| code.clone().cell(decoded)).collect(),
                range: self.range.map(|(low, high)| (limit(low), limit(high))),
            });
        }
        column.mark_missing(false);
        column
    }
}

type Read<T> = std::result::Result<T, String>;

/// What is left to read.
struct Text<'a> {
    of: &'a [u8],
    at: usize,
}

impl<'a> Text<'a> {
    fn fault<T>(&self, what: &str) -> Read<T> {
        Err(format!("at character {} of {} {what}", self.at, self.of.len()))
    }

    fn next(&mut self) -> Read<u8> {
        let Some(byte) = self.of.get(self.at) else { return self.fault("the file ends too early") };
        self.at += 1;
        Ok(*byte)
    }

    fn peek(&self) -> Option<u8> {
        self.of.get(self.at).copied()
    }

    /// A number to the base of 30, ended by `/`; `*.` is the missing one.
    fn number(&mut self) -> Read<Option<f64>> {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        if self.peek() == Some(b'*') {
            self.at += 2;
            return Ok(None);
        }
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let (mut digits, mut scale, mut fraction, mut seen) = (0.0_f64, 0_i32, false, false);
        loop {
            match self.next()? {
                b'.' if !fraction => fraction = true,
                b'/' if seen => break,
                sign @ (b'+' | b'-') if seen => {
                    let power = i32::from(i16::try_from(self.whole()?).unwrap_or(i16::MAX));
                    scale += if sign == b'-' { -power } else { power };
                    break;
                }
                byte => {
                    let Some(digit) = char::from(byte).to_digit(30).filter(|_| !byte.is_ascii_lowercase())
                    else {
                        self.at -= 1;
                        return self.fault("a number is expected");
                    };
                    digits = digits.mul_add(30.0, f64::from(digit));
                    scale -= i32::from(fraction);
                    seen = true;
                }
            }
        }
        let size = if scale < 0 { digits / 30.0_f64.powi(-scale) } else { digits * 30.0_f64.powi(scale) };
        if !size.is_finite() {
            return self.fault("a number is too large");
        }
        Ok(Some(if negative { -size } else { size }))
    }

    /// A number that counts something.
    fn whole(&mut self) -> Read<usize> {
        match self.number()? {
            Some(number) if number >= 0.0 && number.fract() == 0.0 && number < 1e9 => Ok(number as usize),
            _ => self.fault("a whole number is expected"),
        }
    }

    /// A text after its length.
    fn string(&mut self) -> Read<&'a [u8]> {
        let length = self.whole()?;
        let Some(text) = self.of.get(self.at..self.at + length) else {
            return self.fault(&format!("a text claims {length} characters, but fewer are left"));
        };
        self.at += length;
        Ok(text)
    }

    fn value(&mut self, is_text: bool) -> Read<Raw> {
        if is_text { Ok(Raw::Text(self.string()?.to_vec())) } else { Ok(Raw::Number(self.number()?)) }
    }

    /// All before the answers.
    fn dictionary(&mut self) -> Read<Dictionary> {
        if self.next()? != b'A' {
            self.at -= 1;
            return self.fault("a version other than 'A' is not known");
        }
        self.string()?; // day
        self.string()?; // time
        let mut all = Dictionary::default();
        loop {
            match self.next()? {
                b'1'..=b'3' => _ = self.string()?,
                b'4' | b'5' => _ = self.number()?,
                b'6' => all.weight = Some(self.string()?.to_vec()),
                b'7' => {
                    let variable = self.variable()?;
                    all.variables.push(variable);
                }
                tag @ (b'8'..=b'9' | b'A' | b'B' | b'C') => {
                    let Some(own) = all.variables.last_mut() else {
                        return self.fault("something is said of a variable before any is named");
                    };
                    self.about(tag, own)?;
                }
                b'D' => self.labels(&mut all.variables)?,
                b'E' => {
                    for _ in 0..self.whole()? {
                        self.string()?;
                    }
                }
                b'F' if all.variables.is_empty() => return self.fault("there are answers but no variables"),
                b'F' => return Ok(all),
                _ => {
                    self.at -= 1;
                    return self.fault("a record of no known kind begins");
                }
            }
        }
    }

    fn variable(&mut self) -> Read<Variable> {
        let width = self.whole()?;
        let name = self.string()?.to_vec();
        let format = u8::try_from(self.whole()?).unwrap_or_default();
        for _ in 0..5 {
            self.number()?; // width and decimals of this format, and the format of writing
        }
        Ok(Variable { name, width, format, ..Variable::default() })
    }

    /// Missing codes and the wording of the variable before.
    fn about(&mut self, tag: u8, own: &mut Variable) -> Read<()> {
        match tag {
            b'8' => own.missing.push(self.value(own.width > 0)?),
            b'9' => own.range = Some((None, self.number()?)),
            b'A' => own.range = Some((self.number()?, None)),
            b'B' => own.range = Some((self.number()?, self.number()?)),
            _ => own.label = self.string()?.to_vec(),
        }
        Ok(())
    }

    /// Words of codes, of one or more variables.
    fn labels(&mut self, variables: &mut [Variable]) -> Read<()> {
        let mut of = Vec::new();
        for _ in 0..self.whole()? {
            let name = self.string()?;
            let Some(at) = variables.iter().position(|own| own.name == name) else {
                return self.fault("there are labels of a variable that was not named");
            };
            of.push(at);
        }
        let is_text = of.first().is_some_and(|at| variables[*at].width > 0);
        for _ in 0..self.whole()? {
            let code = self.value(is_text)?;
            let label = self.string()?.to_vec();
            of.iter().for_each(|at| variables[*at].labels.push((code.clone(), label.clone())));
        }
        Ok(())
    }

    /// The answers, by variables.
    fn rows(&mut self, variables: &[Variable]) -> Read<Vec<Vec<Raw>>> {
        let mut cells = vec![Vec::new(); variables.len()];
        while self.peek() != Some(END) {
            for (own, column) in variables.iter().zip(&mut cells) {
                column.push(self.value(own.width > 0)?);
            }
        }
        Ok(cells)
    }
}

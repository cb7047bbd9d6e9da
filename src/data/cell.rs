//! A cell of a data file: missing, a number, or a text.
//!
//! White space around a cell is no part of it. A number is written with ASCII digits and a decimal
//! point (`3`, `-0.5`, `+2.`, `1e-3`) and is finite: the texts `inf` and `nan` are texts. A missing
//! code that is a number matches by value, so that code `9` covers `9.0`; other codes match exactly.

use crate::error::DECIMAL_COMMA;
use std::borrow::Cow;

/// Stands before what a file itself declares missing in a cell (a user-missing code of SPSS, a tagged value of Stata).
pub(crate) const DECLARED: u8 = 1;

/// What stands in a cell before it is read: a trimmed text (of a file, or from memory), or a value from memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum RawCell<'a> {
    /// A text, which may hold a number or a missing code.
    Text(&'a [u8]),
    /// A number, which may be a missing code.
    Number(f64),
    /// Nothing: as the empty cell of a file.
    Missing,
}

impl<'a> RawCell<'a> {
    /// The text that would stand in a file; a number in its shortest form.
    pub(crate) fn text(self) -> Cow<'a, [u8]> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(value) => Cow::Owned(value.to_string().into_bytes()),
            Self::Missing => Cow::Borrowed(b""),
        }
    }
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell {
    /// No answer: 0 for the empty cell and `NA`, otherwise the position of the code, from 1.
    Missing(usize),
    /// A finite number.
    Number(f64),
    /// Anything else.
    Text,
}

/// The cell contents that mean "missing".
#[derive(Debug, Clone, Default)]
pub(crate) struct MissingCodes {
    codes: Vec<(String, Option<f64>)>,
    numeric: bool,
}

impl MissingCodes {
    pub(crate) fn new<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        let mut known: Vec<(String, Option<f64>)> = Vec::new();
        for code in codes.into_iter().map(str::trim) {
            let seen = code.is_empty() || code == "NA" || known.iter().any(|(c, _)| c == code);
            if !seen {
                known.push((code.into(), number(code.as_bytes())));
            }
        }
        let numeric = known.iter().any(|(_, value)| value.is_some());
        Self { codes: known, numeric }
    }

    /// The codes next to the empty cell and `NA`, in the order of [`Cell::Missing`] from 1.
    pub(crate) fn codes(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(|(code, _)| code.strip_prefix(char::from(DECLARED)).unwrap_or(code))
    }

    /// Those that the file itself declares, with their mark.
    pub(crate) fn declared(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(|(code, _)| code.as_str()).filter(|code| code.starts_with(char::from(DECLARED)))
    }

    /// Position, from 1, of the code that covers a number.
    pub(crate) fn covers(&self, value: f64) -> Option<usize> {
        if !self.numeric {
            return None;
        }
        self.codes.iter().position(|(_, code)| *code == Some(value)).map(|i| i + 1)
    }

    /// Reads a cell of a file or from memory; its number must be finite.
    #[inline]
    pub(crate) fn read_raw(&self, cell: RawCell<'_>) -> Cell {
        match cell {
            RawCell::Text(text) => self.read(text),
            RawCell::Number(value) => self.covers(value).map_or(Cell::Number(value), Cell::Missing),
            RawCell::Missing => Cell::Missing(0),
        }
    }

    /// Reads a trimmed text.
    #[inline]
    pub(crate) fn read(&self, cell: &[u8]) -> Cell {
        if cell.is_empty() || cell == b"NA" {
            return Cell::Missing(0);
        }
        match number(cell) {
            Some(value) => self.covers(value).map_or(Cell::Number(value), Cell::Missing),
            None => self
                .codes
                .iter()
                .position(|(code, _)| code.as_bytes() == cell)
                .map_or(Cell::Text, |i| Cell::Missing(i + 1)),
        }
    }
}

/// The finite number that a trimmed cell holds.
#[inline]
pub(crate) fn number(cell: &[u8]) -> Option<f64> {
    let (negative, digits) = match cell {
        [digit @ b'0'..=b'9'] => return Some(f64::from(digit - b'0')), // most answers
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, cell),
    };
    // Up to 15 digits are an integer that f64 holds exactly.
    if !digits.is_empty() && digits.len() <= 15 && digits.iter().all(u8::is_ascii_digit) {
        let value = digits.iter().fold(0u64, |sum, d| sum * 10 + u64::from(d - b'0')) as f64;
        return Some(if negative { -value } else { value });
    }
    if !digits.first().is_some_and(|c| c.is_ascii_digit() || *c == b'.') {
        return None;
    }
    std::str::from_utf8(cell).ok()?.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The number that a cell would hold if its comma were a point, as it should be written.
pub(crate) fn decimal_comma(cell: &str) -> Option<String> {
    let point = cell.replacen(',', ".", 1);
    (cell.matches(',').count() == 1 && number(point.as_bytes()).is_some()).then_some(point)
}

/// Why a text is no number.
pub(crate) fn why_no_number(cell: &str) -> String {
    match decimal_comma(cell) {
        Some(point) => format!("{DECIMAL_COMMA}; write {point}"),
        None => "is not a number".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_finite_and_written_with_a_point() {
        let cases = [("3", 3.0), ("-12", -12.0), ("+4", 4.0), ("007", 7.0), ("2.5", 2.5), (".5", 0.5)];
        for (text, value) in cases {
            assert_eq!(number(text.as_bytes()), Some(value), "{text}");
        }
        assert_eq!(number(b"1234567890123456789"), Some(1_234_567_890_123_456_789.0));
        assert_eq!(number(b"-1e-3"), Some(-0.001));
        for text in
            ["", "-", "+", ".", "inf", "-inf", "+Infinity", "nan", "NaN", "1e999", "3,5", "1 2", "x", "--1"]
        {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn numeric_missing_codes_match_by_value_and_others_by_text() {
        let codes = MissingCodes::new(["", "NA", "9", "-99", "refused", "9"]);
        assert_eq!(codes.codes().collect::<Vec<_>>(), ["9", "-99", "refused"]);
        assert_eq!(codes.read(b""), Cell::Missing(0));
        assert_eq!(codes.read(b"NA"), Cell::Missing(0));
        assert_eq!(codes.read(b"9.0"), Cell::Missing(1));
        assert_eq!(codes.read(b"-99"), Cell::Missing(2));
        assert_eq!(codes.read(b"refused"), Cell::Missing(3));
        assert_eq!(codes.read(b"Refused"), Cell::Text);
        assert_eq!(codes.read(b"8"), Cell::Number(8.0));
    }

    #[test]
    fn a_decimal_comma_is_told_as_what_it_is() {
        assert_eq!(why_no_number("3,5"), "has a decimal comma; write 3.5");
        assert_eq!(why_no_number("1.234,5"), "is not a number");
        assert_eq!(why_no_number("a,b"), "is not a number");
    }
}

//! CSV text that is made of another file: what every command reads.

use crate::data::cell::DECLARED;
use crate::data::file_facts::FileFacts;
use crate::data::input::Input;
use std::collections::HashSet;

/// A file as CSV text.
#[derive(Debug)]
pub(crate) struct Converted {
    /// A header row and the rows of answers, cells between commas.
    pub(crate) input: Input,
    /// Bytes of all of it; about, where it is made while it is read.
    pub(crate) bytes: u64,
    /// Bytes of the header row.
    pub(crate) body: u64,
    pub(crate) names: Vec<String>,
    /// The row of the file in which the first row of answers stands.
    pub(crate) first_row: usize,
    pub(crate) facts: FileFacts,
}

/// The row of names.
pub(super) fn write_header(text: &mut Vec<u8>, names: &[String]) {
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            text.push(b',');
        }
        write_text(text, name);
    }
    text.push(b'\n');
}

/// Codes that the file declares missing, each once.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) codes: Vec<String>,
    known: HashSet<String>,
}

impl Declared {
    pub(super) fn write(&mut self, code: &str, text: &mut Vec<u8>) {
        let marked = format!("{}{code}", char::from(DECLARED));
        write_text(text, &marked);
        if self.known.insert(marked.clone()) {
            self.codes.push(marked);
        }
    }
}

pub(super) fn write_number(text: &mut Vec<u8>, number: f64) {
    use std::io::Write;
    match number {
        digit if digit.fract() == 0.0 && (0.0..10.0).contains(&digit) => text.push(b'0' + digit as u8),
        number => {
            let _ = write!(text, "{number}"); // a Vec takes everything
        }
    }
}

pub(super) fn write_text(text: &mut Vec<u8>, cell: &str) {
    let quoted = cell.bytes().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r'));
    if !quoted {
        return text.extend_from_slice(cell.as_bytes());
    }
    text.push(b'"');
    for byte in cell.bytes() {
        if byte == b'"' {
            text.push(b'"');
        }
        text.push(byte);
    }
    text.push(b'"');
}

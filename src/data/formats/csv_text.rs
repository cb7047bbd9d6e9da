//! CSV text that is made of another file: what every command reads.

use crate::data::cell::DECLARED;
use crate::data::file_facts::FileFacts;
use crate::data::input::Input;
use std::collections::HashSet;
#[cfg(any(feature = "sav", feature = "parquet"))]
use std::io::{self, Read};

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

/// Text that is made piece by piece.
#[cfg(any(feature = "sav", feature = "parquet"))]
pub(super) trait Pieces {
    /// Adds the text of the next rows; `false`: there are none.
    fn add_next(&mut self, text: &mut Vec<u8>) -> std::result::Result<bool, String>;
}

/// Reads pieces one after the other, behind the row of names.
#[cfg(any(feature = "sav", feature = "parquet"))]
pub(super) struct PieceReader<P> {
    pieces: P,
    piece: Vec<u8>,
    /// Bytes of the piece that were given away.
    given: usize,
}

#[cfg(any(feature = "sav", feature = "parquet"))]
impl<P: Pieces> PieceReader<P> {
    pub(super) fn new(names: &[String], pieces: P) -> Self {
        let mut piece = Vec::new();
        write_header(&mut piece, names);
        Self { pieces, piece, given: 0 }
    }
}

#[cfg(any(feature = "sav", feature = "parquet"))]
impl<P: Pieces> Read for PieceReader<P> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.given == self.piece.len() {
            self.piece.clear();
            self.given = 0;
            if !self.pieces.add_next(&mut self.piece).map_err(io::Error::other)? {
                return Ok(0);
            }
        }
        let got = (&self.piece[self.given..]).read(room)?;
        self.given += got;
        Ok(got)
    }
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

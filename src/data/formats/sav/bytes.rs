//! A place in a file, and what can be read from there on.

use crate::data::input::{Input, InputReader};
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Bytes that are read from front to end, with a place among them; every reading checks that so many are left, before
/// anything is reserved for them.
#[derive(Debug)]
pub(super) struct Bytes<R> {
    reader: R,
    at: u64,
    length: u64,
    /// Whether the first byte of a number is its highest.
    pub(super) big_endian: bool,
}

impl Bytes<BufReader<InputReader>> {
    /// A file from its beginning.
    pub(super) fn open(input: &Input) -> io::Result<Self> {
        let (reader, length) = (BufReader::new(input.reader()?), input.len()?);
        Ok(Self { reader, at: 0, length, big_endian: false })
    }

    pub(super) fn go_to(&mut self, place: u64) -> Result<(), String> {
        self.reader.seek(SeekFrom::Start(place)).map_err(|error| unreadable(place, &error))?;
        self.at = place;
        Ok(())
    }

    /// What stands from here on, without its place.
    pub(super) fn into_reader(self) -> BufReader<InputReader> {
        self.reader
    }
}

impl<'a> Bytes<&'a [u8]> {
    /// A part of a file, in the same order of bytes.
    pub(super) fn part(part: &'a [u8], big_endian: bool) -> Self {
        Self { reader: part, at: 0, length: part.len() as u64, big_endian }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.reader
    }
}

impl<R: Read> Bytes<R> {
    pub(super) fn place(&self) -> u64 {
        self.at
    }

    pub(super) fn left(&self) -> u64 {
        self.length.saturating_sub(self.at)
    }

    /// Whether there are so many bytes, from `place` on.
    pub(super) fn holds(&self, place: u64, count: u64) -> bool {
        place.checked_add(count).is_some_and(|end| end <= self.length)
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn take(&mut self, count: usize, what: &str) -> Result<Vec<u8>, String> {
        if count as u64 > self.left() {
            return Err(format!(
                "at byte {} {what} would take {count} bytes, but only {} are left",
                self.at,
                self.left()
            ));
        }
        let mut taken = vec![0; count];
        self.fill(&mut taken)?;
        Ok(taken)
    }

    /// The next bytes, as many as there are room for and left; says how many.
    pub(super) fn piece(&mut self, room: &mut [u8]) -> Result<usize, String> {
        let count = usize::try_from(self.left()).map_or(room.len(), |left| left.min(room.len()));
        self.fill(&mut room[..count])?;
        Ok(count)
    }

    fn fill(&mut self, room: &mut [u8]) -> Result<(), String> {
        self.reader.read_exact(room).map_err(|error| unreadable(self.at, &error))?;
        self.at += room.len() as u64;
        Ok(())
    }

    pub(super) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], String> {
        if N as u64 > self.left() {
            return self.take(N, what).map(|_| [0; N]);
        }
        let mut taken = [0; N];
        self.fill(&mut taken)?;
        Ok(taken)
    }

    pub(super) fn int(&mut self, what: &str) -> Result<i32, String> {
        let bytes = self.array(what)?;
        Ok(if self.big_endian { i32::from_be_bytes(bytes) } else { i32::from_le_bytes(bytes) })
    }

    pub(super) fn long(&mut self, what: &str) -> Result<i64, String> {
        let bytes = self.array(what)?;
        Ok(if self.big_endian { i64::from_be_bytes(bytes) } else { i64::from_le_bytes(bytes) })
    }

    pub(super) fn float(&mut self, what: &str) -> Result<f64, String> {
        let bytes = self.array(what)?;
        Ok(if self.big_endian { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) })
    }

    /// A count that stands before what it counts; `unit` bytes each.
    pub(super) fn count(&mut self, unit: usize, what: &str) -> Result<usize, String> {
        let place = self.at;
        let claimed = self.int(what)?;
        let fits = |n: &usize| n.saturating_mul(unit) as u64 <= self.left();
        usize::try_from(claimed).ok().filter(fits).ok_or_else(|| {
            format!("at byte {place} {what} is said to be {claimed}, but only {} bytes are left", self.left())
        })
    }
}

fn unreadable(place: u64, error: &io::Error) -> String {
    format!("at byte {place} it cannot be read: {error}")
}

//! The cases of a file, piece by piece: uncompressed, compressed by byte codes, or those in blocks of zlib.

use super::super::sheet::SheetNote;
use super::bytes::Bytes;
use super::dictionary;
use super::variable::Dictionary;
use crate::data::input::{Input, InputReader};
use std::fmt::Debug;
use std::io::{BufReader, Read};

/// How much is read at once.
const PIECE: usize = 1 << 16;

/// A block of zlib holds at most this much in the files of SPSS (0x3ff000); of larger ones no more is read.
const LARGEST_BLOCK: u64 = 64 << 20;

/// A file whose dictionary was read, and whose cases are read piece by piece: no more than one is held.
#[derive(Debug)]
pub(super) struct Cases {
    pub(super) dictionary: Dictionary,
    /// What has to be told of the cases; complete when they have ended.
    pub(super) notes: Vec<SheetNote>,
    rows: Rows,
    packing: Packing,
    piece: Vec<u8>,
    ended: bool,
}

/// In what form the cases stand.
#[derive(Debug)]
enum Packing {
    None(Bytes<BufReader<InputReader>>),
    Codes(Bytes<BufReader<InputReader>>, Codes),
    Blocks(Box<Blocks>, Codes),
}

impl Cases {
    /// Reads the dictionary, and goes to the first case.
    ///
    /// # Errors
    /// What is wrong, with its byte.
    pub(super) fn open(input: &Input) -> Result<Self, String> {
        let mut bytes = Bytes::open(input).map_err(|error| format!("it cannot be read: {error}"))?;
        let dictionary = dictionary::read(&mut bytes)?;
        let rows = Rows::new(&dictionary);
        let codes = Codes::new(&dictionary, bytes.big_endian);
        let packing = match dictionary.compression {
            0 => Packing::None(bytes),
            1 => Packing::Codes(bytes, codes),
            _ => Packing::Blocks(Box::new(Blocks::open(input.clone(), &mut bytes)?), codes),
        };
        // whole rows, where these stand one after the other
        let room = PIECE.next_multiple_of(rows.width);
        let (notes, piece) = (Vec::new(), vec![0; room]);
        Ok(Self { dictionary, notes, rows, packing, piece, ended: false })
    }

    /// Reads a piece, and gives every row that it completes to `take`; `false`: there was none left.
    ///
    /// # Errors
    /// What is wrong, with its byte.
    pub(super) fn next_piece(&mut self, mut take: impl FnMut(&[u8])) -> Result<bool, String> {
        let (piece, rows) = (&mut self.piece, &mut self.rows);
        // blocks have a checksum at their end
        let checked = matches!(self.packing, Packing::Blocks(..));
        let got = match &mut self.packing {
            _ if self.ended || (rows.complete() && !checked) => 0,
            Packing::None(bytes) => {
                let got = bytes.piece(piece)?;
                rows.push_all(&piece[..got], &mut take);
                got
            }
            Packing::Codes(bytes, codes) => {
                let got = bytes.piece(piece)?;
                codes.read(&piece[..got], rows, &mut take);
                got
            }
            Packing::Blocks(blocks, codes) => {
                let got = blocks.piece(piece, &mut self.notes)?;
                codes.read(&piece[..got], rows, &mut take);
                got
            }
        };
        let last = got == 0 && !std::mem::replace(&mut self.ended, got == 0);
        if last {
            self.tell_of_rows();
        }
        Ok(got > 0)
    }

    /// Goes through all cases; returns how many there are.
    ///
    /// # Errors
    /// What is wrong, with its byte.
    pub(super) fn each_row(&mut self, mut take: impl FnMut(&[u8])) -> Result<usize, String> {
        while self.next_piece(&mut take)? {}
        Ok(self.rows.count)
    }

    fn tell_of_rows(&mut self) {
        let count = self.rows.count;
        if !self.rows.row.is_empty() {
            let message =
                format!("the data end within row {}: the {count} whole rows before it were read", count + 1);
            self.notes.push(SheetNote::new("data_cut", message).count(count));
        }
        let promised = self.dictionary.cases;
        if promised >= 0 && promised != count as i64 {
            let message = format!("the header promises {promised} rows, {count} were read");
            self.notes.push(SheetNote::new("fewer_rows", message).count(count));
        }
    }
}

/// Puts elements of eight bytes together to rows, each of which is taken when it is complete.
#[derive(Debug)]
struct Rows {
    /// Bytes of a row.
    width: usize,
    row: Vec<u8>,
    count: usize,
    /// How many the header promises; none: it does not say.
    promised: Option<usize>,
}

impl Rows {
    fn new(dictionary: &Dictionary) -> Self {
        let promised = usize::try_from(dictionary.cases).ok();
        Self { width: dictionary.elements * 8, row: Vec::new(), count: 0, promised }
    }

    fn complete(&self) -> bool {
        self.promised.is_some_and(|promised| self.count >= promised)
    }

    fn push(&mut self, element: [u8; 8], take: &mut dyn FnMut(&[u8])) {
        self.row.extend_from_slice(&element);
        if self.row.len() >= self.width {
            take(&self.row);
            self.row.clear();
            self.count += 1;
        }
    }

    /// Rows one after the other; what is left of less than a row is kept as begun.
    fn push_all(&mut self, rows: &[u8], take: &mut dyn FnMut(&[u8])) {
        if rows.is_empty() {
            return;
        }
        let whole = rows.chunks_exact(self.width);
        let begun = whole.remainder();
        for row in whole {
            if self.complete() {
                return;
            }
            take(row);
            self.count += 1;
        }
        if !self.complete() {
            self.row = begun[..begun.len() / 8 * 8].to_vec();
        }
    }
}

/// Byte codes in groups of eight, and the cells that follow each group; a stretch of bytes may end anywhere.
#[derive(Debug)]
struct Codes {
    bias: f64,
    system_missing: [u8; 8],
    big_endian: bool,
    /// Bytes of a group or of a cell that were not complete.
    pending: Vec<u8>,
    group: [u8; 8],
    /// The next code of the group; 8: the group is done.
    next: usize,
    ended: bool,
}

impl Codes {
    fn new(dictionary: &Dictionary, big_endian: bool) -> Self {
        let system_missing = bytes_of(dictionary.system_missing, big_endian);
        let (pending, group) = (Vec::new(), [0; 8]);
        Self { bias: dictionary.bias, system_missing, big_endian, pending, group, next: 8, ended: false }
    }

    fn read(&mut self, stretch: &[u8], rows: &mut Rows, take: &mut dyn FnMut(&[u8])) {
        let joined;
        let mut rest = if self.pending.is_empty() {
            stretch
        } else {
            joined = [self.pending.as_slice(), stretch].concat();
            &joined
        };
        while !self.ended && !rows.complete() {
            if self.next == 8 {
                let Some((group, after)) = rest.split_first_chunk::<8>() else { break };
                (self.group, self.next, rest) = (*group, 0, after);
            }
            match self.group[self.next] {
                0 => {}
                252 => self.ended = true,
                253 => {
                    let Some((cell, after)) = rest.split_first_chunk::<8>() else { break };
                    rest = after;
                    rows.push(*cell, take);
                }
                254 => rows.push([b' '; 8], take),
                255 => rows.push(self.system_missing, take),
                code => rows.push(bytes_of(f64::from(code) - self.bias, self.big_endian), take),
            }
            self.next += 1;
        }
        self.pending = rest.to_vec();
    }
}

fn bytes_of(number: f64, big_endian: bool) -> [u8; 8] {
    if big_endian { number.to_be_bytes() } else { number.to_le_bytes() }
}

/// Blocks of zlib, one after the other.
#[derive(Debug)]
struct Blocks {
    input: Input,
    list: std::vec::IntoIter<Block>,
    open: Option<OpenBlock>,
}

/// A block as the list of blocks has it.
#[derive(Debug, Clone, Copy)]
struct Block {
    /// From 1.
    number: usize,
    offset: u64,
    length: u64,
    /// How many bytes it is said to hold when it is unpacked.
    claimed: i32,
}

struct OpenBlock {
    block: Block,
    inflated: std::io::Take<flate2::read::ZlibDecoder<std::io::Take<BufReader<InputReader>>>>,
    total: usize,
}

impl Debug for OpenBlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenBlock").field("block", &self.block).finish_non_exhaustive()
    }
}

impl Blocks {
    fn open(input: Input, bytes: &mut Bytes<BufReader<InputReader>>) -> Result<Self, String> {
        bytes.long("the zlib header")?;
        let trailer = bytes.long("the zlib header")?;
        bytes.long("the zlib header")?;
        let Some(place) = u64::try_from(trailer).ok().filter(|place| bytes.holds(*place, 0)) else {
            return Err(format!(
                "the list of compressed blocks is said to be at byte {trailer}, but the file has {}",
                bytes.length()
            ));
        };
        bytes.go_to(place)?;
        bytes.take(20, "the list of compressed blocks")?;
        let count = bytes.count(24, "the number of compressed blocks")?;
        let mut list = Vec::with_capacity(count);
        for number in 1..=count {
            bytes.long("a compressed block")?;
            let (from, claimed) = (bytes.long("a compressed block")?, bytes.int("a compressed block")?);
            let packed = bytes.int("a compressed block")?;
            let place = u64::try_from(from).ok().zip(u64::try_from(packed).ok());
            let Some((offset, length)) = place.filter(|(from, packed)| bytes.holds(*from, *packed)) else {
                return Err(format!(
                    "compressed block {number} is said to be {packed} bytes from byte {from} on, beyond the file"
                ));
            };
            list.push(Block { number, offset, length, claimed });
        }
        let list = list.into_iter();
        Ok(Self { input, list, open: None })
    }

    fn piece(&mut self, room: &mut [u8], notes: &mut Vec<SheetNote>) -> Result<usize, String> {
        loop {
            let Some(open) = &mut self.open else {
                let Some(block) = self.list.next() else { return Ok(0) };
                self.open = Some(OpenBlock::new(&self.input, block)?);
                continue;
            };
            let block = open.block;
            let got = open.inflated.read(room).map_err(|error| {
                format!(
                    "compressed block {} (byte {}) cannot be unpacked: {error}",
                    block.number, block.offset
                )
            })?;
            open.total += got;
            if got > 0 {
                return Ok(got);
            }
            if i64::from(block.claimed) != open.total as i64 {
                let message = format!(
                    "compressed block {} is said to hold {} bytes, it held {}",
                    block.number, block.claimed, open.total
                );
                notes.push(SheetNote::new("block_size", message).count(open.total));
            }
            self.open = None;
        }
    }
}

impl OpenBlock {
    fn new(input: &Input, block: Block) -> Result<Self, String> {
        let mut bytes = Bytes::open(input).map_err(|error| format!("it cannot be read: {error}"))?;
        bytes.go_to(block.offset)?;
        let packed = bytes.into_reader().take(block.length);
        let inflated = flate2::read::ZlibDecoder::new(packed).take(LARGEST_BLOCK);
        Ok(Self { block, inflated, total: 0 })
    }
}

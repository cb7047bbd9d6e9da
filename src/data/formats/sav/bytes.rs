//! A place in a file, and what can be read from there on.

/// Bytes with a place among them; every reading checks that so many are left.
#[derive(Debug)]
pub(super) struct Bytes<'a> {
    all: &'a [u8],
    at: usize,
    /// Whether the first byte of a number is its highest.
    pub(super) big_endian: bool,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(all: &'a [u8]) -> Self {
        Self { all, at: 0, big_endian: false }
    }

    /// The same bytes from the beginning of another part, in the same order of bytes.
    pub(super) fn part(&self, part: &'a [u8]) -> Self {
        Self { all: part, at: 0, big_endian: self.big_endian }
    }

    pub(super) fn place(&self) -> usize {
        self.at
    }

    pub(super) fn left(&self) -> usize {
        self.all.len() - self.at
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        &self.all[self.at..]
    }

    pub(super) fn whole(&self) -> &'a [u8] {
        self.all
    }

    pub(super) fn take(&mut self, count: usize, what: &str) -> Result<&'a [u8], String> {
        let taken = self.rest().get(..count).ok_or_else(|| {
            format!("at byte {} {what} would take {count} bytes, but only {} are left", self.at, self.left())
        })?;
        self.at += count;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], String> {
        let taken = self.take(N, what)?;
        Ok(std::array::from_fn(|i| taken[i]))
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
        Ok(self.number(bytes))
    }

    pub(super) fn number(&self, bytes: [u8; 8]) -> f64 {
        if self.big_endian { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) }
    }

    /// A length that stands before what it counts; `unit` bytes each.
    pub(super) fn length(&mut self, unit: usize, what: &str) -> Result<usize, String> {
        let place = self.at;
        let claimed = self.int(what)?;
        usize::try_from(claimed).ok().filter(|n| n.saturating_mul(unit) <= self.left()).ok_or_else(|| {
            format!("at byte {place} {what} is said to be {claimed}, but only {} bytes are left", self.left())
        })
    }
}

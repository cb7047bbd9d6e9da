//! A variable of the dictionary, and the dictionary.

/// A variable as it stands in the file: bytes are not decoded yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Variable {
    /// Its first element in a case.
    pub(super) element: usize,
    /// 0: a number; otherwise the bytes of a text.
    pub(super) width: usize,
    pub(super) short_name: Vec<u8>,
    pub(super) name: Vec<u8>,
    pub(super) label: Option<Vec<u8>>,
    /// The type of the print format.
    pub(super) format: u8,
    pub(super) missing: Vec<[u8; 8]>,
    /// The first two of `missing` are the ends of a range.
    pub(super) has_range: bool,
    /// Codes in 8 bytes, or the whole text.
    pub(super) labels: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) long_missing: Vec<Vec<u8>>,
    pub(super) measure: Option<&'static str>,
    /// Elements of the further segments of a very long text, with their widths.
    pub(super) segments: Vec<(usize, usize)>,
    /// Whether the first byte of a number is its highest.
    pub(super) big_endian: bool,
}

impl Variable {
    pub(super) fn number(&self, bytes: [u8; 8]) -> f64 {
        if self.big_endian { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) }
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Dictionary {
    pub(super) compression: usize,
    /// -1: not said.
    pub(super) cases: i64,
    pub(super) bias: f64,
    /// Element of the weight, from 1; 0: none.
    pub(super) weight: usize,
    /// 8-byte elements of a case.
    pub(super) elements: usize,
    pub(super) variables: Vec<Variable>,
    pub(super) encoding: Option<String>,
    pub(super) code_page: Option<i32>,
    pub(super) system_missing: f64,
}

impl Dictionary {
    pub(super) fn weight_position(&self) -> Option<usize> {
        let element = self.weight.checked_sub(1)?;
        self.variables.iter().position(|v| v.element == element && v.width == 0)
    }
}

pub(super) fn trimmed(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|b| !matches!(b, b' ' | 0)).map_or(0, |last| last + 1);
    &bytes[..end]
}

//! A statement with its number, and what its result calls itself.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One statement: a SELECT that returns one table.
///
/// ```
/// use psychometrics::moments::aggregate::{AggregatePlan, PlannedItem};
/// use psychometrics::moments::sql::{Dialect, Query};
///
/// let plan = AggregatePlan::new(["a", "b"].map(|name| PlannedItem::new(name).coded(1, 5)))?;
/// let statements = Query::new(plan, "survey", Dialect::DuckDb).statements()?;
/// let first = &statements[0];
/// assert_eq!((first.number, first.of, first.block.as_str()), (1, 1, "scale"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Statement {
    /// From 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// What it computes: `scale`, or `answers` and `sums`; `pairs`, `tables`.
    pub block: String,
    /// The text, with comments, without a semicolon behind it.
    pub text: String,
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{};", self.text)
    }
}

/// What the first column of a result begins with: the version of the documents.
pub(super) const MARK: &str = "psychometrics_moments_1__";

/// The name of the first column of a result: version, plan, statement.
pub(super) fn mark(fingerprint: &str, number: usize, of: usize) -> String {
    format!("{MARK}{fingerprint}__{number}_of_{of}")
}

/// A text that stands between single quotes in any dialect: what could end or change it is written as %XX.
pub(super) fn encoded(text: &str) -> String {
    let mut own = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => own.push(char::from(byte)),
            b'{' | b'}' | b'[' | b']' | b'"' | b':' | b',' | b'.' | b'_' | b'-' | b' ' => {
                own.push(char::from(byte))
            }
            _ => own.push_str(&format!("%{byte:02x}")),
        }
    }
    own
}

/// The text that was [`encoded`].
#[cfg(feature = "files")]
pub(super) fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes().iter();
    while let Some(&byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [*rest.next()?, *rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

//! The choices of a reader by name: to print, to read, and to list.

use super::answer_file::{AnswerKind, Impossible};
use crate::error::{Error, Result, chosen};
use std::fmt;
use std::str::FromStr;

impl AnswerKind {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Numbers, Self::Codes];
}

impl fmt::Display for AnswerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            AnswerKind::Numbers => "numbers",
            AnswerKind::Codes => "codes",
        })
    }
}

impl FromStr for AnswerKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("kind of answers", Self::ALL, text)
    }
}

impl Impossible {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Refused, Self::Read];
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Impossible::Refused => "refused",
            Impossible::Read => "read",
        })
    }
}

impl FromStr for Impossible {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("treatment of impossible answers", Self::ALL, text)
    }
}

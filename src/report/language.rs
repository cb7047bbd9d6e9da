//! The language of a report.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// English or Dutch.
///
/// ```
/// use psychometrics::report::Language;
/// assert_eq!("nl".parse(), Ok(Language::Dutch));
/// assert_eq!(Language::Dutch.to_string(), "nl");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Dutch.
    #[serde(rename = "nl")]
    Dutch,
}

impl Language {
    /// The text in this language.
    pub(super) fn of<'a>(self, english: &'a str, dutch: &'a str) -> &'a str {
        match self {
            Language::English => english,
            Language::Dutch => dutch,
        }
    }

    /// Its code (ISO 639-1).
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Dutch => "nl",
        }
    }
}

impl Language {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::English, Self::Dutch];
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Language {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("language", Self::ALL, text)
    }
}

//! The language of a report.

/// English or Dutch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Dutch.
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

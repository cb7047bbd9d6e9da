//! A text in several languages.

use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// A text by language code (`en`, `nl`); in a file a table, or a bare string without a language.
///
/// ```
/// use psychometrics::construct::Localized;
/// let title = Localized::new("en", "Knowledge").and("nl", "Kennis");
/// assert_eq!(title.get("nl"), Some("Kennis"));
/// assert_eq!(title.get("de"), Some("Knowledge"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Localized(BTreeMap<String, String>);

impl Localized {
    /// A text in one language.
    pub fn new(language: impl Into<String>, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(language.into(), text.into())]))
    }

    /// The same text in a further language.
    #[must_use]
    pub fn and(mut self, language: impl Into<String>, text: impl Into<String>) -> Self {
        self.0.insert(language.into(), text.into());
        self
    }

    /// The text in `language`, else in English, else in whatever there is.
    pub fn get(&self, language: &str) -> Option<&str> {
        let any = || self.0.values().next();
        self.0.get(language).or_else(|| self.0.get("en")).or_else(any).map(String::as_str)
    }

    /// Every version of the text.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }

    /// Every version with its language code, which is empty for a text without a language.
    pub fn by_language(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language.as_str(), text.as_str()))
    }

    /// Whether there is no text in any language.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Localized {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected a text, or a table of texts by language: { en = \"...\" }")]
        enum Form {
            Bare(String),
            ByLanguage(BTreeMap<String, String>),
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::Bare(text) => Self(BTreeMap::from([(String::new(), text)])),
            Form::ByLanguage(map) => Self(map),
        })
    }
}

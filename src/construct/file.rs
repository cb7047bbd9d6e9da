//! The construct file: TOML in, TOML out.

use super::Construct;
use crate::error::{Error, Result};
use std::path::Path;

impl Construct {
    /// Reads and checks a construct file.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::ConstructSyntax`] with line and column, or what
    /// [`Construct::check`] finds.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path)
            .map_err(|e| Error::Unreadable { path: path.into(), reason: e.to_string() })?;
        let mut construct = Self::parse(&text, &path.display().to_string())?;
        construct.base = path.parent().map(Into::into).unwrap_or_default();
        Ok(construct)
    }

    /// Reads and checks a construct from TOML text; its paths are relative to the working folder.
    ///
    /// # Errors
    /// As [`Construct::from_path`].
    pub fn from_toml(text: &str) -> Result<Self> {
        Self::parse(text, "construct")
    }

    /// The construct as TOML, which [`Construct::from_toml`] reads back to an equal value.
    ///
    /// # Errors
    /// [`Error::ConstructSyntax`] when TOML cannot hold a value.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string_pretty(self)
            .map_err(|e| Error::ConstructSyntax { place: "construct".into(), reason: e.to_string() })
    }

    fn parse(text: &str, place: &str) -> Result<Self> {
        let syntax = |e: toml::de::Error| {
            let line = e.span().map(|s| text[..s.start.min(text.len())].matches('\n').count() + 1);
            let place = line.map_or_else(|| place.to_string(), |line| format!("{place}, line {line}"));
            let mut reason: String = e.to_string().trim_end().into();
            let at = e.span().map_or("", |span| text.get(..span.start).unwrap_or_default());
            let key = at.rsplit('\n').next().unwrap_or_default().trim_start();
            if key.starts_with("missing") && !key.starts_with("missing_codes") && reason.contains("i64") {
                reason.push_str(
                    "\n'missing' of a scale takes codes, which are whole numbers; a text that means \"missing\" stands in \
                     the table [data]: missing_codes = [\"Prefer not to say\"]",
                );
            }
            Error::ConstructSyntax { place, reason }
        };
        let mut unknown_keys = Vec::new();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let deserializer = toml::Deserializer::parse(text).map_err(syntax)?;
        let mut construct: Construct =
            serde_ignored::deserialize(deserializer, |key| unknown_keys.push(key.to_string()))
                .map_err(syntax)?;
        construct.unknown_keys = unknown_keys;
        for (id, scale) in &mut construct.scales {
            scale.id.clone_from(id);
        }
        construct.check()?;
        Ok(construct)
    }
}

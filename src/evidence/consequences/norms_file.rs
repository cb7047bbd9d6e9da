//! Norms as JSON.

use super::norms::{Norms, SCHEMA, Stored};
#[cfg(feature = "files")]
use crate::construct::read_text;
use crate::error::{Error, Result};
use serde::Deserialize;
#[cfg(feature = "files")]
use std::path::Path;

/// The key that tells the version, whatever else the document holds.
#[derive(Deserialize)]
struct Header {
    schema: Option<String>,
}

impl Norms {
    /// Norms from a file that holds what [`Norms::to_json`] gave.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::NotUtf8`], and as [`Norms::from_json`].
    #[cfg(feature = "files")]
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        parse(&read_text(path)?, &path.display().to_string())
    }

    /// Norms from what [`Norms::to_json`] gave.
    ///
    /// # Errors
    /// [`Error::NormsSyntax`] with line and column, also for a text that ends within; [`Error::NormsVersion`];
    /// [`Error::DamagedNorms`] where numbers do not go together or are not finite.
    pub fn from_json(text: &str) -> Result<Self> {
        parse(text, "the norms")
    }

    /// The norms as JSON, at full precision: [`Norms::from_json`] gives them back to the last bit.
    pub fn to_json(&self) -> String {
        // maps of texts and finite numbers: nothing that JSON cannot hold
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn parse(text: &str, source: &str) -> Result<Norms> {
    let syntax = |e: serde_json::Error| {
        let told = e.to_string();
        let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(told, _)| told);
        let reason =
            if e.is_eof() { "the document is cut off".into() } else { told.replace("f64", "a number") };
        let place = format!("{source}, line {}, column {}", e.line(), e.column());
        Error::NormsSyntax { place, reason, truncated: e.is_eof() }
    };
    let header: Header = serde_json::from_str(text).map_err(syntax)?;
    match header.schema {
        Some(schema) if schema == SCHEMA => {}
        found => {
            let place = format!("{source}, 'schema'");
            return Err(Error::NormsVersion { place, found, expected: SCHEMA.into() });
        }
    }
    let stored: Stored = serde_json::from_str(text).map_err(syntax)?;
    let at_source = |error| match error {
        Error::DamagedNorms { place, what } => {
            Error::DamagedNorms { place: format!("{source}, {place}"), what }
        }
        other => other,
    };
    Norms::try_from(stored).map_err(at_source)
}

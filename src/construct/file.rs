//! The construct file: TOML in, TOML out.

use super::{Construct, read_text};
use crate::error::{Error, Result, Warning};
use serde_ignored::Path as KeyPath;
use std::path::Path;
use toml::{Table, Value};

impl Construct {
    /// Reads and checks a construct file.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::NotUtf8`], [`Error::ConstructSyntax`] with line and column, or what
    /// [`Construct::check`] finds.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = read_text(path)?;
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
            let reason: String = e.to_string().trim_end().into();
            Error::ConstructSyntax { place, reason }
        };
        let mut unknown_keys = Vec::new();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let deserializer = toml::Deserializer::parse(text).map_err(syntax)?;
        let mut construct: Construct =
            serde_ignored::deserialize(deserializer, |path| unknown_keys.push(steps(&path)))
                .map_err(syntax)?;
        if !unknown_keys.is_empty() {
            let file: toml::Table = toml::from_str(text).map_err(syntax)?;
            construct.unknown_keys = unknown_keys.iter().map(|steps| named(steps, &file)).collect();
        }
        for (id, scale) in &mut construct.scales {
            scale.id.clone_from(id);
        }
        construct.check()?;
        Ok(construct)
    }
}

/// The keys and indices that lead to a key.
fn steps(path: &KeyPath<'_>) -> Vec<String> {
    let (parent, step) = match path {
        KeyPath::Root => return Vec::new(),
        KeyPath::Seq { parent, index } => (parent, Some(index.to_string())),
        KeyPath::Map { parent, key } => (parent, Some(key.clone())),
        KeyPath::Some { parent } | KeyPath::NewtypeStruct { parent } | KeyPath::NewtypeVariant { parent } => {
            (parent, None)
        }
    };
    steps(parent).into_iter().chain(step).collect()
}

/// A key that is not known, in the part that has it, by the part's own id: "item 'kn_1'".
fn named(steps: &[String], file: &Table) -> Warning {
    let (key, path) = steps.split_last().map_or((String::new(), &[][..]), |(key, path)| (key.clone(), path));
    let mut parts = Vec::new();
    let mut at: Option<&Value> = None;
    let mut kind = "";
    for step in path {
        let inner = match at {
            None => file.get(step),
            Some(Value::Table(table)) => table.get(step),
            Some(Value::Array(array)) => step.parse().ok().and_then(|index: usize| array.get(index)),
            Some(_) => None,
        };
        match (at, kind) {
            (Some(Value::Array(_)), _) | (Some(_), "scales") => {
                let number = step.parse().map_or(step.clone(), |index: usize| (index + 1).to_string());
                let id = inner.and_then(|part| part.get("id")).and_then(Value::as_str).unwrap_or(&number);
                parts.pop();
                parts.push(format!("{} '{id}'", singular(kind)));
            }
            _ => parts.push(format!("[{step}]")),
        }
        (at, kind) = (inner, step);
    }
    parts.reverse();
    let part = if parts.is_empty() { "the file".into() } else { parts.join(" of ") };
    Warning::UnknownKey { key, part }
}

fn singular(kind: &str) -> &str {
    match kind {
        "hypotheses" => "hypothesis",
        _ => kind.strip_suffix('s').unwrap_or(kind),
    }
}

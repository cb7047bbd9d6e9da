//! The choice that a text names.

use super::names::nearest;
use super::{Error, Result};
use std::fmt::Display;

/// The choice that a text names, in capitals or not; else an error that lists those there are.
pub(crate) fn chosen<T: Copy + Display>(what: &'static str, all: &[T], text: &str) -> Result<T> {
    let names: Vec<String> = all.iter().map(ToString::to_string).collect();
    match names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
        Some(at) => Ok(all[at]),
        None => Err(Error::UnknownChoice {
            what: what.into(),
            given: text.to_string(),
            nearest: nearest(text, names.iter().map(String::as_str)),
            allowed: names,
        }),
    }
}

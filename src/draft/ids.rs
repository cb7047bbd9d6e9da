//! Short ids for items, dimensions and scales, from the names that a file has.

use std::collections::HashSet;

/// Longer names are no ids.
const LONGEST: usize = 24;

/// Ids that were given, each once.
#[derive(Debug, Default)]
pub(super) struct Ids {
    given: HashSet<String>,
}

impl Ids {
    /// The id of a name: itself where it can be one, else its letters and digits; `otherwise` with a number for a sentence.
    pub(super) fn of(&mut self, name: &str, otherwise: &str) -> String {
        let short = shortened(name);
        match short {
            Some(short) => self.unique(&short),
            None => self.numbered(otherwise),
        }
    }

    /// `stem_1`, `stem_2`, ...
    pub(super) fn numbered(&mut self, stem: &str) -> String {
        let free = (1_usize..).map(|n| format!("{stem}_{n}")).find(|id| !self.given.contains(id));
        let id = free.unwrap_or_default();
        self.given.insert(id.clone());
        id
    }

    /// The id, with a number behind it where it was given before.
    pub(super) fn unique(&mut self, id: &str) -> String {
        if self.given.insert(id.into()) {
            return id.into();
        }
        self.numbered(id)
    }
}

/// A name as an id: letters, digits, `_` and `.`, not beginning with a digit; none of what is too long or a sentence.
pub(super) fn shortened(name: &str) -> Option<String> {
    let name = name.trim();
    if name.split_whitespace().count() > 2 {
        return None;
    }
    let mut id = String::new();
    for letter in name.chars() {
        match letter {
            letter if letter.is_alphanumeric() || letter == '.' || letter == '_' => id.push(letter),
            _ if id.ends_with('_') || id.is_empty() => {}
            _ => id.push('_'),
        }
    }
    let id = id.trim_end_matches('_').to_string();
    if id.is_empty() || id.chars().count() > LONGEST {
        return None;
    }
    let starts_well = id.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    Some(if starts_well { id } else { format!("q{id}") })
}

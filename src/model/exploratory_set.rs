//! A set of exploratory factors: all load on the same items, and are turned together.

/// A set of exploratory factors.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExploratorySet {
    /// Its name in the text.
    pub name: String,
    /// Its factors, in the order of the text.
    pub factors: Vec<String>,
}

impl ExploratorySet {
    /// A set.
    pub fn new(name: impl Into<String>, factors: impl IntoIterator<Item = String>) -> Self {
        Self { name: name.into(), factors: factors.into_iter().collect() }
    }
}

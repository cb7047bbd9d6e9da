//! Which variables are ordinal.

use serde::{Deserialize, Serialize};

/// Which variables are ordinal.
///
/// ```
/// use psychometrics::correlation::Ordered;
/// assert_eq!("all".parse(), Ok(Ordered::All));
/// assert_eq!(Ordered::All.to_string(), "all");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ordered {
    /// None: Pearson correlations.
    None,
    /// All.
    #[default]
    All,
    /// These.
    Named(Vec<String>),
}

impl Ordered {
    /// Whether a variable is ordinal.
    pub(crate) fn contains(&self, name: &str) -> bool {
        match self {
            Ordered::None => false,
            Ordered::All => true,
            Ordered::Named(names) => names.iter().any(|other| other == name),
        }
    }
}

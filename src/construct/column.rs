//! Where the answers to an item stand, when its id is not the name of a column.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A column of the data: by its name or the wording of its question, or by its position from 1.
///
/// ```
/// use psychometrics::construct::{ColumnRef, Construct};
/// let construct = Construct::from_toml(r#"
///     construct.id = "c"
///     dimensions = [{ id = "d" }]
///     [scales.five]
///     points = [{ code = 1 }, { code = 2 }]
///     [[items]]
///     id = "kn_1"
///     column = "G01Q02[SQ001]"
///     dimension = "d"
///     scale = "five"
///     [[items]]
///     id = "kn_2"
///     column = 7
///     dimension = "d"
///     scale = "five"
/// "#)?;
/// assert_eq!(construct.items[0].column, Some(ColumnRef::Named("G01Q02[SQ001]".into())));
/// assert_eq!(construct.items[1].column, Some(ColumnRef::Position(7)));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "the name of a column, the wording of its question, or its position (1, 2, ...)"
)]
#[non_exhaustive]
pub enum ColumnRef {
    /// Its position, from 1.
    Position(usize),
    /// Its name in the file, or the wording of the question.
    Named(String),
}

impl fmt::Display for ColumnRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ColumnRef::Position(position) => write!(f, "column {position}"),
            ColumnRef::Named(name) => f.write_str(name),
        }
    }
}

//! A construct drafted from a file of answers, with what was guessed.

use crate::construct::Construct;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A construct drafted from a file of answers: it runs as it is, and says what is to be decided.
///
/// ```
/// use psychometrics::data::formats::{Sheet, SheetOptions};
/// use psychometrics::draft::{Draft, DraftOptions};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("care.csv");
/// let rows: String = (0..20).map(|i| format!("{i},{},{},{},{}\n", 1 + i % 5, 1 + i / 4, 5 - i % 5, 20 + i)).collect();
/// std::fs::write(&path, format!("id,kn_1,kn_2,kn_3,age\n{rows}"))?;
/// let sheet = Sheet::read(&path, &SheetOptions::new())?;
/// let draft = Draft::of(&sheet, &path, &DraftOptions::new())?;
/// let items: Vec<&str> = draft.construct.items.iter().map(|item| item.id.as_str()).collect();
/// assert_eq!(items, ["kn_1", "kn_2", "kn_3"]);
/// assert_eq!(draft.construct.dimensions[0].id, "kn");
/// assert_eq!(draft.construct.scales["scale_1"].bounds(), (1.0, 5.0));
/// assert_eq!(draft.construct.data.as_ref().unwrap().respondent.as_deref(), Some("id"));
/// assert!(draft.to_toml().contains("[[items]]"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Draft {
    /// The construct.
    pub construct: Construct,
    /// What the file was recognised as, with its rows.
    pub source: String,
    /// What somebody who knows the questionnaire has to decide.
    pub decide: Vec<String>,
    /// What is said of each part: `construct`, `data`, `scale ID`, `dimension ID`, `item ID`.
    pub remarks: BTreeMap<String, Vec<String>>,
    /// Columns that are not in the draft, and what they seem to be.
    pub left_out: Vec<String>,
}

impl Draft {
    pub(super) fn remark(&mut self, part: &str, what: impl Into<String>) {
        self.remarks.entry(part.into()).or_default().push(what.into());
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

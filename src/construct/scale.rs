//! Response scales: the answers an item allows.

use super::Localized;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// A point of a response scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The number that stands for the answer.
    pub code: i64,
    /// The words shown to the respondent; in the data they may stand in place of the code.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub label: Localized,
}

/// A closed list of answers.
///
/// ```
/// use psychometrics::construct::ResponseScale;
/// let scale = ResponseScale::likert("agreement", ["Disagree", "Neutral", "Agree"]);
/// assert_eq!(scale.bounds(), (1, 3));
/// assert_eq!(scale.points[2].label.get("en"), Some("Agree"));
/// assert_eq!(ResponseScale::range("ten", 0, 10).points.len(), 11);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ResponseScale {
    /// Id, as in the table `[scales.ID]` of the file.
    #[serde(skip)]
    pub id: String,
    /// All answers.
    pub points: Vec<Point>,
    /// Codes that mean "no answer" on this scale.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<i64>,
}

impl ResponseScale {
    /// A scale of English labels coded 1, 2, 3, ...
    pub fn likert<S: Into<String>>(id: impl Into<String>, labels: impl IntoIterator<Item = S>) -> Self {
        let points = (1..)
            .zip(labels)
            .map(|(code, label)| Point { code, label: Localized::new("en", label) })
            .collect();
        Self { id: id.into(), points, missing: Vec::new() }
    }

    /// A scale of bare codes from `low` to `high`.
    pub fn range(id: impl Into<String>, low: i64, high: i64) -> Self {
        let points = (low..=high).map(|code| Point { code, label: Localized::default() }).collect();
        Self { id: id.into(), points, missing: Vec::new() }
    }

    /// Lowest and highest code that the scale declares.
    pub fn bounds(&self) -> (i64, i64) {
        let codes = || self.points.iter().map(|p| p.code);
        (codes().min().unwrap_or(0), codes().max().unwrap_or(0))
    }

    pub(super) fn check(&self, id: &str) -> Result<()> {
        if self.points.len() < 2 {
            return Err(Error::ScaleTooShort { scale: id.into(), points: self.points.len() });
        }
        let ambiguous = |what: String| Error::AmbiguousScale { scale: id.into(), what };
        for (i, point) in self.points.iter().enumerate() {
            if self.missing.contains(&point.code) {
                return Err(ambiguous(format!("code {} both as an answer and as missing", point.code)));
            }
            for other in &self.points[..i] {
                if other.code == point.code {
                    return Err(ambiguous(format!("code {}", point.code)));
                }
                if let Some(label) = point.label.all().find(|a| other.label.all().any(|b| same_label(a, b))) {
                    return Err(ambiguous(format!("label '{label}'")));
                }
            }
        }
        Ok(())
    }
}

/// Labels are compared without regard to case and to white space around them.
pub(crate) fn same_label(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

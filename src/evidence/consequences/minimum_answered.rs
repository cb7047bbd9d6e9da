//! How many items a scale score asks for.
//!
//! The mean of the items that are there puts the person's own mean in the place of the missing answers. That is fair only
//! where the items of a scale have like means and correlations: with few answers, or items that differ much, it shifts
//! scores by which items were skipped (Schafer & Graham 2002, Psychological Methods 7, 147-177, p. 157 f.; Newman 2014,
//! Organizational Research Methods 17, 372-411; Parent 2013, The Counseling Psychologist 41, 568-600, who finds little
//! harm down to a fifth missing). Half is a convention that many manuals keep.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// The least that must be answered for a score.
///
/// ```
/// use psychometrics::evidence::consequences::MinimumAnswered;
/// assert_eq!(MinimumAnswered::default(), MinimumAnswered::Share(0.5));
/// assert_eq!(MinimumAnswered::Share(0.5).items_of(5), 3);
/// assert_eq!(MinimumAnswered::Share(0.8).items_of(5), 4);
/// // of a scale with fewer items all of them
/// assert_eq!(MinimumAnswered::Items(4).items_of(3), 3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MinimumAnswered {
    /// A share of the scale's items, above 0 and at most 1.
    Share(f64),
    /// A number of items, at least 1; of a scale with fewer, all of them.
    Items(usize),
}

impl Default for MinimumAnswered {
    fn default() -> Self {
        Self::Share(0.5)
    }
}

impl MinimumAnswered {
    /// How many of a scale's items that is; at least one.
    pub fn items_of(self, items: usize) -> usize {
        match self {
            // 0.8 * 5 is a little above 4 in binary
            Self::Share(share) => ((share * items as f64 - 1e-9).ceil().max(1.0) as usize).min(items.max(1)),
            Self::Items(count) => count.clamp(1, items.max(1)),
        }
    }

    pub(crate) fn check(self) -> Result<()> {
        let value = match self {
            Self::Share(share) if share > 0.0 && share <= 1.0 => return Ok(()),
            Self::Items(count) if count > 0 => return Ok(()),
            Self::Share(share) => share.to_string(),
            Self::Items(count) => count.to_string(),
        };
        Err(Error::BadOption {
            option: "the least that must be answered".into(),
            value,
            allowed: "a share above 0 and at most 1, or a number of items from 1 on".into(),
        })
    }
}

//! Psychometric synonyms and antonyms: pairs of items that go together in the sample, and whether they do within a
//! respondent.
//!
//! ```text
//! synonyms  pairs of items with r >= .60        antonyms  pairs with r <= -.60        r over respondents, pairwise
//! index     correlation, within a respondent, of the first answers of the pairs with the second
//! ```
//!
//! Meade & Craig (2012), Psychological Methods 17, 437-455, after Goldberg (in Johnson 2005, who speaks of unique pairs).
//! An item is in one pair of a kind only: three items of one scale that all correlate would otherwise make the pairs
//! (a, b), (a, c), (b, c), and the correlation of (a, a, b) with (b, c, c) is negative for nearly everybody.

use super::within_person::correlation;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Pairs count from this correlation on (Meade & Craig 2012), as synonyms, or with a minus as antonyms.
pub const PAIR_CORRELATION: f64 = 0.60;
/// Fewest pairs: the correlation of two is 1 or -1 whatever was answered.
pub const FEWEST_PAIRS: usize = 3;
/// A respondent is flagged whose index has the wrong sign: below 0 for synonyms, above 0 for antonyms. Meade & Craig
/// (2012) give no cutoff; one at the sign is lenient, and a convention of this library.
pub const PAIR_CUTOFF: f64 = 0.0;

/// Two items that go together in the sample.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::response_process::ScreeningStudy;
///
/// let data = Dataset::builder().columns([("a", [1, 2, 3, 4, 5]), ("b", [1, 2, 3, 5, 4]), ("c", [3, 1, 4, 1, 5])]).build()?;
/// let pair = &ScreeningStudy::default().of(&data, &["a", "b", "c"])?.synonyms[0];
/// assert_eq!((pair.first.as_str(), pair.second.as_str()), ("a", "b"));
/// assert_eq!(format!("{:.2}", pair.r), "0.90");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemPair {
    /// The item that stands first.
    pub first: String,
    /// The other.
    pub second: String,
    /// Their correlation over the respondents who answered both.
    pub r: f64,
    /// Positions of the two.
    #[serde(skip)]
    pub(super) at: (usize, usize),
}

/// The synonyms, and the antonyms, among items: rows are respondents, NaN is a missing answer. The pairs with the
/// strongest correlation come first, and each item is in one pair of a kind only.
pub(super) fn item_pairs(names: &[String], values: ArrayView2<f64>) -> (Vec<ItemPair>, Vec<ItemPair>) {
    let mut pairs = Vec::new();
    for i in 0..names.len() {
        for j in i + 1..names.len() {
            let both = values.column(i).into_iter().copied().zip(values.column(j).into_iter().copied());
            // a correlation that is .60 but for rounding is .60
            if let Some(r) = correlation(both, 3).filter(|r| r.abs() >= PAIR_CORRELATION - 1e-12) {
                pairs.push(ItemPair { first: names[i].clone(), second: names[j].clone(), r, at: (i, j) });
            }
        }
    }
    // stable, and blind to rounding: of equally strong pairs the first in the order of the items
    pairs.sort_by_key(|pair| -(pair.r.abs() * 1e9).round() as i64);
    let (synonyms, antonyms): (Vec<ItemPair>, Vec<ItemPair>) =
        pairs.into_iter().partition(|pair| pair.r > 0.0);
    (disjoint(synonyms), disjoint(antonyms))
}

/// The first pair of each item.
fn disjoint(pairs: Vec<ItemPair>) -> Vec<ItemPair> {
    let mut used = HashSet::new();
    let mut kept = Vec::new();
    for pair in pairs {
        if !used.contains(&pair.at.0) && !used.contains(&pair.at.1) {
            used.extend([pair.at.0, pair.at.1]);
            kept.push(pair);
        }
    }
    kept
}

/// The index of one respondent; none where fewer than [`FEWEST_PAIRS`] pairs were answered, or where either side of
/// them does not vary.
pub(super) fn of_respondent(pairs: &[ItemPair], answers: &[f64]) -> Option<f64> {
    correlation(pairs.iter().map(|pair| (answers[pair.at.0], answers[pair.at.1])), FEWEST_PAIRS)
}

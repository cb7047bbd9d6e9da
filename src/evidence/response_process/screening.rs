//! Screening: who may have answered without reading, before anything is concluded from the answers.
//!
//! Each index looks for something else, and none of them proves anything: longstring and response variability find those
//! who repeat an answer, the consistency indices and the Mahalanobis distance those who answer at random. Meade & Craig
//! (2012) and Curran (2016) advise to look at several, and at the respondents whom more than one flags. A flag says
//! "look", not "leave out".

use super::duplicates::DuplicateRows;
use super::flags::{Flag, FlagCount};
use super::mahalanobis::Mahalanobis;
use super::missing_table::MissingTable;
use super::psychometric_pairs::ItemPair;
use crate::error::Warning;
use crate::moments::McarTest;
use serde::{Deserialize, Serialize};

/// What screening found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Screening {
    /// Rows of the data.
    pub rows: usize,
    /// The items.
    pub items: Vec<String>,
    /// What calls for a look, in the order of the rows.
    pub flags: Vec<Flag>,
    /// How many each index flags.
    pub counts: Vec<FlagCount>,
    /// Missing answers.
    pub missing: MissingTable,
    /// Little's test that answers are missing completely at random; none where nothing is to be tested, or it could not
    /// be done (the warnings say why).
    pub mcar: Option<McarTest>,
    /// Answers that are not possible; they count as missing in the other indices.
    pub out_of_range: Vec<OutOfRange>,
    /// Rows with the same answers to all items.
    pub duplicates: Vec<DuplicateRows>,
    /// Items that go together (r >= .60).
    pub synonyms: Vec<ItemPair>,
    /// Items that go against each other (r <= -.60).
    pub antonyms: Vec<ItemPair>,
    /// The indices of each respondent.
    pub respondents: Vec<ScreenedRespondent>,
    /// What to keep in mind.
    pub warnings: Vec<Warning>,
}

/// An answer outside the range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutOfRange {
    /// Row of the file.
    pub row: usize,
    /// The respondent, where a column tells.
    pub respondent: Option<String>,
    /// The item.
    pub item: String,
    /// The answer.
    pub value: f64,
}

/// The indices of one respondent; none where an index does not exist for these answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScreenedRespondent {
    /// Row of the file.
    pub row: usize,
    /// The respondent, where a column tells.
    pub respondent: Option<String>,
    /// Answers that are missing.
    pub missing: usize,
    /// Longest run of equal answers; none without answers.
    pub longstring: Option<usize>,
    /// Standard deviation of the answers.
    pub irv: Option<f64>,
    /// Even-odd consistency.
    pub even_odd: Option<f64>,
    /// Correlation over psychometric synonyms.
    pub synonyms: Option<f64>,
    /// Correlation over psychometric antonyms.
    pub antonyms: Option<f64>,
    /// Squared Mahalanobis distance.
    pub mahalanobis: Option<Mahalanobis>,
    /// Correlation with the means of the others.
    pub person_total: Option<f64>,
    /// Flags of all indices; those of one answer throughout (longstring, no variation, the same answers as others who did so)
    /// count once.
    pub flags: usize,
}

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
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::response_process::ScreeningStudy;
///
/// // the third gave one answer throughout, the last one that is impossible; the first two are alike
/// let answers = [
///     [1.0, 4.0, 2.0, 5.0], [1.0, 4.0, 2.0, 5.0], [3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 1.0, 5.0],
///     [1.0, 5.0, 3.0, 4.0], [1.0, 3.0, 2.0, 9.0],
/// ];
/// let data = Dataset::builder().rows(["a", "b", "c", "d"], answers).build()?;
/// let study = ScreeningStudy { range: Some((1.0, 5.0)), ..ScreeningStudy::default() };
/// let found = study.of(&data, &["a", "b", "c", "d"])?;
/// assert_eq!((found.rows, found.items.len(), found.flags.len(), found.duplicates.len()), (6, 4, 5, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::response_process::ScreeningStudy;
///
/// // the third gave one answer throughout, the last one that is impossible; the first two are alike
/// let answers = [
///     [1.0, 4.0, 2.0, 5.0], [1.0, 4.0, 2.0, 5.0], [3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 1.0, 5.0],
///     [1.0, 5.0, 3.0, 4.0], [1.0, 3.0, 2.0, 9.0],
/// ];
/// let data = Dataset::builder().rows(["a", "b", "c", "d"], answers).build()?;
/// let study = ScreeningStudy { range: Some((1.0, 5.0)), ..ScreeningStudy::default() };
/// let found = study.of(&data, &["a", "b", "c", "d"])?;
/// let impossible = &found.out_of_range[0];
/// assert_eq!((impossible.row, impossible.item.as_str(), impossible.value), (6, "d", 9.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::response_process::ScreeningStudy;
///
/// // the third gave one answer throughout, the last one that is impossible; the first two are alike
/// let answers = [
///     [1.0, 4.0, 2.0, 5.0], [1.0, 4.0, 2.0, 5.0], [3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 1.0, 5.0],
///     [1.0, 5.0, 3.0, 4.0], [1.0, 3.0, 2.0, 9.0],
/// ];
/// let data = Dataset::builder().rows(["a", "b", "c", "d"], answers).build()?;
/// let study = ScreeningStudy { range: Some((1.0, 5.0)), ..ScreeningStudy::default() };
/// let found = study.of(&data, &["a", "b", "c", "d"])?;
/// let third = &found.respondents[2];
/// assert_eq!((third.missing, third.longstring, third.irv, third.flags), (0, Some(4), Some(0.0), 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
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

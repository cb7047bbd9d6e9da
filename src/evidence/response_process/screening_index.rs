//! The indices that screening looks at, and how many things those that flag a respondent tell.

use serde::{Deserialize, Serialize};

/// What a flag is about.
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
/// use psychometrics::evidence::response_process::ScreeningIndex;
/// let flagged: Vec<ScreeningIndex> = found.flags.iter().filter(|own| own.row == 6).map(|own| own.index).collect();
/// assert_eq!(flagged, [ScreeningIndex::OutOfRange]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScreeningIndex {
    /// Nothing was answered: value and cutoff are the number of items.
    NoAnswers,
    /// An answer outside the range: the value, and the end of the range that it passes.
    OutOfRange,
    /// The same answers as another row: rows with these answers, at least 2.
    DuplicateAnswers,
    /// The same respondent as another row: rows of this respondent, at least 2.
    DuplicateRespondent,
    /// [`longstring`](super::longstring()), at least its [cutoff](super::longstring_cutoff).
    Longstring,
    /// [`response_variability`](super::response_variability), at most [`RESPONSE_VARIABILITY_CUTOFF`](super::RESPONSE_VARIABILITY_CUTOFF).
    #[serde(rename = "irv")]
    ResponseVariability,
    /// [`even_odd`](super::even_odd()), below [`EVEN_ODD_CUTOFF`](super::EVEN_ODD_CUTOFF).
    EvenOdd,
    /// Psychometric synonyms, below [`PAIR_CUTOFF`](super::PAIR_CUTOFF).
    Synonyms,
    /// Psychometric antonyms, above [`PAIR_CUTOFF`](super::PAIR_CUTOFF).
    Antonyms,
    /// [`mahalanobis`](super::mahalanobis()): the squared distance, above the value that chi-square passes with probability
    /// [`MAHALANOBIS_CUTOFF`](super::MAHALANOBIS_CUTOFF).
    Mahalanobis,
    /// [`person_total`](super::person_total), below [`PERSON_TOTAL_CUTOFF`](super::PERSON_TOTAL_CUTOFF).
    PersonTotal,
}

/// Whether an index tells that answers are equal.
pub(super) fn is_of_equal_answers(index: ScreeningIndex) -> bool {
    matches!(index, ScreeningIndex::Longstring | ScreeningIndex::ResponseVariability)
}

/// How many things the indices that flag a respondent tell.
pub(super) fn events(indices: &[ScreeningIndex]) -> usize {
    let equal = indices.iter().filter(|index| is_of_equal_answers(**index)).count();
    indices.len() - equal.saturating_sub(1)
}

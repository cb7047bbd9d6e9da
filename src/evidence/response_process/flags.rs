//! Flags: what calls for a look, and how many each index flags.

use super::screening_index::{ScreeningIndex, events, is_of_equal_answers};
use serde::{Deserialize, Serialize};

/// A respondent who calls for a look.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::response_process::{ScreeningIndex, ScreeningStudy};
///
/// // the third gave one answer throughout, the last one that is impossible; the first two are alike
/// let answers = [
///     [1.0, 4.0, 2.0, 5.0], [1.0, 4.0, 2.0, 5.0], [3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 1.0, 5.0],
///     [1.0, 5.0, 3.0, 4.0], [1.0, 3.0, 2.0, 9.0],
/// ];
/// let data = Dataset::builder().rows(["a", "b", "c", "d"], answers).build()?;
/// let study = ScreeningStudy { range: Some((1.0, 5.0)), ..ScreeningStudy::default() };
/// let found = study.of(&data, &["a", "b", "c", "d"])?;
/// let flag = found.flags.iter().find(|own| own.row == 3).unwrap();
/// // one answer throughout
/// assert_eq!((flag.value, flag.cutoff), (4.0, 4.0));
/// assert_eq!(flag.index, ScreeningIndex::Longstring);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Flag {
    /// Row of the file, the header being row 1; without a file, row from 1.
    pub row: usize,
    /// The respondent, where a column tells.
    pub respondent: Option<String>,
    /// What the flag is about.
    pub index: ScreeningIndex,
    /// The index.
    pub value: f64,
    /// What it passes.
    pub cutoff: f64,
}

/// How many respondents an index flags.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::response_process::{ScreeningIndex, ScreeningStudy};
///
/// // the third gave one answer throughout, the last one that is impossible; the first two are alike
/// let answers = [
///     [1.0, 4.0, 2.0, 5.0], [1.0, 4.0, 2.0, 5.0], [3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 1.0, 5.0],
///     [1.0, 5.0, 3.0, 4.0], [1.0, 3.0, 2.0, 9.0],
/// ];
/// let data = Dataset::builder().rows(["a", "b", "c", "d"], answers).build()?;
/// let study = ScreeningStudy { range: Some((1.0, 5.0)), ..ScreeningStudy::default() };
/// let found = study.of(&data, &["a", "b", "c", "d"])?;
/// let longstring = found.counts.iter().find(|own| own.index == ScreeningIndex::Longstring).unwrap();
/// assert_eq!((longstring.n, longstring.flagged), (6, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FlagCount {
    /// The index.
    pub index: ScreeningIndex,
    /// Respondents who have a value.
    pub n: usize,
    /// Those who are flagged.
    pub flagged: usize,
}

/// Flags while they are found: row, index, value, cutoff.
#[derive(Default)]
pub(super) struct Flags {
    pub(super) flags: Vec<(usize, ScreeningIndex, f64, f64)>,
    pub(super) counts: Vec<FlagCount>,
}

impl Flags {
    /// Flags a respondent.
    pub(super) fn push(&mut self, row: usize, index: ScreeningIndex, value: f64, cutoff: f64) {
        self.flags.push((row, index, value, cutoff));
    }

    /// Flags the values for which there is a cutoff that they pass, and counts them; nothing where nobody has a value.
    pub(super) fn index(
        &mut self,
        index: ScreeningIndex,
        values: impl Iterator<Item = Option<f64>>,
        passes: impl Fn(usize, f64) -> Option<f64>,
    ) {
        let values: Vec<Option<f64>> = values.collect();
        let n = values.iter().flatten().count();
        if n > 0 {
            self.each(index, values.into_iter(), n, passes);
        }
    }

    /// The same where it is known how many have a value.
    pub(super) fn each(
        &mut self,
        index: ScreeningIndex,
        values: impl Iterator<Item = Option<f64>>,
        n: usize,
        passes: impl Fn(usize, f64) -> Option<f64>,
    ) {
        for (row, value) in values.enumerate() {
            if let Some(value) = value
                && let Some(cutoff) = passes(row, value)
            {
                self.push(row, index, value, cutoff);
            }
        }
        self.count(index, n);
    }

    /// Counts the rows that an index has flagged so far.
    pub(super) fn count(&mut self, index: ScreeningIndex, n: usize) {
        let mut rows: Vec<usize> = self.flags.iter().filter(|f| f.1 == index).map(|f| f.0).collect();
        rows.sort_unstable();
        rows.dedup();
        self.counts.push(FlagCount { index, n, flagged: rows.len() });
    }

    /// Puts the flags in the order of the rows; of one respondent in the order of the indices.
    pub(super) fn sort(&mut self) {
        // stable: of one index as they were found
        self.flags.sort_by_key(|(row, index, ..)| (*row, *index));
    }

    /// How many things the flags of each respondent tell, once they are sorted; `alike` are those who gave one answer
    /// throughout.
    pub(super) fn events(&self, rows: usize, alike: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut flagged = vec![0; rows];
        for own in self.flags.chunk_by(|a, b| a.0 == b.0) {
            let row = own[0].0;
            let mut indices: Vec<ScreeningIndex> = own.iter().map(|flag| flag.1).collect();
            if alike(row) && indices.iter().any(|index| is_of_equal_answers(*index)) {
                // others who gave one answer throughout are the same event again
                indices.retain(|index| *index != ScreeningIndex::DuplicateAnswers);
            }
            flagged[row] = events(&indices);
        }
        flagged
    }
}

//! Rows that are there twice: the same answers, or the same respondent.

use super::flags::Flags;
use super::longstring::FEWEST_ITEMS;
use super::screening_index::ScreeningIndex;
use crate::data::Dataset;
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Rows with the same answers.
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
/// assert_eq!(found.duplicates[0].rows, [1, 2]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DuplicateRows {
    /// Rows of the file.
    pub rows: Vec<usize>,
}

/// Rows with the same answers, and rows of the same respondent.
pub(super) fn duplicates(
    data: &Dataset,
    answers: &Array2<f64>,
    ids: Option<&[Option<String>]>,
    found: &mut Flags,
) -> Vec<DuplicateRows> {
    // 0 + x makes one zero of two; a missing answer is the same as another
    let bits = |x: &f64| if x.is_nan() { u64::MAX } else { (0.0 + x).to_bits() };
    let of = |row: usize| answers.row(row).into_iter().map(bits);
    let given = |row: &usize| answers.row(*row).iter().any(|x| !x.is_nan());
    let mut order: Vec<usize> = (0..answers.nrows()).filter(given).collect();
    order.sort_by(|a, b| of(*a).cmp(of(*b)));
    let n = order.len();
    let alike = order.chunk_by(|a, b| of(*a).eq(of(*b)));
    let mut groups: Vec<Vec<usize>> = alike.filter(|rows| rows.len() > 1).map(<[usize]>::to_vec).collect();
    groups.sort();
    // of a few items many respondents give the same answers
    if answers.ncols() >= FEWEST_ITEMS {
        for rows in &groups {
            for &row in rows {
                found.push(row, ScreeningIndex::DuplicateAnswers, rows.len() as f64, 2.0);
            }
        }
        found.count(ScreeningIndex::DuplicateAnswers, n);
    }
    if let Some(ids) = ids {
        let mut of_id: HashMap<&str, Vec<usize>> = HashMap::new();
        for (row, id) in ids.iter().enumerate() {
            if let Some(id) = id {
                of_id.entry(id).or_default().push(row);
            }
        }
        for rows in of_id.values().filter(|rows| rows.len() > 1) {
            for &row in rows {
                found.push(row, ScreeningIndex::DuplicateRespondent, rows.len() as f64, 2.0);
            }
        }
        found.count(ScreeningIndex::DuplicateRespondent, of_id.values().map(Vec::len).sum());
    }
    groups
        .into_iter()
        .map(|rows| DuplicateRows { rows: rows.into_iter().map(|row| data.file_row(row)).collect() })
        .collect()
}

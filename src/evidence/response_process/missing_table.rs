//! Missing answers of a table: by item, by pair of items, and the patterns in which they occur.

use crate::data::Rows;
use crate::moments::LabelledMatrix;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Which answers of a table are missing.
///
/// ```
/// use psychometrics::evidence::response_process::MissingTable;
/// let nan = f64::NAN;
/// let answers = ndarray::array![[1.0, 2.0], [nan, 3.0], [2.0, nan], [4.0, 4.0]];
/// let found = MissingTable::of(&["a", "b"].map(String::from), answers.view());
/// assert_eq!((found.complete, found.share, found.patterns.len()), (2, 0.25, 3));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MissingTable {
    /// All patterns, the most frequent first; of equally frequent ones the one with fewer items missing.
    pub patterns: Vec<TablePattern>,
    /// Each item.
    pub by_item: Vec<TableItem>,
    /// Share of all answers that are missing.
    pub share: f64,
    /// Rows without a missing answer.
    pub complete: usize,
    /// How many rows have an answer to both items of a pair.
    pub coverage: Coverage,
    /// The same as a share of the rows.
    pub covered: LabelledMatrix,
}

/// Items that are missing together.
///
/// ```
/// use psychometrics::evidence::response_process::MissingTable;
///
/// let gap = f64::NAN;
/// let answers = ndarray::array![[1.0, 2.0], [gap, 2.0], [gap, 1.0], [3.0, 3.0], [1.0, 1.0]];
/// let found = MissingTable::of(&["a".into(), "b".into()], answers.view());
/// let pattern = &found.patterns[1];
/// assert_eq!((pattern.pattern.as_str(), pattern.count), ("01", 2));
/// assert_eq!(pattern.missing, ["a"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TablePattern {
    /// One character an item, in the order of `by_item`: `1` answered, `0` missing.
    pub pattern: String,
    /// The items that are missing.
    pub missing: Vec<String>,
    /// Rows with this pattern.
    pub count: usize,
}

/// Missing answers to an item.
///
/// ```
/// use psychometrics::evidence::response_process::MissingTable;
///
/// let gap = f64::NAN;
/// let answers = ndarray::array![[1.0, 2.0], [gap, 2.0], [gap, 1.0], [3.0, 3.0], [1.0, 1.0]];
/// let found = MissingTable::of(&["a".into(), "b".into()], answers.view());
/// let first = &found.by_item[0];
/// assert_eq!((first.item.as_str(), first.n, first.missing, first.share), ("a", 3, 2, 0.4));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TableItem {
    /// The item.
    pub item: String,
    /// Answers.
    pub n: usize,
    /// Missing answers.
    pub missing: usize,
    /// Share that is missing.
    pub share: f64,
}

/// Pairwise coverage: rows with an answer to both, the diagonal holding the answers to each.
///
/// ```
/// use psychometrics::evidence::response_process::MissingTable;
///
/// let gap = f64::NAN;
/// let answers = ndarray::array![[1.0, 2.0], [gap, 2.0], [gap, 1.0], [3.0, 3.0], [1.0, 1.0]];
/// let found = MissingTable::of(&["a".into(), "b".into()], answers.view());
/// // both answered in three rows, a in three, b in five
/// assert_eq!(found.coverage.values, [[3, 3], [3, 5]]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Coverage {
    /// The items.
    pub items: Vec<String>,
    /// Counts, row by row.
    pub values: Vec<Vec<usize>>,
}

impl MissingTable {
    /// Of a table whose rows are respondents; NaN is a missing answer.
    ///
    /// ```
    /// use ndarray::array;
    /// use psychometrics::evidence::response_process::MissingTable;
    /// let answers = array![[1.0, 2.0], [f64::NAN, 2.0], [f64::NAN, 1.0], [3.0, 3.0], [1.0, 1.0]];
    /// let found = MissingTable::of(&["a".into(), "b".into()], answers.view());
    /// assert_eq!((found.patterns[0].pattern.as_str(), found.patterns[0].count), ("11", 3));
    /// assert_eq!((found.patterns[1].missing.as_slice(), found.patterns[1].count), (&["a".to_string()][..], 2));
    /// assert_eq!(found.coverage.values, [[3, 3], [3, 5]]);
    /// assert_eq!(found.covered.values, [[0.6, 0.6], [0.6, 1.0]]);
    /// assert_eq!(found.share, 0.2);
    /// ```
    pub fn of<'r>(items: &[String], values: impl Into<Rows<'r>>) -> Self {
        let values = values.into();
        let values = values.view();
        let n = values.nrows();
        let mut counts: HashMap<Vec<bool>, usize> = HashMap::new();
        for row in values.rows() {
            *counts.entry(row.iter().map(|x| !x.is_nan()).collect()).or_insert(0) += 1;
        }
        let mut ordered: Vec<(Vec<bool>, usize)> = counts.into_iter().collect();
        let gaps = |pattern: &[bool]| pattern.iter().filter(|answered| !**answered).count();
        ordered.sort_by(|a, b| {
            b.1.cmp(&a.1).then_with(|| gaps(&a.0).cmp(&gaps(&b.0))).then_with(|| b.0.cmp(&a.0))
        });
        let coverage: Vec<Vec<usize>> = (0..items.len())
            .map(|i| {
                let both =
                    |j: usize| ordered.iter().filter(|(o, _)| o[i] && o[j]).map(|(_, count)| count).sum();
                (0..items.len()).map(both).collect()
            })
            .collect();
        let share = |missing: usize, of: usize| if of > 0 { missing as f64 / of as f64 } else { 0.0 };
        let by_item: Vec<TableItem> = items
            .iter()
            .enumerate()
            .map(|(i, item)| {
                let answers = coverage[i][i];
                TableItem {
                    item: item.clone(),
                    n: answers,
                    missing: n - answers,
                    share: share(n - answers, n),
                }
            })
            .collect();
        let values = coverage.iter().map(|row| row.iter().map(|both| share(*both, n)).collect()).collect();
        Self {
            covered: LabelledMatrix { rows: items.to_vec(), columns: items.to_vec(), values },
            share: share(by_item.iter().map(|i| i.missing).sum(), n * items.len()),
            complete: ordered.iter().find(|(o, _)| o.iter().all(|x| *x)).map_or(0, |(_, count)| *count),
            by_item,
            patterns: ordered
                .into_iter()
                .map(|(answered, count)| TablePattern {
                    pattern: answered.iter().map(|x| if *x { '1' } else { '0' }).collect(),
                    missing: items
                        .iter()
                        .zip(&answered)
                        .filter(|(_, x)| !**x)
                        .map(|(i, _)| i.clone())
                        .collect(),
                    count,
                })
                .collect(),
            coverage: Coverage { items: items.to_vec(), values: coverage },
        }
    }
}

//! The same scale in each group of respondents.

use super::summary::{ScaleItem, ScaleSummary};
use crate::data::{Grouping, Rows};
use crate::error::{Error, Result};
use crate::moments::Missing;
use ndarray::Axis;

/// A group's answers to a scale.
///
/// ```
/// use psychometrics::data::Grouping;
/// use psychometrics::evidence::internal_structure::{ScaleItem, by_group};
/// use psychometrics::moments::Missing;
///
/// let answers = ndarray::array![[1.0, 2.0], [4.0, 4.0], [3.0, 3.0]];
/// let role = Grouping::new("role", [Some("nurse"), Some("doctor"), Some("nurse")]);
/// let groups = by_group(&["a", "b"].map(ScaleItem::new), Missing::Listwise, answers.view(), &role)?;
/// let nurses = &groups[0];
/// assert_eq!((nurses.level.as_str(), nurses.rows, nurses.summary.as_ref().unwrap().total_mean()), ("nurse", 2, Some(2.25)));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct GroupScale {
    /// Value of the grouping variable.
    pub level: String,
    /// Rows of the group, answered or not.
    pub rows: usize,
    /// The summary, or [`Error::EmptyGroup`] when nobody in the group answered any item.
    pub summary: Result<ScaleSummary>,
}

/// Sums up a scale for each group, in the order of the levels; a level without rows has an
/// [`Error::EmptyGroup`] too, and rows without a level belong to none.
///
/// ```
/// use ndarray::array;
/// use psychometrics::Error;
/// use psychometrics::data::Grouping;
/// use psychometrics::evidence::internal_structure::{ScaleItem, by_group};
/// use psychometrics::moments::Missing;
///
/// let answers = array![[1.0, 2.0], [f64::NAN, f64::NAN], [3.0, 3.0]];
/// let role = Grouping::new("role", [Some("manager"), Some("client"), Some("manager")]);
/// let groups = by_group(&["a", "b"].map(ScaleItem::new), Missing::Pairwise, answers.view(), &role)?;
/// assert_eq!(groups[0].summary.as_ref().map(|s| s.n()), Ok(2));
/// assert!(matches!(groups[1].summary, Err(Error::EmptyGroup { .. })));
/// # Ok::<(), psychometrics::Error>(())
/// ```
///
/// # Errors
/// [`Error::WrongSize`] when there is not one code per row, or a code is no position of a level; as
/// [`ScaleSummary::push`] otherwise.
pub fn by_group<'r>(
    items: &[ScaleItem],
    missing: Missing,
    rows: impl Into<Rows<'r>>,
    grouping: &Grouping,
) -> Result<Vec<GroupScale>> {
    let rows = rows.into();
    let rows = rows.view();
    let Grouping { variable, levels, codes } = grouping;
    if codes.len() != rows.nrows() {
        let what = format!("values of '{variable}'");
        return Err(Error::WrongSize { what, found: codes.len(), expected: rows.nrows() });
    }
    if let Some(code) = codes.iter().flatten().find(|code| **code >= levels.len()) {
        let what = format!("levels of '{variable}'");
        return Err(Error::WrongSize { what, found: levels.len(), expected: code + 1 });
    }
    let each = levels.iter().enumerate().map(|(code, level)| {
        let members = grouping.rows_of(code);
        let answers = rows.select(Axis(0), &members);
        let mut summary = ScaleSummary::new(items.to_vec(), missing);
        summary.push(answers.view())?;
        let empty = answers.iter().all(|x| x.is_nan());
        let nobody =
            || Error::EmptyGroup { variable: variable.clone(), group: level.clone(), rows: members.len() };
        Ok(GroupScale {
            level: level.clone(),
            rows: members.len(),
            summary: if empty { Err(nobody()) } else { Ok(summary) },
        })
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn codes_must_fit_rows_and_levels() {
        let answers = array![[1.0, 2.0], [3.0, 3.0]];
        let items = ["x", "y"].map(ScaleItem::new);
        let grouped = |codes: &[Option<usize>]| {
            let grouping = Grouping { variable: "g".into(), levels: vec!["a".into()], codes: codes.into() };
            by_group(&items, Missing::Pairwise, answers.view(), &grouping).map(|groups| groups.len())
        };
        assert!(matches!(grouped(&[Some(0)]), Err(Error::WrongSize { found: 1, expected: 2, .. })));
        assert!(matches!(grouped(&[Some(0), Some(3)]), Err(Error::WrongSize { found: 1, expected: 4, .. })));
        assert_eq!(grouped(&[Some(0), None]), Ok(1));
    }
}

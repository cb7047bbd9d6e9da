//! What can be asked of the items that vary only: Little's test, and Mahalanobis distances.

use super::mahalanobis::{Mahalanobis, mahalanobis};
use crate::error::Warning;
use crate::moments::McarTest;
use ndarray::{Array2, ArrayView2, Axis, CowArray, Ix2};

/// Little's test of the items that vary.
pub(super) fn little(
    names: &[String],
    answers: &Array2<f64>,
    warnings: &mut Vec<Warning>,
) -> Option<McarTest> {
    let varies = |i: &usize| {
        let mut given = answers.column(*i).into_iter().copied().filter(|x| !x.is_nan());
        given.next().is_some_and(|first| given.any(|x| x != first))
    };
    let kept: Vec<usize> = (0..names.len()).filter(varies).collect();
    let of = kept.iter().map(|i| names[*i].as_str());
    match McarTest::of(of, of_columns(answers.view(), &kept).view()) {
        Ok(test) => test,
        Err(error) => {
            let (what, reason) = ("Little's test of missing answers".into(), error.to_string());
            warnings.push(Warning::NotDone { what, reason });
            None
        }
    }
}

/// Mahalanobis distances from the items that vary; those left out are told.
pub(super) fn distances(
    names: &[String],
    values: ArrayView2<'_, f64>,
    warnings: &mut Vec<Warning>,
) -> Vec<Option<Mahalanobis>> {
    let what = "Mahalanobis distance";
    let mut kept = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let mut given = values.column(i).into_iter().copied().filter(|x| !x.is_nan());
        let reason = match given.next() {
            None => "it has no answers".to_string(),
            Some(first) if given.all(|x| x == first) => format!("all its answers are {first}"),
            Some(_) => {
                kept.push(i);
                continue;
            }
        };
        warnings.push(Warning::NotDone { what: format!("{what} from '{name}'"), reason });
    }
    if kept.is_empty() {
        return vec![None; values.nrows()];
    }
    let of: Vec<String> = kept.iter().map(|i| names[*i].clone()).collect();
    mahalanobis(&of, of_columns(values, &kept).view()).unwrap_or_else(|error| {
        warnings.push(Warning::NotDone { what: what.into(), reason: error.to_string() });
        vec![None; values.nrows()]
    })
}

/// Some columns; of all there is no copy.
fn of_columns<'a>(values: ArrayView2<'a, f64>, kept: &[usize]) -> CowArray<'a, f64, Ix2> {
    if kept.len() == values.ncols() { values.into() } else { values.select(Axis(1), kept).into() }
}

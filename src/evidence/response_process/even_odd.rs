//! Even-odd consistency: whether two halves of each scale tell the same of a respondent.
//!
//! ```text
//! o_s, e_s  mean answer to the odd and to the even items of scale s, keyed      r = correlation of o and e over scales
//! consistency = 2 r / (1 + r),  at least -1
//! ```
//!
//! Jackson (1976) in Johnson (2005), Journal of Research in Personality 39, 103-129; Curran (2016), Journal of
//! Experimental Social Psychology 66, 4-19. The correction is Spearman and Brown's for halved length; below r = -1/3 it
//! falls under -1 and is set to -1.

use super::within_person::{correlation, mean};
use crate::data::Dataset;
use crate::error::Result;
use crate::evidence::internal_structure::Key;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// Flagged below .30 (Jackson's rule, in Johnson 2005 and Curran 2016).
pub const EVEN_ODD_CUTOFF: f64 = 0.30;
/// Fewest scales: the correlation of two is 1 or -1 whatever was answered.
pub const EVEN_ODD_SCALES: usize = 3;

/// Even-odd consistency of one respondent, from the keyed answers to the items of each scale, in the order of the
/// scale; none where fewer than [`EVEN_ODD_SCALES`] scales have an answer in both halves, or where one of the halves
/// is the same for all scales.
///
/// ```
/// use psychometrics::evidence::response_process::even_odd;
/// // odd halves 1, 2, 3 and even halves 1, 3, 2: r = 0.5, corrected 2 * 0.5 / 1.5 = 0.667
/// let scales = [vec![1.0, 1.0], vec![2.0, 3.0], vec![3.0, 2.0]];
/// assert!((even_odd(&scales).unwrap() - 2.0 / 3.0).abs() < 1e-12);
/// assert_eq!(even_odd(&scales[..2]), None);
/// ```
pub fn even_odd(scales: &[Vec<f64>]) -> Option<f64> {
    let half = |scale: &[f64], from: usize| mean(scale.iter().skip(from).step_by(2).copied());
    let halves = scales.iter().filter_map(|scale| Some((half(scale, 0)?, half(scale, 1)?)));
    let r = correlation(halves, EVEN_ODD_SCALES)?;
    // the division is not reached at r = -1
    Some(if r <= -1.0 / 3.0 { -1.0 } else { 2.0 * r / (1.0 + r) })
}

/// A scale whose two halves are compared.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::Key;
/// use psychometrics::evidence::response_process::{ScreenedScale, ScreeningStudy};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let scale = |name: &str| ScreenedScale {
///     name: name.into(),
///     items: (1..=4).map(|i| (format!("{name}{i}"), Key::Forward)).collect(),
/// };
/// let study = ScreeningStudy { scales: ["a", "b", "c"].map(scale).to_vec(), ..ScreeningStudy::default() };
/// let found = study.of::<&str>(&data, &[])?;
/// assert!(found.respondents[0].even_odd.is_some());
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScreenedScale {
    /// Its name.
    pub name: String,
    /// Its items in order, and which way each points.
    pub items: Vec<(String, Key)>,
}

/// Even-odd consistency of each respondent; nothing without scales.
pub(super) fn of_scales(
    scales: &[ScreenedScale],
    range: Option<(f64, f64)>,
    data: &Dataset,
) -> Result<Vec<Option<f64>>> {
    if scales.is_empty() {
        return Ok(Vec::new());
    }
    let keyed = |key: Key, answer: f64| match (range, key) {
        (Some((low, high)), _) if answer < low || answer > high => f64::NAN,
        (Some((low, high)), Key::Reversed) => low + high - answer,
        _ => answer,
    };
    let scales: Vec<(&ScreenedScale, Array2<f64>)> = scales
        .iter()
        .map(|scale| {
            let names: Vec<&str> = scale.items.iter().map(|(name, _)| name.as_str()).collect();
            Ok((scale, data.numeric(&names)?))
        })
        .collect::<Result<_>>()?;
    let of = |row: usize| {
        let halves: Vec<Vec<f64>> = scales
            .iter()
            .map(|(scale, answers)| {
                scale.items.iter().zip(answers.row(row)).map(|((_, key), x)| keyed(*key, *x)).collect()
            })
            .collect();
        even_odd(&halves)
    };
    Ok((0..data.n_rows()).map(of).collect())
}

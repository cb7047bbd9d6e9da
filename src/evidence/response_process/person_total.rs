//! Person-total correlation: whether a respondent finds hard and easy to agree with what the others do.
//!
//! ```text
//! r_i = correlation, over the items j that respondent i answered, of x_ij with the mean of x_.j of the other respondents
//! ```
//!
//! Donlon & Fischer (1968), Educational and Psychological Measurement 28, 105-113; Curran (2016), Journal of Experimental
//! Social Psychology 66, 4-19. The answers are those given, before any item is reversed: a reversed item stands where the
//! sample puts it.

use super::within_person::correlation;
use crate::data::Rows;

/// Flagged below zero: a respondent who goes against the sample (Curran 2016).
pub const PERSON_TOTAL_CUTOFF: f64 = 0.0;
/// Fewest answers of which it is computed.
pub(super) const FEWEST_ANSWERS: usize = 3;

/// Person-total correlation of each respondent, rows being respondents and NaN a missing answer; none for fewer than
/// three answers to items that others answered too, or where those answers, or the means of the others, do not vary.
///
/// ```
/// use ndarray::array;
/// use psychometrics::evidence::response_process::person_total;
/// let found = person_total(array![[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [3.0, 2.0, 1.0]].view());
/// // the means of the other two are 2.5, 2.5, 2.5 for the first, 2, 2, 2 for the second and 1.5, 2.5, 3.5 for the third
/// assert_eq!(found[0], None);
/// assert!((found[2].unwrap() + 1.0).abs() < 1e-12);
/// ```
pub fn person_total<'r>(values: impl Into<Rows<'r>>) -> Vec<Option<f64>> {
    let values = values.into();
    let values = values.view();
    let sums: Vec<(f64, f64)> = values
        .columns()
        .into_iter()
        .map(|c| c.iter().filter(|x| !x.is_nan()).fold((0.0, 0.0), |(s, n), x| (s + x, n + 1.0)))
        .collect();
    let of_others = |x: f64, (sum, n): (f64, f64)| if n > 1.0 { (sum - x) / (n - 1.0) } else { f64::NAN };
    let of = |row: ndarray::ArrayView1<f64>| {
        let pairs = row.iter().zip(&sums).map(|(x, sum)| (*x, of_others(*x, *sum)));
        correlation(pairs.collect::<Vec<_>>().into_iter(), FEWEST_ANSWERS)
    };
    values.rows().into_iter().map(of).collect()
}

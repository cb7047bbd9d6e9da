//! p-values of several tests, adjusted for their number. A test that was not made (`None`) does not count.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What is done about the number of tests.
///
/// ```
/// use psychometrics::irt::{Irt, ItemFunctioning};
/// use psychometrics::evidence::internal_structure::Adjustment;
///
/// let study = ItemFunctioning::new(Irt::default(), "school").adjustment(Adjustment::BenjaminiHochberg);
/// # let _ = study;
/// assert_eq!("holm".parse(), Ok(Adjustment::Holm));
/// assert_eq!(Adjustment::BenjaminiHochberg.to_string(), "bh");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Adjustment {
    /// The chance of any false alarm (Holm 1979).
    #[default]
    Holm,
    /// The share of false alarms among what is named (Benjamini & Hochberg 1995).
    BenjaminiHochberg,
    /// Nothing: each test by itself.
    None,
}

impl Adjustment {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Holm, Self::BenjaminiHochberg, Self::None];

    /// p-values of all tests, adjusted; one that was not made does not count.
    pub(crate) fn of(self, pvalues: &[Option<f64>]) -> Vec<Option<f64>> {
        match self {
            Adjustment::Holm => holm(pvalues),
            Adjustment::BenjaminiHochberg => benjamini_hochberg(pvalues),
            Adjustment::None => pvalues.to_vec(),
        }
    }
}

impl fmt::Display for Adjustment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Adjustment::Holm => "holm",
            Adjustment::BenjaminiHochberg => "bh",
            Adjustment::None => "none",
        })
    }
}

impl FromStr for Adjustment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("adjustment", Self::ALL, text)
    }
}

/// Holm (1979): the i-th smallest of m p-values times m - i + 1, never below the one before it. Controls the chance of
/// any false rejection.
pub(crate) fn holm(pvalues: &[Option<f64>]) -> Vec<Option<f64>> {
    let order = ascending(pvalues);
    let (m, mut adjusted, mut highest) = (order.len(), vec![None; pvalues.len()], 0.0_f64);
    for (rank, &(at, p)) in order.iter().enumerate() {
        highest = highest.max(p * (m - rank) as f64).min(1.0);
        adjusted[at] = Some(highest);
    }
    adjusted
}

/// Benjamini & Hochberg (1995): the i-th smallest of m p-values times m / i, never above the one after it. Controls the
/// expected share of false rejections among the rejections.
pub(crate) fn benjamini_hochberg(pvalues: &[Option<f64>]) -> Vec<Option<f64>> {
    let order = ascending(pvalues);
    let (m, mut adjusted, mut lowest) = (order.len(), vec![None; pvalues.len()], 1.0_f64);
    for (rank, &(at, p)) in order.iter().enumerate().rev() {
        lowest = lowest.min(p * m as f64 / (rank + 1) as f64);
        adjusted[at] = Some(lowest);
    }
    adjusted
}

fn ascending(pvalues: &[Option<f64>]) -> Vec<(usize, f64)> {
    let mut order: Vec<(usize, f64)> =
        pvalues.iter().enumerate().filter_map(|(at, p)| p.map(|p| (at, p))).collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R: `p.adjust(c(.01, .04, .03, .005, NA, .5), "holm")` and `"BH"`.
    #[test]
    fn adjusted_as_r_does() {
        let p = [Some(0.01), Some(0.04), Some(0.03), Some(0.005), None, Some(0.5)];
        let near = |found: Vec<Option<f64>>, expected: [Option<f64>; 6]| {
            for (found, expected) in found.into_iter().zip(expected) {
                match (found, expected) {
                    (Some(found), Some(expected)) => {
                        approx::assert_relative_eq!(found, expected, epsilon = 1e-14)
                    }
                    (found, expected) => assert_eq!(found, expected),
                }
            }
        };
        near(holm(&p), [Some(0.04), Some(0.09), Some(0.09), Some(0.025), None, Some(0.5)]);
        near(benjamini_hochberg(&p), [Some(0.025), Some(0.05), Some(0.05), Some(0.025), None, Some(0.5)]);
    }
}

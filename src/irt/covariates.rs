//! Variables on which the mean of a trait depends (latent regression: Mislevy 1984; Adams, Wilson & Wu 1997).

use crate::error::{Error, Result};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Covariates of the respondents: distinct rows of them, to which respondents refer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Covariates {
    pub(crate) names: Vec<String>,
    /// By class, in ascending order.
    pub(crate) of_class: Vec<Vec<f64>>,
}

impl Covariates {
    /// Of the rows that are used, and the class of each row.
    ///
    /// # Errors
    /// [`Error::ConstantItem`] for one that does not vary: it cannot be told from the items.
    pub(crate) fn of(names: &[String], values: &Array2<f64>, used: &[bool]) -> Result<(Self, Vec<usize>)> {
        // distances between bit patterns are those of the numbers, in their order
        let key = |x: f64| {
            let bits = x.to_bits() as i64;
            bits ^ (((bits >> 63) as u64) >> 1) as i64
        };
        let mut seen: BTreeMap<Vec<i64>, Vec<f64>> = BTreeMap::new();
        let of_row = |row: usize| values.row(row).iter().map(|x| key(*x + 0.0)).collect::<Vec<i64>>();
        for row in (0..used.len()).filter(|row| used[*row]) {
            seen.entry(of_row(row)).or_insert_with(|| values.row(row).to_vec());
        }
        let place: BTreeMap<&Vec<i64>, usize> = seen.keys().enumerate().map(|(at, key)| (key, at)).collect();
        let class = (0..used.len()).map(|row| if used[row] { place[&of_row(row)] } else { 0 }).collect();
        let of_class: Vec<Vec<f64>> = seen.values().cloned().collect();
        for (c, name) in names.iter().enumerate() {
            let first = of_class.first().map_or(0.0, |own| own[c]);
            if of_class.iter().all(|own| own[c] == first) {
                let n = used.iter().filter(|used| **used).count();
                return Err(Error::ConstantItem { item: name.clone(), value: first, n });
            }
        }
        Ok((Self { names: names.to_vec(), of_class }, class))
    }
}

/// How the mean of a trait depends on a covariate: what a unit of it adds, in units of the trait, whose variance is what is
/// left (1, or free in the Rasch family).
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::Irt;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let fit = Irt::default().covariates(["crit"]).fit(&data, &["a1", "a2", "a3", "a4"])?;
/// let regression = &fit.regression[0];
/// assert_eq!(regression.covariate.as_str(), "crit");
/// assert_eq!(format!("{:.2} {:.2}", regression.est, regression.se.unwrap()), "0.66 0.06");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TraitRegression {
    /// The trait.
    pub r#trait: String,
    /// The covariate.
    pub covariate: String,
    /// The coefficient.
    pub est: f64,
    /// Its standard error.
    pub se: Option<f64>,
    /// est / se.
    pub z: Option<f64>,
    /// Two-sided p-value.
    pub pvalue: Option<f64>,
}

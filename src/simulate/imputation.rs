//! Completed data sets, with a record of what was imputed.

use crate::data::Dataset;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Completed data sets, with a record of the imputations.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::simulate::Imputer;
///
/// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
/// let found = Imputer::new(["x1", "x2", "x3"]).imputations(2).iterations(3).impute(&data)?;
/// assert_eq!((found.m, found.datasets.len()), (2, 2));
/// assert_eq!(found.variables[0].imputed, data.missing_count("x1")?);
/// assert_eq!(found.datasets[0].missing_count("x1")?, 0);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Imputation {
    /// The data with imputed values in place of missing ones; all other columns are as they were.
    #[serde(skip)]
    pub datasets: Vec<Dataset>,
    /// How many data sets there are.
    pub m: usize,
    /// Rounds over the variables before a data set is taken as it is.
    pub iterations: usize,
    /// Rows of which one is drawn to give its value.
    pub donors: usize,
    /// Seed of the random streams.
    pub seed: u64,
    /// What was done.
    pub method: Cow<'static, str>,
    /// The variables, in the order given.
    pub variables: Vec<ImputedVariable>,
    /// Rows without a value of any variable or predictor, or of no group where imputation is within groups: not imputed.
    pub left_rows: usize,
}

/// What was imputed of a variable.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::simulate::Imputer;
///
/// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
/// let found = Imputer::new(["x1", "x2", "x3"]).imputations(2).iterations(3).impute(&data)?;
/// let first = found.variables.iter().find(|own| own.imputed > 0).unwrap();
/// assert_eq!((first.variable.as_str(), first.imputed), ("x2", 24));
/// // a row per iteration, a column per data set
/// assert_eq!((first.means.len(), first.means[0].len()), (3, 2));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImputedVariable {
    /// The variable.
    pub variable: String,
    /// Cells that were imputed.
    pub imputed: usize,
    /// Mean of the imputed values: a row per iteration, a column per data set. Where imputation has converged they vary
    /// between data sets as within, without trend. Empty where nothing was imputed.
    pub means: Vec<Vec<f64>>,
    /// Their standard deviation (divisor n - 1); none of a single value.
    pub sds: Vec<Vec<Option<f64>>>,
}

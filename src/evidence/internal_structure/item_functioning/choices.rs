//! How items that work differently are looked for: the choices by name.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How an item is compared between persons of the same level.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{By, FunctioningMethod, ItemFunctioningStudy};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let items = ["a1", "a2", "a3", "a4"].map(String::from);
/// let group = data.grouping("group")?;
/// let study = ItemFunctioningStudy::new(FunctioningMethod::Logistic).purify(true);
/// let found = study.run(&items, data.numeric(&items)?.view(), &By::Groups(&group))?;
/// assert_eq!(found.method, FunctioningMethod::Logistic);
/// assert_eq!(FunctioningMethod::MantelHaenszel.to_string(), "mantel-haenszel");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FunctioningMethod {
    /// Ordinal logistic regression on the matching score, the group and their product (Swaminathan & Rogers 1990; Zumbo
    /// 1999).
    #[default]
    Logistic,
    /// Tables of answer by group at each level of the matching score (Holland & Thayer 1988; Mantel 1963).
    MantelHaenszel,
}

/// The score that says which persons are of the same level.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{By, FunctioningMethod, ItemFunctioningStudy};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let items = ["a1", "a2", "a3", "a4"].map(String::from);
/// let group = data.grouping("group")?;
/// let study = ItemFunctioningStudy::new(FunctioningMethod::Logistic).purify(true);
/// let found = study.run(&items, data.numeric(&items)?.view(), &By::Groups(&group))?;
/// use psychometrics::evidence::internal_structure::Matching;
/// assert_eq!(found.matching, Matching::Sum);
/// assert_eq!(Matching::Rest.to_string(), "rest");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Matching {
    /// The sum of the matching items and the item itself (Holland & Thayer 1988: without it, differences are found that
    /// are none).
    #[default]
    Sum,
    /// The sum of the matching items without the item itself.
    Rest,
}

impl FunctioningMethod {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Logistic, Self::MantelHaenszel];
}

impl fmt::Display for FunctioningMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            FunctioningMethod::Logistic => "logistic",
            FunctioningMethod::MantelHaenszel => "mantel-haenszel",
        })
    }
}

impl FromStr for FunctioningMethod {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("method", Self::ALL, text)
    }
}

impl Matching {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Sum, Self::Rest];
}

impl fmt::Display for Matching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Matching::Sum => "sum",
            Matching::Rest => "rest",
        })
    }
}

impl FromStr for Matching {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("matching", Self::ALL, text)
    }
}

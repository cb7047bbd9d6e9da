//! What tests of differential item functioning come to.

use super::functioning_effects::{ItemEffect, TestEffect};
use crate::error::{Error, Result, Warning, chosen};
use crate::numeric::multiple_tests::Adjustment;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which test.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{FunctioningTest, Irt, ItemFunctioning};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let statistic = |test| -> psychometrics::Result<f64> {
///     let found = ItemFunctioning::new(Irt::default(), "group").test(test).of(&data, &["a1", "a2", "a3", "a4"])?;
///     let a1 = found.items.iter().find(|own| own.item == "a1").unwrap();
///     Ok(a1.total.as_ref().unwrap().statistic)
/// };
/// assert_eq!(
///     format!("{:.2} {:.2}", statistic(FunctioningTest::LikelihoodRatio)?, statistic(FunctioningTest::Wald)?),
///     "3.16 2.94"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FunctioningTest {
    /// Twice the difference of two log-likelihoods.
    #[default]
    LikelihoodRatio,
    /// The differences of the parameters beside their covariance matrix.
    Wald,
}

impl FunctioningTest {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::LikelihoodRatio, Self::Wald];
}

impl fmt::Display for FunctioningTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::LikelihoodRatio => "likelihood-ratio",
            Self::Wald => "wald",
        })
    }
}

impl FromStr for FunctioningTest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("test of item functioning", Self::ALL, text)
    }
}

/// How anchors are chosen.
///
/// ```
/// use psychometrics::irt::AnchorChoice;
///
/// assert_eq!("purified".parse(), Ok(AnchorChoice::Purified));
/// assert_eq!(AnchorChoice::AllOther.to_string(), "all-other");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AnchorChoice {
    /// All items but the one tested.
    #[default]
    AllOther,
    /// The items that were named.
    Named,
    /// All items, without those found to differ, until the set stays (Candell & Drasgow 1988).
    Purified,
    /// From the item that differs least by the tests with all others as anchors on: the next is added until the anchors are
    /// as many as the items that do not differ by them (iterative forward: Kopf, Zeileis & Strobl 2015; here half of
    /// what is missing at a time).
    Forward,
}

impl AnchorChoice {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::AllOther, Self::Named, Self::Purified, Self::Forward];
}

impl fmt::Display for AnchorChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AllOther => "all-other",
            Self::Named => "named",
            Self::Purified => "purified",
            Self::Forward => "forward",
        })
    }
}

impl FromStr for AnchorChoice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("choice of anchors", Self::ALL, text)
    }
}

/// A test of a difference between groups.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemFunctioning};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let found = ItemFunctioning::new(Irt::default(), "group").of(&data, &["a1", "a2", "a3", "a4"])?;
/// let test = found.items[0].total.as_ref().unwrap();
/// // a slope and four intercepts
/// assert_eq!(test.df, 5);
/// assert_eq!(format!("{:.2} {:.2} {:.2}", test.statistic, test.pvalue, test.adjusted.unwrap()), "21.56 0.00 0.00");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctioningStatistic {
    /// Chi-square.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: usize,
    /// p-value.
    pub pvalue: f64,
    /// p-value adjusted over the items.
    pub adjusted: Option<f64>,
}

/// An item in the groups.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemFunctioning};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let found = ItemFunctioning::new(Irt::default(), "group").of(&data, &["a1", "a2", "a3", "a4"])?;
/// let first = &found.items[0];
/// assert_eq!((first.item.as_str(), first.anchor, first.class), ("a3", true, Some('C')));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemDifference {
    /// The item.
    pub item: String,
    /// Whether it was an anchor when the other items were tested.
    pub anchor: bool,
    /// Of intercepts, with equal slopes.
    pub uniform: Option<FunctioningStatistic>,
    /// Of slopes; none where they are fixed.
    pub nonuniform: Option<FunctioningStatistic>,
    /// Of all parameters.
    pub total: Option<FunctioningStatistic>,
    /// How much it differs, in each focal group beside the reference.
    pub effects: Vec<ItemEffect>,
    /// A: the adjusted test of all parameters is not significant, or the largest |ESSD| is below .2; C: it is .5 or more;
    /// B: between (Meade's words for ESSD: small from .2, medium from .5). None where it was not tested.
    pub class: Option<char>,
}

/// Differential item functioning of all items that were tested.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemFunctioning};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let study = ItemFunctioning::new(Irt::default(), "group").anchors(["a1", "a2"]);
/// let found = study.of(&data, &["a1", "a2", "a3", "a4"])?;
/// assert_eq!((found.chosen.to_string().as_str(), found.items.len()), ("named", 2));
/// assert_eq!(found.anchors, ["a1", "a2"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Functioning {
    /// The groups; the first is the reference.
    pub groups: Vec<String>,
    /// The test.
    pub test: FunctioningTest,
    /// What was done about the number of items.
    pub adjustment: Adjustment,
    /// How the anchors were chosen.
    pub chosen: AnchorChoice,
    /// Items that are equal in all groups.
    pub anchors: Vec<String>,
    /// Times the anchors were chosen anew.
    pub rounds: usize,
    /// Items, those that change scores most first.
    pub items: Vec<ItemDifference>,
    /// All of them together: what they do to the expected sum score.
    pub impact: Vec<TestEffect>,
    /// Respondents used.
    pub n: usize,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

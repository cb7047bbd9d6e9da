//! What is found of items that may work differently: tests, effects, classes.

use super::super::adjustment::Adjustment;
use super::choices::{FunctioningMethod, Matching};
use crate::error::Warning;
use serde::{Deserialize, Serialize};

/// Whether the items of a scale work alike for persons of the same level who differ in something else: differential item
/// functioning.
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
/// assert_eq!((found.variable.as_str(), found.n, found.named().len()), ("group", 600, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemFunctioning {
    /// What the persons differ in.
    pub variable: String,
    /// How the items were compared.
    pub method: FunctioningMethod,
    /// The groups, the reference first; empty where `variable` is a number.
    pub groups: Vec<ComparedGroup>,
    /// Respondents used: those with an answer to every item, and of a known group.
    pub n: usize,
    /// Respondents read.
    pub rows: usize,
    /// The score by which persons are of the same level.
    pub matching: Matching,
    /// Items in the matching score.
    pub anchors: Vec<String>,
    /// What was done about the number of tests.
    pub adjustment: Adjustment,
    /// The level of the tests.
    pub alpha: f64,
    /// How the matching score was cleaned of items that work differently; none where it was not asked for.
    pub purification: Option<Purification>,
    /// Items, in the order given.
    pub items: Vec<ItemDifference>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

impl ItemFunctioning {
    /// The items that work differently by test and level of the study.
    pub fn named(&self) -> Vec<&str> {
        self.items.iter().filter(|item| item.is_named).map(|item| item.item.as_str()).collect()
    }
}

/// A group that was compared.
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
/// let reference = &found.groups[0];
/// assert_eq!((reference.group.as_str(), reference.n), ("g1", 370));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComparedGroup {
    /// Its value.
    pub group: String,
    /// Respondents used.
    pub n: usize,
}

/// How a matching score was cleaned.
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
/// let purification = found.purification.as_ref().unwrap();
/// assert_eq!((purification.rounds, purification.is_settled, purification.left_out.len()), (1, true, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Purification {
    /// Rounds made: in each one more item is left out of the matching score.
    pub rounds: usize,
    /// Whether no item of the matching score is named at the end; no where only two are left.
    pub is_settled: bool,
    /// Items left out of the matching score at the end.
    pub left_out: Vec<String>,
}

/// An item, compared.
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
/// let first = &found.items[0];
/// assert_eq!((first.item.as_str(), first.categories, first.class, first.is_named), ("a1", 5, Some('A'), false));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemDifference {
    /// The item.
    pub item: String,
    /// Its categories among the respondents used.
    pub categories: usize,
    /// The same difference at every level; none with its reason in `reason`.
    pub uniform: Option<FunctioningTest>,
    /// A difference that depends on the level; the Mantel-Haenszel method has none.
    pub nonuniform: Option<FunctioningTest>,
    /// Any difference.
    pub total: Option<FunctioningTest>,
    /// The size of the difference: what it is says `effect_measure`.
    pub effect: Option<f64>,
    /// `r2_nagelkerke` (change from the matching score alone to all), `ets_delta` (items of two categories) or
    /// `smd_sd` (standardised mean difference over the standard deviation of the item).
    pub effect_measure: String,
    /// A negligible, B moderate, C large: Jodoin & Gierl (2001) for `r2_nagelkerke` (.035, .070, and `total` significant);
    /// the Educational Testing Service's rules for the others (1, and 1.5 with more than 1 beyond chance; .17, .25; and
    /// `uniform` significant). Of each item by itself: p is not adjusted here.
    pub class: Option<char>,
    /// Whether the item is named: adjusted p of `total` (logistic) or `uniform` (Mantel-Haenszel) below the level.
    pub is_named: bool,
    /// Each group beside the reference, or the number.
    pub effects: Vec<GroupEffect>,
    /// How much more is explained, of the logistic method.
    pub r2: Option<ExplainedMore>,
    /// Why a test is missing.
    pub reason: Option<String>,
}

impl ItemDifference {
    /// The test that names it: any difference by regression, the uniform one by Mantel and Haenszel's tables.
    pub(super) fn decisive(&self) -> Option<FunctioningTest> {
        if self.effect_measure == "r2_nagelkerke" { self.total } else { self.uniform }
    }
}

/// A test of an item.
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
/// let test = found.items[0].total.as_ref().unwrap();
/// assert_eq!(test.df, 2);
/// assert_eq!(format!("{:.3} {:.3} {:.3}", test.statistic, test.pvalue, test.adjusted), "1.528 0.466 1.000");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctioningTest {
    /// Chi-square.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: usize,
    /// p-value.
    pub pvalue: f64,
    /// p-value adjusted for the number of items.
    pub adjusted: f64,
}

/// A group beside the reference (or a unit of a number): positive where it chooses higher answers at the same level.
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
/// let effect = &found.items[0].effects[0];
/// assert_eq!(effect.group, "g2");
/// assert_eq!(format!("{:.2} {:.2}", effect.log_odds.unwrap(), effect.se.unwrap()), "0.21 0.17");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupEffect {
    /// The group, or the variable.
    pub group: String,
    /// Log odds of a higher answer: of the regression without product, or -log of Mantel and Haenszel's odds ratio
    /// (items of two categories).
    pub log_odds: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// -2.35 times log of the odds ratio of the reference to the group (items of two categories, Mantel-Haenszel).
    pub ets_delta: Option<f64>,
    /// Mean answer less that of the reference at the same level, levels weighted by the group (Dorans & Schmitt 1991;
    /// Mantel-Haenszel).
    pub smd: Option<f64>,
    /// The same over the standard deviation of the item in both.
    pub smd_sd: Option<f64>,
}

/// Rise of a pseudo-R2: from the matching score to uniform, from there to all, and together.
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
/// let r2 = found.items[0].r2.as_ref().unwrap();
/// assert_eq!(format!("{:.4} {:.4}", r2.mcfadden.total, r2.nagelkerke.total), "0.0008 0.0009");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExplainedMore {
    /// McFadden: difference of deviances over that of the model without covariates.
    pub mcfadden: Changes,
    /// Cox and Snell: 1 - exp((D - D0) / n).
    pub cox_snell: Changes,
    /// Nagelkerke: Cox and Snell's over its largest value, 1 - exp(-D0 / n).
    pub nagelkerke: Changes,
}

/// Changes between three models, each of which holds the one before.
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
/// let nagelkerke = &found.items[0].r2.as_ref().unwrap().nagelkerke;
/// // one after the other, they add up
/// assert!((nagelkerke.uniform + nagelkerke.nonuniform - nagelkerke.total).abs() < 1e-12);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Changes {
    /// From the first to the second.
    pub uniform: f64,
    /// From the second to the third.
    pub nonuniform: f64,
    /// From the first to the third.
    pub total: f64,
}

/// The class of a difference by the sizes from which it counts as moderate and as large.
pub(super) fn class(
    size: f64,
    [moderate, large]: [f64; 2],
    is_significant: bool,
    is_surely_large: bool,
) -> char {
    match () {
        () if !is_significant || size < moderate => 'A',
        () if size < large || !is_surely_large => 'B',
        () => 'C',
    }
}

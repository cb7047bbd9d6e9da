//! How a scale's items are compared, and the comparison: matching score, tests, adjustment, purification.

use super::super::adjustment::Adjustment;
use super::choices::{FunctioningMethod, Matching};
use super::compared::{By, Compared, FEWEST_IN_GROUP, Raw, RawTest};
use super::found::{FunctioningTest, GroupEffect, ItemDifference, ItemFunctioning, Purification, class};
use super::{logistic, mantel_haenszel};
use crate::data::Rows;
use crate::error::{Error, Result, Warning};
use crate::numeric::tails::chi_square_tail;
use rayon::prelude::*;

/// Items that a matching score is made of at least.
const FEWEST_ANCHORS: usize = 2;

/// How items that work differently are looked for.
///
/// ```
/// use ndarray::Array2;
/// use psychometrics::data::Grouping;
/// use psychometrics::evidence::internal_structure::{By, FunctioningMethod, ItemFunctioningStudy};
///
/// // 300 persons, half of each group; the second group answers higher on the last item, whatever its level
/// let uniform = |row: usize, item: usize| {
///     let x = (row as f64 * 12.9898 + item as f64 * 78.233).sin() * 43_758.545;
///     x - x.floor()
/// };
/// let answers = Array2::from_shape_fn((300, 6), |(row, item)| {
///     let shift = if item == 5 && row % 2 == 1 { 0.6 } else { 0.0 };
///     (3.0 * uniform(row, 9) + 1.5 * uniform(row, item) + shift).floor()
/// });
/// let groups = Grouping::new("group", (0..300).map(|row| Some(["a", "b"][row % 2])));
/// let items: Vec<String> = ["x1", "x2", "x3", "x4", "x5", "x6"].map(String::from).into();
/// let found = ItemFunctioningStudy::new(FunctioningMethod::Logistic)
///     .purify(true)
///     .run(&items, answers.view(), &By::Groups(&groups))?;
/// assert_eq!(found.named(), ["x6"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ItemFunctioningStudy {
    method: FunctioningMethod,
    matching: Matching,
    adjustment: Adjustment,
    alpha: f64,
    anchors: Vec<String>,
    purify: bool,
    reference: Option<String>,
    fewest: usize,
}

impl ItemFunctioningStudy {
    /// By a method; matching on the sum of all items, level .05 with Holm's adjustment, no purification.
    pub fn new(method: FunctioningMethod) -> Self {
        Self {
            method,
            matching: Matching::default(),
            adjustment: Adjustment::default(),
            alpha: 0.05,
            anchors: Vec::new(),
            purify: false,
            reference: None,
            fewest: FEWEST_IN_GROUP,
        }
    }

    /// The score that says who is of the same level.
    pub fn matching(mut self, matching: Matching) -> Self {
        self.matching = matching;
        self
    }

    /// What is done about the number of items.
    pub fn adjustment(mut self, adjustment: Adjustment) -> Self {
        self.adjustment = adjustment;
        self
    }

    /// The level of the tests.
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }

    /// The items of the matching score, which are not tested; none: all of them are, and are tested.
    pub fn anchors<S: Into<String>>(mut self, anchors: impl IntoIterator<Item = S>) -> Self {
        self.anchors = anchors.into_iter().map(Into::into).collect();
        self
    }

    /// Whether items that are named leave the matching score (Holland & Thayer 1988): the most significant first, and all are
    /// compared again, until no item of the score is named. All at once would take out items that only seem to differ since
    /// the score holds one that does.
    pub fn purify(mut self, purify: bool) -> Self {
        self.purify = purify;
        self
    }

    /// The group that others are compared with; the first that appears without it.
    pub fn reference(mut self, group: impl Into<String>) -> Self {
        self.reference = Some(group.into());
        self
    }

    /// Respondents (10 unless said) below which a group takes no part, and is told.
    pub fn fewest(mut self, respondents: usize) -> Self {
        self.fewest = respondents;
        self
    }

    /// Compares the items. Rows are respondents, columns the items as keyed; NaN is missing, and rows with any are left
    /// out, and told.
    ///
    /// # Errors
    /// [`Error::TooFewItems`] for fewer than three, [`Error::TooFewGroups`], [`Error::ManyCategories`] of an item,
    /// [`Error::UnknownColumn`] for an anchor that is no item, [`Error::UnknownGroup`] for the reference,
    /// [`Error::Unsupported`] for a number by Mantel and Haenszel's method, [`Error::BadOption`] for a level outside 0
    /// to 1.
    pub fn run<'r>(
        &self,
        items: &[String],
        answers: impl Into<Rows<'r>>,
        by: &By<'_>,
    ) -> Result<ItemFunctioning> {
        let answers = answers.into();
        let answers = answers.view();
        self.check(items, by)?;
        let compared = Compared::of(items, answers, by, (self.reference.as_deref(), self.fewest))?;
        let mut anchors: Vec<bool> =
            items.iter().map(|item| self.anchors.is_empty() || self.anchors.contains(item)).collect();
        let mut found = self.compare(&compared, items, &anchors);
        let mut purification = None;
        if self.purify {
            let (mut rounds, mut is_settled) = (0, false);
            while rounds < items.len() {
                let Some(worst) = worst(&found, &anchors) else {
                    is_settled = true;
                    break;
                };
                if anchors.iter().filter(|a| **a).count() <= FEWEST_ANCHORS {
                    break;
                }
                anchors[worst] = false;
                found = self.compare(&compared, items, &anchors);
                rounds += 1;
            }
            let left_out = items.iter().zip(&anchors).filter(|(_, is_anchor)| !**is_anchor);
            let left_out = left_out.map(|(item, _)| item.clone()).collect();
            purification = Some(Purification { rounds, is_settled, left_out });
        }
        Ok(ItemFunctioning {
            variable: by.name().to_string(),
            method: self.method,
            n: compared.n(),
            rows: answers.nrows(),
            matching: self.matching,
            anchors: items.iter().zip(&anchors).filter(|(_, a)| **a).map(|(item, _)| item.clone()).collect(),
            adjustment: self.adjustment,
            alpha: self.alpha,
            purification,
            warnings: warnings(&compared, by, answers.nrows(), self.fewest),
            groups: compared.groups,
            items: found,
        })
    }

    fn check(&self, items: &[String], by: &By<'_>) -> Result<()> {
        if items.len() < 3 {
            let what = "a comparison of items by matching on their sum".to_string();
            return Err(Error::TooFewItems { what, needed: 3, found: items.len() });
        }
        if !(self.alpha > 0.0 && self.alpha < 1.0) {
            return Err(Error::BadOption {
                option: "alpha".into(),
                value: self.alpha.to_string(),
                allowed: "a level between 0 and 1".into(),
            });
        }
        if let Some(unknown) = self.anchors.iter().find(|anchor| !items.contains(anchor)) {
            return Err(Error::BadOption {
                option: "anchors".into(),
                value: unknown.clone(),
                allowed: format!("items that are compared: {}", items.join(", ")),
            });
        }
        if self.purify && !self.anchors.is_empty() {
            return Err(Error::Unsupported {
                what: "purification of anchors that were named".into(),
                instead: "Name anchors, or let purification find them.".into(),
            });
        }
        if matches!((self.method, by), (FunctioningMethod::MantelHaenszel, By::Number { .. })) {
            return Err(Error::Unsupported {
                what: format!("the Mantel-Haenszel method by a number ('{}')", by.name()),
                instead: "Use the logistic method, or a variable with few groups.".into(),
            });
        }
        Ok(())
    }

    /// All items with one matching score, adjusted.
    fn compare(&self, compared: &Compared, items: &[String], anchors: &[bool]) -> Vec<ItemDifference> {
        let sums: Vec<f64> = (0..compared.n())
            .map(|row| (0..items.len()).filter(|&i| anchors[i]).map(|i| compared.value(row, i)).sum())
            .collect();
        let raw: Vec<Raw> = (0..items.len())
            .into_par_iter()
            .map(|item| {
                if anchors[item] && !self.anchors.is_empty() {
                    return Raw::without("an anchor: it is part of what the others are compared by");
                }
                if compared.categories(item) < 2 {
                    return Raw::without("everybody who is compared gave the same answer");
                }
                let shift = match (self.matching, anchors[item]) {
                    (Matching::Sum, false) => 1.0,
                    (Matching::Rest, true) => -1.0,
                    _ => 0.0,
                };
                let own = |(row, sum): (usize, &f64)| sum + shift * compared.value(row, item);
                let matching: Vec<f64> = sums.iter().enumerate().map(own).collect();
                match self.method {
                    FunctioningMethod::Logistic => logistic::compare(compared, item, &matching),
                    FunctioningMethod::MantelHaenszel => mantel_haenszel::compare(compared, item, &matching),
                }
            })
            .collect();
        self.adjusted(compared, items, raw)
    }

    fn adjusted(&self, compared: &Compared, items: &[String], raw: Vec<Raw>) -> Vec<ItemDifference> {
        let tests = |of: fn(&Raw) -> Option<RawTest>| -> Vec<Option<FunctioningTest>> {
            let tests: Vec<Option<RawTest>> = raw.iter().map(of).collect();
            let pvalue = |t: &Option<RawTest>| t.map(|t| chi_square_tail(t.statistic, t.df as f64));
            let pvalues: Vec<Option<f64>> = tests.iter().map(pvalue).collect();
            let adjusted = self.adjustment.of(&pvalues);
            let of = |((test, p), adjusted): ((&Option<RawTest>, &Option<f64>), Option<f64>)| {
                let (test, pvalue, adjusted) = ((*test)?, (*p)?, adjusted?);
                Some(FunctioningTest { statistic: test.statistic, df: test.df, pvalue, adjusted })
            };
            tests.iter().zip(&pvalues).zip(adjusted).map(of).collect()
        };
        let (uniform, nonuniform, total) =
            (tests(|r| r.uniform), tests(|r| r.nonuniform), tests(|r| r.total));
        let is_logistic = self.method == FunctioningMethod::Logistic;
        let mut found = Vec::with_capacity(items.len());
        for (at, (item, raw)) in items.iter().zip(raw).enumerate() {
            let decisive = if is_logistic { total[at] } else { uniform[at] };
            let categories = compared.categories(at);
            let (effect_measure, moderate, large) = match (is_logistic, categories) {
                (true, _) => ("r2_nagelkerke", 0.035, 0.070),
                (false, 2) => ("ets_delta", 1.0, 1.5),
                (false, _) => ("smd_sd", 0.17, 0.25),
            };
            let is_named = decisive.is_some_and(|test| test.adjusted < self.alpha);
            found.push(ItemDifference {
                item: item.clone(),
                categories,
                uniform: uniform[at],
                nonuniform: nonuniform[at],
                total: total[at],
                effect: raw.effect,
                effect_measure: effect_measure.into(),
                class: decisive.zip(raw.effect).map(|(test, size)| {
                    let is_large = effect_measure != "ets_delta" || is_above_one(&raw.effects);
                    class(size.abs(), [moderate, large], test.pvalue < self.alpha, is_large)
                }),
                is_named,
                effects: raw.effects,
                r2: raw.r2,
                reason: raw.reason,
            });
        }
        found
    }
}

/// The item of the matching score that is named with the smallest p.
fn worst(found: &[ItemDifference], anchors: &[bool]) -> Option<usize> {
    let p = |item: &ItemDifference| item.decisive().map_or(1.0, |test| test.pvalue);
    let named = found.iter().enumerate().filter(|(at, item)| anchors[*at] && item.is_named);
    named.min_by(|a, b| p(a.1).total_cmp(&p(b.1))).map(|(at, _)| at)
}

/// Whether a delta of the Educational Testing Service is above 1 by more than chance (one-sided, .05).
fn is_above_one(effects: &[GroupEffect]) -> bool {
    let above = |e: &GroupEffect| {
        let (delta, se) = (e.ets_delta?.abs(), 2.35 * e.se?);
        Some((delta - 1.0) / se > 1.645)
    };
    effects.iter().any(|effect| above(effect) == Some(true))
}

fn warnings(compared: &Compared, by: &By<'_>, read: usize, fewest: usize) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let small: usize = compared.left_out.iter().map(|(_, n)| n).sum();
    if compared.incomplete > 0 {
        warnings.push(Warning::RowsLeftOut { used: read - compared.incomplete, read });
    }
    if compared.without_group > 0 {
        warnings.push(Warning::RowsWithoutGroup {
            variable: by.name().to_string(),
            rows: compared.without_group,
            read,
        });
    }
    if small > 0 {
        warnings.push(Warning::SmallGroupsLeftOut {
            variable: by.name().to_string(),
            groups: compared.left_out.clone(),
            fewest,
        });
    }
    warnings
}

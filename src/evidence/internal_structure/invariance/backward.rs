//! Which parameters differ, from the model in which nothing is equal: equalities are added one by one, the least significant
//! first, until every one that is left is rejected.
//!
//! In the stages of the forward search. At each, what its step would hold equal of the items is free in every group, but for
//! one item of each factor that gives the groups a common unit (loadings) and origin (intercepts): the one that agrees with
//! most others, which is that with the least median of its Wald statistics against each other item of the factor
//!
//! ```text
//! loadings      l_ig l_j1 - l_jg l_i1 = 0                            g = 2 ... G, nothing equal
//! intercepts    (n_ig - n_i1) l_jg - (n_jg - n_j1) l_ig = 0
//! ```
//!
//! (after Kopf, Zeileis & Strobl 2015: a constant anchor by the other items' tests, lengthened forward; the pairs are those
//! of Cheung & Lau 2012). With that model fitted, every free item is tested (Wald, groups - 1 degrees of freedom), p-values are
//! adjusted for all that the stage tests, those already added with p = 1 among them, and the item with the largest becomes equal
//! while it is not below alpha divided by the number of stages. The model is fitted again with it, and so on; the search ends
//! when all that are left are rejected.
//!
//! Thresholds of an item need no other item: that they are those of the first group but for origin and unit,
//!
//! ```text
//! (t_cg - t_ag)(t_b1 - t_a1) - (t_bg - t_ag)(t_c1 - t_a1) = 0        c other than a, b
//! ```
//!
//! is tested in the configural model. Of an item that is rejected the fewest thresholds are free with which the others pass the
//! test; of three, which of them differs cannot be told, and all are free, with which nothing else of the item can be compared.
//! Of two categories thresholds, loadings and intercepts are one: a backward search is refused.

use super::ground::Ground;
use super::level::Level;
use super::release::{Candidate, ReleaseStep, Rule, Search, candidates};
use super::wald::{Moving, wald};
use crate::error::{Error, Result};
use crate::estimate::{ExpectedChange, Fit, ScoreTest};
use crate::model::{Kind, Operator};
use crate::numeric::tails::chi_square_tail;
use nalgebra::DMatrix;

/// An item at a stage, and where it is in the search.
struct Item {
    own: Candidate,
    factor: usize,
    is_equal: bool,
    /// Whether there is a test of it: not of what gives unit or origin.
    is_tested: bool,
}

/// The search, from the model in which nothing is equal.
pub(super) fn backward(ground: &mut Ground<'_>, rule: Rule) -> Result<Search> {
    if let Some(item) = ground.item_of_two_categories() {
        return Err(Error::Unsupported {
            what: format!("a backward search with items of two categories ('{item}')"),
            instead: "Search forward (--search forward): of two categories thresholds, loadings and intercepts can only be \
                      tested together."
                .into(),
        });
    }
    Search::by(ground, rule, stage)
}

fn stage(
    search: &mut Search,
    ground: &mut Ground<'_>,
    level: Level,
    operator: Operator,
    rule: Rule,
) -> Result<()> {
    let start = ground.step(level.holds(), &search.released)?;
    let all = candidates(ground, ground.tables_of(&start)?.as_slice(), level, operator, &search.released)?;
    let (free, aside): (Vec<Candidate>, Vec<Candidate>) = all
        .into_iter()
        .partition(|own| operator == Operator::Threshold || ground.has_unit(&own.item, &search.released));
    if free.is_empty() {
        return Ok(());
    }
    let names = |of: &[Candidate]| of.iter().flat_map(Candidate::parameters).collect::<Vec<String>>();
    let everything: Vec<String> =
        search.released.iter().cloned().chain(names(&free)).chain(names(&aside)).collect();
    let Some(fit) = solved(search, ground, level, &everything)? else { return Ok(()) };
    if operator == Operator::Threshold {
        return thresholds(search, ground, &fit, &free, level, rule);
    }
    let mut items = anchored(ground, &fit, free, operator)?;
    loop {
        let left = items.iter().filter(|item| !item.is_equal).flat_map(|item| item.own.parameters());
        let left: Vec<String> = left.collect();
        if left.is_empty() {
            return Ok(());
        }
        let aside = names(&aside);
        let released: Vec<String> = [search.released.as_slice(), &left, &aside].concat();
        let Some(fit) = solved(search, ground, level, &released)? else { return Ok(()) };
        let open = look(&fit, &mut items, rule)?;
        let told = |own: &Look, released: bool| ReleaseStep {
            stage: level.name(ground.is_ordinal()).into(),
            chisq: fit.fit.get("chisq"),
            df: fit.fit.get("df"),
            candidates: open.len(),
            parameter: own.test.parameter.clone(),
            test: own.test.clone(),
            adjusted: own.adjusted,
            released,
        };
        match open.first() {
            None => return Ok(()),
            Some(best) if best.adjusted >= rule.alpha => {
                search.steps.push(told(best, false));
                items[best.at].is_equal = true;
            }
            Some(_) => {
                search.steps.extend(open.iter().map(|own| told(own, true)));
                search.released.extend(open.iter().flat_map(|own| items[own.at].own.parameters()));
                return Ok(());
            }
        }
    }
}

/// The test of an item that is free.
struct Look {
    at: usize,
    test: ScoreTest,
    adjusted: f64,
}

/// Tests of the items that are free, the least significant first; what cannot be tested is not named and becomes equal.
fn look(fit: &Fit, items: &mut [Item], rule: Rule) -> Result<Vec<Look>> {
    let mut found: Vec<(usize, ScoreTest)> = Vec::new();
    for (at, item) in items.iter_mut().enumerate().filter(|(_, item)| !item.is_equal) {
        match difference(fit, &item.own)? {
            Some(test) => found.push((at, test)),
            None => (item.is_equal, item.is_tested) = (true, false),
        }
    }
    // those that are equal by now count among the tests
    let before = items.iter().filter(|item| item.is_equal && item.is_tested).count();
    let own = found.iter().map(|(_, test)| test.pvalue);
    let pvalues: Vec<Option<f64>> = own.chain(std::iter::repeat_n(Some(1.0), before)).collect();
    let adjusted = rule.correction.of(&pvalues);
    let of = |((at, test), adjusted): ((usize, ScoreTest), Option<f64>)| Look {
        at,
        test,
        adjusted: adjusted.unwrap_or(1.0),
    };
    let mut open: Vec<Look> = found.into_iter().zip(adjusted).map(of).collect();
    let p = |own: &Look| own.test.pvalue.unwrap_or(1.0);
    open.sort_by(|a, b| p(b).total_cmp(&p(a)).then(a.test.statistic.total_cmp(&b.test.statistic)));
    Ok(open)
}

/// The step's model with what is free, fitted; none where it has no solution, which the search tells.
fn solved(
    search: &mut Search,
    ground: &mut Ground<'_>,
    level: Level,
    released: &[String],
) -> Result<Option<Fit>> {
    let step = ground.step(level.holds(), released)?;
    let fit = ground.fit(&step)?;
    if !fit.converged {
        let stage = level.name(ground.is_ordinal());
        search.cut_short = Some(format!("the model of the stage {stage} {}", fit.status));
        return Ok(None);
    }
    Ok(Some(fit))
}

/// Covariance matrix of the estimates.
fn covariance(fit: &Fit) -> Result<&DMatrix<f64>> {
    fit.internals.vcov.as_ref().ok_or_else(|| Error::Unsupported {
        what: "a backward search without standard errors".into(),
        instead: "Let the fits have standard errors, or search forward (--search forward).".into(),
    })
}

/// A parameter in each group.
fn moving(fit: &Fit, cells: &[(usize, usize)]) -> Vec<Moving> {
    let own = &fit.internals;
    cells
        .iter()
        .map(|&(group, row)| match own.tables[group].rows[row].kind {
            Kind::Free(at, _) => Moving::new(own.x[at], Some(at)),
            Kind::Fixed(value) => Moving::new(value, None),
            Kind::Sample | Kind::Determined => Moving::new(0.0, None),
        })
        .collect()
}

/// Whether an item's parameter is the same in all groups.
fn difference(fit: &Fit, own: &Candidate) -> Result<Option<ScoreTest>> {
    let each = moving(fit, &own.releases[0].cells);
    let restrictions: Vec<Moving> = each.iter().skip(1).map(|other| other.minus(&each[0])).collect();
    let of = |(at, value): (usize, &Moving)| ExpectedChange {
        group: at + 1,
        est: value.value,
        epc: value.value - each[0].value,
        standardized: None,
    };
    let changes = each.iter().enumerate().map(of).collect();
    test_of(&restrictions, fit, own.name.clone(), changes)
}

fn test_of(
    restrictions: &[Moving],
    fit: &Fit,
    parameter: String,
    changes: Vec<ExpectedChange>,
) -> Result<Option<ScoreTest>> {
    let df = restrictions.len();
    let found = wald(restrictions, covariance(fit)?);
    Ok(found.map(|statistic| ScoreTest {
        parameter,
        statistic,
        df,
        pvalue: Some(chi_square_tail(statistic, df as f64)),
        robust: None,
        robust_pvalue: None,
        changes,
    }))
}

/// Medians that count as the same.
const SAME: f64 = 1e-6;

/// The items of a stage, one of each factor equal already: that which agrees with most others.
fn anchored(ground: &Ground<'_>, fit: &Fit, free: Vec<Candidate>, operator: Operator) -> Result<Vec<Item>> {
    let factors = ground.factors();
    let factor_of = |own: &Candidate| {
        let is_own = |(factor, items): &(String, Vec<String>)| match operator {
            Operator::Loading => *factor == own.factor,
            _ => items.contains(&own.item),
        };
        factors.iter().position(is_own).unwrap_or(0)
    };
    let mut items: Vec<Item> = free
        .into_iter()
        .map(|own| Item { factor: factor_of(&own), own, is_equal: false, is_tested: true })
        .collect();
    for factor in 0..factors.len() {
        let members: Vec<usize> = (0..items.len()).filter(|&at| items[at].factor == factor).collect();
        let sides: Vec<Sides> =
            members.iter().map(|&at| Sides::of(fit, &items[at].own, &factors[factor].0, operator)).collect();
        let covariance = covariance(fit)?;
        // median and sum of each item's statistics: two that are nearest to each other have the same least one
        let agreement: Vec<(f64, f64)> = (0..sides.len())
            .map(|i| {
                let others = (0..sides.len()).filter(|j| *j != i);
                let mut against: Vec<f64> = others
                    .map(|j| wald(&sides[i].against(&sides[j]), covariance).unwrap_or(f64::INFINITY))
                    .collect();
                against.sort_by(f64::total_cmp);
                // of an even number the lower of the two in the middle
                let median = against.get(against.len().saturating_sub(1) / 2).copied().unwrap_or(0.0);
                (median, against.iter().sum())
            })
            .collect();
        let least = agreement.iter().map(|(median, _)| *median).fold(f64::INFINITY, f64::min);
        let is_near = |i: &usize| agreement[*i].0 <= least * (1.0 + SAME) + SAME;
        let by_sum = |a: &usize, b: &usize| agreement[*a].1.total_cmp(&agreement[*b].1);
        if let Some(anchor) = (0..sides.len()).filter(is_near).min_by(by_sum) {
            let at = members[anchor];
            (items[at].is_equal, items[at].is_tested) = (true, false);
        }
    }
    Ok(items)
}

/// What two items of a factor are compared by, in each group: how much of the factor's unit or origin an item says.
struct Sides {
    /// The loading, or the intercept less that of the first group.
    own: Vec<Moving>,
    /// The loading of the first group, or that of each.
    unit: Vec<Moving>,
}

impl Sides {
    fn of(fit: &Fit, own: &Candidate, factor: &str, operator: Operator) -> Self {
        let values = moving(fit, &own.releases[0].cells);
        if operator == Operator::Loading {
            let unit = vec![values[0].clone(); values.len()];
            return Self { own: values, unit };
        }
        let loadings: Vec<(usize, usize)> = (0..fit.internals.tables.len())
            .filter_map(|group| {
                let is_own = |row: &crate::model::Parameter| {
                    row.op == Operator::Loading && row.lhs == factor && row.rhs == own.item
                };
                Some((group, fit.internals.tables[group].rows.iter().position(is_own)?))
            })
            .collect();
        let first = values[0].clone();
        Self { own: values.iter().map(|value| value.minus(&first)).collect(), unit: moving(fit, &loadings) }
    }

    fn against(&self, other: &Self) -> Vec<Moving> {
        let of = |g: usize| self.own[g].times(&other.unit[g]).minus(&other.own[g].times(&self.unit[g]));
        (1..self.own.len().min(self.unit.len())).map(of).collect()
    }
}

/// The stage of thresholds: each item by itself.
fn thresholds(
    search: &mut Search,
    ground: &Ground<'_>,
    fit: &Fit,
    items: &[Candidate],
    level: Level,
    rule: Rule,
) -> Result<()> {
    let mut tests: Vec<(usize, ScoreTest)> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let all: Vec<usize> = (0..item.releases.len()).collect();
        tests.extend(affine(fit, item, &all)?.map(|test| (at, test)));
    }
    let pvalues: Vec<Option<f64>> = tests.iter().map(|(_, test)| test.pvalue).collect();
    let adjusted = rule.correction.of(&pvalues);
    let mut order: Vec<usize> = (0..tests.len()).collect();
    order.sort_by(|&a, &b| pvalues[b].unwrap_or(1.0).total_cmp(&pvalues[a].unwrap_or(1.0)));
    for at in order {
        let (item, test) = (&items[tests[at].0], &tests[at].1);
        let adjusted = adjusted[at].unwrap_or(1.0);
        let is_rejected = adjusted < rule.alpha;
        search.steps.push(ReleaseStep {
            stage: level.name(ground.is_ordinal()).into(),
            chisq: fit.fit.get("chisq"),
            df: fit.fit.get("df"),
            candidates: tests.len(),
            parameter: item.name.clone(),
            test: test.clone(),
            adjusted,
            released: is_rejected,
        });
        if is_rejected {
            search.released.extend(fewest(fit, item, tests.len(), rule)?);
        }
    }
    Ok(())
}

/// The fewest thresholds with which the others pass.
fn fewest(fit: &Fit, item: &Candidate, family: usize, rule: Rule) -> Result<Vec<String>> {
    let mut kept: Vec<usize> = (0..item.releases.len()).collect();
    while kept.len() > 3 {
        let mut best: Option<(f64, Vec<usize>)> = None;
        for out in &kept {
            let others: Vec<usize> = kept.iter().copied().filter(|k| k != out).collect();
            let p = affine(fit, item, &others)?.and_then(|test| test.pvalue).unwrap_or(0.0);
            if best.as_ref().is_none_or(|(largest, _)| p > *largest) {
                best = Some((p, others));
            }
        }
        let Some((p, others)) = best else { break };
        kept = others;
        if p * family as f64 >= rule.alpha {
            let is_free = |(at, _): &(usize, &crate::estimate::Release)| !kept.contains(at);
            let free = item.releases.iter().enumerate().filter(is_free);
            return Ok(free.map(|(_, release)| release.parameter.clone()).collect());
        }
    }
    Ok(item.parameters().collect())
}

/// Whether some thresholds of an item are those of the first group but for origin and unit; none for two or fewer.
fn affine(fit: &Fit, item: &Candidate, of: &[usize]) -> Result<Option<ScoreTest>> {
    let [a, b, others @ ..] = of else { return Ok(None) };
    let each: Vec<Vec<Moving>> = item.releases.iter().map(|release| moving(fit, &release.cells)).collect();
    let groups = each.first().map_or(0, Vec::len);
    let mut restrictions = Vec::new();
    for g in 1..groups {
        for c in others {
            let width = |k: &usize, g: usize| each[*k][g].minus(&each[*a][g]);
            restrictions.push(width(c, g).times(&width(b, 0)).minus(&width(b, g).times(&width(c, 0))));
        }
    }
    if restrictions.is_empty() {
        return Ok(None);
    }
    test_of(&restrictions, fit, item.name.clone(), Vec::new())
}

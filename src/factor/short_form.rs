//! Short forms: the k items of a scale whose sum is most reliable, with as many of each part of the content as is asked for.
//!
//! Coefficient alpha of a set of k items rises with the share of their covariances in the variance of their sum,
//!
//! ```text
//! alpha = k/(k - 1) (1 - sum of variances / variance of the sum)
//! ```
//!
//! Branch and bound: items are taken or left one after the other; the covariances that a branch can still add are no more than
//! those of its items' largest ones, and its variances no less than the smallest, so that a branch that cannot reach the best
//! alpha so far is left. It begins at a set that no exchange of two items improves, and ends at the best set there is, unless it
//! takes too many branches, which is told.

use crate::error::{Error, Result};
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// Branches after which the search gives up: some seconds.
const MOST_BRANCHES: u64 = 20_000_000;

/// The best short form.
///
/// ```
/// use psychometrics::factor::short_form;
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = || ["a", "b", "c"].map(String::from).to_vec();
/// let covariances = vec![vec![1.0, 0.6, 0.2], vec![0.6, 1.0, 0.3], vec![0.2, 0.3, 1.0]];
/// let found = short_form(&LabelledMatrix::new(names(), names(), covariances)?, 2, &[])?;
/// assert!(found.is_best);
/// assert_eq!(found.items, ["a", "b"]);
/// // 2 (1 - 2 / 3.2)
/// assert_eq!(format!("{:.2} {:.2}", found.alpha, found.alpha_of_all), "0.75 0.63");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShortForm {
    /// Its items, in the order of the scale.
    pub items: Vec<String>,
    /// Their alpha.
    pub alpha: f64,
    /// Alpha of all items.
    pub alpha_of_all: f64,
    /// Correlation of the short with the whole score, in these respondents (it shares their errors).
    pub with_whole: f64,
    /// The same, with what the two share of error taken out by alpha (Levy 1967).
    pub with_whole_corrected: Option<f64>,
    /// Branches looked at.
    pub branches: u64,
    /// Whether it is the best there is; false where the search was cut short.
    pub is_best: bool,
}

/// A part of the content, and how many of its items a short form has at least.
///
/// ```
/// use psychometrics::factor::{Coverage, short_form};
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = || ["a", "b", "c"].map(String::from).to_vec();
/// let covariances = vec![vec![1.0, 0.6, 0.2], vec![0.6, 1.0, 0.3], vec![0.2, 0.3, 1.0]];
/// // c must be there, whatever it costs
/// let part = Coverage::new(["c"], 1).named("rules");
/// let found = short_form(&LabelledMatrix::new(names(), names(), covariances)?, 2, &[part])?;
/// assert_eq!(found.items, ["b", "c"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Coverage {
    /// What it is called; none of a part without a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its items.
    pub items: Vec<String>,
    /// How many at least.
    pub at_least: usize,
}

impl Coverage {
    /// At least so many of these items.
    pub fn new<S: Into<String>>(items: impl IntoIterator<Item = S>, at_least: usize) -> Self {
        Self { name: None, items: items.into_iter().map(Into::into).collect(), at_least }
    }

    /// With the name of the part.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

struct Search<'a> {
    s: &'a DMatrix<f64>,
    k: usize,
    parts: &'a [(Vec<bool>, usize)],
    /// For each item that branches begin at and each item from there on, sums of its 0, 1, 2, ... largest covariances with the
    /// others from there on.
    largest: Vec<Vec<Vec<f64>>>,
    best: f64,
    best_set: Vec<usize>,
    branches: u64,
    most_branches: u64,
}

/// The best k items of a scale, by the covariances of its keyed items.
///
/// # Errors
/// [`Error::TooFewItems`] for fewer than two items or more than there are; [`Error::BadOption`] for coverage that asks for
/// more items than it has, or more than k; [`Error::UnknownColumn`] for an item that is not there.
pub fn short_form(covariances: &LabelledMatrix, k: usize, coverage: &[Coverage]) -> Result<ShortForm> {
    searched(covariances, k, coverage, MOST_BRANCHES)
}

/// The same with so many branches at most.
pub(super) fn searched(
    covariances: &LabelledMatrix,
    k: usize,
    coverage: &[Coverage],
    most_branches: u64,
) -> Result<ShortForm> {
    let names = &covariances.rows;
    let p = names.len();
    if k < 2 || k > p {
        let what = format!("a short form of {k} items");
        return Err(Error::TooFewItems { what, needed: k.max(2), found: p });
    }
    let s = DMatrix::from_fn(p, p, |i, j| covariances.values[i][j]);
    let parts = parts_of(names, k, coverage)?;
    // items with large covariances first: a good set is found early
    let strength =
        |i: usize| -> f64 { (0..p).filter(|j| *j != i).map(|j| s[(i, j)]).sum::<f64>() / s[(i, i)] };
    let mut order: Vec<usize> = (0..p).collect();
    order.sort_by(|a, b| strength(*b).total_cmp(&strength(*a)));
    let sorted = DMatrix::from_fn(p, p, |i, j| s[(order[i], order[j])]);
    let in_order: Vec<(Vec<bool>, usize)> =
        parts.iter().map(|(own, at_least)| (order.iter().map(|&i| own[i]).collect(), *at_least)).collect();
    let largest = (0..p).map(|from| (from..p).map(|i| largest_sums(&sorted, from, i, k)).collect()).collect();
    let mut search = Search {
        s: &sorted,
        k,
        parts: &in_order,
        largest,
        best: f64::NEG_INFINITY,
        best_set: Vec::new(),
        branches: 0,
        most_branches,
    };
    search.begin();
    search.branch(0, &mut Vec::new(), 0.0, 0.0);
    let mut set: Vec<usize> = search.best_set.iter().map(|&i| order[i]).collect();
    set.sort_unstable();
    if set.is_empty() {
        return Err(Error::NoAnswerExists {
            what: format!("short form of {k} items"),
            why: "no set of items covers what is asked for".into(),
            remedy: "Ask for more items, or less coverage.".into(),
        });
    }
    let alpha_of = |set: &[usize]| {
        let (count, trace) = (set.len() as f64, set.iter().map(|&i| s[(i, i)]).sum::<f64>());
        let total: f64 = set.iter().flat_map(|&i| set.iter().map(move |&j| (i, j))).map(|at| s[at]).sum();
        count / (count - 1.0) * (1.0 - trace / total)
    };
    let all: Vec<usize> = (0..p).collect();
    let sum = |a: &[usize], b: &[usize]| -> f64 {
        a.iter().flat_map(|&i| b.iter().map(move |&j| (i, j))).map(|at| s[at]).sum()
    };
    let (whole, part, both) = (sum(&all, &all), sum(&set, &set), sum(&set, &all));
    let (alpha, alpha_of_all) = (alpha_of(&set), alpha_of(&all));
    // the error variance of the short form is part of the whole score too
    let shared = (1.0 - alpha) * part;
    let corrected = (both - shared) / (part * whole).sqrt();
    Ok(ShortForm {
        items: set.iter().map(|&i| names[i].clone()).collect(),
        alpha,
        alpha_of_all,
        with_whole: both / (whole * part).sqrt(),
        with_whole_corrected: Some(corrected).filter(|r| r.is_finite()),
        branches: search.branches,
        is_best: search.branches < most_branches,
    })
}

/// Which items are of each part, and how many of them the form has at least.
type Part = (Vec<bool>, usize);

fn parts_of(names: &[String], k: usize, coverage: &[Coverage]) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    for part in coverage {
        let mut own = vec![false; names.len()];
        for item in &part.items {
            let at = names.iter().position(|name| name == item).ok_or_else(|| Error::UnknownColumn {
                column: item.clone(),
                source_name: "the scale".into(),
                nearest: crate::error::nearest(item, names.iter().map(String::as_str)),
                available: names.to_vec(),
            })?;
            own[at] = true;
        }
        if part.at_least > part.items.len() {
            return Err(Error::BadOption {
                option: "coverage".into(),
                value: part.at_least.to_string(),
                allowed: format!("at most {}, the items of that part", part.items.len()),
            });
        }
        parts.push((own, part.at_least));
    }
    let needed: usize = parts.iter().map(|(_, at_least)| at_least).sum();
    if needed > k {
        return Err(Error::BadOption {
            option: "coverage".into(),
            value: needed.to_string(),
            allowed: format!("at most the {k} items of the short form, all parts together"),
        });
    }
    Ok(parts)
}

/// Sums of the 0 to k - 1 largest covariances of an item with the others from `from` on.
fn largest_sums(s: &DMatrix<f64>, from: usize, item: usize, k: usize) -> Vec<f64> {
    let mut own: Vec<f64> = (from..s.nrows()).filter(|j| *j != item).map(|j| s[(item, j)]).collect();
    own.sort_by(|a, b| b.total_cmp(a));
    let mut sum = 0.0;
    let rest = own.into_iter().chain(std::iter::repeat(0.0)).take(k - 1).map(|covariance| {
        sum += covariance;
        sum
    });
    std::iter::once(0.0).chain(rest).collect()
}

impl Search<'_> {
    /// A set to begin with: the first items that cover what is asked for, exchanged one by one for others as long as that helps.
    fn begin(&mut self) {
        let p = self.s.nrows();
        let mut set: Vec<usize> = Vec::new();
        for (own, at_least) in self.parts {
            let have = set.iter().filter(|&&i| own[i]).count();
            let more: Vec<usize> = (0..p).filter(|i| own[*i] && !set.contains(i)).collect();
            set.extend(more.into_iter().take(at_least.saturating_sub(have)));
        }
        let rest: Vec<usize> = (0..p).filter(|i| !set.contains(i)).collect();
        set.extend(rest.into_iter().take(self.k.saturating_sub(set.len())));
        if set.len() != self.k || !self.covers(&set) {
            return;
        }
        let share = |set: &[usize]| {
            let trace: f64 = set.iter().map(|&i| self.s[(i, i)]).sum();
            let total: f64 =
                set.iter().flat_map(|&i| set.iter().map(move |&j| (i, j))).map(|at| self.s[at]).sum();
            if total > 0.0 { 1.0 - trace / total } else { f64::NEG_INFINITY }
        };
        let mut best = share(&set);
        loop {
            let mut better: Option<(usize, usize)> = None;
            for at in 0..set.len() {
                let own = set[at];
                for item in (0..p).filter(|item| !set.contains(item)).collect::<Vec<_>>() {
                    set[at] = item;
                    let value = share(&set);
                    if value > best + 1e-12 && self.covers(&set) {
                        (best, better) = (value, Some((at, item)));
                    }
                }
                set[at] = own;
            }
            match better {
                Some((at, item)) => set[at] = item,
                None => break,
            }
        }
        if best.is_finite() {
            set.sort_unstable();
            (self.best, self.best_set) = (best, set);
        }
    }

    /// Takes or leaves the items from `from` on; `trace` and `pairs` are of those that were taken.
    fn branch(&mut self, from: usize, taken: &mut Vec<usize>, trace: f64, pairs: f64) {
        self.branches += 1;
        if self.branches >= self.most_branches {
            return;
        }
        if taken.len() == self.k {
            let ratio = pairs / (trace + pairs);
            if trace + pairs > 0.0 && ratio > self.best && self.covers(taken) {
                self.best = ratio;
                self.best_set.clone_from(taken);
            }
            return;
        }
        let left = self.k - taken.len();
        if self.s.nrows() - from < left || !self.can_cover(from, taken, left) {
            return;
        }
        if self.bound(from, taken, trace, pairs, left) <= self.best + 1e-13 {
            return;
        }
        let with: f64 = taken.iter().map(|&i| self.s[(i, from)]).sum();
        taken.push(from);
        self.branch(from + 1, taken, trace + self.s[(from, from)], pairs + 2.0 * with);
        taken.pop();
        self.branch(from + 1, taken, trace, pairs);
    }

    /// The largest share of covariances that a branch can come to.
    fn bound(&self, from: usize, taken: &[usize], trace: f64, pairs: f64, left: usize) -> f64 {
        let p = self.s.nrows();
        let mut gains: Vec<f64> = (from..p)
            .map(|i| {
                let with: f64 = taken.iter().map(|&j| self.s[(i, j)]).sum();
                2.0 * with + self.largest[from][i - from][left - 1]
            })
            .collect();
        gains.sort_by(|a, b| b.total_cmp(a));
        let mut variances: Vec<f64> = (from..p).map(|i| self.s[(i, i)]).collect();
        variances.sort_by(f64::total_cmp);
        let most = pairs + gains.iter().take(left).sum::<f64>();
        let least = trace + variances.iter().take(left).sum::<f64>();
        if most + least > 0.0 { (most / (most + least)).min(1.0) } else { f64::NEG_INFINITY }
    }

    fn covers(&self, taken: &[usize]) -> bool {
        self.parts.iter().all(|(own, at_least)| taken.iter().filter(|&&i| own[i]).count() >= *at_least)
    }

    fn can_cover(&self, from: usize, taken: &[usize], left: usize) -> bool {
        let mut needed = 0;
        for (own, at_least) in self.parts {
            let have = taken.iter().filter(|&&i| own[i]).count();
            let there = (from..own.len()).filter(|&i| own[i]).count();
            if have + there < *at_least {
                return false;
            }
            needed += at_least.saturating_sub(have);
        }
        needed <= left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factor::rotation::search::random_rotation;

    /// The best by looking at every set.
    fn enumerated(s: &DMatrix<f64>, k: usize, allowed: impl Fn(&[usize]) -> bool) -> (f64, Vec<usize>) {
        let p = s.nrows();
        let mut best = (f64::NEG_INFINITY, Vec::new());
        for bits in 0u32..1 << p {
            if bits.count_ones() as usize != k {
                continue;
            }
            let set: Vec<usize> = (0..p).filter(|i| bits & (1 << i) != 0).collect();
            let trace: f64 = set.iter().map(|&i| s[(i, i)]).sum();
            let total: f64 = set.iter().flat_map(|&i| set.iter().map(move |&j| (i, j))).map(|at| s[at]).sum();
            let alpha = k as f64 / (k as f64 - 1.0) * (1.0 - trace / total);
            if total > 0.0 && alpha > best.0 && allowed(&set) {
                best = (alpha, set);
            }
        }
        best
    }

    #[test]
    fn branch_and_bound_finds_what_enumeration_finds() {
        let names: Vec<String> = (0..15).map(|i| format!("i{i}")).collect();
        for seed in 0..12 {
            let a = random_rotation(15, seed, 1).map(|x| x + 0.15);
            let mut s = &a * a.transpose();
            for i in 0..15 {
                s[(i, i)] += 0.2 + 0.1 * (i % 4) as f64;
            }
            let matrix = LabelledMatrix::square(&names, &s);
            for k in [3, 7] {
                let found = short_form(&matrix, k, &[]).unwrap();
                let (alpha, set) = enumerated(&s, k, |_| true);
                assert!(
                    found.is_best && (found.alpha - alpha).abs() < 1e-12,
                    "seed {seed}: {found:?} {set:?}"
                );
                let part = Coverage::new(names[8..].to_vec(), 2);
                let found = short_form(&matrix, k, &[part]).unwrap();
                let (alpha, _) = enumerated(&s, k, |set| set.iter().filter(|i| **i >= 8).count() >= 2);
                assert!((found.alpha - alpha).abs() < 1e-12, "seed {seed}, covered");
            }
        }
    }

    #[test]
    fn what_cannot_be_had_is_refused() {
        let names: Vec<String> = (0..3).map(|i| format!("i{i}")).collect();
        let s = DMatrix::from_fn(3, 3, |i, j| if i == j { 1.0 } else { 0.4 });
        let matrix = LabelledMatrix::square(&names, &s);
        assert!(matches!(short_form(&matrix, 4, &[]), Err(Error::TooFewItems { .. })));
        assert!(matches!(short_form(&matrix, 1, &[]), Err(Error::TooFewItems { .. })));
        let part = |items: &[&str], at_least| Coverage::new(items.iter().copied(), at_least);
        assert!(matches!(short_form(&matrix, 2, &[part(&["i0"], 2)]), Err(Error::BadOption { .. })));
        assert!(matches!(short_form(&matrix, 2, &[part(&["i9"], 1)]), Err(Error::UnknownColumn { .. })));
        let found = short_form(&matrix, 2, &[part(&["i2"], 1)]).unwrap();
        assert!((found.alpha - 2.0 * 0.4 / 1.4).abs() < 1e-12 && found.items.contains(&"i2".to_string()));
    }
}

//! Split-half reliability over all ways to divide a scale in two.
//!
//! With S the covariance (or correlation) matrix, s = 1'S1 its sum and d the signs of a split (+1 in one half, -1 in
//! the other):
//!
//! ```text
//! Flanagan-Rulon  2 (1 - (v_A + v_B) / v) = 1 - d'Sd / s        Rulon (1939); Guttman (1945), lambda 4 when maximal
//! Spearman-Brown  2 r_AB / (1 + r_AB)                            Spearman (1910), Brown (1910)
//! v_A, v_B, c_AB  (s + d'Sd) / 4 +- 1'Sd / 2, (s - d'Sd) / 4
//! ```
//!
//! Halves have equal numbers of items, or differ by one. The mean Flanagan-Rulon coefficient over all splits of an
//! even number of items is alpha (Cronbach 1951). Up to [`MOST_EXHAUSTIVE`] items every split is made; above it
//! [`SAMPLED`] random ones, and the extremes are improved by exchanging pairs of items until none helps.
//!
//! It is longer than others by the examples of its types.

use crate::numeric::random::stream;
use nalgebra::DMatrix;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Most items for which all splits are made (1,352,078 of 24).
pub(super) const MOST_EXHAUSTIVE: usize = 24;
/// Random splits above it.
pub(super) const SAMPLED: usize = 10_000;
/// Random splits whose products are taken together.
const BATCH: usize = 250;
/// Seed of the random splits.
const SEED: u64 = 1;
/// Items whose places are fixed before the work is divided among threads.
const PREFIX: usize = 6;

/// Split-half coefficients of a scale.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{Reliability, ScaleItem, ScaleSummary};
/// use psychometrics::moments::Missing;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let mut summary = ScaleSummary::new(names.map(ScaleItem::new), Missing::Listwise);
/// summary.push(data.numeric(&names)?.view())?;
/// let found = Reliability::of(&summary)?;
/// let split = found.split_half.unwrap();
/// assert_eq!((split.splits, split.exhaustive), (3, true));
/// assert_eq!(format!("{:.3} {:.3} {:.3}", split.max, split.mean, split.min), "0.767 0.760 0.755");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SplitHalf {
    /// The largest Flanagan-Rulon coefficient: Guttman's lambda 4.
    pub max: f64,
    /// The smallest.
    pub min: f64,
    /// Their mean.
    pub mean: f64,
    /// Items of one half of the split with the largest coefficient.
    pub max_half: Vec<String>,
    /// Items of one half of the split with the smallest coefficient.
    pub min_half: Vec<String>,
    /// Spearman-Brown coefficients of the same splits; none when a half of one of them does not vary.
    pub spearman_brown: Option<SplitRange>,
    /// Odd against even items, in the order given.
    pub odd_even: Halves,
    /// The first half against the second.
    pub first_second: Halves,
    /// Splits that were made.
    pub splits: usize,
    /// Whether these are all.
    pub exhaustive: bool,
}

/// Extremes and mean over splits.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{Reliability, ScaleItem, ScaleSummary};
/// use psychometrics::moments::Missing;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let mut summary = ScaleSummary::new(names.map(ScaleItem::new), Missing::Listwise);
/// summary.push(data.numeric(&names)?.view())?;
/// let found = Reliability::of(&summary)?;
/// let range = found.split_half.unwrap().spearman_brown.unwrap();
/// assert_eq!(format!("{:.3} {:.3} {:.3}", range.max, range.mean, range.min), "0.768 0.760 0.755");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SplitRange {
    /// Largest.
    pub max: f64,
    /// Smallest.
    pub min: f64,
    /// Mean.
    pub mean: f64,
}

/// The coefficients of one split.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{Reliability, ScaleItem, ScaleSummary};
/// use psychometrics::moments::Missing;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let mut summary = ScaleSummary::new(names.map(ScaleItem::new), Missing::Listwise);
/// summary.push(data.numeric(&names)?.view())?;
/// let found = Reliability::of(&summary)?;
/// let odd_even = found.split_half.unwrap().odd_even;
/// // 2 r / (1 + r)
/// assert_eq!(format!("{:.3} {:.3}", odd_even.r.unwrap(), odd_even.spearman_brown.unwrap()), "0.606 0.755");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Halves {
    /// Flanagan-Rulon.
    pub flanagan_rulon: f64,
    /// Correlation of the halves; none when one does not vary.
    pub r: Option<f64>,
    /// Spearman-Brown; none when a half does not vary, or r is -1.
    pub spearman_brown: Option<f64>,
}

/// d'Sd and 1'Sd of a split.
#[derive(Debug, Clone, Copy)]
struct Split {
    within: f64,
    across: f64,
}

impl Split {
    fn of(matrix: &DMatrix<f64>, first: impl Fn(usize) -> bool) -> Self {
        let sign = |i| if first(i) { 1.0 } else { -1.0 };
        let k = matrix.nrows();
        let (mut within, mut across) = (0.0, 0.0);
        for j in 0..k {
            for i in 0..k {
                within += sign(i) * sign(j) * matrix[(i, j)];
                across += sign(j) * matrix[(i, j)];
            }
        }
        Self { within, across }
    }

    fn halves(self, sum: f64) -> Halves {
        let common = 0.25 * (sum - self.within);
        let mean = 0.25 * (sum + self.within);
        let (a, b) = (mean + 0.5 * self.across, mean - 0.5 * self.across);
        let r = (a > 0.0 && b > 0.0).then(|| common / (a * b).sqrt());
        Halves {
            flanagan_rulon: 1.0 - self.within / sum,
            r,
            spearman_brown: r.filter(|r| *r > -1.0).map(|r| 2.0 * r / (1.0 + r)),
        }
    }
}

/// What is kept of many splits.
#[derive(Debug, Clone, Copy)]
struct Tally {
    count: usize,
    sum: f64,
    /// Lowest and highest d'Sd with the items of the first half as bits.
    lowest: (f64, u64),
    highest: (f64, u64),
    spearman_brown: Option<(f64, f64, f64)>,
}

impl Tally {
    const EMPTY: Self = Self {
        count: 0,
        sum: 0.0,
        lowest: (f64::INFINITY, 0),
        highest: (f64::NEG_INFINITY, 0),
        spearman_brown: Some((f64::INFINITY, f64::NEG_INFINITY, 0.0)),
    };

    fn add(&mut self, split: Split, half: u64, sum: f64) {
        self.count += 1;
        self.sum += split.within;
        if split.within < self.lowest.0 {
            self.lowest = (split.within, half);
        }
        if split.within > self.highest.0 {
            self.highest = (split.within, half);
        }
        let found = split.halves(sum).spearman_brown;
        let all = self.spearman_brown.zip(found);
        self.spearman_brown = all.map(|((low, high, total), x)| (low.min(x), high.max(x), total + x));
    }

    fn with(self, other: &Self) -> Self {
        let both = self.spearman_brown.zip(other.spearman_brown);
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            lowest: if other.lowest.0 < self.lowest.0 { other.lowest } else { self.lowest },
            highest: if other.highest.0 > self.highest.0 { other.highest } else { self.highest },
            spearman_brown: both.map(|(a, b)| (a.0.min(b.0), a.1.max(b.1), a.2 + b.2)),
        }
    }
}

/// A walk over the splits: items get their half one after another.
struct Walk<'a> {
    matrix: &'a DMatrix<f64>,
    rows: &'a [f64],
    total: f64,
    /// Most items of either half.
    sizes: [usize; 2],
    signs: Vec<f64>,
    tally: Tally,
}

impl Walk<'_> {
    /// Puts item `at` in the half of that sign, and what follows from there.
    fn put(&mut self, at: usize, sign: f64, split: Split, half: u64, used: [usize; 2]) {
        let which = usize::from(sign < 0.0);
        if used[which] == self.sizes[which] {
            return;
        }
        let mut used = used;
        used[which] += 1;
        let column = self.matrix.column(at);
        let with: f64 = column.as_slice()[..at].iter().zip(&self.signs).map(|(s, d)| s * d).sum();
        let split = Split {
            within: split.within + 2.0 * sign * with + column[at],
            across: split.across + sign * self.rows[at],
        };
        let half = if which == 0 { half | 1 << at } else { half };
        self.signs[at] = sign;
        if at + 1 == self.signs.len() {
            self.tally.add(split, half, self.total);
        } else {
            self.put(at + 1, 1.0, split, half, used);
            self.put(at + 1, -1.0, split, half, used);
        }
    }
}

impl SplitHalf {
    /// Of a covariance or correlation matrix; none for fewer than two items or a sum of zero.
    pub(super) fn of(names: &[String], matrix: &DMatrix<f64>) -> Option<Self> {
        let (k, sum) = (names.len(), matrix.sum());
        if k < 2 || !(sum > 0.0) {
            return None;
        }
        let exhaustive = k <= MOST_EXHAUSTIVE;
        let halves = |in_first: &dyn Fn(usize) -> bool| Split::of(matrix, in_first).halves(sum);
        let (odd_even, first_second) = (halves(&|i| i % 2 == 0), halves(&|i| i < k.div_ceil(2)));
        let (lowest, highest, tally) = if exhaustive {
            let tally = every_split(matrix, sum);
            let items = |half: u64| (0..k).map(|i| half >> i & 1 == 1).collect();
            ((tally.lowest.0, items(tally.lowest.1)), (tally.highest.0, items(tally.highest.1)), tally)
        } else {
            sampled(matrix, sum)
        };
        let named = |half: &[bool]| {
            names.iter().zip(half).filter(|(_, first)| **first).map(|(name, _)| name.clone()).collect()
        };
        let count = tally.count as f64;
        Some(Self {
            max: 1.0 - lowest.0 / sum,
            min: 1.0 - highest.0 / sum,
            mean: 1.0 - tally.sum / count / sum,
            max_half: named(&lowest.1),
            min_half: named(&highest.1),
            spearman_brown: tally.spearman_brown.map(|(min, max, total)| SplitRange {
                max,
                min,
                mean: total / count,
            }),
            odd_even,
            first_second,
            splits: tally.count,
            exhaustive,
        })
    }
}

fn every_split(matrix: &DMatrix<f64>, total: f64) -> Tally {
    let k = matrix.nrows();
    let rows: Vec<f64> = matrix.column_sum().iter().copied().collect();
    let sizes = [k.div_ceil(2), k / 2];
    let fixed = PREFIX.min(k - 1);
    // with equal halves the first item is always in the first
    let prefixes: Vec<u64> = (0..1u64 << fixed).filter(|prefix| k % 2 == 1 || prefix & 1 == 1).collect();
    let tallies: Vec<Tally> = prefixes
        .into_par_iter()
        .map(|prefix| {
            let sign = |i: usize| if prefix >> i & 1 == 1 { 1.0 } else { -1.0 };
            let mut used = [0, 0];
            let mut split = Split { within: 0.0, across: 0.0 };
            let mut walk =
                Walk { matrix, rows: &rows, total, sizes, signs: vec![0.0; k], tally: Tally::EMPTY };
            for i in 0..fixed {
                let with: f64 = (0..i).map(|j| matrix[(j, i)] * walk.signs[j]).sum();
                split.within += 2.0 * sign(i) * with + matrix[(i, i)];
                split.across += sign(i) * rows[i];
                walk.signs[i] = sign(i);
                used[usize::from(sign(i) < 0.0)] += 1;
            }
            if used[0] <= sizes[0] && used[1] <= sizes[1] {
                walk.put(fixed, 1.0, split, prefix, used);
                walk.put(fixed, -1.0, split, prefix, used);
            }
            walk.tally
        })
        .collect();
    tallies.iter().fold(Tally::EMPTY, Tally::with)
}

/// A value of d'Sd and the split that has it.
type Extreme = (f64, Vec<bool>);

fn sampled(matrix: &DMatrix<f64>, total: f64) -> (Extreme, Extreme, Tally) {
    let k = matrix.nrows();
    let rows = matrix.column_sum();
    let mut random = stream(SEED, 0);
    let mut order: Vec<usize> = (0..k).collect();
    let mut tally = Tally::EMPTY;
    let mut extremes = [(f64::INFINITY, Vec::new()), (f64::NEG_INFINITY, Vec::new())];
    // many splits in one product
    for start in (0..SAMPLED).step_by(BATCH) {
        let mut signs = DMatrix::from_element(k, BATCH.min(SAMPLED - start), -1.0);
        for mut own in signs.column_iter_mut() {
            order.shuffle(&mut random);
            order[..k / 2].iter().for_each(|i| own[*i] = 1.0);
        }
        let with = matrix * &signs;
        for (own, with) in signs.column_iter().zip(with.column_iter()) {
            let split = Split { within: own.dot(&with), across: own.dot(&rows) };
            tally.add(split, 0, total);
            let first = || own.iter().map(|d| *d > 0.0).collect();
            if split.within < extremes[0].0 {
                extremes[0] = (split.within, first());
            }
            if split.within > extremes[1].0 {
                extremes[1] = (split.within, first());
            }
        }
    }
    let [lowest, highest] = extremes;
    (improved(matrix, lowest, 1.0), improved(matrix, highest, -1.0), tally)
}

/// Exchanges pairs of items as long as that lowers `direction` d'Sd.
fn improved(matrix: &DMatrix<f64>, (mut value, mut first): Extreme, direction: f64) -> Extreme {
    let k = matrix.nrows();
    loop {
        let sign = |i: usize| if first[i] { 1.0 } else { -1.0 };
        let with: Vec<f64> = (0..k).map(|i| (0..k).map(|j| matrix[(j, i)] * sign(j)).sum()).collect();
        let mut best = (-1e-12 * matrix.trace(), None);
        for a in (0..k).filter(|a| first[*a]) {
            for b in (0..k).filter(|b| !first[*b]) {
                // d + e, e = -2 at a and +2 at b
                let change = 4.0 * (with[b] - with[a])
                    + 4.0 * (matrix[(a, a)] + matrix[(b, b)] - 2.0 * matrix[(a, b)]);
                if direction * change < best.0 {
                    best = (direction * change, Some((a, b)));
                }
            }
        }
        let Some((a, b)) = best.1 else { return (value, first) };
        value += direction * best.0;
        first.swap(a, b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    fn names(k: usize) -> Vec<String> {
        (0..k).map(|i| format!("x{i}")).collect()
    }

    /// A positive definite matrix: a factor and unique parts that differ.
    fn matrix(k: usize) -> DMatrix<f64> {
        let loading = |i: usize| 0.4 + 0.05 * ((7 * i) % 11) as f64;
        DMatrix::from_fn(k, k, |i, j| {
            let near = if i / 2 == j / 2 { 0.2 } else { 0.0 };
            loading(i) * loading(j) + near + if i == j { 0.5 } else { 0.0 }
        })
    }

    #[test]
    fn the_mean_over_all_splits_of_an_even_scale_is_alpha() {
        for k in [2, 4, 8, 12] {
            let matrix = matrix(k);
            let found = SplitHalf::of(&names(k), &matrix).unwrap();
            let alpha = k as f64 / (k as f64 - 1.0) * (1.0 - matrix.trace() / matrix.sum());
            assert_relative_eq!(found.mean, alpha, epsilon = 1e-13);
        }
    }

    #[test]
    fn all_splits_are_made_once() {
        for (k, splits) in [(2, 1), (3, 3), (6, 10), (7, 35), (9, 126), (12, 462), (20, 92_378)] {
            let found = SplitHalf::of(&names(k), &matrix(k)).unwrap();
            assert_eq!((found.splits, found.exhaustive), (splits, true), "{k} items");
        }
    }

    #[test]
    fn the_best_half_has_the_coefficient_that_is_told() {
        let matrix = matrix(10);
        let found = SplitHalf::of(&names(10), &matrix).unwrap();
        let value = |half: &[String]| {
            Split::of(&matrix, |i| half.contains(&format!("x{i}"))).halves(matrix.sum()).flanagan_rulon
        };
        assert_relative_eq!(value(&found.max_half), found.max, epsilon = 1e-13);
        assert_relative_eq!(value(&found.min_half), found.min, epsilon = 1e-13);
        assert!(found.min <= found.odd_even.flanagan_rulon && found.odd_even.flanagan_rulon <= found.max);
    }

    #[test]
    fn exchanging_finds_the_best_split_that_enumeration_finds() {
        let matrix = matrix(14);
        let all = SplitHalf::of(&names(14), &matrix).unwrap();
        let (lowest, highest, _) = sampled(&matrix, matrix.sum());
        assert_relative_eq!(1.0 - lowest.0 / matrix.sum(), all.max, epsilon = 1e-12);
        assert_relative_eq!(1.0 - highest.0 / matrix.sum(), all.min, epsilon = 1e-12);
    }

    #[test]
    fn above_the_bound_splits_are_sampled_and_said_so() {
        let found = SplitHalf::of(&names(30), &matrix(30)).unwrap();
        assert_eq!((found.splits, found.exhaustive), (SAMPLED, false));
        assert!(found.min < found.mean && found.mean < found.max);
    }

    proptest! {
        #[test]
        fn spearman_brown_is_not_below_flanagan_rulon(diagonal in prop::collection::vec(0.2..3.0f64, 6)) {
            let mut matrix = matrix(6);
            (0..6).for_each(|i| matrix[(i, i)] += diagonal[i]);
            let found = SplitHalf::of(&names(6), &matrix).unwrap();
            for halves in [found.odd_even, found.first_second] {
                prop_assert!(halves.spearman_brown.unwrap() >= halves.flanagan_rulon - 1e-12);
            }
        }
    }
}

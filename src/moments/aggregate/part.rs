//! What is known of the rows of one group (and cluster).

use super::pairs::PairSums;
use super::pattern::PatternSums;
use super::plan::{AggregatePlan, IncompleteRows};
use serde::{Deserialize, Serialize};

/// Counts and sums of powers of one item, over all rows that answered it, weighted or not.
///
/// ```
/// use ndarray::array;
/// use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, PlannedItem};
///
/// let plan = AggregatePlan::new([PlannedItem::new("a").coded(1, 5)])?;
/// let aggregate = Aggregate::of_rows(&plan, array![[4.0], [5.0], [f64::NAN]].view())?;
/// let sums = &aggregate.parts[0].items[0];
/// assert_eq!((sums.n, sums.missing()), (2, 1));
/// assert_eq!(sums.frequencies, [0, 0, 0, 1, 1]);
/// // about the centre 3: 1 + 2, 1 + 4, 1 + 8, 1 + 16
/// assert_eq!(sums.powers, [3.0, 5.0, 9.0, 17.0]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ItemSums {
    /// Rows with an answer.
    pub n: u64,
    /// Rows with nothing.
    pub empty: u64,
    /// Rows with each code that means "no answer", in the order of the plan.
    pub coded_missing: Vec<u64>,
    /// Rows with an answer that is impossible. They are counted as missing until somebody looks: nothing is fitted beside them.
    pub impossible: u64,
    /// Sums of the first four powers of the deviation of the keyed answer from the centre.
    pub powers: [f64; 4],
    /// Lowest keyed answer; none without answers.
    pub lowest: Option<f64>,
    /// Highest keyed answer.
    pub highest: Option<f64>,
    /// How often each code was given, in ascending order of the keyed code; empty where the plan has no codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frequencies: Vec<u64>,
}

impl ItemSums {
    pub(crate) fn new(missing_codes: usize, codes: usize) -> Self {
        Self { coded_missing: vec![0; missing_codes], frequencies: vec![0; codes], ..Self::default() }
    }

    /// Adds an answer.
    #[inline]
    pub(crate) fn add(&mut self, keyed: f64, deviation: f64) {
        self.n += 1;
        let mut power = 1.0;
        for sum in &mut self.powers {
            power *= deviation;
            *sum += power;
        }
        self.lowest = Some(self.lowest.map_or(keyed, |low| low.min(keyed)));
        self.highest = Some(self.highest.map_or(keyed, |high| high.max(keyed)));
    }

    /// Rows without an answer.
    pub fn missing(&self) -> u64 {
        self.empty + self.coded_missing.iter().sum::<u64>() + self.impossible
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.empty += other.empty;
        self.impossible += other.impossible;
        let add = |mine: &mut [u64], theirs: &[u64]| mine.iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
        add(&mut self.coded_missing, &other.coded_missing);
        add(&mut self.frequencies, &other.frequencies);
        self.powers.iter_mut().zip(&other.powers).for_each(|(a, b)| *a += b);
        let of = |a: Option<f64>, b: Option<f64>, pick: fn(f64, f64) -> f64| match (a, b) {
            (Some(a), Some(b)) => Some(pick(a, b)),
            (a, b) => a.or(b),
        };
        self.lowest = of(self.lowest, other.lowest, f64::min);
        self.highest = of(self.highest, other.highest, f64::max);
    }

    /// The same about another centre, `e` being the old one less the new one.
    pub(crate) fn shift(&mut self, e: f64) {
        let [a, b, c, d] = self.powers;
        let n = self.n as f64;
        self.powers = [
            a + n * e,
            b + 2.0 * e * a + n * e * e,
            c + 3.0 * e * b + 3.0 * e * e * a + n * e.powi(3),
            d + 4.0 * e * c + 6.0 * e * e * b + 4.0 * e.powi(3) * a + n * e.powi(4),
        ];
    }
}

/// The rows of one group and cluster.
///
/// ```
/// use ndarray::array;
/// use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, PlannedItem};
///
/// let plan = AggregatePlan::new(["a", "b"].map(|name| PlannedItem::new(name).coded(1, 5)))?;
/// let aggregate = Aggregate::of_rows(&plan, array![[4.0, 2.0], [5.0, f64::NAN], [f64::NAN, f64::NAN]].view())?;
/// let part = &aggregate.parts[0];
/// assert_eq!((part.rows, part.complete_rows(), part.answered_rows()), (3, 1, 2));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Part {
    /// The group; none where the plan has no groups, and of rows without one.
    #[serde(default)]
    pub group: Option<String>,
    /// The cluster; none where the plan has no clusters, and of rows without one.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Rows, whatever they answered.
    pub rows: u64,
    /// Rows whose sampling weight is missing, zero or negative: they are in no sum.
    #[serde(default)]
    pub unweighted: u64,
    /// Of each item.
    pub items: Vec<ItemSums>,
    /// Sums by pattern of missing answers, in descending order of the pattern (complete rows first); of complete rows only where
    /// the plan keeps incomplete rows by pair or not at all. Rows without any answer are in none.
    pub patterns: Vec<PatternSums>,
    /// Sums of incomplete rows by pair, where the plan keeps those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs: Option<PairSums>,
    /// The two-way table of each pair of items i < j, row by row: cells by rows of the first item's keyed codes, a last row and
    /// column for missing answers. Empty where the plan has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Vec<u64>>,
}

impl Part {
    /// Of no rows yet.
    pub(crate) fn new(plan: &AggregatePlan, group: Option<String>, cluster: Option<String>) -> Self {
        let items = plan.items.iter().map(|item| ItemSums::new(item.missing_codes.len(), item.codes.len()));
        let p = plan.items.len();
        let size = |i: usize| plan.items[i].codes.len() + 1;
        let tables = match plan.has_tables() {
            true => plan.pairs().map(|(i, j)| vec![0; size(i) * size(j)]).collect(),
            false => Vec::new(),
        };
        let pairs = (plan.incomplete == IncompleteRows::Pairs).then(|| PairSums::new(p));
        Self {
            group,
            cluster,
            rows: 0,
            unweighted: 0,
            items: items.collect(),
            patterns: Vec::new(),
            pairs,
            tables,
        }
    }

    /// The sums of a pattern, made where there are none yet.
    pub(crate) fn pattern(&mut self, answered: &str) -> &mut PatternSums {
        // descending, so that complete rows come first
        let at = self.patterns.binary_search_by(|own| answered.cmp(own.answered.as_str()));
        let at = at.unwrap_or_else(|at| {
            self.patterns.insert(at, PatternSums::new(answered.into()));
            at
        });
        &mut self.patterns[at]
    }

    /// Takes in other rows of the same group and cluster, about the same centres.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.unweighted += other.unweighted;
        self.items.iter_mut().zip(&other.items).for_each(|(mine, theirs)| mine.merge(theirs));
        self.patterns = joined(std::mem::take(&mut self.patterns), &other.patterns);
        if let (Some(mine), Some(theirs)) = (&mut self.pairs, &other.pairs) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.tables.iter_mut().zip(&other.tables) {
            mine.iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
        }
    }

    /// The same about other centres, `by` being the old centre less the new one.
    pub(crate) fn shift(&mut self, by: &[f64]) {
        self.items.iter_mut().zip(by).for_each(|(item, e)| item.shift(*e));
        self.patterns.iter_mut().for_each(|pattern| pattern.shift(by));
        if let Some(pairs) = &mut self.pairs {
            pairs.shift(by);
        }
    }

    /// Rows with every answer.
    pub fn complete_rows(&self) -> u64 {
        self.patterns.first().filter(|first| first.is_complete()).map_or(0, |first| first.n)
    }

    /// Rows that are in a sum: with any answer, where the plan keeps incomplete rows.
    pub fn answered_rows(&self) -> u64 {
        let by_pair = self.pairs.as_ref().map_or(0, |pairs| pairs.rows);
        self.patterns.iter().map(|pattern| pattern.n).sum::<u64>() + by_pair
    }
}

/// Two lists of patterns in descending order as one.
fn joined(mine: Vec<PatternSums>, theirs: &[PatternSums]) -> Vec<PatternSums> {
    let mut all = Vec::with_capacity(mine.len().max(theirs.len()));
    let mut theirs = theirs.iter().peekable();
    for mut own in mine {
        while let Some(before) = theirs.next_if(|other| other.answered > own.answered) {
            all.push(before.clone());
        }
        if let Some(same) = theirs.next_if(|other| other.answered == own.answered) {
            own.merge(same);
        }
        all.push(own);
    }
    all.extend(theirs.cloned());
    all
}

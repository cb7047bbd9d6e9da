//! What is summed: the items with their codes and keys, the centre their sums are taken about, groups, and what becomes of
//! incomplete rows. Two aggregates can be merged where their plans say the same; the SQL of a plan is written from it.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// The largest number of codes that an item of a two-way table may have.
pub(crate) const MOST_CODES: usize = 100;

/// What is kept of rows with missing answers.
///
/// ```
/// use psychometrics::moments::aggregate::IncompleteRows;
/// assert_eq!("patterns".parse(), Ok(IncompleteRows::Patterns));
/// assert_eq!(IncompleteRows::Pairs.to_string(), "pairs");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IncompleteRows {
    /// Sums for each pattern of missing answers: everything that rows allow (complete rows of any of the items, pairs, full
    /// information). There are as many patterns as the data have, at most one a row.
    #[default]
    Patterns,
    /// Sums for each pair of items over the incomplete rows that have both: as large as the items make it, whatever the data.
    /// Complete rows are those with an answer to all items.
    Pairs,
    /// Nothing: they are counted.
    Dropped,
}

/// Whether two-way tables are counted.
///
/// ```
/// use ndarray::array;
/// use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, PlannedItem, TwoWay};
///
/// let plan = AggregatePlan::new(["a", "b"].map(|name| PlannedItem::new(name).coded(1, 2)))?;
/// assert_eq!(plan.two_way, TwoWay::Left);
/// let plan = plan.with_tables()?;
/// assert_eq!(plan.two_way, TwoWay::Counted);
/// let aggregate = Aggregate::of_rows(&plan, array![[1.0, 1.0], [1.0, 2.0], [2.0, f64::NAN]].view())?;
/// // 1, 2 and missing, by the same
/// assert_eq!(aggregate.parts[0].tables[0].as_slice(), [1, 1, 0, 0, 0, 1, 0, 0, 0]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TwoWay {
    /// They are not.
    #[default]
    Left,
    /// Of every pair of items, with a row and a column for missing answers.
    Counted,
}

/// An item that is summed.
///
/// ```
/// use psychometrics::moments::aggregate::PlannedItem;
///
/// let item = PlannedItem::new("q1").coded(1, 5).missing([9.0]).reversed();
/// assert_eq!((item.centre, item.range, item.reversed), (3.0, Some((1.0, 5.0)), true));
/// assert_eq!(item.codes.len(), 5);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PlannedItem {
    /// Its name.
    pub name: String,
    /// Its column, where that has another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What its keyed answers are taken about. A whole number keeps sums of whole numbers exact.
    pub centre: f64,
    /// The codes that may be given, ascending, as they stand in the data; empty where any number may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<f64>,
    /// Lowest and highest answer that may be given, as they stand in the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<(f64, f64)>,
    /// Codes that mean "no answer".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_codes: Vec<f64>,
    /// Whether the answer x counts as low + high - x (without a range: as -x).
    #[serde(default)]
    pub reversed: bool,
}

impl PlannedItem {
    /// An item of any numbers, about 0.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            name,
            column: None,
            centre: 0.0,
            codes: Vec::new(),
            range: None,
            missing_codes: Vec::new(),
            reversed: false,
        }
    }

    /// The same with answers in a column of another name.
    #[must_use]
    pub fn in_column(self, column: impl Into<String>) -> Self {
        Self { column: Some(column.into()), ..self }
    }

    /// The column of its answers.
    pub fn column_name(&self) -> &str {
        self.column.as_deref().unwrap_or(&self.name)
    }

    /// The same with sums about another number.
    #[must_use]
    pub fn about(self, centre: f64) -> Self {
        Self { centre, ..self }
    }

    /// The same with whole numbers from `low` to `high` as its codes, about the middle one.
    #[must_use]
    pub fn coded(self, low: i64, high: i64) -> Self {
        self.with_codes((low..=high).map(|code| code as f64).collect())
    }

    /// The same with these codes, about the whole number in their middle.
    pub(crate) fn with_codes(mut self, mut codes: Vec<f64>) -> Self {
        codes.sort_by(f64::total_cmp);
        self.range = codes.first().copied().zip(codes.last().copied());
        self.codes = codes;
        self.centre = self.middle();
        self
    }

    /// The same with answers from `low` to `high`, about the whole number in the middle.
    #[must_use]
    pub fn ranging(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self.centre = self.middle();
        self
    }

    /// The same with codes that mean "no answer".
    #[must_use]
    pub fn missing(self, codes: impl IntoIterator<Item = f64>) -> Self {
        Self { missing_codes: codes.into_iter().collect(), ..self }
    }

    /// The same with reversed answers.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.reversed = true;
        self.centre = self.middle();
        self
    }

    fn middle(&self) -> f64 {
        self.range.map_or(self.centre, |(low, high)| (0.5 * (low + high)).floor())
    }

    /// Constant and factor of the deviation from the centre: constant + factor x.
    pub(crate) fn keying(&self) -> (f64, f64) {
        match (self.reversed, self.range) {
            (false, _) => (-self.centre, 1.0),
            (true, Some((low, high))) => (low + high - self.centre, -1.0),
            (true, None) => (-self.centre, -1.0),
        }
    }

    /// The keyed codes, ascending.
    pub(crate) fn keyed_codes(&self) -> Vec<f64> {
        let (constant, factor) = self.keying();
        let mut keyed: Vec<f64> = self.codes.iter().map(|x| constant + self.centre + factor * x).collect();
        keyed.sort_by(f64::total_cmp);
        keyed
    }

    /// Whether an answer as it stands in the data may be given.
    pub(crate) fn allows(&self, x: f64) -> bool {
        if !self.codes.is_empty() {
            return self.codes.binary_search_by(|code| code.total_cmp(&(x + 0.0))).is_ok();
        }
        self.range.is_none_or(|(low, high)| (low..=high).contains(&x))
    }

    /// Whether its sums are of whole numbers.
    pub(crate) fn is_whole(&self) -> bool {
        !self.codes.is_empty() && self.codes.iter().chain([&self.centre]).all(|x| x.fract() == 0.0)
    }
}

/// What is summed of which rows.
///
/// ```
/// use psychometrics::moments::aggregate::{AggregatePlan, PlannedItem};
///
/// let plan = AggregatePlan::new((1..=3).map(|i| PlannedItem::new(format!("q{i}")).coded(1, 5)))?.by_group("country");
/// assert_eq!(plan.items[0].centre, 3.0);
/// assert_eq!(plan.fingerprint().len(), 16);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AggregatePlan {
    /// The items, in order.
    pub items: Vec<PlannedItem>,
    /// The column that tells the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The column that tells the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The column of sampling weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// What is kept of rows with missing answers.
    #[serde(default)]
    pub incomplete: IncompleteRows,
    /// Whether two-way tables are counted.
    #[serde(default)]
    pub two_way: TwoWay,
}

impl AggregatePlan {
    /// All rows of some items together, by pattern of missing answers.
    ///
    /// # Errors
    /// [`Error::BadPlan`] without items, with a name twice, codes that are more than 100, no finite numbers, or also mean "no
    /// answer", and a range the wrong way round.
    pub fn new(items: impl IntoIterator<Item = PlannedItem>) -> Result<Self> {
        let items = items.into_iter().collect();
        let (incomplete, two_way) = (IncompleteRows::default(), TwoWay::default());
        let plan = Self { items, group: None, cluster: None, weights: None, incomplete, two_way };
        plan.check()?;
        Ok(plan)
    }

    /// The same for each group of a variable.
    #[must_use]
    pub fn by_group(self, variable: impl Into<String>) -> Self {
        Self { group: Some(variable.into()), ..self }
    }

    /// The same for each cluster of a variable (and group).
    #[must_use]
    pub fn by_cluster(self, variable: impl Into<String>) -> Self {
        Self { cluster: Some(variable.into()), ..self }
    }

    /// The same with sums weighted by a variable.
    #[must_use]
    pub fn weighted_by(self, variable: impl Into<String>) -> Self {
        Self { weights: Some(variable.into()), ..self }
    }

    /// The same with something else kept of incomplete rows.
    #[must_use]
    pub fn incomplete(self, incomplete: IncompleteRows) -> Self {
        Self { incomplete, ..self }
    }

    /// The same with two-way tables.
    ///
    /// # Errors
    /// [`Error::BadPlan`] for an item without codes, and with sampling weights.
    pub fn with_tables(mut self) -> Result<Self> {
        self.two_way = TwoWay::Counted;
        self.check()?;
        Ok(self)
    }

    /// Names of the items.
    pub fn names(&self) -> Vec<String> {
        self.items.iter().map(|item| item.name.clone()).collect()
    }

    /// Whether sampling weights multiply what is summed.
    pub(crate) fn is_weighted(&self) -> bool {
        self.weights.is_some()
    }

    pub(crate) fn has_tables(&self) -> bool {
        self.two_way == TwoWay::Counted
    }

    /// Pairs of items i < j, row by row.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let p = self.items.len();
        (0..p).flat_map(move |i| (i + 1..p).map(move |j| (i, j)))
    }

    /// Checks that what it says can be done.
    pub(crate) fn check(&self) -> Result<()> {
        let bad = |item: &str, problem: String, remedy: &str| {
            Err(Error::BadPlan { item: item.into(), problem, remedy: remedy.into() })
        };
        if self.items.is_empty() {
            return bad(
                "the plan",
                "has no items".into(),
                "Name the columns of the answers (--columns a,b,c).",
            );
        }
        for (i, item) in self.items.iter().enumerate() {
            let name = &item.name;
            if self.items[..i].iter().any(|other| other.name == *name) {
                return bad(name, "is named twice".into(), "Name every column once.");
            }
            let used = [("group", &self.group), ("cluster", &self.cluster), ("weights", &self.weights)];
            if let Some((role, _)) =
                used.iter().find(|(_, column)| column.as_deref() == Some(item.column_name()))
            {
                return bad(name, format!("is also the column of the {role}"), "Leave it out of the items.");
            }
            let numbers = item.codes.iter().chain(&item.missing_codes).chain([&item.centre]);
            if let Some(x) =
                numbers.chain(item.range.iter().flat_map(|(a, b)| [a, b])).find(|x| !x.is_finite())
            {
                return bad(
                    name,
                    format!("has {x} as a code, centre or end of its range"),
                    "Give finite numbers.",
                );
            }
            if item.codes.len() > MOST_CODES {
                let found = item.codes.len();
                return bad(
                    name,
                    format!("has {found} codes where at most {MOST_CODES} are counted"),
                    "Give its range.",
                );
            }
            if item.codes.windows(2).any(|two| two[0] >= two[1]) {
                return bad(name, "has codes that do not ascend".into(), "Name each code once, ascending.");
            }
            if let Some((low, high)) = item.range
                && low >= high
            {
                return bad(
                    name,
                    format!("has a range from {low} to {high}"),
                    "The range goes from its lowest answer up.",
                );
            }
            if let Some(code) = item.missing_codes.iter().find(|code| item.codes.contains(code)) {
                return bad(
                    name,
                    format!("has {code} both as an answer and as missing"),
                    "A code has one meaning.",
                );
            }
            if self.has_tables() && item.codes.is_empty() {
                let remedy = "Say which whole numbers may be answered (--scale 1..5), or leave the two-way tables out.";
                return bad(name, "has no list of codes, which two-way tables need".into(), remedy);
            }
        }
        if self.has_tables() && self.is_weighted() {
            let remedy = "Leave the tables or the weights out: weighted polychorics need the rows.";
            return bad("the plan", "has two-way tables and sampling weights".into(), remedy);
        }
        Ok(())
    }

    /// Sixteen digits that two plans share only where they say the same: SHA-256 of the plan as JSON.
    pub fn fingerprint(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// What another plan says otherwise, but for centres, which can be moved.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        let (mine, theirs) = (self.names(), other.names());
        if mine != theirs {
            let lacking = mine.iter().find(|name| !theirs.contains(name));
            let further = theirs.iter().find(|name| !mine.contains(name));
            return Some(match (lacking, further) {
                (Some(name), _) => format!("it lacks the item '{name}'"),
                (_, Some(name)) => format!("it has the further item '{name}'"),
                _ => "its items stand in another order".into(),
            });
        }
        for (mine, theirs) in self.items.iter().zip(&other.items) {
            // columns may be called otherwise in another table
            let theirs = PlannedItem { centre: mine.centre, column: mine.column.clone(), ..theirs.clone() };
            if theirs != *mine {
                return Some(format!("item '{}' has other codes, range, missing codes or key", mine.name));
            }
        }
        let columns = [
            ("group", &self.group, &other.group),
            ("cluster", &self.cluster, &other.cluster),
            ("weights", &self.weights, &other.weights),
        ];
        let named = |column: &Option<String>| column.clone().map_or("none".into(), |own| format!("'{own}'"));
        if let Some((role, mine, theirs)) = columns.into_iter().find(|(_, mine, theirs)| mine != theirs) {
            return Some(format!("its {role} is {} and not {}", named(theirs), named(mine)));
        }
        if self.incomplete != other.incomplete {
            return Some(format!(
                "it keeps incomplete rows as {} and not {}",
                other.incomplete, self.incomplete
            ));
        }
        (self.two_way != other.two_way).then(|| {
            let own = if other.has_tables() { "has" } else { "lacks" };
            format!("it {own} two-way tables")
        })
    }
}

impl IncompleteRows {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Patterns, Self::Pairs, Self::Dropped];
}

impl fmt::Display for IncompleteRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Patterns => "patterns",
            Self::Pairs => "pairs",
            Self::Dropped => "dropped",
        })
    }
}

impl std::str::FromStr for IncompleteRows {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        crate::error::chosen("treatment of incomplete rows", Self::ALL, text)
    }
}

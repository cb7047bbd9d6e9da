//! The value: parts under a plan, merged with those of other rows, stored as a document with a version.

use super::part::Part;
use super::plan::AggregatePlan;
use super::rows::{Adding, Answer, PartKey};
use crate::data::Rows;
use crate::error::{Error, Result};
use serde::{Deserialize, Deserializer, Serialize, de};
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

/// What the document of an aggregate calls itself.
pub const SCHEMA: &str = "psychometrics.moments/1";

/// Sufficient statistics of answers, by group and cluster.
///
/// Sums run over keyed answers less the item's centre c:
///
/// ```text
/// S_i = sum w d_i,   P_ij = sum w d_i d_j,   d_i = x_i - c_i  (reversed: low + high - x_i - c_i)
/// mean_i = c_i + S_i / W,   sum of products about the means = P_ij - S_i S_j / W
/// ```
///
/// for each pattern of missing answers. Of whole numbers without weights all of these are whole, and exact below 2^53
/// ([`is_exact`](Self::is_exact)).
///
/// ```
/// use ndarray::array;
/// use psychometrics::moments::{Divisor, Missing};
/// use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, PlannedItem};
///
/// let plan = AggregatePlan::new(["x", "y"].map(|name| PlannedItem::new(name).coded(1, 5)))?;
/// let one = Aggregate::of_rows(&plan, array![[1.0, 2.0], [2.0, 4.0]].view())?;
/// let other = Aggregate::of_rows(&plan, array![[3.0, 5.0], [f64::NAN, 5.0]].view())?;
/// let all = Aggregate::merged([one, other])?;
/// assert_eq!((all.rows(), all.parts[0].complete_rows()), (4, 3));
/// let moments = all.moments(None, &["x", "y"], Missing::Listwise)?;
/// assert_eq!(moments.covariance(Divisor::NMinusOne)?.get("x", "y"), Some(1.5));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Aggregate {
    /// `psychometrics.moments/1`.
    pub schema: String,
    /// What is summed.
    pub plan: AggregatePlan,
    /// What it was made from: a fingerprint of each part that was merged, so that nothing is merged twice.
    pub sources: Vec<String>,
    /// The rows of each group and cluster; groups in ascending order (as numbers where they are numbers), rows without one last.
    pub parts: Vec<Part>,
}

/// What is stored, before it is looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    schema: String,
    plan: AggregatePlan,
    sources: Vec<String>,
    parts: Vec<Part>,
}

impl<'de> Deserialize<'de> for Aggregate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let Stored { schema, plan, sources, parts } = Stored::deserialize(deserializer)?;
        if schema != SCHEMA {
            return Err(de::Error::custom(format!("its version is '{schema}' and not '{SCHEMA}'")));
        }
        let own = Self { schema, plan, sources, parts };
        own.check().map_err(de::Error::custom)?;
        Ok(own)
    }
}

impl Aggregate {
    /// Of parts, in any order; a group and cluster that occurs twice is added up.
    pub(crate) fn of_parts(plan: AggregatePlan, parts: Vec<Part>) -> Self {
        let mut by_key: BTreeMap<PartKey, Part> = BTreeMap::new();
        for part in parts {
            let key = (part.group.clone(), part.cluster.clone());
            match by_key.get_mut(&key) {
                Some(own) => own.merge(&part),
                None => drop(by_key.insert(key, part)),
            }
        }
        let mut parts: Vec<Part> = by_key.into_values().collect();
        parts.sort_by(|a, b| ordered(&a.group, &b.group).then_with(|| ordered(&a.cluster, &b.cluster)));
        let mut own = Self { schema: SCHEMA.into(), plan, sources: Vec::new(), parts };
        own.sources.push(own.digest());
        own
    }

    /// Of rows in memory, without groups: one column an item, NaN where an answer is missing. What the plan calls a missing code is
    /// one, what it does not allow is counted as impossible.
    ///
    /// # Errors
    /// [`Error::WrongSize`] where there is not one column an item, [`Error::NotFinite`] at an infinite value, [`Error::BadPlan`]
    /// for a plan with groups, clusters or weights, whose columns are read from a file ([`Aggregate::read`]).
    pub fn of_rows<'r>(plan: &AggregatePlan, rows: impl Into<Rows<'r>>) -> Result<Self> {
        let rows = rows.into();
        let rows = rows.view();
        plan.check()?;
        if let Some(column) = [&plan.group, &plan.cluster, &plan.weights].into_iter().flatten().next() {
            return Err(Error::BadPlan {
                item: column.clone(),
                problem: "is a column beside the answers, which rows of numbers do not have".into(),
                remedy: "Read the file (Aggregate::read), or aggregate each group by itself.".into(),
            });
        }
        let p = plan.items.len();
        if rows.ncols() != p {
            let what = "columns of the rows".into();
            return Err(Error::WrongSize { what, found: rows.ncols(), expected: p });
        }
        let mut adding = Adding::new(plan);
        let mut answers = vec![Answer::Empty; p];
        for (row, values) in rows.outer_iter().enumerate() {
            for (i, (answer, &x)) in answers.iter_mut().zip(values).enumerate() {
                let item = &plan.items[i];
                if x.is_infinite() {
                    let what = format!("row {}, column '{}'", row + 1, item.name);
                    return Err(Error::NotFinite { what });
                }
                *answer = match item.missing_codes.iter().position(|code| *code == x) {
                    _ if x.is_nan() => Answer::Empty,
                    Some(code) => Answer::Coded(code),
                    None if item.allows(x) => Answer::Given(x),
                    None => Answer::Impossible,
                };
            }
            adding.add(&(None, None), &answers, Some(1.0));
        }
        Ok(Self::of_parts(plan.clone(), adding.into_parts()))
    }

    /// Takes in the aggregate of other rows. Centres that differ are moved to those of this one. Whole sums are the same in
    /// whatever order parts are merged; others to rounding.
    ///
    /// # Errors
    /// [`Error::BadAggregate`] where the plans differ, or both were made from the same part.
    pub fn merge(&mut self, mut other: Self) -> Result<()> {
        if let Some(difference) = self.plan.difference(&other.plan) {
            return Err(Error::BadAggregate {
                place: "the aggregates".into(),
                problem: format!("one is of something else: {difference}"),
                remedy: "Merge aggregates of one plan: the same items, codes, keys, groups and treatment of incomplete rows."
                    .into(),
            });
        }
        if let Some(twice) = self.sources.iter().find(|source| other.sources.contains(source)) {
            return Err(Error::BadAggregate {
                place: "the aggregates".into(),
                problem: format!("the same part ({twice}) is in two of them"),
                remedy: "Name every part once; two parts of the data do not have the same sums throughout."
                    .into(),
            });
        }
        let by: Vec<f64> =
            self.plan.items.iter().zip(&other.plan.items).map(|(a, b)| b.centre - a.centre).collect();
        if by.iter().any(|e| *e != 0.0) {
            other.parts.iter_mut().for_each(|part| part.shift(&by));
        }
        let mut sources = std::mem::take(&mut self.sources);
        sources.append(&mut other.sources);
        sources.sort();
        let parts = std::mem::take(&mut self.parts).into_iter().chain(other.parts).collect();
        *self = Self { sources, ..Self::of_parts(self.plan.clone(), parts) };
        self.check().map_err(|problem| Error::BadAggregate {
            place: "the aggregates together".into(),
            problem,
            remedy: "Look for a part whose numbers are not those of answers.".into(),
        })
    }

    /// Several as one.
    ///
    /// # Errors
    /// As [`merge`](Self::merge); [`Error::BadAggregate`] without any.
    pub fn merged(all: impl IntoIterator<Item = Self>) -> Result<Self> {
        let mut all = all.into_iter();
        let Some(mut first) = all.next() else {
            return Err(Error::BadAggregate {
                place: "the aggregates".into(),
                problem: "there are none".into(),
                remedy: "Name at least one file.".into(),
            });
        };
        for other in all {
            first.merge(other)?;
        }
        Ok(first)
    }

    /// Rows of all groups, those without a group included.
    pub fn rows(&self) -> u64 {
        self.parts.iter().map(|part| part.rows).sum()
    }

    /// Values of the group, in order; empty where the plan has no groups. Rows without a group have none.
    pub fn groups(&self) -> Vec<String> {
        let mut groups: Vec<String> = self.parts.iter().filter_map(|part| part.group.clone()).collect();
        groups.dedup();
        groups
    }

    /// What tells it from other aggregates: SHA-256 of its plan and numbers, 16 digits of it.
    fn digest(&self) -> String {
        let text = serde_json::to_string(&(&self.plan, &self.parts)).unwrap_or_default();
        Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// As a document of the version `psychometrics.moments/1`.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::BadAggregate {
            place: "the aggregate".into(),
            problem: error.to_string(),
            remedy: "Report it: this is a fault of the library.".into(),
        })
    }

    /// From such a document.
    ///
    /// # Errors
    /// [`Error::BadAggregate`] for another version, counts that contradict each other, negative ones, and sums that are no
    /// numbers.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Error::BadAggregate {
            place: "the aggregate".into(),
            problem: error.to_string(),
            remedy: "Make it again with 'moments' or 'merge', of this version.".into(),
        })
    }
}

/// Numbers by value, texts by their letters, none last.
fn ordered(a: &Option<String>, b: &Option<String>) -> Ordering {
    let (Some(x), Some(y)) = (a, b) else { return a.is_none().cmp(&b.is_none()) };
    match (x.parse::<f64>(), y.parse::<f64>()) {
        (Ok(x), Ok(y)) => x.total_cmp(&y),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => x.cmp(y),
    }
}

impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items = self.plan.items.len();
        let patterns: usize = self.parts.iter().map(|part| part.patterns.len()).sum();
        writeln!(f, "{} rows, {items} items, {} part(s) of the data", self.rows(), self.sources.len())?;
        if let Some(group) = &self.plan.group {
            writeln!(f, "{} groups of '{group}'", self.groups().len())?;
        }
        if self.plan.cluster.is_some() {
            writeln!(f, "{} clusters", self.parts.len())?;
        }
        let complete: u64 = self.parts.iter().map(Part::complete_rows).sum();
        write!(f, "{complete} rows with all answers, {patterns} pattern(s) of missing answers kept")
    }
}

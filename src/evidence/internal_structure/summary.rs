//! What one pass over the answers to a scale's items has to collect: each item's distribution, and
//! the moments of the items and of the total score.
//!
//! The total of a respondent is the mean of the items that he or she answered, after keying; a
//! reversed item is scored `low + high - x` with the *declared* range of its answers. The size of a
//! summary does not depend on the number of rows, except by full information, which needs them, and
//! below as many rows as items where these are more than 500; two summaries can be merged.

use super::full_information::FullInformation;
use super::scale_moments::ScaleMoments;
#[cfg(feature = "files")]
use crate::data::CsvSource;
use crate::data::Rows;
use crate::error::{Error, Result, Warning};
use crate::moments::aggregate::Aggregate;
use crate::moments::{Distribution, Missing, Moments, RowsUsed};
use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

/// Rows that are keyed together before they go to the moments.
const BATCH: usize = 1024;

/// Name of the total score among the moments; no column can be called so.
const TOTAL: &str = "(total)";

/// Which way an item points.
///
/// ```
/// use psychometrics::evidence::internal_structure::Key;
/// assert_eq!("reversed".parse(), Ok(Key::Reversed));
/// assert_eq!(Key::Reversed.to_string(), "reversed");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Key {
    /// A high answer means much of it.
    Forward,
    /// A high answer means little of it: the answer is turned around.
    Reversed,
}

/// An item of a scale: its name, which way it points, and the range of its answers.
///
/// ```
/// use psychometrics::evidence::internal_structure::{Key, ScaleItem, ScaleSummary};
/// use psychometrics::moments::Missing;
///
/// let item = ScaleItem::new("q1").ranging(1.0, 5.0).keyed(Key::Reversed);
/// let mut summary = ScaleSummary::new([item], Missing::Listwise);
/// summary.push(ndarray::array![[2.0], [1.0]].view())?;
/// // 6 - 2 and 6 - 1
/// assert_eq!(summary.total_mean(), Some(4.5));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScaleItem {
    /// Name, as in the data.
    pub name: String,
    /// Which way it points.
    pub key: Key,
    /// Lowest and highest possible answer, when declared.
    pub range: Option<(f64, f64)>,
}

impl ScaleItem {
    /// An item that points forward, without a declared range.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), key: Key::Forward, range: None }
    }

    /// The same item with that key.
    pub fn keyed(self, key: Key) -> Self {
        Self { key, ..self }
    }

    /// The same item with answers from `low` to `high`.
    pub fn ranging(self, low: f64, high: f64) -> Self {
        Self { range: Some((low, high)), ..self }
    }

    /// Answers of the items, respondents x items, keyed.
    pub(crate) fn keyed_rows(items: &[ScaleItem], rows: ArrayView2<f64>) -> Array2<f64> {
        let keying: Vec<(f64, f64)> = items.iter().map(Self::keying).collect();
        let mut keyed = rows.to_owned();
        for mut row in keyed.outer_iter_mut() {
            row.iter_mut().zip(&keying).for_each(|(x, (constant, factor))| *x = constant + factor * *x);
        }
        keyed
    }

    /// Constant and factor of the keyed answer: forward x, reversed low + high - x, or -x when
    /// there is no range.
    fn keying(&self) -> (f64, f64) {
        match (self.key, self.range) {
            (Key::Forward, _) => (0.0, 1.0),
            (Key::Reversed, Some((low, high))) => (low + high, -1.0),
            (Key::Reversed, None) => (0.0, -1.0),
        }
    }
}

/// The answers to the items of one scale, summed up in one pass; mergeable.
///
/// ```
/// use ndarray::array;
/// use psychometrics::evidence::internal_structure::{Key, ScaleItem, ScaleSummary};
/// use psychometrics::moments::Missing;
///
/// let items = [
///     ScaleItem::new("kn_1").ranging(1.0, 5.0),
///     ScaleItem::new("kn_2").ranging(1.0, 5.0).keyed(Key::Reversed),
/// ];
/// let mut summary = ScaleSummary::new(items, Missing::Pairwise);
/// summary.push(array![[4.0, 2.0], [5.0, 1.0], [3.0, f64::NAN]].view())?;
/// assert_eq!(summary.distributions()[1].mean(), Some(4.5)); // of 6 - 2 and 6 - 1
/// assert_eq!(summary.total_mean(), Some(4.0)); // of (4 + 4)/2, (5 + 5)/2 and 3
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ScaleSummary {
    items: Vec<ScaleItem>,
    distributions: Vec<Distribution>,
    /// Of the items and, last, the total.
    moments: ScaleMoments,
    /// By full information the keyed answers, row by row, of the rows with any.
    answers: Vec<f64>,
}

impl ScaleSummary {
    /// A summary of no answers yet. Item names should differ from each other.
    pub fn new(items: impl IntoIterator<Item = ScaleItem>, missing: Missing) -> Self {
        let items: Vec<ScaleItem> = items.into_iter().collect();
        let names = items.iter().map(|item| item.name.clone()).chain([TOTAL.to_string()]);
        Self {
            distributions: vec![Distribution::new(); items.len()],
            moments: ScaleMoments::new(names.collect(), missing),
            items,
            answers: Vec::new(),
        }
    }

    /// The summary of a file of any size, in one pass; `item` says how each column is keyed.
    ///
    /// # Errors
    /// As [`CsvSource::fold`] and [`push`](Self::push).
    #[cfg(feature = "files")]
    pub fn read(source: &CsvSource, missing: Missing, item: impl Fn(&str) -> ScaleItem) -> Result<Self> {
        let items: Vec<ScaleItem> = source.names().iter().map(|name| item(name)).collect();
        source.try_fold(
            || Self::new(items.clone(), missing),
            |all, block| all.push(block),
            |all, block| all.merge(&block),
        )
    }

    /// The summary of the items of an aggregate. A key turns around what the aggregate holds, which has the keys of its plan
    /// already; a range is that of the plan.
    ///
    /// ```
    /// use ndarray::array;
    /// use psychometrics::evidence::internal_structure::{ScaleItem, ScaleSummary};
    /// use psychometrics::moments::Missing;
    /// use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, PlannedItem};
    ///
    /// let plan = AggregatePlan::new([PlannedItem::new("a").coded(1, 5), PlannedItem::new("b").coded(1, 5).reversed()])?;
    /// let aggregate = Aggregate::of_rows(&plan, array![[4.0, 2.0], [5.0, 1.0], [3.0, f64::NAN]].view())?;
    /// let items = ["a", "b"].map(ScaleItem::new);
    /// let summary = ScaleSummary::of_aggregate(items, &aggregate, None, Missing::Pairwise)?;
    /// assert_eq!(summary.distributions()[1].mean(), Some(4.5));
    /// assert_eq!(summary.total_mean(), Some(4.0));
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Aggregate::moments`]; [`Error::BadAggregate`] where incomplete rows were not kept by pattern, of which alone total
    /// scores can be told; [`Error::Unsupported`] by full information, and listwise for distributions of complete rows only.
    pub fn of_aggregate(
        items: impl IntoIterator<Item = ScaleItem>,
        aggregate: &Aggregate,
        group: Option<&str>,
        missing: Missing,
    ) -> Result<Self> {
        let mut items: Vec<ScaleItem> = items.into_iter().collect();
        for item in &mut items {
            let planned = aggregate.plan.items.iter().find(|planned| planned.name == item.name);
            item.range = planned.and_then(|planned| planned.range);
        }
        let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
        let turned: Vec<&str> =
            items.iter().filter(|item| item.key == Key::Reversed).map(|item| item.name.as_str()).collect();
        let own = if turned.is_empty() { aggregate.clone() } else { aggregate.clone().reversed(&turned) };
        let moments = own.moments_with_total(group, &names, TOTAL, missing)?;
        let refused = |what: &str, instead: &str| {
            Err(Error::Unsupported { what: what.into(), instead: instead.into() })
        };
        let gaps = moments.complete_rows() < moments.rows_read();
        if missing == Missing::Fiml && gaps {
            return refused(
                "the reliability of a scale by full information from aggregates",
                "Take each pair by the rows that have both (--missing pairwise), or give the rows (DATA).",
            );
        }
        if missing.is_listwise() && gaps {
            return refused(
                "the distribution of items over complete rows from aggregates, which hold that of all answers",
                "Take the answers that are there (--missing pairwise).",
            );
        }
        let distributions = names.iter().map(|name| own.distribution(group, name)).collect::<Result<_>>()?;
        Ok(Self { items, distributions, moments: ScaleMoments::of(moments), answers: Vec::new() })
    }

    /// Adds answers as they stand in the data, one row per respondent and one column per item, in
    /// the order of the items; NaN marks a missing answer.
    ///
    /// # Errors
    /// [`Error::WrongSize`] when a row has not one answer per item, [`Error::NotFinite`] at an
    /// infinite value. After an error the summary may hold some of the rows.
    pub fn push<'r>(&mut self, rows: impl Into<Rows<'r>>) -> Result<()> {
        let rows = rows.into();
        let rows = rows.view();
        let p = self.items.len();
        if rows.ncols() != p {
            let what = "columns of the responses".into();
            return Err(Error::WrongSize { what, found: rows.ncols(), expected: p });
        }
        let keying: Vec<(f64, f64)> = self.items.iter().map(ScaleItem::keying).collect();
        let mut keyed = Vec::with_capacity(BATCH.min(rows.nrows()) * (p + 1));
        for batch in rows.axis_chunks_iter(Axis(0), BATCH) {
            keyed.clear();
            for row in batch.outer_iter() {
                let start = keyed.len();
                keyed.extend(row.iter().zip(&keying).map(|(x, (constant, factor))| constant + factor * x));
                keyed.push(total(&keyed[start..]));
            }
            if let Ok(view) = ArrayView2::from_shape((batch.nrows(), p + 1), &keyed) {
                self.moments.push(view)?;
            }
            let counted = |row: &[f64]| match self.moments.missing() {
                Missing::Listwise => row.iter().all(|x| !x.is_nan()),
                _ => true,
            };
            for row in keyed.chunks_exact(p + 1) {
                let counted = counted(row);
                for (distribution, &x) in self.distributions.iter_mut().zip(row) {
                    if counted {
                        distribution.add(x);
                    } else if x.is_nan() {
                        distribution.add_missing();
                    }
                }
            }
            if self.moments.missing() == Missing::Fiml {
                let rows = keyed.chunks_exact(p + 1).filter(|row| !row[p].is_nan());
                rows.for_each(|row| self.answers.extend_from_slice(&row[..p]));
            }
        }
        Ok(())
    }

    /// Takes in the answers of other respondents to the same items.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when items, keys or missing-data policy differ.
    pub fn merge(&mut self, other: &ScaleSummary) -> Result<()> {
        if self.items != other.items {
            return Err(Error::Unsupported {
                what: "merging summaries of different items or keys".into(),
                instead: "Merge summaries that were made with the same items.".into(),
            });
        }
        self.moments.merge(&other.moments)?;
        self.distributions.iter_mut().zip(&other.distributions).for_each(|(mine, theirs)| mine.merge(theirs));
        self.answers.extend_from_slice(&other.answers);
        Ok(())
    }

    /// The items.
    pub fn items(&self) -> &[ScaleItem] {
        &self.items
    }

    /// The distribution of each item's keyed answers. Listwise, that of complete rows only, the
    /// missing answers being counted in all rows.
    pub fn distributions(&self) -> &[Distribution] {
        &self.distributions
    }

    /// Moments of the keyed items; by full information those of maximum likelihood, where an answer is missing.
    ///
    /// # Errors
    /// By full information: [`Error::TooFewRows`] or [`Error::EmptyColumn`] without answers, [`Error::NeverTogether`] for
    /// two items that no row has both, [`Error::NotPositiveDefinite`] or [`Error::NoAnswerExists`] where the likelihood has
    /// no maximum. [`Error::Unsupported`] for two stages.
    pub fn moments(&self) -> Result<Moments> {
        Ok(match self.full_information()? {
            Some(full) => full.moments().clone(),
            None => self.moments_of_answers()?,
        })
    }

    /// Moments of the keyed items from the answers that are there.
    pub(super) fn moments_of_answers(&self) -> Result<Moments> {
        let names: Vec<&str> = self.items.iter().map(|item| item.name.as_str()).collect();
        self.moments.moments()?.select(&names)
    }

    /// The items by maximum likelihood of incomplete rows; none under another policy, and where nothing is missing.
    pub(super) fn full_information(&self) -> Result<Option<FullInformation>> {
        match self.moments.missing() {
            Missing::Listwise | Missing::Pairwise => Ok(None),
            Missing::Fiml if self.moments.complete_rows() == self.moments.n() => Ok(None),
            Missing::Fiml => FullInformation::of(self.moments_of_answers()?, &self.answers).map(Some),
            Missing::FimlX | Missing::TwoStage | Missing::RobustTwoStage => Err(Error::Unsupported {
                what: "the reliability of a scale by fiml.x or in two stages".into(),
                instead: "Use full information (Missing::Fiml): its saturated moments are the same.".into(),
            }),
        }
    }

    /// Rows that took part: complete ones, or under pairwise those with any answer.
    pub fn n(&self) -> usize {
        self.moments.n()
    }

    /// Policy and numbers of rows.
    pub(super) fn rows_used(&self) -> RowsUsed {
        let (policy, rows_read) = (self.moments.missing(), self.moments.rows_read());
        RowsUsed { policy, rows_read, rows_used: self.n() }
    }

    /// The rows that took part, keyed, the total last, where they are no more than the items (of which there are many)
    /// and none has a gap.
    pub(super) fn complete_rows_kept(&self) -> Option<Vec<&[f64]>> {
        self.moments.complete_rows_kept()
    }

    /// Mean of the total score (mean of a respondent's answered items); none without rows.
    pub fn total_mean(&self) -> Option<f64> {
        self.moments.total_mean()
    }

    /// Standard deviation (divisor N - 1) of the total score; none for fewer than two rows.
    pub fn total_sd(&self) -> Option<f64> {
        self.moments.total_sd()
    }

    /// Mean and standard deviation of the total score; by full information of the mean of all items, answered or not.
    pub(super) fn total(&self, full: Option<&FullInformation>) -> (Option<f64>, Option<f64>) {
        match full {
            Some(full) => full.total(),
            None => (self.total_mean(), self.total_sd()),
        }
    }

    /// Correlation of an item with the total score; none when either does not vary.
    pub(super) fn total_correlation(&self, item: usize) -> Option<f64> {
        self.moments.total_correlation(item)
    }

    /// Items that could only be reversed by their sign.
    pub(super) fn keying_warnings(&self) -> impl Iterator<Item = Warning> + '_ {
        let by_sign = |item: &&ScaleItem| item.key == Key::Reversed && item.range.is_none();
        self.items.iter().filter(by_sign).map(|item| Warning::SignOnlyReversal { item: item.name.clone() })
    }
}

/// Mean of the answers that are there.
fn total(answers: &[f64]) -> f64 {
    let sum: f64 = answers.iter().sum();
    if !sum.is_nan() {
        return sum / answers.len() as f64;
    }
    let present = answers.iter().filter(|x| !x.is_nan());
    let (count, sum) = present.fold((0.0, 0.0), |(count, sum), x| (count + 1.0, sum + x));
    if count > 0.0 { sum / count } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn items() -> [ScaleItem; 2] {
        ["a", "b"].map(ScaleItem::new)
    }

    #[test]
    fn listwise_counts_complete_rows_only() {
        let rows = array![[1.0, 2.0], [f64::NAN, 5.0], [3.0, 3.0], [f64::NAN, f64::NAN]];
        let mut listwise = ScaleSummary::new(items(), Missing::Listwise);
        listwise.push(rows.view()).unwrap();
        let b = &listwise.distributions()[1];
        assert_eq!((listwise.n(), b.n(), b.missing(), b.max()), (2, 2, 1, Some(3.0)));
        let mut pairwise = ScaleSummary::new(items(), Missing::Pairwise);
        pairwise.push(rows.view()).unwrap();
        let b = &pairwise.distributions()[1];
        assert_eq!((pairwise.n(), b.n(), b.missing(), b.max()), (3, 3, 1, Some(5.0)));
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let mut summary = ScaleSummary::new(items(), Missing::Pairwise);
        assert!(matches!(summary.push(array![[1.0]].view()), Err(Error::WrongSize { .. })));
        let infinite = array![[1.0, f64::INFINITY]];
        assert!(matches!(summary.push(infinite.view()), Err(Error::NotFinite { .. })));
        let mut other = ScaleSummary::new(items().map(|i| i.keyed(Key::Reversed)), Missing::Pairwise);
        assert!(matches!(other.merge(&summary), Err(Error::Unsupported { .. })));
        let mut other = ScaleSummary::new(items(), Missing::Listwise);
        assert!(matches!(other.merge(&summary), Err(Error::Unsupported { .. })));
    }
}

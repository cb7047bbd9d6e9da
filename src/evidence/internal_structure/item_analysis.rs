//! Item analysis: how each item of a scale is answered, and how it goes with the others.
//!
//! With C the covariance matrix (divisor N - 1) and R the correlation matrix of the items:
//!
//! ```text
//! raw_r   = correlation with the total score, the mean of the answered items
//! std_r   = sum_j r_ij / sqrt(sum R)                     with the total of the standardised items
//! r_drop  = sum_j!=i c_ij / sqrt(c_ii sum_j,k!=i c_jk)   with the total of the other items
//! r_cor   = sum_j r*_ij / sqrt(sum R*)                   R* is R with on its diagonal the squared
//!           multiple correlation 1 - 1 / (R^-1)_ii of each item with the others
//! ```
//!
//! `r_drop` is Henrysson's (1963, Psychometrika 28, 211) correction for overlap by leaving the item
//! out; `r_cor` replaces what the item shares with nothing else (Guttman 1953; Revelle, psych). Skew
//! and kurtosis are of type 3, standard deviations have the divisor N - 1.

use super::item_totals::ItemTotals;
use super::summary::{ScaleItem, ScaleSummary};
use crate::error::{Error, Result, Warning};
use crate::moments::{Distribution, RowsUsed};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// More different answers than this to a scale's items, and they are no categories to be counted.
const CATEGORIES: usize = 50;

/// The items of one scale: what the command `items` prints.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{ItemAnalysis, ScaleItem, ScaleSummary};
/// use psychometrics::moments::Missing;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let items = names.map(|name| ScaleItem::new(name).ranging(1.0, 5.0));
/// let mut summary = ScaleSummary::new(items, Missing::Listwise);
/// summary.push(data.numeric(&names)?.view())?;
/// let found = ItemAnalysis::of(&summary)?;
/// let first = &found.items[0];
/// assert_eq!(format!("{:.3} {:.3}", first.mean.unwrap(), first.r_drop.unwrap()), "3.130 0.633");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemAnalysis {
    /// Rows that took part.
    pub n: usize,
    /// One entry per item.
    pub items: Vec<ItemStatistics>,
    /// How missing answers were treated.
    pub missing: RowsUsed,
    /// What to keep in mind.
    pub warnings: Vec<Warning>,
}

/// An item as it was answered, after keying.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{ItemAnalysis, ScaleItem, ScaleSummary};
/// use psychometrics::moments::Missing;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let mut summary = ScaleSummary::new(names.map(|name| ScaleItem::new(name).ranging(1.0, 5.0)), Missing::Listwise);
/// summary.push(data.numeric(&names)?.view())?;
/// let found = ItemAnalysis::of(&summary)?;
/// let first = &found.items[0];
/// assert_eq!((first.item.as_str(), first.n, first.missing, first.median), ("a1", 600, 0, Some(3.0)));
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", first.mean.unwrap(), first.sd.unwrap(), first.r_drop.unwrap()),
///     "3.130 1.390 0.633"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemStatistics {
    /// Name.
    pub item: String,
    /// Answers.
    pub n: usize,
    /// Missing answers.
    pub missing: usize,
    /// Mean; none without answers.
    pub mean: Option<f64>,
    /// Standard deviation, divisor N - 1; none for fewer than two answers.
    pub sd: Option<f64>,
    /// Median; none after more than 65,536 different answers.
    pub median: Option<f64>,
    /// Skew of type 3.
    pub skew: Option<f64>,
    /// Excess kurtosis of type 3.
    pub kurtosis: Option<f64>,
    /// Correlation with the total score, the item included; none when the total does not vary.
    pub raw_r: Option<f64>,
    /// Correlation with the total of the standardised items; none when that does not vary.
    pub std_r: Option<f64>,
    /// Correlation with the total, corrected for overlap by the squared multiple correlations; none
    /// when the correlation matrix has no inverse.
    pub r_cor: Option<f64>,
    /// Correlation with the total of the other items; none when that does not vary.
    pub r_drop: Option<f64>,
    /// Share of each possible answer, in ascending order; the possible answers are those of the
    /// declared range and all that were given to any item of the scale. None when there are more
    /// than fifty.
    #[serde(serialize_with = "as_map", deserialize_with = "of_map")]
    pub frequencies: Option<Vec<(f64, f64)>>,
    /// Share of answers at the lower end of the range.
    pub floor: Option<f64>,
    /// Share of answers at the upper end of the range.
    pub ceiling: Option<f64>,
    /// The range that floor and ceiling refer to; none without answers.
    pub range: Option<AnswerRange>,
    /// Why a number does not exist, by the name of its field.
    pub reasons: BTreeMap<Cow<'static, str>, String>,
}

/// The range of an item's answers.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{ItemAnalysis, ScaleItem, ScaleSummary};
/// use psychometrics::moments::Missing;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let mut summary = ScaleSummary::new(names.map(|name| ScaleItem::new(name).ranging(1.0, 5.0)), Missing::Listwise);
/// summary.push(data.numeric(&names)?.view())?;
/// let found = ItemAnalysis::of(&summary)?;
/// let range = found.items[0].range.unwrap();
/// assert_eq!((range.low, range.high), (1.0, 5.0));
/// assert_eq!(format!("{:.3}", found.items[0].ceiling.unwrap()), "0.223");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AnswerRange {
    /// Lowest answer, after keying.
    pub low: f64,
    /// Highest answer, after keying.
    pub high: f64,
    /// Where the range comes from.
    pub source: RangeSource,
}

/// Where a range of answers comes from.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{ItemAnalysis, ScaleItem, ScaleSummary};
/// use psychometrics::moments::Missing;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let mut summary = ScaleSummary::new(names.map(|name| ScaleItem::new(name).ranging(1.0, 5.0)), Missing::Listwise);
/// summary.push(data.numeric(&names)?.view())?;
/// let found = ItemAnalysis::of(&summary)?;
/// use psychometrics::evidence::internal_structure::RangeSource;
/// assert_eq!(found.items[0].range.unwrap().source, RangeSource::Declared);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RangeSource {
    /// Declared with the item.
    Declared,
    /// The lowest and highest answer given.
    Observed,
}

impl ItemAnalysis {
    /// The item analysis of the scale that was summed up.
    ///
    /// ```
    /// use ndarray::array;
    /// use psychometrics::evidence::internal_structure::{ItemAnalysis, ScaleItem, ScaleSummary};
    /// use psychometrics::moments::Missing;
    ///
    /// let items = ["a", "b", "c"].map(|name| ScaleItem::new(name).ranging(1.0, 5.0));
    /// let mut summary = ScaleSummary::new(items, Missing::Pairwise);
    /// summary.push(array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]].view())?;
    /// let analysis = ItemAnalysis::of(&summary)?;
    /// assert_eq!(analysis.items[1].mean, Some(3.0));
    /// assert_eq!(analysis.items[1].ceiling, Some(0.25));
    /// assert!((analysis.items[0].r_drop.unwrap() - 0.9483).abs() < 5e-5);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Alpha::of`](super::Alpha::of); [`Error::Unsupported`] by full information: an item is described by the answers
    /// that were given.
    pub fn of(summary: &ScaleSummary) -> Result<Self> {
        let rows_used = summary.rows_used();
        if rows_used.policy.is_likelihood() {
            return Err(Error::Unsupported {
                what: "item analysis by full information".into(),
                instead: "An item is described by the answers that were given: take --missing pairwise (each item's own) \
                          or --missing listwise (of complete rows); reliability has --missing fiml."
                    .into(),
            });
        }
        let totals = ItemTotals::of(summary)?;
        let mut warnings: Vec<Warning> =
            summary.keying_warnings().chain(totals.warnings.iter().cloned()).collect();
        if let Some(reason) = totals.singular {
            warnings.push(Warning::NotDone { what: "r_cor".into(), reason: reason.into() });
        }
        let answers = possible_answers(summary);
        let each = summary.items().iter().zip(summary.distributions()).enumerate();
        let items = each.map(|(i, (item, distribution))| {
            let range = range(item, distribution);
            let mut found = ItemStatistics {
                item: item.name.clone(),
                n: distribution.n(),
                missing: distribution.missing(),
                mean: distribution.mean(),
                sd: distribution.sd(),
                median: distribution.median(),
                skew: distribution.skew(),
                kurtosis: distribution.kurtosis(),
                raw_r: summary.total_correlation(i),
                std_r: totals.std_r.as_ref().map(|r| r[i]),
                r_cor: totals.r_cor.as_ref().map(|r| r[i]),
                r_drop: totals.r_drop[i],
                frequencies: answers.as_ref().and_then(|answers| {
                    answers.iter().map(|&a| Some((a, share(distribution, a)?))).collect()
                }),
                floor: range.and_then(|range| share(distribution, range.low)),
                ceiling: range.and_then(|range| share(distribution, range.high)),
                range,
                reasons: BTreeMap::new(),
            };
            found.reasons = found.missing_numbers(distribution, &totals);
            found
        });
        Ok(Self { n: rows_used.rows_used, items: items.collect(), missing: rows_used, warnings })
    }
}

impl ItemStatistics {
    /// Why numbers do not exist.
    fn missing_numbers(
        &self,
        distribution: &Distribution,
        totals: &ItemTotals,
    ) -> BTreeMap<Cow<'static, str>, String> {
        let n = self.n;
        let counted = distribution.frequencies().is_some();
        let spread = match (n, self.sd) {
            (0, _) => "no answers".into(),
            (1, _) => "a single answer".into(),
            (_, Some(0.0)) => format!("the {n} answers are all the same"),
            _ => "the answers are so large that their powers are no numbers".into(),
        };
        let many = |limit: &str| match n {
            0 => "no answers".into(),
            _ => format!("more than {limit} different answers"),
        };
        let of_matrix = |otherwise: &str| totals.singular.unwrap_or(otherwise).to_string();
        let undefined = "a correlation of the items is not defined";
        let std_r = match totals.correlated {
            false => undefined,
            true => "the total of the standardised items does not vary",
        };
        let categories = if counted { many("50") } else { many("65,536") };
        let share = if self.range.is_none() { "no answers".into() } else { many("65,536") };
        let found = [
            ("mean", self.mean.is_none(), spread.clone()),
            ("sd", self.sd.is_none(), spread.clone()),
            ("median", self.median.is_none(), many("65,536")),
            ("skew", self.skew.is_none(), spread.clone()),
            ("kurtosis", self.kurtosis.is_none(), spread),
            (
                "raw_r",
                self.raw_r.is_none(),
                "the total score does not vary among those who answered the item".into(),
            ),
            ("std_r", self.std_r.is_none(), std_r.into()),
            ("r_cor", self.r_cor.is_none(), of_matrix("what the items share is not positive")),
            ("r_drop", self.r_drop.is_none(), "the total of the other items does not vary".into()),
            ("frequencies", self.frequencies.is_none(), categories),
            ("floor", self.floor.is_none(), share.clone()),
            ("ceiling", self.ceiling.is_none(), share),
            ("range", self.range.is_none(), "no answers".into()),
        ];
        found.into_iter().filter(|(_, none, _)| *none).map(|(name, _, why)| (name.into(), why)).collect()
    }
}

/// The declared range after keying, or that of the answers.
fn range(item: &ScaleItem, distribution: &Distribution) -> Option<AnswerRange> {
    // low + high - x turns a range into itself
    match item.range {
        Some((low, high)) => Some(AnswerRange { low, high, source: RangeSource::Declared }),
        None => {
            let (low, high) = (distribution.min()?, distribution.max()?);
            Some(AnswerRange { low, high, source: RangeSource::Observed })
        }
    }
}

/// Share of the answers that are `value`.
fn share(distribution: &Distribution, value: f64) -> Option<f64> {
    let table = distribution.frequencies()?;
    let count = table.iter().find(|(answer, _)| *answer == value).map_or(0, |(_, count)| *count);
    let n = distribution.n();
    (n > 0).then(|| count as f64 / n as f64)
}

/// All answers that were or could be given, unless they are too many to be categories.
fn possible_answers(summary: &ScaleSummary) -> Option<Vec<f64>> {
    let mut answers = Vec::new();
    for (item, distribution) in summary.items().iter().zip(summary.distributions()) {
        if let Some((low, high)) = item.range
            && low.fract() == 0.0
            && high - low < CATEGORIES as f64
        {
            answers.extend((0..=(high - low) as usize).map(|step| low + step as f64));
        }
        let given = distribution.frequencies()?;
        answers.extend(given.into_iter().take(CATEGORIES + 1).map(|(answer, _)| answer));
        answers.sort_by(f64::total_cmp);
        answers.dedup();
        if answers.len() > CATEGORIES {
            return None;
        }
    }
    Some(answers)
}

/// Shares from such a map.
fn of_map<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Vec<(f64, f64)>>, D::Error> {
    use serde::de::Error as _;
    let Some(map) = Option::<BTreeMap<String, f64>>::deserialize(deserializer)? else { return Ok(None) };
    let of = |(answer, share): (String, f64)| Ok((answer.parse().map_err(D::Error::custom)?, share));
    let mut shares: Vec<(f64, f64)> =
        map.into_iter().map(of).collect::<std::result::Result<_, D::Error>>()?;
    shares.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(Some(shares))
}

/// Shares as `{"1": 0.25, ...}`, in ascending order of the answers.
fn as_map<S: Serializer>(
    shares: &Option<Vec<(f64, f64)>>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    match shares {
        None => serializer.serialize_none(),
        Some(shares) => {
            serializer.collect_map(shares.iter().map(|(answer, share)| (answer.to_string(), share)))
        }
    }
}

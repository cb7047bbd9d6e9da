//! Aggregation: whether the answers of the members of a group may stand for the group.
//!
//! Of a scale score in G groups of n_g members, with the mean squares of the one-way analysis of variance:
//!
//! ```text
//! ICC(1) = (MS_B - MS_W) / (MS_B + (k - 1) MS_W)      k = N / G, the mean group size       F = MS_B / MS_W
//! ICC(2) = (MS_B - MS_W) / MS_B                       reliability of the mean of a group of mean size
//! ```
//!
//! A mean over members that are drawn in groups varies more than one over as many members drawn one by one, by the design
//! effect
//!
//! ```text
//! deff = 1 + (m - 1) ICC(1)      m = sum n_g^2 / sum n_g, the size of the group of a member taken at random
//! ```
//!
//! Kish (1965), Survey Sampling, section 5.4; for groups of unequal size Kish (1987), Statistical Design for Research.
//!
//! Bartko (1976), Psychological Bulletin 83, 762-765; Bliese (2000); k as `ICC1` of R's multilevel has it. Both rest on
//! differences *between* groups. Agreement *within* a group, of s^2 (divisor n_g - 1) of an item with A = H - L + 1 points:
//!
//! ```text
//! r_wg     = 1 - s^2 / s^2_EU                  s^2_EU = (A^2 - 1) / 12, every answer equally likely
//! r_wg(J)  = J (1 - q) / (J (1 - q) + q)       q = mean s^2 of the J items / s^2_EU
//! a_wg     = 1 - 2 s^2 / ([(H + L) m - m^2 - H L] n_g / (n_g - 1))        m = mean answer of the group
//! ```
//!
//! James, Demaree & Wolf (1984), Journal of Applied Psychology 69, 85-98; Brown & Hauenstein (2005), Organizational
//! Research Methods 8, 165-184, whose a_wg compares with the largest variance that answers of this mean can have.
//!
//! It is longer than others by the examples of its types.

use super::one_way::Squares;
use crate::construct::{Construct, ResponseScale};
use crate::data::{Grouping, Responses, Rows};
use crate::error::{BadCell, Error, Result, Warning};
use crate::numeric::f_distribution;
use crate::numeric::quantile;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// Groups that ICC(1) and ICC(2) ask for; below it a warning tells what can still be said. A convention of this library:
/// the variance between groups rests on G - 1 degrees of freedom.
pub const FEWEST_GROUPS: usize = 10;

/// Evidence that scores may be aggregated to groups.
///
/// ```
/// use psychometrics::data::Grouping;
/// use psychometrics::evidence::internal_structure::Aggregation;
///
/// let answers = ndarray::array![[1.0], [2.0], [3.0], [3.0], [4.0], [5.0]];
/// let team = Grouping::new("team", ["a", "a", "a", "b", "b", "b"].map(Some));
/// let scales = [("care".to_string(), vec![0])];
/// let found = Aggregation::of(&["care".into()], answers.view(), &team, (1.0, 5.0), &scales)?;
/// assert_eq!((found.cluster.as_str(), found.groups, found.n, found.without_group), ("team", 2, 6, 0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Aggregation {
    /// The grouping variable.
    pub cluster: String,
    /// Groups with an answer.
    pub groups: usize,
    /// Rows with a group and an answer.
    pub n: usize,
    /// Rows without a group, which are left out.
    pub without_group: usize,
    /// Each scale.
    pub scales: Vec<AggregatedScale>,
    /// What to keep in mind.
    pub warnings: Vec<Warning>,
}

/// A scale, aggregated.
///
/// ```
/// use psychometrics::data::Grouping;
/// use psychometrics::evidence::internal_structure::Aggregation;
///
/// let answers = ndarray::array![[1.0], [2.0], [3.0], [3.0], [4.0], [5.0]];
/// let team = Grouping::new("team", ["a", "a", "a", "b", "b", "b"].map(Some));
/// let scales = [("care".to_string(), vec![0])];
/// let found = Aggregation::of(&["care".into()], answers.view(), &team, (1.0, 5.0), &scales)?;
/// let scale = &found.scales[0];
/// assert_eq!((scale.mean_group_size, scale.ms_between, scale.ms_within, scale.icc1), (3.0, 6.0, 1.0, 0.625));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AggregatedScale {
    /// Its name.
    pub scale: String,
    /// Its items; the score of a member is the mean of the answers that are there.
    pub items: Vec<String>,
    /// Lowest possible answer.
    pub low: f64,
    /// Highest possible answer.
    pub high: f64,
    /// Members with a score.
    pub n: usize,
    /// Mean group size k.
    pub mean_group_size: f64,
    /// ICC(1): share of the variance of one member's score that lies between groups; may be negative.
    pub icc1: f64,
    /// ICC(2): reliability of group means; none where group means do not vary.
    pub icc2: Option<f64>,
    /// Design effect of the mean of the score: 1 + (m - 1) ICC(1).
    pub design_effect: f64,
    /// That of each item; none where its groups or members do not vary.
    pub item_design_effects: Vec<Option<f64>>,
    /// Mean square between groups.
    pub ms_between: f64,
    /// Mean square within groups.
    pub ms_within: f64,
    /// F of the test that groups do not differ; none where members of a group never differ.
    pub f: Option<f64>,
    /// Groups less 1.
    pub df1: f64,
    /// Members less groups.
    pub df2: f64,
    /// Probability of a larger F.
    pub pvalue: Option<f64>,
    /// r_wg over the groups.
    pub rwg: Option<OverGroups>,
    /// r_wg(J) over the groups.
    pub rwgj: Option<OverGroups>,
    /// a_wg over the groups.
    pub awg: Option<OverGroups>,
    /// Each group.
    pub by_group: Vec<GroupAgreement>,
}

/// A coefficient of agreement over the groups in which it exists.
///
/// ```
/// use psychometrics::data::Grouping;
/// use psychometrics::evidence::internal_structure::Aggregation;
///
/// let answers = ndarray::array![[1.0], [2.0], [3.0], [3.0], [4.0], [5.0]];
/// let team = Grouping::new("team", ["a", "a", "a", "b", "b", "b"].map(Some));
/// let scales = [("care".to_string(), vec![0])];
/// let found = Aggregation::of(&["care".into()], answers.view(), &team, (1.0, 5.0), &scales)?;
/// let rwg = found.scales[0].rwg.unwrap();
/// assert_eq!((rwg.groups, rwg.mean, rwg.min), (2, 0.5, 0.5));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OverGroups {
    /// Groups in which it exists.
    pub groups: usize,
    /// Mean.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// Lowest.
    pub min: f64,
    /// Highest.
    pub max: f64,
}

/// Agreement within one group.
///
/// ```
/// use psychometrics::data::Grouping;
/// use psychometrics::evidence::internal_structure::Aggregation;
///
/// let answers = ndarray::array![[1.0], [2.0], [3.0], [3.0], [4.0], [5.0]];
/// let team = Grouping::new("team", ["a", "a", "a", "b", "b", "b"].map(Some));
/// let scales = [("care".to_string(), vec![0])];
/// let found = Aggregation::of(&["care".into()], answers.view(), &team, (1.0, 5.0), &scales)?;
/// let first = &found.scales[0].by_group[0];
/// // the variance is 1, that of answers at random 2
/// assert_eq!((first.group.as_str(), first.n, first.mean, first.rwg), ("a", 3, 2.0, Some(0.5)));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupAgreement {
    /// The group.
    pub group: String,
    /// Members with a score.
    pub n: usize,
    /// Mean score.
    pub mean: f64,
    /// r_wg: of several items the mean of theirs; none where no item has two answers. Below zero where members differ
    /// more than answers at random would.
    pub rwg: Option<f64>,
    /// r_wg(J) of the J items that have two answers; 0 where r_wg is not above 0 (James, Demaree & Wolf 1984).
    pub rwgj: Option<f64>,
    /// a_wg: of several items the mean of theirs. None for an item of which the mean is so extreme, below
    /// (L (n - 1) + H) / n or above (H (n - 1) + L) / n, that it cannot be interpreted (Brown & Hauenstein 2005).
    pub awg: Option<f64>,
}

impl Aggregation {
    /// Of the answers to items, rows being members and NaN a missing answer, on a scale of whole numbers from
    /// `range.0` to `range.1`. `scales` names scales and the positions of their items.
    ///
    /// ```
    /// use ndarray::array;
    /// use psychometrics::data::Grouping;
    /// use psychometrics::evidence::internal_structure::Aggregation;
    ///
    /// let answers = array![[1.0], [2.0], [3.0], [3.0], [4.0], [5.0]];
    /// let team = Grouping::new("team", ["a", "a", "a", "b", "b", "b"].map(Some));
    /// let found = Aggregation::of(&["care".into()], answers.view(), &team, (1.0, 5.0), &[("care".into(), vec![0])])?;
    /// // means 2 and 4, MS_B = 3 (1 + 1) / 1 = 6, MS_W = (1 + 1 + 1 + 1) / 4 = 1, k = 3: 5 / (6 + 2)
    /// assert_eq!(found.scales[0].icc1, 0.625);
    /// assert_eq!(found.scales[0].icc2, Some(5.0 / 6.0));
    /// // 1 + (3 - 1) .625: a mean of six members in two groups varies as one of 6 / 2.25 = 2.7 independent members
    /// assert_eq!(found.scales[0].design_effect, 2.25);
    /// // s^2 = 1, s^2_EU = 24 / 12
    /// assert_eq!(found.scales[0].by_group[0].rwg, Some(0.5));
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BadOption`] for a range that is not of whole numbers in order, [`Error::WrongSize`],
    /// [`Error::BadCells`] for answers outside the range, [`Error::TooFewItems`] for a scale without items,
    /// [`Error::TooFewRows`] for fewer than two groups, or no group with two members, [`Error::ConstantItem`] for a
    /// scale on which all members have the same score.
    pub fn of<'r>(
        names: &[String],
        values: impl Into<Rows<'r>>,
        cluster: &Grouping,
        range: (f64, f64),
        scales: &[(String, Vec<usize>)],
    ) -> Result<Self> {
        let values = values.into();
        let values = values.view();
        let scales: Vec<AskedScale<'_>> =
            scales.iter().map(|(name, items)| AskedScale { name, items: items.clone(), range }).collect();
        Self::of_scales(names, values, cluster, &scales)
    }

    /// Of the dimensions of a construct, each on the response scale of its items; one whose items are on different scales is
    /// left out with a warning.
    ///
    /// # Errors
    /// As [`of`](Self::of), and [`Error::Unsupported`] where no dimension has its items on one scale.
    pub fn of_construct(construct: &Construct, responses: &Responses, cluster: &Grouping) -> Result<Self> {
        let position = |id: &str| responses.items().iter().position(|item| item == id);
        let (mut scales, mut warnings) = (Vec::new(), Vec::new());
        for dimension in &construct.dimensions {
            let own = || construct.items_of(&dimension.id).filter(|item| position(&item.id).is_some());
            let of_items = || own().filter_map(|item| construct.scale_of(item));
            let mut ranges = of_items().map(ResponseScale::bounds);
            let Some(range) = ranges.next() else { continue };
            let barred = match ranges.any(|other| other != range) {
                true => Some("its items are on different scales"),
                // agreement by chance is that of steps of one
                false if !of_items().all(ResponseScale::is_whole) => Some("its answers are no whole numbers"),
                false => None,
            };
            if let Some(reason) = barred {
                let what = format!("aggregation of '{}'", dimension.id);
                warnings.push(Warning::NotDone { what, reason: reason.into() });
                continue;
            }
            let items = own().filter_map(|item| position(&item.id)).collect();
            scales.push(AskedScale { name: &dimension.id, items, range });
        }
        if scales.is_empty() {
            return Err(Error::Unsupported {
                what: "aggregation of items on different scales".into(),
                instead: "Give the items of a dimension one response scale.".into(),
            });
        }
        let mut found = Self::of_scales(responses.items(), responses.values(), cluster, &scales)?;
        found.warnings.extend(warnings);
        Ok(found)
    }

    fn of_scales(
        names: &[String],
        values: ArrayView2<f64>,
        cluster: &Grouping,
        scales: &[AskedScale<'_>],
    ) -> Result<Self> {
        let size = |what: &str, found, expected| Err(Error::WrongSize { what: what.into(), found, expected });
        if names.len() != values.ncols() {
            return size("names of items", names.len(), values.ncols());
        }
        if cluster.codes.len() != values.nrows() {
            return size("rows of the cluster variable", cluster.codes.len(), values.nrows());
        }
        scales.iter().try_for_each(|scale| scale.check(names, &values))?;
        let members: Vec<Vec<usize>> = (0..cluster.levels.len())
            .map(|level| {
                let answered = |row: &usize| values.row(*row).iter().any(|x| !x.is_nan());
                cluster.rows_of(level).into_iter().filter(answered).collect()
            })
            .collect();
        let groups = members.iter().filter(|rows| !rows.is_empty()).count();
        let mut warnings = Vec::new();
        if groups < FEWEST_GROUPS {
            warnings.push(Warning::FewGroupsToAggregate { variable: cluster.variable.clone(), groups });
        }
        let without_group = cluster.missing_count();
        if without_group > 0 {
            let (used, read) = (values.nrows() - without_group, values.nrows());
            let what = format!("{} of {read} rows", read - used);
            let reason = format!("they have no '{}'", cluster.variable);
            warnings.push(Warning::NotDone { what, reason });
        }
        let scales = scales.iter().map(|own| scale(own, names, &values, &members, cluster));
        let scales = scales.collect::<Result<_>>()?;
        Ok(Self {
            cluster: cluster.variable.clone(),
            groups,
            n: members.iter().map(Vec::len).sum(),
            without_group,
            scales,
            warnings,
        })
    }
}

/// A scale that is aggregated: its name, the positions of its items, lowest and highest answer.
struct AskedScale<'a> {
    name: &'a str,
    items: Vec<usize>,
    range: (f64, f64),
}

impl AskedScale<'_> {
    fn check(&self, names: &[String], values: &ArrayView2<f64>) -> Result<()> {
        let (low, high) = self.range;
        if !(low < high) || low.fract() != 0.0 || high.fract() != 0.0 {
            return Err(Error::BadOption {
                option: "the range of the answers".into(),
                value: format!("{low}..{high}"),
                allowed: "two whole numbers, the lowest answer first".into(),
            });
        }
        if self.items.is_empty() || self.items.iter().any(|i| *i >= names.len()) {
            let what = format!("aggregation of scale '{}'", self.name);
            return Err(Error::TooFewItems { what, needed: 1, found: 0 });
        }
        let mut cells = Vec::new();
        for item in &self.items {
            let outside = |(_, x): &(usize, &f64)| **x < low || **x > high;
            cells.extend(values.column(*item).iter().enumerate().filter(outside).map(|(row, x)| BadCell {
                row: row + 1,
                column: names[*item].clone(),
                value: x.to_string(),
                problem: format!("is outside the range {low} to {high}"),
            }));
        }
        if cells.is_empty() {
            return Ok(());
        }
        Err(Error::BadCells { path: "the data".into(), total: cells.len(), cells })
    }
}

fn scale(
    asked: &AskedScale<'_>,
    names: &[String],
    values: &ArrayView2<f64>,
    members: &[Vec<usize>],
    cluster: &Grouping,
) -> Result<AggregatedScale> {
    let AskedScale { name, items, range } = asked;
    let score = |row: &usize| {
        let given: Vec<f64> = items.iter().map(|i| values[(*row, *i)]).filter(|x| !x.is_nan()).collect();
        (!given.is_empty()).then(|| given.iter().sum::<f64>() / given.len() as f64)
    };
    let groups: Vec<(usize, Vec<f64>)> = members
        .iter()
        .enumerate()
        .map(|(level, rows)| (level, rows.iter().filter_map(score).collect::<Vec<f64>>()))
        .filter(|(_, scores)| !scores.is_empty())
        .collect();
    let (g, n) = (groups.len(), groups.iter().map(|(_, scores)| scores.len()).sum::<usize>());
    let few = |what: String, n, needed| Err(Error::TooFewRows { what, n, needed });
    if g < 2 {
        return few(format!("aggregation of '{name}' (groups of '{}')", cluster.variable), g, 2);
    }
    if n == g {
        return few(format!("aggregation of '{name}' (members of the largest group)"), 1, 2);
    }
    let first = groups[0].1[0];
    if groups.iter().all(|(_, scores)| scores.iter().all(|x| *x == first)) {
        return Err(Error::ConstantItem { item: (*name).into(), value: first, n });
    }
    let all: Vec<&[f64]> = groups.iter().map(|(_, scores)| scores.as_slice()).collect();
    let Squares { between: b, within: w, df1, df2, size: k, icc1, design_effect, zero } = Squares::of(&all);
    let f = (w > zero).then(|| b / w);
    let by_group: Vec<GroupAgreement> = groups
        .iter()
        .map(|(level, scores)| {
            let columns = items.iter().map(|i| {
                members[*level]
                    .iter()
                    .map(|row| values[(*row, *i)])
                    .filter(|x| !x.is_nan())
                    .collect::<Vec<f64>>()
            });
            agreement(cluster.levels[*level].clone(), scores, columns, *range)
        })
        .collect();
    let over =
        |of: fn(&GroupAgreement) -> Option<f64>| OverGroups::of(by_group.iter().filter_map(of).collect());
    Ok(AggregatedScale {
        scale: (*name).into(),
        items: items.iter().map(|i| names[*i].clone()).collect(),
        low: range.0,
        high: range.1,
        n,
        mean_group_size: k,
        icc1,
        icc2: (b > zero).then(|| (b - w) / b),
        design_effect,
        item_design_effects: items.iter().map(|item| item_design_effect(*item, values, members)).collect(),
        ms_between: b,
        ms_within: w,
        f,
        df1,
        df2,
        pvalue: f.map(|f| f_distribution::upper(f, df1, df2)),
        rwg: over(|group| group.rwg),
        rwgj: over(|group| group.rwgj),
        awg: over(|group| group.awg),
        by_group,
    })
}

/// The design effect of the answers to an item; none where no group has several.
fn item_design_effect(item: usize, values: &ArrayView2<f64>, members: &[Vec<usize>]) -> Option<f64> {
    let own: Vec<Vec<f64>> = members
        .iter()
        .map(|rows| rows.iter().map(|row| values[(*row, item)]).filter(|x| !x.is_nan()).collect())
        .filter(|answers: &Vec<f64>| !answers.is_empty())
        .collect();
    let own: Vec<&[f64]> = own.iter().map(Vec::as_slice).collect();
    let varies = own.len() > 1 && own.iter().any(|answers| answers.len() > 1);
    varies.then(|| Squares::of(&own).design_effect).filter(|deff| deff.is_finite())
}

/// Agreement of one group, from the answers to each item.
fn agreement(
    group: String,
    scores: &[f64],
    items: impl Iterator<Item = Vec<f64>>,
    (low, high): (f64, f64),
) -> GroupAgreement {
    let points = high - low + 1.0;
    let uniform = (points * points - 1.0) / 12.0;
    let (mut variances, mut awg) = (Vec::new(), Vec::new());
    for answers in items.filter(|answers| answers.len() > 1) {
        let n = answers.len() as f64;
        let mean = answers.iter().sum::<f64>() / n;
        let variance = answers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        variances.push(variance);
        // within rounding of its ends the range of means counts
        let (lowest, highest) = ((low * (n - 1.0) + high) / n, (high * (n - 1.0) + low) / n);
        if mean >= lowest - 1e-9 && mean <= highest + 1e-9 {
            let largest = ((high + low) * mean - mean * mean - high * low) * n / (n - 1.0);
            awg.push(1.0 - 2.0 * variance / largest);
        }
    }
    let mean = |x: &[f64]| (!x.is_empty()).then(|| x.iter().sum::<f64>() / x.len() as f64);
    let share = mean(&variances).map(|variance| variance / uniform);
    let count = variances.len() as f64;
    GroupAgreement {
        group,
        n: scores.len(),
        mean: scores.iter().sum::<f64>() / scores.len() as f64,
        rwg: share.map(|q| 1.0 - q),
        rwgj: share.map(|q| if q >= 1.0 { 0.0 } else { count * (1.0 - q) / (count * (1.0 - q) + q) }),
        awg: mean(&awg),
    }
}

impl OverGroups {
    /// None without values.
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Some(Self { groups: values.len(), mean, median: quantile::of_sorted(&values, 0.5), min, max })
    }
}

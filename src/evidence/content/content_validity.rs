//! Content validity from expert ratings.
//!
//! Of N experts, A rate an item relevant (a rating from `relevant` on), E essential; ratings run from l to h, their mean
//! is m:
//!
//! ```text
//! I-CVI      A / N                                                        Lynn (1986)
//! kappa*     (I-CVI - pc) / (1 - pc), pc = C(N, A) .5^N                    Polit, Beck & Owen (2007)
//! CVR        (E - N/2) / (N/2); critical: smallest with P(X >= E) <= .05,
//!            X binomial(N, .5), one-tailed                                 Lawshe (1975); Ayre & Scally (2014)
//! Aiken's V  (m - l) / (h - l), interval of Penfield & Giacobbi (2004)      Aiken (1985)
//! S-CVI/Ave  mean I-CVI          S-CVI/UA  share of items that all rate relevant      Polit & Beck (2006)
//! ```
//!
//! I-CVI has the exact interval of Clopper and Pearson. Experts who did not rate an item do not count for it.
//!
//! It is longer than others by the examples of its types.

use super::codes::Codes;
use super::gwet::gwet;
use super::krippendorff::{Metric, krippendorff_alpha};
use super::proportion::{clopper_pearson, wilson};
use super::ratings::ExpertRatings;
use crate::error::Warning;
use crate::evidence::Interval;
use serde::{Deserialize, Serialize};
use statrs::distribution::{Binomial, Discrete, DiscreteCDF};

/// I-CVI from which an item is kept, for six experts and more (Lynn 1986).
const KEPT: f64 = 0.78;
/// Experts below whom all must agree.
const FEW: usize = 6;
/// Level of the one-tailed test of the CVR.
const LEVEL: f64 = 0.05;

/// What experts say of the items, of dimensions, and of the whole; by panel too.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{ContentValidity, ExpertRatings, RatingScale};
///
/// let ratings = Dataset::builder()
///     .column("item", ["a", "b"])
///     .columns([("e1", [4, 2]), ("e2", [3, 4]), ("e3", [4, 2]), ("e4", [4, 1])])
///     .build()?;
/// let found = ContentValidity::of(&ExpertRatings::of(&ratings, RatingScale::default())?, |_| None);
/// assert_eq!((found.items[0].i_cvi, found.items[1].i_cvi), (1.0, 0.25));
/// assert_eq!(found.scale.s_cvi_ave, 0.625);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentValidity {
    /// Each item.
    pub items: Vec<ItemContent>,
    /// All items together.
    pub scale: ContentScale,
    /// Dimensions, where it is known to which an item belongs.
    pub dimensions: Vec<DimensionContent>,
    /// Panels, where there are more than one.
    pub panels: Vec<PanelContent>,
    /// Every two panels.
    pub between: Vec<PanelPair>,
    /// Experts.
    pub experts: usize,
    /// Lowest and highest rating, lowest relevant and essential one.
    pub rating_scale: [f64; 4],
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// The judgement of one item.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{ContentValidity, ExpertRatings, RatingScale};
///
/// let ratings = ExpertRatings::of(&Dataset::read_csv("tests/data/experts.csv")?, RatingScale::default())?;
/// let found = ContentValidity::of(&ratings, |_| None);
/// let item = &found.items[6];
/// // 5 of 6 find it relevant
/// assert_eq!((item.item.as_str(), item.n, item.relevant, item.meets), ("I7", 6, 5, true));
/// assert_eq!(format!("{:.3} {:.3} {:.3}", item.i_cvi, item.kappa, item.aiken_v), "0.833 0.816 0.722");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemContent {
    /// The item.
    pub item: String,
    /// Its dimension, when known.
    pub dimension: Option<String>,
    /// Experts who rated it.
    pub n: usize,
    /// Those who rate it relevant.
    pub relevant: usize,
    /// Share of them.
    pub i_cvi: f64,
    /// Exact 95 % interval of `i_cvi`.
    pub i_cvi_interval: Option<Interval>,
    /// Probability of that many by chance.
    pub pc: f64,
    /// `i_cvi` corrected for chance.
    pub kappa: f64,
    /// Lawshe's content validity ratio.
    pub cvr: f64,
    /// Smallest significant ratio for so many experts; none for fewer than five.
    pub cvr_critical: Option<f64>,
    /// Aiken's V.
    pub aiken_v: f64,
    /// 95 % score interval of `aiken_v`.
    pub aiken_interval: Option<Interval>,
    /// Mean rating.
    pub mean: f64,
    /// Whether it meets the rule: I-CVI of at least .78, of 1 with fewer than six experts.
    pub meets: bool,
    /// By panel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub panels: Vec<PanelItem>,
}

/// The judgement of one item by one panel.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{ContentValidity, ExpertRatings, RatingScale};
///
/// // two panels of two experts, who rate an item each way
/// let ratings = Dataset::builder()
///     .column("item", ["a", "a", "a", "a", "b", "b", "b", "b"])
///     .column("expert", ["1", "2", "3", "4", "1", "2", "3", "4"])
///     .column("panel", ["nurse", "nurse", "doctor", "doctor", "nurse", "nurse", "doctor", "doctor"])
///     .column("rating", [4, 3, 4, 4, 4, 4, 2, 3])
///     .build()?;
/// let ratings = ExpertRatings::of(&ratings, RatingScale::default())?;
/// let found = ContentValidity::of(&ratings, |_| Some("care".into()));
/// let panel = &found.items[0].panels[0];
/// assert_eq!((panel.panel.as_str(), panel.n, panel.i_cvi), ("nurse", 2, Some(1.0)));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PanelItem {
    /// The panel.
    pub panel: String,
    /// Its experts who rated the item.
    pub n: usize,
    /// Share of them who rate it relevant; none without a rating.
    pub i_cvi: Option<f64>,
    /// Aiken's V.
    pub aiken_v: Option<f64>,
}

/// The judgement of several items.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{ContentValidity, ExpertRatings, RatingScale};
///
/// let ratings = ExpertRatings::of(&Dataset::read_csv("tests/data/experts.csv")?, RatingScale::default())?;
/// let found = ContentValidity::of(&ratings, |_| None);
/// assert_eq!((found.scale.items, found.scale.meeting), (8, 4));
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", found.scale.s_cvi_ave, found.scale.s_cvi_ua, found.scale.mean_v),
///     "0.667 0.375 0.604"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentScale {
    /// Items.
    pub items: usize,
    /// Mean I-CVI.
    pub s_cvi_ave: f64,
    /// Share of items that all experts rate relevant.
    pub s_cvi_ua: f64,
    /// Mean content validity ratio.
    pub mean_cvr: f64,
    /// Mean Aiken's V.
    pub mean_v: f64,
    /// Items that meet the rule.
    pub meeting: usize,
}

/// The judgement of a dimension's items.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{ContentValidity, ExpertRatings, RatingScale};
///
/// // two panels of two experts, who rate an item each way
/// let ratings = Dataset::builder()
///     .column("item", ["a", "a", "a", "a", "b", "b", "b", "b"])
///     .column("expert", ["1", "2", "3", "4", "1", "2", "3", "4"])
///     .column("panel", ["nurse", "nurse", "doctor", "doctor", "nurse", "nurse", "doctor", "doctor"])
///     .column("rating", [4, 3, 4, 4, 4, 4, 2, 3])
///     .build()?;
/// let ratings = ExpertRatings::of(&ratings, RatingScale::default())?;
/// let found = ContentValidity::of(&ratings, |_| Some("care".into()));
/// let dimension = &found.dimensions[0];
/// assert_eq!((dimension.dimension.as_str(), dimension.scale.items, dimension.scale.s_cvi_ave), ("care", 2, 0.875));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DimensionContent {
    /// The dimension.
    pub dimension: String,
    /// Its items.
    #[serde(flatten)]
    pub scale: ContentScale,
}

/// The judgement of a panel, and how far its experts agree.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{ContentValidity, ExpertRatings, RatingScale};
///
/// // two panels of two experts, who rate an item each way
/// let ratings = Dataset::builder()
///     .column("item", ["a", "a", "a", "a", "b", "b", "b", "b"])
///     .column("expert", ["1", "2", "3", "4", "1", "2", "3", "4"])
///     .column("panel", ["nurse", "nurse", "doctor", "doctor", "nurse", "nurse", "doctor", "doctor"])
///     .column("rating", [4, 3, 4, 4, 4, 4, 2, 3])
///     .build()?;
/// let ratings = ExpertRatings::of(&ratings, RatingScale::default())?;
/// let found = ContentValidity::of(&ratings, |_| Some("care".into()));
/// let panel = &found.panels[0];
/// assert_eq!((panel.panel.as_str(), panel.experts, panel.scale.as_ref().unwrap().s_cvi_ave), ("nurse", 2, 1.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PanelContent {
    /// The panel.
    pub panel: String,
    /// Its experts.
    pub experts: usize,
    /// Its judgement of all items; none without ratings.
    pub scale: Option<ContentScale>,
    /// Krippendorff's alpha of its ratings, ordinal; none with one expert, or when all ratings are the same.
    pub krippendorff: Option<f64>,
    /// Gwet's AC2 with quadratic weights, which high agreement on one rating does not push down.
    pub ac2: Option<f64>,
}

/// How far two panels agree on the items.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{ContentValidity, ExpertRatings, RatingScale};
///
/// // two panels of two experts, who rate an item each way
/// let ratings = Dataset::builder()
///     .column("item", ["a", "a", "a", "a", "b", "b", "b", "b"])
///     .column("expert", ["1", "2", "3", "4", "1", "2", "3", "4"])
///     .column("panel", ["nurse", "nurse", "doctor", "doctor", "nurse", "nurse", "doctor", "doctor"])
///     .column("rating", [4, 3, 4, 4, 4, 4, 2, 3])
///     .build()?;
/// let ratings = ExpertRatings::of(&ratings, RatingScale::default())?;
/// let found = ContentValidity::of(&ratings, |_| Some("care".into()));
/// let pair = &found.between[0];
/// assert_eq!((pair.first.as_str(), pair.second.as_str(), pair.items, pair.difference), ("nurse", "doctor", 2, 0.25));
/// assert_eq!(pair.disputed, ["b"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PanelPair {
    /// One panel.
    pub first: String,
    /// The other.
    pub second: String,
    /// Items that both rated.
    pub items: usize,
    /// Correlation of the mean ratings; none when one panel rates all alike.
    pub r: Option<f64>,
    /// Mean difference of I-CVI, first minus second.
    pub difference: f64,
    /// Mean absolute difference of I-CVI.
    pub absolute_difference: f64,
    /// Items that meet the rule in one panel and not in the other.
    pub disputed: Vec<String>,
}

/// Smallest content validity ratio of `n` experts that chance reaches with a probability of at most .05; none for fewer
/// than five, of whom not even all suffice.
///
/// ```
/// use psychometrics::evidence::content::critical_ratio;
/// assert_eq!(critical_ratio(10), Some(0.8)); // 9 of 10
/// assert_eq!(critical_ratio(40), Some(0.3));
/// assert_eq!(critical_ratio(4), None);
/// ```
pub fn critical_ratio(n: usize) -> Option<f64> {
    let chance = Binomial::new(0.5, n as u64).ok()?;
    let e = (1..=n).find(|e| chance.sf(*e as u64 - 1) <= LEVEL)?;
    Some((2.0 * e as f64 - n as f64) / n as f64)
}

impl ContentValidity {
    /// Of expert ratings; `dimension` tells to which dimension an item belongs.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::evidence::content::{ContentValidity, ExpertRatings, RatingScale};
    ///
    /// let ratings = ExpertRatings::of(&Dataset::read_csv("tests/data/experts.csv")?, RatingScale::default())?;
    /// let found = ContentValidity::of(&ratings, |_| None);
    /// assert_eq!(format!("{:.3}", found.scale.s_cvi_ave), "0.667");
    /// assert_eq!(format!("{:.3}", found.items[6].kappa), "0.816"); // 5 of 6
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn of(ratings: &ExpertRatings, dimension: impl Fn(&str) -> Option<String>) -> Self {
        let panels = panels_of(ratings);
        let items: Vec<ItemContent> = ratings
            .items
            .iter()
            .zip(&ratings.values)
            .filter_map(|(item, own)| {
                let mut found = judge(ratings, item, &own.iter().flatten().copied().collect::<Vec<_>>())?;
                found.dimension = dimension(item);
                found.panels = panels.iter().map(|panel| panel_item(ratings, item, own, panel)).collect();
                Some(found)
            })
            .collect();
        let judged: Vec<(String, Vec<Option<ItemContent>>)> = panels
            .iter()
            .map(|(panel, experts)| {
                let of_item = |(item, own): (&String, &Vec<Option<f64>>)| {
                    judge(ratings, item, &experts.iter().filter_map(|e| own[*e]).collect::<Vec<_>>())
                };
                (panel.clone(), ratings.items.iter().zip(&ratings.values).map(of_item).collect())
            })
            .collect();
        let within = panels.iter().zip(&judged).map(|(panel, (_, own))| within(ratings, panel, own));
        let within = within.collect();
        let mut between = Vec::new();
        for (i, first) in judged.iter().enumerate() {
            between.extend(judged[i + 1..].iter().filter_map(|second| pair(first, second)));
        }
        let fewest = items.iter().map(|i| i.n).min().unwrap_or(0);
        let mut warnings = Vec::new();
        if fewest < 5 {
            warnings.push(Warning::NotDone {
                what: "the test of Lawshe's ratio".into(),
                reason: format!(
                    "an item has {fewest} ratings, and of fewer than five not even unanimity is significant"
                ),
            });
        }
        let scales = &ratings.scale;
        Self {
            scale: scale(items.iter()),
            dimensions: by_dimension(&items),
            items,
            panels: within,
            between,
            experts: ratings.experts.len(),
            rating_scale: [scales.low, scales.high, scales.relevant, scales.essential],
            warnings,
        }
    }
}

/// A panel with the positions of its experts.
type Panel = (String, Vec<usize>);

/// The panels, where there are several.
fn panels_of(ratings: &ExpertRatings) -> Vec<Panel> {
    let Some(grouping) = ratings.panels.as_ref().filter(|own| own.levels.len() > 1) else {
        return Vec::new();
    };
    let of = |(code, level): (usize, &String)| (level.clone(), grouping.rows_of(code));
    grouping.levels.iter().enumerate().map(of).collect()
}

/// What a panel says of an item.
fn panel_item(
    ratings: &ExpertRatings,
    item: &str,
    own: &[Option<f64>],
    (panel, experts): &Panel,
) -> PanelItem {
    let of_panel: Vec<f64> = experts.iter().filter_map(|e| own[*e]).collect();
    let judged = judge(ratings, item, &of_panel);
    PanelItem {
        panel: panel.clone(),
        n: of_panel.len(),
        i_cvi: judged.as_ref().map(|j| j.i_cvi),
        aiken_v: judged.as_ref().map(|j| j.aiken_v),
    }
}

/// What a panel says of the items together.
fn within(ratings: &ExpertRatings, (panel, experts): &Panel, own: &[Option<ItemContent>]) -> PanelContent {
    let codes =
        Codes::new(ratings.values.iter().map(|row| experts.iter().map(|e| row[*e]).collect()).collect());
    let rated = own.iter().flatten();
    PanelContent {
        panel: panel.clone(),
        experts: experts.len(),
        scale: rated.clone().next().is_some().then(|| scale(rated)),
        krippendorff: krippendorff_alpha(&codes, Metric::Ordinal),
        ac2: gwet(&codes).and_then(|g| g.ac2),
    }
}

/// The dimensions of the items, in the order of first appearance.
fn by_dimension(items: &[ItemContent]) -> Vec<DimensionContent> {
    let mut order: Vec<&String> = Vec::new();
    for dimension in items.iter().filter_map(|item| item.dimension.as_ref()) {
        if !order.contains(&dimension) {
            order.push(dimension);
        }
    }
    let of = |dimension: &String| {
        let own = items.iter().filter(|item| item.dimension.as_ref() == Some(dimension));
        DimensionContent { dimension: dimension.clone(), scale: scale(own) }
    };
    order.into_iter().map(of).collect()
}

fn judge(ratings: &ExpertRatings, item: &str, own: &[f64]) -> Option<ItemContent> {
    let n = own.len();
    if n == 0 {
        return None;
    }
    let scale = &ratings.scale;
    let relevant = own.iter().filter(|x| **x >= scale.relevant).count();
    let essential = own.iter().filter(|x| **x >= scale.essential).count();
    let count = n as f64;
    let i_cvi = relevant as f64 / count;
    let pc = Binomial::new(0.5, n as u64).ok()?.pmf(relevant as u64);
    let mean = own.iter().sum::<f64>() / count;
    let aiken_v = (mean - scale.low) / (scale.high - scale.low);
    Some(ItemContent {
        item: item.into(),
        dimension: None,
        n,
        relevant,
        i_cvi,
        i_cvi_interval: clopper_pearson(relevant, n),
        pc,
        kappa: (i_cvi - pc) / (1.0 - pc),
        cvr: (2.0 * essential as f64 - count) / count,
        cvr_critical: critical_ratio(n),
        aiken_v,
        aiken_interval: wilson(aiken_v, count * (scale.high - scale.low)),
        mean,
        meets: if n < FEW { relevant == n } else { i_cvi >= KEPT },
        panels: Vec::new(),
    })
}

fn scale<'a>(items: impl Iterator<Item = &'a ItemContent>) -> ContentScale {
    let items: Vec<&ItemContent> = items.collect();
    let k = items.len() as f64;
    let mean = |of: fn(&ItemContent) -> f64| items.iter().map(|i| of(i)).sum::<f64>() / k;
    ContentScale {
        items: items.len(),
        s_cvi_ave: mean(|i| i.i_cvi),
        s_cvi_ua: mean(|i| if i.relevant == i.n { 1.0 } else { 0.0 }),
        mean_cvr: mean(|i| i.cvr),
        mean_v: mean(|i| i.aiken_v),
        meeting: items.iter().filter(|i| i.meets).count(),
    }
}

type Judged = (String, Vec<Option<ItemContent>>);

fn pair((first, a): &Judged, (second, b): &Judged) -> Option<PanelPair> {
    let both: Vec<(&ItemContent, &ItemContent)> =
        a.iter().zip(b).filter_map(|(a, b)| Some((a.as_ref()?, b.as_ref()?))).collect();
    let k = both.len() as f64;
    if both.is_empty() {
        return None;
    }
    let (ma, mb) = (
        both.iter().map(|(a, _)| a.mean).sum::<f64>() / k,
        both.iter().map(|(_, b)| b.mean).sum::<f64>() / k,
    );
    let sum =
        |of: &dyn Fn(&ItemContent, &ItemContent) -> f64| both.iter().map(|(a, b)| of(a, b)).sum::<f64>();
    let (saa, sbb) = (sum(&|a, _| (a.mean - ma).powi(2)), sum(&|_, b| (b.mean - mb).powi(2)));
    let sab = sum(&|a, b| (a.mean - ma) * (b.mean - mb));
    Some(PanelPair {
        first: first.clone(),
        second: second.clone(),
        items: both.len(),
        r: (saa > 0.0 && sbb > 0.0).then(|| sab / (saa * sbb).sqrt()),
        difference: sum(&|a, b| a.i_cvi - b.i_cvi) / k,
        absolute_difference: sum(&|a, b| (a.i_cvi - b.i_cvi).abs()) / k,
        disputed: both.iter().filter(|(a, b)| a.meets != b.meets).map(|(a, _)| a.item.clone()).collect(),
    })
}

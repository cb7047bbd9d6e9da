//! Heterotrait-monotrait ratios of correlations: whether two factors are two.
//!
//! ```text
//! HTMT   mean r_ij (i of one factor, j of the other) / sqrt(mean r within one * mean r within the other)
//! HTMT2  the same of geometric means
//! ```
//!
//! Henseler, Ringle & Sarstedt (2015), Journal of the Academy of Marketing Science 43, 115-135; Roemer, Schuberth &
//! Henseler (2021), Industrial Management & Data Systems 121, 2637-2650. Correlations keep their sign, the items being
//! keyed; the ratio of absolute correlations, as printed by others, stands beside it. A mean within a factor that is
//! not positive leaves no ratio. HTMT2 of correlations between the factors that are all negative is negative; of some that
//! are and some that are not, or a correlation within a factor that is not positive, there is no geometric mean.
//!
//! Intervals are percentiles of samples of the respondents. Of polychoric correlations each sample takes the first-order
//! change r + mean of the influences of those drawn, instead of estimating every correlation anew.

use crate::correlation::{EmptyCells, Keep, Ordered, ThreeStage};
use crate::data::Rows;
use crate::error::{Error, Result};
use crate::evidence::internal_structure::resampled_covariance;
use crate::evidence::{Interval, Resampling};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Level of the intervals.
const LEVEL: f64 = 0.95;

/// Ratios of all pairs of factors.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::Resampling;
/// use psychometrics::evidence::relations::{Block, HeterotraitRatios};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let items: Vec<String> = (1..=6).map(|i| format!("x{i}")).collect();
/// let blocks: [Block; 2] = [("visual".into(), items[..3].to_vec()), ("textual".into(), items[3..].to_vec())];
/// let drawn = Resampling { replicates: 100, seed: 1 };
/// let ratios = HeterotraitRatios::pearson(&items, data.numeric(&items)?.view(), &blocks, drawn)?;
/// assert_eq!((ratios.correlation.as_ref(), ratios.n, ratios.htmt.len(), ratios.htmt2.len()), ("pearson", 301, 1, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HeterotraitRatios {
    /// `pearson` or `polychoric`.
    pub correlation: Cow<'static, str>,
    /// Respondents.
    pub n: usize,
    /// HTMT.
    pub htmt: Vec<HeterotraitRatio>,
    /// HTMT2.
    pub htmt2: Vec<HeterotraitRatio>,
    /// Replicates and seed of the intervals.
    pub resampling: Resampling,
}

/// The ratio of a pair of factors.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::Resampling;
/// use psychometrics::evidence::relations::{Block, HeterotraitRatios};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let items: Vec<String> = (1..=6).map(|i| format!("x{i}")).collect();
/// let blocks: [Block; 2] = [("visual".into(), items[..3].to_vec()), ("textual".into(), items[3..].to_vec())];
/// let drawn = Resampling { replicates: 100, seed: 1 };
/// let ratios = HeterotraitRatios::pearson(&items, data.numeric(&items)?.view(), &blocks, drawn)?;
/// let ratio = &ratios.htmt[0];
/// assert_eq!((ratio.first.as_str(), ratio.second.as_str()), ("visual", "textual"));
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", ratio.value.unwrap(), ratio.lower.unwrap(), ratio.upper.unwrap()),
///     "0.424 0.268 0.546"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HeterotraitRatio {
    /// One factor.
    pub first: String,
    /// The other.
    pub second: String,
    /// The ratio of correlations with their sign.
    pub value: Option<f64>,
    /// The ratio of absolute correlations.
    pub absolute: Option<f64>,
    /// Lower end of the 95 % interval of `value`.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A factor and its items.
///
/// ```
/// use psychometrics::evidence::relations::Block;
///
/// let visual: Block = ("visual".into(), ["x1", "x2", "x3"].map(String::from).to_vec());
/// assert_eq!(visual.1.len(), 3);
/// ```
pub type Block = (String, Vec<String>);

/// Places of the items of each factor.
struct Blocks {
    names: Vec<String>,
    items: Vec<String>,
    places: Vec<Vec<usize>>,
}

impl Blocks {
    fn of(blocks: &[Block], items: &[String]) -> Result<Self> {
        if blocks.len() < 2 {
            let what = "a heterotrait-monotrait ratio (factors)".into();
            return Err(Error::TooFewItems { what, needed: 2, found: blocks.len() });
        }
        let place = |item: &String| {
            items.iter().position(|i| i == item).ok_or_else(|| Error::UnknownColumn {
                column: item.clone(),
                source_name: "the answers".into(),
                nearest: None,
                available: items.to_vec(),
            })
        };
        let places = blocks.iter().map(|(_, own)| own.iter().map(place).collect()).collect::<Result<_>>()?;
        Ok(Self {
            names: blocks.iter().map(|(name, _)| name.clone()).collect(),
            items: items.to_vec(),
            places,
        })
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let k = self.names.len();
        (0..k).flat_map(move |i| (i + 1..k).map(move |j| (i, j)))
    }

    /// Of every pair HTMT, its absolute version, HTMT2 and its absolute version.
    fn values(&self, r: &DMatrix<f64>) -> Vec<[Option<f64>; 4]> {
        let within: Vec<Vec<f64>> = self
            .places
            .iter()
            .map(|own| {
                let pairs = own.iter().enumerate().flat_map(|(i, a)| own[..i].iter().map(move |b| (*a, *b)));
                pairs.map(|(a, b)| r[(a, b)]).collect()
            })
            .collect();
        self.pairs()
            .map(|(i, j)| {
                let between: Vec<f64> = self.places[i]
                    .iter()
                    .flat_map(|a| self.places[j].iter().map(move |b| (*a, *b)))
                    .map(|(a, b)| r[(a, b)])
                    .collect();
                let ratio = |mean: fn(&[f64]) -> Option<f64>, of: fn(f64) -> f64| {
                    let of_all = |x: &[f64]| mean(&x.iter().map(|x| of(*x)).collect::<Vec<_>>());
                    let (a, b) = (of_all(&within[i])?, of_all(&within[j])?);
                    (a > 0.0 && b > 0.0).then_some(of_all(&between)? / (a * b).sqrt())
                };
                [
                    ratio(arithmetic, |x| x),
                    ratio(arithmetic, f64::abs),
                    ratio(geometric, |x| x),
                    ratio(geometric, f64::abs),
                ]
            })
            .collect()
    }

    /// Why a pair has no ratio.
    fn reason(&self, (i, j): (usize, usize), r: &DMatrix<f64>, geometric: bool) -> String {
        for own in [i, j] {
            let places = &self.places[own];
            if places.len() < 2 {
                return format!("'{}' has a single item", self.names[own]);
            }
            for (at, a) in places.iter().enumerate() {
                for b in &places[..at] {
                    if r[(*a, *b)] <= 0.0 {
                        let (first, second) = (&self.items[*b], &self.items[*a]);
                        return format!(
                            "'{first}' and '{second}' of '{}' correlate {:.2}: look at their keys",
                            self.names[own],
                            r[(*a, *b)]
                        );
                    }
                }
            }
        }
        if geometric {
            let pairs = || self.places[i].iter().flat_map(|a| self.places[j].iter().map(move |b| (*a, *b)));
            let below = pairs().filter(|(a, b)| r[(*a, *b)] < 0.0).count();
            format!(
                "{below} of the {} correlations between the factors are negative, the others are not: such have no geometric \
                 mean",
                pairs().count()
            )
        } else {
            "the mean correlation within a factor is not positive".into()
        }
    }
}

fn arithmetic(x: &[f64]) -> Option<f64> {
    (!x.is_empty()).then(|| x.iter().sum::<f64>() / x.len() as f64)
}

/// The geometric mean, negative of numbers that all are; none where their signs differ, or one has none.
fn geometric(x: &[f64]) -> Option<f64> {
    let first = *x.first()?;
    let mean_log = || x.iter().map(|x| x.abs().ln()).sum::<f64>() / x.len() as f64;
    x.iter().all(|x| x * first > 0.0).then(|| mean_log().exp().copysign(first))
}

impl HeterotraitRatios {
    /// From Pearson correlations of the complete rows of keyed answers, respondents x items.
    ///
    /// # Errors
    /// [`Error::TooFewItems`] for one factor, [`Error::UnknownColumn`], [`Error::TooFewRows`] for fewer than three
    /// complete rows, [`Error::ConstantItem`].
    pub fn pearson<'r>(
        items: &[String],
        rows: impl Into<Rows<'r>>,
        blocks: &[Block],
        resampling: Resampling,
    ) -> Result<Self> {
        let rows = rows.into();
        let rows = rows.view();
        let blocks = Blocks::of(blocks, items)?;
        let complete: Vec<Vec<f64>> =
            rows.outer_iter().map(|r| r.to_vec()).filter(|r| r.iter().all(|x| x.is_finite())).collect();
        let n = complete.len();
        if n < 3 {
            return Err(Error::TooFewRows { what: "a heterotrait-monotrait ratio".into(), n, needed: 3 });
        }
        let correlation = |times: &[u32]| correlations(resampled_covariance(&complete, times));
        let all = resampled_covariance(&complete, &vec![1; n]);
        if let Some(i) = (0..items.len()).find(|i| !(all[(*i, *i)] > 0.0)) {
            return Err(Error::ConstantItem { item: items[i].clone(), value: complete[0][i], n });
        }
        let drawn = resampling.of(n, 2 * blocks.pairs().count(), |times| flat(&blocks, &correlation(times)));
        Ok(Self::with(&blocks, "pearson", n, &correlations(all), &drawn, resampling))
    }

    /// From polychoric (for ordinal items) and Pearson correlations, pairwise.
    ///
    /// # Errors
    /// [`Error::TooFewItems`] for one factor, [`Error::UnknownColumn`], and as [`ThreeStage::of`].
    pub fn polychoric<'r>(
        items: &[String],
        rows: impl Into<Rows<'r>>,
        ordered: &Ordered,
        blocks: &[Block],
        resampling: Resampling,
    ) -> Result<Self> {
        let rows = rows.into();
        let rows = rows.view();
        let blocks = Blocks::of(blocks, items)?;
        let stages = ThreeStage::of(items, rows, ordered, &[], EmptyCells::default(), Keep::Influences)?;
        let (n, matrix, pairs, changes) =
            stages.into_correlation_influences().ok_or_else(|| Error::NoAnswerExists {
                what: "sampling variation of these correlations".into(),
                why: "it was not kept".into(),
                remedy: "Report this as a fault of the program.".into(),
            })?;
        let drawn = resampling.of_sums(&changes, 2 * blocks.pairs().count(), |changes| {
            let mut moved = matrix.clone();
            for (&(i, j), change) in pairs.iter().zip(changes) {
                moved[(i, j)] += change / n as f64;
                moved[(j, i)] = moved[(i, j)];
            }
            flat(&blocks, &moved)
        });
        Ok(Self::with(&blocks, "polychoric", n, &matrix, &drawn, resampling))
    }

    fn with(
        blocks: &Blocks,
        correlation: &'static str,
        n: usize,
        matrix: &DMatrix<f64>,
        drawn: &crate::evidence::resampling::Replicates,
        resampling: Resampling,
    ) -> Self {
        let values = blocks.values(matrix);
        let ratios = |geometric: bool| {
            let at = if geometric { 2 } else { 0 };
            let each = blocks.pairs().zip(&values).enumerate().map(|(index, (pair, own))| {
                let interval: Option<Interval> =
                    own[at].and_then(|_| drawn.interval(2 * index + usize::from(geometric), LEVEL));
                HeterotraitRatio {
                    first: blocks.names[pair.0].clone(),
                    second: blocks.names[pair.1].clone(),
                    value: own[at],
                    absolute: own[at + 1],
                    lower: interval.map(|i| i.lower),
                    upper: interval.map(|i| i.upper),
                    reason: own[at].is_none().then(|| blocks.reason(pair, matrix, geometric)),
                }
            });
            each.collect()
        };
        Self { correlation: correlation.into(), n, htmt: ratios(false), htmt2: ratios(true), resampling }
    }
}

/// HTMT and HTMT2 of every pair.
fn flat(blocks: &Blocks, matrix: &DMatrix<f64>) -> Vec<Option<f64>> {
    blocks.values(matrix).into_iter().flat_map(|v| [v[0], v[2]]).collect()
}

fn correlations(mut covariance: DMatrix<f64>) -> DMatrix<f64> {
    let scale = covariance.diagonal().map(f64::sqrt);
    for j in 0..scale.len() {
        for i in 0..scale.len() {
            covariance[(i, j)] /= scale[i] * scale[j];
        }
    }
    covariance
}

//! Short forms: the items that are most precise where precision is wanted.
//!
//! Information adds up over items, so that the K items with most information on average over a range of the trait are the
//! best K by that criterion. By the least information within the range they are chosen one after the other, each the item
//! that raises the minimum most; then items are exchanged, from there and from the best K on average, as long as that raises
//! the minimum (van der Linden 2005, ch. 4, has the exact programme).

use super::bank::ItemBank;
use super::curves::Curves;
use super::precision::marginal_reliability;
use super::scores::Scorer;
use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// By what items of a short form are chosen.
///
/// ```
/// use psychometrics::irt::{ItemBank, ItemModel, ItemParameters, ShortFormGoal};
///
/// let item = |i: usize| ItemParameters::new(format!("i{i}"), ItemModel::TwoParameter, [1.5], [2.0 - 0.5 * i as f64]);
/// let bank = ItemBank::new((0..9).map(item).collect::<Result<Vec<_>, _>>()?)?;
/// // most information on the whole, or where there is least of it
/// let least = |goal| -> psychometrics::Result<f64> {
///     let form = bank.short_form(5, (-2.0, 2.0), goal)?;
///     Ok(form.levels.iter().map(|own| own.short).fold(f64::INFINITY, f64::min))
/// };
/// assert_eq!(format!("{:.2} {:.2}", least(ShortFormGoal::Mean)?, least(ShortFormGoal::Least)?), "0.60 0.60");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ShortFormGoal {
    /// The mean information over the range.
    #[default]
    Mean,
    /// The least information within the range.
    Least,
}

impl ShortFormGoal {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Mean, Self::Least];
}

impl fmt::Display for ShortFormGoal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Mean => "mean",
            Self::Least => "least",
        })
    }
}

impl FromStr for ShortFormGoal {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("goal of a short form", Self::ALL, text)
    }
}

/// A level of the trait in the whole and in the short form.
///
/// ```
/// use psychometrics::irt::{ItemBank, ItemModel, ItemParameters, ShortFormGoal};
///
/// let item = |i: usize| ItemParameters::new(format!("i{i}"), ItemModel::TwoParameter, [1.5], [2.0 - 0.5 * i as f64]);
/// let bank = ItemBank::new((0..9).map(item).collect::<Result<Vec<_>, _>>()?)?;
/// let form = bank.short_form(3, (-1.0, 1.0), ShortFormGoal::Mean)?;
/// let lowest = &form.levels[0];
/// assert_eq!(lowest.theta, -1.0);
/// assert_eq!(format!("{:.2} {:.2} {:.2}", lowest.all, lowest.short, lowest.se), "2.96 1.01 0.99");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShortFormLevel {
    /// The level.
    pub theta: f64,
    /// Information of all items.
    pub all: f64,
    /// Of the short form.
    pub short: f64,
    /// 1 / sqrt(information) of the short form.
    pub se: f64,
}

/// A short form.
///
/// ```
/// use psychometrics::irt::{ItemBank, ItemModel, ItemParameters, ShortFormGoal};
///
/// let item = |i: usize| ItemParameters::new(format!("i{i}"), ItemModel::TwoParameter, [1.5], [2.0 - 0.5 * i as f64]);
/// let bank = ItemBank::new((0..9).map(item).collect::<Result<Vec<_>, _>>()?)?;
/// let form = bank.short_form(3, (-1.0, 1.0), ShortFormGoal::Mean)?;
/// assert_eq!(form.of, 9);
/// assert_eq!(form.items, ["i4", "i3", "i5"]);
/// assert_eq!(format!("{:.2} {:.2}", form.kept, form.reliability.unwrap()), "0.41 0.52");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShortForm {
    /// The items, in the order in which they were chosen.
    pub items: Vec<String>,
    /// Items there are.
    pub of: usize,
    /// By what they were chosen.
    pub goal: ShortFormGoal,
    /// The range of the trait.
    pub range: (f64, f64),
    /// Share of the information over the range that is kept.
    pub kept: f64,
    /// Marginal reliability of all items (mean of I / (I + 1 / variance)).
    pub reliability_all: Option<f64>,
    /// Of the short form.
    pub reliability: Option<f64>,
    /// Along the range.
    pub levels: Vec<ShortFormLevel>,
}

/// Exchanges of items at most.
const MOST_EXCHANGES: usize = 50;
/// Steps of the range.
const STEPS: usize = 40;

impl ItemBank {
    /// The `count` items with most information where the trait is within a range.
    ///
    /// # Errors
    /// [`Error::BadOption`] for a count that is 0 or above the items there are, and for an empty range;
    /// [`Error::Unsupported`] of several traits.
    pub fn short_form(&self, count: usize, range: (f64, f64), goal: ShortFormGoal) -> Result<ShortForm> {
        let scorers = self.one_trait("a short form")?;
        let (low, high) = range;
        if count == 0 || count > scorers.len() {
            return Err(Error::BadOption {
                option: "items of the short form".into(),
                value: count.to_string(),
                allowed: format!("1 to {}", scorers.len()),
            });
        }
        if !(low < high && low.is_finite() && high.is_finite()) {
            return Err(Error::BadOption {
                option: "range of the trait".into(),
                value: format!("{low}..{high}"),
                allowed: "two numbers, the lower first, such as -2..2".into(),
            });
        }
        let theta: Vec<f64> =
            (0..=STEPS).map(|step| low + (high - low) * step as f64 / STEPS as f64).collect();
        let mut curves = Curves::default();
        let own: Vec<Vec<f64>> = scorers
            .iter()
            .map(|item| theta.iter().map(|t| item.information(*t, &mut curves)).collect())
            .collect();
        let chosen = match goal {
            ShortFormGoal::Mean => by_mean(&own, count),
            ShortFormGoal::Least => {
                let starts =
                    [by_least(&own, count), by_mean(&own, count)].map(|start| exchanged(&own, start));
                let [first, second] = starts;
                if least(&own, &second) > least(&own, &first) { second } else { first }
            }
        };
        let sum = |items: &[usize], at: usize| items.iter().map(|item| own[*item][at]).sum::<f64>();
        let all: Vec<usize> = (0..own.len()).collect();
        let levels: Vec<ShortFormLevel> = (0..theta.len())
            .map(|at| {
                let short = sum(&chosen, at);
                let se = 1.0 / short.max(1e-12).sqrt();
                ShortFormLevel { theta: theta[at], all: sum(&all, at), short, se }
            })
            .collect();
        let total = |f: fn(&ShortFormLevel) -> f64| levels.iter().map(f).sum::<f64>();
        let kept = total(|level| level.short) / total(|level| level.all);
        let (nodes, weights) = self.nodes(121);
        let reliability = |items: &[usize]| {
            let own: Vec<Scorer> = items.iter().map(|item| scorers[*item].clone()).collect();
            marginal_reliability(&own, &nodes, &weights, self.covariance[0][0])
        };
        Ok(ShortForm {
            items: chosen.iter().map(|item| self.items[*item].item.clone()).collect(),
            of: own.len(),
            goal,
            range,
            kept: if kept.is_finite() { kept } else { 0.0 },
            reliability_all: reliability(&all),
            reliability: reliability(&chosen),
            levels,
        })
    }
}

fn by_mean(own: &[Vec<f64>], count: usize) -> Vec<usize> {
    let mean = |item: usize| own[item].iter().sum::<f64>();
    let mut order: Vec<usize> = (0..own.len()).collect();
    // equal items stay in their order
    order.sort_by(|a, b| mean(*b).total_cmp(&mean(*a)));
    order.truncate(count);
    order
}

/// The least information of a set of items.
fn least(own: &[Vec<f64>], items: &[usize]) -> f64 {
    let sum = |at: usize| items.iter().map(|item| own[*item][at]).sum::<f64>();
    (0..own[0].len()).map(sum).fold(f64::INFINITY, f64::min)
}

/// Items exchanged, the best exchange first, as long as that raises the least information.
fn exchanged(own: &[Vec<f64>], mut chosen: Vec<usize>) -> Vec<usize> {
    let mut value = least(own, &chosen);
    for _ in 0..MOST_EXCHANGES {
        let mut best: Option<(usize, usize, f64)> = None;
        for place in 0..chosen.len() {
            for item in (0..own.len()).filter(|item| !chosen.contains(item)) {
                let mut next = chosen.clone();
                next[place] = item;
                let found = least(own, &next);
                if found > best.map_or(value, |(_, _, most)| most) + 1e-12 {
                    best = Some((place, item, found));
                }
            }
        }
        let Some((place, item, found)) = best else { break };
        chosen[place] = item;
        value = found;
    }
    chosen
}

fn by_least(own: &[Vec<f64>], count: usize) -> Vec<usize> {
    let mut sums = vec![0.0; own[0].len()];
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < count {
        let gain = |item: usize| {
            let after = sums.iter().zip(&own[item]).map(|(sum, own)| sum + own);
            let (least, total) =
                after.fold((f64::INFINITY, 0.0), |(least, total), x: f64| (least.min(x), total + x));
            // the total tells apart what raises the minimum alike
            least + 1e-9 * total
        };
        let rest = (0..own.len()).filter(|item| !chosen.contains(item));
        let best = rest.fold(None, |best: Option<(usize, f64)>, item| {
            let own = gain(item);
            if best.is_none_or(|(_, gain)| own > gain) { Some((item, own)) } else { best }
        });
        let Some((best, _)) = best else { break };
        sums.iter_mut().zip(&own[best]).for_each(|(sum, own)| *sum += own);
        chosen.push(best);
    }
    chosen
}

//! Where the respondents are along a trait, and how precise scores are there.
//!
//! The share of respondents at a level is the mean of their posterior distributions there (what the E-step counts), which is
//! wider than the distribution of their scores. Reliability at a level (Green, Bock, Humphreys, Linn & Reckase 1984):
//!
//! ```text
//! r(t) = I(t) / (I(t) + 1 / variance of the trait)
//! ```
//!
//! Its mean over the distribution is the marginal reliability, so .70 on average may hide .50 where some respondents are. Standard
//! errors are by the delta method, from the covariance matrix of the parameters; the derivatives of the information are central
//! differences.

use super::curves::Curves;
use super::layout::{ItemPlace, Slot};
use super::scores::Scorer;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// Share of the respondents that is left out at each end.
const TAIL: f64 = 0.05;
/// Levels that are looked at between two nodes of the quadrature.
const BETWEEN: usize = 5;
/// Step of the differences.
const STEP: f64 = 1e-5;
/// Standard errors in a 95 % interval, on each side.
const TWO: f64 = 1.959_963_984_540_054;
/// Reliability that serves comparisons of groups, and decisions about persons (Nunnally & Bernstein 1994).
const GROUPS: f64 = 0.70;
const PERSONS: f64 = 0.90;

/// Where the respondents are along the trait, and how precise scores are there.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let levels = Irt::new(ItemModel::TwoParameter).fit(&data, &items)?.respondents.unwrap();
/// // five items are precise enough for nobody
/// assert_eq!((levels.for_groups, levels.precise.len()), (0.0, 0));
/// assert_eq!(format!("{:.2} {:.2} {:.2}", levels.low, levels.high, levels.lowest), "-1.65 1.65 0.18");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RespondentLevels {
    /// Levels of the trait, evenly spaced.
    pub theta: Vec<f64>,
    /// The share of the respondents from halfway the level before to halfway the next.
    pub share: Vec<f64>,
    /// Reliability of a score at these levels: information / (information + 1 / variance of the trait).
    pub reliability: Vec<f64>,
    /// Its standard error; none without the covariance matrix of all parameters.
    pub se: Option<Vec<f64>>,
    /// The level below which 5 % of the respondents are,
    pub low: f64,
    /// and that above which 5 % are.
    pub high: f64,
    /// The lowest reliability between these two,
    pub lowest: f64,
    /// and the level where it is.
    pub lowest_at: f64,
    /// Its 95 % interval,
    pub lowest_interval: Option<(f64, f64)>,
    /// and the lowest end of such an interval at all levels between the two.
    pub lowest_end: Option<f64>,
    /// The share of respondents at levels with a reliability of .70 or more,
    pub for_groups: f64,
    /// and of .90 or more.
    pub for_persons: f64,
    /// The share at levels where the whole 95 % interval of the reliability is .70 or more,
    pub surely: Option<f64>,
    /// and where some of it is.
    pub perhaps: Option<f64>,
    /// From which level to which the reliability is .70 or more, from the lowest; empty where it is nowhere.
    pub precise: Vec<(f64, f64)>,
}

/// How the parameters vary over samples.
pub(crate) struct Uncertainty<'a> {
    /// Where those of each item come from.
    pub(crate) items: &'a [ItemPlace],
    /// Where the variance of the trait comes from.
    pub(crate) variance: &'a Slot,
    pub(crate) matrix: &'a DMatrix<f64>,
}

/// A level between nodes.
struct Level {
    theta: f64,
    share: f64,
    reliability: f64,
    se: Option<f64>,
}

impl Level {
    /// The ends of the 95 % interval.
    fn interval(&self) -> Option<(f64, f64)> {
        let se = self.se?;
        Some(((self.reliability - TWO * se).max(0.0), (self.reliability + TWO * se).min(1.0)))
    }
}

/// Reliability along the trait.
struct Reliability<'a> {
    items: &'a [Scorer],
    variance: f64,
    uncertainty: Option<&'a Uncertainty<'a>>,
    curves: Curves,
}

impl Reliability<'_> {
    fn at(&mut self, theta: f64, share: f64) -> Level {
        let information: f64 = self.items.iter().map(|item| item.information(theta, &mut self.curves)).sum();
        let reliability = information * self.variance / (information * self.variance + 1.0);
        Level { theta, share, reliability, se: self.se(theta, information) }
    }

    /// d r = (variance dI + I d variance) / (I variance + 1)^2.
    fn se(&mut self, theta: f64, information: f64) -> Option<f64> {
        let own = self.uncertainty?;
        let mut gradient = DVector::zeros(own.matrix.nrows());
        for (place, item) in own.items.iter().zip(self.items) {
            for (k, slot) in place.slots.iter().enumerate().filter(|(_, slot)| !slot.free.is_empty()) {
                let mut moved = |by: f64| {
                    let mut item = item.clone();
                    match k.checked_sub(1) {
                        None => item.slope += by,
                        Some(at) => item.response = item.response.moved(at, by),
                    }
                    item.information(theta, &mut self.curves)
                };
                let derivative = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
                slot.free.iter().for_each(|(index, times)| gradient[*index] += times * derivative);
            }
        }
        gradient *= self.variance;
        own.variance.free.iter().for_each(|(index, times)| gradient[*index] += times * information);
        gradient /= (information * self.variance + 1.0).powi(2);
        let square = gradient.dot(&(own.matrix * &gradient));
        (square >= 0.0).then(|| square.sqrt())
    }
}

impl RespondentLevels {
    /// `counts` respondents are expected at the evenly spaced nodes `theta`; none where nobody is, or numbers are no numbers.
    pub(crate) fn of(
        items: &[Scorer],
        (theta, counts): (&[f64], &[f64]),
        variance: f64,
        uncertainty: Option<&Uncertainty<'_>>,
    ) -> Option<Self> {
        let total: f64 = counts.iter().sum();
        if theta.len() < 2 || !(total > 0.0 && variance > 0.0) {
            return None;
        }
        let mut along = Reliability { items, variance, uncertainty, curves: Curves::default() };
        let step = theta[1] - theta[0];
        let mut levels = Vec::with_capacity(theta.len() * BETWEEN);
        for (node, count) in theta.iter().zip(counts) {
            for i in 0..BETWEEN {
                let at = node + step * ((i as f64 + 0.5) / BETWEEN as f64 - 0.5);
                levels.push(along.at(at, count / total / BETWEEN as f64));
            }
        }
        if levels.iter().any(|level| !level.reliability.is_finite()) {
            return None;
        }
        let (low, high) = (quantile(&levels, TAIL), quantile(&levels, 1.0 - TAIL));
        let nodes: Vec<Level> = theta.iter().map(|at| along.at(*at, 0.0)).collect();
        let ends = [low, high].map(|theta| along.at(theta, 0.0));
        let inside = || levels.iter().filter(|level| (low..=high).contains(&level.theta)).chain(&ends);
        let least = inside().min_by(|a, b| a.reliability.total_cmp(&b.reliability))?;
        let share = |is: &dyn Fn(&Level) -> bool| -> f64 {
            // of nobody the sum is -0
            levels.iter().filter(|level| is(level)).map(|level| level.share).sum::<f64>().min(1.0) + 0.0
        };
        let known = levels.iter().chain(&ends).all(|level| level.se.is_some());
        let of_ends = |is: fn((f64, f64)) -> bool| share(&|level: &Level| level.interval().is_some_and(is));
        Some(Self {
            theta: theta.to_vec(),
            share: counts.iter().map(|count| count / total).collect(),
            reliability: nodes.iter().map(|level| level.reliability).collect(),
            se: nodes.iter().map(|level| level.se).collect(),
            low,
            high,
            lowest: least.reliability,
            lowest_at: least.theta,
            lowest_interval: least.interval(),
            lowest_end: inside().filter_map(|level| Some(level.interval()?.0)).min_by(f64::total_cmp),
            for_groups: share(&|level: &Level| level.reliability >= GROUPS),
            for_persons: share(&|level: &Level| level.reliability >= PERSONS),
            surely: known.then(|| of_ends(|(lower, _)| lower >= GROUPS)),
            perhaps: known.then(|| of_ends(|(_, upper)| upper >= GROUPS)),
            precise: ranges(&levels),
        })
    }
}

/// The level below which a share of the respondents is; those of a step are spread evenly over it.
fn quantile(levels: &[Level], share: f64) -> f64 {
    let width = levels[1].theta - levels[0].theta;
    let mut below = 0.0;
    for level in levels {
        if level.share > 0.0 && below + level.share >= share {
            return level.theta + width * ((share - below) / level.share - 0.5);
        }
        below += level.share;
    }
    levels[levels.len() - 1].theta
}

/// Where the reliability serves comparisons of groups.
fn ranges(levels: &[Level]) -> Vec<(f64, f64)> {
    let mut found: Vec<(f64, f64)> = Vec::new();
    let mut was_precise = false;
    for level in levels {
        let is_precise = level.reliability >= GROUPS;
        match found.last_mut() {
            Some(range) if is_precise && was_precise => range.1 = level.theta,
            _ if is_precise => found.push((level.theta, level.theta)),
            _ => {}
        }
        was_precise = is_precise;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::curves::Shape;
    use super::super::item_model::ItemModel;
    use super::*;

    fn shape() -> Shape {
        Shape { form: ItemModel::TwoParameter.form(), categories: 2 }
    }

    fn item(slope: f64, intercept: f64) -> Scorer {
        Scorer { slope, response: shape().at(&[intercept]) }
    }

    #[test]
    fn levels_and_reliability_by_hand() {
        // information of n items of slope a at their difficulty: n a^2 / 4
        let items: Vec<Scorer> = (0..7).map(|_| item(2.0, 0.0)).collect();
        let theta: Vec<f64> = (0..5).map(|q| f64::from(q) - 2.0).collect();
        let found = RespondentLevels::of(&items, (&theta, &[0.0, 10.0, 20.0, 10.0, 0.0]), 1.0, None).unwrap();
        assert_eq!(found.share, [0.0, 0.25, 0.5, 0.25, 0.0]);
        assert!((found.reliability[2] - 7.0 / 8.0).abs() < 1e-12);
        // 10 of 40 respondents between -1.5 and -0.5: 2 of them below -1.3
        assert!((found.low + 1.3).abs() < 1e-9 && (found.high - 1.3).abs() < 1e-9);
        let p = 1.0 / (1.0 + 2.6f64.exp());
        let information = 7.0 * 4.0 * p * (1.0 - p);
        assert!((found.lowest - information / (information + 1.0)).abs() < 1e-9);
        assert!((found.lowest_at.abs() - 1.3).abs() < 1e-9);
        // .70 where the information is 7/3: 28 p q = 7/3, theta = ln((1 - p) / p) / 2
        let p = (1.0 - (1.0 - 4.0 / 12.0f64).sqrt()) / 2.0;
        let end = ((1.0 - p) / p).ln() / 2.0;
        let [(from, to)] = found.precise[..] else { panic!("one range") };
        // the last of the levels, which are a fifth of a node apart here
        assert!((from + end).abs() < 0.2 && (to - end).abs() < 0.2, "{from} to {to}, {end}");
        assert_eq!(found.for_persons, 0.0);
        // within a fifth of a node at each end
        let inside = 0.5 + 0.5 * (end - 0.5);
        assert!((found.for_groups - inside).abs() < 0.101, "{} and {inside}", found.for_groups);
    }

    /// One slope a shared by seven items at 0, its standard error s: I = 7 a^2 / 4 at 0, dI/da = 7 a / 2.
    #[test]
    fn standard_errors_are_those_of_the_delta_method() {
        let items: Vec<Scorer> = (0..7).map(|_| item(2.0, 0.0)).collect();
        let place =
            ItemPlace { shape: shape(), dimensions: vec![0], slots: vec![Slot::free(0), Slot::fixed(0.0)] };
        let (places, matrix) = (vec![place; 7], DMatrix::from_element(1, 1, 0.04));
        let variance = Slot::fixed(1.0);
        let own = Uncertainty { items: &places, variance: &variance, matrix: &matrix };
        let found =
            RespondentLevels::of(&items, (&[-1.0, 0.0, 1.0], &[1.0, 2.0, 1.0]), 1.0, Some(&own)).unwrap();
        assert!((found.se.unwrap()[1] - 7.0 * 0.2 / 64.0).abs() < 1e-9);
        let (lower, upper) = found.lowest_interval.unwrap();
        assert!(lower < found.lowest && found.lowest < upper && found.lowest_end.unwrap() <= lower);
        assert!(found.surely.unwrap() <= found.for_groups && found.for_groups <= found.perhaps.unwrap());
        // a variance that is estimated: dr/dv = I / (I v + 1)^2
        let fixed = ItemPlace { slots: vec![Slot::fixed(2.0), Slot::fixed(0.0)], ..places[0].clone() };
        let (places, variance) = (vec![fixed; 7], Slot::free(0));
        let own = Uncertainty { items: &places, variance: &variance, matrix: &matrix };
        let found =
            RespondentLevels::of(&items, (&[-1.0, 0.0, 1.0], &[1.0, 2.0, 1.0]), 1.0, Some(&own)).unwrap();
        assert!((found.se.unwrap()[1] - 7.0 * 0.2 / 64.0).abs() < 1e-9);
    }

    #[test]
    fn nobody_is_nowhere() {
        assert_eq!(RespondentLevels::of(&[item(1.0, 0.0)], (&[-1.0, 0.0, 1.0], &[0.0; 3]), 1.0, None), None);
        assert_eq!(RespondentLevels::of(&[item(1.0, 0.0)], (&[0.0], &[1.0]), 1.0, None), None);
    }
}

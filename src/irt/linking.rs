//! Linking of two forms with items in common: the scale of the second brought to that of the first.
//!
//! The trait of the first form is A x (that of the second) + B; the slopes of the second become a / A, its intercepts
//! d - s a B / A (with s the score of the category: 1 in the graded model). Mean-mean: A = mean a2 / mean a1; mean-sigma
//! (Marco 1977): A = sd b1 / sd b2; both B = mean b1 - A mean b2. Haebara (1980) minimises the squared differences of the curves
//! of all categories, Stocking & Lord (1983) those of the expected sum of the common items, over the distribution of the
//! trait in the first form (Kim & Lee 2006; Kolen & Brennan 2014, ch. 6).

use super::bank::ItemBank;
use super::item_model::Form;
use super::item_parameters::{ItemParameters, difficulties};
use crate::error::{Error, Result, chosen};
use crate::numeric::minimise::{Objective, bfgs};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How two forms are linked.
///
/// ```
/// use psychometrics::irt::{ItemBank, ItemModel, ItemParameters, LinkingMethod};
///
/// let item = |name: &str, a: f64, d: f64| ItemParameters::new(name, ItemModel::TwoParameter, [a], [d]);
/// let one = ItemBank::new([item("x", 1.0, 0.5)?, item("y", 1.5, -0.5)?, item("z", 1.2, 0.0)?])?;
/// // the same items on another scale: each method finds the way back
/// let other = one.on_scale(0.5, 1.0);
/// for method in [LinkingMethod::MeanMean, LinkingMethod::MeanSigma, LinkingMethod::Haebara, LinkingMethod::StockingLord] {
///     let linked = one.link(&other, method)?;
///     assert!((linked.slope - 2.0).abs() < 1e-4 && (linked.intercept + 2.0).abs() < 1e-4);
/// }
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LinkingMethod {
    /// Means of slopes and difficulties.
    MeanMean,
    /// Means and standard deviations of difficulties.
    MeanSigma,
    /// The curves of all categories.
    Haebara,
    /// The expected sum of the common items.
    #[default]
    StockingLord,
}

impl LinkingMethod {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::MeanMean, Self::MeanSigma, Self::Haebara, Self::StockingLord];
}

impl fmt::Display for LinkingMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::MeanMean => "mean-mean",
            Self::MeanSigma => "mean-sigma",
            Self::Haebara => "haebara",
            Self::StockingLord => "stocking-lord",
        })
    }
}

impl FromStr for LinkingMethod {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("method of linking", Self::ALL, text)
    }
}

/// The line from the trait of the second form to that of the first.
///
/// ```
/// use psychometrics::irt::{ItemBank, ItemModel, ItemParameters, LinkingMethod};
///
/// let item = |name: &str, a: f64, d: f64| ItemParameters::new(name, ItemModel::TwoParameter, [a], [d]);
/// let one = ItemBank::new([item("x", 1.0, 0.5)?, item("y", 1.5, -0.5)?, item("z", 1.2, 0.0)?])?;
/// let linked = one.link(&one.on_scale(0.5, 1.0), LinkingMethod::default())?;
/// let by_means = &linked.lines[0];
/// assert_eq!(by_means.method, LinkingMethod::MeanMean);
/// assert_eq!(format!("{:.3} {:.3}", by_means.slope.unwrap(), by_means.intercept.unwrap()), "2.000 -2.000");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkingLine {
    /// By which method.
    pub method: LinkingMethod,
    /// A; none where it does not exist (one difficulty has no standard deviation).
    pub slope: Option<f64>,
    /// B.
    pub intercept: Option<f64>,
}

/// A common item on the scale of the first form.
///
/// ```
/// use psychometrics::irt::{ItemBank, ItemModel, ItemParameters, LinkingMethod};
///
/// let item = |name: &str, d: f64| ItemParameters::new(name, ItemModel::TwoParameter, [1.5], [d]);
/// let one = ItemBank::new([item("x", 0.5)?, item("y", -0.5)?, item("z", 0.0)?])?;
/// let other = ItemBank::new([item("x", 0.5)?, item("y", -0.5)?, item("z", 1.0)?])?;
/// // z has become easier
/// let drifted = &one.link(&other, LinkingMethod::default())?.common[0];
/// assert_eq!(drifted.item.as_str(), "z");
/// assert_eq!(format!("{:.2} {:.2}", drifted.difference, drifted.drift), "0.11 0.12");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkedItem {
    /// The item.
    pub item: String,
    /// Mean difference of the expected answer, second form less first, over the trait of the first form.
    pub difference: f64,
    /// Root mean square difference there: how far its curve has drifted.
    pub drift: f64,
}

/// Two forms on one scale.
///
/// ```
/// use psychometrics::irt::{ItemBank, ItemModel, ItemParameters, LinkingMethod};
///
/// let item = |name: &str, d: f64| ItemParameters::new(name, ItemModel::TwoParameter, [1.5], [d]);
/// let one = ItemBank::new([item("x", 0.5)?, item("y", -0.5)?])?;
/// // the second form was answered by people half a standard deviation higher
/// let other = ItemBank::new([item("x", 1.25)?, item("y", 0.25)?, item("new", 0.75)?])?;
/// let linked = one.link(&other, LinkingMethod::MeanSigma)?;
/// assert_eq!(format!("{:.2} {:.2}", linked.slope, linked.intercept), "1.00 0.50");
/// assert_eq!((linked.common.len(), linked.linked.names().len()), (2, 3));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Linking {
    /// The method by which the second form is brought over.
    pub method: LinkingMethod,
    /// The trait of the first form is this times that of the second,
    pub slope: f64,
    /// plus this.
    pub intercept: f64,
    /// The line by every method.
    pub lines: Vec<LinkingLine>,
    /// The common items, the one that has drifted most first.
    pub common: Vec<LinkedItem>,
    /// The second form on the scale of the first.
    pub linked: ItemBank,
}

/// Nodes of the trait.
const NODES: usize = 61;
const TOLERANCE: f64 = 1e-10;

/// A pair of common items.
type Pair<'a> = (&'a ItemParameters, &'a ItemParameters);

impl ItemBank {
    /// Brings a second form, with items of the same names, to the scale of this one.
    ///
    /// # Errors
    /// [`Error::NoAnswerExists`] without a common item, where a common item has other categories or another model, or where
    /// the method gives no line; [`Error::Unsupported`] of several traits.
    pub fn link(&self, second: &Self, method: LinkingMethod) -> Result<Linking> {
        self.one_trait("linking")?;
        second.one_trait("linking")?;
        let pairs = self.common(second)?;
        let none = |why: &str, remedy: &str| Error::NoAnswerExists {
            what: format!("{method} link of the two forms"),
            why: why.into(),
            remedy: remedy.into(),
        };
        let start = moments(&pairs, LinkingMethod::MeanMean).unwrap_or((1.0, 0.0));
        let lines: Vec<LinkingLine> = LinkingMethod::ALL
            .iter()
            .map(|own| {
                let line = match own {
                    LinkingMethod::MeanMean | LinkingMethod::MeanSigma => moments(&pairs, *own),
                    _ => self.by_curves(&pairs, *own, start),
                };
                LinkingLine { method: *own, slope: line.map(|l| l.0), intercept: line.map(|l| l.1) }
            })
            .collect();
        let own = lines.iter().find(|line| line.method == method);
        let Some((slope, intercept)) = own.and_then(|line| Some((line.slope?, line.intercept?))) else {
            return Err(none(
                "the common items do not determine it",
                "Use stocking-lord or haebara, or more common items.",
            ));
        };
        let linked = second.on_scale(slope, intercept);
        let (theta, weights) = self.nodes(NODES);
        let mut common: Vec<LinkedItem> = pairs
            .iter()
            .map(|(first, other)| {
                let moved = turned(other, slope, intercept);
                let gaps: Vec<f64> =
                    theta.iter().map(|t| moved.expected(&[*t]) - first.expected(&[*t])).collect();
                let mean = |f: fn(f64) -> f64| gaps.iter().zip(&weights).map(|(g, w)| w * f(*g)).sum::<f64>();
                LinkedItem {
                    item: first.item.clone(),
                    difference: mean(|g| g),
                    drift: mean(|g| g * g).sqrt(),
                }
            })
            .collect();
        common.sort_by(|a, b| b.drift.total_cmp(&a.drift));
        Ok(Linking { method, slope, intercept, lines, common, linked })
    }

    fn common<'a>(&'a self, second: &'a Self) -> Result<Vec<Pair<'a>>> {
        let mut pairs = Vec::new();
        for first in &self.items {
            let Some(other) = second.items.iter().find(|other| other.item == first.item) else { continue };
            if other.categories != first.categories || other.model.form() != first.model.form() {
                return Err(Error::NoAnswerExists {
                    what: "link of the two forms".into(),
                    why: format!("'{}' does not have the same categories and model in both", first.item),
                    remedy:
                        "Fit both forms with the same model, or give the item another name in one of them."
                            .into(),
                });
            }
            pairs.push((first, other));
        }
        if pairs.is_empty() {
            return Err(Error::NoAnswerExists {
                what: "link of the two forms".into(),
                why: "they have no item in common".into(),
                remedy: "Items are common that have the same name in both files.".into(),
            });
        }
        Ok(pairs)
    }

    /// The bank with its trait turned to A theta + B.
    pub fn on_scale(&self, slope: f64, intercept: f64) -> Self {
        Self {
            items: self.items.iter().map(|item| turned(item, slope, intercept)).collect(),
            means: self.means.iter().map(|mean| slope * mean + intercept).collect(),
            covariance: self
                .covariance
                .iter()
                .map(|row| row.iter().map(|c| slope * slope * c).collect())
                .collect(),
        }
    }

    fn by_curves(&self, pairs: &[Pair<'_>], method: LinkingMethod, start: (f64, f64)) -> Option<(f64, f64)> {
        let (theta, weights) = self.nodes(NODES);
        let targets = pairs
            .iter()
            .map(|(first, _)| theta.iter().map(|t| first.probabilities(&[*t])).collect())
            .collect();
        let mut loss = CurveLoss { pairs, method, theta, weights, targets, at: DVector::zeros(2) };
        let start = DVector::from_vec(vec![start.0.max(0.05).ln(), start.1]);
        let own = |x: &DVector<f64>, loss: &CurveLoss<'_>| loss.at(x);
        let inverse = DMatrix::identity(2, 2);
        let scale = DVector::from_vec(vec![1.0, 1.0]);
        let mut best = start.clone();
        // from the start of the means, and from no change
        for from in [start, DVector::zeros(2)] {
            let found = bfgs(&mut loss, from, &inverse, &scale, TOLERANCE, 200).x;
            if own(&found, &loss) < own(&best, &loss) {
                best = found;
            }
        }
        best.iter().all(|x| x.is_finite()).then(|| (best[0].exp(), best[1]))
    }
}

/// The distance of the curves as a function of log A and B.
struct CurveLoss<'a> {
    pairs: &'a [Pair<'a>],
    method: LinkingMethod,
    theta: Vec<f64>,
    weights: Vec<f64>,
    /// By item and node.
    targets: Vec<Vec<Vec<f64>>>,
    at: DVector<f64>,
}

impl CurveLoss<'_> {
    fn at(&self, x: &DVector<f64>) -> f64 {
        let (slope, intercept) = (x[0].exp(), x[1]);
        let moved: Vec<ItemParameters> =
            self.pairs.iter().map(|(_, other)| turned(other, slope, intercept)).collect();
        let mut sum = 0.0;
        for (q, (theta, weight)) in self.theta.iter().zip(&self.weights).enumerate() {
            let mut total = 0.0;
            for (item, targets) in moved.iter().zip(&self.targets) {
                let p = item.probabilities(&[*theta]);
                for (k, (p, target)) in p.iter().zip(&targets[q]).enumerate() {
                    match self.method {
                        LinkingMethod::Haebara => sum += weight * (p - target) * (p - target),
                        _ => total += item.categories[k] * (p - target),
                    }
                }
            }
            sum += weight * total * total;
        }
        sum
    }
}

impl Objective for CurveLoss<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        self.at = x.clone();
        let value = (x[0].abs() < 5.0).then(|| self.at(x))?;
        value.is_finite().then_some(value)
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        for i in 0..2 {
            let moved = |by: f64| {
                let mut x = self.at.clone();
                x[i] += by;
                self.at(&x)
            };
            // fourth order, for the loss is smooth and cheap
            let h = 1e-3;
            gradient[i] = (8.0 * (moved(h) - moved(-h)) - (moved(2.0 * h) - moved(-2.0 * h))) / (12.0 * h);
        }
    }
}

/// An item with the trait turned to A theta + B.
fn turned(item: &ItemParameters, slope: f64, intercept: f64) -> ItemParameters {
    let mut own = item.clone();
    let old = item.slopes[0];
    own.slopes[0] = old / slope;
    for (k, d) in own.intercepts.iter_mut().enumerate() {
        let score = match item.model.form() {
            Form::Partial => (k + 1) as f64,
            Form::Nominal => item.scores.as_ref().map_or((k + 1) as f64, |scores| scores[k + 1]),
            _ => 1.0,
        };
        *d -= score * old * intercept / slope;
    }
    own.difficulties = difficulties(item.model.form(), own.slopes[0], &own.intercepts).map(|(b, _)| b);
    own.se.slopes = item.se.slopes.iter().map(|se| se.map(|se| se / slope)).collect();
    own.se.intercepts = vec![None; own.intercepts.len()];
    own.se.difficulties =
        item.se.difficulties.as_ref().map(|all| all.iter().map(|se| se.map(|se| slope * se)).collect());
    own
}

/// The line from means (and standard deviations); none where it does not exist.
fn moments(pairs: &[Pair<'_>], method: LinkingMethod) -> Option<(f64, f64)> {
    let all = |is_first: bool| -> Option<(Vec<f64>, Vec<f64>)> {
        let mut slopes = Vec::new();
        let mut places = Vec::new();
        for (first, second) in pairs {
            let item = if is_first { first } else { second };
            slopes.push(item.slopes[0]);
            places.extend(item.difficulties.clone()?);
        }
        Some((slopes, places))
    };
    let (a1, b1) = all(true)?;
    let (a2, b2) = all(false)?;
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let spread = |x: &[f64]| {
        let centre = mean(x);
        (x.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / x.len() as f64).sqrt()
    };
    let slope = match method {
        LinkingMethod::MeanSigma => spread(&b1) / spread(&b2),
        _ => mean(&a2) / mean(&a1),
    };
    (slope.is_finite() && slope > 0.0).then(|| (slope, mean(&b1) - slope * mean(&b2)))
}

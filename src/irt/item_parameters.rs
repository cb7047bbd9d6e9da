//! The parameters of an item as they are told and kept: enough to compute its curves again.

use super::curves::{Curves, Shape, logistic};
use super::item_model::{Form, ItemModel};
use serde::{Deserialize, Serialize};

/// An item of a fitted model (in a group, where there are several).
///
/// The logit is slope x theta + intercept, D = 1. Difficulties are -d / a for two categories and of the graded model,
/// (d of the category below - d) / a of partial credit models: theta at which two neighbouring categories (or being at
/// least in a category) are as likely as not.
///
/// ```
/// use psychometrics::irt::{ItemModel, ItemParameters};
///
/// let item = ItemParameters::new("q1", ItemModel::TwoParameter, [1.2], [0.6])?;
/// // as likely as not at -d / a
/// assert_eq!(item.difficulties, Some(vec![-0.5]));
/// assert_eq!(item.probabilities(&[-0.5]), [0.5, 0.5]);
/// // information is a^2 P (1 - P)
/// assert_eq!(format!("{:.2}", item.information(&[-0.5])), "0.36");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemParameters {
    /// The item.
    pub item: String,
    /// The group; none where there is one, or where the item is the same in all.
    pub group: Option<String>,
    /// Its model.
    pub model: ItemModel,
    /// The codes of its categories, from the lowest.
    pub categories: Vec<f64>,
    /// Slopes, one for each trait of the model (0 where the item does not depend on it).
    pub slopes: Vec<f64>,
    /// Intercepts, of categories from the second on.
    pub intercepts: Vec<f64>,
    /// Difficulties; none of several traits, of the nominal model, and of an item with a slope of 0.
    pub difficulties: Option<Vec<f64>>,
    /// The lower asymptote, where the model has one.
    pub guessing: Option<f64>,
    /// The upper asymptote, where the model has one.
    pub upper: Option<f64>,
    /// Scores of the categories in the nominal model.
    pub scores: Option<Vec<f64>>,
    /// Standard errors of all of these.
    pub se: ItemErrors,
}

/// Standard errors of the parameters of an item: none of what is fixed, held or undetermined.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::TwoParameter).fit(&data, &items)?;
/// let se = &fit.items[0].se;
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", se.slopes[0].unwrap(), se.intercepts[0].unwrap(), se.difficulties.as_ref().unwrap()[0].unwrap()),
///     "0.258 0.206 0.866"
/// );
/// // the Rasch model has no slope to estimate
/// assert_eq!(Irt::new(ItemModel::Rasch).fit(&data, &items)?.items[0].se.slopes[0], None);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemErrors {
    /// Of the slopes.
    pub slopes: Vec<Option<f64>>,
    /// Of the intercepts.
    pub intercepts: Vec<Option<f64>>,
    /// Of the difficulties, by the delta method.
    pub difficulties: Option<Vec<Option<f64>>>,
    /// Of the lower asymptote, on the scale of probabilities.
    pub guessing: Option<f64>,
    /// Of the upper asymptote.
    pub upper: Option<f64>,
    /// Of the scores.
    pub scores: Option<Vec<Option<f64>>>,
}

impl ItemParameters {
    pub(crate) fn shape(&self) -> Shape {
        Shape { form: self.model.form(), categories: self.categories.len() }
    }

    /// The core of the item (see `curves`).
    pub(crate) fn core(&self) -> Vec<f64> {
        let logit = |p: f64| (p / (1.0 - p)).ln().clamp(-300.0, 300.0);
        let mut core = self.intercepts.clone();
        if let Form::Logistic { lower, upper } = self.model.form() {
            core.extend(self.guessing.filter(|_| lower).map(logit));
            core.extend(self.upper.filter(|_| upper).map(logit));
        }
        if let Some(scores) = self.scores.as_ref().filter(|_| self.model.form() == Form::Nominal) {
            core.extend(&scores[1..scores.len() - 1]);
        }
        core
    }

    /// The logit without the intercept.
    pub(crate) fn logit(&self, theta: &[f64]) -> f64 {
        self.slopes.iter().zip(theta).map(|(a, t)| a * t).sum()
    }

    /// P of each category at a point of the traits.
    pub fn probabilities(&self, theta: &[f64]) -> Vec<f64> {
        let mut p = vec![0.0; self.categories.len()];
        self.shape().at(&self.core()).probabilities(self.logit(theta), &mut p);
        p
    }

    /// The expected answer at a point of the traits, on the scale of the codes.
    pub fn expected(&self, theta: &[f64]) -> f64 {
        self.probabilities(theta).iter().zip(&self.categories).map(|(p, code)| p * code).sum()
    }

    /// Expected (Fisher) information about the trait: sum of P'^2 / P over the categories. Of several traits it is that
    /// in the direction of the item's slopes.
    pub fn information(&self, theta: &[f64]) -> f64 {
        let mut curves = Curves::default();
        self.shape().at(&self.core()).curves(self.logit(theta), &mut curves);
        let size: f64 = self.slopes.iter().map(|a| a * a).sum();
        let own: f64 = curves.p.iter().zip(&curves.slope).map(|(p, s)| p * s * s).sum();
        size * own
    }

    /// Categories that are nowhere the likeliest, on a grid of the trait from -12 to 12.
    pub(crate) fn never_likeliest(&self) -> Vec<f64> {
        if self.slopes.len() > 1 {
            return Vec::new();
        }
        let mut seen = vec![false; self.categories.len()];
        for step in -1200..=1200 {
            let p = self.probabilities(&[f64::from(step) * 0.01]);
            let best = (0..p.len()).fold(0, |best, k| if p[k] > p[best] { k } else { best });
            seen[best] = true;
        }
        let middle = 1..self.categories.len() - 1;
        middle.filter(|k| !seen[*k]).map(|k| self.categories[k]).collect()
    }
}

/// Difficulties from a slope and intercepts, and their derivatives by slope and by the intercepts.
pub(crate) fn difficulties(form: Form, slope: f64, intercepts: &[f64]) -> Option<(Vec<f64>, Vec<Vec<f64>>)> {
    if !(slope.abs() > 1e-8) || form == Form::Nominal {
        return None;
    }
    let mut values = Vec::new();
    let mut derivatives = Vec::new();
    for k in 0..intercepts.len() {
        let before = if form == Form::Partial && k > 0 { intercepts[k - 1] } else { 0.0 };
        let b = (before - intercepts[k]) / slope;
        let mut own = vec![0.0; intercepts.len() + 1];
        own[0] = -b / slope;
        own[k + 1] = -1.0 / slope;
        if form == Form::Partial && k > 0 {
            own[k] = 1.0 / slope;
        }
        values.push(b);
        derivatives.push(own);
    }
    Some((values, derivatives))
}

/// A probability and its derivative by the logit.
pub(crate) fn on_probability_scale(logit: f64) -> (f64, f64) {
    let p = logistic(logit);
    (p, p * (1.0 - p))
}

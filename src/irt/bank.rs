//! Items with known parameters, kept without the answers they were estimated from: to score others, to choose items, to
//! link forms, to draw answers.

use super::fit::IrtFit;
use super::item_model::Form;
use super::item_parameters::ItemParameters;
use super::scores::Scorer;
#[cfg(feature = "files")]
use crate::construct::read_text;
use crate::error::{Error, Result, nearest};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use serde_json::Value;
#[cfg(feature = "files")]
use std::path::Path;

/// Items with known parameters and the distribution of the trait (or traits) they were estimated in.
///
/// ```
/// use psychometrics::irt::{ItemBank, ItemModel, ItemParameters};
/// let bank = ItemBank::new([
///     ItemParameters::new("x1", ItemModel::TwoParameter, [1.5], [0.0])?,
///     ItemParameters::new("x2", ItemModel::TwoParameter, [1.0], [1.0])?,
/// ])?;
/// // a^2 P (1 - P): 2.25 / 4 of the first item at 0
/// assert_eq!(format!("{:.4}", bank.information(0.0) - 0.19661), "0.5625");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemBank {
    /// The items.
    pub items: Vec<ItemParameters>,
    /// Means of the traits.
    pub means: Vec<f64>,
    /// Their covariance matrix, row by row.
    pub covariance: Vec<Vec<f64>>,
}

impl ItemBank {
    /// Items whose traits are normal with mean 0 and variance 1, independent where there are several.
    ///
    /// # Errors
    /// [`Error::UnusableItems`] without items, with two of one name, or with different numbers of traits.
    pub fn new(items: impl IntoIterator<Item = ItemParameters>) -> Result<Self> {
        let items: Vec<ItemParameters> = items.into_iter().collect();
        let traits = items.first().map_or(1, |item| item.slopes.len());
        let row = |i: usize| (0..traits).map(|j| f64::from(u8::from(i == j))).collect();
        Self { items, means: vec![0.0; traits], covariance: (0..traits).map(row).collect() }
            .checked("the items")
    }

    /// The items of a fit; where some differ between groups, those of the first group, in whose distribution the trait is.
    ///
    /// # Errors
    /// [`Error::UnusableItems`] for a fit without numbers.
    pub fn of(fit: &IrtFit) -> Result<Self> {
        let first = fit.groups.first();
        let own = |item: &&ItemParameters| {
            item.group.is_none() || item.group == first.and_then(|group| group.value.clone())
        };
        let bank = Self::new(fit.items.iter().filter(own).cloned())?;
        let Some(first) = first.filter(|group| group.means.len() == bank.means.len()) else {
            return Ok(bank);
        };
        Self { means: first.means.clone(), covariance: first.covariance.clone(), ..bank }.checked("the fit")
    }

    /// The items in the JSON of a fit (`irt --format json`), of a bank, or of a dimension of a construct
    /// (`psychometrics.irt/1` with `dimensions`), which is named.
    ///
    /// # Errors
    /// [`Error::UnusableItems`] with what is wrong; [`Error::UnknownChoice`] for a dimension that is not there.
    pub fn from_json(text: &str, dimension: Option<&str>) -> Result<Self> {
        parsed(text, dimension, "the items")
    }

    /// The same from a file.
    ///
    /// # Errors
    /// [`Error::Unreadable`], and as [`ItemBank::from_json`].
    #[cfg(feature = "files")]
    pub fn from_path(path: impl AsRef<Path>, dimension: Option<&str>) -> Result<Self> {
        let path = path.as_ref();
        parsed(&read_text(path)?, dimension, &path.display().to_string())
    }

    /// As JSON that [`ItemBank::from_json`] reads.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The names of the items.
    pub fn names(&self) -> Vec<String> {
        self.items.iter().map(|item| item.item.clone()).collect()
    }

    /// The bank with these items only, in this order.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] for one that it does not have.
    pub fn only<S: AsRef<str>>(&self, names: &[S]) -> Result<Self> {
        let own = |name: &S| Ok(self.items[self.place(name.as_ref())?].clone());
        let items = names.iter().map(own).collect::<Result<Vec<_>>>()?;
        Self { items, ..self.clone() }.checked("the items")
    }

    /// Information of all items at a level of the (only) trait.
    pub fn information(&self, theta: f64) -> f64 {
        self.items.iter().map(|item| item.information(&[theta])).sum()
    }

    /// Mean of the first trait.
    pub fn mean(&self) -> f64 {
        self.means[0]
    }

    /// Standard deviation of the first trait.
    pub fn sd(&self) -> f64 {
        self.covariance[0][0].sqrt()
    }

    /// Where an item stands.
    pub(crate) fn place(&self, name: &str) -> Result<usize> {
        self.items.iter().position(|item| item.item == name).ok_or_else(|| Error::UnknownColumn {
            column: name.into(),
            source_name: "the stored items".into(),
            nearest: nearest(name, self.items.iter().map(|item| item.item.as_str())),
            available: self.names(),
        })
    }

    /// What is asked of one trait only.
    pub(crate) fn one_trait(&self, what: &str) -> Result<Vec<Scorer>> {
        if self.means.len() != 1 {
            return Err(Error::Unsupported {
                what: format!("{what} with {} traits", self.means.len()),
                instead: "Give the items of one trait.".into(),
            });
        }
        Ok(self.items.iter().map(Scorer::of).collect())
    }

    /// Nodes of the trait, evenly spaced over 6 standard deviations around its mean, and their weights.
    pub(crate) fn nodes(&self, count: usize) -> (Vec<f64>, Vec<f64>) {
        let z = |q: usize| 6.0 * (2.0 * q as f64 / (count - 1) as f64 - 1.0);
        let density: Vec<f64> = (0..count).map(|q| (-0.5 * z(q) * z(q)).exp()).collect();
        let sum: f64 = density.iter().sum();
        let theta = (0..count).map(|q| self.mean() + self.sd() * z(q)).collect();
        (theta, density.into_iter().map(|d| d / sum).collect())
    }

    fn checked(self, place: &str) -> Result<Self> {
        let bad = |reason: String| Err(Error::UnusableItems { place: place.into(), reason });
        if self.items.is_empty() {
            return bad("there are no items".into());
        }
        let traits = self.means.len();
        for (at, item) in self.items.iter().enumerate() {
            if self.items[..at].iter().any(|other| other.item == item.item) {
                return bad(format!("two items are called '{}'", item.item));
            }
            if item.slopes.len() != traits {
                let found = item.slopes.len();
                return bad(format!("'{}' has {found} slopes where there are {traits} traits", item.item));
            }
            if let Some(what) = fault(item) {
                return bad(format!("'{}' {what}", item.item));
            }
        }
        let square = self.covariance.len() == traits && self.covariance.iter().all(|row| row.len() == traits);
        let matrix = || DMatrix::from_fn(traits, traits, |i, j| self.covariance[i][j]);
        if !square || traits == 0 || crate::numeric::cholesky::inverse(&matrix()).is_none() {
            return bad("the covariance matrix of the traits is not positive definite".into());
        }
        if self.means.iter().any(|mean| !mean.is_finite()) {
            return bad("a mean of a trait is not a finite number".into());
        }
        Ok(self)
    }
}

/// What is wrong with the numbers of an item.
fn fault(item: &ItemParameters) -> Option<&'static str> {
    let numbers = item.slopes.iter().chain(&item.intercepts).chain(&item.categories);
    if numbers.chain(item.scores.iter().flatten()).any(|x| !x.is_finite()) {
        return Some("has a number that is not finite");
    }
    if item.categories.len() != item.intercepts.len() + 1 || item.categories.len() < 2 {
        return Some("does not have one category more than intercepts");
    }
    if item.categories.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Some("has categories that do not rise");
    }
    let form = item.model.form();
    let asymptotes = [item.guessing, item.upper];
    if asymptotes.iter().flatten().any(|p| !(0.0..=1.0).contains(p)) {
        return Some("has an asymptote outside 0 to 1");
    }
    let complete = match form {
        Form::Logistic { lower, upper } => {
            item.intercepts.len() == 1 && item.guessing.is_some() == lower && item.upper.is_some() == upper
        }
        Form::Nominal => item.scores.as_ref().is_some_and(|scores| scores.len() == item.categories.len()),
        _ => true,
    };
    if !complete {
        return Some("does not have the parameters of its model");
    }
    (form == Form::Graded && item.intercepts.windows(2).any(|d| d[0] <= d[1]))
        .then_some("has intercepts that do not fall, as those of the graded model do")
}

fn parsed(text: &str, dimension: Option<&str>, source: &str) -> Result<ItemBank> {
    let bad = |reason: String| Error::UnusableItems { place: source.into(), reason };
    let value: Value = serde_json::from_str(text).map_err(|error| bad(format!("no JSON: {error}")))?;
    let value = match (value.get("dimensions").and_then(Value::as_array), dimension) {
        (None, _) => &value,
        (Some(all), None) if all.len() == 1 => &all[0],
        (Some(all), given) => {
            let of = |own: &Value| own.get("id").and_then(Value::as_str).unwrap_or_default().to_string();
            let allowed: Vec<String> = all.iter().map(of).collect();
            let found = given.and_then(|given| allowed.iter().position(|own| own == given));
            match found {
                Some(at) => &all[at],
                None => {
                    let given = given.unwrap_or_default().to_string();
                    let nearest = nearest(&given, allowed.iter().map(String::as_str));
                    return Err(Error::UnknownChoice { what: "dimension".into(), given, nearest, allowed });
                }
            }
        }
    };
    if value.get("covariance").is_some() {
        let bank: ItemBank = serde_json::from_value(value.clone()).map_err(|error| bad(error.to_string()))?;
        return bank.checked(source);
    }
    let items = value.get("items").filter(|items| items.is_array());
    let Some(items) = items else { return Err(bad("there is no list 'items'".into())) };
    let items: Vec<ItemParameters> =
        serde_json::from_value(items.clone()).map_err(|error| bad(format!("in 'items': {error}")))?;
    let first = value.get("groups").and_then(|groups| groups.get(0));
    let name = first.and_then(|group| group.get("value")).and_then(Value::as_str);
    let own = items.into_iter().filter(|item| item.group.is_none() || item.group.as_deref() == name);
    let bank = ItemBank::new(own).map_err(|error| bad(error.to_string()))?;
    let numbers = |key: &str| -> Option<Value> { first.and_then(|group| group.get(key)).cloned() };
    let means: Option<Vec<f64>> = numbers("means").and_then(|own| serde_json::from_value(own).ok());
    let covariance: Option<Vec<Vec<f64>>> =
        numbers("covariance").and_then(|own| serde_json::from_value(own).ok());
    match (means, covariance) {
        // of a bifactor structure the distribution is of two at a time, each with variance 1
        (Some(means), Some(covariance)) if means.len() == bank.means.len() => {
            ItemBank { means, covariance, ..bank }.checked(source)
        }
        _ => Ok(bank),
    }
}

//! Answers drawn from items with known parameters.

use super::bank::ItemBank;
use super::item_model::{Form, ItemModel};
use super::item_parameters::{ItemErrors, ItemParameters, difficulties};
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::numeric::cholesky;
use crate::numeric::random::stream;
use nalgebra::DMatrix;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

impl ItemParameters {
    /// An item with known parameters, without standard errors; categories are 0, 1, ...
    ///
    /// # Errors
    /// [`Error::BadOption`] where the intercepts do not make a model: none of them, more than one of a model of two
    /// categories, not falling in the graded model, or numbers that are not finite.
    ///
    /// ```
    /// use psychometrics::irt::{ItemModel, ItemParameters};
    /// let item = ItemParameters::new("x1", ItemModel::Graded, [1.5], [2.0, -0.5])?;
    /// assert_eq!(format!("{:.3}", item.probabilities(&[0.0])[2]), "0.378");
    /// assert_eq!(format!("{:.3}", item.difficulties.unwrap()[0]), "-1.333");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn new(
        item: impl Into<String>,
        model: ItemModel,
        slopes: impl Into<Vec<f64>>,
        intercepts: impl Into<Vec<f64>>,
    ) -> Result<Self> {
        let (item, slopes, intercepts) = (item.into(), slopes.into(), intercepts.into());
        let steps = intercepts.len();
        let finite = slopes.iter().chain(&intercepts).all(|x| x.is_finite());
        let falling = model.form() != Form::Graded || intercepts.windows(2).all(|d| d[0] > d[1]);
        let fits = steps == 1 || (steps > 1 && !model.is_dichotomous());
        if !(finite && falling && fits) || slopes.is_empty() {
            return Err(Error::BadOption {
                option: format!("intercepts of '{item}'"),
                value: intercepts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
                allowed: format!("finite numbers that a {} has, falling in the graded model", model.title()),
            });
        }
        let simple =
            (slopes.len() == 1).then(|| difficulties(model.form(), slopes[0], &intercepts)).flatten();
        let Form::Logistic { lower, upper } = model.form() else {
            let scores = (model.form() == Form::Nominal).then(|| (0..=steps).map(|k| k as f64).collect());
            return Ok(Self::plain(
                item,
                model,
                slopes,
                intercepts,
                simple.map(|(b, _)| b),
                (None, None),
                scores,
            ));
        };
        let asymptotes = (lower.then_some(0.2), upper.then_some(0.95));
        Ok(Self::plain(item, model, slopes, intercepts, simple.map(|(b, _)| b), asymptotes, None))
    }

    fn plain(
        item: String,
        model: ItemModel,
        slopes: Vec<f64>,
        intercepts: Vec<f64>,
        difficulties: Option<Vec<f64>>,
        (guessing, upper): (Option<f64>, Option<f64>),
        scores: Option<Vec<f64>>,
    ) -> Self {
        let categories = (0..=intercepts.len()).map(|k| k as f64).collect();
        let (group, se) = (None, ItemErrors::default());
        Self { item, group, model, categories, slopes, intercepts, difficulties, guessing, upper, scores, se }
    }
}

/// Answers of `n` respondents whose traits are normal with mean 0 and variance 1, independent where there are several. The
/// same seed gives the same answers.
///
/// # Errors
/// [`Error::TooFewItems`] without items; as [`Dataset::builder`].
pub fn simulated_answers(items: &[ItemParameters], n: usize, seed: u64) -> Result<Dataset> {
    let Some(first) = items.first() else {
        return Err(Error::TooFewItems { what: "simulated answers".into(), needed: 1, found: 0 });
    };
    let traits = first.slopes.len();
    drawn(items, &vec![0.0; traits], &DMatrix::identity(traits, traits), n, seed)
}

impl ItemBank {
    /// Answers of `n` respondents whose traits have the distribution of the bank. The same seed gives the same answers.
    ///
    /// # Errors
    /// [`Error::UnusableItems`] where the covariance matrix of the traits is not positive definite; as
    /// [`Dataset::builder`].
    pub fn simulate(&self, n: usize, seed: u64) -> Result<Dataset> {
        let traits = self.means.len();
        let mut factor = DMatrix::from_fn(traits, traits, |i, j| self.covariance[i][j]);
        if cholesky::factorise(&mut factor).is_err() {
            return Err(Error::UnusableItems {
                place: "the items".into(),
                reason: "the covariance matrix of the traits is not positive definite".into(),
            });
        }
        drawn(&self.items, &self.means, &factor, n, seed)
    }
}

/// Answers given a lower factor of the covariance matrix of the traits.
fn drawn(
    items: &[ItemParameters],
    means: &[f64],
    factor: &DMatrix<f64>,
    n: usize,
    seed: u64,
) -> Result<Dataset> {
    let traits = means.len();
    let mut stream = stream(seed, 0);
    let mut columns: Vec<Vec<f64>> = vec![Vec::with_capacity(n); items.len()];
    let mut z = vec![0.0; traits];
    for _ in 0..n {
        z.iter_mut().for_each(|z| *z = StandardNormal.sample(&mut stream));
        let of = |i: usize| means[i] + (0..=i).map(|j| factor[(i, j)] * z[j]).sum::<f64>();
        let theta: Vec<f64> = (0..traits).map(of).collect();
        for (item, column) in items.iter().zip(&mut columns) {
            let p = item.probabilities(&theta);
            let mut rest: f64 = stream.random();
            let drawn = p.iter().position(|p| {
                rest -= p;
                rest < 0.0
            });
            column.push(item.categories[drawn.unwrap_or(p.len() - 1)]);
        }
    }
    let mut builder = Dataset::builder();
    for (item, column) in items.iter().zip(columns) {
        builder = builder.column(item.item.clone(), column);
    }
    builder.build()
}

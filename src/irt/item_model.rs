//! The models of an item, by name.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How the answers to an item depend on the trait. Logits are in units of D = 1, in slope-intercept form a theta + d.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let aic = |model| -> psychometrics::Result<f64> {
///     Ok(Irt::new(model).fit_statistics(false).fit(&data, &["a1", "a2", "a3", "a4"])?.aic)
/// };
/// // the smaller the better
/// assert_eq!(
///     format!("{:.1} {:.1} {:.1}", aic(ItemModel::Graded)?, aic(ItemModel::GeneralizedPartialCredit)?, aic(ItemModel::PartialCredit)?),
///     "6450.5 6455.8 6460.2"
/// );
/// assert_eq!("gpcm".parse(), Ok(ItemModel::GeneralizedPartialCredit));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ItemModel {
    /// Slope 1, the variance of the trait free (Rasch 1960).
    #[serde(rename = "rasch")]
    Rasch,
    /// One slope that all such items share, variance 1. The same likelihood as [`ItemModel::Rasch`].
    #[serde(rename = "1pl")]
    OneParameter,
    /// P = L(a theta + d), with L the logistic function (Birnbaum 1968).
    #[serde(rename = "2pl")]
    TwoParameter,
    /// P = g + (1 - g) L(a theta + d) (Birnbaum 1968).
    #[serde(rename = "3pl")]
    ThreeParameter,
    /// P = g + (u - g) L(a theta + d) (Barton & Lord 1981).
    #[serde(rename = "4pl")]
    FourParameter,
    /// P(at least k) = L(a theta + d_k), d falling (Samejima 1969).
    #[serde(rename = "graded")]
    Graded,
    /// P(k) proportional to exp(k a theta + d_k), d_0 = 0 (Muraki 1992).
    #[serde(rename = "gpcm")]
    GeneralizedPartialCredit,
    /// The same with slope 1 and the variance of the trait free (Masters 1982).
    #[serde(rename = "pcm")]
    PartialCredit,
    /// The same with steps that all items share and a location of each item (Andrich 1978).
    #[serde(rename = "rsm")]
    RatingScale,
    /// P(k) proportional to exp(s_k a theta + d_k), s_0 = 0, s of the last category its number (Bock 1972; Thissen, Cai &
    /// Bock 2010).
    #[serde(rename = "nominal")]
    Nominal,
}

impl ItemModel {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[
        Self::Rasch,
        Self::OneParameter,
        Self::TwoParameter,
        Self::ThreeParameter,
        Self::FourParameter,
        Self::Graded,
        Self::GeneralizedPartialCredit,
        Self::PartialCredit,
        Self::RatingScale,
        Self::Nominal,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rasch => "rasch",
            Self::OneParameter => "1pl",
            Self::TwoParameter => "2pl",
            Self::ThreeParameter => "3pl",
            Self::FourParameter => "4pl",
            Self::Graded => "graded",
            Self::GeneralizedPartialCredit => "gpcm",
            Self::PartialCredit => "pcm",
            Self::RatingScale => "rsm",
            Self::Nominal => "nominal",
        }
    }

    /// Its name in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rasch => "Rasch model",
            Self::OneParameter => "one-parameter logistic model",
            Self::TwoParameter => "two-parameter logistic model",
            Self::ThreeParameter => "three-parameter logistic model",
            Self::FourParameter => "four-parameter logistic model",
            Self::Graded => "graded response model",
            Self::GeneralizedPartialCredit => "generalised partial credit model",
            Self::PartialCredit => "partial credit model",
            Self::RatingScale => "rating scale model",
            Self::Nominal => "nominal response model",
        }
    }

    /// Whether it is of two categories only.
    pub fn is_dichotomous(self) -> bool {
        matches!(self.form(), Form::Logistic { .. })
    }

    /// Whether the slope is 1 and the variance of the trait free in its place.
    pub(crate) fn frees_variance(self) -> bool {
        matches!(self, Self::Rasch | Self::PartialCredit | Self::RatingScale)
    }

    pub(crate) fn form(self) -> Form {
        match self {
            Self::Rasch | Self::OneParameter | Self::TwoParameter => {
                Form::Logistic { lower: false, upper: false }
            }
            Self::ThreeParameter => Form::Logistic { lower: true, upper: false },
            Self::FourParameter => Form::Logistic { lower: true, upper: true },
            Self::Graded => Form::Graded,
            Self::GeneralizedPartialCredit | Self::PartialCredit | Self::RatingScale => Form::Partial,
            Self::Nominal => Form::Nominal,
        }
    }
}

impl fmt::Display for ItemModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ItemModel {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("item model", Self::ALL, text)
    }
}

/// The mathematical form behind a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Two categories, with asymptotes where they are free.
    Logistic {
        /// Whether there is a lower asymptote.
        lower: bool,
        /// Whether there is an upper one.
        upper: bool,
    },
    /// Differences of cumulative logistic functions.
    Graded,
    /// Divide by total, scores 0, 1, ...
    Partial,
    /// Divide by total, scores free but for the first and the last.
    Nominal,
}

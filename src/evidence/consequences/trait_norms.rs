//! Items of a scale by an item response model, kept with its norms: scores on the trait without the sample behind it.

use crate::construct::Construct;
use crate::data::{Dataset, Responses};
use crate::error::{Error, Result};
use crate::evidence::MeasurementLevel;
use crate::evidence::measured::is_ordinal;
use crate::irt::{Irt, ItemBank, ItemModel, TraitEstimator};
use serde::{Deserialize, Serialize};

/// Items that tell a slope.
const FEWEST_ITEMS: usize = 3;

/// The items of a scale as an item response model has them, or why it has not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TraitNorms {
    /// They were not asked for.
    #[default]
    NotAsked,
    Bank(ItemBank),
    None(String),
}

/// A score on the trait with its standard error, or why there is none.
pub(super) type TraitOf = std::result::Result<(f64, f64), String>;

impl TraitNorms {
    pub(super) fn is_not_asked(&self) -> bool {
        *self == Self::NotAsked
    }

    /// The graded model with one trait of a dimension's items; of the construct as a whole none.
    pub(super) fn of(
        construct: &Construct,
        sample: &Responses,
        level: MeasurementLevel,
        (scale, items): (&str, &[String]),
    ) -> Self {
        let is_dimension = construct.dimensions.iter().any(|own| own.id == scale);
        let is_number = |item: &&String| !is_ordinal(construct, level, item);
        let why = match items.iter().find(is_number) {
            _ if !is_dimension => "a total over dimensions is no single trait".into(),
            Some(item) => format!("the answers to '{item}' are numbers"),
            None if items.len() < FEWEST_ITEMS => format!("fewer than {FEWEST_ITEMS} items"),
            None => match fitted(sample, items) {
                Ok(bank) => return Self::Bank(bank),
                Err(error) => error.to_string(),
            },
        };
        Self::None(why)
    }

    /// Why these cannot be those of the scale.
    pub(super) fn fault(&self, items: &[String]) -> Option<&'static str> {
        let Self::Bank(bank) = self else { return None };
        if bank.names() != items || bank.means.len() != 1 {
            return Some("its items are not those of the scale, in their order");
        }
        match ItemBank::from_json(&bank.to_json(), None) {
            Ok(_) => None,
            Err(_) => Some("its numbers are not those of an item response model"),
        }
    }

    /// The score from keyed answers to the scale's items, NaN where missing.
    pub(super) fn score(&self, items: &[String], answers: &[f64], method: TraitEstimator) -> TraitOf {
        let bank = match self {
            Self::Bank(bank) => bank,
            Self::None(why) => return Err(format!("no trait of the scale: {}", why.trim_end_matches('.'))),
            Self::NotAsked => return Err("the norms hold no item response model of the scale".into()),
        };
        let given: Vec<(&str, f64)> = items
            .iter()
            .zip(answers)
            .filter(|(_, answer)| !answer.is_nan())
            .map(|(item, answer)| (item.as_str(), *answer))
            .collect();
        match bank.score(&given, method) {
            Ok(own) => own.value.zip(own.se).ok_or_else(|| {
                "all answers are the lowest, or the highest: maximum likelihood has no score".into()
            }),
            Err(Error::OffScale { item, value, .. }) => {
                Err(format!("nobody in the norm sample answered {value} to '{item}' (as keyed)"))
            }
            Err(error) => Err(error.to_string()),
        }
    }
}

fn fitted(sample: &Responses, items: &[String]) -> Result<ItemBank> {
    let values = sample.of_items(items)?;
    let data = Dataset::builder().nan_is_missing().array(items.iter().cloned(), values).build()?;
    let fit = Irt::new(ItemModel::Graded).fit_statistics(false).fit(&data, items)?;
    if !fit.converged {
        return Err(Error::NoAnswerExists {
            what: "an item response model".into(),
            why: "the search for its parameters did not reach a maximum".into(),
            remedy: "Look at items with few answers in a category.".into(),
        });
    }
    ItemBank::of(&fit)
}

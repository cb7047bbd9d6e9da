//! What scores depend on in a construct, and its fingerprint.
//!
//! Ids of the construct and its dimensions and of whom they were asked; of each item its dimension, facet, codes and key.
//! Not the wording, the order, the data files or the hypotheses: a corrected title leaves norms as they are.

use crate::construct::{AskedOf, Code, Construct};
use crate::error::{Error, Result, list_codes};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What scores depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claim {
    pub(super) construct: String,
    /// Measured dimensions, with those who were asked where not everybody was.
    dimensions: BTreeMap<String, Option<AskedOf>>,
    pub(super) items: BTreeMap<String, ClaimedItem>,
}

/// An item as far as scores depend on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimedItem {
    dimension: String,
    facet: Option<String>,
    /// In ascending order.
    pub(super) codes: Vec<Code>,
    /// Lowest and highest answer of a continuous scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    continuous: Option<(f64, f64)>,
    reverse: bool,
}

impl Claim {
    pub(super) fn of(construct: &Construct) -> Self {
        let measured = construct.dimensions.iter().filter(|d| construct.items_of(&d.id).next().is_some());
        let items = construct.items.iter().map(|item| {
            let points = construct.scale_of(item).map(|scale| scale.points.as_slice()).unwrap_or_default();
            let mut codes: Vec<Code> = points.iter().map(|point| point.code).collect();
            codes.sort_unstable();
            let continuous = construct.scale_of(item).and_then(|scale| scale.continuous);
            let (dimension, facet) = (item.dimension.clone(), item.facet.clone());
            (item.id.clone(), ClaimedItem { dimension, facet, codes, continuous, reverse: item.reverse })
        });
        Self {
            construct: construct.id().into(),
            dimensions: measured.map(|d| (d.id.clone(), d.asked_of.clone())).collect(),
            items: items.collect(),
        }
    }

    /// SHA-256 of the claim as JSON, in hexadecimal.
    pub(super) fn fingerprint(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(&json).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// # Errors
    /// [`Error::OtherConstruct`] with the first difference.
    pub(super) fn check(&self, construct: &Construct) -> Result<()> {
        match self.difference(&Self::of(construct)) {
            None => Ok(()),
            Some(difference) => Err(Error::OtherConstruct { construct: construct.id().into(), difference }),
        }
    }

    /// The first thing in which the norms (`self`) and a construct differ.
    fn difference(&self, other: &Self) -> Option<String> {
        if self.construct != other.construct {
            return Some(format!("they are of '{}'", self.construct));
        }
        let here = "in the construct";
        for id in self.items.keys().chain(other.items.keys()) {
            let (own, now) = match (self.items.get(id), other.items.get(id)) {
                (Some(own), Some(now)) => (own, now),
                (Some(_), None) => return Some(format!("item '{id}' of the norms is not {here}")),
                (None, _) => return Some(format!("item '{id}' {here} is not in the norms")),
            };
            if own.codes != now.codes {
                return Some(format!(
                    "item '{id}' is answered with {} in the norms and with {} {here}",
                    list_codes(&own.values()),
                    list_codes(&now.values())
                ));
            }
            if own.continuous != now.continuous {
                return Some(format!("item '{id}' has another range in the norms than {here}"));
            }
            if own.reverse != now.reverse {
                let (first, second) = if own.reverse { ("", "not ") } else { ("not ", "") };
                return Some(format!(
                    "item '{id}' is {first}reversed in the norms and {second}reversed {here}"
                ));
            }
            if (&own.dimension, &own.facet) != (&now.dimension, &now.facet) {
                return Some(format!(
                    "item '{id}' belongs to '{}' in the norms and to '{}' {here}",
                    own.place(),
                    now.place()
                ));
            }
        }
        let asked = |claim: &Self| claim.dimensions.clone();
        let (own, now) = (asked(self), asked(other));
        let differs = own.keys().chain(now.keys()).find(|id| own.get(*id) != now.get(*id))?;
        Some(format!("dimension '{differs}' was put to others in the norms than {here}"))
    }
}

impl ClaimedItem {
    fn place(&self) -> String {
        self.facet.as_ref().map_or(self.dimension.clone(), |facet| format!("{}, {facet}", self.dimension))
    }

    /// The codes as numbers.
    pub(super) fn values(&self) -> Vec<f64> {
        self.codes.iter().map(|code| code.value()).collect()
    }

    /// The keyed answer that a code stands for: min + max - x of a reversed item; none off the scale.
    pub(super) fn keyed(&self, answer: f64) -> Option<f64> {
        let turned = |low: f64, high: f64| if self.reverse { (low + high) - answer } else { answer };
        if let Some((low, high)) = self.continuous {
            return (low..=high).contains(&answer).then(|| turned(low, high));
        }
        let (low, high) = self.codes.first().zip(self.codes.last())?;
        let on_scale = Code::new(answer).is_some_and(|code| self.codes.binary_search(&code).is_ok());
        on_scale.then(|| turned(low.value(), high.value()))
    }
}

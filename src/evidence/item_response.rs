//! Item response functions of a dimension: how the answer to each item depends on the trait, and how precise scores are at
//! each level.

use crate::error::Warning;
use crate::irt::IrtFit;
use serde::{Deserialize, Serialize};

/// A slope below this says little of the trait (Baker 2001, table 2.1: low below .65).
const LITTLE: f64 = 0.65;
/// A residual correlation that is this much above the mean of all is local dependence (Christensen, Makransky & Horton 2017).
const MUCH_ABOVE: f64 = 0.2;
/// Level of the tests of items, adjusted over those of the dimension.
const LEVEL: f64 = 0.05;

/// The item response model of a dimension, or why there is none.
///
/// Samejima's graded model (1969) of its ordinal items, of two categories the two-parameter model, with one trait. The fit holds
/// nothing of single respondents.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let methodical = &evidence.item_response[1];
/// assert_eq!((methodical.items.len(), methodical.findings.len(), methodical.n), (5, 0, 902));
/// let respondents = methodical.fit.as_ref().unwrap().respondents.as_ref().unwrap();
/// // the share of respondents who are where scores have a reliability of .70 or more
/// assert_eq!(format!("{:.2}", respondents.for_groups), "0.96");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DimensionItemResponse {
    /// The dimension.
    pub dimension: String,
    /// Its ordinal items.
    pub items: Vec<String>,
    /// Its other items, which are numbers and not in the model.
    pub left_out: Vec<String>,
    /// Respondents with an answer to one of the items.
    pub n: usize,
    /// The fit; none with its reason in `reason`.
    pub fit: Option<IrtFit>,
    /// Why there is no fit.
    pub reason: Option<String>,
    /// What speaks against items, or pairs of them.
    pub findings: Vec<ItemResponseFinding>,
    /// Respondents who answer in an unlikely way (Zh below -2).
    pub unlikely: Option<usize>,
}

/// What speaks against an item, or a pair of items.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// use psychometrics::evidence::ItemResponseFinding;
/// let findings = evidence.item_response.iter().flat_map(|own| &own.findings);
/// assert_eq!(findings.filter(|own| matches!(own, ItemResponseFinding::LocalDependence { .. })).count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ItemResponseFinding {
    /// The answers do not follow the item's curves: S-X2 beyond .05, adjusted over the items of the dimension (Benjamini &
    /// Hochberg 1995).
    Misfit {
        /// The item.
        item: String,
        /// S-X2.
        s_x2: f64,
        /// Its degrees of freedom.
        df: i64,
        /// Adjusted p-value.
        adjusted: f64,
    },
    /// Categories that are nowhere the likeliest answer: respondents do not tell them from their neighbours.
    NeverLikeliest {
        /// The item.
        item: String,
        /// Its codes of these categories, as keyed.
        categories: Vec<f64>,
    },
    /// Two items have more in common than the trait: Q3 (Yen 1984) .2 or more above the mean of all pairs.
    LocalDependence {
        /// One item.
        first: String,
        /// The other.
        second: String,
        /// Q3.
        q3: f64,
        /// Its mean over all pairs.
        mean: f64,
    },
    /// The likelihood rises the farther a parameter of the item goes: two items that ask the same may have taken the trait over,
    /// or nobody answers it against the trait.
    Runaway {
        /// The item.
        item: String,
    },
    /// The answers say little of the trait: a slope from 0 to .65.
    LowSlope {
        /// The item.
        item: String,
        /// Its slope.
        slope: f64,
    },
    /// The answers go against the others: a negative slope.
    NegativeSlope {
        /// The item.
        item: String,
        /// Its slope.
        slope: f64,
    },
}

impl ItemResponseFinding {
    /// The item, or the pair.
    pub fn items(&self) -> Vec<&str> {
        match self {
            Self::LocalDependence { first, second, .. } => vec![first, second],
            Self::Misfit { item, .. }
            | Self::NeverLikeliest { item, .. }
            | Self::Runaway { item }
            | Self::LowSlope { item, .. }
            | Self::NegativeSlope { item, .. } => vec![item],
        }
    }

    /// What speaks against items of a fit, item by item, then pairs.
    pub(crate) fn of(fit: &IrtFit) -> Vec<Self> {
        let mut found = Vec::new();
        for item in &fit.items {
            let name = &item.item;
            let slope = item.slopes[0];
            // by the two decimals that are told
            if slope < 0.0 {
                found.push(Self::NegativeSlope { item: name.clone(), slope });
            } else if (100.0 * slope).round() < 100.0 * LITTLE {
                found.push(Self::LowSlope { item: name.clone(), slope });
            }
            let runs_away = |own: &Warning| matches!(own, Warning::Runaway { item, .. } if item == name);
            if fit.warnings.iter().any(runs_away) {
                found.push(Self::Runaway { item: name.clone() });
            }
            let own = fit.item_fit.iter().find(|own| own.item == *name);
            if let Some((own, s_x2, adjusted)) = own.and_then(|own| Some((own, own.s_x2?, own.adjusted?)))
                && adjusted < LEVEL
            {
                found.push(Self::Misfit { item: name.clone(), s_x2, df: own.df, adjusted });
            }
            let categories = item.never_likeliest();
            if !categories.is_empty() {
                found.push(Self::NeverLikeliest { item: name.clone(), categories });
            }
        }
        let known: Vec<f64> = fit.pairs.iter().filter_map(|pair| pair.q3).collect();
        let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
        let dependent = fit.pairs.iter().filter_map(|pair| {
            let q3 = pair.q3.filter(|q3| q3 - mean > MUCH_ABOVE)?;
            let (first, second) = (pair.first.clone(), pair.second.clone());
            Some(Self::LocalDependence { first, second, q3, mean })
        });
        found.extend(dependent);
        found
    }
}

impl DimensionItemResponse {
    /// Items whose answers do not follow their curves.
    pub fn misfitting(&self) -> Vec<&str> {
        let all = self.findings.iter().filter(|own| matches!(own, ItemResponseFinding::Misfit { .. }));
        all.flat_map(ItemResponseFinding::items).collect()
    }

    /// Pairs of items with more in common than the trait.
    pub fn dependent(&self) -> usize {
        let is_pair = |own: &&ItemResponseFinding| matches!(own, ItemResponseFinding::LocalDependence { .. });
        self.findings.iter().filter(is_pair).count()
    }
}

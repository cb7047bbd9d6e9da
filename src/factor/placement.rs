//! Items and the dimensions they were written for: what their loadings say.
//!
//! Factors are matched to dimensions so that the absolute loadings of the items on the factor of their own dimension add up to
//! the most there is.

use super::adequacy::REDUNDANT;
use super::alignment::assignment;
use super::analysed::CorrelationMatrix;
use crate::error::{Error, Result};
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An item loads on its factor when its loading is this large,
const PRIMARY: f64 = 0.40;
/// on another when that is this large,
const SECONDARY: f64 = 0.30;
/// and it is clear where it belongs when the two differ by this (all three: Howard 2016).
const DIFFERENCE: f64 = 0.20;
/// A communality below this leaves an item by itself (Child 2006).
const LEAST_COMMUNALITY: f64 = 0.20;

/// What is found of an item.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
/// use psychometrics::factor::{ItemFinding, KeyedItems};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// // x4 is about texts, and was put among the visual tests
/// let of = |name: &str, items: &[&str]| -> KeyedItems {
///     (name.into(), items.iter().map(|item| (item.to_string(), false)).collect())
/// };
/// let claimed = [of("visual", &["x1", "x2", "x3", "x4"]), of("textual", &["x5", "x6"]), of("speed", &["x7", "x8", "x9"])];
/// let placed = Exploration::new(3).of(&names, &data)?.placements(&claimed)?;
/// let x4 = placed.items.iter().find(|own| own.item == "x4").unwrap();
/// assert!(matches!(&x4.findings[0], ItemFinding::WrongDimension { dimension, .. } if dimension == "textual"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ItemFinding {
    /// It loads most on the factor of another dimension.
    WrongDimension {
        /// That dimension.
        dimension: String,
        /// Its loading there.
        loading: f64,
    },
    /// It loads .30 or more on another factor, or that loading comes within .20 of its own.
    CrossLoading {
        /// The dimension of that factor.
        dimension: String,
        /// Its loading there.
        loading: f64,
    },
    /// It loads less than .40 on the factor of its dimension.
    LowLoading {
        /// Its loading.
        loading: f64,
    },
    /// Its loading has another sign than its key.
    WrongSign {
        /// Its loading, keyed.
        loading: f64,
    },
    /// The factors explain less than .20 of its variance.
    LowCommunality {
        /// The communality.
        communality: f64,
    },
    /// It correlates .80 or more with another item.
    Redundant {
        /// That item.
        with: String,
        /// Their correlation.
        correlation: f64,
    },
}

impl ItemFinding {
    /// The rule behind it, with its source.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::WrongDimension { .. } => "an item loads most on the factor of its own dimension",
            Self::CrossLoading { .. } => {
                "loadings on other factors are below .30 and at least .20 below the item's own (Howard 2016)"
            }
            Self::LowLoading { .. } => "an item loads .40 or more on its own factor (Howard 2016)",
            Self::WrongSign { .. } => "keyed items load positively",
            Self::LowCommunality { .. } => "factors explain .20 or more of an item (Child 2006)",
            Self::Redundant { .. } => "items correlate less than .80 (Kline 2016)",
        }
    }
}

impl fmt::Display for ItemFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongDimension { dimension, loading } => {
                write!(f, "loads most on '{dimension}' ({loading:.2})")
            }
            Self::CrossLoading { dimension, loading } => {
                write!(f, "loads on '{dimension}' too ({loading:.2})")
            }
            Self::LowLoading { loading } => write!(f, "loads low on its dimension ({loading:.2})"),
            Self::WrongSign { loading } => write!(f, "loads against its key ({loading:.2})"),
            Self::LowCommunality { communality } => {
                write!(f, "has little in common with others ({communality:.2})")
            }
            Self::Redundant { with, correlation } => {
                write!(f, "says nearly the same as '{with}' (r = {correlation:.2})")
            }
        }
    }
}

/// Where an item stands.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
/// use psychometrics::factor::KeyedItems;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let of = |name: &str, own: std::ops::Range<usize>| -> KeyedItems {
///     (name.into(), names[own].iter().map(|item| (item.clone(), false)).collect())
/// };
/// let placed = Exploration::new(3).of(&names, &data)?.placements(&[of("visual", 0..3), of("textual", 3..6), of("speed", 6..9)])?;
/// let x9 = &placed.items[8];
/// assert_eq!((x9.item.as_str(), x9.dimension.as_str(), x9.loads_on.as_str()), ("x9", "speed", "speed"));
/// assert_eq!(format!("{:.2} {:.2} {:.2}", x9.own, x9.other, x9.communality), "0.46 0.38 0.46");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemPlacement {
    /// The item.
    pub item: String,
    /// The dimension it was written for.
    pub dimension: String,
    /// The dimension on whose factor it loads most.
    pub loads_on: String,
    /// Its loading on the factor of its dimension, keyed.
    pub own: f64,
    /// Its largest other loading.
    pub other: f64,
    /// What the factors explain of it.
    pub communality: f64,
    /// What is found; empty where nothing speaks against it.
    pub findings: Vec<ItemFinding>,
}

/// Items against the dimensions they were written for.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
/// use psychometrics::factor::KeyedItems;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let of = |name: &str, own: std::ops::Range<usize>| -> KeyedItems {
///     (name.into(), names[own].iter().map(|item| (item.clone(), false)).collect())
/// };
/// let placed = Exploration::new(3).of(&names, &data)?.placements(&[of("visual", 0..3), of("textual", 3..6), of("speed", 6..9)])?;
/// assert_eq!((placed.at_home, placed.items.len(), placed.factors.iter().flatten().count()), (9, 9, 3));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Placements {
    /// For each factor, in the order of the loadings, the dimension it was matched to; none of those beyond the dimensions.
    pub factors: Vec<Option<String>>,
    /// The items.
    pub items: Vec<ItemPlacement>,
    /// How many load most on the factor of their dimension.
    pub at_home: usize,
}

/// What is found of an item's loading on its own factor, in the direction of its key, and of its communality.
fn of_size(own: f64, communality: f64) -> Vec<ItemFinding> {
    let mut findings = Vec::new();
    if own <= -SECONDARY {
        findings.push(ItemFinding::WrongSign { loading: own });
    } else if own < PRIMARY {
        findings.push(ItemFinding::LowLoading { loading: own });
    }
    if communality < LEAST_COMMUNALITY {
        findings.push(ItemFinding::LowCommunality { communality });
    }
    findings
}

/// Items that say nearly the same as this one.
fn redundant(matrix: &CorrelationMatrix, item: &str) -> Vec<ItemFinding> {
    let Some(i) = matrix.names.iter().position(|name| name == item) else { return Vec::new() };
    let same = (0..matrix.len()).filter(|&j| j != i && matrix.r[(i, j)].abs() >= REDUNDANT);
    let found =
        |j: usize| ItemFinding::Redundant { with: matrix.names[j].clone(), correlation: matrix.r[(i, j)] };
    same.map(found).collect()
}

/// A dimension with its items, and whether each is reversed.
///
/// ```
/// use psychometrics::factor::KeyedItems;
///
/// let care: KeyedItems = ("care".into(), vec![("q1".into(), false), ("q2".into(), true)]);
/// assert_eq!(care.1.iter().filter(|(_, is_reversed)| *is_reversed).count(), 1);
/// ```
pub type KeyedItems = (String, Vec<(String, bool)>);

/// Loadings (and communalities, in the order of their rows) against what items were written for.
///
/// # Errors
/// [`Error::UnknownColumn`] for an item without loadings, [`Error::WrongSize`] for fewer factors than dimensions.
pub fn placements(
    matrix: &CorrelationMatrix,
    loadings: &LabelledMatrix,
    communalities: &[f64],
    dimensions: &[KeyedItems],
) -> Result<Placements> {
    let k = loadings.columns.len();
    if k < dimensions.len() {
        let what = "factors for the dimensions".into();
        return Err(Error::WrongSize { what, found: k, expected: dimensions.len() });
    }
    let at = |item: &String| {
        loadings.rows.iter().position(|row| row == item).ok_or_else(|| Error::UnknownColumn {
            column: item.clone(),
            source_name: "the loadings".into(),
            nearest: None,
            available: loadings.rows.clone(),
        })
    };
    let mut worth = DMatrix::zeros(k, k);
    for (d, (_, items)) in dimensions.iter().enumerate() {
        for (item, _) in items {
            let row = &loadings.values[at(item)?];
            (0..k).for_each(|j| worth[(j, d)] += row[j].abs());
        }
    }
    let factor_of = assignment(&worth);
    let mut factors: Vec<Option<String>> = vec![None; k];
    for (d, (name, _)) in dimensions.iter().enumerate() {
        factors[factor_of[d]] = Some(name.clone());
    }
    let name_of = |j: usize| factors[j].clone().unwrap_or_else(|| loadings.columns[j].clone());
    let mut placed = Vec::new();
    for (d, (dimension, items)) in dimensions.iter().enumerate() {
        let own_factor = factor_of[d];
        // a factor may point the other way as a whole
        let keyed = |item: &String, reversed: bool| -> Result<f64> {
            Ok(loadings.values[at(item)?][own_factor] * if reversed { -1.0 } else { 1.0 })
        };
        let sum: f64 = items.iter().map(|(item, reversed)| keyed(item, *reversed)).sum::<Result<f64>>()?;
        let direction = if sum < 0.0 { -1.0 } else { 1.0 };
        for (item, reversed) in items {
            let row = &loadings.values[at(item)?];
            let own = direction * keyed(item, *reversed)?;
            let most = (0..k).max_by(|a, b| row[*a].abs().total_cmp(&row[*b].abs())).unwrap_or(own_factor);
            let other =
                (0..k).filter(|j| *j != own_factor).max_by(|a, b| row[*a].abs().total_cmp(&row[*b].abs()));
            let other_size = other.map_or(0.0, |j| row[j].abs());
            let communality = communalities[at(item)?];
            let mut findings = Vec::new();
            if most != own_factor {
                findings.push(ItemFinding::WrongDimension { dimension: name_of(most), loading: row[most] });
            } else if let Some(j) = other
                && (other_size >= SECONDARY || own.abs() - other_size < DIFFERENCE)
            {
                findings.push(ItemFinding::CrossLoading { dimension: name_of(j), loading: row[j] });
            }
            findings.extend(of_size(own, communality));
            findings.extend(redundant(matrix, item));
            placed.push(ItemPlacement {
                item: item.clone(),
                dimension: dimension.clone(),
                loads_on: name_of(most),
                own,
                other: other.map_or(0.0, |j| row[j]),
                communality,
                findings,
            });
        }
    }
    let at_home = placed.iter().filter(|own| own.loads_on == own.dimension).count();
    Ok(Placements { factors, items: placed, at_home })
}

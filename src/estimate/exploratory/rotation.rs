//! How the exploratory factors of a model are turned, and how a set of them was.

use crate::factor::{Criterion, Rotate, RotationSearch};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the exploratory factors of a model are turned.
///
/// ```
/// use psychometrics::estimate::Rotation;
/// use psychometrics::factor::{Criterion, Rotate};
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "efa(\"e\")*f1 + efa(\"e\")*f2 =~ x1 + x2 + x3 + x4 + x5 + x6".parse()?;
/// let rotation = Rotation::new(Rotate::new(Criterion::Quartimin));
/// let fit = Estimation::default().rotation(rotation).fit(&model, &data)?;
/// assert_eq!(fit.df(), 4);
/// assert!(fit.parameter("f1", "=~", "x4")?.std_all.unwrap() > 0.8);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Rotation {
    /// Criterion, starts, seed.
    pub rotate: Rotate,
    /// Whether loadings are standardised, by the standard deviations that the model implies, before they are turned.
    pub standardized: bool,
    /// Targets by set, of [`Criterion::Target`]: item, then factor, then where its loading should go; what is not named is not
    /// specified.
    pub targets: BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>,
    /// Loadings, as the criterion sees them, beside which a set is turned: by set and first block, from 0.
    #[serde(skip)]
    pub(crate) near: BTreeMap<(String, usize), Vec<Vec<f64>>>,
}

impl Default for Rotation {
    /// Geomin with epsilon .001 of standardised loadings, from 30 starts, as lavaan.
    fn default() -> Self {
        Self::new(Rotate::new(Criterion::Geomin { epsilon: 0.001 }).starts(30))
    }
}

impl Rotation {
    /// Of standardised loadings.
    pub fn new(rotate: Rotate) -> Self {
        Self { rotate, standardized: true, targets: BTreeMap::new(), near: BTreeMap::new() }
    }

    /// Whether loadings are standardised before they are turned.
    #[must_use]
    pub fn standardized(mut self, standardized: bool) -> Self {
        self.standardized = standardized;
        self
    }

    /// Each set beside the solution that these rotations ended with.
    #[must_use]
    pub(crate) fn beside(mut self, found: &[SetRotation]) -> Self {
        let own = found.iter().map(|own| ((own.set.clone(), own.block - 1), own.seen.loadings.clone()));
        self.near = own.collect();
        self
    }

    /// Where the loading of an item on a factor of a set should go.
    #[must_use]
    pub fn aim(mut self, set: &str, item: &str, factor: &str, loading: f64) -> Self {
        let of_set = self.targets.entry(set.into()).or_default();
        of_set.entry(item.into()).or_default().insert(factor.into(), loading);
        self
    }
}

/// A set as the criterion sees it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct SeenSet {
    /// The search for the lowest minimum, with the target of the set.
    pub(crate) rotate: Option<Rotate>,
    pub(crate) loadings: Vec<Vec<f64>>,
    pub(crate) phi: Vec<Vec<f64>>,
}

/// How a set of exploratory factors was turned.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "efa(\"e\")*f1 + efa(\"e\")*f2 =~ x1 + x2 + x3 + x4 + x5 + x6".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// let own = &fit.rotations[0];
/// assert_eq!((own.set.as_str(), own.block, own.criterion.as_str()), ("e", 1, "geomin"));
/// assert_eq!(own.search.starts, 30);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SetRotation {
    /// The set.
    pub set: String,
    /// The first block (group, level) whose loadings it turned, from 1.
    pub block: usize,
    /// The criterion, by name.
    pub criterion: String,
    /// Whether loadings were standardised before.
    pub standardized: bool,
    /// How the rotation was found.
    #[serde(flatten)]
    pub search: RotationSearch,
    #[serde(skip)]
    pub(crate) seen: SeenSet,
}

//! The claim: what a multidimensional construct consists of and how it is measured.
//!
//! A [`Construct`] is a definition with dimensions (each with facets or without), items that measure
//! them, response scales, the variables it should relate to, and the sources each part rests on. It
//! is read from and written to TOML ([`Construct::from_path`], [`Construct::to_toml`]) or built in
//! code ([`Construct::builder`]); both ways end in the same checks, which name the part at fault.

mod builder;
mod choices;
mod code;
mod column;
mod dimension;
#[cfg(feature = "files")]
mod file;
mod item;
mod layout;
mod localized;
mod related;
mod scale;
#[cfg(feature = "files")]
mod text_file;

pub use builder::ConstructBuilder;
pub use code::Code;
pub use column::ColumnRef;
pub use dimension::{AskedOf, Dimension, Facet, Leaf};
pub use item::Item;
pub use layout::{Layout, Service};
pub use localized::Localized;
pub use related::{
    Analysis, ContentRule, DataSource, Hypothesis, Repetition, Sign, Structure, Variable, VariableRole,
};
pub(crate) use scale::same_label;
pub use scale::{Point, ResponseScale};
#[cfg(feature = "files")]
pub(crate) use text_file::{check_encoding, read_text};

use crate::error::{Error, Result, Warning, nearest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the construct is: the `[construct]` table of the file.
///
/// ```
/// use psychometrics::construct::Construct;
///
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// assert_eq!(
///     (construct.about.id.as_str(), construct.about.version.as_str(), construct.about.sources.len()),
///     ("professional_conduct", "1.0", 2)
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Name of the construct in models and results.
    pub id: String,
    /// Version of the definition.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Title for readers.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub title: Localized,
    /// What the construct means.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub definition: Localized,
    /// What the definition rests on: literature, interviews, workshops.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

/// A multidimensional construct with its measurement.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::likert("agreement", ["Disagree", "Neutral", "Agree"]))
///     .dimension(Dimension::new("knowledge"))
///     .item(Item::new("kn_1", "knowledge", "agreement"))
///     .item(Item::new("kn_2", "knowledge", "agreement").reversed())
///     .build()?;
/// assert_eq!(construct.items_of("knowledge").count(), 2);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Construct {
    /// Id, title, definition, sources.
    #[serde(rename = "construct")]
    pub about: About,
    /// Response scales by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scales: BTreeMap<String, ResponseScale>,
    /// Dimensions, in their order of presentation.
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
    /// Items, in the order of the questionnaire.
    #[serde(default)]
    pub items: Vec<Item>,
    /// Where the responses are and which columns have a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<DataSource>,
    /// Variables that the construct should relate to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// What the construct is expected to relate to, and how.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hypotheses: Vec<Hypothesis>,
    /// How expert ratings are read; 1 to 4, relevant from 3 on, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<ContentRule>,
    /// Which structures are rivals, and whether the validation is repeated without flagged respondents.
    #[serde(default)]
    pub analysis: Analysis,
    /// Folder of the file, against which its paths are read.
    #[serde(skip)]
    base: PathBuf,
    /// Keys of the file that were not understood.
    #[serde(skip)]
    unknown_keys: Vec<Warning>,
}

impl Construct {
    /// Starts a construct in code.
    pub fn builder(id: impl Into<String>) -> ConstructBuilder {
        ConstructBuilder::new(id.into())
    }

    /// Name of the construct in models and results.
    pub fn id(&self) -> &str {
        &self.about.id
    }

    /// The dimension called `id`.
    pub fn dimension(&self, id: &str) -> Option<&Dimension> {
        self.dimensions.iter().find(|d| d.id == id)
    }

    /// The item called `id`.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|i| i.id == id)
    }

    /// Items of a dimension, in the order of the questionnaire.
    pub fn items_of<'a>(&'a self, dimension: &'a str) -> impl Iterator<Item = &'a Item> + 'a {
        self.items.iter().filter(move |i| i.dimension == dimension)
    }

    /// The response scale of an item of this construct.
    pub fn scale_of(&self, item: &Item) -> Option<&ResponseScale> {
        self.scales.get(&item.scale)
    }

    /// The leaves of the construct that have items: facets, or the dimension where it has none.
    ///
    /// A facet's leaf is named `dimension_facet`; items of a faceted dimension that name no facet
    /// form a leaf called like the dimension with `_other` behind it.
    pub fn leaves(&self) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        for dimension in &self.dimensions {
            let mut add = |id: String, facet: Option<&str>| {
                let items: Vec<String> = self
                    .items_of(&dimension.id)
                    .filter(|i| dimension.facets.is_empty() || i.facet.as_deref() == facet)
                    .map(|i| i.id.clone())
                    .collect();
                if !items.is_empty() {
                    leaves.push(Leaf {
                        id,
                        dimension: dimension.id.clone(),
                        facet: facet.map(Into::into),
                        items,
                    });
                }
            };
            if dimension.facets.is_empty() {
                add(dimension.id.clone(), None);
            } else {
                for facet in &dimension.facets {
                    add(format!("{}_{}", dimension.id, facet.id), Some(&facet.id));
                }
                add(format!("{}_other", dimension.id), None);
            }
        }
        leaves
    }

    /// Ids of the dimensions, each with the ids of its facets.
    pub fn facets_by_dimension(&self) -> Vec<(String, Vec<String>)> {
        let facets = |d: &Dimension| d.facets.iter().map(|f| f.id.clone()).collect();
        self.dimensions.iter().map(|d| (d.id.clone(), facets(d))).collect()
    }

    /// Path of a file that the construct names, read against the construct file's folder.
    pub fn path_of(&self, file: &Path) -> PathBuf {
        self.base.join(file)
    }

    /// Path of the responses, when the construct names them.
    pub fn responses_path(&self) -> Result<PathBuf> {
        self.data
            .as_ref()
            .and_then(|d| d.responses.as_ref())
            .map(|file| self.path_of(file))
            .ok_or_else(|| Error::NoDataNamed { construct: self.id().into() })
    }

    /// Paths of all data files that the construct names.
    pub fn files(&self) -> Vec<PathBuf> {
        let data = self.data.iter();
        let named = data.flat_map(|d| [&d.responses, &d.ratings, &d.item_sort, &d.excerpts, &d.codes]);
        named.flatten().map(|file| self.path_of(file)).collect()
    }

    /// What is allowed and should be known: dimensions without items, keys that mean nothing.
    pub fn warnings(&self) -> Vec<Warning> {
        let keys = self.unknown_keys.iter().cloned();
        let unmeasured = self
            .dimensions
            .iter()
            .filter(|d| self.items_of(&d.id).next().is_none())
            .map(|d| Warning::NotMeasured { dimension: d.id.clone() });
        let shared = self.scales.iter().flat_map(|(id, scale)| {
            let of = |(label, codes): (&str, Vec<Code>)| Warning::SharedLabel {
                scale: id.clone(),
                label: label.into(),
                codes: codes.iter().map(|code| code.value()).collect(),
            };
            scale.shared_labels().into_iter().map(of)
        });
        keys.chain(unmeasured).chain(shared).chain(self.hypothesis_warnings()).collect()
    }

    /// Whether the file names sampling weights, for which it has no place.
    pub(crate) fn names_weights(&self) -> bool {
        let is_weights = |key: &str| matches!(key, "weight" | "weights" | "sampling_weights");
        self.unknown_keys.iter().any(|w| matches!(w, Warning::UnknownKey { key, .. } if is_weights(key)))
    }

    /// Checks every reference and every id; the first fault is the error.
    pub fn check(&self) -> Result<()> {
        check_id("construct", &self.about.id)?;
        for (id, scale) in &self.scales {
            scale.check(id)?;
        }
        unique("dimension", self.dimensions.iter().map(|d| d.id.as_str()))?;
        for dimension in &self.dimensions {
            check_id("dimension", &dimension.id)?;
            unique("facet", dimension.facets.iter().map(|f| f.id.as_str()))?;
            for facet in &dimension.facets {
                check_id("facet", &facet.id)?;
            }
        }
        unique("item", self.items.iter().map(|i| i.id.as_str()))?;
        for item in &self.items {
            self.check_item(item)?;
        }
        unique("variable", self.variables.iter().map(|v| v.id.as_str()))?;
        let leaves = self.leaves();
        let latent: Vec<&str> = std::iter::once(self.id())
            .chain(self.dimensions.iter().map(|d| d.id.as_str()))
            .chain(leaves.iter().filter(|l| l.facet.is_some()).map(|l| l.id.as_str()))
            .collect();
        unique("construct, dimension or facet", latent.iter().copied())?;
        let observed =
            self.items.iter().map(|i| i.id.as_str()).chain(self.variables.iter().map(|v| v.id.as_str()));
        unique("dimension, item or variable", latent.iter().copied().chain(observed))?;
        unique("hypothesis", self.hypotheses.iter().map(|h| h.id.as_str()))
    }

    fn check_item(&self, item: &Item) -> Result<()> {
        check_id("item", &item.id)?;
        if item.dimension.is_empty() {
            return Err(Error::ItemWithoutDimension { item: item.id.clone() });
        }
        let from = || format!("item '{}'", item.id);
        let Some(dimension) = self.dimension(&item.dimension) else {
            let ids = self.dimensions.iter().map(|d| d.id.as_str());
            return Err(unknown(from(), "dimension", &item.dimension, ids));
        };
        if let Some(facet) = &item.facet
            && dimension.facets.iter().all(|f| f.id != *facet)
        {
            return Err(unknown(from(), "facet", facet, dimension.facets.iter().map(|f| f.id.as_str())));
        }
        if !self.scales.contains_key(&item.scale) {
            return Err(unknown(from(), "scale", &item.scale, self.scales.keys().map(String::as_str)));
        }
        Ok(())
    }

    /// Ends of hypotheses that are defined nowhere: such a hypothesis cannot be tested, the others can.
    fn hypothesis_warnings(&self) -> Vec<Warning> {
        let leaves = self.leaves();
        let known: Vec<&str> = std::iter::once(self.id())
            .chain(self.dimensions.iter().map(|d| d.id.as_str()))
            .chain(leaves.iter().map(|l| l.id.as_str()))
            .chain(self.variables.iter().map(|v| v.id.as_str()))
            .collect();
        let mut warnings = Vec::new();
        for hypothesis in &self.hypotheses {
            for end in [&hypothesis.from, &hypothesis.to] {
                if !known.contains(&end.as_str()) {
                    let nearest = nearest(end, known.iter().copied());
                    let (hypothesis, end) = (hypothesis.id.clone(), end.clone());
                    warnings.push(Warning::UnknownEnd { hypothesis, end, nearest });
                }
            }
        }
        warnings
    }
}

/// Whether `id` can stand as a name in a model and as a column: letters (of any script), digits,
/// `_` and `.`, not starting with a digit.
fn check_id(kind: &'static str, id: &str) -> Result<()> {
    let starts_well = id.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    if starts_well && id.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') {
        Ok(())
    } else {
        Err(Error::BadId { kind: kind.into(), id: id.into() })
    }
}

fn unique<'a>(kind: &'static str, ids: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(Error::DuplicateId { kind: kind.into(), id: id.into() });
        }
    }
    Ok(())
}

fn unknown<'a>(
    from: String,
    kind: &'static str,
    to: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Error {
    Error::UnknownReference { from, kind: kind.into(), to: to.into(), nearest: nearest(to, candidates) }
}

//! Dimensions of a construct and their facets.

use super::Localized;
use serde::{Deserialize, Serialize};

/// A part of a dimension that has items of its own.
///
/// ```
/// use psychometrics::construct::Construct;
///
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let facet = &construct.dimension("knowledge").unwrap().facets[0];
/// assert_eq!((facet.id.as_str(), facet.title.get("en")), ("using", Some("Using knowledge")));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facet {
    /// Id, unique within its dimension.
    pub id: String,
    /// Title for readers.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub title: Localized,
    /// What the facet means.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub definition: Localized,
}

/// The respondents a dimension was put to: those with one of `values` on `variable`.
///
/// ```
/// use psychometrics::construct::Construct;
///
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let asked_of = construct.dimension("employer").unwrap().asked_of.as_ref().unwrap();
/// assert_eq!((asked_of.variable.as_str(), asked_of.values.len()), ("works_with_employers", 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedOf {
    /// Column of the data.
    pub variable: String,
    /// Values of the respondents who were asked.
    pub values: Vec<String>,
}

/// A dimension of the construct.
///
/// ```
/// use psychometrics::construct::Dimension;
/// let client = Dimension::new("client").facet("voice").facet("dignity").asked_of("role", ["nurse"]);
/// assert_eq!(client.facets.len(), 2);
/// assert_eq!(client.asked_of.unwrap().values, ["nurse"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Dimension {
    /// Name in models and results.
    pub id: String,
    /// Title for readers.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub title: Localized,
    /// What the dimension means.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub definition: Localized,
    /// What it rests on: literature, interviews, workshops.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Its facets; empty where it has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facets: Vec<Facet>,
    /// Who was asked; everybody where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_of: Option<AskedOf>,
}

impl Dimension {
    /// A dimension without facets.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// Adds a facet.
    #[must_use]
    pub fn facet(mut self, id: impl Into<String>) -> Self {
        self.facets.push(Facet { id: id.into(), ..Facet::default() });
        self
    }

    /// Sets the title in one language.
    #[must_use]
    pub fn title(mut self, language: &str, text: &str) -> Self {
        self.title = self.title.and(language, text);
        self
    }

    /// Restricts the dimension to respondents with one of `values` on `variable`.
    #[must_use]
    pub fn asked_of<S: Into<String>>(
        mut self,
        variable: impl Into<String>,
        values: impl IntoIterator<Item = S>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.asked_of = Some(AskedOf { variable: variable.into(), values });
        self
    }
}

/// A lowest part of the construct that is measured: a facet, or a dimension without facets.
///
/// ```
/// use psychometrics::construct::Construct;
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let leaves = construct.leaves();
/// assert_eq!(leaves.iter().map(|leaf| leaf.items.len()).sum::<usize>(), construct.items.len());
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Leaf {
    /// Name as a factor.
    pub id: String,
    /// Dimension it belongs to.
    pub dimension: String,
    /// Facet, where the dimension has facets.
    pub facet: Option<String>,
    /// Ids of its items.
    pub items: Vec<String>,
}

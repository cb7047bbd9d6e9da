//! Items: the questions that measure a dimension.

use super::{ColumnRef, Localized};
use serde::{Deserialize, Serialize};

/// A question with its place in the construct.
///
/// ```
/// use psychometrics::construct::Item;
/// let item = Item::new("kn_2", "knowledge", "agreement").reversed().text("en", "I rarely ask why.");
/// assert!(item.reverse);
/// assert_eq!(item.text.get("en"), Some("I rarely ask why."));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Name: the indicator in models, and the column of the data where `column` says nothing else.
    pub id: String,
    /// The column of the data, where it has another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<ColumnRef>,
    /// Dimension it measures.
    #[serde(default)]
    pub dimension: String,
    /// Facet it measures, where the dimension has facets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<String>,
    /// Response scale.
    #[serde(default)]
    pub scale: String,
    /// Whether agreeing means less of the dimension. The answer x is then keyed as min + max - x,
    /// with the ends of the *declared* scale.
    #[serde(default)]
    pub reverse: bool,
    /// Wording.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub text: Localized,
    /// What the item rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

impl Item {
    /// A positively keyed item.
    pub fn new(id: impl Into<String>, dimension: impl Into<String>, scale: impl Into<String>) -> Self {
        Self { id: id.into(), dimension: dimension.into(), scale: scale.into(), ..Self::default() }
    }

    /// Names the column of its answers, where it is not the id: `G01Q02[SQ001]`, or the wording of the question.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>) -> Self {
        self.column = Some(ColumnRef::Named(name.into()));
        self
    }

    /// Places the item in a facet of its dimension.
    #[must_use]
    pub fn facet(mut self, facet: impl Into<String>) -> Self {
        self.facet = Some(facet.into());
        self
    }

    /// Marks the item as negatively keyed.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.reverse = true;
        self
    }

    /// Sets the wording in one language.
    #[must_use]
    pub fn text(mut self, language: &str, text: &str) -> Self {
        self.text = self.text.and(language, text);
        self
    }
}

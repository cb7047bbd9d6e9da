//! A construct built in code, part by part.

use super::{Construct, DataSource, Dimension, Hypothesis, Item, ResponseScale, Structure, Variable};
use crate::error::Result;

/// Collects the parts of a [`Construct`]; [`build`](Self::build) checks them together.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
///
/// let builder = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .item(Item::new("q1", "care", "five"));
/// assert_eq!(builder.clone().build()?.items.len(), 1);
/// // a part that there is not is named, with the nearest one
/// let error = builder.item(Item::new("q2", "cara", "five")).build().unwrap_err();
/// assert_eq!(error.code(), "unknown_reference");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ConstructBuilder {
    construct: Construct,
}

impl ConstructBuilder {
    pub(super) fn new(id: String) -> Self {
        let mut construct = Construct::default();
        construct.about.id = id;
        Self { construct }
    }

    /// Sets the title in one language.
    #[must_use]
    pub fn title(mut self, language: &str, text: &str) -> Self {
        let about = &mut self.construct.about;
        about.title = std::mem::take(&mut about.title).and(language, text);
        self
    }

    /// Sets the definition in one language.
    #[must_use]
    pub fn definition(mut self, language: &str, text: &str) -> Self {
        let about = &mut self.construct.about;
        about.definition = std::mem::take(&mut about.definition).and(language, text);
        self
    }

    /// Adds what the definition rests on.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.construct.about.sources.push(source.into());
        self
    }

    /// Adds a response scale.
    #[must_use]
    pub fn scale(mut self, scale: ResponseScale) -> Self {
        self.construct.scales.insert(scale.id.clone(), scale);
        self
    }

    /// Adds a dimension.
    #[must_use]
    pub fn dimension(mut self, dimension: Dimension) -> Self {
        self.construct.dimensions.push(dimension);
        self
    }

    /// Adds an item.
    #[must_use]
    pub fn item(mut self, item: Item) -> Self {
        self.construct.items.push(item);
        self
    }

    /// Adds several items.
    #[must_use]
    pub fn items(mut self, items: impl IntoIterator<Item = Item>) -> Self {
        self.construct.items.extend(items);
        self
    }

    /// Says where the data are.
    #[must_use]
    pub fn data(mut self, data: DataSource) -> Self {
        self.construct.data = Some(data);
        self
    }

    /// Adds a variable that the construct should relate to.
    #[must_use]
    pub fn variable(mut self, variable: Variable) -> Self {
        self.construct.variables.push(variable);
        self
    }

    /// Adds a hypothesis.
    #[must_use]
    pub fn hypothesis(mut self, hypothesis: Hypothesis) -> Self {
        self.construct.hypotheses.push(hypothesis);
        self
    }

    /// Chooses the structures that are set side by side (all of them by default).
    #[must_use]
    pub fn structures(mut self, structures: impl IntoIterator<Item = Structure>) -> Self {
        self.construct.analysis.structures = structures.into_iter().collect();
        self
    }

    /// The construct, when its parts fit together.
    ///
    /// # Errors
    /// What [`Construct::check`] finds: a repeated id, an item without a dimension, an unknown
    /// scale, a scale of fewer than two points, ...
    pub fn build(self) -> Result<Construct> {
        self.construct.check()?;
        Ok(self.construct)
    }
}

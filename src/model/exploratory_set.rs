//! A set of exploratory factors: all load on the same items, and are turned together.

/// A set of exploratory factors.
///
/// ```
/// use psychometrics::Model;
///
/// let model: Model = "efa(\"e\")*f1 + efa(\"e\")*f2 =~ x1 + x2 + x3 + x4 + x5 + x6".parse()?;
/// let set = &model.exploratory[0];
/// assert_eq!(set.name.as_str(), "e");
/// assert_eq!(set.factors, ["f1", "f2"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExploratorySet {
    /// Its name in the text.
    pub name: String,
    /// Its factors, in the order of the text.
    pub factors: Vec<String>,
}

impl ExploratorySet {
    /// A set.
    pub fn new(name: impl Into<String>, factors: impl IntoIterator<Item = String>) -> Self {
        Self { name: name.into(), factors: factors.into_iter().collect() }
    }
}

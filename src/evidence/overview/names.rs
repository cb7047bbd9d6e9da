//! How things are called in plain words.

use crate::evidence::evidence::Evidence;

/// Letters of a wording that are shown.
const SHOWN: usize = 60;

/// The title of a dimension or facet in a language; its id where it has none.
pub(super) fn title<'e>(evidence: &'e Evidence, id: &'e str, language: &str) -> &'e str {
    for dimension in &evidence.dimensions {
        if dimension.id == id {
            return dimension.title.get(language).unwrap_or(id);
        }
        if let Some(facet) = dimension.facets.iter().find(|facet| facet.id == id) {
            return facet.title.get(language).unwrap_or(id);
        }
    }
    id
}

/// An item with the beginning of its wording.
pub(super) fn worded(evidence: &Evidence, item: &str, language: &str) -> String {
    let own = evidence.construct.items.iter().find(|own| own.id == item);
    match own.and_then(|own| own.text.get(language)) {
        None => item.to_string(),
        Some(text) => format!("{item} (\"{}\")", shortened(text)),
    }
}

/// The beginning of a text, up to a space.
fn shortened(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_string();
    }
    let cut: String = text.chars().take(SHOWN).collect();
    let whole = cut.rfind(' ').map_or(cut.as_str(), |at| &cut[..at]);
    format!("{} ...", whole.trim_end_matches([',', ';', '.']))
}

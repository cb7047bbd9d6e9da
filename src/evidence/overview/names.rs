//! How things are called in plain words.

use crate::evidence::conclusion::SMALLEST_GROUP;
use crate::evidence::conclusions_of_dimensions::is_weak;
use crate::evidence::evidence::Evidence;

/// Letters of a wording that are shown.
const SHOWN: usize = 60;
/// Names that are told one by one.
const NAMED: usize = 5;

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
fn worded(evidence: &Evidence, item: &str, language: &str) -> String {
    let own = evidence.construct.items.iter().find(|own| own.id == item);
    match own.and_then(|own| own.text.get(language)) {
        None => item.to_string(),
        Some(text) => format!("{item} (\"{}\")", shortened(text, SHOWN)),
    }
}

/// Items with the beginning of their wording, the first of them.
pub(super) fn worded_list(evidence: &Evidence, items: &[&str], language: &str) -> String {
    let each: Vec<String> = items.iter().map(|item| worded(evidence, item, language)).collect();
    listed(&each, if language == "nl" { "en nog {}" } else { "and {} more" })
}

/// Names, the first of them, and how many more there are.
pub(super) fn listed(names: &[String], more: &str) -> String {
    let told = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => told,
        left => format!("{told} {}", more.replace("{}", &left.to_string())),
    }
}

/// Items that hardly go with the others of their dimension; none of fewer respondents than allow a conclusion.
pub(super) fn weak_items(evidence: &Evidence) -> impl Iterator<Item = &str> {
    let large = evidence.dimensions.iter().filter(|own| own.scale.n >= SMALLEST_GROUP);
    let all = large.flat_map(|own| &own.scale.items);
    all.filter(|item| item.r_drop.is_some_and(is_weak)).map(|item| item.item.as_str())
}

/// The beginning of a text, up to a space.
pub(crate) fn shortened(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_string();
    }
    let cut: String = text.chars().take(letters).collect();
    let whole = cut.rfind(' ').map_or(cut.as_str(), |at| &cut[..at]);
    format!("{} ...", whole.trim_end_matches([',', ';', '.']))
}

//! Figures of an item response model: how likely each answer is along the trait, and how precise scores are.

use super::figures::{Precision, category_curves, test_information};
use super::page::Figure;
use crate::irt::{IrtFit, ItemParameters};

/// Items in one figure.
const IN_ONE: usize = 24;

/// The items of the first group; none of several traits.
fn first(fit: &IrtFit) -> Vec<&ItemParameters> {
    if fit.traits.len() > 1 {
        return Vec::new();
    }
    let value = fit.groups.first().and_then(|group| group.value.as_ref());
    let own = |item: &&ItemParameters| item.group.is_none() || item.group.as_ref() == value;
    fit.items.iter().filter(own).collect()
}

/// Curves of the categories of all items, 24 in a figure; of items that differ between groups those of all.
pub(super) fn curves(of: &str, fit: &IrtFit) -> Vec<Figure> {
    if fit.traits.len() > 1 {
        return Vec::new();
    }
    let title = titled("Category characteristic curves", of);
    let items: Vec<&ItemParameters> = fit.items.iter().collect();
    let one = |items: &[&ItemParameters]| Figure {
        title: title.clone(),
        svg: category_curves(&title, items),
        note:
            "Across: the trait. Upward: how likely each answer is; the codes are those of the keyed answers."
                .into(),
    };
    items.chunks(IN_ONE).map(one).collect()
}

/// Information and standard error along the trait, and where the respondents are.
pub(super) fn precision(of: &str, fit: &IrtFit) -> Option<Figure> {
    let items = first(fit);
    if items.is_empty() || fit.information.theta.is_empty() {
        return None;
    }
    let title = titled("Test information and standard error", of);
    let svg = test_information(&Precision { title: &title, items, respondents: fit.respondents.as_ref() });
    let note = "Across: the trait. Bars: shares of the respondents by the distribution of the trait given their \
                answers.";
    Some(Figure { title, svg, note: note.into() })
}

fn titled(what: &str, of: &str) -> String {
    if of.is_empty() { what.into() } else { format!("{what}: {of}") }
}

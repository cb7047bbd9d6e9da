//! The fixed words of a report in Dutch: headings, heads of columns, notes. A text that is not in the list stays as it is.

use super::Language;
use super::page::{Block, Page};

/// English and Dutch.
const WORDS: &[(&str, &str)] = &[];

/// A word in a language.
pub(super) fn word(english: &str, language: Language) -> String {
    match language {
        Language::English => english.to_string(),
        Language::Dutch => known(english).unwrap_or(english).to_string(),
    }
}

fn known(english: &str) -> Option<&'static str> {
    WORDS.iter().find(|(en, _)| *en == english).map(|(_, nl)| *nl)
}

/// A page with its fixed words in a language.
pub(super) fn translated(mut page: Page, language: Language) -> Page {
    if language == Language::English {
        return page;
    }
    let change = |text: &mut String| {
        if let Some(dutch) = known(text.trim()) {
            let inner = if text.starts_with("  ") { "  " } else { "" };
            *text = format!("{inner}{dutch}");
        }
    };
    for block in &mut page.blocks {
        match block {
            Block::Heading(_, text) | Block::Paragraph(text) => change(text),
            Block::List(points) => points.iter_mut().for_each(change),
            Block::Table(table) => {
                change(&mut table.title);
                change(&mut table.note);
                table.columns.iter_mut().chain(table.rows.iter_mut().flatten()).for_each(change);
            }
            Block::Figure(figure) => {
                change(&mut figure.title);
                change(&mut figure.note);
            }
        }
    }
    page
}

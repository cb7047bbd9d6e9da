//! A page in another language.

use super::dictionary::{heading, known};
use super::page::{Block, Page};
use super::{Language, messages, reasons, sentences};

impl Page {
    /// The same page with its headings, labels and notes in a language; what the data say and whole sentences stay as they
    /// are.
    #[must_use]
    pub fn in_language(self, language: Language) -> Page {
        translated(self, language)
    }
}

/// A page with its fixed words in a language.
pub(super) fn translated(mut page: Page, language: Language) -> Page {
    if language == Language::English {
        return page;
    }
    let change = |text: &mut String| {
        if let Some(dutch) = known(text.trim()).map(String::from).or_else(|| sentences::cell(text)) {
            let inner = if text.starts_with("  ") { "  " } else { "" };
            *text = format!("{inner}{dutch}");
        }
    };
    let say = |text: &mut String| match sentences::dutch(text) {
        Some(dutch) => *text = dutch,
        None => change(text),
    };
    let head = |text: &mut String| {
        if let Some(dutch) = heading(text.trim()).or_else(|| sentences::dutch(text)) {
            *text = dutch;
        }
    };
    for block in &mut page.blocks {
        match block {
            Block::Heading(_, text) => head(text),
            Block::Paragraph(text) => say(text),
            Block::SeeTable(title, see) => {
                head(title);
                change(see);
            }
            Block::List(points) => {
                for point in points {
                    match messages::message(point) {
                        Some(dutch) => *point = dutch,
                        None => change(point),
                    }
                }
            }
            Block::Table(table) => {
                head(&mut table.title);
                head(&mut table.note);
                for text in &mut table.remarks {
                    match reasons::remark(text) {
                        Some(dutch) => *text = dutch,
                        None => head(text),
                    }
                }
                if let Some(at) = table.columns.iter().position(|column| column == "why there is none") {
                    let cells = table.rows.iter_mut().filter_map(|row| row.get_mut(at));
                    cells.for_each(|cell| *cell = reasons::in_dutch(cell));
                }
                table.columns.iter_mut().for_each(head);
                table.rows.iter_mut().flatten().for_each(change);
                table.column_links.iter_mut().chain(&mut table.row_links).for_each(head);
            }
            Block::Figure(figure) => {
                figure.svg = figure_in_dutch(&figure.svg, &figure.title);
                head(&mut figure.title);
                head(&mut figure.note);
            }
        }
    }
    page
}

/// What figures say that is no datum, beside their titles.
const OF_FIGURES: [&str; 5] = [
    "no difference",
    "standard deviations",
    "information (left)",
    "standard error (right)",
    "respondents (bars)",
];

/// A figure with its title and fixed words in Dutch; what the data say stays as it is.
fn figure_in_dutch(svg: &str, title: &str) -> String {
    let mut svg = svg.to_string();
    for english in OF_FIGURES.into_iter().chain([title]) {
        if let Some(dutch) = heading(english) {
            for edge in ["", "\n"] {
                svg = svg.replace(&format!(">{edge}{english}{edge}<"), &format!(">{edge}{dutch}{edge}<"));
            }
        }
    }
    svg
}

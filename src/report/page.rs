//! A page of headings, paragraphs, lists, tables and figures.

use super::table::Table;
use serde::{Deserialize, Serialize};

/// A part of a page.
///
/// ```
/// use psychometrics::report::{Block, Page};
///
/// let mut page = Page::titled("Loadings");
/// page.paragraph("Of one factor.");
/// assert_eq!(page.blocks[1], Block::Paragraph("Of one factor.".into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Block {
    /// A heading of level 1 to 3.
    Heading(u8, String),
    /// Running text.
    Paragraph(String),
    /// Points.
    List(Vec<String>),
    /// A table.
    Table(Table),
    /// A picture.
    Figure(Figure),
    /// A table that stands in the appendix: its title, and where to look.
    SeeTable(String, String),
}

/// A picture with what it shows.
///
/// ```
/// use psychometrics::report::{Block, Figure, Page};
///
/// let mut page = Page::titled("Scree");
/// page.figure(Figure { title: "Eigenvalues".into(), svg: "<svg/>".into(), note: String::new() });
/// assert!(matches!(&page.blocks[1], Block::Figure(own) if own.title == "Eigenvalues"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What the picture shows.
    pub title: String,
    /// The drawing, as SVG; its colours are variables of the page.
    pub svg: String,
    /// How to read it; empty for none.
    pub note: String,
}

/// A page for people.
///
/// ```
/// use psychometrics::report::{Page, Table};
///
/// let mut page = Page::titled("Loadings");
/// let mut table = Table::new("One factor", ["item", "loading"]);
/// table.row(["x1", "0.77"]);
/// page.table(table);
/// assert!(page.text().contains("0.77"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its parts, in order.
    pub blocks: Vec<Block>,
}

impl Page {
    /// An empty page with a title.
    pub fn titled(title: impl Into<String>) -> Self {
        Self { blocks: vec![Block::Heading(1, title.into())] }
    }

    /// Adds a heading.
    pub fn heading(&mut self, level: u8, text: impl Into<String>) {
        self.blocks.push(Block::Heading(level, text.into()));
    }

    /// Adds a paragraph, unless it is empty.
    pub fn paragraph(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.blocks.push(Block::Paragraph(text));
        }
    }

    /// Adds points, unless there are none.
    pub fn list(&mut self, points: Vec<String>) {
        if !points.is_empty() {
            self.blocks.push(Block::List(points));
        }
    }

    /// Adds a table.
    pub fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table));
    }

    /// Adds a picture.
    pub fn figure(&mut self, figure: Figure) {
        self.blocks.push(Block::Figure(figure));
    }

    /// Moves tables of more than so many rows, and what is printed below them, to an appendix at the end, folded; their titles stay.
    pub(super) fn with_appendix(&mut self, rows: usize) {
        let mut long = Vec::new();
        for block in &mut self.blocks {
            if let Block::Table(table) = block
                && table.rows.len() > rows
            {
                let title = Block::SeeTable(table.title.clone(), "see the appendix.".into());
                if let Block::Table(mut table) = std::mem::replace(block, title) {
                    table.folded = true;
                    long.push(Block::Table(table));
                }
            }
        }
        if !long.is_empty() {
            self.heading(2, "Appendix: long tables");
            self.blocks.extend(long);
        }
    }

    /// Adds the parts of another page, without its title.
    pub fn append(&mut self, other: Page) {
        let parts = other.blocks.into_iter().filter(|block| !matches!(block, Block::Heading(1, _)));
        self.blocks.extend(parts);
    }

    /// The page with every text on one line: line breaks and other control characters, which names and wordings may hold,
    /// are spaces.
    pub(super) fn cleaned(&self) -> Page {
        let mut page = self.clone();
        let clean = |text: &mut String| {
            if text.contains(is_control) {
                *text = text.replace(is_control, " ");
            }
        };
        for block in &mut page.blocks {
            match block {
                Block::Heading(_, text) | Block::Paragraph(text) => clean(text),
                Block::SeeTable(title, _) => clean(title),
                Block::List(points) => points.iter_mut().for_each(clean),
                Block::Table(table) => {
                    clean(&mut table.title);
                    clean(&mut table.note);
                    table.remarks.iter_mut().for_each(clean);
                    table.columns.iter_mut().for_each(clean);
                    table.rows.iter_mut().flatten().for_each(clean);
                    table.column_links.iter_mut().chain(&mut table.row_links).for_each(clean);
                }
                Block::Figure(figure) => {
                    clean(&mut figure.title);
                    clean(&mut figure.note);
                }
            }
        }
        page
    }
}

/// Characters that begin a new line, or steer a terminal or the direction of writing.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

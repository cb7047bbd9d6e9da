//! Pages for people: layout and rounding, no arithmetic.
//!
//! A result becomes a [`Page`] of headings, paragraphs and [`Table`]s; a page is printed as text for
//! the terminal ([`Page::text`], which is also what `Display` of a result prints) or as Markdown
//! ([`Page::markdown`]).

mod comparison;
mod content;
mod correlations;
mod evidence;
mod fit;
mod items;
mod number;
mod page;
mod reliability;
mod study;

pub use page::{Block, Page, Table};

/// A result that can be shown to people.
pub trait Report {
    /// The result as a page.
    fn page(&self) -> Page;
}

macro_rules! display_as_page {
    ($($result:ty),*) => {$(
        impl std::fmt::Display for $result {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.page().text())
            }
        }
    )*};
}
display_as_page!(
    crate::correlation::Correlations,
    crate::estimate::Comparison,
    crate::estimate::Fit,
    crate::evidence::Evidence,
    crate::evidence::content::Agreement,
    crate::evidence::content::ContentValidity,
    crate::evidence::content::ItemSort,
    crate::evidence::content::Perspectives,
    crate::evidence::internal_structure::Intraclass,
    crate::evidence::internal_structure::ItemAnalysis,
    crate::evidence::internal_structure::Reliability,
    crate::evidence::internal_structure::ScaleReliability
);

//! Pages for people: layout and rounding, no arithmetic.
//!
//! A result becomes a [`Page`] of headings, paragraphs and [`Table`]s; a page is printed as text for
//! the terminal ([`Page::text`], which is also what `Display` of a result prints), as Markdown
//! ([`Page::markdown`]), as one self-contained HTML file with its figures ([`Page::html`]) or as LaTeX
//! ([`Page::latex`]). The report of a validation ([`ValidationReport`]) comes in English and Dutch; of other pages
//! [`Page::in_language`] translates headings, labels and notes.

mod aggregate;
mod aggregation;
mod alignment;
#[cfg(feature = "sheets")]
mod check;
mod comparison;
mod content;
mod correlations;
mod dictionary;
mod exploratory;
mod exploratory_parts;
mod factors;
mod figures;
mod fit;
mod fit_measures;
mod functioning;
mod functioning_by_model;
mod group_models;
mod groups;
mod html;
mod imputation;
mod imputed_invariance;
mod invariance;
mod invariance_power;
mod irt;
mod irt_figures;
mod irt_fit;
mod irt_sentences;
mod items;
mod language;
mod latex;
mod markdown;
mod measures;
mod messages;
mod methods;
mod moderation;
mod multitrait;
mod network;
mod number;
mod page;
mod parameters;
mod partial_invariance;
mod pooled_fit;
mod reasons;
mod relations;
mod reliability;
mod scores;
mod screening;
mod sensitivity;
mod sentences;
mod sentences_of_items;
#[cfg(feature = "sheets")]
mod sheet;
mod short_form;
mod study;
mod table;
mod terminal;
mod test_design;
mod translation;
mod uniform_bias;
mod validation;

pub use exploratory_parts::bass_ackwards_page;
pub use invariance_power::power_page;
pub use language::Language;
pub use page::{Block, Figure, Page};
pub use table::{Mark, Table};
pub use validation::{ValidationReport, ValidityReport};

/// A result that can be shown to people.
///
/// ```
/// use psychometrics::report::Report;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let fit = Estimation::default().fit(&"visual =~ x1 + x2 + x3".parse()?, &data)?;
/// assert!(fit.page().text().contains("visual"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
    crate::estimate::ExploratoryFactors,
    crate::estimate::Fit,
    crate::factor::ExploratoryGraph,
    crate::factor::RetentionStudy,
    crate::factor::ShortFormStudy,
    crate::evidence::Evidence,
    crate::evidence::consequences::Norms,
    crate::evidence::consequences::Scores,
    crate::evidence::content::Agreement,
    crate::evidence::content::ContentValidity,
    crate::evidence::content::ItemSort,
    crate::evidence::content::Perspectives,
    crate::evidence::relations::MultitraitMultimethod,
    crate::evidence::Sensitivity,
    crate::evidence::response_process::Screening,
    crate::evidence::internal_structure::Aggregation,
    crate::evidence::internal_structure::Alignment,
    crate::evidence::internal_structure::Intraclass,
    crate::evidence::internal_structure::ItemFunctioning,
    crate::evidence::internal_structure::ImputedInvariance,
    crate::evidence::internal_structure::AlignmentCheck,
    crate::evidence::internal_structure::InvariancePowerResult,
    crate::evidence::internal_structure::InvarianceStudy,
    crate::evidence::internal_structure::PooledBias,
    crate::evidence::internal_structure::ItemAnalysis,
    crate::evidence::internal_structure::Moderation,
    crate::evidence::internal_structure::Reliability,
    crate::evidence::internal_structure::ScaleReliability,
    crate::irt::AdaptiveStudy,
    crate::irt::ConditionalFit,
    crate::irt::Functioning,
    crate::irt::IrtFit,
    crate::irt::Linking,
    crate::irt::ShortForm
);

//! Whether the items are what the construct means: judgement by experts ([`ContentValidity`], [`ItemSort`]), agreement
//! of coders ([`Agreement`]), and what stakeholders brought up themselves ([`Perspectives`]).

mod agreement;
mod beyond_chance;
mod codes;
mod cohen;
mod content_validity;
mod fleiss;
mod gwet;
mod item_sort;
mod krippendorff;
mod perspectives;
mod proportion;
mod ratings;
mod study;

pub use agreement::Agreement;
pub use codes::Codes;
pub use cohen::CohenPair;
pub use content_validity::{
    ContentScale, ContentValidity, DimensionContent, ItemContent, PanelContent, PanelItem, PanelPair,
    critical_ratio,
};
pub use fleiss::fleiss_kappa;
pub use gwet::{Gwet, gwet};
pub use item_sort::{ItemSort, SortedItem};
pub use krippendorff::{Krippendorff, Metric, krippendorff_alpha};
pub use perspectives::{
    Coverage, DimensionPerspective, Excerpt, Excerpts, PerspectiveCell, Perspectives, Saturation,
};
pub use ratings::{ExpertRatings, RatingScale};
pub use study::{ContentEvidence, Gap};

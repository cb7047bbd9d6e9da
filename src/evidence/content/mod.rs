//! Whether the items are what the construct means: judgement by experts ([`ContentValidity`], [`ItemSort`]), agreement
//! of coders ([`Agreement`]), and what stakeholders brought up themselves ([`Perspectives`]).

mod agreement;
mod content_validity;
mod item_sort;
mod perspectives;
mod proportion;
mod ratings;
mod study;

pub use agreement::{
    Agreement, Codes, CohenPair, Gwet, Krippendorff, Metric, fleiss_kappa, gwet, krippendorff_alpha,
};
pub use content_validity::{
    ContentScale, ContentValidity, DimensionContent, ItemContent, PanelContent, PanelItem, PanelPair,
    critical_ratio,
};
pub use item_sort::{ItemSort, SortedItem};
pub use perspectives::{
    Coverage, DimensionPerspective, Excerpt, Excerpts, PerspectiveCell, Perspectives, Saturation,
};
pub use ratings::{ExpertRatings, RatingScale};
pub use study::{ContentEvidence, Gap};

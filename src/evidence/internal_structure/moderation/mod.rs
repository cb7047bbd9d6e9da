//! Whether an item's intercept and loading depend on numbers such as age: moderated nonlinear factor analysis
//! ([`ModerationStudy`]).

mod answers;
mod found;
mod likelihood;
mod search;
mod study;

pub use found::{ModeratedItem, ModeratedParameter, ModeratingNumber, Moderation};
pub use study::ModerationStudy;

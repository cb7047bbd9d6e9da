//! How people answered: which answers are missing, and with which others.

mod missing_answers;

pub use missing_answers::{MissingAnswers, MissingItem, MissingPattern};

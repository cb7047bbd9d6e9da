//! The first draft of a construct file, from a file of answers as it was exported; and what a construct file would read.
//!
//! [`Draft::of`] finds which columns are items (a common scale, a common stem), what their answers mean, who the respondents
//! are and which groups they belong to. What it finds in the file stands in the draft as it is; what it guesses is marked with
//! a comment, and what is to be decided is listed at its top. The draft runs as it is. A [`Codebook`] says more than a file of
//! answers can; [`DraftOptions::explore`] proposes dimensions from the answers. [`ConstructCheck`] tells, before anything is
//! computed, what a construct file reads of its data and what is left out.

mod check;
mod codebook;
mod drafted;
mod drafting;
mod explored;
mod families;
mod ids;
mod options;
mod roles;
mod scale;
mod seen;
mod stems;
mod written;

pub use check::{CheckedItem, ConstructCheck};
pub use codebook::{Codebook, CodebookItem};
pub use drafted::Draft;
pub use options::DraftOptions;

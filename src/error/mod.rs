//! What can go wrong, said so that the reader can repair it.
//!
//! [`Error`]: no answer exists. [`Warning`]: an answer with a caveat, carried by the result it
//! belongs to. Both name the culprit (item, row, column, line, parameter) in fields, not only in
//! words; [`Error::hint`] says what to do next.
//!
//! A new error is written in two places: with its message in `error.rs`, and in `about.rs`, where code, remedy, place and
//! fault stand together in one arm; a new warning in `warning.rs` and in `caveat.rs`. The compiler asks for both.

mod about;
mod caveat;
mod cells;
mod choice;
#[allow(clippy::module_inception)]
mod error;
mod names;
mod warning;

pub(crate) use cells::{BETWEEN_CODES, DECIMAL_COMMA};
pub use cells::{BadCell, SHOWN_CELLS};
pub(crate) use choice::chosen;
pub use error::Error;
pub(crate) use names::{is_combining, list_codes, nearest};
pub use warning::Warning;

/// The crate's result type.
///
/// ```
/// use psychometrics::{Model, Result};
///
/// fn factors(text: &str) -> Result<usize> {
///     Ok(text.parse::<Model>()?.latent_names().len())
/// }
/// assert_eq!(factors("f =~ x1 + x2 + x3; g =~ x4 + x5")?, 2);
/// assert_eq!(factors("f =~").unwrap_err().code(), "model_syntax");
/// # Ok::<(), psychometrics::Error>(())
/// ```
pub type Result<T> = std::result::Result<T, Error>;

impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

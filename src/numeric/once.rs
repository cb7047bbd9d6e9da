//! A value that is worked out when it is first asked for, by whoever asks.

use std::sync::OnceLock;

/// The value of a cell, made where there is none. Unlike [`OnceLock::get_or_init`] nobody waits while it is made: work that
/// spreads over a pool of threads would wait for itself where a thread takes up another task that asks for the same. Several
/// who ask at once may each make it; the first keeps it.
pub(crate) fn once<T>(cell: &OnceLock<T>, make: impl FnOnce() -> T) -> &T {
    match cell.get() {
        Some(known) => known,
        None => {
            let made = make();
            cell.get_or_init(|| made)
        }
    }
}

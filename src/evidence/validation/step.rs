//! What a step of a validation leaves, and the warnings and notes of all steps.

use crate::data::{Counted, Ledger};
use crate::error::{Error, Warning};

/// What a step found, and what must be told of it.
#[derive(Debug, Default)]
pub(super) struct Step<T> {
    pub(super) found: T,
    pub(super) warnings: Vec<Warning>,
    /// For the ledger.
    pub(super) notes: Vec<Note>,
}

/// So many rows, cells or dimensions that do not take part, and why.
pub(super) type Note = (Counted, usize, String);

impl<T> Step<T> {
    pub(super) fn new(found: T, warnings: Vec<Warning>, notes: Vec<Note>) -> Self {
        Self { found, warnings, notes }
    }
}

/// What was told until now.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) warnings: Vec<Warning>,
    pub(super) ledger: Ledger,
}

impl Told {
    /// What a step found, with what it has to tell kept.
    pub(super) fn of<T>(&mut self, step: Step<T>) -> T {
        step.notes.into_iter().for_each(|(what, count, why)| self.ledger.note(what, count, why));
        extend_new(&mut self.warnings, step.warnings);
        step.found
    }
}

/// Adds the warnings that are not there yet.
pub(super) fn extend_new(all: &mut Vec<Warning>, new: Vec<Warning>) {
    for warning in new {
        if !all.contains(&warning) {
            all.push(warning);
        }
    }
}

pub(super) fn not_done(what: &str, error: &Error) -> Warning {
    Warning::NotDone { what: what.into(), reason: error.to_string() }
}

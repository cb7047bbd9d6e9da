//! Which parameters of a group depend on free ones, numbered one after the other.

use super::layout::{Layout, Slot};
use nalgebra::DMatrix;
use std::ops::Range;

/// The parameters of a group that depend on free ones: item by item, then those of the distribution.
pub(crate) struct Places<'a> {
    slots: Vec<&'a Slot>,
    /// Of each its place in its item or in the distribution.
    pub(crate) local: Vec<usize>,
    /// First of each item, of the distribution, and how many there are.
    pub(crate) first: Vec<usize>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(layout: &'a Layout, group: usize) -> Self {
        let mut own = Self { slots: Vec::new(), local: Vec::new(), first: vec![0] };
        let parts = layout.items[group].iter().map(|place| &place.slots).chain([&layout.latent[group]]);
        for slots in parts {
            for (at, slot) in slots.iter().enumerate().filter(|(_, slot)| !slot.free.is_empty()) {
                own.slots.push(slot);
                own.local.push(at);
            }
            own.first.push(own.slots.len());
        }
        own
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn of(&self, part: usize) -> Range<usize> {
        self.first[part]..self.first[part + 1]
    }

    /// Adds a matrix of these to that of the free parameters.
    pub(crate) fn scatter(&self, own: &DMatrix<f64>, all: &mut DMatrix<f64>) {
        for (i, first) in self.slots.iter().enumerate() {
            for (j, second) in self.slots.iter().enumerate() {
                for (row, coefficient) in &first.free {
                    for (column, factor) in &second.free {
                        all[(*row, *column)] += coefficient * factor * own[(i, j)];
                    }
                }
            }
        }
    }
}

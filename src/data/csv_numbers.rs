//! The rows of a CSV file as numbers, folded into one value.

use super::blocks::Record;
use super::cell::{Cell, why_no_number};
use super::csv_pass::{Fingerprint, Gather};
use super::csv_source::CsvSource;
use super::faults::Faults;
use crate::error::Result;
use ndarray::ArrayView2;

/// Rows handed over at once by [`CsvSource::fold`].
const CHUNK_ROWS: usize = 256;

impl CsvSource {
    /// Folds the rows of the file into one value.
    ///
    /// `make` starts the value of a block, `step` takes some of its rows (rows x columns in the
    /// order of [`names`](Self::names), in file order; NaN is the mark of a missing cell and occurs
    /// for no other reason), and `merge` adds the value of the block that follows. Blocks are
    /// stepped through in parallel and merged in file order: the result has the same bits at any
    /// number of threads. Memory: a few MiB per thread.
    ///
    /// # Errors
    /// [`Error::HeaderOnly`], [`Error::RaggedRow`], [`Error::NotUtf8`], [`Error::Unreadable`], and
    /// [`Error::BadCells`] with every cell that is neither missing nor a number.
    ///
    /// [`Error::HeaderOnly`]: crate::Error::HeaderOnly
    /// [`Error::RaggedRow`]: crate::Error::RaggedRow
    /// [`Error::NotUtf8`]: crate::Error::NotUtf8
    /// [`Error::Unreadable`]: crate::Error::Unreadable
    /// [`Error::BadCells`]: crate::Error::BadCells
    pub fn fold<A: Send>(
        &self,
        make: impl Fn() -> A + Sync,
        step: impl Fn(&mut A, ArrayView2<'_, f64>) + Sync,
        mut merge: impl FnMut(&mut A, A),
    ) -> Result<A> {
        let mut total = None;
        let start = || Numbers { source: self, rows: Vec::new(), step: &step, value: make() };
        self.scan(start, Fingerprint::Skip, |block, _| match &mut total {
            None => total = Some(block.value),
            Some(total) => merge(total, block.value),
        })?;
        Ok(total.unwrap_or_else(make))
    }

    /// [`fold`](Self::fold) with steps that can fail: the first error in file order is the result.
    ///
    /// # Errors
    /// As [`fold`](Self::fold), and what `step` and `merge` give.
    pub fn try_fold<A: Send>(
        &self,
        make: impl Fn() -> A + Sync,
        step: impl Fn(&mut A, ArrayView2<'_, f64>) -> Result<()> + Sync,
        merge: impl Fn(&mut A, A) -> Result<()>,
    ) -> Result<A> {
        let step = |value: &mut Result<A>, rows: ArrayView2<'_, f64>| {
            if let Ok(inner) = value
                && let Err(error) = step(inner, rows)
            {
                *value = Err(error);
            }
        };
        let merge = |all: &mut Result<A>, block: Result<A>| {
            if let Ok(inner) = all
                && let Err(error) = block.and_then(|block| merge(inner, block))
            {
                *all = Err(error);
            }
        };
        self.fold(|| Ok(make()), step, merge)?
    }
}

/// Gathers rows of numbers and hands them to `step` some at a time.
struct Numbers<'a, A, S> {
    source: &'a CsvSource,
    rows: Vec<f64>,
    step: &'a S,
    value: A,
}

impl<A: Send, S: Fn(&mut A, ArrayView2<'_, f64>) + Sync> Gather for Numbers<'_, A, S> {
    fn record(&mut self, row: usize, record: &Record<'_>, faults: &mut Faults) {
        let source = self.source;
        for (column, name) in source.selected.iter().zip(&source.names) {
            let cell = record.cell(*column);
            self.rows.push(match source.missing.read(cell) {
                Cell::Number(value) => {
                    if let Some(range) = source.range.filter(|range| is_outside(value, *range)) {
                        faults.refuse(row, name, cell, |_| outside(range));
                    }
                    value
                }
                Cell::Missing(_) => f64::NAN,
                Cell::Text => {
                    faults.refuse(row, name, cell, why_no_number);
                    f64::NAN
                }
            });
        }
        if self.rows.len() == CHUNK_ROWS * source.names.len() {
            self.finish();
        }
    }

    fn finish(&mut self) {
        let columns = self.source.names.len();
        let rows = self.rows.len() / columns.max(1);
        if rows > 0
            && let Ok(view) = ArrayView2::from_shape((rows, columns), &self.rows)
        {
            (self.step)(&mut self.value, view);
        }
        self.rows.clear();
    }
}

/// Whether a number is no possible answer.
pub(crate) fn is_outside(value: f64, (low, high): (f64, f64)) -> bool {
    value < low || value > high
}

/// Why such a number is refused.
pub(crate) fn outside((low, high): (f64, f64)) -> String {
    format!("is outside the range {low} to {high}")
}

//! Columns of labels, gathered from a file or from memory.

use super::cell::{Cell, MissingCodes, RawCell};
#[cfg(feature = "files")]
use super::csv_pass::{Fingerprint, Gather};
#[cfg(feature = "files")]
use super::csv_source::CsvSource;
use super::faults::Faults;
use super::grouping::LabelColumn;
#[cfg(feature = "files")]
use crate::data::blocks::Record;
#[cfg(feature = "files")]
use crate::error::Result;

/// Gathers columns as labels.
pub(super) struct LabelColumns<'a> {
    positions: &'a [usize],
    missing: &'a MissingCodes,
    pub(super) columns: Vec<LabelColumn>,
}

impl<'a> LabelColumns<'a> {
    pub(super) fn new(positions: &'a [usize], missing: &'a MissingCodes) -> Self {
        Self { positions, missing, columns: positions.iter().map(|_| LabelColumn::default()).collect() }
    }

    pub(super) fn row<'c>(&mut self, row: usize, cell: impl Fn(usize) -> RawCell<'c>, faults: &mut Faults) {
        for (column, position) in self.columns.iter_mut().zip(self.positions) {
            let cell = cell(*position);
            let missing = matches!(self.missing.read_raw(cell), Cell::Missing(_));
            column.push(if missing { None } else { faults.label(row, cell) }.as_deref());
        }
    }
}

#[cfg(feature = "files")]
impl Gather for LabelColumns<'_> {
    fn record(&mut self, row: usize, record: &Record<'_>, faults: &mut Faults) {
        self.row(row, |column| RawCell::Text(record.cell(column)), faults);
    }
}

#[cfg(feature = "files")]
pub(super) fn read_labels(source: &CsvSource, positions: &[usize]) -> Result<Vec<LabelColumn>> {
    let start = || LabelColumns::new(positions, source.missing());
    let mut all = start().columns;
    source.scan(start, Fingerprint::Skip, |block, _| {
        for (column, later) in all.iter_mut().zip(block.columns) {
            column.append(later);
        }
    })?;
    Ok(all)
}

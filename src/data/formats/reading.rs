//! From a file of any kind to its sheet.

use super::options::SheetOptions;
#[cfg(feature = "parquet")]
use super::parquet_file;
#[cfg(feature = "sav")]
use super::portable;
use super::recognise::{self, FileKind};
use super::refusal::refused;
#[cfg(feature = "sav")]
use super::sav;
use super::sheet::{CellKind, Sheet, SheetCell, SheetNote};
#[cfg(feature = "dta")]
use super::stata;
#[cfg(feature = "xlsx")]
use super::workbook;
use super::{ledger, text};
use crate::data::input::Input;
use crate::error::{Error, Result};
use std::path::Path;

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::Unreadable { path: path.into(), reason: error.to_string() }
}

fn is_workbook(recognised_as: &str) -> bool {
    recognised_as.contains("workbook")
}

impl Sheet {
    /// Reads a file, whatever it is: recognised by its first bytes, not by its name.
    ///
    /// # Errors
    /// [`Error::Unreadable`], and [`Error::OtherFormat`] with what is wrong and what to save instead.
    pub fn read(path: impl AsRef<Path>, options: &SheetOptions) -> Result<Self> {
        let path = path.as_ref();
        Self::of_input(path, &Input::open(path).map_err(|error| unreadable(path, &error))?, options)
    }

    /// Reads what a file holds.
    pub(crate) fn of_input(path: &Path, input: &Input, options: &SheetOptions) -> Result<Self> {
        let mut sheet = Self::as_found(path, input, options)?;
        if let Some(asked) = options.sheet.as_ref().filter(|_| !is_workbook(&sheet.recognised_as)) {
            let message = format!("--sheet '{asked}' was not used: only workbooks have sheets");
            sheet.ledger.push(SheetNote::new("sheet_ignored", message));
        }
        let name = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
        if let Some(message) = recognise::other_name(&name, &sheet.recognised_as) {
            sheet.ledger.push(SheetNote::new("other_extension", message));
        }
        sheet.declare_missing(&options.missing_codes);
        sheet.keep(path, &options.columns)?;
        Ok(sheet)
    }

    /// By the first bytes; files that are not read piece by piece are read whole.
    fn as_found(path: &Path, input: &Input, options: &SheetOptions) -> Result<Self> {
        #[cfg(feature = "sav")]
        if input.start(4).is_ok_and(|start| recognise::is_system_file(&start)) {
            return sav::read(path, input);
        }
        let content = input.content().map_err(|error| unreadable(path, &error))?;
        match recognise::kind_of(path, &content)? {
            #[cfg(feature = "sav")]
            FileKind::Portable => portable::read(path, &content),
            #[cfg(feature = "xlsx")]
            FileKind::Workbook(kind) => workbook::read(path, content, kind, options),
            #[cfg(feature = "dta")]
            FileKind::Stata => stata::read(path, &content),
            #[cfg(feature = "parquet")]
            FileKind::Parquet => parquet_file::read(path, input),
            FileKind::Text => text::read(path, &content, options),
            #[allow(unreachable_patterns)]
            other => Err(recognise::not_built(path, other)),
        }
    }

    /// Takes further codes as missing, in every column of answers.
    fn declare_missing(&mut self, codes: &[String]) {
        if codes.is_empty() {
            return;
        }
        for column in self.columns.iter_mut().filter(|column| !column.metadata) {
            let declared = column.user_missing.get_or_insert_default();
            for code in codes {
                let number = code.parse().ok().filter(|n: &f64| n.is_finite()).map(SheetCell::Number);
                let found = match (&number, column.kind) {
                    (Some(number), CellKind::Numeric) => number.clone(),
                    _ => SheetCell::Text(code.clone()),
                };
                if !declared.values.contains(&found) {
                    declared.values.push(found);
                }
            }
            column.mark_missing(false);
        }
        let other = |line: &SheetNote| {
            !line.kind.ends_with("_missing")
                && line.kind != "suspect_code"
                && line.kind != "unlabelled_codes"
                && line.kind != "duplicate_labels"
        };
        let kept: Vec<SheetNote> = self.ledger.drain(..).filter(other).collect();
        self.ledger = ledger::of_columns(&self.columns);
        self.ledger.extend(kept);
    }

    fn keep(&mut self, path: &Path, names: &[String]) -> Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        for name in names {
            if !self.columns.iter().any(|column| column.name == *name) {
                let known: Vec<&str> =
                    self.columns.iter().take(8).map(|column| column.name.as_str()).collect();
                let what = format!("there is no column '{name}'");
                return Err(refused(path, &what, &format!("Its columns begin with: {}.", known.join(", "))));
            }
        }
        self.columns.retain(|column| names.contains(&column.name));
        self.ledger.retain(|line| line.column.as_ref().is_none_or(|name| names.contains(name)));
        Ok(())
    }
}

//! A workbook with one sheet: names in bold in the first row, which stays in sight.

use super::columns::{TableFile, WrittenColumn};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::path::Path;

pub(super) fn write(table: &TableFile, path: &Path) -> Result<(), String> {
    filled(table).and_then(|mut book| book.save(path)).map_err(|error| error.to_string())
}

fn filled(table: &TableFile) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let bold = Format::new().set_bold();
    for (at, (name, column)) in table.names.iter().zip(&table.columns).enumerate() {
        let at = u16::try_from(at).map_err(|_| XlsxError::RowColumnLimitError)?;
        sheet.write_string_with_format(0, at, name, &bold)?;
        match column {
            WrittenColumn::Numbers(numbers) => {
                for (row, number) in (1..).zip(numbers) {
                    if let Some(number) = number {
                        sheet.write_number(row, at, *number)?;
                    }
                }
            }
            WrittenColumn::Texts(texts) => {
                for (row, text) in (1..).zip(texts).filter(|(_, text)| !text.is_empty()) {
                    sheet.write_string(row, at, text)?;
                }
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(book)
}

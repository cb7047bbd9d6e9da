//! The columns of a table that is written.

use crate::error::{Error, Result};

/// A column: numbers, or texts.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum WrittenColumn {
    Numbers(Vec<Option<f64>>),
    Texts(Vec<String>),
}

/// A table that is written to a file by the ending of its name.
///
/// A column is of numbers where every cell that is not empty is one, otherwise of texts.
///
/// ```
/// use psychometrics::data::TableFile;
/// use psychometrics::data::formats::{Sheet, SheetOptions};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("scores.sav");
/// TableFile::from_csv("id,care score\na1,3.25\na2,\n")?.write(&path)?;
/// let back = Sheet::read(&path, &SheetOptions::new())?;
/// assert_eq!((back.rows, back.columns[1].name.as_str()), (2, "care_score"));
/// assert_eq!(back.columns[1].label.as_deref(), Some("care score"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TableFile {
    pub(super) names: Vec<String>,
    pub(super) columns: Vec<WrittenColumn>,
    pub(super) rows: usize,
}

impl TableFile {
    /// From CSV text: a row of names, cells between commas.
    ///
    /// # Errors
    /// [`Error::OtherFormat`] for text that is no such table.
    pub fn from_csv(text: &str) -> Result<Self> {
        let broken = |error: csv::Error| Error::OtherFormat {
            path: "the table".into(),
            what: error.to_string(),
            remedy: "Write it as text or JSON.".into(),
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names: Vec<String> = reader.headers().map_err(broken)?.iter().map(Into::into).collect();
        let mut cells: Vec<Vec<String>> = vec![Vec::new(); names.len()];
        let mut rows = 0;
        for record in reader.records() {
            for (cell, column) in record.map_err(broken)?.iter().zip(&mut cells) {
                column.push(cell.into());
            }
            rows += 1;
        }
        Ok(Self { names, columns: cells.into_iter().map(column).collect(), rows })
    }
}

fn column(cells: Vec<String>) -> WrittenColumn {
    // 007 and 1e5 are names, not numbers
    let number = |cell: &String| {
        let plain = cell.strip_prefix('-').unwrap_or(cell);
        let name = plain.len() > 1 && plain.starts_with('0') && !plain.starts_with("0.");
        cell.parse::<f64>().ok().filter(|x| x.is_finite() && !name)
    };
    let any = cells.iter().any(|cell| !cell.is_empty());
    match cells.iter().all(|cell| cell.is_empty() || number(cell).is_some()) && any {
        true => WrittenColumn::Numbers(cells.iter().map(number).collect()),
        false => WrittenColumn::Texts(cells),
    }
}

//! Data sets that another program completed by multiple imputation (mice, Amelia): one file each.

use super::{CsvOptions, CsvSource, Dataset};
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// Reads completed versions of one data set, in the order of the files.
///
/// They must have the same columns (in any order), the same number of rows, and no missing value in the columns
/// `complete`. That row i is the same respondent in all of them cannot be seen.
///
/// ```
/// use psychometrics::data::{CsvOptions, read_completed};
/// # let folder = tempfile::tempdir().unwrap();
/// # let paths = ["one.csv", "two.csv"].map(|name| folder.path().join(name));
/// std::fs::write(&paths[0], "x,y\n1,2\n3,4\n").unwrap();
/// std::fs::write(&paths[1], "x,y\n1,2\n3,5\n").unwrap();
/// let data = read_completed(&paths, &CsvOptions::default(), &["x".into(), "y".into()])?;
/// assert_eq!(data.len(), 2);
/// # Ok::<(), psychometrics::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFewImputations`] for fewer than two files, [`Error::BadOption`] for one that is given twice,
/// [`Error::CompletedDiffer`] where columns or rows differ, [`Error::NotCompleted`] with file, row and column, and as
/// [`Dataset::read`].
pub fn read_completed(paths: &[PathBuf], options: &CsvOptions, complete: &[String]) -> Result<Vec<Dataset>> {
    let m = paths.len();
    if m < 2 {
        return Err(Error::TooFewImputations { usable: m, m });
    }
    if let Some((_, twice)) = paths.iter().enumerate().find(|(i, path)| paths[..*i].contains(path)) {
        return Err(Error::BadOption {
            option: "completed data sets".into(),
            value: twice.display().to_string(),
            allowed: "each file is given once".into(),
        });
    }
    let mut all: Vec<Dataset> = Vec::with_capacity(m);
    let mut columns: Vec<String> = Vec::new();
    for path in paths {
        let source = CsvSource::open(path, options)?;
        let own: Vec<String> = source.header().iter().filter(|name| !name.is_empty()).cloned().collect();
        let differ = |found: String, expected: String| {
            Err(Error::CompletedDiffer { path: path.clone(), first: paths[0].clone(), found, expected })
        };
        if all.is_empty() {
            columns = own;
        } else {
            if let Some(lacking) = columns.iter().find(|name| !own.contains(name)) {
                return differ(format!("no column '{lacking}'"), "one".into());
            }
            if let Some(more) = own.iter().find(|name| !columns.contains(name)) {
                return differ(format!("a column '{more}'"), "none".into());
            }
        }
        let data = Dataset::from_source(&source)?;
        if let Some(first) = all.first()
            && first.n_rows() != data.n_rows()
        {
            return differ(format!("{} rows", data.n_rows()), first.n_rows().to_string());
        }
        check_complete(&data, path, complete)?;
        all.push(data);
    }
    Ok(all)
}

/// The first missing value, row by row.
fn check_complete(data: &Dataset, path: &Path, columns: &[String]) -> Result<()> {
    let values = data.numeric(columns)?;
    let mut missing = values.indexed_iter().filter(|(_, x)| x.is_nan());
    let Some(((row, column), _)) = missing.next() else { return Ok(()) };
    let (row, column) = (data.file_row(row), columns[column].clone());
    Err(Error::NotCompleted { path: path.to_path_buf(), row, column, others: missing.count() })
}

//! Published moments: a covariance (or correlation) matrix and means, from small CSV or TSV files.

use super::blocks::{delimiter_of, first_record_end};
use super::cell::{number, why_no_number};
use super::faults::{Faults, NOT_UTF8};
use super::input::Input;
use crate::construct::check_encoding;
use crate::error::{Error, Result};
use ndarray::Array2;
use std::io::Read;
use std::path::Path;

/// How far the two triangles of a matrix may be apart, relative to the scale of the two variables:
/// |s_ij - s_ji| <= 1e-8 max(|s_ij|, |s_ji|, sqrt(|s_ii s_jj|)). Wide enough for what is lost in
/// printing nine digits, too narrow for a slip of the pen.
const ASYMMETRY: f64 = 1e-8;

/// The cells of a file, trimmed, with the row of each record.
struct Cells {
    header: Vec<String>,
    rows: Vec<(usize, Vec<String>)>,
}

fn read_cells(path: &Path) -> Result<Cells> {
    let unreadable = |reason: String| Error::Unreadable { path: path.into(), reason };
    let mut bytes = Vec::new();
    Input::open(path)
        .and_then(|input| input.reader()?.read_to_end(&mut bytes))
        .map_err(|e| unreadable(e.to_string()))?;
    check_encoding(path, &bytes)?;
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}'),
        Err(e) => {
            let row = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
            return Err(Error::NotUtf8 { path: path.into(), row, found: NOT_UTF8.into() });
        }
    };
    if text.trim().is_empty() {
        return Err(Error::EmptyFile { path: path.into() });
    }
    let text = text.trim_start_matches(['\r', '\n']).as_bytes();
    let header = &text[..first_record_end(text).unwrap_or(text.len())];
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter_of(header))
        .trim(csv::Trim::All)
        .from_reader(text);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| unreadable(e.to_string()))?;
        let row = record.position().map_or(rows.len() + 1, |p| p.line() as usize);
        rows.push((row, record.iter().map(Into::into).collect::<Vec<String>>()));
    }
    if rows.len() < 2 {
        return Err(Error::HeaderOnly { path: path.into() });
    }
    let (_, header) = rows.remove(0);
    Ok(Cells { header, rows })
}

fn is_number(cell: &str) -> bool {
    number(cell.as_bytes()).is_some()
}

/// Checks that names are given and differ.
fn check_names(path: &Path, names: &[String]) -> Result<()> {
    for (i, name) in names.iter().enumerate() {
        if names[..i].contains(name) {
            return Err(Error::DuplicateColumn { path: path.into(), column: name.clone() });
        }
    }
    Ok(())
}

/// Reads a covariance or correlation matrix: names and matrix.
///
/// The file has a header of p names and p rows, with or without a first column of row names (whose
/// header may be empty, any word, or left out). The matrix is full, or one of its triangles is empty
/// (a lower triangle may also have short rows). Two triangles may differ by 1e-8 of the scale of the
/// two variables; the result is their mean, exactly symmetric.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("cov.csv");
/// std::fs::write(&path, ",x,y\nx,4\ny,1,9\n").unwrap();
/// let (names, s) = psychometrics::data::read_covariance(&path)?;
/// assert_eq!(names, ["x", "y"]);
/// assert_eq!((s[(0, 0)], s[(0, 1)], s[(1, 0)]), (4.0, 1.0, 1.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
///
/// # Errors
/// [`Error::Unreadable`], [`Error::EmptyFile`], [`Error::HeaderOnly`], [`Error::NotUtf8`],
/// [`Error::DuplicateColumn`]; [`Error::WrongSize`] when there are not p rows;
/// [`Error::RaggedRow`] for a row with too many cells; [`Error::BadCells`] for cells that are no
/// numbers or missing in both triangles, and for row names that contradict the header;
/// [`Error::NotSymmetric`] naming the two places.
pub fn read_covariance(path: impl AsRef<Path>) -> Result<(Vec<String>, Array2<f64>)> {
    let path = path.as_ref();
    let Cells { mut header, rows } = read_cells(path)?;
    let names_first = rows.iter().all(|(_, cells)| cells.first().is_some_and(|cell| !is_number(cell)));
    let row_names = header.first().is_some_and(String::is_empty) || names_first;
    // the header of the column of row names may be left out
    let width = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
    if row_names && !(rows.len() == header.len() && width == header.len() + 1) {
        header.remove(0);
    }
    let names = header;
    check_names(path, &names)?;
    let p = names.len();
    if rows.len() != p {
        let what = format!("rows of the matrix in {}", path.display());
        return Err(Error::WrongSize { what, found: rows.len(), expected: p });
    }
    let mut faults = Faults::default();
    let mut given = Array2::from_elem((p, p), None);
    for (i, (row, cells)) in rows.iter().enumerate() {
        let cells = if row_names {
            if cells[0] != names[i] {
                let problem = format!("names a row where the header has '{}'", names[i]);
                faults.refuse(*row, "row names", cells[0].as_bytes(), |_| problem);
            }
            &cells[1..]
        } else {
            &cells[..]
        };
        if cells.len() > p {
            let (found, expected) = (cells.len() + usize::from(row_names), p + usize::from(row_names));
            return Err(Error::RaggedRow { path: path.into(), row: *row, found, expected });
        }
        for (j, cell) in cells.iter().enumerate() {
            given[(i, j)] = number(cell.as_bytes());
            if given[(i, j)].is_none() && !cell.is_empty() && cell != "NA" {
                faults.refuse(*row, &names[j], cell.as_bytes(), why_no_number);
            }
        }
    }
    // Cells that are no numbers come first: a hole may be one of them.
    faults.into_result(path)?;
    let mut faults = Faults::default();
    for (i, (row, _)) in rows.iter().enumerate() {
        for j in 0..=i {
            if given[(i, j)].is_none() && given[(j, i)].is_none() {
                let problem =
                    format!("is empty; the matrix needs a number for '{}' with '{}'", names[i], names[j]);
                faults.refuse(*row, &names[j], b"", |_| problem);
            }
        }
    }
    faults.into_result(path)?;
    symmetric(&names, &given).map(|matrix| (names, matrix))
}

fn symmetric(names: &[String], given: &Array2<Option<f64>>) -> Result<Array2<f64>> {
    let p = names.len();
    let mut matrix = Array2::zeros((p, p));
    for i in 0..p {
        for j in 0..=i {
            let (lower, upper) = (given[(i, j)], given[(j, i)]);
            let (Some(lower), Some(upper)) = (lower.or(upper), upper.or(lower)) else { continue };
            let diagonal = (given[(i, i)].unwrap_or(0.0) * given[(j, j)].unwrap_or(0.0)).abs().sqrt();
            if (lower - upper).abs() > ASYMMETRY * lower.abs().max(upper.abs()).max(diagonal) {
                return Err(Error::NotSymmetric {
                    row: names[i].clone(),
                    column: names[j].clone(),
                    value: lower,
                    mirrored: upper,
                });
            }
            // no rounding where the two are equal
            let mean = lower + (upper - lower) / 2.0;
            matrix[(i, j)] = mean;
            matrix[(j, i)] = mean;
        }
    }
    Ok(matrix)
}

/// Reads means: names and values, from one row under a header of names (with or without a first
/// cell that names the row), or from two columns, name and value, under a header.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("means.csv");
/// std::fs::write(&path, "variable,mean\nx,2.5\ny,3\n").unwrap();
/// let (names, means) = psychometrics::data::read_means(&path)?;
/// assert_eq!((names[1].as_str(), means[1]), ("y", 3.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
///
/// # Errors
/// As [`read_covariance`]; [`Error::WrongSize`] when there is more than one row of values.
pub fn read_means(path: impl AsRef<Path>) -> Result<(Vec<String>, Vec<f64>)> {
    let path = path.as_ref();
    let Cells { mut header, mut rows } = read_cells(path)?;
    let is_named = |cells: &[String]| cells.first().is_some_and(|cell| !is_number(cell));
    let two_columns = header.len() == 2 && rows.iter().all(|(_, cells)| cells.len() == 2 && is_named(cells));
    let one_named_row = rows.len() == 1 && header[0].is_empty();
    let (names, cells): (Vec<String>, Vec<(usize, String)>) = if two_columns && !one_named_row {
        rows.into_iter().map(|(row, mut cells)| (cells.remove(0), (row, cells.remove(0)))).unzip()
    } else {
        if rows.len() != 1 {
            let what = format!("rows of means in {}", path.display());
            return Err(Error::WrongSize { what, found: rows.len(), expected: 1 });
        }
        let (row, mut cells) = rows.remove(0);
        if header[0].is_empty() {
            header.remove(0);
            cells.remove(0);
        } else if cells.len() == header.len() + 1 && is_named(&cells) {
            cells.remove(0);
        }
        if cells.len() != header.len() {
            let (found, expected) = (cells.len(), header.len());
            return Err(Error::RaggedRow { path: path.into(), row, found, expected });
        }
        (header, cells.into_iter().map(|cell| (row, cell)).collect())
    };
    check_names(path, &names)?;
    let mut faults = Faults::default();
    let mut means = Vec::with_capacity(names.len());
    for (name, (row, cell)) in names.iter().zip(&cells) {
        match number(cell.as_bytes()) {
            Some(mean) => means.push(mean),
            None => faults.refuse(*row, name, cell.as_bytes(), why_no_number),
        }
    }
    faults.into_result(path)?;
    Ok((names, means))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn covariance(text: &str) -> Result<(Vec<String>, Array2<f64>)> {
        read_covariance(file(text).path())
    }

    #[test]
    fn every_form_of_one_matrix_reads_the_same() {
        let expected = array![[4.0, 1.0, 0.5], [1.0, 9.0, -2.0], [0.5, -2.0, 1.0]];
        for text in [
            "x,y,z\n4,1,.5\n1,9,-2\n.5,-2,1\n",
            ",x,y,z\nx,4,1,.5\ny,1,9,-2\nz,.5,-2,1\n",
            "name;x;y;z\nx;4;1;.5\ny;1;9;-2\nz;.5;-2;1\n",
            "x\ty\tz\nx\t4\t1\t.5\ny\t1\t9\t-2\nz\t.5\t-2\t1\n",
            "\u{feff}x,y,z\r\n4,,\r\n1,9,\r\n.5,-2,1",
            "x,y,z\n4\n1,9\n.5,-2,1\n",
            "x,y,z\n4,1,.5\n,9,-2\n,,1\n",
            "\"\",\"x\",\"y\",\"z\"\n\"x\",4,1,0.5\n\"y\",1,9,-2\n\"z\",0.5,-2,1\n",
        ] {
            let (names, matrix) = covariance(text).unwrap();
            assert_eq!(names, ["x", "y", "z"], "{text:?}");
            assert_eq!(matrix, expected, "{text:?}");
        }
    }

    #[test]
    fn triangles_that_differ_are_named_and_rounding_is_averaged() {
        let error = covariance("x,y\n4,1\n1.1,9\n").unwrap_err();
        let expected = Error::NotSymmetric { row: "y".into(), column: "x".into(), value: 1.1, mirrored: 1.0 };
        assert_eq!(error, expected);
        let (_, matrix) = covariance("x,y\n4,1.00000001\n1.00000003,9\n").unwrap();
        assert_eq!(matrix[(0, 1)], matrix[(1, 0)]);
        assert!((matrix[(0, 1)] - 1.00000002).abs() < 1e-12);
    }

    #[test]
    fn faults_of_a_matrix_name_their_place() {
        let cells = |text| match covariance(text).unwrap_err() {
            Error::BadCells { cells, .. } => {
                cells.into_iter().map(|c| (c.row, c.column, c.problem)).collect()
            }
            other => vec![(0, String::new(), other.to_string())],
        };
        assert_eq!(
            cells(",x,y\nx,4,1\nz,1,9\n"),
            [(3, "row names".into(), "names a row where the header has 'y'".into())]
        );
        assert_eq!(cells("x;y\n4;1,5\n1,5;9\n")[0].2, "has a decimal comma; write 1.5");
        assert_eq!(cells("x,y\n4,\n,9\n")[0].2, "is empty; the matrix needs a number for 'y' with 'x'");
        assert!(matches!(covariance("x,y\n4,1\n"), Err(Error::WrongSize { found: 1, expected: 2, .. })));
        assert!(matches!(covariance("x,y\n4,1,3\n1,9\n"), Err(Error::RaggedRow { row: 2, found: 3, .. })));
        assert!(matches!(covariance("x,x\n4,1\n1,9\n"), Err(Error::DuplicateColumn { .. })));
        assert!(matches!(covariance("x,y\n"), Err(Error::HeaderOnly { .. })));
        assert!(matches!(covariance(" \n"), Err(Error::EmptyFile { .. })));
    }

    #[test]
    fn means_in_a_row_or_in_two_columns() {
        for text in [
            "x,y\n2.5,3\n",
            ",x,y\nmean,2.5,3\n",
            "x,y\nmean,2.5,3\n",
            "name,mean\nx,2.5\ny,3\n",
            ",mean\nx,2.5\ny,3",
        ] {
            let (names, means) = read_means(file(text).path()).unwrap();
            assert_eq!((names, means), (vec!["x".to_string(), "y".into()], vec![2.5, 3.0]), "{text:?}");
        }
        assert!(matches!(read_means(file("x,y\n1,2\n3,4\n").path()), Err(Error::WrongSize { .. })));
        assert!(matches!(read_means(file("x,y\n1,b\n").path()), Err(Error::BadCells { total: 1, .. })));
    }
}

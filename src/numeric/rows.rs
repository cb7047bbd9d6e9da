//! A symmetric matrix in a file: the rows of its lower triangle, so that no number stands there twice.

use nalgebra::DMatrix;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes `[[a], [b, c], ...]`; for `#[serde(with = "rows")]`.
pub(crate) fn serialize<S: Serializer>(matrix: &DMatrix<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    let row = |i: usize| (0..=i).map(|j| matrix[(i, j)]).collect::<Vec<f64>>();
    (0..matrix.nrows()).map(row).collect::<Vec<_>>().serialize(serializer)
}

/// Reads the same, with the upper triangle filled.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DMatrix<f64>, D::Error> {
    let rows = Vec::<Vec<f64>>::deserialize(deserializer)?;
    if let Some(i) = (0..rows.len()).find(|&i| rows[i].len() != i + 1) {
        let (row, found) = (i + 1, rows[i].len());
        return Err(D::Error::custom(format!(
            "row {row} of a lower triangle has {found} numbers, not {row}"
        )));
    }
    let n = rows.len();
    Ok(DMatrix::from_fn(n, n, |i, j| rows[i.max(j)][i.min(j)]))
}

/// The matrix that is read again: the lower triangle on both sides, which rounding may have told apart.
pub(crate) fn mirrored(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(matrix.nrows(), matrix.ncols(), |i, j| matrix[(i.max(j), i.min(j))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Held(#[serde(with = "super")] DMatrix<f64>);

    #[test]
    fn a_matrix_is_read_as_it_was_written() {
        let matrix = DMatrix::from_row_slice(3, 3, &[0.1, 9.0, 9.0, 1.0 / 3.0, 2.0, 9.0, -1e-300, 5.0, 7.0]);
        let held = Held(mirrored(&matrix));
        let text = serde_json::to_string(&held).unwrap();
        assert_eq!(text, "[[0.1],[0.3333333333333333,2.0],[-1e-300,5.0,7.0]]");
        assert_eq!(serde_json::from_str::<Held>(&text).unwrap(), held);
        let error = serde_json::from_str::<Held>("[[1.0],[2.0]]").unwrap_err().to_string();
        assert!(error.starts_with("row 2 of a lower triangle has 1 numbers, not 2"), "{error}");
    }
}

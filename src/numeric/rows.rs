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

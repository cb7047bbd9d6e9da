//! Eigenvalues and eigenvectors of a symmetric matrix, the largest first.

use nalgebra::{DMatrix, SymmetricEigen};

/// Eigenvalues in descending order, with unit eigenvectors in the columns.
#[derive(Debug, Clone)]
pub(crate) struct Spectrum {
    pub(crate) values: Vec<f64>,
    pub(crate) vectors: DMatrix<f64>,
}

impl Spectrum {
    /// Of a symmetric matrix of finite numbers.
    pub(crate) fn of(matrix: &DMatrix<f64>) -> Self {
        let eigen = SymmetricEigen::new(matrix.clone());
        let mut order: Vec<usize> = (0..matrix.nrows()).collect();
        order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
        Self {
            values: order.iter().map(|&i| eigen.eigenvalues[i]).collect(),
            vectors: eigen.eigenvectors.select_columns(&order),
        }
    }
}

/// Eigenvalues alone, in descending order.
pub(crate) fn eigenvalues(matrix: DMatrix<f64>) -> Vec<f64> {
    let mut values: Vec<f64> = matrix.symmetric_eigenvalues().iter().copied().collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

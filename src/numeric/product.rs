//! Products of large matrices, blocks of columns side by side. The blocks do not depend on the number of threads, nor do
//! the bits.

use nalgebra::{DMatrix, DMatrixViewMut};
use rayon::prelude::*;

/// Columns of the result that are computed at a time.
const BLOCK: usize = 64;

/// A B.
pub(crate) fn product(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    let mut result = DMatrix::zeros(a.nrows(), b.ncols());
    in_blocks(&mut result, |from, count, mut target| {
        target.gemm(1.0, a, &b.columns(from, count), 0.0);
    });
    result
}

/// Adds A B' to a matrix.
pub(crate) fn add_product_transposed(sum: &mut DMatrix<f64>, a: &DMatrix<f64>, b: &DMatrix<f64>) {
    in_blocks(sum, |from, count, mut target| {
        let own = b.rows(from, count).transpose();
        target.gemm(1.0, a, &own, 1.0);
    });
}

/// A A'.
pub(crate) fn gram(a: &DMatrix<f64>) -> DMatrix<f64> {
    let n = a.nrows();
    let mut result = DMatrix::zeros(n, n);
    in_blocks(&mut result, |from, count, mut target| {
        let own = a.rows(from, count).transpose();
        target.rows_mut(from, n - from).gemm(1.0, &a.rows(from, n - from), &own, 0.0);
    });
    for j in 0..n {
        for i in 0..j {
            // the lower triangle is the one that was computed
            result[(i, j)] = result[(j, i)];
        }
    }
    result
}

fn in_blocks(result: &mut DMatrix<f64>, each: impl Fn(usize, usize, DMatrixViewMut<'_, f64>) + Sync) {
    let rows = result.nrows();
    if rows == 0 {
        return;
    }
    result.as_mut_slice().par_chunks_mut(BLOCK * rows).enumerate().for_each(|(block, columns)| {
        let count = columns.len() / rows;
        each(block * BLOCK, count, DMatrixViewMut::from_slice(columns, rows, count));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_make_the_whole() {
        let a = DMatrix::from_fn(70, 90, |i, j| (i * 3 + j) as f64 % 7.0 - 3.0);
        let b = DMatrix::from_fn(90, 150, |i, j| (i + 5 * j) as f64 % 11.0 - 5.0);
        assert_eq!(product(&a, &b), &a * &b);
        let mut sum = DMatrix::from_element(70, 150, 2.0);
        add_product_transposed(&mut sum, &a, &b.transpose());
        assert_eq!(sum, (&a * &b).add_scalar(2.0));
        assert_eq!(gram(&a), &a * a.transpose());
    }
}

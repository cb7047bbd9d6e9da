//! Products of large matrices, blocks of columns side by side. The blocks do not depend on the number of threads, nor do
//! the bits.

use nalgebra::{DMatrix, DMatrixView, DMatrixViewMut, DVector, Dyn};
use rayon::prelude::*;

/// Columns of the result that are computed at a time.
const BLOCK: usize = 64;

/// Terms that are added at a time where a sum is too long to be kept: a multiple of what one product takes at once, so that
/// the bits are those of the whole.
const RUN: usize = 1024;

/// See [`multiply`].
const SMALL: usize = 5;

/// A matrix as it is stored, or its transpose.
type Strided<'a> = DMatrixView<'a, f64, Dyn, Dyn>;

fn whole(a: &DMatrix<f64>) -> Strided<'_> {
    Strided::from_slice_with_strides(a.as_slice(), a.nrows(), a.ncols(), 1, a.nrows())
}

/// A', read from A.
fn transposed(a: &DMatrix<f64>) -> Strided<'_> {
    Strided::from_slice_with_strides(a.as_slice(), a.ncols(), a.nrows(), a.nrows(), 1)
}

/// C = A B, or C + A B: the one place where large products are made.
///
/// nalgebra 0.35 takes products with a side of at most [`SMALL`] column by column, and reads beyond a column of A whose
/// elements do not lie side by side: these are copied.
#[inline(never)]
fn multiply(mut c: DMatrixViewMut<'_, f64>, a: Strided<'_>, b: Strided<'_>, kept: f64) {
    if a.strides().0 != 1 && [a.nrows(), a.ncols(), b.ncols()].iter().any(|side| *side <= SMALL) {
        c.gemm(1.0, &a.into_owned(), &b, kept);
    } else {
        c.gemm(1.0, &a, &b, kept);
    }
}

/// A B.
pub(crate) fn product(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    product_of(whole(a), whole(b))
}

/// A'B.
pub(crate) fn transposed_product(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    product_of(transposed(a), whole(b))
}

/// A B'.
pub(crate) fn product_with_transposed(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    product_of(whole(a), transposed(b))
}

fn product_of(a: Strided<'_>, b: Strided<'_>) -> DMatrix<f64> {
    let mut result = DMatrix::zeros(a.nrows(), b.ncols());
    in_blocks(&mut result, |from, count, target| multiply(target, a, b.columns(from, count), 0.0));
    result
}

/// Adds A B' to a matrix.
pub(crate) fn add_product_transposed(sum: &mut DMatrix<f64>, a: &DMatrix<f64>, b: &DMatrix<f64>) {
    in_blocks(sum, |from, count, target| {
        multiply(target, whole(a), transposed(b).columns(from, count), 1.0);
    });
}

/// A A'.
pub(crate) fn gram(a: &DMatrix<f64>) -> DMatrix<f64> {
    let mut result = DMatrix::zeros(a.nrows(), a.nrows());
    add_symmetric(&mut result, whole(a), transposed(a));
    mirrored(result)
}

/// A'A.
pub(crate) fn gram_of_columns(a: &DMatrix<f64>) -> DMatrix<f64> {
    let mut result = DMatrix::zeros(a.ncols(), a.ncols());
    add_symmetric(&mut result, transposed(a), whole(a));
    mirrored(result)
}

/// A W A' of the given columns of A, W the diagonal of their weights, none of which is negative; a block of columns is
/// copied at a time.
pub(crate) fn weighted_gram(a: &DMatrix<f64>, columns: &[usize], weights: &[f64]) -> DMatrix<f64> {
    let n = a.nrows();
    let mut sum = DMatrix::zeros(n, n);
    for (columns, weights) in columns.chunks(RUN).zip(weights.chunks(RUN)) {
        let own = DMatrix::from_fn(n, columns.len(), |i, k| a[(i, columns[k])] * weights[k].sqrt());
        add_symmetric(&mut sum, whole(&own), transposed(&own));
    }
    mirrored(sum)
}

/// |S A B'|^2 with S the diagonal of `scale` (none: 1), a block of A's rows at a time.
pub(crate) fn square_of_product(scale: Option<&DVector<f64>>, a: &DMatrix<f64>, b: &DMatrix<f64>) -> f64 {
    let rows: Vec<usize> = (0..a.nrows()).step_by(RUN).collect();
    let of_rows = |&from: &usize| -> f64 {
        let count = RUN.min(a.nrows() - from);
        let mut own = DMatrix::zeros(count, b.nrows());
        match scale {
            None => multiply(own.as_view_mut(), whole(a).rows(from, count), transposed(b), 0.0),
            Some(scale) => {
                let scaled = DMatrix::from_fn(count, a.ncols(), |i, j| scale[from + i] * a[(from + i, j)]);
                multiply(own.as_view_mut(), whole(&scaled), transposed(b), 0.0);
            }
        }
        own.norm_squared()
    };
    let each: Vec<f64> = rows.par_iter().map(of_rows).collect();
    each.iter().sum()
}

/// Adds A B, which is symmetric, to a lower triangle.
fn add_symmetric(sum: &mut DMatrix<f64>, a: Strided<'_>, b: Strided<'_>) {
    let n = sum.nrows();
    in_blocks(sum, |from, count, mut target| {
        multiply(target.rows_mut(from, n - from), a.rows(from, n - from), b.columns(from, count), 1.0);
    });
}

/// The symmetric matrix of which the lower triangle was computed.
fn mirrored(mut lower: DMatrix<f64>) -> DMatrix<f64> {
    let n = lower.nrows();
    for first in (0..n).step_by(BLOCK) {
        for second in (0..=first).step_by(BLOCK) {
            for j in second..(second + BLOCK).min(n) {
                for i in first.max(j + 1)..(first + BLOCK).min(n) {
                    lower[(j, i)] = lower[(i, j)];
                }
            }
        }
    }
    lower
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
    use approx::assert_relative_eq;

    #[test]
    fn blocks_make_the_whole() {
        let a = DMatrix::from_fn(70, 90, |i, j| (i * 3 + j) as f64 % 7.0 - 3.0);
        let b = DMatrix::from_fn(90, 150, |i, j| (i + 5 * j) as f64 % 11.0 - 5.0);
        assert_eq!(product(&a, &b), &a * &b);
        assert_eq!(transposed_product(&a.transpose(), &b), &a * &b);
        assert_eq!(product_with_transposed(&a, &b.transpose()), &a * &b);
        let mut sum = DMatrix::from_element(70, 150, 2.0);
        add_product_transposed(&mut sum, &a, &b.transpose());
        assert_eq!(sum, (&a * &b).add_scalar(2.0));
        assert_eq!(gram(&a), &a * a.transpose());
        assert_eq!(gram_of_columns(&b), b.transpose() * &b);
        assert_eq!(square_of_product(None, &a, &b.transpose()), (&a * &b).norm_squared());
        let scale = DVector::from_fn(70, |i, _| 1.0 + (i % 3) as f64);
        let scaled = DMatrix::from_diagonal(&scale) * (&a * &b);
        assert_eq!(square_of_product(Some(&scale), &a, &b.transpose()), scaled.norm_squared());
    }

    #[test]
    fn small_sides_are_read_as_they_lie() {
        for (m, k, n) in [(1, 9, 9), (9, 1, 9), (9, 9, 1), (70, 80, 3), (3, 80, 70), (4, 4, 4), (200, 2, 200)]
        {
            let a = DMatrix::from_fn(m, k, |i, j| (i * 3 + j) as f64 % 7.0 - 3.0);
            let b = DMatrix::from_fn(k, n, |i, j| (i + 5 * j) as f64 % 11.0 - 5.0);
            assert_eq!(transposed_product(&a.transpose(), &b), &a * &b);
            assert_eq!(product_with_transposed(&a, &b.transpose()), &a * &b);
            assert_eq!(gram_of_columns(&b), b.transpose() * &b);
            assert_eq!(gram(&a), &a * a.transpose());
        }
    }

    #[test]
    fn squares_of_weighted_products_are_those_of_the_whole() {
        let a = DMatrix::from_fn(30, 2_100, |i, j| ((i * 37 + j * j) % 101) as f64 / 50.0 - 1.0);
        let columns: Vec<usize> = (0..2_100).filter(|j| j % 7 != 3).collect();
        let weights: Vec<f64> = columns.iter().map(|j| 0.5 + (j % 5) as f64).collect();
        let own = a.select_columns(&columns);
        let weighted = DMatrix::from_fn(30, columns.len(), |i, k| own[(i, k)] * weights[k]);
        let expected = (weighted * own.transpose()).norm_squared();
        assert_relative_eq!(
            weighted_gram(&a, &columns, &weights).norm_squared(),
            expected,
            max_relative = 1e-12
        );
    }
}

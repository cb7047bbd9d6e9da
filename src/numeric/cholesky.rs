//! Cholesky factor, log-determinant and inverse of a symmetric matrix, in place.
//!
//! nalgebra's factorisation neither says at which pivot it failed (which variable is at fault) nor
//! works in a buffer that is kept, and its inverse solves against the identity. Here the factor
//! overwrites the lower triangle, and the inverse is X'X with X the inverted factor: about n^3
//! multiplications in all (Golub & Van Loan 2013, algorithms 4.2.1 and 3.1.1). Large matrices are worked on in blocks of
//! columns (algorithm 4.2.2 there), most of it products of matrices, side by side; the blocks do not depend on the number
//! of threads, nor do the bits. Blocks of zeros are not worked on: where parameters of many groups meet in few that they share,
//! the cost is that of the groups one by one.

use nalgebra::{DMatrix, DMatrixView, DMatrixViewMut, DVector};
use rayon::prelude::*;
use std::ops::Range;

/// A pivot that is not positive: the leading block up to `index` is not positive definite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NonPositivePivot {
    /// Row at which the factorisation stopped.
    pub(crate) index: usize,
}

/// A pivot below this share of its diagonal element counts as zero.
const RELATIVE_ZERO: f64 = 1e-13;

/// Replaces the lower triangle of `a` by its Cholesky factor; the upper triangle is not touched.
pub(crate) fn factorise(a: &mut DMatrix<f64>) -> Result<(), NonPositivePivot> {
    let n = a.nrows();
    if n < LARGE {
        let diagonal: Vec<f64> = a.diagonal().iter().copied().collect();
        return factorise_columns(a.as_mut_slice(), n, 0..n, &diagonal);
    }
    let diagonal: Vec<f64> = a.diagonal().iter().copied().collect();
    for from in (0..n).step_by(BLOCK) {
        let to = (from + BLOCK).min(n);
        factorise_columns(a.as_mut_slice(), n, from..to, &diagonal)?;
        let (left, right) = a.as_mut_slice().split_at_mut(to * n);
        let panel = DMatrixView::from_slice(&left[from * n..], n, to - from);
        let runs = runs_of_blocks(&panel, to);
        right.par_chunks_mut(BLOCK * n).enumerate().for_each(|(block, columns)| {
            let (first, count) = (to + block * BLOCK, columns.len() / n);
            if !runs.iter().any(|run| run.contains(&first)) {
                return;
            }
            let mut target = DMatrixViewMut::from_slice(columns, n, count);
            let across = panel.rows(first, count).transpose();
            for run in runs.iter().filter(|run| run.end > first) {
                let (start, rows) = (run.start.max(first), run.end - run.start.max(first));
                target.rows_mut(start, rows).gemm(-1.0, &panel.rows(start, rows), &across, 1.0);
            }
        });
    }
    Ok(())
}

/// The rows of a panel from `first` on that are not zero, in blocks; neighbouring blocks are one run.
fn runs_of_blocks(panel: &DMatrixView<'_, f64>, first: usize) -> Vec<Range<usize>> {
    let n = panel.nrows();
    let mut runs: Vec<Range<usize>> = Vec::new();
    for row in (first..n).step_by(BLOCK) {
        let end = (row + BLOCK).min(n);
        if panel.rows_range(row..end).iter().all(|x| *x == 0.0) {
            continue;
        }
        match runs.last_mut() {
            Some(last) if last.end == row => last.end = end,
            _ => runs.push(row..end),
        }
    }
    runs
}

/// From this size on columns are worked on in blocks,
const LARGE: usize = 200;
/// of this many.
const BLOCK: usize = 48;

/// Factorises some columns, those before the first of them having been subtracted already.
fn factorise_columns(
    data: &mut [f64],
    n: usize,
    columns: Range<usize>,
    diagonals: &[f64],
) -> Result<(), NonPositivePivot> {
    let from = columns.start;
    for j in columns {
        let diagonal = diagonals[j];
        let (left, right) = data.split_at_mut(j * n);
        let column = &mut right[j..n];
        for k in from..j {
            let source = &left[k * n + j..k * n + n];
            let factor = source[0];
            if factor != 0.0 {
                for (c, s) in column.iter_mut().zip(source) {
                    *c -= factor * s;
                }
            }
        }
        let pivot = column[0];
        // written so that a NaN fails too
        if !(pivot > RELATIVE_ZERO * diagonal.abs()) || !pivot.is_finite() {
            return Err(NonPositivePivot { index: j });
        }
        let root = pivot.sqrt();
        let inverse = 1.0 / root;
        column[0] = root;
        for c in &mut column[1..] {
            *c *= inverse;
        }
    }
    Ok(())
}

/// Log-determinant of the matrix whose factor is `l`.
pub(crate) fn log_determinant(l: &DMatrix<f64>) -> f64 {
    2.0 * l.diagonal().iter().map(|d| d.ln()).sum::<f64>()
}

/// Inverts the factor in place and writes the full inverse of the factorised matrix to `inverse`.
pub(crate) fn invert(l: &mut DMatrix<f64>, inverse: &mut DMatrix<f64>) {
    let n = l.nrows();
    // zeros above the diagonal made real so that whole columns can be multiplied
    for j in 1..n {
        l.column_mut(j).rows_mut(0, j).fill(0.0);
    }
    if n >= LARGE {
        invert_in_blocks(l, inverse);
        return;
    }
    invert_triangle(l.as_mut_slice(), n);
    if n <= SMALL {
        let x = l.as_slice();
        for j in 0..n {
            for i in j..n {
                let sum: f64 = (i..n).map(|k| x[i * n + k] * x[j * n + k]).sum();
                inverse[(i, j)] = sum;
                inverse[(j, i)] = sum;
            }
        }
    } else {
        inverse.gemm_tr(1.0, l, l, 0.0);
        symmetrise(inverse);
    }
}

/// The same of a large matrix: X_below,J = -X_below L_below,J X_JJ from the last block to the first, then X'X.
fn invert_in_blocks(l: &mut DMatrix<f64>, inverse: &mut DMatrix<f64>) {
    let n = l.nrows();
    let starts: Vec<usize> = (0..n).step_by(BLOCK).collect();
    for &from in starts.iter().rev() {
        let to = (from + BLOCK).min(n);
        let size = to - from;
        let mut own = l.view((from, from), (size, size)).into_owned();
        invert_triangle(own.as_mut_slice(), size);
        let (left, right) = l.as_mut_slice().split_at_mut(to * n);
        let mut panel = DMatrixViewMut::from_slice(&mut left[from * n..], n, size);
        if to < n {
            let runs = runs_of_blocks(&panel.as_view(), to);
            let below = panel.rows(to, n - to) * &own;
            let trailing = DMatrixView::from_slice(right, n, n - to);
            let parts: Vec<DMatrix<f64>> = (to..n)
                .step_by(BLOCK)
                .collect::<Vec<_>>()
                .into_par_iter()
                .map(|row| {
                    let count = BLOCK.min(n - row);
                    let mut part = DMatrix::zeros(count, size);
                    // a row block of a lower triangle ends at its diagonal block
                    for run in runs.iter().filter(|run| run.start < row + count) {
                        let (start, width) = (run.start - to, run.end.min(row + count) - run.start);
                        let own = trailing.view((row, start), (count, width));
                        part.gemm(-1.0, &own, &below.rows(start, width), 1.0);
                    }
                    part
                })
                .collect();
            for (block, part) in parts.iter().enumerate() {
                panel.rows_mut(to + block * BLOCK, part.nrows()).copy_from(part);
            }
        }
        panel.rows_mut(from, size).copy_from(&own);
    }
    let x = &*l;
    let panels: Vec<Vec<Range<usize>>> = starts
        .iter()
        .map(|&from| runs_of_blocks(&x.columns_range(from..(from + BLOCK).min(n)).as_view(), from))
        .collect();
    inverse.as_mut_slice().par_chunks_mut(BLOCK * n).enumerate().for_each(|(block, columns)| {
        let count = columns.len() / n;
        let mut target = DMatrixViewMut::from_slice(columns, n, count);
        target.fill(0.0);
        let first = block * BLOCK;
        for (other, runs) in panels.iter().enumerate().skip(block) {
            let (from, size) = (other * BLOCK, BLOCK.min(n - other * BLOCK));
            let mut part = target.rows_mut(from, size);
            // rows in which neither panel is zero
            for (a, b) in panels[block].iter().flat_map(|a| runs.iter().map(move |b| (a, b))) {
                let (start, end) = (a.start.max(b.start), a.end.min(b.end));
                if start < end {
                    let left = x.view((start, from), (end - start, size));
                    let right = x.view((start, first), (end - start, count));
                    part.gemm(1.0, &left.transpose(), &right, 1.0);
                }
            }
        }
    });
    for j in 0..n {
        for i in 0..j {
            // the lower triangle is the one that was computed
            inverse[(i, j)] = inverse[(j, i)];
        }
    }
}

/// Below this size plain loops beat the blocked product.
const SMALL: usize = 24;

/// Inverts a lower triangle in place, column by column.
fn invert_triangle(l: &mut [f64], n: usize) {
    // column j of the inverse needs the columns of L to its right, so go from the right
    for j in (0..n).rev() {
        let (left, right) = l.split_at_mut((j + 1) * n);
        let column = &mut left[j * n + j..];
        let inverse = 1.0 / column[0];
        // x = -inverse * (X_trailing * l_tail), by columns of X_trailing from the last, so that l_tail survives
        let tail = column.len() - 1;
        for k in (0..tail).rev() {
            let own = &right[k * n + j + 1 + k..(k + 1) * n];
            let factor = -inverse * column[1 + k];
            column[1 + k] = own[0] * factor;
            for (target, source) in column[2 + k..].iter_mut().zip(&own[1..]) {
                *target += source * factor;
            }
        }
        column[0] = inverse;
    }
}

/// Replaces both triangles by the mean of the two.
pub(crate) fn symmetrise(a: &mut DMatrix<f64>) {
    for j in 0..a.ncols() {
        for i in 0..j {
            let mean = 0.5 * (a[(i, j)] + a[(j, i)]);
            a[(i, j)] = mean;
            a[(j, i)] = mean;
        }
    }
}

/// Solves `L L' x = b` in place, given the factor.
pub(crate) fn solve(l: &DMatrix<f64>, b: &mut [f64]) {
    forward(l, b);
    backward(l, b);
}

/// Solves `L x = b` in place.
pub(crate) fn forward(l: &DMatrix<f64>, b: &mut [f64]) {
    let n = b.len();
    let data = l.as_slice();
    for j in 0..n {
        let x = b[j] / data[j * n + j];
        b[j] = x;
        for (target, source) in b[j + 1..].iter_mut().zip(&data[j * n + j + 1..(j + 1) * n]) {
            *target -= x * source;
        }
    }
}

/// Solves `L' x = b` in place.
pub(crate) fn backward(l: &DMatrix<f64>, b: &mut [f64]) {
    let n = b.len();
    let data = l.as_slice();
    for j in (0..n).rev() {
        let column = &data[j * n + j..(j + 1) * n];
        let sum: f64 = column[1..].iter().zip(&b[j + 1..]).map(|(l, x)| l * x).sum();
        b[j] = (b[j] - sum) / column[0];
    }
}

/// The factor of a positive definite matrix, for solutions and the inverse.
///
/// A large matrix that is mostly zeros is factored from its last row to its first. In the information of groups that share
/// parameters those come first, as they belong to the first group; eliminated first, they would leave no zeros.
#[derive(Debug)]
pub(crate) struct Factor {
    lower: DMatrix<f64>,
    reversed: bool,
}

impl Factor {
    /// None where the matrix is not positive definite.
    pub(crate) fn of(matrix: &DMatrix<f64>) -> Option<Self> {
        let n = matrix.nrows();
        let reversed = n >= LARGE && 2 * matrix.iter().filter(|x| **x != 0.0).count() < n * n;
        let mut lower = if reversed { turned(matrix) } else { matrix.clone() };
        factorise(&mut lower).ok()?;
        Some(Self { lower, reversed })
    }

    /// Replaces b by A^-1 b.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        if self.reversed {
            b.reverse();
        }
        solve(&self.lower, b);
        if self.reversed {
            b.reverse();
        }
    }

    /// Replaces b by L^-1 b, in the order of the factor.
    pub(crate) fn forward(&self, b: &mut [f64]) {
        if self.reversed {
            b.reverse();
        }
        forward(&self.lower, b);
    }

    /// Replaces b, in the order of the factor, by L'^-1 b.
    pub(crate) fn backward(&self, b: &mut [f64]) {
        backward(&self.lower, b);
        if self.reversed {
            b.reverse();
        }
    }

    /// A^-1.
    pub(crate) fn inverse(mut self) -> DMatrix<f64> {
        let mut inverse = DMatrix::zeros(self.lower.nrows(), self.lower.nrows());
        invert(&mut self.lower, &mut inverse);
        if self.reversed { turned(&inverse) } else { inverse }
    }
}

/// Rows and columns from the last to the first.
fn turned(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let all = matrix.iter().rev().copied();
    DMatrix::from_iterator(matrix.nrows(), matrix.ncols(), all)
}

/// Inverse of a positive definite matrix.
pub(crate) fn inverse(matrix: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    Factor::of(matrix).map(Factor::inverse)
}

/// L^-1 of a positive definite matrix.
pub(crate) fn inverse_factor(matrix: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let mut factor = matrix.clone();
    factorise(&mut factor).ok()?;
    let mut inverse = DMatrix::zeros(matrix.nrows(), matrix.nrows());
    invert(&mut factor, &mut inverse);
    Some(factor)
}

/// A^-1 b; none where A is not positive definite.
pub(crate) fn solved(a: &DMatrix<f64>, b: &DVector<f64>) -> Option<DVector<f64>> {
    let mut x = b.clone();
    Factor::of(a)?.solve(x.as_mut_slice());
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn positive(n: usize) -> DMatrix<f64> {
        let x = DMatrix::from_fn(2 * n, n, |i, j| {
            ((i * 7 + j * 13) % 11) as f64 / 11.0 + f64::from(u8::from(i == j))
        });
        x.tr_mul(&x)
    }

    #[test]
    fn inverse_times_matrix_is_identity() {
        for n in [1, 2, 9, 23, 24, 25, 60, 199, 200, 241] {
            let a = positive(n);
            let mut l = a.clone();
            factorise(&mut l).unwrap();
            let log_det = log_determinant(&l);
            let mut b: Vec<f64> = (0..n).map(|i| i as f64 - 1.0).collect();
            let rhs = nalgebra::DVector::from_vec(b.clone());
            solve(&l, &mut b);
            assert_relative_eq!(&a * nalgebra::DVector::from_vec(b), rhs, epsilon = 1e-8);
            let mut inverse = DMatrix::from_element(n, n, f64::NAN);
            invert(&mut l, &mut inverse);
            assert_relative_eq!(&a * &inverse, DMatrix::identity(n, n), epsilon = 1e-8);
            if n < 10 {
                assert_relative_eq!(log_det, a.determinant().ln(), epsilon = 1e-9);
            }
        }
    }

    /// Twelve groups of 37 with 29 that they share, which come first, and one that is of the last two groups only.
    fn meeting(n: usize) -> DMatrix<f64> {
        let group = |i: usize| i.checked_sub(29).map(|own| own / 37);
        let meets = |i: usize, j: usize| match (group(i), group(j)) {
            (Some(a), Some(b)) => a == b || (i.max(j) == n - 1 && i.min(j) + 80 > n),
            _ => true,
        };
        DMatrix::from_fn(n, n, |i, j| match (i == j, meets(i, j)) {
            (true, _) => n as f64,
            (false, true) => ((i * j) % 7) as f64 / 3.0 - 1.0,
            (false, false) => 0.0,
        })
    }

    #[test]
    fn blocks_of_zeros_change_nothing() {
        for (n, a) in [(473, meeting(473)), (300, DMatrix::from_diagonal_element(300, 300, 2.0))] {
            let direct = a.clone().try_inverse().unwrap();
            let mut rhs: Vec<f64> = (0..n).map(|i| (i % 9) as f64 - 4.0).collect();
            let expected = &direct * DVector::from_vec(rhs.clone());
            let factor = Factor::of(&a).unwrap();
            assert!(factor.reversed);
            factor.solve(&mut rhs);
            assert_relative_eq!(DVector::from_vec(rhs), expected, epsilon = 1e-12);
            assert_relative_eq!(factor.inverse(), direct, epsilon = 1e-12);
            let mut plain = a.clone();
            factorise(&mut plain).unwrap();
            let mut inverse = DMatrix::from_element(n, n, f64::NAN);
            invert(&mut plain, &mut inverse);
            assert_relative_eq!(inverse, direct, epsilon = 1e-12);
        }
        let mut none = meeting(473);
        none[(5, 5)] = -1.0;
        assert!(Factor::of(&none).is_none());
    }

    #[test]
    fn failing_pivot_of_a_large_matrix_is_named() {
        let mut a = positive(220);
        let copy = a.column(3).into_owned();
        a.set_column(100, &copy);
        a.set_row(100, &copy.transpose());
        a[(100, 100)] = copy[3];
        assert_eq!(factorise(&mut a), Err(NonPositivePivot { index: 100 }));
    }

    #[test]
    fn failing_pivot_is_named() {
        let a = DMatrix::from_row_slice(3, 3, &[2.0, 1.0, 3.0, 1.0, 2.0, 3.0, 3.0, 3.0, 6.0]);
        assert_eq!(factorise(&mut a.clone()), Err(NonPositivePivot { index: 2 }));
        let nan = DMatrix::from_element(2, 2, f64::NAN);
        assert_eq!(factorise(&mut nan.clone()), Err(NonPositivePivot { index: 0 }));
    }
}

//! Directions in which parameters move: products with them, and a basis of what they add.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Share of the information of a direction below which it says nothing new.
const NOTHING_NEW: f64 = 1e-8;

/// Products with the directions of the model's own parameters: sums of rows where no constraint ties them, so that each new
/// parameter goes with the one that it comes from.
pub(super) struct Directions<'b> {
    pub(super) base: &'b DMatrix<f64>,
    /// The parameter that each goes with; none where directions are combinations.
    pub(super) of: Option<Vec<Option<usize>>>,
}

impl Directions<'_> {
    /// K'X.
    pub(super) fn times(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        let Some(of) = &self.of else { return self.base.tr_mul(x) };
        let mut sums = DMatrix::zeros(self.base.ncols(), x.ncols());
        for (mut to, from) in sums.column_iter_mut().zip(x.column_iter()) {
            of.iter().zip(from.iter()).for_each(|(at, value)| at.iter().for_each(|&at| to[at] += value));
        }
        sums
    }

    /// YK.
    pub(super) fn right_of(&self, y: &DMatrix<f64>) -> DMatrix<f64> {
        let Some(of) = &self.of else { return y * self.base };
        let mut sums = DMatrix::zeros(y.nrows(), self.base.ncols());
        for (at, from) in of.iter().zip(y.column_iter()) {
            if let Some(at) = *at {
                let mut to = sums.column_mut(at);
                to += from;
            }
        }
        sums
    }
}

/// A basis of what a matrix of information adds, beside the directions' own information; none where that is nothing.
pub(super) fn range(added: &DMatrix<f64>, own: &DVector<f64>) -> Option<DMatrix<f64>> {
    let k = own.len();
    let unit = own.map(|own| if own > 0.0 { 1.0 / own.sqrt() } else { 0.0 });
    let scaled = DMatrix::from_fn(k, k, |i, j| added[(i, j)] * unit[i] * unit[j]);
    if k > MANY {
        let kept = independent(scaled);
        let column = |&at: &usize| DVector::from_fn(k, |i, _| if i == at { unit[at] } else { 0.0 });
        let columns: Vec<DVector<f64>> = kept.iter().map(column).collect();
        return (!columns.is_empty()).then(|| DMatrix::from_columns(&columns));
    }
    let eigen = SymmetricEigen::new(scaled);
    let kept: Vec<usize> = (0..k).filter(|&i| eigen.eigenvalues[i] > NOTHING_NEW).collect();
    let column = |j: usize| eigen.eigenvectors.column(kept[j]).component_mul(&unit);
    let columns: Vec<DVector<f64>> = (0..kept.len()).map(column).collect();
    (!columns.is_empty()).then(|| DMatrix::from_columns(&columns))
}

/// From so many directions on a basis is a choice of them, and not of their combinations: the statistics are the same.
const MANY: usize = 100;

/// Directions that say something beside those before them: the pivots of a Cholesky factor that are not nothing, column by
/// column.
fn independent(mut a: DMatrix<f64>) -> Vec<usize> {
    let k = a.nrows();
    let mut kept: Vec<usize> = Vec::new();
    for j in 0..k {
        let (left, mut right) = a.columns_range_pair_mut(..j, j..);
        let mut column = right.column_mut(0);
        for &before in &kept {
            let source = left.column(before);
            let factor = source[j];
            if factor != 0.0 {
                column.rows_mut(j, k - j).axpy(-factor, &source.rows(j, k - j), 1.0);
            }
        }
        if column[j] > NOTHING_NEW {
            let root = column[j].sqrt();
            column.rows_mut(j, k - j).scale_mut(1.0 / root);
            kept.push(j);
        }
    }
    kept
}

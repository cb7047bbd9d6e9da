//! Directions in which parameters move: products with them, and a basis of what they add.

use crate::estimate::constraints::null_basis;
use crate::estimate::fit::Internals;
use crate::estimate::search::discrepancy::by_group;
use crate::numeric::arrowhead::{Arrowhead, ArrowheadFactor, Forward, Pattern};
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use std::sync::Arc;

/// Share of the information of a direction below which it says nothing new.
const NOTHING_NEW: f64 = 1e-8;

/// The directions of the model's own parameters, K.
pub(super) struct Base {
    /// As columns, where constraints tie them; none where each is a parameter with those that come from it.
    basis: Option<DMatrix<f64>>,
    /// The model's own parameter that each goes with; none of those that were fixed.
    goes_with: Vec<Option<usize>>,
    /// How many the model has.
    own: usize,
    /// Of K'AK.
    factor: ArrowheadFactor,
}

impl Base {
    /// None where the model's own parameters have no information of their own.
    pub(super) fn of(
        internals: &Internals,
        goes_with: Vec<Option<usize>>,
        information: &Arrowhead,
    ) -> Option<Self> {
        let q = internals.x.len();
        if internals.jacobian.nrows() > 0 {
            let mut own = DMatrix::zeros(goes_with.len(), q);
            let tied = goes_with.iter().enumerate().filter_map(|(at, with)| Some((at, (*with)?)));
            tied.for_each(|(at, with)| own[(at, with)] = 1.0);
            let basis = own * null_basis(&internals.jacobian, q);
            let within = basis.tr_mul(&(information.dense() * &basis));
            let factor = Arrowhead::of(within).factor()?;
            return Some(Self { factor, basis: Some(basis), goes_with, own: q });
        }
        let pattern = match information.has_blocks() {
            true => Pattern::of_any(q, &by_group(&internals.tables)),
            false => Pattern::dense(q),
        };
        let mut within = Arrowhead::zeros(&Arc::new(pattern));
        for (j, with) in goes_with.iter().enumerate() {
            let Some(to) = *with else { continue };
            for i in information.neighbours(j) {
                match goes_with[i] {
                    // once each pair, and two that meet in one on its diagonal twice
                    Some(from) if i == j => within.add_diagonal(from, information[(i, j)]),
                    Some(from) if i < j => within.add(from, to, information[(i, j)]),
                    _ => {}
                }
            }
        }
        Some(Self { basis: None, factor: within.factor()?, goes_with, own: q })
    }

    /// L^-1 K'x of an x that has few elements.
    pub(super) fn forward(&self, elements: impl Iterator<Item = (usize, f64)>) -> Forward {
        match &self.basis {
            None => self.factor.forward(elements.filter_map(|(at, x)| Some((self.goes_with[at]?, x)))),
            Some(basis) => {
                let mut along = DVector::zeros(basis.ncols());
                elements.for_each(|(at, x)| along.axpy(x, &basis.row(at).transpose(), 1.0));
                self.factor.forward(along.iter().copied().enumerate())
            }
        }
    }

    /// K (K'AK)^-1 K'x.
    pub(super) fn projected(&self, x: &DVector<f64>) -> DVector<f64> {
        let mut along = self.transposed_times(&DMatrix::from_column_slice(x.len(), 1, x.as_slice()));
        self.factor.solve(along.as_mut_slice());
        self.times(&along.column(0).into_owned())
    }

    /// K times a direction of it.
    pub(super) fn times(&self, along: &DVector<f64>) -> DVector<f64> {
        match &self.basis {
            Some(basis) => basis * along,
            None => {
                let of = |at: usize| self.goes_with[at].map_or(0.0, |with| along[with]);
                DVector::from_fn(self.goes_with.len(), |at, _| of(at))
            }
        }
    }

    /// (K'AK)^-1 of a sum of some K'x, each times a number, from their L^-1 K'x.
    pub(super) fn backward<'a>(&self, sum: impl Iterator<Item = (&'a Forward, f64)>) -> DVector<f64> {
        self.factor.backward(sum)
    }

    fn count(&self) -> usize {
        self.basis.as_ref().map_or(self.own, DMatrix::ncols)
    }

    /// K'X.
    pub(super) fn transposed_times(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        if let Some(basis) = &self.basis {
            return basis.tr_mul(x);
        }
        let mut sums = DMatrix::zeros(self.count(), x.ncols());
        for (mut to, from) in sums.column_iter_mut().zip(x.column_iter()) {
            let each = self.goes_with.iter().zip(from.iter());
            each.for_each(|(at, value)| at.iter().for_each(|&at| to[at] += value));
        }
        sums
    }

    /// YK.
    pub(super) fn right_of(&self, y: &DMatrix<f64>) -> DMatrix<f64> {
        if let Some(basis) = &self.basis {
            return y * basis;
        }
        let mut sums = DMatrix::zeros(y.nrows(), self.count());
        for (at, from) in self.goes_with.iter().zip(y.column_iter()) {
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

//! Weights of the moments: W = R'R, with R applied to a deviation of moments.
//!
//! The moments lie in one vector, means first, then the lower triangle of the covariance matrix row by row.

use crate::numeric::sparse_rows::SparseRows;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// How moments are weighted.
#[derive(Debug, Clone)]
pub(crate) enum Weight {
    /// Normal theory at a matrix L L', of which this is L^-1: [Sigma^-1, 1/2 D'(Sigma^-1 x Sigma^-1) D].
    Normal(DMatrix<f64>),
    /// The identity.
    Unit,
    /// R, one element per moment.
    Diagonal(DVector<f64>),
    /// R, lower triangular.
    Full(DMatrix<f64>),
}

/// Where the moments lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) p: usize,
    pub(crate) has_means: bool,
}

impl Layout {
    pub(crate) fn len(self) -> usize {
        self.p * (self.p + 1) / 2 + if self.has_means { self.p } else { 0 }
    }

    /// The variable whose variance an element is.
    pub(crate) fn variance(self, element: usize) -> Option<usize> {
        let at = element.checked_sub(if self.has_means { self.p } else { 0 })?;
        (0..self.p).find(|j| j * (j + 1) / 2 + j == at)
    }

    /// Adds means and elements to a column; the diagonal times `diagonal`.
    fn write(
        self,
        column: &mut [f64],
        diagonal: f64,
        mean: impl Fn(usize) -> f64,
        element: impl Fn(usize, usize) -> f64,
    ) {
        let mut at = 0;
        if self.has_means {
            for j in 0..self.p {
                column[j] += mean(j);
            }
            at = self.p;
        }
        for j in 0..self.p {
            for k in 0..=j {
                column[at] += element(j, k) * if j == k { diagonal } else { 1.0 };
                at += 1;
            }
        }
    }
}

impl Weight {
    /// A vector over the variables as the weight has it.
    pub(crate) fn vector(&self, vector: DMatrix<f64>) -> DMatrix<f64> {
        match self {
            Weight::Normal(inverse) => inverse * vector,
            _ => vector,
        }
    }

    /// X and x such that r' R (m, S) = x'm + tr(X S) for any mean m and symmetric S.
    pub(crate) fn dual(&self, layout: Layout, r: &DVector<f64>) -> (DMatrix<f64>, DVector<f64>) {
        let weighted = match self {
            Weight::Normal(_) | Weight::Unit => r.clone(),
            Weight::Diagonal(scale) => r.component_mul(scale),
            Weight::Full(factor) => factor.tr_mul(r),
        };
        let first = if layout.has_means { layout.p } else { 0 };
        let mut mean = DVector::zeros(layout.p);
        mean.rows_mut(0, first).copy_from(&weighted.rows(0, first));
        let mut matrix = DMatrix::zeros(layout.p, layout.p);
        let mut elements = weighted.iter().skip(first);
        for j in 0..layout.p {
            for (k, element) in (0..=j).zip(&mut elements) {
                matrix[(j, k)] += 0.5 * element;
                matrix[(k, j)] += 0.5 * element;
            }
        }
        if let Weight::Normal(inverse) = self {
            (0..layout.p).for_each(|j| matrix[(j, j)] *= std::f64::consts::FRAC_1_SQRT_2);
            return (inverse.tr_mul(&(matrix * inverse)), inverse.tr_mul(&mean));
        }
        (matrix, mean)
    }

    /// A symmetric matrix over the variables as the weight has it.
    pub(crate) fn matrix(&self, matrix: &DMatrix<f64>) -> DMatrix<f64> {
        match self {
            Weight::Normal(inverse) => inverse * matrix * inverse.transpose(),
            _ => matrix.clone(),
        }
    }

    /// R times moments whose parts went through [`vector`](Self::vector) and [`matrix`](Self::matrix).
    pub(crate) fn moments(
        &self,
        layout: Layout,
        mean: impl Fn(usize) -> f64,
        element: impl Fn(usize, usize) -> f64,
    ) -> DVector<f64> {
        let mut column = DVector::zeros(layout.len());
        let diagonal = if matches!(self, Weight::Normal(_)) { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
        layout.write(column.as_mut_slice(), diagonal, mean, element);
        match self {
            Weight::Normal(_) | Weight::Unit => column,
            Weight::Diagonal(scale) => column.component_mul(scale),
            Weight::Full(factor) => factor * column,
        }
    }
}

/// Rows that are turned together.
const ROWS: usize = 256;

/// W D, sparse or not.
pub(crate) enum Weighted {
    Sparse(SparseRows, DVector<f64>),
    Dense(DMatrix<f64>),
}

impl Weighted {
    /// A times it.
    pub(crate) fn product(&self, a: &DMatrix<f64>) -> DMatrix<f64> {
        match self {
            Weighted::Dense(matrix) => a * matrix,
            Weighted::Sparse(rows, weights) => {
                let mut columns = vec![Vec::new(); rows.ncols()];
                for (row, own) in rows.iter().enumerate() {
                    own.iter().for_each(|&(column, value)| columns[column].push((row, value * weights[row])));
                }
                let mut product = DMatrix::zeros(a.nrows(), columns.len());
                let each: Vec<_> = product.column_iter_mut().zip(&columns).collect();
                each.into_par_iter().for_each(|(mut to, own)| {
                    own.iter().for_each(|&(row, value)| to.axpy(value, &a.column(row), 1.0));
                });
                product
            }
        }
    }
}

impl Weighted {
    /// A' times it, a block of rows at a time.
    pub(crate) fn transposed_product(&self, a: &DMatrix<f64>) -> DMatrix<f64> {
        let Weighted::Sparse(rows, weights) = self else { return self.product(&a.transpose()) };
        let mut product = DMatrix::zeros(a.ncols(), rows.ncols());
        let mut each = rows.iter().zip(weights.iter());
        for from in (0..a.nrows()).step_by(ROWS) {
            let block = a.rows(from, ROWS.min(a.nrows() - from)).transpose();
            for (column_of_a, (own, weight)) in block.column_iter().zip(&mut each) {
                for &(column, value) in own {
                    product.column_mut(column).axpy(value * weight, &column_of_a, 1.0);
                }
            }
        }
        product
    }
}

impl Weight {
    /// The diagonal of W where it has no other elements.
    pub(crate) fn diagonal(&self, size: usize) -> Option<DVector<f64>> {
        match self {
            Weight::Unit => Some(DVector::from_element(size, 1.0)),
            Weight::Diagonal(scale) => Some(scale.component_mul(scale)),
            Weight::Normal(_) | Weight::Full(_) => None,
        }
    }

    /// R x.
    fn applied(&self, x: &DVector<f64>) -> DVector<f64> {
        match self {
            Weight::Normal(_) | Weight::Unit => x.clone(),
            Weight::Diagonal(scale) => x.component_mul(scale),
            Weight::Full(factor) => factor * x,
        }
    }

    /// x'Wx.
    pub(crate) fn square(&self, x: &DVector<f64>) -> f64 {
        self.applied(x).norm_squared()
    }

    /// W x.
    pub(crate) fn times(&self, x: &DVector<f64>) -> DVector<f64> {
        match self {
            Weight::Normal(_) | Weight::Unit => x.clone(),
            Weight::Diagonal(scale) => x.component_mul(scale).component_mul(scale),
            Weight::Full(factor) => factor.tr_mul(&(factor * x)),
        }
    }

    /// R A.
    pub(crate) fn rows(&self, a: &DMatrix<f64>) -> DMatrix<f64> {
        match self {
            Weight::Normal(_) | Weight::Unit => a.clone(),
            Weight::Diagonal(scale) => DMatrix::from_fn(a.nrows(), a.ncols(), |i, j| scale[i] * a[(i, j)]),
            Weight::Full(factor) => factor * a,
        }
    }

    /// R A R'.
    pub(crate) fn whitened(&self, a: &DMatrix<f64>) -> DMatrix<f64> {
        self.rows(&self.rows(a).transpose())
    }

    /// W D.
    pub(crate) fn weighted(&self, derivatives: &SparseRows) -> Weighted {
        match self.diagonal(derivatives.iter().count()) {
            Some(weights) => Weighted::Sparse(derivatives.clone(), weights),
            None => {
                let dense = derivatives.dense();
                Weighted::Dense(match self {
                    Weight::Full(factor) => factor.tr_mul(&(factor * dense)),
                    _ => dense,
                })
            }
        }
    }

    /// D'WD.
    pub(crate) fn gram(&self, derivatives: &SparseRows) -> DMatrix<f64> {
        let q = derivatives.ncols();
        let Some(weights) = self.diagonal(derivatives.iter().count()) else {
            let rows = self.rows(&derivatives.dense());
            return rows.tr_mul(&rows);
        };
        let mut gram = DMatrix::zeros(q, q);
        for (row, own) in derivatives.iter().enumerate() {
            for &(s, a) in own {
                let weighted = weights[row] * a;
                own.iter().for_each(|&(t, b)| gram[(t, s)] += weighted * b);
            }
        }
        gram
    }
}

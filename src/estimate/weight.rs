//! Weights of the moments: W = R'R, with R applied to a deviation of moments.
//!
//! The moments lie in one vector, means first, then the lower triangle of the covariance matrix row by row.

use nalgebra::{DMatrix, DVector};

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

//! Order and sign of factors: by their sums of squared loadings, the largest first, with a positive sum of loadings; a general
//! factor stays first.

use nalgebra::DMatrix;

/// For each place the factor that comes there, and its sign.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    pub(crate) factors: Vec<usize>,
    pub(crate) signs: Vec<f64>,
}

impl Order {
    pub(crate) fn of(loadings: &DMatrix<f64>, has_general: bool) -> Self {
        let k = loadings.ncols();
        let size = |j: usize| loadings.column(j).norm_squared();
        let mut factors: Vec<usize> = (0..k).collect();
        let from = usize::from(has_general && k > 0);
        // what is equal up to rounding keeps its order
        factors[from..].sort_by(|&a, &b| {
            let (a, b) = (size(a), size(b));
            if (a - b).abs() < 1e-9 * (a + b) { std::cmp::Ordering::Equal } else { b.total_cmp(&a) }
        });
        let signs =
            factors.iter().map(|&j| if loadings.column(j).sum() < 0.0 { -1.0 } else { 1.0 }).collect();
        Self { factors, signs }
    }

    /// That in which each factor is the one of other loadings, with its sign.
    pub(crate) fn beside(loadings: &DMatrix<f64>, other: &DMatrix<f64>) -> Self {
        let signs = loadings.column_iter().zip(other.column_iter());
        let signs = signs.map(|(own, other)| if own.dot(&other) < 0.0 { -1.0 } else { 1.0 });
        Self { factors: (0..loadings.ncols()).collect(), signs: signs.collect() }
    }

    /// Columns in this order, with these signs.
    pub(crate) fn columns(&self, matrix: &DMatrix<f64>) -> DMatrix<f64> {
        DMatrix::from_fn(matrix.nrows(), matrix.ncols(), |i, j| self.signs[j] * matrix[(i, self.factors[j])])
    }
}

//! A matrix of which each row has few elements.

use nalgebra::DMatrix;

/// A sparse matrix by rows.
#[derive(Debug, Clone)]
pub(crate) struct SparseRows {
    pub(crate) rows: Vec<Vec<(usize, f64)>>,
    pub(crate) columns: usize,
}

impl SparseRows {
    /// Rows with a one each: where a statistic is a parameter of its own.
    pub(crate) fn selecting(rows: usize, chosen: impl Iterator<Item = usize>) -> Self {
        let mut own = vec![Vec::new(); rows];
        let mut columns = 0;
        for row in chosen {
            own[row].push((columns, 1.0));
            columns += 1;
        }
        Self { rows: own, columns }
    }

    pub(crate) fn ncols(&self) -> usize {
        self.columns
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[(usize, f64)]> {
        self.rows.iter().map(Vec::as_slice)
    }

    /// Of a matrix of which many elements are 0.
    pub(crate) fn of(dense: &DMatrix<f64>) -> Self {
        let row = |row: usize| {
            let all = (0..dense.ncols()).map(|column| (column, dense[(row, column)]));
            all.filter(|(_, value)| *value != 0.0).collect()
        };
        Self { rows: (0..dense.nrows()).map(row).collect(), columns: dense.ncols() }
    }

    /// The columns that are not 0, and their numbers.
    pub(crate) fn narrowed(&self) -> (Self, Vec<usize>) {
        let mut places = vec![usize::MAX; self.columns];
        self.rows.iter().flatten().for_each(|(column, _)| places[*column] = 0);
        let kept: Vec<usize> = (0..self.columns).filter(|&column| places[column] == 0).collect();
        kept.iter().enumerate().for_each(|(place, &column)| places[column] = place);
        let row = |row: &Vec<(usize, f64)>| row.iter().map(|&(column, x)| (places[column], x)).collect();
        (Self { rows: self.rows.iter().map(row).collect(), columns: kept.len() }, kept)
    }

    /// A'B.
    pub(crate) fn transposed_product(&self, other: &Self) -> DMatrix<f64> {
        let mut product = DMatrix::zeros(self.columns, other.columns);
        for (own, others) in self.rows.iter().zip(&other.rows) {
            for &(column, y) in others {
                own.iter().for_each(|&(row, x)| product[(row, column)] += x * y);
            }
        }
        product
    }

    pub(crate) fn dense(&self) -> DMatrix<f64> {
        let mut dense = DMatrix::zeros(self.rows.len(), self.columns);
        for (row, own) in self.rows.iter().enumerate() {
            own.iter().for_each(|&(column, value)| dense[(row, column)] += value);
        }
        dense
    }
}

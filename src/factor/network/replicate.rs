//! What replicates of a bootstrap are drawn from.

use super::choices::GraphResampling;
use crate::correlation::{Categories, ShuffledOrdinal, smoothed};
use crate::error::{Error, Result};
use crate::factor::analysed::{CorrelationMatrix, SINGULAR};
use crate::factor::retention::{Basis, normal_correlation};
use crate::numeric::random::stream;
use crate::numeric::spectrum::Spectrum;
use nalgebra::DMatrix;
use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// The answers, or only their correlations.
#[derive(Debug)]
pub(super) struct Source {
    names: Vec<String>,
    n: usize,
    basis: Basis,
    resampling: GraphResampling,
    answers: Array2<f64>,
    /// The answers with mean 0 and length 1, in columns; empty of ordinal ones.
    standard: DMatrix<f64>,
    /// Categories of ordinal items.
    categories: Vec<Categories>,
}

impl Source {
    /// Of complete answers.
    pub(super) fn of(
        names: &[String],
        answers: Array2<f64>,
        basis: Basis,
        resampling: GraphResampling,
    ) -> Result<Self> {
        let (n, p) = answers.dim();
        let (mut standard, mut categories) = (DMatrix::zeros(0, 0), Vec::new());
        match basis {
            Basis::Pearson => {
                standard = DMatrix::from_fn(n, p, |i, j| answers[(i, j)]);
                for (j, name) in names.iter().enumerate() {
                    let value = answers[(0, j)];
                    if !standardise(&mut standard, j) {
                        return Err(Error::ConstantItem { item: name.clone(), value, n });
                    }
                }
            }
            Basis::Polychoric => {
                let of = |(j, name): (usize, &String)| Categories::of(name, &answers.column(j).to_vec());
                categories = names.iter().enumerate().map(of).collect::<Result<_>>()?;
            }
        }
        Ok(Self { names: names.to_vec(), n, basis, resampling, answers, standard, categories })
    }

    /// Of correlations alone, which parametric samples are drawn from.
    pub(super) fn of_matrix(matrix: &CorrelationMatrix, n: usize) -> Self {
        Self {
            names: matrix.names().to_vec(),
            n,
            basis: Basis::Pearson,
            resampling: GraphResampling::Parametric,
            answers: Array2::zeros((0, 0)),
            standard: DMatrix::zeros(0, 0),
            categories: Vec::new(),
        }
    }

    pub(super) fn n(&self) -> usize {
        self.n
    }

    pub(super) fn answers(&self) -> ArrayView2<'_, f64> {
        self.answers.view()
    }

    /// Pearson's correlations of the answers.
    pub(super) fn pearson(&self) -> DMatrix<f64> {
        let mut r = crate::numeric::product::transposed_product(&self.standard, &self.standard);
        r.fill_diagonal(1.0);
        r
    }

    /// A symmetric root of the correlations that parametric samples are drawn from.
    pub(super) fn root(matrix: &CorrelationMatrix) -> DMatrix<f64> {
        let Spectrum { values, vectors } = Spectrum::of(matrix.plain());
        let roots = nalgebra::DVector::from_iterator(values.len(), values.iter().map(|v| v.max(0.0).sqrt()));
        &vectors * DMatrix::from_diagonal(&roots) * vectors.transpose()
    }

    /// The correlations of a replicate, and of how many rows they are; none where an item of it does not vary.
    pub(super) fn draw(&self, root: &DMatrix<f64>, seed: u64, replicate: u64) -> Option<DMatrix<f64>> {
        let p = self.names.len();
        match (self.basis, self.resampling) {
            (Basis::Pearson, GraphResampling::Parametric) => {
                Some(normal_correlation(p, self.n, Some(root), seed, replicate))
            }
            (Basis::Pearson, GraphResampling::Cases) => {
                let rows = self.drawn_rows(seed, replicate);
                let mut own = self.standard.select_rows(&rows);
                if !(0..p).all(|j| standardise(&mut own, j)) {
                    return None;
                }
                let mut r = crate::numeric::product::transposed_product(&own, &own);
                r.fill_diagonal(1.0);
                Some(r)
            }
            (Basis::Polychoric, GraphResampling::Parametric) => {
                self.polychoric(self.cut(root, seed, replicate))
            }
            (Basis::Polychoric, GraphResampling::Cases) => {
                self.polychoric(self.answers.select(ndarray::Axis(0), &self.drawn_rows(seed, replicate)))
            }
        }
    }

    fn drawn_rows(&self, seed: u64, replicate: u64) -> Vec<usize> {
        let mut random = stream(seed, replicate);
        (0..self.n).map(|_| random.random_range(0..self.n)).collect()
    }

    /// Normal variables with the correlations of the data, cut at the thresholds of the items.
    fn cut(&self, root: &DMatrix<f64>, seed: u64, replicate: u64) -> Array2<f64> {
        let mut random = stream(seed, replicate);
        let p = self.names.len();
        let drawn: DMatrix<f64> =
            root * DMatrix::from_fn(p, self.n, |_, _| StandardNormal.sample(&mut random));
        Array2::from_shape_fn((self.n, p), |(i, j)| {
            let own = &self.categories[j];
            own.values[own.thresholds.iter().filter(|limit| drawn[(j, i)] > **limit).count()]
        })
    }

    fn polychoric(&self, answers: Array2<f64>) -> Option<DMatrix<f64>> {
        let r = ShuffledOrdinal::of(&self.names, answers.view()).ok()?.correlations(|_| ());
        let least = SINGULAR * self.names.len() as f64;
        Some(if r.clone().symmetric_eigenvalues().min() < least { smoothed(&r, least) } else { r })
    }
}

/// Brings a column to mean 0 and length 1; false where it does not vary.
fn standardise(columns: &mut DMatrix<f64>, j: usize) -> bool {
    let mut column = columns.column_mut(j);
    let (mean, largest) = (column.mean(), column.amax());
    column.add_scalar_mut(-mean);
    let norm = column.norm();
    let varies = norm > 1e-12 * largest.max(1e-300);
    if varies {
        column.unscale_mut(norm);
    }
    varies
}

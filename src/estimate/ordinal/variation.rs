//! Standard errors and scaled tests of least squares with ordinal data, from the respondents' influences on the
//! statistics (Muthen, du Toit & Spisic 1997).
//!
//! ```text
//! meat            D'W Gamma W D
//! tr(U Gamma)     = tr(W Gamma) - tr(H^-1 D'W Gamma W D),   H = D'W D,  U = W - W D H^-1 D'W
//! tr((U Gamma)^2) = |R Gamma R'|^2 - 2 tr(H^-1 D'W Gamma W Gamma W D) + |H^(-1/2) D'W Gamma W D H^(-1/2)|^2
//! ```
//!
//! All of them follow from Gamma W D, and the last also from the products of all pairs of statistics, Gamma, or of all
//! pairs of respondents where these are far fewer. Gamma does not depend on the model: models of the same variables
//! share it, and with it Gamma W D takes as long as D has elements. Where respondents are far fewer, models share the
//! columns of Gamma that are a threshold's: its parameter moves nothing else. The others are J'(J W D) / N, with J the
//! influences.

use crate::correlation::ThreeStage;
use crate::estimate::weight::{Weight, Weighted};
use crate::numeric::cholesky::inverse_factor;
use crate::numeric::product::{
    gram_of_columns, product, product_with_transposed, square_of_product, transposed_product,
};
use crate::numeric::sparse_rows::SparseRows;
use nalgebra::DMatrix;

/// A group: its share, its statistics, their weight, and the derivatives of those that the model implies.
#[derive(Clone)]
pub(crate) struct OrdinalGroup<'a> {
    /// Its weight in the discrepancy,
    pub(crate) share: f64,
    /// and that over its share of the respondents.
    pub(crate) ratio: f64,
    pub(crate) stages: &'a ThreeStage,
    pub(crate) weight: &'a Weight,
    pub(crate) derivatives: SparseRows,
}

impl OrdinalGroup<'_> {
    /// Gamma W D, and D'W Gamma W D; none where the influences were not kept.
    fn moved(&self) -> Option<(DMatrix<f64>, DMatrix<f64>)> {
        let weighted = self.weight.weighted(&self.derivatives);
        let moved = match self.stages.narrow_gamma() {
            Some(gamma) => weighted.product(gamma),
            None => self.moved_by_respondents(&weighted)?,
        };
        let meat = weighted.transposed_product(&moved);
        Some((moved, meat))
    }

    /// Gamma W D without Gamma.
    fn moved_by_respondents(&self, weighted: &Weighted) -> Option<DMatrix<f64>> {
        let influence = self.stages.influence.as_ref()?;
        let n = self.stages.n as f64;
        let Some(columns) = weighted.columns() else {
            return Some(transposed_product(influence, &weighted.product(influence)) / n);
        };
        let known = self.stages.own_gamma()?;
        let is_own = |own: &[(usize, f64)]| matches!(*own, [(row, _)] if row < known.ncols());
        let others: Vec<usize> = (0..columns.len()).filter(|&column| !is_own(&columns[column])).collect();
        let mut along = DMatrix::zeros(influence.nrows(), others.len());
        for (&column, mut sum) in others.iter().zip(along.column_iter_mut()) {
            columns[column].iter().for_each(|&(row, w)| sum.axpy(w / n, &influence.column(row), 1.0));
        }
        let along = transposed_product(influence, &along);
        let mut moved = DMatrix::zeros(influence.ncols(), columns.len());
        others.iter().zip(along.column_iter()).for_each(|(&column, own)| moved.set_column(column, &own));
        for (column, own) in columns.iter().enumerate().filter(|(_, own)| is_own(own)) {
            own.iter().for_each(|&(row, w)| moved.column_mut(column).axpy(w, &known.column(row), 1.0));
        }
        Some(moved)
    }
}

impl OrdinalGroup<'_> {
    /// D'W Gamma W D as if respondents were not in clusters; none where they are not.
    fn meat_of_respondents(&self) -> Option<DMatrix<f64>> {
        let influence = self.stages.respondents.as_deref()?;
        let moved = self.weight.weighted(&self.derivatives).product(influence);
        Some(gram_of_columns(&moved) / self.stages.n as f64)
    }
}

/// The same over all groups.
pub(crate) fn independent_meat(groups: &[OrdinalGroup<'_>]) -> Option<DMatrix<f64>> {
    let each = groups.iter().map(|group| Some(group.meat_of_respondents()? * (group.share * group.ratio)));
    each.sum()
}

/// What standard errors and tests share.
#[derive(Debug)]
pub(crate) struct Variation {
    /// Gamma W D, by group.
    pub(crate) moved: Vec<DMatrix<f64>>,
    /// D'W Gamma W D over all groups.
    pub(crate) meat: DMatrix<f64>,
    /// D'WD.
    pub(crate) bread: DMatrix<f64>,
    /// B with B'B = N (N'D'WD N)^-1 N', N the directions in which the parameters can move.
    pub(crate) narrow: DMatrix<f64>,
}

impl Variation {
    /// `directions` as columns; none: the parameters move in all. None where influences were not kept, or the model is
    /// not identified.
    pub(crate) fn of(groups: &[OrdinalGroup<'_>], directions: Option<&DMatrix<f64>>) -> Option<Self> {
        let q = groups.first()?.derivatives.ncols();
        let (mut meat, mut bread) = (DMatrix::zeros(q, q), DMatrix::zeros(q, q));
        let mut moved = Vec::with_capacity(groups.len());
        for group in groups {
            let (own, of_group) = group.moved()?;
            meat += of_group * (group.share * group.ratio);
            bread += group.weight.gram(&group.derivatives) * group.share;
            moved.push(own);
        }
        let narrow = match directions {
            None => inverse_factor(&bread)?,
            Some(n) => inverse_factor(&(n.transpose() * (&bread * n)))? * n.transpose(),
        };
        // the rest of a factor is not part of it
        let narrow = if directions.is_none() { narrow.lower_triangle() } else { narrow };
        Some(Self { moved, meat, bread, narrow })
    }
}

/// tr(U Gamma) and, where asked for, tr((U Gamma)^2).
pub(crate) fn traces(
    groups: &[OrdinalGroup<'_>],
    variation: &Variation,
    squared: bool,
) -> Option<(f64, f64)> {
    let Variation { moved, meat, narrow, .. } = variation;
    let explained = product_with_transposed(&product(narrow, meat), narrow);
    let mut trace = -explained.trace();
    let mut square = if squared { explained.norm_squared() } else { 0.0 };
    for (group, moved) in groups.iter().zip(moved) {
        let diagonal = group.weight.diagonal(group.stages.values.len());
        let own = match &diagonal {
            Some(weights) => weights.dot(&group.stages.variances),
            None => group.weight.whitened(group.stages.gamma()?).trace(),
        };
        trace += group.ratio * own;
        if squared {
            let all = match &diagonal {
                Some(weights) => group.stages.weighted_square(weights)?,
                None => group.weight.whitened(group.stages.gamma()?).norm_squared(),
            };
            let explained = match group.weight {
                Weight::Diagonal(scale) => square_of_product(Some(scale), moved, narrow),
                weight => square_of_product(None, &weight.rows(moved), narrow),
            };
            let twice = 2.0 * group.share * explained;
            square += group.ratio * group.ratio * (all - twice);
        }
    }
    Some((trace, square))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correlation::{EmptyCells, Keep, Ordered};
    use approx::assert_relative_eq;
    use nalgebra::DVector;
    use ndarray::Array2;

    /// Eight variables of three categories: 44 statistics.
    fn stages(n: usize) -> ThreeStage {
        let names: Vec<String> = (0..8).map(|j| format!("u{j}")).collect();
        let answer = |row: usize, j: usize| ((row * (7 + 5 * j) + 3 * j * j + row * row) % 97 / 33) as f64;
        let rows = Array2::from_shape_fn((n, 8), |(row, j)| answer(row, j).min(2.0));
        let (cells, keep) = (EmptyCells::default(), Keep::Influences);
        ThreeStage::of(&names, rows.view(), &Ordered::All, &[], cells, keep).unwrap()
    }

    #[test]
    fn respondents_and_statistics_give_the_same_of_few_and_of_many() {
        for (n, is_narrow) in [(20, false), (200, true)] {
            let stages = stages(n);
            assert_eq!(stages.narrow_gamma().is_some(), is_narrow);
            let gamma = stages.gamma().unwrap();
            let m = stages.values.len();
            let weights = DVector::from_fn(m, |row, _| if row < 16 { 0.0 } else { 0.5 + (row % 5) as f64 });
            let expected: f64 = (0..m)
                .flat_map(|i| (0..m).map(move |j| (i, j)))
                .map(|(i, j)| weights[i] * weights[j] * gamma[(i, j)].powi(2))
                .sum();
            assert_relative_eq!(stages.weighted_square(&weights).unwrap(), expected, max_relative = 1e-10);
            let weight = Weight::Diagonal(weights.map(f64::sqrt));
            let derivatives = SparseRows::selecting(m, [3, 17, 20, 40].into_iter());
            let (share, ratio) = (1.0, 1.0);
            let group = OrdinalGroup { share, ratio, stages: &stages, weight: &weight, derivatives };
            let (moved, meat) = group.moved().unwrap();
            let dense = DMatrix::from_diagonal(&weights) * group.derivatives.dense();
            let scale = gamma.amax() * 5.0;
            assert!((&moved - gamma * &dense).amax() < 1e-10 * scale);
            assert!((meat - dense.transpose() * gamma * &dense).amax() < 1e-10 * scale * 5.0);
        }
    }
}

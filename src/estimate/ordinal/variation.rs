//! Standard errors and scaled tests of least squares with ordinal data, from the respondents' influences on the
//! statistics (Muthen, du Toit & Spisic 1997).
//!
//! ```text
//! meat            D'W Gamma W D
//! tr(U Gamma)     = tr(W Gamma) - tr(H^-1 D'W Gamma W D),   H = D'W D,  U = W - W D H^-1 D'W
//! tr((U Gamma)^2) = |R Gamma R'|^2 - 2 tr(H^-1 D'W Gamma W Gamma W D) + |H^(-1/2) D'W Gamma W D H^(-1/2)|^2
//! ```
//!
//! All of them follow from Gamma W D, and the last also from the products of all pairs of statistics, Gamma. That does not
//! depend on the model: models of the same variables share it, and with it Gamma W D takes as long as D has elements. Where
//! respondents are far fewer than statistics they stand in their place: with J the influences, Gamma = J'J / N, everything
//! follows from J W D, which takes as long, and from J W J', which models share.

use crate::correlation::ThreeStage;
use crate::estimate::weight::{Weight, Weighted};
use crate::numeric::cholesky::inverse_factor;
use crate::numeric::once::once;
use crate::numeric::product::{
    gram_of_columns, product, product_with_transposed, square_of_product, transposed_product,
};
use crate::numeric::sparse_rows::SparseRows;
use nalgebra::DMatrix;
use std::borrow::Cow;
use std::sync::OnceLock;

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

/// How the statistics vary along the derivatives.
#[derive(Debug)]
pub(crate) enum Moved {
    /// Gamma W D.
    Statistics(DMatrix<f64>),
    /// J W D.
    Respondents(DMatrix<f64>),
}

impl Moved {
    /// Gamma W D.
    pub(crate) fn of_statistics(&self, stages: &ThreeStage) -> Option<Cow<'_, DMatrix<f64>>> {
        Some(match self {
            Moved::Statistics(moved) => Cow::Borrowed(moved),
            Moved::Respondents(moved) => {
                Cow::Owned(transposed_product(stages.influence.as_ref()?, moved) / stages.n as f64)
            }
        })
    }
}

impl OrdinalGroup<'_> {
    /// Gamma W D or J W D, and D'W Gamma W D; none where the influences were not kept.
    fn moved(&self) -> Option<(Moved, DMatrix<f64>)> {
        let weighted = self.weight.weighted(&self.derivatives);
        if let Some(gamma) = self.stages.narrow_gamma() {
            let moved = weighted.product(gamma);
            let meat = weighted.transposed_product(&moved);
            return Some((Moved::Statistics(moved), meat));
        }
        let (influence, n) = (self.stages.influence.as_ref()?, self.stages.n as f64);
        let along = weighted.product(influence);
        let meat = gram_of_columns(&along) / n;
        let moved = match weighted {
            Weighted::Sparse(..) => Moved::Respondents(along),
            Weighted::Dense(_) => Moved::Statistics(transposed_product(influence, &along) / n),
        };
        Some((moved, meat))
    }

    /// |R Gamma W D B'|^2.
    fn explained(&self, moved: &Moved, narrow: &DMatrix<f64>) -> Option<f64> {
        Some(match (moved, self.weight) {
            (Moved::Statistics(moved), Weight::Diagonal(scale)) => {
                square_of_product(Some(scale), moved, narrow)
            }
            (Moved::Statistics(moved), weight) => square_of_product(None, &weight.rows(moved), narrow),
            (Moved::Respondents(moved), weight) => {
                let along = product_with_transposed(moved, narrow);
                let gram = self.stages.gram(&weight.diagonal(self.stages.values.len())?)?;
                product(&gram, &along).dot(&along) / (self.stages.n as f64).powi(2)
            }
        })
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
    /// By group.
    pub(crate) moved: Vec<Moved>,
    /// D'W Gamma W D over all groups.
    pub(crate) meat: DMatrix<f64>,
    /// D'WD.
    pub(crate) bread: DMatrix<f64>,
    /// B with B'B = N (N'D'WD N)^-1 N', N the directions in which the parameters can move.
    pub(crate) narrow: DMatrix<f64>,
    inverse: OnceLock<(DMatrix<f64>, DMatrix<f64>)>,
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
        Some(Self { moved, meat, bread, narrow, inverse: OnceLock::new() })
    }

    /// H^-1, and H^-1 D'W Gamma W D H^-1.
    pub(crate) fn inverse(&self) -> &(DMatrix<f64>, DMatrix<f64>) {
        once(&self.inverse, || {
            let inverse = gram_of_columns(&self.narrow);
            let covariance = product(&product(&inverse, &self.meat), &inverse);
            (inverse, covariance)
        })
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
            // of respondents by their products, which the other square then is made of too
            let twice = 2.0 * group.share * group.explained(moved, narrow)?;
            let all = match &diagonal {
                Some(weights) => group.stages.weighted_square(weights)?,
                None => group.weight.whitened(group.stages.gamma()?).norm_squared(),
            };
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
            assert_eq!(matches!(moved, Moved::Statistics(_)), is_narrow);
            let narrow = DMatrix::from_fn(4, 4, |i, j| if i < j { 0.0 } else { 1.0 / (1 + i + j) as f64 });
            let explained = group.explained(&moved, &narrow).unwrap();
            let moved = moved.of_statistics(&stages).unwrap().into_owned();
            let dense = DMatrix::from_diagonal(&weights) * group.derivatives.dense();
            let scale = gamma.amax() * 5.0;
            assert!((&moved - gamma * &dense).amax() < 1e-10 * scale);
            let whitened =
                DMatrix::from_diagonal(&weights.map(f64::sqrt)) * gamma * &dense * narrow.transpose();
            assert_relative_eq!(explained, whitened.norm_squared(), max_relative = 1e-10);
            assert!((meat - dense.transpose() * gamma * &dense).amax() < 1e-10 * scale * 5.0);
        }
    }
}

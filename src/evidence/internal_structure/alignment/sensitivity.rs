//! How the least point moves with the parameters it was found from: by implicit differentiation of its gradient
//!
//! ```text
//! 0 = C'F_t(t, x)       dt/dx = -C (C'F_tt C)^-1 C'F_tx        t: means and logarithms, x: loadings and intercepts
//! ```
//!
//! With the covariance matrix of x this is the delta method for everything that is made of both.

use super::loss::{Loss, Placed};
use crate::numeric::cholesky;
use nalgebra::DMatrix;

/// Values at a point, with all that their changes depend on.
pub(super) struct Sensitivity<'a> {
    loss: &'a Loss<'a>,
    at: &'a Placed,
    /// Aligned loadings and intercepts by group, derivatives of the loss by them, second derivatives.
    pub(super) loadings: Vec<Parameter>,
    pub(super) intercepts: Vec<Parameter>,
}

pub(super) struct Parameter {
    pub(super) values: Vec<f64>,
    slopes: Vec<f64>,
    curvature: DMatrix<f64>,
}

/// A change of the parameters of one item in one group: of its loading, of its intercepts (each), and of the factor's mean.
struct Change {
    group: usize,
    loading: f64,
    intercept: f64,
    mean: f64,
}

impl<'a> Sensitivity<'a> {
    pub(super) fn new(loss: &'a Loss<'a>, at: &'a Placed) -> Self {
        let (loadings, intercepts) = loss.columns(at);
        let parameter = |(values, slopes): (Vec<f64>, Vec<f64>)| {
            let curvature = loss.curvature(&values);
            Parameter { values, slopes, curvature }
        };
        let loadings = loadings.into_iter().map(parameter).collect();
        let intercepts = intercepts.into_iter().map(parameter).collect();
        Self { loss, at, loadings, intercepts }
    }

    /// Adds to a column of second derivatives what a change of an item does to the gradient through its loading, or through
    /// one of its intercepts.
    fn through_loading(&self, item: usize, change: &Change, column: &mut [f64]) {
        let groups = self.loss.groups();
        let Parameter { values, slopes, curvature } = &self.loadings[item];
        for g in 0..groups {
            column[groups + g] -= values[g] * curvature[(g, change.group)] * change.loading;
        }
        column[groups + change.group] -= change.loading * slopes[change.group];
    }

    fn through_intercept(&self, place: usize, change: &Change, column: &mut [f64]) {
        let (groups, h) = (self.loss.groups(), change.group);
        let loadings = &self.loadings[self.loss.of.item_of[place]].values;
        let Parameter { slopes, curvature, .. } = &self.intercepts[place];
        for g in 0..groups {
            let bent = loadings[g] * curvature[(g, h)] * change.intercept;
            column[g] -= bent;
            column[groups + g] += bent * self.at.means[g];
        }
        column[h] -= slopes[h] * change.loading;
        column[groups + h] += slopes[h] * (change.loading * self.at.means[h] + loadings[h] * change.mean);
    }

    /// Second derivatives of the loss by means and logarithms, and of these by the parameters: loadings and intercepts of
    /// the first group, then of the next.
    fn second(&self) -> (DMatrix<f64>, DMatrix<f64>) {
        let (of, groups) = (self.loss.of, self.loss.groups());
        let (items, places) = (of.items.len(), of.item_of.len());
        let mut own = DMatrix::zeros(2 * groups, 2 * groups);
        let mut mixed = DMatrix::zeros(2 * groups, groups * (items + places));
        for h in 0..groups {
            let (mean, unit) = (self.at.means[h], 1.0 / self.at.sd(h));
            for item in 0..items {
                let loading = self.loadings[item].values[h];
                // by the logarithm of the standard deviation
                let by_sd = Change { group: h, loading: -loading, intercept: loading * mean, mean: 0.0 };
                self.through_loading(item, &by_sd, own.column_mut(groups + h).as_mut_slice());
                let by_loading = Change { group: h, loading: unit, intercept: -unit * mean, mean: 0.0 };
                let at = h * (items + places) + item;
                self.through_loading(item, &by_loading, mixed.column_mut(at).as_mut_slice());
            }
            for (place, &item) in of.item_of.iter().enumerate() {
                let loading = self.loadings[item].values[h];
                let by_sd = Change { group: h, loading: -loading, intercept: loading * mean, mean: 0.0 };
                self.through_intercept(place, &by_sd, own.column_mut(groups + h).as_mut_slice());
                let by_mean = Change { group: h, loading: 0.0, intercept: -loading, mean: 1.0 };
                self.through_intercept(place, &by_mean, own.column_mut(h).as_mut_slice());
                let by_loading = Change { group: h, loading: unit, intercept: -unit * mean, mean: 0.0 };
                let first = h * (items + places);
                self.through_intercept(place, &by_loading, mixed.column_mut(first + item).as_mut_slice());
                let by_intercept = Change { group: h, loading: 0.0, intercept: 1.0, mean: 0.0 };
                self.through_intercept(
                    place,
                    &by_intercept,
                    mixed.column_mut(first + items + place).as_mut_slice(),
                );
            }
        }
        (own, mixed)
    }

    /// Second derivatives by the free coordinates.
    pub(super) fn curvature(&self) -> DMatrix<f64> {
        let basis = self.loss.basis();
        let mut curvature = basis.tr_mul(&(self.second().0 * &basis));
        cholesky::symmetrise(&mut curvature);
        curvature
    }

    /// dt/dx: a row for each mean and logarithm. None where the point is no strict minimum.
    pub(super) fn of_point(&self) -> Option<DMatrix<f64>> {
        let basis = self.loss.basis();
        let (own, mixed) = self.second();
        let mut curvature = basis.tr_mul(&(own * &basis));
        cholesky::symmetrise(&mut curvature);
        let inverse = cholesky::inverse(&curvature)?;
        Some(-(&basis * (inverse * basis.tr_mul(&mixed))))
    }
}

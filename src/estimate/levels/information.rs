//! The information of a model of two levels about its parameters: a column of the Hessian is how the weights of the moments change
//! as a parameter moves them, and what the moments curve.

use crate::estimate::inference::Information;
use crate::estimate::levels::group::inverse_and_log;
use crate::estimate::levels::likelihood::{TwoLevelTerm, columns};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

impl TwoLevelTerm<'_> {
    /// Adds the weighted Hessian of F_g. `at_end`: of a saturated model at a point that is not its maximum because a covariance
    /// matrix ends there, without the part that the gradient adds, whatever the moments are parameters of
    /// ([`AtMoments::ends`]).
    pub(crate) fn add_information(&self, information: Information, at_end: bool, hessian: &mut DMatrix<f64>) {
        let Some(at) = &self.at else { return };
        let (q, scale) = (hessian.nrows(), self.scale());
        let weights = at.weights();
        let column = |free: usize| {
            let moved = self.moved(free);
            let mut column = DVector::zeros(q);
            self.add_by_parameters(&at.along(&moved, information), scale, &mut column);
            if let Some(ends) = at_end.then(|| at.ends(&moved, &weights)).flatten() {
                self.add_by_parameters(&ends, scale, &mut column);
            }
            column
        };
        let columns_of: Vec<DVector<f64>> = (0..q).into_par_iter().map(column).collect();
        for (free, column) in columns_of.iter().enumerate() {
            hessian.column_mut(free).axpy(1.0, column, 1.0);
        }
        if information == Information::Expected {
            return;
        }
        let levels = [(&weights.within, &weights.within_mean), (&weights.between, &weights.between_mean)];
        for (implied, (weight, mean)) in self.implied.iter().zip(levels) {
            let g = columns(implied);
            let (form, along) = (g.tr_mul(&(weight * &g)), g.tr_mul(mean));
            // moments that are linear in the parameters do not curve
            if implied.lambda.ncols() == 0 {
                continue;
            }
            for s in &implied.directions {
                for t in &implied.directions {
                    hessian[(s.free, t.free)] += scale * implied.second_derivative(s, t, &form, Some(&along));
                }
            }
        }
    }

    /// Adds the weighted expected Hessian of F_g where clusters have their sizes and nothing is missing: of normal terms
    /// with Sigma_W (N - J times) and Sigma_B + Sigma_W / s (as often as there are clusters of s).
    pub(super) fn add_completed_hessian(&self, hessian: &mut DMatrix<f64>) -> Option<()> {
        let data = &self.group.data;
        let [within, between] = &self.implied;
        let offset = within.width();
        // both G's side by side, over t
        let (left, right) = (columns(within), columns(between));
        let mut both = DMatrix::zeros(data.d, left.ncols() + right.ncols());
        both.view_mut((0, 0), left.shape()).copy_from(&left);
        for (row, &place) in self.group.places.iter().enumerate() {
            both.view_mut((place, left.ncols()), (1, right.ncols())).copy_from(&right.row(row));
        }
        let (inverse, _) = inverse_and_log(&within.sigma)?;
        let a = left.tr_mul(&(inverse * &left)) * (data.n - data.clusters()) as f64;
        let mut forms = Vec::new();
        for (size, count) in data.sizes() {
            let mut v = DMatrix::zeros(data.d, data.d);
            v.view_mut((0, 0), (data.p, data.p)).copy_from(&(&within.sigma / size));
            for (a, &i) in self.group.places.iter().enumerate() {
                for (b, &j) in self.group.places.iter().enumerate() {
                    v[(i, j)] += between.sigma[(a, b)];
                }
            }
            let (inverse, _) = inverse_and_log(&v)?;
            forms.push((size, count, both.tr_mul(&(inverse * &both))));
        }
        // G'V^-1 G times c of both, where level 1 has c / s
        let moved: Vec<_> = self
            .implied
            .iter()
            .enumerate()
            .flat_map(|(level, implied)| {
                let at = level * offset;
                implied.directions.iter().map(move |direction| {
                    let covariance = direction.covariance.map(|(u, v, c)| (u + at, v + at, c));
                    let by = |j: Option<usize>| j.map_or(1.0, |j| implied.eta_mean[j]);
                    let mean = direction.mean.map(|(g, j)| (g + at, by(j)));
                    (level, direction.free, covariance, mean)
                })
            })
            .collect();
        let element = |x: usize, y: usize| {
            let ((first, _, cs, ms), (second, _, ct, mt)) = (&moved[x], &moved[y]);
            let mut element = 0.0;
            if let (Some((u, v, c)), Some((w, z, d))) = (cs, ct) {
                let of =
                    |form: &DMatrix<f64>| form[(*w, *u)] * form[(*z, *v)] + form[(*z, *u)] * form[(*w, *v)];
                let mut sum =
                    if first + second == 0 { of(&a) / (data.n - data.clusters()) as f64 } else { 0.0 };
                for (size, count, form) in &forms {
                    let share = [first, second].into_iter().filter(|level| **level == 0).count();
                    sum += count * of(form) / size.powi(share as i32);
                }
                element += 2.0 * c * d * sum;
            }
            if let (Some((g, by)), Some((h, with))) = (ms, mt) {
                let sum: f64 = forms.iter().map(|(_, count, form)| count * form[(*g, *h)]).sum();
                element += 2.0 * by * with * sum;
            }
            element
        };
        let rows: Vec<Vec<f64>> =
            (0..moved.len()).into_par_iter().map(|x| (0..=x).map(|y| element(x, y)).collect()).collect();
        let scale = self.scale();
        for (x, row) in rows.iter().enumerate() {
            for (y, element) in row.iter().enumerate() {
                let (i, j) = (moved[x].1, moved[y].1);
                hessian[(i, j)] += scale * element;
                if x != y {
                    hessian[(j, i)] += scale * element;
                }
            }
        }
        Some(())
    }
}

//! A model at a point, held against incomplete rows.

use crate::estimate::inference::Information;
use crate::model::{Direction, Implied};
use crate::moments::incomplete::{Incomplete, Pattern};
use crate::numeric::arrowhead::Arrowhead;
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// G'P_kG, (half the form that goes with it), sum of G'a and the pattern's weight.
struct Forms {
    plain: DMatrix<f64>,
    other: DMatrix<f64>,
    linear: DVector<f64>,
}

/// What is alike for all patterns at a point.
pub(crate) struct Point<'a> {
    implied: &'a Implied,
    inverse: &'a DMatrix<f64>,
    /// G'Sigma^-1.
    solved: DMatrix<f64>,
    /// G'Sigma^-1 G.
    form: DMatrix<f64>,
}

impl<'a> Point<'a> {
    pub(crate) fn new(implied: &'a Implied, inverse: &'a DMatrix<f64>) -> Self {
        let columns: Vec<DVector<f64>> = (0..implied.width()).map(|g| implied.column(g)).collect();
        let g = DMatrix::from_columns(&columns);
        let solved = g.tr_mul(inverse);
        let form = &solved * &g;
        Self { implied, inverse, solved, form }
    }

    /// G'P_kG.
    fn pattern_form(&self, pattern: &Pattern) -> Option<DMatrix<f64>> {
        let mut form = self.form.clone();
        let m = &pattern.missing;
        if m.is_empty() {
            return Some(form);
        }
        let mut factor = DMatrix::from_fn(m.len(), m.len(), |i, j| self.inverse[(m[i], m[j])]);
        cholesky::factorise(&mut factor).ok()?;
        // R = G'Omega_.m L^-T, column by column
        let mut r = DMatrix::zeros(form.nrows(), m.len());
        for (j, &at) in m.iter().enumerate() {
            let mut column = self.solved.column(at).into_owned();
            for i in 0..j {
                column.axpy(-factor[(j, i)], &r.column(i), 1.0);
            }
            column /= factor[(j, j)];
            r.set_column(j, &column);
        }
        form.gemm(-1.0, &r, &r.transpose(), 1.0);
        Some(form)
    }

    fn forms(&self, rows: &Incomplete, pattern: &Pattern, information: Information) -> Option<Forms> {
        let plain = self.pattern_form(pattern)?;
        let half = 0.5 * pattern.n;
        let width = plain.nrows();
        if information == Information::Expected {
            let other = &plain * half;
            return Some(Forms { plain, other, linear: DVector::zeros(width) });
        }
        let h = &self.solved * rows.completed(pattern, &self.implied.mu, self.inverse)?;
        let linear = &h * rows.weights.rows(pattern.from, pattern.count);
        let mut other = &plain * -half;
        other.gemm(1.0, &h, &h.transpose(), 1.0);
        Some(Forms { plain, other, linear })
    }

    fn mean(&self, direction: &Direction) -> Option<(usize, f64)> {
        Self::mean_of(self.implied, direction)
    }

    /// The column of G that a parameter moves the means by, and how far.
    pub(crate) fn mean_of(implied: &Implied, direction: &Direction) -> Option<(usize, f64)> {
        direction.mean.map(|(g, at)| (g, at.map_or(1.0, |j| implied.eta_mean[j])))
    }

    /// The parameters that move something here, and which of them each direction is of.
    fn numbered(&self) -> (Vec<usize>, Vec<usize>) {
        let directions = &self.implied.directions;
        let mut own: Vec<usize> = directions.iter().map(|direction| direction.free).collect();
        own.sort_unstable();
        own.dedup();
        let place = |direction: &Direction| own.partition_point(|free| *free < direction.free);
        (directions.iter().map(place).collect(), own)
    }

    /// Adds `scale` times the Hessian of -2 log L.
    pub(crate) fn add_hessian(
        &self,
        rows: &Incomplete,
        information: Information,
        scale: f64,
        hessian: &mut Arrowhead,
    ) -> Option<()> {
        let (places, free) = self.numbered();
        let q = free.len();
        let width = self.form.nrows();
        let directions = &self.implied.directions;
        let means: Vec<Option<(usize, f64)>> = directions.iter().map(|d| self.mean(d)).collect();
        let part = |patterns: &[Pattern]| {
            let mut sum = DMatrix::zeros(q, q);
            let (mut weight, mut along) = (DMatrix::zeros(width, width), DVector::zeros(width));
            for pattern in patterns {
                let forms = self.forms(rows, pattern, information)?;
                let (a, x, l, n) = (&forms.plain, &forms.other, &forms.linear, pattern.n);
                // n P - M
                weight += a * (0.5 * n) - x;
                along += l;
                for (first, s) in directions.iter().enumerate() {
                    for (second, t) in directions[..=first].iter().enumerate() {
                        let mut element = 0.0;
                        if let (Some((u, v, c)), Some((y, z, d))) = (s.covariance, t.covariance) {
                            element += 2.0
                                * c
                                * d
                                * (a[(u, z)] * x[(v, y)]
                                    + a[(v, y)] * x[(u, z)]
                                    + a[(u, y)] * x[(v, z)]
                                    + a[(v, z)] * x[(u, y)]);
                        }
                        if let (Some((g, b)), Some((h, e))) = (means[first], means[second]) {
                            element += 2.0 * n * b * e * a[(g, h)];
                        }
                        if information == Information::Observed {
                            for (one, other) in [(s, means[second]), (t, means[first])] {
                                if let (Some((u, v, c)), Some((g, b))) = (one.covariance, other) {
                                    element += 2.0 * c * b * (l[u] * a[(v, g)] + l[v] * a[(u, g)]);
                                }
                            }
                        }
                        sum[(places[first], places[second])] += element;
                        if first != second {
                            sum[(places[second], places[first])] += element;
                        }
                    }
                }
            }
            Some((sum, weight, along))
        };
        let size = LEAST.max(rows.patterns.len().div_ceil(PARTS));
        let parts: Vec<_> = rows.patterns.par_chunks(size).map(part).collect();
        let (mut weight, mut along) = (DMatrix::zeros(width, width), DVector::zeros(width));
        for part in parts {
            let (sum, own, linear) = part?;
            hessian.add_matrix(&free, &(sum * scale));
            weight += own;
            along += linear;
        }
        if information == Information::Observed {
            along *= -2.0;
            for (first, s) in directions.iter().enumerate() {
                for (second, t) in directions[..=first].iter().enumerate() {
                    let element = scale * self.implied.second_derivative(s, t, &weight, Some(&along));
                    match first == second {
                        true => hessian.add_diagonal(s.free, element),
                        false => hessian.add(s.free, t.free, element),
                    }
                }
            }
        }
        Some(())
    }

    /// An element of the expected Hessian of -2 log L of a pattern of unit weight, by its G'P_kG.
    fn expected_element(&self, form: &DMatrix<f64>, first: &Direction, second: &Direction) -> f64 {
        let mut element = 0.0;
        if let (Some((u, v, c)), Some((y, z, d))) = (first.covariance, second.covariance) {
            element += 2.0 * c * d * (form[(u, z)] * form[(v, y)] + form[(u, y)] * form[(v, z)]);
        }
        if let (Some((g, b)), Some((h, e))) = (self.mean(first), self.mean(second)) {
            element += 2.0 * b * e * form[(g, h)];
        }
        element
    }

    /// Adds `scale` times the expected Hessian of -2 log L, in the blocks of
    /// [`Discrepancy::partial_hessian`](crate::estimate::search::discrepancy::Discrepancy): of the first `q` parameters, their elements with
    /// the others, and the diagonal of the others.
    pub(crate) fn add_partial_hessian(
        &self,
        rows: &Incomplete,
        scale: f64,
        q: usize,
        (within, across, own): &mut (DMatrix<f64>, DMatrix<f64>, DVector<f64>),
    ) -> Option<()> {
        let directions = &self.implied.directions;
        let part = |patterns: &[Pattern]| {
            let mut sums =
                (DMatrix::zeros(q, q), DMatrix::zeros(q, across.ncols()), DVector::zeros(own.len()));
            for pattern in patterns {
                let form = self.pattern_form(pattern)?;
                for first in directions {
                    if first.free >= q {
                        sums.2[first.free - q] += pattern.n * self.expected_element(&form, first, first);
                        continue;
                    }
                    for second in directions {
                        let element = pattern.n * self.expected_element(&form, first, second);
                        match second.free.checked_sub(q) {
                            None => sums.0[(first.free, second.free)] += element,
                            Some(other) => sums.1[(first.free, other)] += element,
                        }
                    }
                }
            }
            Some(sums)
        };
        let size = LEAST.max(rows.patterns.len().div_ceil(PARTS));
        let parts: Vec<_> = rows.patterns.par_chunks(size).map(part).collect();
        for sums in parts {
            let (of_free, between, of_others) = sums?;
            *within += of_free * scale;
            *across += between * scale;
            own.axpy(scale, &of_others, 1.0);
        }
        Some(())
    }

    /// The derivatives of each row's log-likelihood, a column per row in the order of the data.
    pub(crate) fn scores(&self, rows: &Incomplete, q: usize) -> Option<DMatrix<f64>> {
        let mut scores = DMatrix::zeros(q, rows.n);
        let own = |pattern: &Pattern| {
            let form = self.pattern_form(pattern)?;
            let h = &self.solved * rows.completed(pattern, &self.implied.mu, self.inverse)?;
            let mut own = DMatrix::zeros(q, pattern.count);
            for (c, (mut score, h)) in own.column_iter_mut().zip(h.column_iter()).enumerate() {
                let root = rows.weights[pattern.from + c];
                for direction in &self.implied.directions {
                    if let Some((u, v, c)) = direction.covariance {
                        score[direction.free] += c * (h[u] * h[v] - root * root * form[(u, v)]);
                    }
                    if let Some((g, scale)) = self.mean(direction) {
                        score[direction.free] += scale * root * h[g];
                    }
                }
            }
            Some(own)
        };
        let parts: Vec<Option<DMatrix<f64>>> = rows.patterns.par_iter().map(own).collect();
        for (pattern, own) in rows.patterns.iter().zip(parts) {
            for (c, column) in own?.column_iter().enumerate() {
                scores.set_column(rows.order[pattern.from + c], &column);
            }
        }
        Some(scores)
    }
}

/// Parts that the patterns are divided into, whatever the number of threads.
const PARTS: usize = 64;

/// Patterns of a part, at least.
const LEAST: usize = 16;

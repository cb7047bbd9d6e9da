//! One factor whose parameters are linear in numbers (Bauer 2017):
//!
//! ```text
//! y_j = (v_j + k_j'z) + (l_j + w_j'z) f + e_j      f ~ N(g'z, exp(b'z))      e_j ~ N(0, t_j)
//! ```
//!
//! and its log-likelihood over respondents, each by the answers that are there. With m and u the mean (less g'z) and the
//! variance of f given the answers,
//!
//! ```text
//! log L = -1/2 sum_j (log 2 pi t_j + r_j^2 / t_j) - 1/2 log(1 + p a) + 1/2 m c       p = exp(b'z)
//! a = sum l_j^2 / t_j,   c = sum l_j r_j / t_j,   u = p / (1 + p a),   m = u c       r_j = y_j - v_j(z) - l_j(z) g'z
//! ```

use super::answers::Answers;
use crate::numeric::minimise::Objective;
use nalgebra::{DMatrix, DVector};

/// Which intercepts and loadings are linear in the numbers, by item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Freed {
    pub(super) intercepts: Vec<bool>,
    pub(super) loadings: Vec<bool>,
}

impl Freed {
    pub(super) fn none(items: usize) -> Self {
        Self { intercepts: vec![false; items], loadings: vec![false; items] }
    }
}

/// Where each parameter stands: v, l, log t of each item; g, b; then k of the items freed, then w.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) items: usize,
    pub(super) numbers: usize,
    /// First place of an item's k, and of its w.
    pub(super) intercept_slopes: Vec<Option<usize>>,
    pub(super) loading_slopes: Vec<Option<usize>>,
    pub(super) size: usize,
}

impl Layout {
    pub(super) fn new(items: usize, numbers: usize, freed: &Freed) -> Self {
        let mut size = 3 * items + 2 * numbers;
        let mut place = |is_free: &bool| {
            is_free.then(|| {
                size += numbers;
                size - numbers
            })
        };
        let intercept_slopes = freed.intercepts.iter().map(&mut place).collect();
        let loading_slopes = freed.loadings.iter().map(&mut place).collect();
        Self { items, numbers, intercept_slopes, loading_slopes, size }
    }

    pub(super) fn mean_slopes(&self) -> usize {
        3 * self.items
    }

    pub(super) fn variance_slopes(&self) -> usize {
        3 * self.items + self.numbers
    }
}

/// Minus the log-likelihood, as a search sees it.
pub(super) struct Likelihood<'a> {
    answers: &'a Answers,
    pub(super) layout: Layout,
    slopes: Vec<f64>,
    loadings: Vec<f64>,
    residuals: Vec<f64>,
}

impl<'a> Likelihood<'a> {
    pub(super) fn new(answers: &'a Answers, layout: Layout) -> Self {
        let (items, size) = (layout.items, layout.size);
        Self {
            answers,
            layout,
            slopes: vec![0.0; size],
            loadings: vec![0.0; items],
            residuals: vec![0.0; items],
        }
    }

    /// Adds a respondent: its log-likelihood is given, the derivatives are added.
    fn respondent(&mut self, row: usize, x: &DVector<f64>) -> f64 {
        let Layout { items, numbers, .. } = self.layout;
        let (y, z) = (&self.answers.rows[row], &self.answers.numbers[row]);
        let along = |first: usize| -> f64 { z.iter().enumerate().map(|(k, z)| x[first + k] * z).sum() };
        let mean = along(self.layout.mean_slopes());
        let variance = along(self.layout.variance_slopes()).exp();
        let (mut a, mut c, mut value) = (0.0, 0.0, 0.0);
        for j in (0..items).filter(|&j| y[j].is_finite()) {
            let loading = x[items + j] + self.layout.loading_slopes[j].map_or(0.0, along);
            let intercept = x[j] + self.layout.intercept_slopes[j].map_or(0.0, along);
            let residual = y[j] - intercept - loading * mean;
            let precision = (-x[2 * items + j]).exp();
            (self.loadings[j], self.residuals[j]) = (loading, residual);
            a += loading * loading * precision;
            c += loading * residual * precision;
            value -= 0.5 * (std::f64::consts::TAU.ln() + x[2 * items + j] + residual * residual * precision);
        }
        let spread = 1.0 + variance * a;
        let (left, m) = (variance / spread, variance * c / spread);
        value += 0.5 * (m * c - spread.ln());
        for j in (0..items).filter(|&j| y[j].is_finite()) {
            let (loading, residual) = (self.loadings[j], self.residuals[j]);
            let precision = (-x[2 * items + j]).exp();
            let rest = residual - m * loading;
            let by_intercept = precision * rest;
            let by_loading = precision * (m * rest - left * loading) + mean * by_intercept;
            self.slopes[j] += by_intercept;
            self.slopes[items + j] += by_loading;
            self.slopes[2 * items + j] += 0.5 * (precision * (rest * rest + left * loading * loading) - 1.0);
            for (first, by) in
                [(self.layout.intercept_slopes[j], by_intercept), (self.layout.loading_slopes[j], by_loading)]
            {
                if let Some(first) = first {
                    z.iter().enumerate().for_each(|(k, z)| self.slopes[first + k] += by * z);
                }
            }
        }
        let by_log_variance = 0.5 * ((m * m + left) / variance - 1.0);
        let (means, variances) = (self.layout.mean_slopes(), self.layout.variance_slopes());
        for k in 0..numbers {
            self.slopes[means + k] += z[k] * m / variance;
            self.slopes[variances + k] += z[k] * by_log_variance;
        }
        value
    }

    /// Observed information, by central differences of the gradient.
    pub(super) fn information(&mut self, x: &DVector<f64>) -> DMatrix<f64> {
        let size = x.len();
        let mut information = DMatrix::zeros(size, size);
        let (mut above, mut below) = (DVector::zeros(size), DVector::zeros(size));
        for i in 0..size {
            let step = 1e-5 * (1.0 + x[i].abs());
            for (sign, gradient) in [(1.0, &mut above), (-1.0, &mut below)] {
                let mut near = x.clone();
                near[i] += sign * step;
                self.value(&near);
                self.gradient(gradient);
            }
            information.set_column(i, &((&above - &below) / (2.0 * step)));
        }
        crate::numeric::cholesky::symmetrise(&mut information);
        information
    }
}

impl Objective for Likelihood<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        self.slopes.fill(0.0);
        let value: f64 = (0..self.answers.rows.len()).map(|row| self.respondent(row, x)).sum();
        value.is_finite().then_some(-value)
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        gradient.iter_mut().zip(&self.slopes).for_each(|(g, s)| *g = -s);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_differences() {
        let rows: Vec<Vec<f64>> =
            (0..9).map(|i| (0..3).map(|j| f64::from((i * 5 + j * 7) % 11) / 3.0 - 1.0).collect()).collect();
        let mut answers = Answers {
            rows,
            numbers: (0..9).map(|i| vec![f64::from(i) / 4.0 - 1.0, f64::from(i % 2)]).collect(),
        };
        answers.rows[2][1] = f64::NAN;
        let freed = Freed { intercepts: vec![true, false, true], loadings: vec![false, true, true] };
        let mut likelihood = Likelihood::new(&answers, Layout::new(3, 2, &freed));
        let size = likelihood.layout.size;
        let x = DVector::from_fn(size, |i, _| 0.3 + 0.1 * ((i * 3) % 7) as f64);
        let mut gradient = DVector::from_element(size, f64::NAN);
        likelihood.value(&x).unwrap();
        likelihood.gradient(&mut gradient);
        for i in 0..size {
            let mut at = |step: f64| {
                let mut near = x.clone();
                near[i] += step;
                likelihood.value(&near).unwrap()
            };
            let difference = (at(1e-6) - at(-1e-6)) / 2e-6;
            approx::assert_relative_eq!(gradient[i], difference, epsilon = 1e-6, max_relative = 1e-6);
        }
    }
}

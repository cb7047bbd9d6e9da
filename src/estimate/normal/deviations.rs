//! Cases, and how they deviate from the moments under a weight.

use crate::estimate::conventions::At;
use crate::estimate::observed::Cases;
use crate::estimate::weight::{Layout, Weight};
use crate::model::Direction;
use nalgebra::{DMatrix, DVector};

/// What cases deviate by, under a weight.
#[derive(Debug)]
pub(crate) struct Deviations {
    pub(crate) weight: Weight,
    pub(crate) layout: Layout,
    /// Deviation of each case, one per column.
    pub(crate) e: DMatrix<f64>,
    /// What the fixed covariates predict of it.
    pub(crate) h: Option<DMatrix<f64>>,
    /// The second moments that are subtracted.
    pub(crate) centre: DMatrix<f64>,
}

impl Deviations {
    pub(crate) fn new(group: &Cases<'_>, weight: &Weight, centre: At) -> Option<Self> {
        let Cases { table, observed, implied, rows } = group;
        let (p, n) = rows.shape();
        let mean = mean_at(group, centre);
        let raw = DMatrix::from_fn(p, n, |i, c| rows[(i, c)] - mean[i]);
        let predicted = match centre {
            At::SampleGivenCovariates if !table.covariates.is_empty() => {
                Some(prediction(&observed.covariance, &table.covariates, &raw)?)
            }
            _ => None,
        };
        let e = weight.vector(raw);
        let h = predicted.map(|h| weight.vector(h));
        let mut moments = match centre {
            At::Model => weight.matrix(&implied.sigma),
            // of rows that are known by their sums
            At::Sample | At::SampleGivenCovariates if n == 0 => weight.matrix(&observed.covariance),
            // their own mean, whatever the divisor of the observed covariances
            At::Sample | At::SampleGivenCovariates => &e * e.transpose() / n as f64,
        };
        if let Some(h) = &h {
            moments -= h * h.transpose() / n as f64;
        }
        let layout = Layout { p, has_means: table.has_means };
        Some(Self { weight: weight.clone(), layout, e, h, centre: moments })
    }

    /// What the cases deviate from.
    pub(crate) fn mean_of(&self, group: &Cases<'_>, centre: At) -> DVector<f64> {
        mean_at(group, centre).clone()
    }

    pub(crate) fn n(&self) -> usize {
        self.e.ncols()
    }

    /// R w, one column per case.
    pub(crate) fn vectors(&self) -> DMatrix<f64> {
        let mut vectors = DMatrix::zeros(self.layout.len(), self.n());
        for c in 0..self.n() {
            let case = self.e.column(c);
            let fixed = |j: usize| self.h.as_ref().map_or(0.0, |h| h[(j, c)]);
            let own = self.weight.moments(
                self.layout,
                |j| case[j] - fixed(j),
                |j, k| case[j] * case[k] - fixed(j) * fixed(k) - self.centre[(j, k)],
            );
            vectors.set_column(c, &own);
        }
        vectors
    }

    /// w_i'w_j between two runs of cases, under a normal-theory weight.
    fn products(&self, first: (usize, usize), second: (usize, usize)) -> DMatrix<f64> {
        let run = |m: &DMatrix<f64>, (from, count): (usize, usize)| m.columns(from, count).into_owned();
        let own = self.forms();
        let constant = 0.5 * self.centre.norm_squared();
        let (a, b) = (run(&self.e, first), run(&self.e, second));
        let mut products = a.tr_mul(&b);
        let means = self.layout.has_means;
        let of_means = |x: f64| if means { x } else { 0.0 };
        match &self.h {
            None => products.apply(|x| *x = of_means(*x) + 0.5 * *x * *x),
            Some(h) => {
                let (g, k) = (run(h, first), run(h, second));
                let (ak, gb, gk) = (a.tr_mul(&k), g.tr_mul(&b), g.tr_mul(&k));
                for (at, x) in products.iter_mut().enumerate() {
                    let (eh, he, hh) = (ak[at], gb[at], gk[at]);
                    *x = of_means(*x - eh - he + hh) + 0.5 * (*x * *x - eh * eh - he * he + hh * hh);
                }
            }
        }
        for (j, mut column) in products.column_iter_mut().enumerate() {
            for (i, x) in column.iter_mut().enumerate() {
                *x += constant - 0.5 * (own[first.0 + i] + own[second.0 + j]);
            }
        }
        products
    }

    /// e'Ce - h'Ch of each case.
    fn forms(&self) -> Vec<f64> {
        let form = |m: &DMatrix<f64>| -> Vec<f64> {
            let cm = &self.centre * m;
            m.column_iter().zip(cm.column_iter()).map(|(a, b)| a.dot(&b)).collect()
        };
        let mut own = form(&self.e);
        if let Some(h) = &self.h {
            own.iter_mut().zip(form(h)).for_each(|(a, b)| *a -= b);
        }
        own
    }

    /// The mean of w'w, under a normal-theory weight.
    pub(crate) fn mean_square(&self) -> f64 {
        let constant = 0.5 * self.centre.norm_squared();
        let each = self.forms().into_iter().enumerate().map(|(c, form)| {
            let e = self.e.column(c);
            let (ee, eh, hh) = match &self.h {
                Some(h) => (e.norm_squared(), e.dot(&h.column(c)), h.column(c).norm_squared()),
                None => (e.norm_squared(), 0.0, 0.0),
            };
            let means = if self.layout.has_means { ee - 2.0 * eh + hh } else { 0.0 };
            means + 0.5 * (ee * ee - 2.0 * eh * eh + hh * hh) - form + constant
        });
        each.sum::<f64>() / self.n() as f64
    }

    /// Means over pairs of cases of (w_i'w_j)^2 and of (w_i'w_j)(q_i'q_j), with q the columns of `parts`.
    pub(crate) fn pair_means(&self, parts: &DMatrix<f64>) -> (f64, f64) {
        let n = self.n();
        let moments = self.layout.len();
        let by_vectors = moments * moments < n * (self.layout.p + parts.nrows());
        if by_vectors || !matches!(self.weight, Weight::Normal(_)) {
            let vectors = self.vectors();
            let gamma = &vectors * vectors.transpose() / n as f64;
            let mixed = vectors * parts.transpose() / n as f64;
            return (gamma.norm_squared(), mixed.norm_squared());
        }
        let runs: Vec<(usize, usize)> =
            (0..n).step_by(BLOCK).map(|from| (from, BLOCK.min(n - from))).collect();
        let (mut squares, mut mixed) = (0.0, 0.0);
        for (a, &first) in runs.iter().enumerate() {
            for &second in &runs[..=a] {
                let products = self.products(first, second);
                let explained = parts.columns(first.0, first.1).tr_mul(&parts.columns(second.0, second.1));
                let twice = if first == second { 1.0 } else { 2.0 };
                squares += twice * products.norm_squared();
                mixed += twice * products.dot(&explained);
            }
        }
        let pairs = (n * n) as f64;
        (squares / pairs, mixed / pairs)
    }
}

fn mean_at<'a>(group: &'a Cases<'_>, centre: At) -> &'a DVector<f64> {
    if centre == At::Model && group.table.has_means { &group.implied.mu } else { &group.observed.mean }
}

/// Cases whose products are held at a time.
const BLOCK: usize = 512;

/// R times each case's deviation from the moments, one column per case.
pub(crate) fn contributions(group: &Cases<'_>, weight: &Weight, centre: At) -> Option<DMatrix<f64>> {
    Deviations::new(group, weight, centre).map(|deviations| deviations.vectors())
}

/// What the covariates `x` predict of each case's deviations, of themselves included.
fn prediction(s: &DMatrix<f64>, x: &[usize], deviations: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let inverse =
        crate::numeric::cholesky::inverse(&DMatrix::from_fn(x.len(), x.len(), |i, j| s[(x[i], x[j])]))?;
    let slopes = DMatrix::from_fn(s.nrows(), x.len(), |i, j| s[(i, x[j])]) * inverse;
    let of_x = DMatrix::from_fn(x.len(), deviations.ncols(), |i, c| deviations[(x[i], c)]);
    Some(slopes * of_x)
}

/// The directions of the free parameters, and behind them one for each moment of the fixed covariates;
/// how many numbers they have.
pub(super) fn directions(group: &Cases<'_>) -> (Vec<Direction>, usize) {
    let (free, implied) = (group.table.n_free, group.implied);
    let mut directions = implied.directions.clone();
    let fixed = implied.sample_directions.iter().enumerate();
    directions.extend(fixed.map(|(at, d)| Direction { free: free + at, ..*d }));
    (directions, free + implied.sample_directions.len())
}

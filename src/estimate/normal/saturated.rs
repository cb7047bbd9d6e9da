//! Cases weighted by the observed information of the saturated model, taken at the implied moments: what
//! Yuan and Bentler's (2000) statistic in its original form has in the place of normal theory's weight.
//!
//! With C = L^-1 (S + dd') L^-T, z = L^-1 d and d = ybar - mu, the weight takes two deviations (m, X) and
//! (k, Y), whitened by Sigma = L L', to
//!
//! ```text
//! tr(X C Y) - tr(X Y) / 2 + z'Y m + z'X k + m'k
//! ```
//!
//! which is half the second derivative of F in the moments (see [`super::likelihood`]).

use crate::estimate::normal::deviations::Deviations;
use crate::estimate::observed::Cases;
use crate::estimate::weight::Layout;
use crate::model::{Direction, Implied};
use nalgebra::{DMatrix, DVector};

/// C and z of a group.
#[derive(Debug)]
pub(crate) struct Curvature {
    c: DMatrix<f64>,
    z: DVector<f64>,
}

impl Curvature {
    pub(crate) fn of(group: &Cases<'_>, deviations: &Deviations) -> Self {
        let Cases { observed, implied, .. } = group;
        let difference = &observed.mean - &implied.mu;
        let z =
            deviations.weight.vector(DMatrix::from_column_slice(difference.len(), 1, difference.as_slice()));
        let z = match deviations.layout.has_means {
            true => z.column(0).into_owned(),
            false => DVector::zeros(difference.len()),
        };
        Self { c: deviations.weight.matrix(&observed.covariance) + &z * z.transpose(), z }
    }

    /// Means over pairs of cases of (w_i'A w_j)^2 and of (w_i'A w_j)(q_i'q_j), with q the columns of `parts`.
    pub(crate) fn pair_means(&self, deviations: &Deviations, parts: &DMatrix<f64>) -> (f64, f64) {
        let n = deviations.n() as f64;
        let vectors = deviations.vectors();
        let weighted = self.weighted(deviations.layout, &vectors);
        let gamma = &weighted * vectors.transpose() / n;
        let mixed = (&vectors * parts.transpose()).dot(&(weighted * parts.transpose()));
        (gamma.dot(&gamma.transpose()), mixed / (n * n))
    }

    /// A w of each column: means m + Xz and covariances CX + XC - X + zm' + mz'.
    fn weighted(&self, layout: Layout, vectors: &DMatrix<f64>) -> DMatrix<f64> {
        let (p, first) = (layout.p, if layout.has_means { layout.p } else { 0 });
        let mut weighted = DMatrix::zeros(vectors.nrows(), vectors.ncols());
        for (vector, mut own) in vectors.column_iter().zip(weighted.column_iter_mut()) {
            let mut mean = DVector::zeros(p);
            mean.rows_mut(0, first).copy_from(&vector.rows(0, first));
            let mut x = DMatrix::zeros(p, p);
            let pairs = (0..p).flat_map(|j| (0..=j).map(move |k| (j, k)));
            for ((j, k), element) in pairs.clone().zip(vector.iter().skip(first)) {
                let element = if j == k { element * std::f64::consts::SQRT_2 } else { *element };
                (x[(j, k)], x[(k, j)]) = (element, element);
            }
            let (product, across) = (&self.c * &x, &self.z * mean.transpose());
            let matrix = &product + product.transpose() - &x + &across + across.transpose();
            own.rows_mut(0, first).copy_from(&(mean + x * &self.z).rows(0, first));
            for ((j, k), element) in pairs.zip(own.iter_mut().skip(first)) {
                *element = matrix[(j, k)] * if j == k { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
            }
        }
        weighted
    }
}

/// Scores (a column per case), their expected products, and the mean of w'Aw.
pub(crate) fn saturated_scores(
    group: &Cases<'_>,
    deviations: &Deviations,
    curvature: &Curvature,
    directions: &[Direction],
    rows: usize,
) -> (DMatrix<f64>, DMatrix<f64>, f64) {
    let Cases { implied, .. } = group;
    let has_means = deviations.layout.has_means;
    let Curvature { c, z } = curvature;
    let columns: Vec<DVector<f64>> = (0..implied.width()).map(|g| implied.column(g)).collect();
    let g = deviations.weight.vector(DMatrix::from_columns(&columns));
    let forms = Forms { plain: g.tr_mul(&g), curved: g.tr_mul(&(c * &g)), linear: g.tr_mul(z) };
    let mean = |d: &Direction| {
        let (g, at) = d.mean.filter(|_| has_means)?;
        Some((g, at.map_or(1.0, |j| implied.eta_mean[j])))
    };
    // both parts of a deviation ee' - hh', with their signs; the means deviate by e - h
    let parts: Vec<(&DMatrix<f64>, f64)> =
        std::iter::once((&deviations.e, 1.0)).chain(deviations.h.as_ref().map(|h| (h, -1.0))).collect();
    let n = deviations.e.ncols();
    let centre_curved = g.tr_mul(&(&deviations.centre * c * &g));
    let centre_plain = g.tr_mul(&(&deviations.centre * &g));
    let centre_linear = g.tr_mul(&(&deviations.centre * z));
    let mut scores = DMatrix::zeros(n, rows);
    for &(part, sign) in &parts {
        let (a, b) = ((g.tr_mul(part)).transpose(), g.tr_mul(&(c * part)).transpose());
        let along = part.tr_mul(z);
        for direction in directions {
            let mut column = scores.column_mut(direction.free);
            if let Some((u, v, k)) = direction.covariance {
                for (i, s) in column.iter_mut().enumerate() {
                    let quadratic = a[(i, u)] * b[(i, v)] + a[(i, v)] * b[(i, u)] - a[(i, u)] * a[(i, v)];
                    let mixed = forms.linear[u] * a[(i, v)] + forms.linear[v] * a[(i, u)];
                    *s += sign * k * (quadratic + if has_means { mixed } else { 0.0 });
                }
            }
            if let Some((x, scale)) = mean(direction) {
                for (i, s) in column.iter_mut().enumerate() {
                    *s += sign * scale * (a[(i, x)] + along[i] * a[(i, x)]);
                }
            }
        }
    }
    for direction in directions {
        let mut constant = 0.0;
        if let Some((u, v, k)) = direction.covariance {
            constant += k * (centre_curved[(u, v)] + centre_curved[(v, u)] - centre_plain[(u, v)]);
        }
        if let Some((x, scale)) = mean(direction) {
            constant += scale * centre_linear[x];
        }
        scores.column_mut(direction.free).add_scalar_mut(-constant);
    }
    let mut gram = DMatrix::zeros(rows, rows);
    for (at, first) in directions.iter().enumerate() {
        for second in &directions[..=at] {
            let element = forms.product(first, second, implied, &mean);
            gram[(first.free, second.free)] += element;
            if !std::ptr::eq(first, second) {
                gram[(second.free, first.free)] += element;
            }
        }
    }
    (scores.transpose(), gram, mean_square(deviations, c, z))
}

/// Elements of G' A G.
struct Forms {
    plain: DMatrix<f64>,
    curved: DMatrix<f64>,
    linear: DVector<f64>,
}

impl Forms {
    fn product(
        &self,
        s: &Direction,
        t: &Direction,
        implied: &Implied,
        mean: &impl Fn(&Direction) -> Option<(usize, f64)>,
    ) -> f64 {
        debug_assert_eq!(self.plain.nrows(), implied.width());
        let (q, r, l) = (&self.plain, &self.curved, &self.linear);
        let mut sum = 0.0;
        if let (Some((u, v, c)), Some((x, y, d))) = (s.covariance, t.covariance) {
            let curved =
                r[(v, x)] * q[(y, u)] + r[(v, y)] * q[(x, u)] + r[(u, x)] * q[(y, v)] + r[(u, y)] * q[(x, v)];
            sum += c * d * (curved - q[(v, x)] * q[(y, u)] - q[(v, y)] * q[(x, u)]);
        }
        for (one, other) in [(s, t), (t, s)] {
            if let (Some((u, v, c)), Some((g, scale))) = (one.covariance, mean(other)) {
                sum += c * scale * (l[u] * q[(v, g)] + l[v] * q[(u, g)]);
            }
        }
        if let (Some((g, a)), Some((h, b))) = (mean(s), mean(t)) {
            sum += a * b * q[(g, h)];
        }
        sum
    }
}

/// Mean of tr(X C X) - tr(X X) / 2 + 2 z'X m + m'm over cases with X = ee' - hh' - M and m = e - h.
fn mean_square(deviations: &Deviations, c: &DMatrix<f64>, z: &DVector<f64>) -> f64 {
    let Deviations { e, h, centre, layout, .. } = deviations;
    let n = e.ncols();
    let mut sum = 0.0;
    for i in 0..n {
        let case = e.column(i);
        let mut x = case * case.transpose() - centre;
        let mut m = case.into_owned();
        if let Some(h) = h {
            x -= h.column(i) * h.column(i).transpose();
            m -= h.column(i);
        }
        let xc = &x * c;
        sum += xc.dot(&x) - 0.5 * x.norm_squared();
        if layout.has_means {
            sum += 2.0 * z.dot(&(&x * &m)) + m.norm_squared();
        }
    }
    sum / n as f64
}

//! What each respondent contributes to the moments, and with it the sampling variation of the moments
//! without assuming normality. The matrix Gamma of fourth-order moments is never formed.
//!
//! With Sigma = L L' a case y becomes e = L^-1 (y - centre), and its deviation from the moments the
//! vector
//!
//! ```text
//! w = [ e,  (e e' - L^-1 S L^-T)_jk for j > k,  the same / sqrt(2) for j = k ]
//! ```
//!
//! of length p + p (p + 1) / 2, so that w'w' is the inner product under the normal-theory weight V =
//! [Sigma^-1, 1/2 D'(Sigma^-1 x Sigma^-1) D] (Browne 1984; Satorra & Bentler 1994). Derivatives of the
//! moments are whitened likewise. Then, with Q an orthonormal basis of all derivatives,
//!
//! ```text
//! tr(U Gamma)     = mean |w|^2 - |Q'w|^2
//! tr((U Gamma)^2) = mean over pairs of cases (w_i'w_j - (Q'w_i)'(Q'w_j))^2
//! ```

use super::likelihood::Observed;
use crate::model::{Direction, Implied, ParameterTable};
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};

/// Which moments whiten, and from where cases deviate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// The moments that the model implies.
    Model,
    /// The observed moments.
    Sample,
    /// The observed moments, with the fixed covariates held at their values: what they predict does not
    /// vary.
    SampleGivenCovariates,
}

/// A group's cases and derivatives, whitened.
#[derive(Debug)]
pub(crate) struct Whitened {
    /// Share of the group in all respondents.
    pub(crate) share: f64,
    /// One column per case.
    pub(crate) cases: DMatrix<f64>,
    /// One column per free parameter.
    pub(crate) derivatives: DMatrix<f64>,
    /// One column per moment of the fixed covariates.
    nuisance: DMatrix<f64>,
}

/// One group at the solution, with its rows.
pub(crate) struct Cases<'a> {
    pub(crate) table: &'a ParameterTable,
    pub(crate) observed: &'a Observed,
    pub(crate) implied: &'a Implied,
    /// p x n.
    pub(crate) rows: &'a DMatrix<f64>,
}

impl Whitened {
    /// Whitens by `metric` the deviations of cases from `centre`.
    pub(crate) fn new(group: &Cases<'_>, metric: At, centre: At, share: f64) -> Option<Self> {
        let Cases { table, observed, implied, rows } = group;
        let sigma = |at: At| if at == At::Model { &implied.sigma } else { &observed.covariance };
        let mean = if centre == At::Model && table.has_means { &implied.mu } else { &observed.mean };
        let inverse = inverse_factor(sigma(metric))?;
        let (p, n) = rows.shape();
        let deviations = DMatrix::from_fn(p, n, |i, c| rows[(i, c)] - mean[i]);
        let predicted = match centre {
            At::SampleGivenCovariates if !table.covariates.is_empty() => {
                Some(prediction(&observed.covariance, &table.covariates, &deviations)?)
            }
            _ => None,
        };
        let e = &inverse * deviations;
        let h = predicted.map(|h| &inverse * h);
        let mut centred = &inverse * sigma(centre) * inverse.transpose();
        if let Some(h) = &h {
            centred -= h * h.transpose() / n as f64;
        }
        let layout = Layout { p, has_means: table.has_means };
        let mut cases = DMatrix::zeros(layout.len(), n);
        for c in 0..n {
            let case = e.column(c);
            let fixed = |j: usize| h.as_ref().map_or(0.0, |h| h[(j, c)]);
            layout.write(
                cases.column_mut(c).as_mut_slice(),
                |j| case[j] - fixed(j),
                |j, k| case[j] * case[k] - fixed(j) * fixed(k) - centred[(j, k)],
            );
        }
        let derive = |directions: &[Direction], columns: usize, by_parameter: bool| {
            let mut matrix = DMatrix::zeros(layout.len(), columns);
            for (at, direction) in directions.iter().enumerate() {
                let column = if by_parameter { direction.free } else { at };
                layout.add_derivative(&mut matrix, column, implied, &inverse, direction);
            }
            matrix
        };
        let derivatives = derive(&implied.directions, table.n_free, true);
        let nuisance = derive(&implied.sample_directions, implied.sample_directions.len(), false);
        Some(Self { share, cases, derivatives, nuisance })
    }

    fn n(&self) -> f64 {
        self.cases.ncols() as f64
    }
}

/// How a symmetric matrix and a vector lie in one column.
#[derive(Debug, Clone, Copy)]
struct Layout {
    p: usize,
    has_means: bool,
}

impl Layout {
    fn len(self) -> usize {
        self.p * (self.p + 1) / 2 + if self.has_means { self.p } else { 0 }
    }

    fn write(self, column: &mut [f64], mean: impl Fn(usize) -> f64, element: impl Fn(usize, usize) -> f64) {
        let mut at = 0;
        if self.has_means {
            for j in 0..self.p {
                column[j] += mean(j);
            }
            at = self.p;
        }
        for j in 0..self.p {
            for k in 0..=j {
                let scale = if j == k { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
                column[at] += scale * element(j, k);
                at += 1;
            }
        }
    }

    fn add_derivative(
        self,
        matrix: &mut DMatrix<f64>,
        column: usize,
        implied: &Implied,
        inverse: &DMatrix<f64>,
        direction: &Direction,
    ) {
        let whitened = |column: usize| -> DVector<f64> { inverse * implied.column(column) };
        let mut target = matrix.column_mut(column);
        let target = target.as_mut_slice();
        if let Some((u, v, c)) = direction.covariance {
            let (u, v) = (whitened(u), whitened(v));
            self.write(target, |_| 0.0, |j, k| c * (u[j] * v[k] + v[j] * u[k]));
        }
        if self.has_means
            && let Some((g, scale)) = direction.mean
        {
            let (g, scale) = (whitened(g), scale.map_or(1.0, |j| implied.eta_mean[j]));
            self.write(target, |j| scale * g[j], |_, _| 0.0);
        }
    }
}

/// What the covariates `x` predict of each case's deviations, of themselves included.
fn prediction(s: &DMatrix<f64>, x: &[usize], deviations: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let inverse = super::robust::inverse(&DMatrix::from_fn(x.len(), x.len(), |i, j| s[(x[i], x[j])]))?;
    let slopes = DMatrix::from_fn(s.nrows(), x.len(), |i, j| s[(i, x[j])]) * inverse;
    let of_x = DMatrix::from_fn(x.len(), deviations.ncols(), |i, c| deviations[(x[i], c)]);
    Some(slopes * of_x)
}

/// L^-1 of a positive definite matrix.
fn inverse_factor(matrix: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let mut factor = matrix.clone();
    cholesky::factorise(&mut factor).ok()?;
    let mut inverse = DMatrix::zeros(matrix.nrows(), matrix.nrows());
    cholesky::invert(&mut factor, &mut inverse);
    Some(factor)
}

/// sum_g f_g D'W W'D / n_g: what the estimates' sampling variation has in its middle.
pub(crate) fn meat(groups: &[Whitened]) -> DMatrix<f64> {
    let q = groups.first().map_or(0, |g| g.derivatives.ncols());
    let mut meat = DMatrix::zeros(q, q);
    for group in groups {
        let scores = group.derivatives.tr_mul(&group.cases);
        meat.gemm(group.share / group.n(), &scores, &scores.transpose(), 1.0);
    }
    meat
}

/// tr(Gamma V), the moments of fixed covariates included.
pub(crate) fn total(groups: &[Whitened]) -> f64 {
    groups.iter().map(|group| group.cases.norm_squared() / group.n()).sum()
}

/// tr(U Gamma) and, where asked for, tr((U Gamma)^2). `directions` holds the directions in which the
/// parameters can move, as columns.
pub(crate) fn residual_traces(groups: &[Whitened], directions: &DMatrix<f64>, squared: bool) -> (f64, f64) {
    let basis = basis(groups, directions);
    let mut explained: Vec<DMatrix<f64>> = Vec::with_capacity(groups.len());
    let mut trace = 0.0;
    for (group, basis) in groups.iter().zip(&basis) {
        let part = basis.tr_mul(&group.cases);
        trace += (group.cases.norm_squared() - part.norm_squared()) / group.n();
        explained.push(part);
    }
    let mut trace_of_square = 0.0;
    if squared {
        for (g, first) in groups.iter().enumerate() {
            for (h, second) in groups.iter().enumerate().take(g + 1) {
                let mut products = explained[g].tr_mul(&explained[h]);
                if g == h {
                    products = first.cases.tr_mul(&first.cases) - products;
                }
                let twice = if g == h { 1.0 } else { 2.0 };
                trace_of_square += twice * products.norm_squared() / (first.n() * second.n());
            }
        }
    }
    (trace, trace_of_square)
}

/// An orthonormal basis of the stacked derivatives, cut into the groups' parts.
fn basis(groups: &[Whitened], directions: &DMatrix<f64>) -> Vec<DMatrix<f64>> {
    let rows: usize = groups.iter().map(|g| g.cases.nrows()).sum();
    let free = directions.ncols();
    let columns = free + groups.iter().map(|g| g.nuisance.ncols()).sum::<usize>();
    let mut stacked = DMatrix::zeros(rows, columns);
    let (mut row, mut column) = (0, free);
    for group in groups {
        let scale = group.share.sqrt();
        let height = group.cases.nrows();
        stacked.view_mut((row, 0), (height, free)).copy_from(&(&group.derivatives * directions * scale));
        let width = group.nuisance.ncols();
        stacked.view_mut((row, column), (height, width)).copy_from(&group.nuisance);
        row += height;
        column += width;
    }
    // by the Cholesky factor of the Gram matrix: the columns are far from collinear at a solution
    let gram = stacked.tr_mul(&stacked);
    let q = match inverse_factor(&gram) {
        Some(inverse) => stacked * inverse.transpose(),
        None => stacked.qr().q(),
    };
    let mut row = 0;
    let part = |group: &Whitened| {
        let part = q.rows(row, group.cases.nrows()).into_owned();
        row += group.cases.nrows();
        part
    };
    groups.iter().map(part).collect()
}

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
use super::weight::{Layout, Weight};
use crate::model::{Direction, Implied, ParameterTable};
use crate::numeric::cholesky;
use nalgebra::DMatrix;

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
    /// The deviations of cases from `centre`, under a weight.
    pub(crate) fn new(group: &Cases<'_>, weight: &Weight, centre: At, share: f64) -> Option<Self> {
        let Cases { table, observed, implied, rows } = group;
        let layout = Layout { p: rows.nrows(), has_means: table.has_means };
        let cases = contributions(group, weight, centre, layout)?;
        let directions = &implied.sample_directions;
        // each moment of the fixed covariates has a column of its own
        let numbered: Vec<Direction> =
            directions.iter().enumerate().map(|(free, d)| Direction { free, ..*d }).collect();
        debug_assert_eq!(observed.mean.len(), layout.p);
        Some(Self {
            share,
            cases,
            derivatives: derivatives(weight, layout, implied, &implied.directions, table.n_free),
            nuisance: derivatives(weight, layout, implied, &numbered, numbered.len()),
        })
    }

    fn n(&self) -> f64 {
        self.cases.ncols() as f64
    }
}

/// R times each case's deviation from the moments, one column per case.
pub(crate) fn contributions(
    group: &Cases<'_>,
    weight: &Weight,
    centre: At,
    layout: Layout,
) -> Option<DMatrix<f64>> {
    let Cases { table, observed, implied, rows } = group;
    let (p, n) = rows.shape();
    let mean = if centre == At::Model && table.has_means { &implied.mu } else { &observed.mean };
    let deviations = DMatrix::from_fn(p, n, |i, c| rows[(i, c)] - mean[i]);
    let predicted = match centre {
        At::SampleGivenCovariates if !table.covariates.is_empty() => {
            Some(prediction(&observed.covariance, &table.covariates, &deviations)?)
        }
        _ => None,
    };
    let e = weight.vector(deviations);
    let h = predicted.map(|h| weight.vector(h));
    let mut centred = match centre {
        At::Model => weight.matrix(&implied.sigma),
        // their own mean, whatever the divisor of the observed covariances
        At::Sample | At::SampleGivenCovariates => &e * e.transpose() / n as f64,
    };
    if let Some(h) = &h {
        centred -= h * h.transpose() / n as f64;
    }
    let mut cases = DMatrix::zeros(layout.len(), n);
    for c in 0..n {
        let case = e.column(c);
        let fixed = |j: usize| h.as_ref().map_or(0.0, |h| h[(j, c)]);
        let own = weight.moments(
            layout,
            |j| case[j] - fixed(j),
            |j, k| case[j] * case[k] - fixed(j) * fixed(k) - centred[(j, k)],
        );
        cases.set_column(c, &own);
    }
    Some(cases)
}

/// R times the derivatives of the moments, one column per parameter.
pub(crate) fn derivatives(
    weight: &Weight,
    layout: Layout,
    implied: &Implied,
    directions: &[Direction],
    columns: usize,
) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(layout.len(), columns);
    let part = |column: usize| -> DMatrix<f64> {
        let column = implied.column(column);
        weight.vector(DMatrix::from_column_slice(column.len(), 1, column.as_slice()))
    };
    for direction in directions {
        let covariance = direction.covariance.map(|(u, v, c)| (part(u), part(v), c));
        let mean = direction.mean.filter(|_| layout.has_means);
        let mean = mean.map(|(g, scale)| part(g) * scale.map_or(1.0, |j| implied.eta_mean[j]));
        let own = weight.moments(
            layout,
            |j| mean.as_ref().map_or(0.0, |mean| mean[j]),
            |j, k| covariance.as_ref().map_or(0.0, |(u, v, c)| c * (u[j] * v[k] + v[j] * u[k])),
        );
        matrix.column_mut(direction.free).axpy(1.0, &own, 1.0);
    }
    matrix
}

/// What the covariates `x` predict of each case's deviations, of themselves included.
fn prediction(s: &DMatrix<f64>, x: &[usize], deviations: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let inverse = super::robust::inverse(&DMatrix::from_fn(x.len(), x.len(), |i, j| s[(x[i], x[j])]))?;
    let slopes = DMatrix::from_fn(s.nrows(), x.len(), |i, j| s[(i, x[j])]) * inverse;
    let of_x = DMatrix::from_fn(x.len(), deviations.ncols(), |i, c| deviations[(x[i], c)]);
    Some(slopes * of_x)
}

/// L^-1 of a positive definite matrix.
pub(crate) fn inverse_factor(matrix: &DMatrix<f64>) -> Option<DMatrix<f64>> {
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

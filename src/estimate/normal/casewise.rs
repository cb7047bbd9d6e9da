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
//! [Sigma^-1, 1/2 D'(Sigma^-1 x Sigma^-1) D] (Browne 1984; Satorra & Bentler 1994). The vector itself is
//! seldom needed: a score is a product of two elements of G'L^-T e (see [`crate::model`]), and
//!
//! ```text
//! w_i'w_j = e_i'e_j + ((e_i'e_j)^2 - e_i'C e_i - e_j'C e_j + tr C^2) / 2,      C = L^-1 S L^-T
//! ```
//!
//! With s = D'V w the scores, A = D'VD and q = A^(-1/2) s,
//!
//! ```text
//! tr(U Gamma)     = mean |w|^2 - |q|^2
//! tr((U Gamma)^2) = mean over pairs of cases (w_i'w_j - q_i'q_j)^2
//! ```

use super::saturated::{Curvature, saturated_scores};
use crate::estimate::conventions::At;
use crate::estimate::normal::deviations::{Deviations, directions};
use crate::estimate::normal::summed::{Summed, summed};
use crate::estimate::observed::Cases;
use crate::estimate::weight::{Layout, Weight};
use crate::model::{Direction, Implied};
use crate::numeric::cholesky::inverse_factor;
use nalgebra::{DMatrix, DVector};

/// A group's cases: their deviations from the moments, and their scores.
#[derive(Debug)]
pub(crate) struct Scored {
    /// Share of the group in all respondents.
    pub(crate) share: f64,
    /// D'V w, one column per case: a row per free parameter, then one per moment of the fixed covariates.
    scores: DMatrix<f64>,
    /// D'VD of the same.
    gram: DMatrix<f64>,
    free: usize,
    /// Mean of w'w.
    mean_square: f64,
    /// Cases; where the scores are a root of their products, more or fewer than columns.
    cases: f64,
    deviations: Deviations,
    /// The observed information of the saturated model, where it is the weight.
    curvature: Option<Curvature>,
}

impl Scored {
    /// The deviations of cases from `centre`, under a weight.
    pub(crate) fn new(group: &Cases<'_>, weight: &Weight, centre: At, share: f64) -> Option<Self> {
        Self::scaled(group, weight, centre, share, 1.0)
    }

    /// The same with the deviations of covariances from normal theory's multiplied.
    pub(crate) fn scaled(
        group: &Cases<'_>,
        weight: &Weight,
        centre: At,
        share: f64,
        covariances: f64,
    ) -> Option<Self> {
        let deviations = Deviations::new(group, weight, centre)?;
        let (directions, rows) = directions(group);
        if let Some(pass) = group.observed.seen.second_pass() {
            if covariances != 1.0 || !matches!(weight, Weight::Normal(_)) {
                return None;
            }
            let (_, gram) = normal_scores(&deviations, group.implied, &directions, rows, covariances);
            let Summed { scores, mean_square } =
                summed(pass, group, &deviations, &deviations.mean_of(group, centre))?;
            let (free, cases) = (group.table.n_free, group.observed.n as f64);
            return Some(Self { share, scores, gram, free, mean_square, cases, deviations, curvature: None });
        }
        let (scores, gram, mean_square) = if matches!(weight, Weight::Normal(_)) {
            let (scores, gram) = normal_scores(&deviations, group.implied, &directions, rows, covariances);
            (scores, gram, deviations.mean_square())
        } else {
            let derivatives = derivatives(weight, deviations.layout, group.implied, &directions, rows);
            let vectors = deviations.vectors();
            let mean_square = vectors.norm_squared() / vectors.ncols() as f64;
            (derivatives.tr_mul(&vectors), derivatives.tr_mul(&derivatives), mean_square)
        };
        let (free, cases) = (group.table.n_free, scores.ncols() as f64);
        Some(Self { share, scores, gram, free, mean_square, cases, deviations, curvature: None })
    }

    /// The same under the observed information of the saturated model at the implied moments, those of fixed
    /// covariates left out.
    pub(crate) fn saturated(group: &Cases<'_>, centre: At, share: f64) -> Option<Self> {
        if group.observed.seen.second_pass().is_some() {
            return None;
        }
        let weight = Weight::Normal(inverse_factor(&group.implied.sigma)?);
        let deviations = Deviations::new(group, &weight, centre)?;
        let (directions, rows) = (group.implied.directions.clone(), group.table.n_free);
        let curvature = Curvature::of(group, &deviations);
        let (scores, gram, mean_square) = saturated_scores(group, &deviations, &curvature, &directions, rows);
        let curvature = Some(curvature);
        let (free, cases) = (group.table.n_free, scores.ncols() as f64);
        Some(Self { share, scores, gram, free, mean_square, cases, deviations, curvature })
    }

    /// Without parameters for the moments of the fixed covariates: least squares give those no weight.
    pub(crate) fn given_covariates(self) -> Self {
        Self { scores: self.free_scores(), gram: self.information(), ..self }
    }

    fn n(&self) -> f64 {
        self.cases
    }

    /// The scores of the free parameters, one column per case.
    pub(crate) fn free_scores(&self) -> DMatrix<f64> {
        self.scores.rows(0, self.free).into_owned()
    }

    /// D'VD of the free parameters.
    pub(crate) fn information(&self) -> DMatrix<f64> {
        self.gram.view((0, 0), (self.free, self.free)).into_owned()
    }
}

/// Scores and their expected products, by the index lists of the derivatives.
fn normal_scores(
    deviations: &Deviations,
    implied: &Implied,
    directions: &[Direction],
    rows: usize,
    covariances: f64,
) -> (DMatrix<f64>, DMatrix<f64>) {
    let n = deviations.n();
    let columns: Vec<DVector<f64>> = (0..implied.width()).map(|g| implied.column(g)).collect();
    let g = deviations.weight.vector(DMatrix::from_columns(&columns));
    let (cases, form) = (g.tr_mul(&deviations.e).transpose(), g.tr_mul(&g));
    let predicted = deviations.h.as_ref().map(|h| g.tr_mul(h).transpose());
    let centre = g.tr_mul(&(&deviations.centre * &g));
    let has_means = deviations.layout.has_means;
    let mean = |d: &Direction| {
        let (g, at) = d.mean.filter(|_| has_means)?;
        Some((g, at.map_or(1.0, |j| implied.eta_mean[j])))
    };
    // one column per parameter here: the cases lie one behind the other
    let mut scores = DMatrix::zeros(n, rows);
    for direction in directions {
        let mut column = scores.column_mut(direction.free);
        if let Some((u, v, c)) = direction.covariance {
            let (expected, c) = (centre[(u, v)], covariances * c);
            for (s, (a, b)) in column.iter_mut().zip(cases.column(u).iter().zip(cases.column(v).iter())) {
                *s += c * (a * b - expected);
            }
            if let Some(h) = &predicted {
                for (s, (a, b)) in column.iter_mut().zip(h.column(u).iter().zip(h.column(v).iter())) {
                    *s -= c * a * b;
                }
            }
        }
        if let Some((g, scale)) = mean(direction) {
            column.axpy(scale, &cases.column(g), 1.0);
            if let Some(h) = &predicted {
                column.axpy(-scale, &h.column(g), 1.0);
            }
        }
    }
    let mut gram = DMatrix::zeros(rows, rows);
    for (a, first) in directions.iter().enumerate() {
        for second in &directions[..=a] {
            let mut element = 0.0;
            if let (Some((u, v, c)), Some((s, t, d))) = (first.covariance, second.covariance) {
                element += c * d * (form[(s, u)] * form[(t, v)] + form[(t, u)] * form[(s, v)]);
            }
            if let (Some((g, x)), Some((h, y))) = (mean(first), mean(second)) {
                element += x * y * form[(g, h)];
            }
            gram[(first.free, second.free)] += element;
            if !std::ptr::eq(first, second) {
                gram[(second.free, first.free)] += element;
            }
        }
    }
    (scores.transpose(), gram)
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

/// sum_g f_g S S' / n_g of the scores: what the estimates' sampling variation has in its middle.
pub(crate) fn meat(groups: &[Scored]) -> DMatrix<f64> {
    let q = groups.first().map_or(0, |g| g.free);
    let mut meat = DMatrix::zeros(q, q);
    for group in groups {
        let scores = group.scores.rows(0, q).into_owned();
        meat.gemm(group.share / group.n(), &scores, &scores.transpose(), 1.0);
    }
    meat
}

/// tr(U Gamma) and, where asked for, tr((U Gamma)^2). `directions` holds the directions in which the
/// parameters can move, as columns.
pub(crate) fn residual_traces(
    groups: &[Scored],
    directions: &DMatrix<f64>,
    squared: bool,
) -> Option<(f64, f64)> {
    let parts = explained_parts(groups, directions)?;
    let size = parts.first().map_or(0, DMatrix::nrows);
    let (mut trace, mut square) = (0.0, 0.0);
    let mut explained = DMatrix::zeros(size, size);
    for (group, part) in groups.iter().zip(&parts) {
        trace += group.mean_square - part.norm_squared() / group.n();
        if squared {
            if group.deviations.n() == 0 {
                return None;
            }
            let (all, mixed) = match &group.curvature {
                Some(curvature) => curvature.pair_means(&group.deviations, part),
                None => group.deviations.pair_means(part),
            };
            square += all - 2.0 * mixed;
            explained.gemm(1.0 / group.n(), part, &part.transpose(), 1.0);
        }
    }
    Some((trace, square + explained.norm_squared()))
}

/// A^(-1/2) s of each case, by group, with the moments of the fixed covariates as further parameters.
fn explained_parts(groups: &[Scored], directions: &DMatrix<f64>) -> Option<Vec<DMatrix<f64>>> {
    let free = directions.ncols();
    let nuisance = |group: &Scored| group.scores.nrows() - group.free;
    let size = free + groups.iter().map(nuisance).sum::<usize>();
    let mut gram = DMatrix::zeros(size, size);
    let mut stacked: Vec<DMatrix<f64>> = Vec::with_capacity(groups.len());
    let mut at = free;
    for group in groups {
        let (scale, q, r) = (group.share.sqrt(), group.free, nuisance(group));
        let within = directions.tr_mul(&(group.information() * directions)) * group.share;
        let mut block = gram.view_mut((0, 0), (free, free));
        block += &within;
        let across = directions.tr_mul(&group.gram.view((0, q), (q, r))) * scale;
        gram.view_mut((0, at), (free, r)).copy_from(&across);
        gram.view_mut((at, 0), (r, free)).copy_from(&across.transpose());
        gram.view_mut((at, at), (r, r)).copy_from(&group.gram.view((q, q), (r, r)));
        let mut scores = DMatrix::zeros(size, group.scores.ncols());
        let own = directions.tr_mul(&group.scores.rows(0, q)) * scale;
        scores.rows_mut(0, free).copy_from(&own);
        scores.rows_mut(at, r).copy_from(&group.scores.rows(q, r));
        stacked.push(scores);
        at += r;
    }
    let inverse = inverse_factor(&gram)?;
    Some(stacked.iter().map(|scores| &inverse * scores).collect())
}

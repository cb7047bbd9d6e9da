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

use super::likelihood::Observed;
use super::saturated::{Curvature, saturated_scores};
use super::weight::{Layout, Weight};
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
    deviations: Deviations,
    /// The observed information of the saturated model, where it is the weight.
    curvature: Option<Curvature>,
}

/// One group at the solution, with its rows.
pub(crate) struct Cases<'a> {
    pub(crate) table: &'a ParameterTable,
    pub(crate) observed: &'a Observed,
    pub(crate) implied: &'a Implied,
    /// p x n.
    pub(crate) rows: &'a DMatrix<f64>,
}

/// What cases deviate by, under a weight.
#[derive(Debug)]
pub(super) struct Deviations {
    pub(super) weight: Weight,
    pub(super) layout: Layout,
    /// Deviation of each case, one per column.
    pub(super) e: DMatrix<f64>,
    /// What the fixed covariates predict of it.
    pub(super) h: Option<DMatrix<f64>>,
    /// The second moments that are subtracted.
    pub(super) centre: DMatrix<f64>,
}

impl Deviations {
    fn new(group: &Cases<'_>, weight: &Weight, centre: At) -> Option<Self> {
        let Cases { table, observed, implied, rows } = group;
        let (p, n) = rows.shape();
        let mean = if centre == At::Model && table.has_means { &implied.mu } else { &observed.mean };
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
            // their own mean, whatever the divisor of the observed covariances
            At::Sample | At::SampleGivenCovariates => &e * e.transpose() / n as f64,
        };
        if let Some(h) = &h {
            moments -= h * h.transpose() / n as f64;
        }
        let layout = Layout { p, has_means: table.has_means };
        Some(Self { weight: weight.clone(), layout, e, h, centre: moments })
    }

    fn n(&self) -> usize {
        self.e.ncols()
    }

    /// R w, one column per case.
    fn vectors(&self) -> DMatrix<f64> {
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
    fn mean_square(&self) -> f64 {
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

    /// The same with w_i'A w_j in the place of w_i'w_j.
    fn curved_pair_means(&self, parts: &DMatrix<f64>, curvature: &Curvature) -> (f64, f64) {
        let n = self.n() as f64;
        let vectors = self.vectors();
        let weighted = curvature.weighted(self.layout, &vectors);
        let gamma = &weighted * vectors.transpose() / n;
        let mixed = (&vectors * parts.transpose()).dot(&(weighted * parts.transpose()));
        (gamma.dot(&gamma.transpose()), mixed / (n * n))
    }

    /// Means over pairs of cases of (w_i'w_j)^2 and of (w_i'w_j)(q_i'q_j), with q the columns of `parts`.
    fn pair_means(&self, parts: &DMatrix<f64>) -> (f64, f64) {
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

/// Cases whose products are held at a time.
const BLOCK: usize = 512;

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
        let (scores, gram, mean_square) = if matches!(weight, Weight::Normal(_)) {
            let (scores, gram) = normal_scores(&deviations, group.implied, &directions, rows, covariances);
            (scores, gram, deviations.mean_square())
        } else {
            let derivatives = derivatives(weight, deviations.layout, group.implied, &directions, rows);
            let vectors = deviations.vectors();
            let mean_square = vectors.norm_squared() / vectors.ncols() as f64;
            (derivatives.tr_mul(&vectors), derivatives.tr_mul(&derivatives), mean_square)
        };
        let free = group.table.n_free;
        Some(Self { share, scores, gram, free, mean_square, deviations, curvature: None })
    }

    /// The same under the observed information of the saturated model at the implied moments, those of fixed
    /// covariates left out.
    pub(crate) fn saturated(group: &Cases<'_>, centre: At, share: f64) -> Option<Self> {
        let weight = Weight::Normal(inverse_factor(&group.implied.sigma)?);
        let deviations = Deviations::new(group, &weight, centre)?;
        let (directions, rows) = (group.implied.directions.clone(), group.table.n_free);
        let curvature = Curvature::of(group, &deviations);
        let (scores, gram, mean_square) = saturated_scores(group, &deviations, &curvature, &directions, rows);
        let curvature = Some(curvature);
        Some(Self { share, scores, gram, free: group.table.n_free, mean_square, deviations, curvature })
    }

    /// Without parameters for the moments of the fixed covariates: least squares give those no weight.
    pub(crate) fn given_covariates(self) -> Self {
        Self { scores: self.free_scores(), gram: self.information(), ..self }
    }

    fn n(&self) -> f64 {
        self.scores.ncols() as f64
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

/// The directions of the free parameters, and behind them one for each moment of the fixed covariates;
/// how many numbers they have.
fn directions(group: &Cases<'_>) -> (Vec<Direction>, usize) {
    let (free, implied) = (group.table.n_free, group.implied);
    let mut directions = implied.directions.clone();
    let fixed = implied.sample_directions.iter().enumerate();
    directions.extend(fixed.map(|(at, d)| Direction { free: free + at, ..*d }));
    (directions, free + implied.sample_directions.len())
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

/// R times each case's deviation from the moments, one column per case.
pub(crate) fn contributions(group: &Cases<'_>, weight: &Weight, centre: At) -> Option<DMatrix<f64>> {
    Deviations::new(group, weight, centre).map(|deviations| deviations.vectors())
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

/// tr(Gamma V) of a group at its observed moments, those of fixed covariates included.
pub(crate) fn mean_square(group: &Cases<'_>, weight: &Weight) -> Option<f64> {
    Deviations::new(group, weight, At::Sample).map(|deviations| deviations.mean_square())
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
            let (all, mixed) = match &group.curvature {
                Some(curvature) => group.deviations.curved_pair_means(part, curvature),
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

//! Information and scores of incomplete rows under normality, pattern by pattern.
//!
//! With P_k the inverse of the implied covariance matrix of pattern k (zero elsewhere), a_i = P_k (y_i - mu) and
//! M_k = sum a_i a_i' over its rows, the Hessian of -2 log L has the elements
//!
//! ```text
//! -n_k tr(P S_s P S_t) + 2 tr(P S_s M_k S_t) + tr((n_k P - M_k) S_st) + 2 n_k m_s' P m_t + 2 sum_i a_i' (S_s P m_t + S_t P m_s) - 2 sum_i a_i' m_st
//! ```
//!
//! with S_s, m_s the derivatives of implied covariances and means (Savalei 2010; Yuan & Bentler 2000, eq. 10 to
//! 13); expected values for missingness that does not depend on the answers (M_k = n_k P, a = 0) leave
//! `n_k tr(P S_s P S_t) + 2 n_k m_s' P m_t` (Kenward & Molenberghs 1998 say when not to use them). P_k differs from Sigma^-1 by a matrix of the
//! rank of its missing variables, so G'P_kG is an update of G'Sigma^-1 G (see [`crate::model`]).

use super::moments::{moment_information, moment_scores};
use crate::data::Progress;
use crate::error::Result;
use crate::estimate::inference::Information;
use crate::moments::Missing;
use crate::moments::incomplete::Incomplete;
use crate::moments::saturated::{Saturated, value_at};
use crate::numeric::cholesky;
use crate::numeric::cholesky::inverse;
use crate::numeric::once::once;
use crate::numeric::product::{gram, product};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;
use std::sync::OnceLock;

/// A group's incomplete rows, and their saturated model.
#[derive(Debug)]
pub(crate) struct IncompleteGroup {
    pub(crate) policy: Missing,
    /// Every row by itself,
    pub(crate) rows: Incomplete,
    /// and gathered into square roots.
    pub(crate) short: Incomplete,
    pub(crate) saturated: Saturated,
    /// Count, mean and variance of each variable in the rows that have it.
    pub(crate) of_each: (DVector<f64>, DVector<f64>, DVector<f64>),
    /// Pairs of variables that no row has together, though some have each of them.
    pub(crate) apart: Vec<(usize, usize)>,
    /// Variables that no row has, and other groups do. Their moments here are those of the others, uncorrelated with the
    /// rest: they are needed for start values only, and count in no likelihood and no test.
    pub(crate) absent: Vec<usize>,
    /// What is worked out of the saturated moments when it is first asked for.
    known: KnownMoments,
    /// How its rows are drawn and which of them count.
    design: Design,
}

/// How rows are drawn, and which of them count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Design {
    /// The cluster of each row, where respondents are not independent.
    pub(crate) clusters: Option<Vec<usize>>,
    /// The sampling weight of each row.
    pub(crate) weights: Option<Vec<f64>>,
    /// Complete rows only: here for their clusters or weights.
    pub(crate) listwise: bool,
    /// Who may stop the search for their saturated model.
    pub(crate) progress: Progress,
}

/// At the saturated moments of incomplete rows.
#[derive(Debug, Default)]
struct KnownMoments {
    /// W and its inverse, by observed information.
    observed: OnceLock<Option<(DMatrix<f64>, DMatrix<f64>)>>,
    /// Scores of the rows, or fewer columns with the same products.
    scores: OnceLock<Option<DMatrix<f64>>>,
    /// W^-1 times them.
    influence: OnceLock<Option<DMatrix<f64>>>,
}

impl IncompleteGroup {
    /// Of rows that are known by the sums of each pattern: no scores of rows.
    pub(crate) fn of_sums(rows: Incomplete, names: &[String], progress: &Progress) -> Result<Self> {
        let design = Design { progress: progress.clone(), ..Design::default() };
        Self::of_incomplete(rows.clone(), rows, names, Missing::Fiml, design, &[])
    }

    /// `elsewhere` has mean and variance of the variables that only other groups answered.
    pub(crate) fn new(
        rows: &DMatrix<f64>,
        names: &[String],
        policy: Missing,
        design: Design,
        elsewhere: &[(usize, f64, f64)],
    ) -> Result<Self> {
        let rows = Incomplete::weighted(rows, design.weights.as_deref());
        let short = rows.compressed();
        Self::of_incomplete(rows, short, names, policy, design, elsewhere)
    }

    fn of_incomplete(
        rows: Incomplete,
        short: Incomplete,
        names: &[String],
        policy: Missing,
        design: Design,
        elsewhere: &[(usize, f64, f64)],
    ) -> Result<Self> {
        let p = rows.p;
        let absent: Vec<usize> = elsewhere.iter().map(|own| own.0).collect();
        let mut of_each = rows.of_each();
        let saturated = if absent.is_empty() {
            Saturated::of(&short, names, &design.progress)?
        } else {
            let there: Vec<usize> = (0..p).filter(|i| !absent.contains(i)).collect();
            let own: Vec<String> = there.iter().map(|&i| names[i].clone()).collect();
            let own = Saturated::of(&short.select(&there), &own, &design.progress)?;
            let (mut mean, mut covariance) = (DVector::zeros(p), DMatrix::zeros(p, p));
            for (a, &i) in there.iter().enumerate() {
                mean[i] = own.mean[a];
                there.iter().enumerate().for_each(|(b, &j)| covariance[(i, j)] = own.covariance[(a, b)]);
            }
            for &(i, own, variance) in elsewhere {
                (mean[i], covariance[(i, i)]) = (own, variance);
                (of_each.1[i], of_each.2[i]) = (own, variance);
            }
            Saturated { mean, covariance, value: own.value }
        };
        let mut together = DMatrix::from_element(p, p, false);
        for pattern in &rows.patterns {
            for &i in &pattern.observed {
                pattern.observed.iter().for_each(|&j| together[(i, j)] = true);
            }
        }
        let pairs = (0..p).flat_map(|i| (0..i).map(move |j| (j, i)));
        let counts = |i: usize| !absent.contains(&i);
        let apart = pairs.filter(|&(i, j)| counts(i) && counts(j) && !together[(i, j)]).collect();
        let known = KnownMoments::default();
        Ok(Self { policy, rows, short, saturated, of_each, apart, absent, known, design })
    }

    /// The same with variable `order[i]` as the i-th.
    pub(crate) fn in_order(&self, order: &[usize]) -> Self {
        let own = |v: &DVector<f64>| DVector::from_iterator(order.len(), order.iter().map(|&i| v[i]));
        let covariance = &self.saturated.covariance;
        let (n, mean, variance) = &self.of_each;
        let place = |i: usize| order.iter().position(|&known| known == i).unwrap_or(i);
        let pair = |&(i, j): &(usize, usize)| (place(i).min(place(j)), place(i).max(place(j)));
        Self {
            policy: self.policy,
            rows: self.rows.reordered(order),
            short: self.short.reordered(order),
            saturated: Saturated {
                mean: own(&self.saturated.mean),
                covariance: DMatrix::from_fn(order.len(), order.len(), |i, j| {
                    covariance[(order[i], order[j])]
                }),
                ..self.saturated.clone()
            },
            of_each: (own(n), own(mean), own(variance)),
            apart: self.apart.iter().map(pair).collect(),
            absent: self.absent.iter().map(|&i| place(i)).collect(),
            known: KnownMoments::default(),
            design: self.design.clone(),
        }
    }

    /// The information of a row about the saturated moments.
    pub(crate) fn information(&self, information: Information) -> Option<DMatrix<f64>> {
        let own = inverse(&self.saturated.covariance)?;
        moment_information(&self.short, &self.saturated.mean, &own, information)
    }

    /// Whether every mean and covariance of the variables is known to the data.
    pub(crate) fn knows_all(&self) -> bool {
        self.apart.is_empty() && self.absent.is_empty()
    }

    /// Means, variances and covariances that the data do not know, and of these the covariances.
    pub(crate) fn unknown_moments(&self) -> (usize, usize) {
        let (p, k) = (self.rows.p, self.absent.len());
        let pairs = |p: usize| p * p.saturating_sub(1) / 2;
        let covariances = self.apart.len() + pairs(p) - pairs(p - k);
        (2 * k + covariances, covariances)
    }

    /// The observed information of a row about the saturated moments, and its inverse (0 of moments that the data do not
    /// know, about which there is none).
    pub(crate) fn observed_information(&self) -> Option<&(DMatrix<f64>, DMatrix<f64>)> {
        let of = || {
            let w = self.information(Information::Observed)?;
            let known = informed(&w);
            let own = inverse(&w.select_rows(&known).select_columns(&known))?;
            let mut bread = DMatrix::zeros(w.nrows(), w.nrows());
            for (a, &i) in known.iter().enumerate() {
                known.iter().enumerate().for_each(|(b, &j)| bread[(i, j)] = own[(a, b)]);
            }
            Some((w, bread))
        };
        once(&self.known.observed, of).as_ref()
    }

    /// -2 log L / N of some variables by themselves at the saturated moments, without its constant.
    pub(crate) fn value_of(&self, variables: &[usize]) -> f64 {
        if variables.is_empty() {
            return 0.0;
        }
        let (mean, covariance) = &self.saturated.of_variables(variables);
        value_at(&self.short.select(variables), mean, covariance).unwrap_or(f64::NAN)
    }

    /// How many values of some variables there are, by the weights of the rows.
    pub(crate) fn values_of(&self, variables: &[usize]) -> f64 {
        self.short.select(variables).values()
    }

    /// Moments of covariates by themselves, by maximum likelihood: those of the saturated model where every row has them.
    pub(crate) fn moments_of(&self, variables: &[usize]) -> Option<(DVector<f64>, DMatrix<f64>)> {
        if variables.is_empty() || self.rows.have(variables) {
            return Some(self.saturated.of_variables(variables));
        }
        let own = Saturated::of(
            &self.short.select(variables),
            &vec![String::new(); variables.len()],
            &self.design.progress,
        )
        .ok()?;
        Some((own.mean, own.covariance))
    }

    pub(crate) fn has_weights(&self) -> bool {
        self.design.weights.is_some()
    }

    pub(crate) fn is_listwise(&self) -> bool {
        self.design.listwise
    }

    /// Scores added up within clusters (a column per cluster, times the root of J / (J - 1)), or as they are.
    pub(crate) fn by_cluster(&self, scores: DMatrix<f64>) -> DMatrix<f64> {
        let Some(clusters) = &self.design.clusters else { return scores };
        let count = clusters.iter().max().map_or(0, |last| last + 1);
        let mut sums = DMatrix::zeros(scores.nrows(), count);
        for (score, &cluster) in scores.column_iter().zip(clusters) {
            let mut sum = sums.column_mut(cluster);
            sum += score;
        }
        let j = clusters.iter().collect::<std::collections::HashSet<_>>().len() as f64;
        sums * (j / (j - 1.0)).sqrt()
    }

    /// Each row's (or cluster's) derivatives of its log-likelihood with respect to the saturated moments, S; or, where
    /// there are more rows than moments, the Cholesky factor of SS'.
    pub(crate) fn moment_scores(&self) -> Option<&DMatrix<f64>> {
        let of = || {
            if self.rows.order.is_empty() {
                return None;
            }
            let own = inverse(&self.saturated.covariance)?;
            let scores = self.by_cluster(moment_scores(&self.rows, &self.saturated.mean, &own)?);
            if scores.ncols() <= scores.nrows() {
                return Some(scores);
            }
            let mut factor = gram(&scores);
            match cholesky::factorise(&mut factor) {
                Ok(()) => {
                    factor.fill_upper_triangle(0.0, 1);
                    Some(factor)
                }
                Err(_) => Some(scores),
            }
        };
        once(&self.known.scores, of).as_ref()
    }

    /// W^-1 S: how far each row moves the saturated moments, times N.
    pub(crate) fn influence(&self) -> Option<&DMatrix<f64>> {
        let of = || Some(product(&self.observed_information()?.1, self.moment_scores()?));
        once(&self.known.influence, of).as_ref()
    }

    /// The sampling covariance of the saturated moments times N, without assuming normality.
    pub(crate) fn sandwich(&self) -> Option<DMatrix<f64>> {
        Some(gram(self.influence()?) / self.rows.total)
    }

    /// tr(W_c Gamma) of that, W_c the information of a complete row: the mean of
    ///
    /// ```text
    /// m' Omega m + tr(Omega S Omega S) / 2        Omega = Sigma^-1, m and S what a row moves mean and covariance by
    /// ```
    pub(crate) fn complete_trace(&self) -> Option<f64> {
        let (omega, p) = (inverse(&self.saturated.covariance)?, self.rows.p);
        let of_row = |column: nalgebra::DVectorView<'_, f64>| {
            let mean = column.rows(0, p);
            let mut moved = DMatrix::zeros(p, p);
            let mut at = p;
            for j in 0..p {
                for i in j..p {
                    (moved[(i, j)], moved[(j, i)]) = (column[at], column[at]);
                    at += 1;
                }
            }
            let half = &omega * moved;
            mean.dot(&(&omega * mean)) + 0.5 * half.dot(&half.transpose())
        };
        let influence = self.influence()?;
        let parts: Vec<f64> =
            (0..influence.ncols()).into_par_iter().map(|c| of_row(influence.column(c))).collect();
        Some(parts.iter().sum::<f64>() / self.rows.total)
    }
}

/// Places of the moments about which there is information.
pub(crate) fn informed(information: &DMatrix<f64>) -> Vec<usize> {
    (0..information.nrows()).filter(|&i| information[(i, i)] > 0.0).collect()
}

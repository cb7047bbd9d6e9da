//! Standard errors, tests and measures of fit of incomplete rows.
//!
//! With W the information of one row about means and covariances, B the mean outer product of its scores, Gamma =
//! W^-1 (or W^-1 B W^-1) the sampling covariance of the saturated moments times N, W_c the information of a complete
//! row, D the derivatives of the implied moments and H = (D'WD)^-1:
//!
//! ```text
//! full information: estimates       H D'BD H / N
//!                   level of h1     tr(B W^-1) at the saturated moments
//!                   robust measures F_c = complete-data discrepancy between saturated and implied moments,
//!                                   E(N F_c) = tr(W_c R Gamma R'),   R = I - D H D'W, over all groups together
//! two stages:       estimates       H_c D'W_c Gamma W_c D H_c / N,   H_c = (D'W_c D)^-1
//!                   test            T / c,   c = (tr(W_c Gamma) - tr(H_c D'W_c Gamma W_c D)) / df
//! ```
//!
//! (Yuan & Bentler 2000; Savalei & Bentler 2009; Savalei & Falk 2014; Zhang & Savalei 2023 for the measures, which
//! then estimate what they would without missing answers.)

use super::full_information::{IncompleteGroup, informed};
use super::moments::{
    complete_information, derivatives_with_covariates, moment_derivatives, moment_information,
};
use crate::estimate::constraints::constrained_inverse;
use crate::estimate::incomplete::point::Point;
use crate::estimate::inference::{Information, StandardErrors};
use crate::estimate::observed::{Observed, Problem};
use crate::model::{Implied, ParameterTable};
use crate::moments::Missing;
use crate::moments::incomplete::Incomplete;
use crate::moments::saturated::value_at;
use crate::numeric::cholesky::inverse;
use crate::numeric::cholesky::inverse_factor;
use crate::numeric::product::{gram, product};
use nalgebra::{DMatrix, DVector};
use std::borrow::Cow;

impl Problem<'_> {
    fn each_incomplete<T>(
        &self,
        of: impl Fn(&IncompleteGroup, &Implied, f64) -> Option<T>,
    ) -> Option<Vec<T>> {
        let n: f64 = self.observed.iter().map(|o| o.multiplier).sum();
        self.each_model(|_, _, observed, implied| {
            of(observed.seen_as::<IncompleteGroup>()?, implied, observed.multiplier / n)
        })
    }

    /// B at the model as if rows were independent.
    pub(crate) fn independent_first_order(&self) -> Option<DMatrix<f64>> {
        let q = self.x.len();
        let meats = self.each_incomplete(|group, implied, share| {
            let own = inverse(&implied.sigma)?;
            let scores = Point::new(implied, &own).scores(&group.rows, q)?;
            Some(&scores * scores.transpose() * (share / group.rows.total))
        })?;
        Some(meats.into_iter().sum())
    }

    /// Scores of the rows (or clusters) of each group, with the share of one row.
    pub(crate) fn incomplete_scores(&self) -> Option<Vec<(f64, DMatrix<f64>)>> {
        self.each_incomplete(|group, implied, share| {
            let own = inverse(&implied.sigma)?;
            let scores = Point::new(implied, &own).scores(&group.rows, self.x.len())?;
            Some((share / group.rows.total, group.by_cluster(scores)))
        })
    }

    /// B at the model.
    pub(crate) fn incomplete_first_order(&self) -> Option<DMatrix<f64>> {
        let q = self.x.len();
        let mut meat = DMatrix::zeros(q, q);
        for (share, scores) in self.incomplete_scores()? {
            meat.gemm(share, &scores, &scores.transpose(), 1.0);
        }
        Some(meat)
    }

    /// tr(B W^-1) of the saturated model, of covariances only where means are not modelled, and without the moments of
    /// fixed covariates.
    pub(crate) fn incomplete_level(&self) -> Option<f64> {
        let levels = self.each_model(|_, table, observed, _| {
            let group = observed.seen_as::<IncompleteGroup>()?;
            let scores = group.moment_scores()?;
            let own = free_moments(group.rows.p, table.has_means, &table.covariates);
            if own.len() == scores.nrows() && self.information != Information::Expected {
                return Some(scores.dot(group.influence()?) / group.rows.total);
            }
            let expected = match self.information {
                Information::Expected => Some(group.information(Information::Expected)?),
                _ => None,
            };
            let w = match &expected {
                Some(w) => w,
                None => &group.observed_information()?.0,
            };
            let known = informed(w);
            let own: Vec<usize> = own.into_iter().filter(|at| known.contains(at)).collect();
            let w = w.select_rows(&own).select_columns(&own);
            Some((inverse_factor(&w)? * scores.select_rows(&own)).norm_squared() / group.rows.total)
        })?;
        Some(levels.iter().sum())
    }

    /// D'WD with W at the implied moments.
    pub(crate) fn incomplete_saturated(&self) -> Option<DMatrix<f64>> {
        let q = self.x.len();
        let own = self.each_incomplete(|group, implied, share| {
            let w = moment_information(
                &group.short,
                &implied.mu,
                &inverse(&implied.sigma)?,
                Information::Observed,
            )?;
            let d = moment_derivatives(implied, q);
            Some(d.tr_mul(&(w * &d)) * share)
        })?;
        Some(own.into_iter().sum())
    }

    /// Gamma of two stages, by the information asked for.
    fn gamma<'a>(&self, group: &'a IncompleteGroup) -> Option<Cow<'a, DMatrix<f64>>> {
        if !group.knows_all() {
            return None;
        }
        if self.information == Information::Expected {
            let bread = inverse(&group.information(Information::Expected)?)?;
            return Some(Cow::Owned(match group.policy {
                Missing::RobustTwoStage => {
                    let influence = product(&bread, group.moment_scores()?);
                    gram(&influence) / group.rows.total
                }
                _ => bread,
            }));
        }
        match group.policy {
            Missing::RobustTwoStage => group.sandwich().map(Cow::Owned),
            _ => Some(Cow::Borrowed(&group.observed_information()?.1)),
        }
    }

    /// D'W_c Gamma W_c D, D'W_c D and tr(W_c Gamma) of two stages.
    pub(crate) fn two_stage(&self) -> Option<(DMatrix<f64>, DMatrix<f64>, f64)> {
        let q = self.x.len();
        let parts = self.each_incomplete(|group, implied, share| {
            let gamma = self.gamma(group)?;
            let w = complete_information(&inverse(&group.saturated.covariance)?);
            let d = moment_derivatives(implied, q);
            let wd = &w * &d;
            Some((wd.tr_mul(&(&*gamma * &wd)) * share, d.tr_mul(&wd) * share, w.dot(&*gamma)))
        })?;
        let (mut meat, mut bread, mut trace) = (DMatrix::zeros(q, q), DMatrix::zeros(q, q), 0.0);
        for part in parts {
            meat += part.0;
            bread += part.1;
            trace += part.2;
        }
        Some((meat, bread, trace))
    }

    /// tr(U Gamma) of two stages.
    pub(crate) fn two_stage_trace(&self) -> Option<f64> {
        let (meat, bread, trace) = self.two_stage()?;
        let explained = constrained_inverse(&bread, self.jacobian)? * meat;
        Some(trace - explained.trace())
    }

    /// tr(U Gamma) of two stages with lavaan's Gamma of an independence model: mean products of the values that are
    /// there, about their own means, a missing one being none.
    pub(crate) fn two_stage_trace_of_available(&self) -> Option<f64> {
        let q = self.x.len();
        let parts = self.each_incomplete(|group, implied, share| {
            let moments = available_deviations(&group.rows);
            let w = complete_information(&inverse(&group.saturated.covariance)?);
            let d = moment_derivatives(implied, q);
            let wd = &w * &d;
            let moved = wd.tr_mul(&moments);
            let n = moments.ncols() as f64;
            let meat = &moved * moved.transpose() * (share / n);
            Some((meat, d.tr_mul(&wd) * share, moments.dot(&(&w * &moments)) / n))
        })?;
        let (mut meat, mut bread, mut trace) = (DMatrix::zeros(q, q), DMatrix::zeros(q, q), 0.0);
        for part in parts {
            meat += part.0;
            bread += part.1;
            trace += part.2;
        }
        Some(trace - (constrained_inverse(&bread, self.jacobian)? * meat).trace())
    }

    /// N F_c and its expectation where the model holds. Moments of fixed covariates are parameters here: the model
    /// reproduces them.
    pub(crate) fn complete_discrepancy(&self, standard_errors: StandardErrors) -> Option<(f64, f64)> {
        let of_covariates = |_, _: &_, _: &Observed, implied: &Implied| Some(implied.sample_directions.len());
        let fixed = self.each_model(of_covariates)?;
        let q = self.x.len() + fixed.iter().sum::<usize>();
        let n: f64 = self.observed.iter().map(|o| o.multiplier).sum();
        let robust = matches!(standard_errors, StandardErrors::RobustHuberWhite);
        let parts = self.each_model(|at, _, observed, implied| {
            // of moments that nobody knows there is no discrepancy
            let group = observed.seen_as::<IncompleteGroup>().filter(|group| group.knows_all())?;
            let share = observed.multiplier / n;
            let (w, bread) = group.observed_information()?;
            let asked = match self.information {
                Information::Expected => Some(group.information(Information::Expected)?),
                _ => None,
            };
            let w_c = complete_information(&inverse(&group.saturated.covariance)?);
            let from = self.x.len() + fixed[..at].iter().sum::<usize>();
            let d = derivatives_with_covariates(implied, from, q);
            let (wd, w_cd) = (product(w, &d), product(&w_c, &d));
            // Gamma W D and tr(W_c Gamma)
            let (moved, trace) = match robust {
                true => {
                    let scores = group.moment_scores()?;
                    let own = group.influence()? * scores.tr_mul(&d) / group.rows.total;
                    (own, group.complete_trace()?)
                }
                false => (d.clone(), w_c.dot(bread)),
            };
            let saturated = &group.saturated;
            let f = discrepancy(&saturated.covariance, &saturated.mean, implied, &inverse(&implied.sigma)?)?;
            Some((
                group.rows.total * f,
                trace,
                // D'WD with the information asked for, D'W Gamma W D, D'W_c Gamma W D and D'W_c D
                [
                    asked.map_or_else(|| d.tr_mul(&wd), |w| d.tr_mul(&product(&w, &d))) * share,
                    wd.tr_mul(&moved) * share,
                    w_cd.tr_mul(&moved) * share,
                    d.tr_mul(&w_cd) * share,
                ],
            ))
        })?;
        let (mut chisq, mut expected) = (0.0, 0.0);
        let mut sums = [(); 4].map(|()| DMatrix::<f64>::zeros(q, q));
        for (own, trace, matrices) in parts {
            chisq += own;
            expected += trace;
            sums.iter_mut().zip(matrices).for_each(|(sum, own)| *sum += own);
        }
        let [bread, meat, mixed, complete] = sums;
        let jacobian = self.jacobian.clone().resize_horizontally(q, 0.0);
        let h = constrained_inverse(&bread, &jacobian)?;
        expected += (&h * meat * &h * complete).trace() - 2.0 * (h * mixed).trace();
        Some((chisq, expected))
    }
}

/// Places of the moments that are no sample moments of the fixed covariates `x`: means, where they are modelled, and then
/// the lower triangle by columns.
fn free_moments(p: usize, has_means: bool, x: &[usize]) -> Vec<usize> {
    let means = (0..p).map(|i| has_means && !x.contains(&i));
    let pairs = (0..p).flat_map(|j| (j..p).map(move |i| !(x.contains(&i) && x.contains(&j))));
    means.chain(pairs).enumerate().filter_map(|(at, free)| free.then_some(at)).collect()
}

/// Each row's deviations and products of deviations from their means over the rows that have them, 0 where missing.
fn available_deviations(rows: &Incomplete) -> DMatrix<f64> {
    let (p, mean) = (rows.p, rows.of_each().1);
    let pairs: Vec<(usize, usize)> = (0..p).flat_map(|j| (j..p).map(move |i| (i, j))).collect();
    let mut all = DMatrix::zeros(p + pairs.len(), rows.n);
    let mut count = vec![0.0; pairs.len()];
    let mut sum = vec![0.0; pairs.len()];
    for pattern in &rows.patterns {
        let own: Vec<usize> = (0..pairs.len())
            .filter(|&k| [pairs[k].0, pairs[k].1].iter().all(|i| pattern.observed.contains(i)))
            .collect();
        for c in pattern.from..pattern.from + pattern.count {
            for &i in &pattern.observed {
                all[(i, c)] = rows.columns[(i, c)] - mean[i];
            }
            for &k in &own {
                let product = all[(pairs[k].0, c)] * all[(pairs[k].1, c)];
                all[(p + k, c)] = product;
                count[k] += 1.0;
                sum[k] += product;
            }
        }
    }
    for pattern in &rows.patterns {
        for (k, &(i, j)) in pairs.iter().enumerate() {
            if pattern.observed.contains(&i) && pattern.observed.contains(&j) {
                for c in pattern.from..pattern.from + pattern.count {
                    all[(p + k, c)] -= sum[k] / count[k];
                }
            }
        }
    }
    all
}

/// The complete-data discrepancy between moments and what a model implies.
fn discrepancy(s: &DMatrix<f64>, mean: &DVector<f64>, implied: &Implied, own: &DMatrix<f64>) -> Option<f64> {
    use crate::numeric::cholesky;
    let log = |m: &DMatrix<f64>| {
        let mut factor = m.clone();
        cholesky::factorise(&mut factor).ok()?;
        Some(cholesky::log_determinant(&factor))
    };
    let d = mean - &implied.mu;
    Some(log(&implied.sigma)? - log(s)? + own.dot(s) - s.nrows() as f64 + d.dot(&(own * &d)))
}

/// -2 log L / N of the independence model of a group, without its constant. Its covariates keep their covariances: those of
/// the saturated model where they are fixed, and otherwise those of the covariates by themselves.
pub(crate) fn independence_value(table: &ParameterTable, group: &IncompleteGroup) -> f64 {
    let x = &table.exogenous;
    let (n, _, variance) = &group.of_each;
    let outcomes = (0..variance.len()).filter(|i| !x.contains(i));
    let own: f64 = outcomes.map(|i| n[i] * (variance[i].ln() + 1.0)).sum();
    let of_covariates = match table.covariates.is_empty() && !group.rows.have(x) {
        true => group.moments_of(x).and_then(|(mean, s)| value_at(&group.short.select(x), &mean, &s)),
        false => Some(group.value_of(x)),
    };
    own / group.rows.total + of_covariates.unwrap_or(f64::NAN)
}

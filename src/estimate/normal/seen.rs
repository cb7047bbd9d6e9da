//! Complete rows, or moments alone, as a kind of data.

use crate::error::Result;
use crate::estimate::conventions::Conventions;
use crate::estimate::estimator::Criterion;
use crate::estimate::inference::{Information, TestStatistic};
use crate::estimate::normal::casewise::{derivatives, meat};
use crate::estimate::normal::goodness::goodness;
use crate::estimate::normal::independence::{by_least_squares, by_likelihood};
use crate::estimate::normal::moment_weights::moment_weight;
use crate::estimate::normal::residual::{by_share, mplus_square, residual_measures};
use crate::estimate::normal::{least_squares, likelihood};
use crate::estimate::observed::{GroupFit, Observed, Problem, Seen};
use crate::estimate::second_pass::SecondPass;
use crate::estimate::term::{Term, boxed};
use crate::estimate::test_parts::{Baseline, BaselineAsked, Traces};
use crate::estimate::weight::{Layout, Weight};
use crate::model::{Implied, ParameterTable};
use crate::numeric::cholesky;
use crate::numeric::sparse_rows::SparseRows;
use nalgebra::{DMatrix, DVector};
use std::sync::Arc;

/// There is nothing beside the moments, but what rows that are elsewhere were asked.
#[derive(Debug, Default)]
pub(crate) struct Complete {
    pub(crate) second: Option<Arc<SecondPass>>,
}

impl Seen for Complete {
    fn second_pass(&self) -> Option<&SecondPass> {
        self.second.as_deref()
    }

    fn derivatives(&self, table: &ParameterTable, implied: &Implied) -> SparseRows {
        moment_derivatives(table, implied)
    }

    fn replaced(
        &self,
        own: &Observed,
        _table: &ParameterTable,
        from: (&ParameterTable, &Implied),
        order: &[usize],
    ) -> Option<Observed> {
        replaced_moments(own, from, order)
    }

    fn is_complete(&self) -> bool {
        true
    }

    fn weight(
        &self,
        criterion: Criterion,
        conventions: Conventions,
        (table, observed): (&ParameterTable, &Observed),
        rows: Option<&DMatrix<f64>>,
    ) -> Result<Weight> {
        moment_weight(criterion, conventions, table, observed, rows)
    }

    fn terms<'a>(
        &self,
        tables: &'a [ParameterTable],
        observed: &'a [Observed],
        weights: Option<&'a [Weight]>,
    ) -> Vec<Box<dyn Term + 'a>> {
        match weights {
            Some(weights) => boxed(least_squares::terms(tables, observed, weights)),
            None => boxed(likelihood::terms(tables, observed)),
        }
    }

    fn first_order(&self, problem: &Problem<'_>) -> Option<DMatrix<f64>> {
        problem.model_scores().map(|groups| meat(&groups))
    }

    fn saturated_level(&self, problem: &Problem<'_>) -> Option<f64> {
        problem.level_of_cases()
    }

    fn meat(&self, problem: &Problem<'_>) -> Option<(DMatrix<f64>, DMatrix<f64>)> {
        problem.moment_meat()
    }

    fn sandwich(
        &self,
        problem: &Problem<'_>,
        asked: Information,
    ) -> Option<(DMatrix<f64>, Option<DMatrix<f64>>)> {
        if asked == Information::Observed && problem.weighs_observed() {
            return Some((meat(&problem.saturated_scores()?), None));
        }
        let (meat, expected) = problem.moment_meat()?;
        Some((meat, (asked == Information::Expected).then_some(expected)))
    }

    fn traces(&self, problem: &Problem<'_>, test: TestStatistic) -> Option<Traces> {
        problem.traces_of_cases(test)
    }

    fn baseline(&self, problem: &Problem<'_>, _asked: BaselineAsked) -> Result<Baseline> {
        let (chisq, df) =
            summed(problem.tables.iter().zip(problem.observed).map(|(t, o)| by_likelihood(t, o)));
        let chisq = match problem.weights {
            Some(weights) => by_least_squares(problem.tables, problem.observed, weights).unwrap_or(f64::NAN),
            None => chisq,
        };
        Ok(Baseline { chisq, df, traces: None })
    }

    fn saturated_likelihood(&self, problem: &Problem<'_>) -> (f64, f64) {
        let each = problem.tables.iter().zip(problem.observed);
        (each.map(|(table, own)| log_likelihood(table, own, own.n as f64)).sum(), 0.0)
    }

    fn goodness(&self, group: &GroupFit<'_>) -> Option<f64> {
        goodness(group)
    }

    fn residuals(&self, groups: &[GroupFit<'_>]) -> Vec<(&'static str, f64)> {
        by_share(groups, residual_measures)
    }

    fn mplus_srmr(&self, group: &GroupFit<'_>, by_information: bool) -> Option<f64> {
        Some(mplus_square(group, by_information))
    }
}

/// Sums of statistics and of their degrees of freedom.
pub(crate) fn summed(each: impl Iterator<Item = (f64, f64)>) -> (f64, f64) {
    each.fold((0.0, 0.0), |(chisq, df), own| (chisq + own.0, df + own.1))
}

/// Derivatives of means and covariances.
pub(crate) fn moment_derivatives(table: &ParameterTable, implied: &Implied) -> SparseRows {
    let layout = Layout { p: table.observed.len(), has_means: table.has_means };
    SparseRows::of(&derivatives(&Weight::Unit, layout, implied, &implied.directions, table.n_free))
}

/// Moments that another model implies; without means of its own it implies the observed ones.
pub(crate) fn replaced_moments(
    own: &Observed,
    (other, from): (&ParameterTable, &Implied),
    order: &[usize],
) -> Option<Observed> {
    let p = order.len();
    let covariance = DMatrix::from_fn(p, p, |i, j| from.sigma[(order[i], order[j])]);
    let mean = DVector::from_fn(p, |i, _| if other.has_means { from.mu[order[i]] } else { own.mean[i] });
    let mut factor = covariance.clone();
    cholesky::factorise(&mut factor).ok()?;
    let log_determinant = cholesky::log_determinant(&factor);
    let (n, multiplier) = (own.n, own.multiplier);
    Some(Observed { covariance, mean, log_determinant, n, multiplier, seen: Arc::new(Complete::default()) })
}

/// Log-likelihood of the saturated model of n rows, conditional on fixed covariates. Under the Wishart likelihood as lavaan
/// has it: the normal one at the covariances with divisor N - 1.
pub(crate) fn log_likelihood(table: &ParameterTable, observed: &Observed, n: f64) -> f64 {
    let s = &observed.covariance;
    let x = &table.covariates;
    let constant = (2.0 * std::f64::consts::PI).ln();
    let gaussian = |log_determinant: f64, p: usize| {
        let p = p as f64;
        -0.5 * n * (p * constant + log_determinant + p)
    };
    let mut unrestricted = gaussian(observed.log_determinant, s.nrows());
    if !x.is_empty() {
        let block = DMatrix::from_fn(x.len(), x.len(), |i, j| s[(x[i], x[j])]);
        unrestricted -= gaussian(block.determinant().ln(), x.len());
    }
    unrestricted
}

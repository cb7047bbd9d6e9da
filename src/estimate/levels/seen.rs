//! Respondents in clusters, with a model of both levels, as a kind of data.

use crate::error::Result;
use crate::estimate::inference::{Information, TestStatistic};
use crate::estimate::levels::group::TwoLevelGroup;
use crate::estimate::levels::likelihood::terms;
use crate::estimate::levels::measures::{deviances, level_residuals};
use crate::estimate::levels::problem::{independence_trace, moments, saturated_trace};
use crate::estimate::levels::references::{independence, two_level_baseline};
use crate::estimate::normal::seen::moment_derivatives;
use crate::estimate::observed::{GroupFit, Observed, Problem, Revision, Seen};
use crate::estimate::term::{Term, boxed};
use crate::estimate::test_parts::{Baseline, BaselineAsked, Traces};
use crate::estimate::weight::Weight;
use crate::model::{Implied, ParameterTable};
use crate::numeric::sparse_rows::SparseRows;
use nalgebra::DMatrix;
use std::sync::Arc;

impl Seen for TwoLevelGroup {
    fn levels(&self) -> usize {
        2
    }

    fn derivatives(&self, table: &ParameterTable, implied: &Implied) -> SparseRows {
        moment_derivatives(table, implied)
    }

    /// Moments of both levels belong together: a block by itself has none of another model.
    fn replaced(
        &self,
        _own: &Observed,
        _table: &ParameterTable,
        _from: (&ParameterTable, &Implied),
        _order: &[usize],
    ) -> Option<Observed> {
        None
    }

    fn terms<'a>(
        &self,
        tables: &'a [ParameterTable],
        observed: &'a [Observed],
        _weights: Option<&'a [Weight]>,
    ) -> Vec<Box<dyn Term + 'a>> {
        boxed(terms(tables, observed))
    }

    fn revision(&self, information: Information) -> Revision {
        match information {
            Information::Expected => Revision::Hessian,
            _ => Revision::None,
        }
    }

    fn in_order_of(
        &self,
        others: &[ParameterTable],
        tables: &[ParameterTable],
        observed: &[Observed],
    ) -> Vec<Observed> {
        let each = others.iter().zip(tables).zip(observed);
        let mut own: Vec<Observed> =
            each.map(|((other, table), observed)| observed.in_order_of(other, table)).collect();
        if others.iter().zip(tables).all(|(a, b)| a.observed == b.observed) {
            return own;
        }
        for ((own, others), tables) in own.chunks_mut(2).zip(others.chunks(2)).zip(tables.chunks(2)) {
            if let Some(group) = own[0].seen_as::<Self>() {
                let group: Arc<dyn Seen> = Arc::new(group.reordered(tables, others));
                own.iter_mut().for_each(|block| block.seen = Arc::clone(&group));
            }
        }
        own
    }

    fn first_order(&self, problem: &Problem<'_>) -> Option<DMatrix<f64>> {
        problem.two_level_first_order()
    }

    /// Clusters are what is modelled.
    fn has_design_effects(&self) -> bool {
        false
    }

    fn saturated_level(&self, problem: &Problem<'_>) -> Option<f64> {
        saturated_trace(problem.tables, problem.observed, problem.information)
    }

    fn meat(&self, problem: &Problem<'_>) -> Option<(DMatrix<f64>, DMatrix<f64>)> {
        Some((problem.first_order()?.clone(), problem.expected_information()?))
    }

    fn traces(&self, problem: &Problem<'_>, _test: TestStatistic) -> Option<Traces> {
        let (saturated, own) = (problem.saturated_level()?, problem.level()?);
        Some(Traces { trace: saturated - own, square: 0.0, levels: Some((saturated, own)) })
    }

    /// They are those of a search, made with the baseline.
    fn independence_traces(&self, _independence: &Problem<'_>, _test: TestStatistic) -> Option<Traces> {
        None
    }

    fn is_scaled_at_its_minimum(&self) -> bool {
        true
    }

    fn moment_count(&self, problem: &Problem<'_>) -> f64 {
        moments(problem.tables) as f64
    }

    /// By a search of its own.
    fn baseline(&self, problem: &Problem<'_>, asked: BaselineAsked) -> Result<Baseline> {
        let baselines = independence(problem.tables, problem.observed)?;
        let (chisq, df) = two_level_baseline(problem.tables, problem.observed, &baselines);
        let traces = asked.statistic.and_then(|_| {
            let trace = problem.saturated_level()? - independence_trace(problem, &baselines)?;
            Some(Traces::of(trace, 0.0))
        });
        Ok(Baseline { chisq, df, traces })
    }

    fn has_residual_errors(&self) -> bool {
        false
    }

    fn saturated_likelihood(&self, problem: &Problem<'_>) -> (f64, f64) {
        let (given, whole) = deviances(problem);
        (-0.5 * given, whole)
    }

    fn goodness(&self, _group: &GroupFit<'_>) -> Option<f64> {
        None
    }

    /// Measures of moments are not defined on two levels.
    fn statistics(&self, _table: &ParameterTable, _p: usize) -> Option<usize> {
        None
    }

    fn residuals(&self, blocks: &[GroupFit<'_>]) -> Vec<(&'static str, f64)> {
        level_residuals(blocks)
    }
}

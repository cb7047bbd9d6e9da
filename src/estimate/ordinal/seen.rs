//! Thresholds and correlations of ordinal variables as a kind of data.

use crate::correlation::ThreeStage;
use crate::error::{Result, Warning};
use crate::estimate::conventions::Conventions;
use crate::estimate::estimator::Criterion;
use crate::estimate::inference::{StandardErrors, TestStatistic};
use crate::estimate::normal::independence::by_likelihood;
use crate::estimate::normal::moment_weights::{MOMENT_COVARIANCE, singular};
use crate::estimate::normal::residual::{by_share, named};
use crate::estimate::normal::seen::summed;
use crate::estimate::observed::{GroupFit, Observed, Problem, Seen};
use crate::estimate::ordinal::moments::OrdinalMoments;
use crate::estimate::ordinal::residual::ordinal_residual_measures;
use crate::estimate::ordinal::squares::terms;
use crate::estimate::ordinal::variation::traces;
use crate::estimate::ordinal::weights::statistic_weight;
use crate::estimate::term::{Term, boxed};
use crate::estimate::test_parts::{Baseline, BaselineAsked, Robust, Traces};
use crate::estimate::weight::Weight;
use crate::model::{Implied, ParameterTable};
use crate::numeric::sparse_rows::SparseRows;
use nalgebra::{DMatrix, DVector};
use std::sync::Arc;

/// The statistics of a group of ordinal data; none of another kind.
pub(crate) fn stages_of(observed: &Observed) -> Option<&ThreeStage> {
    observed.seen_as()
}

impl Seen for ThreeStage {
    /// Ordinal variables are modelled given covariates.
    fn implied(&self, _own: &Observed, table: &ParameterTable) -> Implied {
        let p = table.observed.len();
        Implied::new(table, &DMatrix::zeros(p, p), &DVector::zeros(p))
    }

    fn completed(&self, own: &Observed, table: &ParameterTable, implied: Implied) -> Implied {
        implied.with_covariates(table, &own.covariance, &own.mean)
    }

    fn threshold(&self, i: usize, k: usize, table: &ParameterTable) -> f64 {
        let margin = (0..i).filter(|j| !table.covariates.contains(j)).count();
        let categories = self.margins.get(margin).and_then(|margin| margin.categories());
        categories.and_then(|own| own.thresholds.get(k).copied()).unwrap_or(0.0)
    }

    fn caveats(&self, _table: &ParameterTable, _groups: Option<(&String, &Vec<String>)>) -> Vec<Warning> {
        self.warnings()
    }

    fn derivatives(&self, table: &ParameterTable, implied: &Implied) -> SparseRows {
        OrdinalMoments::new(table, self).derivatives(implied.given())
    }

    fn replaced(
        &self,
        own: &Observed,
        table: &ParameterTable,
        (other, from): (&ParameterTable, &Implied),
        _order: &[usize],
    ) -> Option<Observed> {
        if table.observed != other.observed || table.covariates != other.covariates {
            return None;
        }
        let stages = self.with_values(OrdinalMoments::new(other, self).implied(from.given()));
        Some(Observed { seen: Arc::new(stages), ..own.clone() })
    }

    fn averaged(&self, all: &[&Observed]) -> Option<Arc<dyn Seen>> {
        let all: Vec<&ThreeStage> = all.iter().copied().map(stages_of).collect::<Option<_>>()?;
        let m = all.len() as f64;
        // about the first, so that equal terms have exactly their mean
        let first = all.first()?;
        let values = all
            .iter()
            .fold(DVector::zeros(first.values.len()), |sum, own| sum + (&own.values - &first.values));
        let (p, _) = first.covariance.shape();
        let covariance =
            all.iter().fold(DMatrix::zeros(p, p), |sum, own| sum + (&own.covariance - &first.covariance));
        let mut stages = (*first).clone();
        stages.values = &first.values + values / m;
        stages.covariance = &first.covariance + covariance / m;
        Some(Arc::new(stages))
    }

    fn weight(
        &self,
        criterion: Criterion,
        _conventions: Conventions,
        (table, _): (&ParameterTable, &Observed),
        _rows: Option<&DMatrix<f64>>,
    ) -> Result<Weight> {
        statistic_weight(criterion, self).ok_or_else(|| singular(MOMENT_COVARIANCE, table))
    }

    fn terms<'a>(
        &self,
        tables: &'a [ParameterTable],
        observed: &'a [Observed],
        weights: Option<&'a [Weight]>,
    ) -> Vec<Box<dyn Term + 'a>> {
        boxed(terms(tables, observed, weights))
    }

    /// Scores of a likelihood: there is none.
    fn first_order(&self, _problem: &Problem<'_>) -> Option<DMatrix<f64>> {
        None
    }

    fn independent(&self, problem: &Problem<'_>) -> Option<(DMatrix<f64>, Option<DMatrix<f64>>)> {
        problem.independent_ordinal().map(|(meat, bread)| (meat, Some(bread)))
    }

    fn saturated_level(&self, _problem: &Problem<'_>) -> Option<f64> {
        None
    }

    fn meat(&self, problem: &Problem<'_>) -> Option<(DMatrix<f64>, DMatrix<f64>)> {
        let ordinal = problem.ordinal()?;
        let variation = problem.variation(&problem.ordinal_groups(&ordinal))?;
        Some((variation.meat.clone(), variation.bread.clone()))
    }

    fn traces(&self, problem: &Problem<'_>, test: TestStatistic) -> Option<Traces> {
        let squared = matches!(test, TestStatistic::MeanVarAdjusted | TestStatistic::ScaledShifted);
        let ordinal = problem.ordinal()?;
        let groups = problem.ordinal_groups(&ordinal);
        let (trace, square) = traces(&groups, problem.variation(&groups)?, squared)?;
        Some(Traces::of(trace, square))
    }

    fn baseline(&self, problem: &Problem<'_>, asked: BaselineAsked) -> Result<Baseline> {
        let unknown = || {
            let each = problem.tables.iter().zip(problem.observed);
            let (_, df) = summed(each.map(|(table, own)| by_likelihood(table, own)));
            Baseline { chisq: f64::NAN, df, traces: Some(Traces::of(0.0, 0.0)) }
        };
        Ok(problem.ordinal_baseline(asked.free_slopes, asked.squared()).unwrap_or_else(unknown))
    }

    /// Mplus does not where there is nothing to scale of the model.
    fn scales_baseline(&self, df: f64, conventions: Conventions) -> bool {
        !(df == 0.0 && conventions == Conventions::Mplus)
    }

    fn robust(&self, problem: &Problem<'_>, _: Option<&Problem<'_>>, _: StandardErrors) -> Robust {
        problem.robust_ordinal().map_or(Robust::Unknown, Robust::Own)
    }

    fn has_residual_errors(&self) -> bool {
        false
    }

    /// There is no likelihood.
    fn saturated_likelihood(&self, _problem: &Problem<'_>) -> (f64, f64) {
        (f64::NAN, 0.0)
    }

    fn goodness(&self, _group: &GroupFit<'_>) -> Option<f64> {
        None
    }

    fn statistics(&self, _table: &ParameterTable, _p: usize) -> Option<usize> {
        Some(self.values.len())
    }

    fn has_wrmr(&self) -> bool {
        true
    }

    fn residuals(&self, groups: &[GroupFit<'_>]) -> Vec<(&'static str, f64)> {
        by_share(groups, of_group)
    }

    /// Thresholds count.
    fn mplus_srmr(&self, group: &GroupFit<'_>, _by_information: bool) -> Option<f64> {
        Some(named(&of_group(group), "srmr_bentler").powi(2))
    }
}

fn of_group(group: &GroupFit<'_>) -> Vec<(&'static str, f64)> {
    match stages_of(group.observed) {
        Some(stages) => ordinal_residual_measures(group.table, stages, group.implied),
        None => Vec::new(),
    }
}

//! Rows that count one by one as a kind of data: their own likelihood, or two stages.

use crate::error::{Result, Warning};
use crate::estimate::incomplete::full_information::IncompleteGroup;
use crate::estimate::incomplete::likelihood::IncompleteTerm;
use crate::estimate::incomplete::moments::expected_form;
use crate::estimate::incomplete::problem::independence_value;
use crate::estimate::inference::{Information, StandardErrors, TestStatistic};
use crate::estimate::normal::goodness::{goodness, goodness_of, normal_form};
use crate::estimate::normal::independence::{by_likelihood, pairs};
use crate::estimate::normal::likelihood;
use crate::estimate::normal::residual::{by_share, mplus_square, residual_measures};
use crate::estimate::normal::seen::{log_likelihood, moment_derivatives, replaced_moments, summed};
use crate::estimate::observed::{GroupFit, Observed, Problem, Revision, Seen};
use crate::estimate::term::{Term, boxed};
use crate::estimate::test_parts::{Baseline, BaselineAsked, Robust, RobustParts, Traces};
use crate::estimate::weight::Weight;
use crate::model::{Implied, ParameterTable};
use crate::moments::Missing;
use crate::numeric::cholesky::inverse;
use crate::numeric::sparse_rows::SparseRows;
use nalgebra::{DMatrix, DVector};
use std::sync::Arc;

impl IncompleteGroup {
    /// Whether the likelihood of the rows is maximised, and not that of their saturated moments.
    fn is_by_rows(&self) -> bool {
        self.policy == Missing::Fiml
    }

    fn of(observed: &Observed) -> Option<&Self> {
        observed.seen_as()
    }
}

impl Seen for IncompleteGroup {
    fn is_of_patterns(&self) -> bool {
        true
    }

    fn there(&self, p: usize) -> Vec<usize> {
        (0..p).filter(|i| !self.absent.contains(i)).collect()
    }

    /// Items that the group was not asked, and variables that nobody answered together.
    fn caveats(&self, table: &ParameterTable, groups: Option<(&String, &Vec<String>)>) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if let (false, Some((variable, names))) = (self.absent.is_empty(), groups) {
            warnings.push(Warning::NotAskedInGroup {
                items: self.absent.iter().map(|&i| table.observed[i].clone()).collect(),
                variable: variable.clone(),
                group: names[table.group].clone(),
            });
        }
        if let Some(&(i, j)) = self.apart.first() {
            warnings.push(Warning::NeverTogether {
                first: table.observed[i].clone(),
                second: table.observed[j].clone(),
                pairs: self.apart.len(),
            });
        }
        warnings
    }

    /// The covariance of variables that nobody has together is no moment, nor is any of one that a group was not asked.
    fn unknown(&self) -> usize {
        self.unknown_moments().0
    }

    fn univariate(&self, own: &Observed, i: usize) -> (f64, f64) {
        match self.is_by_rows() {
            true => (self.of_each.1[i], self.of_each.2[i]),
            false => (own.mean[i], own.covariance[(i, i)]),
        }
    }

    fn covariate_moments(&self, own: &Observed, x: &[usize]) -> Option<(DVector<f64>, DMatrix<f64>)> {
        if self.is_by_rows() && !self.rows.have(x) {
            return self.moments_of(x);
        }
        let (mean, mut covariance) = own.mean_and_covariance(x);
        let each: Vec<(f64, f64)> = x.iter().map(|&i| self.univariate(own, i)).collect();
        each.iter().enumerate().for_each(|(i, (_, variance))| covariance[(i, i)] = *variance);
        Some((DVector::from_fn(mean.len(), |i, _| each[i].0), covariance))
    }

    fn reordered(&self, order: &[usize]) -> Option<Arc<dyn Seen>> {
        self.is_by_rows().then(|| Arc::new(self.in_order(order)) as Arc<dyn Seen>)
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

    fn terms<'a>(
        &self,
        tables: &'a [ParameterTable],
        observed: &'a [Observed],
        _weights: Option<&'a [Weight]>,
    ) -> Vec<Box<dyn Term + 'a>> {
        let own = likelihood::terms(tables, observed);
        if !self.is_by_rows() {
            return boxed(own);
        }
        boxed(
            observed
                .iter()
                .zip(own)
                .filter_map(|(observed, own)| Some(IncompleteTerm::new(Self::of(observed)?, own))),
        )
    }

    fn revision(&self, _information: Information) -> Revision {
        if self.is_by_rows() { Revision::Identification } else { Revision::None }
    }

    fn information(&self, asked: Information) -> Information {
        if self.is_by_rows() { asked } else { Information::Expected }
    }

    fn first_order(&self, problem: &Problem<'_>) -> Option<DMatrix<f64>> {
        match self.is_by_rows() {
            true => problem.incomplete_first_order(),
            false => None,
        }
    }

    fn independent(&self, problem: &Problem<'_>) -> Option<(DMatrix<f64>, Option<DMatrix<f64>>)> {
        Some((problem.independent_first_order()?, None))
    }

    fn has_design_effects(&self) -> bool {
        self.is_by_rows()
    }

    fn saturated_level(&self, problem: &Problem<'_>) -> Option<f64> {
        problem.incomplete_level()
    }

    /// Rows that are incomplete, in clusters, or have weights: their scores.
    fn meat(&self, problem: &Problem<'_>) -> Option<(DMatrix<f64>, DMatrix<f64>)> {
        match self.is_by_rows() {
            true => Some((problem.first_order()?.clone(), problem.expected_information()?)),
            false => problem.two_stage().map(|(meat, bread, _)| (meat, bread)),
        }
    }

    fn traces(&self, problem: &Problem<'_>, _test: TestStatistic) -> Option<Traces> {
        match self.is_by_rows() {
            true => problem.traces_by_levels(|| problem.incomplete_saturated()),
            false => Some(Traces::of(problem.two_stage_trace()?, 0.0)),
        }
    }

    fn independence_traces(&self, independence: &Problem<'_>, test: TestStatistic) -> Option<Traces> {
        match self.is_by_rows() {
            true => self.traces(independence, test),
            false => Some(Traces::of(independence.two_stage_trace_of_available()?, 0.0)),
        }
    }

    fn baseline(&self, problem: &Problem<'_>, _asked: BaselineAsked) -> Result<Baseline> {
        let of_group = |(table, observed): (&ParameterTable, &Observed)| match Self::of(observed) {
            Some(own) if own.is_by_rows() => {
                let f = independence_value(table, own) - own.saturated.value;
                let lost = own.unknown_moments().1 as f64;
                let df = pairs(observed.mean.len()) - pairs(table.exogenous.len()) - lost;
                (observed.multiplier * f.max(0.0), df)
            }
            _ => by_likelihood(table, observed),
        };
        let (chisq, df) = summed(problem.tables.iter().zip(problem.observed).map(of_group));
        Ok(Baseline { chisq, df, traces: None })
    }

    fn robust(
        &self,
        problem: &Problem<'_>,
        independence: Option<&Problem<'_>>,
        errors: StandardErrors,
    ) -> Robust {
        if !self.is_by_rows() || self.is_listwise() {
            return Robust::ByFactor;
        }
        let of = |problem: &Problem<'_>| problem.complete_discrepancy(errors);
        match of(problem).zip(independence.and_then(of)) {
            Some(((chisq, expected), (baseline_chisq, baseline_expected))) => {
                Robust::Own(RobustParts { chisq, expected, baseline_chisq, baseline_expected })
            }
            None => Robust::ByFactor,
        }
    }

    fn always_has_robust_measures(&self) -> bool {
        self.is_by_rows()
    }

    fn saturated_likelihood(&self, problem: &Problem<'_>) -> (f64, f64) {
        let constant = (2.0 * std::f64::consts::PI).ln();
        let of_group = |(table, observed): (&ParameterTable, &Observed)| match Self::of(observed) {
            // of the covariates what rows have of them counts, at the moments at which they are fixed
            Some(own) if own.is_by_rows() => {
                let x = &table.covariates;
                let values = own.short.values() - own.values_of(x);
                let n = observed.multiplier;
                -0.5 * (n * (own.saturated.value - own.value_of(x)) + values * constant)
            }
            _ => log_likelihood(table, observed, observed.multiplier),
        };
        (problem.tables.iter().zip(problem.observed).map(of_group).sum(), 0.0)
    }

    /// Of rows one by one W is their expected information, and s holds the means and pairwise covariances of the answers
    /// that are there (with sampling weights the saturated moments), as in lavaan; none where two variables have no rows
    /// in common. Of two stages W is taken at the saturated moments.
    fn goodness(&self, group: &GroupFit<'_>) -> Option<f64> {
        let observed = group.observed;
        if !self.is_by_rows() {
            let weight = inverse(&observed.covariance)?;
            let moments = (observed.covariance.clone(), observed.mean.clone());
            return goodness_of(group, moments, |mean, matrix| Some(normal_form(&weight, mean, matrix)));
        }
        if self.is_listwise() {
            return goodness(group);
        }
        let moments = match self.has_weights() {
            true => (observed.covariance.clone(), observed.mean.clone()),
            false => {
                let n = self.rows.n as f64;
                (self.short.pairwise()? * ((n - 1.0) / n), self.of_each.1.clone())
            }
        };
        let sigma = group.inverse?;
        goodness_of(group, moments, |mean, matrix| expected_form(&self.short, sigma, mean, matrix))
    }

    fn residuals(&self, groups: &[GroupFit<'_>]) -> Vec<(&'static str, f64)> {
        by_share(groups, residual_measures)
    }

    fn mplus_srmr(&self, group: &GroupFit<'_>, by_information: bool) -> Option<f64> {
        Some(mplus_square(group, by_information))
    }
}

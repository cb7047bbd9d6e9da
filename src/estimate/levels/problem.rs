//! What standard errors and tests ask of a model of two levels at its solution.
//!
//! Standard errors and tests of MLR take clusters as the independent units:
//!
//! ```text
//! A^-1 B A^-1 / N,  B = sum_j s_j s_j' / N over clusters       T / c,  c = (tr(B1 A1^-1) - tr(B0 A0^-1)) / df
//! ```
//!
//! (Yuan & Bentler 2000; Asparouhov & Muthen 2005.)

use crate::estimate::constraints::constrained_inverse;
use crate::estimate::conventions::{Conventions, metric};
use crate::estimate::inference::Information;
use crate::estimate::levels::likelihood::{TwoLevelTerm, terms};
use crate::estimate::levels::references::{Among, OwnMinimum, at_moments, given_covariates};
use crate::estimate::observed::{Known, Observed, Problem};
use crate::estimate::term::Term;
use crate::model::ParameterTable;
use nalgebra::{DMatrix, DVector};

/// Distinct moments that the model explains: those of each level, means counted once.
pub(crate) fn moments(tables: &[ParameterTable]) -> usize {
    let of_group = |own: &[ParameterTable]| {
        let elsewhere = |i: &usize| own[1].observed.contains(&own[0].observed[*i]);
        let free = |i: &usize| !own[0].covariates.contains(i);
        let twice = (0..own[0].observed.len()).filter(|i| free(i) && elsewhere(i)).count();
        own.iter().map(ParameterTable::n_moments).sum::<usize>() - twice
    };
    tables.chunks(2).map(of_group).sum()
}

/// A model of one group at a point.
pub(crate) fn problem_of<'a>(
    tables: &'a [ParameterTable],
    observed: &'a [Observed],
    x: &'a DVector<f64>,
    jacobian: &'a DMatrix<f64>,
    information: Information,
) -> Problem<'a> {
    Problem {
        tables,
        observed,
        rows: &[],
        x,
        jacobian,
        information,
        saturated: false,
        metric: metric(Conventions::Lavaan),
        weights: None,
        known: Known::default(),
    }
}

impl Problem<'_> {
    /// The terms of both levels, at the point.
    fn level_terms(&self) -> Option<Vec<TwoLevelTerm<'_>>> {
        let mut terms = terms(self.tables, self.observed);
        terms.iter_mut().try_for_each(|term| term.value(self.x).map(drop))?;
        Some(terms)
    }

    /// Mean outer product of the clusters' scores, times clusters over respondents: B of two levels.
    pub(crate) fn two_level_first_order(&self) -> Option<DMatrix<f64>> {
        let terms = self.level_terms()?;
        let n: f64 = self.observed.iter().map(|o| o.multiplier).sum();
        let q = self.x.len();
        let mut meat = DMatrix::zeros(q, q);
        for term in terms {
            let scores = term.scores(q)?;
            meat.gemm(1.0 / n, &scores, &scores.transpose(), 1.0);
        }
        Some(meat)
    }

    /// tr(B A^-1) of the model.
    pub(crate) fn level(&self) -> Option<f64> {
        let information = match self.information {
            Information::Expected => self.expected_information()?,
            _ => self.observed_information()?,
        };
        Some(self.first_order()?.dot(&constrained_inverse(&information, self.jacobian)?))
    }

    /// The same of a saturated model, whose point may be at the end of what covariance matrices can be.
    fn saturated_level_of_two(&self) -> Option<f64> {
        if self.information == Information::Expected {
            return self.level();
        }
        let mut hessian = DMatrix::zeros(self.x.len(), self.x.len());
        for term in self.level_terms()? {
            term.add_information(Information::Observed, true, &mut hessian);
        }
        Some(self.first_order()?.dot(&constrained_inverse(&(hessian * 0.5), self.jacobian)?))
    }
}

fn unconstrained(x: &DVector<f64>) -> DMatrix<f64> {
    DMatrix::zeros(0, x.len())
}

/// tr(B A^-1) of the saturated models of all groups.
pub(crate) fn saturated_trace(
    tables: &[ParameterTable],
    observed: &[Observed],
    information: Information,
) -> Option<f64> {
    let of_group = |(tables, observed): (&[ParameterTable], &[Observed])| {
        let all = given_covariates(tables, Among::All)?;
        let x = at_moments(&all, observed);
        problem_of(&all, observed, &x, &unconstrained(&x), information).saturated_level_of_two()
    };
    tables.chunks(2).zip(observed.chunks(2)).map(of_group).sum()
}

/// tr(B A^-1) of the independence models of all groups, each at its minimum.
pub(crate) fn independence_trace(problem: &Problem<'_>, baselines: &[OwnMinimum]) -> Option<f64> {
    let of_group = |(observed, baseline): (&[Observed], &OwnMinimum)| {
        let (own, at) = (&baseline.tables, &baseline.x);
        problem_of(own, observed, at, &unconstrained(at), problem.information).level()
    };
    problem.observed.chunks(2).zip(baselines).map(of_group).sum()
}

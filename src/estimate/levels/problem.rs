//! What a model of two levels starts from, and what its standard errors and tests ask.
//!
//! Rows may have missing answers (full information). The moments of the saturated model (all variances and covariances of
//! both levels, all means; by EM, then a search) are the observed ones of each level, from which residuals, SRMR and start values
//! follow as for one level. The independence model has variances and means. Moments of fixed covariates are
//! those of the saturated model. Standard errors and tests of MLR take clusters as the independent units:
//!
//! ```text
//! A^-1 B A^-1 / N,  B = sum_j s_j s_j' / N over clusters       T / c,  c = (tr(B1 A1^-1) - tr(B0 A0^-1)) / df
//! ```
//!
//! (Yuan & Bentler 2000; Asparouhov & Muthen 2005.)

use crate::data::{Dataset, Grouping};
use crate::error::{Error, Result};
use crate::estimate::constraints::constrained_inverse;
use crate::estimate::conventions::Conventions;
use crate::estimate::estimation::Estimation;
use crate::estimate::inference::{Information, TestStatistic};
use crate::estimate::levels::group::{TwoLevelGroup, variables};
use crate::estimate::levels::likelihood::{TwoLevelTerm, terms};
use crate::estimate::levels::references::{Among, OwnMinimum, at_moments, given_covariates, observe_levels};
use crate::estimate::measures::parts::ScaledTests;
use crate::estimate::normal::deviations::metric;
use crate::estimate::observed::Observed;
use crate::estimate::plan::{DataKind, Plan};
use crate::estimate::problem::{Known, Problem};
use crate::estimate::reading::{Reading, warnings_of};
use crate::estimate::sample::group::clusters_of;
use crate::estimate::sample::row_account::{LeftOut, RowAccount, Rule};
use crate::estimate::term::Term;
use crate::model::{Kind, MeanStructure, Model, ParameterTable};
use crate::moments::Missing;
use nalgebra::{DMatrix, DVector};

impl Estimation {
    /// What a model with level blocks starts from.
    pub(crate) fn read_levels(&self, model: &Model, data: &Dataset) -> Result<Reading> {
        let Some(cluster) = &self.cluster else {
            return Err(Error::BadModel {
                what: "the model has level blocks, and no variable tells the clusters".into(),
                remedy: "Name the cluster variable, or leave the level blocks out.".into(),
            });
        };
        let plan = Plan::of(self, DataKind::Levels, true)?;
        let grouping = self.group.as_ref().map(|name| data.grouping(name)).transpose()?;
        let names = grouping.as_ref().map_or(Vec::new(), |grouping| grouping.levels.clone());
        let model = model.number_groups(&names)?.number_levels()?;
        let groups = names.len().max(1);
        let mut specification = self.specification.clone();
        specification.means = MeanStructure::Included;
        let tables = ParameterTable::of_levels(&model, &specification, groups)?;
        let clusters = data.grouping(cluster)?;
        let (mut account, mut observed) = (RowAccount::default(), Vec::with_capacity(tables.len()));
        let mut warnings = warnings_of(&tables);
        for (group, own) in tables.chunks(2).enumerate() {
            let variables = variables(own);
            let values = data.numeric(&variables)?;
            let rows = grouping.as_ref().map_or_else(|| (0..values.nrows()).collect(), |g| g.rows_of(group));
            let needed = needed(own, self.missing);
            let rule = Rule { listwise: self.missing.is_listwise(), needed: &needed };
            let mut used = Vec::with_capacity(rows.len());
            for &row in &rows {
                let fate = rule.leaves_out(|i| values[(row, i)], variables.len(), own[0].observed.len());
                account.count(fate);
                used.extend(fate.is_none().then_some(row));
            }
            if let (true, Some(grouping)) = (used.is_empty(), &grouping) {
                let (variable, group) = (grouping.variable.clone(), names[group].clone());
                return Err(Error::EmptyGroup { variable, group, rows: rows.len() });
            }
            let codes = clusters_of(&clusters, &used, data)?;
            let rows = DMatrix::from_fn(variables.len(), used.len(), |j, c| values[(used[c], j)]);
            let data = TwoLevelGroup::new(&rows, own, &codes, (cluster, &clusters.levels))?;
            observed.extend(observe_levels(own, data)?);
        }
        let used: usize = observed.iter().step_by(2).map(|o| o.n).sum();
        let lacking = grouping.as_ref().map_or(0, Grouping::missing_count);
        (0..lacking).for_each(|_| account.count(Some(LeftOut::NoGroup)));
        debug_assert_eq!(used, account.used());
        warnings.extend(account.warning(self.group.as_deref()));
        Ok(Reading {
            plan,
            df: moments(&tables) as i64 - tables[0].n_free as i64,
            model,
            names,
            tables,
            nobs: observed.iter().step_by(2).map(|o| o.n).collect(),
            clusters: observed.iter().skip(1).step_by(2).map(|o| o.n).collect(),
            observed,
            rows: Vec::new(),
            account,
            sampling_weights: None,
            is_rival: false,
            warnings,
        })
    }
}

/// The variables that a row must have: all of them listwise, fixed covariates with full information.
fn needed(tables: &[ParameterTable], missing: Missing) -> Vec<usize> {
    let all = variables(tables);
    let is_fixed = |name: &String| {
        tables.iter().any(|table| table.covariates.iter().any(|&i| table.observed[i] == *name))
    };
    (0..all.len()).filter(|&i| missing.is_listwise() || is_fixed(&all[i])).collect()
}

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
        let mut terms = terms(self.tables, self.observed)?;
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

    /// tr(B A^-1).
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

/// Yuan and Bentler's tests of the model and of the independence model.
pub(crate) fn scaled_levels(
    problem: &Problem<'_>,
    baselines: &[OwnMinimum],
    (chisq, df): (f64, f64),
    baseline: (f64, f64),
    npar: f64,
    conventions: Conventions,
) -> Option<ScaledTests> {
    let statistic = TestStatistic::YuanBentlerMplus;
    let saturated = saturated_trace(problem.tables, problem.observed, problem.information)?;
    let mut independent = 0.0;
    for (observed, baseline) in problem.observed.chunks(2).zip(baselines) {
        let (own, at) = (&baseline.tables, &baseline.x);
        independent += problem_of(own, observed, at, &unconstrained(at), problem.information).level()?;
    }
    let own = problem.level()?;
    let rows = problem.tables.iter().flat_map(|table| &table.rows);
    let counted = match conventions {
        Conventions::Mplus => npar,
        Conventions::Lavaan => rows.filter(|row| matches!(row.kind, Kind::Free(..))).count() as f64,
    };
    Some(ScaledTests {
        statistic,
        model: statistic.scale(chisq, df, saturated - own, 0.0, conventions),
        baseline: statistic.scale(baseline.0, baseline.1, saturated - independent, 0.0, conventions),
        levels: Some((saturated / (npar + df), own / counted)),
        robust: None,
    })
}

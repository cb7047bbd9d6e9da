//! The road from a model of two levels to a result.
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

use super::likelihood::{TwoLevelTerm, terms};
use super::measures::{TwoLevelFit, two_level_measures};
use super::references::{
    Among, OwnMinimum, at_moments, given_covariates, independence, observe_levels, two_level_baseline,
};
use crate::data::{Dataset, Grouping};
use crate::error::{Error, Result, Warning};
use crate::estimate::conventions::Conventions;
use crate::estimate::estimation::Estimation;
use crate::estimate::fit::{Fit, Internals};
use crate::estimate::fitting::{
    FEW_CLUSTERS, at_bound, parameters_at, refuse_hopeless, warnings_of, without_value,
};
use crate::estimate::inference::ModelTest;
use crate::estimate::inference::{Information, StandardErrors, TestStatistic};
use crate::estimate::levels::group::{TwoLevelGroup, variables};
use crate::estimate::measures::{ScaledTests, chi_square_tail};
use crate::estimate::normal::deviations::metric;
use crate::estimate::observed::Observed;
use crate::estimate::plan::{DataKind, Plan};
use crate::estimate::problem::{Known, Problem};
use crate::estimate::sample::group::clusters_of;
use crate::estimate::sample::row_account::{LeftOut, RowAccount, Rule};
use crate::estimate::search::bounds::bounds_of;
use crate::estimate::search::constraints::{Constraints, constrained_inverse, null_basis};
use crate::estimate::search::diagnosis::{diagnose, free_name};
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::search::setting::Setting;
use crate::estimate::term::Term;
use crate::estimate::uncertainty::robust::covariance;
use crate::model::{Kind, MeanStructure, Model, ParameterTable};
use crate::moments::{Missing, RowsUsed};
use nalgebra::{DMatrix, DVector};

impl Estimation {
    /// Fits a model with level blocks.
    pub(crate) fn fit_levels(&self, model: &Model, data: &Dataset) -> Result<Fit> {
        let Some(cluster) = &self.cluster else {
            return Err(Error::BadModel {
                what: "the model has level blocks, and no variable tells the clusters".into(),
                remedy: "Name the cluster variable, or leave the level blocks out.".into(),
            });
        };
        let Plan { information, standard_errors, statistic, .. } = Plan::of(self, DataKind::Levels, true)?;
        let grouping = self.group.as_ref().map(|name| data.grouping(name)).transpose()?;
        let names = grouping.as_ref().map_or(Vec::new(), |grouping| grouping.levels.clone());
        let model = &model.number_groups(&names)?.number_levels()?;
        let groups = names.len().max(1);
        let mut specification = self.specification.clone();
        specification.means = MeanStructure::Included;
        let tables = ParameterTable::of_levels(model, &specification, groups)?;
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
        let counts: Vec<usize> = observed.iter().skip(1).step_by(2).map(|o| o.n).collect();
        let bounds = bounds_of(self.bounds, &tables, &observed);
        let constraints = Constraints::new(model, &tables, &bounds)?;
        let free_df = moments(&tables) as i64 - tables[0].n_free as i64;
        refuse_hopeless(&tables, free_df, &constraints)?;
        let setting = Setting {
            estimation: self,
            tables: &tables,
            constraints: &constraints,
            bounds: &bounds,
            max_iterations: if self.settled.is_some() || free_df < 0 && constraints.are_none() {
                0
            } else {
                self.max_iterations
            },
        };
        let mut discrepancy = Discrepancy::new(&tables, &observed, None);
        let found = setting.search_from_several(&mut discrepancy, &observed);
        let mut found = found.ok_or_else(|| self.without_start(&setting, &observed))?;
        warnings.extend(found.warning.take());
        warnings.extend(without_value(&constraints, &found.solution.x));
        let q = found.solution.x.len();
        if counts.iter().sum::<usize>() < FEW_CLUSTERS {
            let (variable, clusters) = (cluster.clone(), counts.iter().sum());
            warnings.push(Warning::FewClusters { variable, clusters, parameters: q });
        }
        let tied = q - null_basis(&constraints.of_equalities(&found.solution.jacobian), q).ncols();
        let df = free_df + tied as i64;
        let (status, caveats) = match &self.settled {
            Some(settled) => (settled.status.clone(), Vec::new()),
            None => diagnose(&tables, &observed, &discrepancy.implied(), &found, df),
        };
        warnings.extend(caveats);
        let mut solution = found.solution;
        if df == 0 && status.converged() {
            warnings.push(Warning::Saturated);
        }
        let held = at_bound(&solution.x, &bounds);
        warnings.extend(
            held.iter().map(|&(free, bound)| Warning::AtBound { parameter: free_name(&tables, free), bound }),
        );
        if information == Information::Expected {
            discrepancy.expected_hessian(&mut solution.hessian);
        }
        let n = used as f64;
        let problem = Problem {
            tables: &tables,
            observed: &observed,
            rows: &[],
            x: &solution.x,
            jacobian: &solution.jacobian,
            information,
            saturated: false,
            metric: metric(self.conventions),
            weights: None,
            known: Known::default(),
        };
        let usable = status.converged();
        let chisq = n * solution.value.max(0.0);
        let vcov = match standard_errors {
            StandardErrors::None => None,
            _ if !usable => None,
            _ if self.settled.is_some() => self.settled.as_ref().and_then(|settled| settled.vcov.clone()),
            _ => covariance(&problem, &solution.hessian, information, standard_errors, n),
        };
        let npar = (q - tied) as f64;
        let baselines = independence(&tables, &observed)?;
        let baseline = two_level_baseline(&tables, &observed, &baselines);
        let scaled = match usable && statistic == TestStatistic::YuanBentlerMplus {
            true => scaled_levels(&problem, &baselines, (chisq, df as f64), baseline, npar, self.conventions),
            false => None,
        };
        let fit = two_level_measures(&TwoLevelFit {
            tables: &tables,
            observed: &observed,
            implied: &discrepancy.implied(),
            chisq,
            df,
            baseline,
            npar,
            conventions: self.conventions,
            scaled: scaled.as_ref(),
        });
        let mut tests = Vec::new();
        if usable {
            let groups = discrepancy.of_groups().iter().map(|f| n * f).collect();
            let (test, pvalue) = (TestStatistic::Standard, fit.get("pvalue"));
            tests.push(ModelTest { test, chisq, df: df as f64, pvalue, groups });
            tests.extend(scaled.map(|scaled| {
                let (chisq, df) = (scaled.model.chisq, scaled.model.df);
                let pvalue = (df > 0.0).then(|| chi_square_tail(chisq, df));
                ModelTest { test: statistic, chisq, df, pvalue, groups: Vec::new() }
            }));
        }
        let implied = discrepancy.into_implied();
        let parameters = parameters_at(&tables, &implied, &constraints, &solution, &held, vcov.as_ref());
        Ok(Fit {
            converged: usable,
            iterations: solution.iterations,
            estimator: self.estimator,
            likelihood: self.likelihood,
            information,
            standard_errors,
            test: statistic,
            tests,
            missing: RowsUsed { policy: self.missing, rows_read: account.read(), rows_used: used },
            left_out: account.into_left_out(),
            nobs: observed.iter().step_by(2).map(|observed| observed.n).collect(),
            groups: names,
            nclusters: counts,
            auxiliary: Vec::new(),
            design_effects: Vec::new(),
            sampling_weights: None,
            parameters,
            fit: if usable { fit } else { fit.without_values() },
            status,
            warnings,
            bootstrap: None,
            internals: Internals {
                implied,
                vcov,
                df,
                x: solution.x,
                jacobian: solution.jacobian,
                rows: Vec::new(),
                information,
                saturated: false,
                conventions: self.conventions,
                statistic,
                weights: None,
                observed,
                estimation: self.clone(),
                constraints,
                bounds,
                tables,
            },
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
fn scaled_levels(
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

//! The one road from what was read to a result, whatever the kind of data:
//!
//! ```text
//! reading -> constraints -> search -> diagnosis -> uncertainty -> tests and measures -> Fit
//! ```

use crate::error::{Result, Warning};
use crate::estimate::constraints::{Constraints, null_basis};
use crate::estimate::conventions::{Conventions, metric};
use crate::estimate::estimates::{at_bound, parameters_at};
use crate::estimate::estimation::Estimation;
use crate::estimate::estimator::{Criterion, Estimator};
use crate::estimate::exploratory::echelon::Echelon;
use crate::estimate::exploratory::presented::Presented;
use crate::estimate::fit::{Fit, Internals};
use crate::estimate::fit_record::FitRecord;
use crate::estimate::inference::{Information, ModelTest, StandardErrors, TestStatistic};
use crate::estimate::measures::all::{Basis, MomentFit, measures};
use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::measures::goodness::gfi;
use crate::estimate::measures::residual::mplus_srmr;
use crate::estimate::measures::scaled::Scaled;
use crate::estimate::observed::{GroupFit, Known, Observed, Problem, Revision};
use crate::estimate::plan::Plan;
use crate::estimate::reading::Reading;
use crate::estimate::search::beginning::{refuse_hopeless, without_value};
use crate::estimate::search::bounds::bounds_of;
use crate::estimate::search::diagnosis::{diagnose, free_name};
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::search::found::Found;
use crate::estimate::search::scoring::Solution;
use crate::estimate::search::setting::Setting;
use crate::estimate::test_parts::{BaselineAsked, ScaledTests, Test};
use crate::estimate::uncertainty::bootstrap::{Drawn, bootstrap};
use crate::estimate::uncertainty::browne::browne_residual;
use crate::estimate::uncertainty::design_effects::{DesignEffect, design_effects};
use crate::estimate::uncertainty::replicates::Bootstrap;
use crate::estimate::uncertainty::robust::{covariance, robust_parts, scaled_tests};
use crate::estimate::uncertainty::turned_replicates::TurnedReplicates;
use crate::estimate::weight::Weight;
use crate::model::{Implied, ParameterTable};
use crate::moments::RowsUsed;
use crate::numeric::tails::chi_square_tail;
use nalgebra::DMatrix;

/// Clusters below which their standard errors are too small (McNeish & Stapleton 2016).
const FEW_CLUSTERS: usize = 30;

/// A solution, with all that is asked of it.
struct Solved<'a> {
    plan: Plan,
    setting: &'a Setting<'a>,
    problem: &'a Problem<'a>,
    discrepancy: &'a Discrepancy<'a>,
    solution: &'a Solution,
    df: i64,
    /// Parameters after constraints.
    npar: f64,
    /// What multiplies F to give T.
    multiplier: f64,
    /// T.
    chisq: f64,
    is_rival: bool,
}

/// How far estimates vary over samples.
#[derive(Default)]
struct Uncertainty {
    vcov: Option<DMatrix<f64>>,
    resampled: Option<Bootstrap>,
    design_effects: Vec<DesignEffect>,
}

impl Estimation {
    /// The road itself. It is longer than a page because its steps borrow from one another what the [`Fit`] takes over at the
    /// end.
    pub(crate) fn travel(&self, reading: Reading) -> Result<Fit> {
        let Reading {
            plan, model, names, tables, observed, rows, account, mut warnings, df: counted, ..
        } = reading;
        let echelon = Echelon::of(&tables, &observed)?;
        if let Some(echelon) = &echelon {
            self.check_turnable(&model, echelon)?;
        }
        // with exploratory factors: the tables of the text, and those that are estimated
        let (shown, tables) = match &echelon {
            Some(echelon) => (tables, echelon.tables.clone()),
            None => (Vec::new(), tables),
        };
        let counted = counted + echelon.as_ref().map_or(0, |echelon| echelon.removed as i64);
        let bounds = bounds_of(self.bounds, &tables, &observed);
        let constraints = Constraints::new(&model, &tables, &bounds)?;
        refuse_hopeless(&tables, counted, &constraints)?;
        // more parameters than moments: nothing to search for, the start is the best point
        let is_given = self.settled.is_some() || counted < 0 && constraints.are_none();
        let max_iterations = if is_given { 0 } else { self.max_iterations };
        let setting = Setting {
            estimation: self,
            tables: &tables,
            constraints: &constraints,
            bounds: &bounds,
            max_iterations,
        };
        let weights = setting.weights(&observed, &rows)?;
        let mut discrepancy =
            Discrepancy::new(&tables, &observed, weights.as_deref()).watched_by(&self.progress);
        self.progress.check("the fit")?;
        let found = setting.search_from_several(&mut discrepancy, &observed);
        self.progress.check("the fit")?;
        let mut found = found.ok_or_else(|| self.without_start(&setting, &observed))?;
        self.inform(plan, &setting, &mut discrepancy, (&observed, weights.as_deref()), &mut found);
        warnings.extend(found.warning.take());
        warnings.extend(without_value(&constraints, &found.solution.x));
        let q = found.solution.x.len();
        if let Some(variable) = &self.cluster {
            let clusters = reading.clusters.iter().sum();
            if clusters < FEW_CLUSTERS {
                warnings.push(Warning::FewClusters { variable: variable.clone(), clusters, parameters: q });
            }
        }
        // an inequality that has become a bound is no degree of freedom
        let tied = q - null_basis(&constraints.of_equalities(&found.solution.jacobian), q).ncols();
        let df = counted + tied as i64;
        let (status, caveats) = match &self.settled {
            Some(settled) => (settled.status.clone(), Vec::new()),
            None => diagnose(&tables, &observed, &discrepancy.implied(), &found, df),
        };
        warnings.extend(caveats);
        let solution = found.solution;
        let converged = status.converged();
        if df == 0 && converged {
            warnings.push(Warning::Saturated);
        }
        let held = at_bound(&solution.x, &bounds);
        let told = |&(free, bound)| Warning::AtBound { parameter: free_name(&tables, free), bound };
        warnings.extend(held.iter().map(told));
        let multiplier: f64 = observed.iter().map(|o| o.multiplier).sum();
        let problem = Problem {
            tables: &tables,
            observed: &observed,
            rows: &rows,
            x: &solution.x,
            jacobian: &solution.jacobian,
            information: plan.information,
            saturated: self.tests_saturated(),
            metric: metric(self.conventions),
            weights: weights.as_deref(),
            known: Known::default(),
        };
        let solved = Solved {
            plan,
            setting: &setting,
            problem: &problem,
            discrepancy: &discrepancy,
            solution: &solution,
            df,
            npar: (q - tied) as f64,
            multiplier,
            chisq: multiplier * solution.value.max(0.0),
            is_rival: reading.is_rival,
        };
        let turning =
            echelon.as_ref().map(|echelon| TurnedReplicates { echelon, tables: &shown, model: &model });
        let uncertainty =
            if converged { self.uncertainty(&solved, turning.as_ref())? } else { Uncertainty::default() };
        let (fit, tests) = self.judged(&solved, converged)?;
        let Uncertainty { vcov, resampled, design_effects } = uncertainty;
        let implied: Vec<Implied> = (tables.iter().zip(&observed).zip(discrepancy.into_implied()))
            .map(|((table, observed), implied)| observed.completed(table, implied))
            .collect();
        let mut at = Presented { tables, implied, constraints, solution, held, vcov, bounds };
        let mut rotations = Vec::new();
        if let Some(echelon) = &echelon {
            (at, rotations) =
                self.present(at, echelon, (shown, &model), (&observed, plan, converged), &mut warnings)?;
        }
        let Presented { tables, implied, constraints, solution, held, vcov, bounds } = at;
        let mut parameters = parameters_at(&tables, &implied, &constraints, &solution, &held, vcov.as_ref());
        if let Some(resampled) = &resampled {
            resampled.complete(&mut parameters);
            warnings.extend(resampled.warning());
        }
        let asked = observed.iter().any(|own| own.seen.second_pass().is_some());
        let keep_rows = !asked && (plan.statistic.needs_rows() || resampled.is_some());
        let record = FitRecord {
            converged,
            iterations: solution.iterations,
            estimator: self.estimator,
            likelihood: self.likelihood,
            information: plan.information,
            standard_errors: plan.standard_errors,
            test: plan.statistic,
            tests,
            missing: RowsUsed { policy: self.missing, rows_read: account.read(), rows_used: account.used() },
            left_out: account.into_left_out(),
            nobs: reading.nobs,
            groups: names,
            nclusters: reading.clusters,
            auxiliary: Vec::new(),
            parameters,
            fit: if converged { fit } else { fit.without_values() },
            status,
            warnings,
            sampling_weights: reading.sampling_weights,
            design_effects,
            rotations,
            bootstrap: resampled,
        };
        // what was stopped on the way is no result
        self.progress.check("the fit")?;
        Ok(Fit {
            record,
            internals: Internals {
                implied,
                vcov,
                df,
                x: solution.x,
                jacobian: solution.jacobian,
                rows: if keep_rows { rows } else { Vec::new() },
                information: plan.information,
                saturated: self.tests_saturated(),
                conventions: self.conventions,
                statistic: plan.statistic,
                weights,
                observed,
                estimation: self.clone(),
                constraints,
                bounds,
                tables,
            },
        })
    }

    /// Gives a solution the Hessian that standard errors start from, where it is not the one that was searched by.
    fn inform(
        &self,
        plan: Plan,
        setting: &Setting<'_>,
        discrepancy: &mut Discrepancy<'_>,
        (observed, weights): (&[Observed], Option<&[Weight]>),
        found: &mut Found,
    ) {
        match observed[0].seen.revision(plan.information) {
            Revision::Identification => found.inform(setting, discrepancy, observed),
            Revision::Hessian => discrepancy.expected_hessian(&mut found.solution.hessian),
            Revision::None if observed.len() > 1 && self.conventions == Conventions::Lavaan => {
                hessian_by_size(setting.tables, observed, weights, &mut found.solution);
            }
            Revision::None => {}
        }
    }

    fn uncertainty(
        &self,
        solved: &Solved<'_>,
        turning: Option<&TurnedReplicates<'_>>,
    ) -> Result<Uncertainty> {
        let Solved { plan, setting, problem, solution, multiplier, .. } = *solved;
        let Plan { information, standard_errors, .. } = plan;
        let resampled = match standard_errors {
            StandardErrors::Bootstrap => Some(match turning {
                Some(turning) => turning.bootstrap(setting, problem, self.drawn())?,
                None => bootstrap(setting, problem, self.drawn(), None)?,
            }),
            _ => None,
        };
        let vcov = match (&self.settled, &resampled, standard_errors) {
            (Some(settled), ..) => settled.vcov.clone(),
            (None, Some(resampled), _) => {
                Some(resampled.covariance(turning.map_or(solution.x.len(), TurnedReplicates::free)))
            }
            (None, None, StandardErrors::None) => None,
            _ => covariance(problem, &solution.hessian, information, standard_errors, multiplier),
        };
        let has_effects = self.cluster.is_some() && problem.seen().has_design_effects();
        let design_effects = match &vcov {
            Some(vcov) if has_effects => {
                design_effects(problem, &solution.hessian, information, vcov, multiplier)
            }
            _ => Vec::new(),
        };
        Ok(Uncertainty { vcov, resampled, design_effects })
    }

    /// Measures of fit, and the tests of the model; no tests without a solution.
    fn judged(&self, solved: &Solved<'_>, converged: bool) -> Result<(FitMeasures, Vec<ModelTest>)> {
        let Solved { plan, setting, problem, discrepancy, df, multiplier, chisq, .. } = *solved;
        let (fit, scaled) = self.measured(solved, converged)?;
        let mut tests = Vec::new();
        if !converged {
            return Ok((fit, tests));
        }
        let (statistic, pvalue) = (plan.statistic, fit.get("pvalue"));
        let groups = discrepancy.of_groups().iter().map(|f| multiplier * f).collect();
        tests.push(ModelTest { test: TestStatistic::Standard, chisq, df: df as f64, pvalue, groups });
        if let Some(scaled) = &scaled {
            let (chisq, df) = (scaled.model.chisq, scaled.model.df);
            let pvalue = (df > 0.0).then(|| chi_square_tail(chisq, df));
            tests.push(ModelTest { test: statistic, chisq, df, pvalue, groups: Vec::new() });
        }
        if statistic == TestStatistic::BollenStine {
            let simulated = bootstrap(setting, problem, Drawn::BollenStine, None)?;
            let pvalue = Some(simulated.share_above(chisq));
            let (df, groups) = (df as f64, Vec::new());
            tests.push(ModelTest { test: statistic, chisq, df, pvalue, groups });
        }
        tests.extend(browne_residual(problem, statistic, df, multiplier));
        Ok((fit, tests))
    }

    /// Measures of fit, and the scaled tests.
    fn measured(&self, solved: &Solved<'_>, converged: bool) -> Result<(FitMeasures, Option<ScaledTests>)> {
        let Solved { plan, problem, discrepancy, solution, df, npar, chisq, multiplier, .. } = *solved;
        let (conventions, statistic, errors) = (self.conventions, plan.statistic, plan.standard_errors);
        let (seen, df) = (problem.seen(), df as f64);
        let statistic = (converged && statistic.is_scaled()).then_some(statistic);
        let asked = BaselineAsked { free_slopes: self.frees_baseline_slopes(), statistic };
        let baseline = seen.baseline(problem, asked)?;
        let scaled = statistic.and_then(|statistic| {
            scaled_tests(problem, (chisq, df), baseline, statistic, conventions, errors)
        });
        // a model that is only set against another has no use for them
        let unscaled = scaled.is_none() && converged && !solved.is_rival;
        let robust = match unscaled && seen.always_has_robust_measures() {
            true => robust_parts(problem, errors),
            false => None,
        };
        let blocks = blocks_of(problem, discrepancy);
        let (n, groups) = (problem.n(), blocks.len() / seen.levels());
        let is_likelihood = problem.weights.is_none();
        let (unrestricted, counted) = seen.saturated_likelihood(problem);
        // lavaan gives DWLS a p-value, though its test has no chi-square distribution
        let is_chi_square = self.estimator.criterion() != Criterion::Uls;
        let test = |chisq: f64, df: f64| match Test::of(chisq, df) {
            own if is_chi_square => own,
            own => own.without_pvalue(),
        };
        let mut residuals = seen.residuals(&blocks);
        if conventions == Conventions::Mplus
            && let Some(own) = mplus_srmr(&blocks, self.is_by_expected_information())
        {
            residuals.iter_mut().filter(|(name, _)| *name == "srmr").for_each(|(_, value)| *value = own);
        }
        let statistics = blocks.iter().map(|own| {
            own.observed.seen.statistics(own.table, own.observed.mean.len()).map(|count| count as f64)
        });
        let fit = measures(&Basis {
            npar,
            fmin: Some(0.5 * (counted + chisq) / if is_likelihood { multiplier } else { n }),
            model: test(chisq, df),
            baseline: test(baseline.chisq, baseline.df),
            likelihoods: is_likelihood
                .then(|| (unrestricted - 0.5 * n * solution.value.max(0.0), unrestricted)),
            n,
            rmsea_n: if conventions == Conventions::Mplus { n } else { multiplier },
            groups,
            residuals,
            moments: statistics.sum::<Option<f64>>().map(|statistics| MomentFit {
                multiplier,
                gfi: gfi(&blocks, discrepancy.goodness().filter(|_| !is_likelihood)),
                statistics,
                has_wrmr: seen.has_wrmr(),
            }),
            scaled: scaled.as_ref().map(Scaled::of),
            robust,
            conventions,
        });
        Ok((fit, scaled))
    }

    /// Whether the test takes the information of the saturated model, as lavaan has it.
    fn tests_saturated(&self) -> bool {
        self.weights.is_none()
            && (self.test.is_some() || self.cluster.is_some() && self.estimator == Estimator::Ml)
    }

    /// Whether slopes on fixed covariates are parameters of the independence model of ordinal data.
    fn frees_baseline_slopes(&self) -> bool {
        self.baseline_slopes.unwrap_or(self.conventions == Conventions::Lavaan)
    }

    /// Whether Mplus has expected information only: asked for, or all that the estimator knows.
    fn is_by_expected_information(&self) -> bool {
        self.information == Some(Information::Expected)
            || matches!(
                self.estimator,
                Estimator::Gls | Estimator::Uls | Estimator::Mlm | Estimator::Mlmv | Estimator::Mlmvs
            )
    }
}

/// The blocks at the solution.
fn blocks_of<'a>(problem: &'a Problem<'_>, discrepancy: &'a Discrepancy<'_>) -> Vec<GroupFit<'a>> {
    let each = problem.tables.iter().zip(problem.observed).zip(discrepancy.implied()).enumerate();
    let block = |(at, ((table, observed), implied))| GroupFit {
        table,
        observed,
        implied,
        inverse: discrepancy.inverse(at / problem.seen().levels()),
    };
    each.map(block).collect()
}

/// Groups count by n - 1 in the discrepancy of least squares, and by n in lavaan's information.
fn hessian_by_size(
    tables: &[ParameterTable],
    observed: &[Observed],
    weights: Option<&[Weight]>,
    solution: &mut Solution,
) {
    use crate::numeric::minimise::Objective;
    if weights.is_none() {
        return;
    }
    let sized: Vec<Observed> =
        observed.iter().map(|own| Observed { multiplier: own.n as f64, ..own.clone() }).collect();
    let mut discrepancy = Discrepancy::new(tables, &sized, weights);
    if discrepancy.value(&solution.x).is_some() {
        discrepancy.expected_hessian(&mut solution.hessian);
    }
}

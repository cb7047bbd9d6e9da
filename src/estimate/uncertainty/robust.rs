//! Standard errors and tests that hold without normality, from the respondents' rows.

use crate::estimate::constraints::{constrained_inverse, null_basis};
use crate::estimate::conventions::Conventions;
use crate::estimate::inference::{Information, StandardErrors, TestStatistic};
use crate::estimate::measures::incremental::baseline_test;
use crate::estimate::measures::parts::{GroupFit, ScaledTests, Squares};
use crate::estimate::normal::casewise::{Scored, meat, residual_traces};
use crate::estimate::normal::deviations::{At, Cases, mean_square};
use crate::estimate::observed::Observed;
use crate::estimate::ordinal::robust::RobustOrdinal;
use crate::estimate::ordinal::variation::traces;
use crate::estimate::problem::{Known, Problem};
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::weight::Weight;
use crate::model::{Constraint, Covariates, Formula, Function, MeanStructure, Model, Operator};
use crate::model::{Kind, ParameterTable, Place, Specification, degrees_of_freedom};
use crate::numeric::cholesky;
use crate::numeric::cholesky::inverse_factor;
use crate::numeric::minimise::Objective;
use nalgebra::{DMatrix, DVector};

impl Problem<'_> {
    fn discrepancy(&self) -> Discrepancy<'_> {
        Discrepancy::new(self.tables, self.observed, self.weights)
    }

    /// Under the weights of least squares, or those of normal theory at `metric`.
    fn scored(&self, metric: At, centre: At) -> Option<Vec<Scored>> {
        self.each(|cases, group, share| match self.weights {
            Some(weights) => Scored::new(cases, &weights[group], centre, share).map(Scored::given_covariates),
            None => Scored::new(cases, &self.normal_weight(cases, metric)?, centre, share),
        })
    }

    fn normal_weight(&self, cases: &Cases<'_>, metric: At) -> Option<Weight> {
        let sigma = if metric == At::Model { &cases.implied.sigma } else { &cases.observed.covariance };
        inverse_factor(sigma).map(Weight::Normal)
    }

    /// Scores at the model, with deviations from the implied moments.
    pub(crate) fn model_scores(&self) -> Option<Vec<Scored>> {
        self.scored(At::Model, At::Model)
    }

    /// Mean outer product of the scores at the model: B.
    pub(crate) fn first_order(&self) -> Option<&DMatrix<f64>> {
        let of = || match (self.has_two_levels(), self.has_full_information()) {
            (true, _) => self.two_level_first_order(),
            (_, true) => self.incomplete_first_order(),
            _ => self.model_scores().map(|groups| meat(&groups)),
        };
        self.known.first_order.get_or_init(of).as_ref()
    }

    /// tr(B A^-1) of the saturated model, without the moments of fixed covariates: whatever the model.
    fn saturated_level(&self) -> Option<f64> {
        let level = || {
            if self.has_full_information() {
                return self.incomplete_level();
            }
            let of_groups = self.each(|cases, _, _| {
                mean_square(cases, &inverse_factor(&cases.observed.covariance).map(Weight::Normal)?)
            })?;
            Some(of_groups.iter().sum::<f64>() - self.of_covariates()?)
        };
        *self.known.saturated.get_or_init(level)
    }

    /// D'V Gamma V D, and the expected information D'VD with the same weight.
    pub(crate) fn moment_meat(&self) -> Option<(DMatrix<f64>, DMatrix<f64>)> {
        if let Some(ordinal) = self.ordinal() {
            let variation = self.variation(&self.ordinal_groups(&ordinal))?;
            return Some((variation.meat.clone(), variation.bread.clone()));
        }
        if self.is_two_stage() {
            return self.two_stage().map(|(meat, bread, _)| (meat, bread));
        }
        // Mplus gives covariances the divisor N - 1 in their sampling variation, and means N
        let widened = |n: f64| if self.metric == At::Sample { (n / (n - 1.0)).sqrt() } else { 1.0 };
        let groups = match self.weights {
            Some(_) => self.scored(self.metric, At::SampleGivenCovariates)?,
            None => self.each(|cases, _, share| {
                let weight = self.normal_weight(cases, self.metric)?;
                let scale = widened(cases.observed.n as f64);
                Scored::scaled(cases, &weight, At::SampleGivenCovariates, share, scale)
            })?,
        };
        let q = self.x.len();
        let mut bread = DMatrix::zeros(q, q);
        for group in &groups {
            bread += group.information() * group.share;
        }
        Some((meat(&groups), bread))
    }

    /// The scores of each group's cases, with deviations from the observed moments.
    pub(crate) fn scores(&self) -> Option<Vec<DMatrix<f64>>> {
        Some(self.scored(self.metric, At::SampleGivenCovariates)?.iter().map(Scored::free_scores).collect())
    }

    /// The expected information of one respondent.
    pub(crate) fn expected_information(&self) -> Option<DMatrix<f64>> {
        let mut discrepancy = self.discrepancy();
        discrepancy.value(self.x)?;
        let mut hessian = DMatrix::zeros(self.x.len(), self.x.len());
        discrepancy.expected_hessian(&mut hessian);
        Some(hessian * 0.5)
    }

    /// Half the Hessian of the discrepancy: the observed information of one respondent.
    pub(crate) fn observed_information(&self) -> Option<DMatrix<f64>> {
        let mut discrepancy = self.discrepancy();
        discrepancy.value(self.x)?;
        let mut hessian = DMatrix::zeros(self.x.len(), self.x.len());
        discrepancy.observed_hessian(&mut hessian);
        Some(hessian * 0.5)
    }

    /// tr(U Gamma), or what stands for it, and tr((U Gamma)^2) where the statistic needs it. For
    /// Yuan and Bentler's also tr(B1 A1^-1) and tr(B0 A0^-1).
    pub(crate) fn traces(&self, test: TestStatistic) -> Option<Traces> {
        let squared = matches!(test, TestStatistic::MeanVarAdjusted | TestStatistic::ScaledShifted);
        if let Some(ordinal) = self.ordinal() {
            let groups = self.ordinal_groups(&ordinal);
            let (trace, square) = traces(&groups, self.variation(&groups)?, squared)?;
            return Some(Traces { trace, square, levels: None });
        }
        if self.is_two_stage() {
            return Some(Traces { trace: self.two_stage_trace()?, square: 0.0, levels: None });
        }
        if test == TestStatistic::YuanBentlerMplus {
            let saturated = self.saturated_level()?;
            let information = match self.information {
                Information::Expected => self.expected_information()?,
                _ if self.saturated && self.has_full_information() => self.incomplete_saturated()?,
                _ if self.saturated => {
                    let groups = self.each(|cases, _, share| Scored::saturated(cases, At::Sample, share))?;
                    groups.iter().map(|group| group.information() * group.share).sum()
                }
                _ => self.observed_information()?,
            };
            let inverse = constrained_inverse(&information, self.jacobian)?;
            let model = (self.first_order()? * inverse).trace();
            return Some(Traces { trace: saturated - model, square: 0.0, levels: Some((saturated, model)) });
        }
        let groups = match self.weighs_observed() {
            true => self.saturated_scores()?,
            false => self.scored(self.metric, At::SampleGivenCovariates)?,
        };
        let basis = null_basis(self.jacobian, self.x.len());
        let (trace, square) = residual_traces(&groups, &basis, squared)?;
        let levels = if test == TestStatistic::YuanBentler {
            let information = match self.weighs_observed() {
                true => groups.iter().map(|group| group.information() * group.share).sum(),
                false => self.expected_information()?,
            };
            let inverse = constrained_inverse(&information, self.jacobian)?;
            Some((self.saturated_level()?, (self.first_order()? * inverse).trace()))
        } else {
            None
        };
        Some(Traces { trace, square, levels })
    }

    /// Whether moments are weighed by the observed information of the saturated model at the implied moments: with
    /// maximum likelihood, where observed information is asked for (lavaan).
    fn weighs_observed(&self) -> bool {
        self.information == Information::Observed && self.weights.is_none() && self.metric == At::Model
    }

    /// The scores under that weight, with deviations from the observed moments.
    fn saturated_scores(&self) -> Option<Vec<Scored>> {
        self.each(|cases, _, share| Scored::saturated(cases, At::SampleGivenCovariates, share))
    }

    /// Parameters of the saturated model, without the moments of fixed covariates.
    fn moment_count(&self) -> f64 {
        let apart = |observed: &Observed| observed.incomplete.as_ref().map_or(0, |group| group.apart.len());
        let apart: usize = self.observed.iter().map(apart).sum();
        degrees_of_freedom(self.tables) as f64 + self.x.len() as f64 - apart as f64
    }

    /// tr(Gamma V) of the fixed covariates by themselves.
    fn of_covariates(&self) -> Option<f64> {
        let mut sum = 0.0;
        for ((table, observed), rows) in self.tables.iter().zip(self.observed).zip(self.rows) {
            let x = &table.covariates;
            if x.is_empty() {
                continue;
            }
            let mut factor = DMatrix::from_fn(x.len(), x.len(), |i, j| observed.covariance[(x[i], x[j])]);
            cholesky::factorise(&mut factor).ok()?;
            let (k, n) = (x.len() as f64, rows.ncols() as f64);
            let mut case = vec![0.0; x.len()];
            for row in rows.column_iter() {
                for (c, &i) in case.iter_mut().zip(x) {
                    *c = row[i] - observed.mean[i];
                }
                let deviation = case.clone();
                cholesky::solve(&factor, &mut case);
                let distance: f64 = case.iter().zip(&deviation).map(|(a, b)| a * b).sum();
                let means = if table.has_means { distance } else { 0.0 };
                sum += (means + 0.5 * (distance * distance - 2.0 * distance + k)) / n;
            }
        }
        Some(sum)
    }
}

/// The covariance matrix of the estimates; none where a matrix has no inverse. `hessian` is the expected
/// Hessian of F, twice the information of one respondent.
pub(crate) fn covariance(
    problem: &Problem<'_>,
    hessian: &DMatrix<f64>,
    information: Information,
    standard_errors: StandardErrors,
    n: f64,
) -> Option<DMatrix<f64>> {
    let bread = match information {
        Information::Expected => hessian * 0.5,
        Information::Observed => problem.observed_information()?,
        Information::FirstOrder => problem.first_order()?.clone(),
    };
    let sandwich = |bread: &DMatrix<f64>, meat: &DMatrix<f64>| {
        let inverse = constrained_inverse(bread, problem.jacobian)?;
        Some(&inverse * meat * &inverse / n)
    };
    match standard_errors {
        StandardErrors::None | StandardErrors::Bootstrap => None,
        StandardErrors::Standard => Some(constrained_inverse(&bread, problem.jacobian)? / n),
        StandardErrors::FirstOrder => {
            Some(constrained_inverse(problem.first_order()?, problem.jacobian)? / n)
        }
        StandardErrors::RobustHuberWhite => sandwich(&bread, problem.first_order()?),
        StandardErrors::RobustSem => {
            if information == Information::Observed && !problem.is_two_stage() && problem.weighs_observed() {
                return sandwich(&bread, &meat(&problem.saturated_scores()?));
            }
            let (meat, expected) = problem.moment_meat()?;
            // of two stages the information asked for is that of the first
            let is_expected = information == Information::Expected || problem.is_two_stage();
            sandwich(if is_expected { &expected } else { &bread }, &meat)
        }
    }
}

/// The scaled tests of the model and of the independence model.
#[allow(clippy::too_many_arguments)] // what a test rests on, each once
pub(crate) fn scaled_tests(
    problem: &Problem<'_>,
    groups: &[GroupFit<'_>],
    chisq: f64,
    df: f64,
    statistic: TestStatistic,
    conventions: Conventions,
    squares: Option<Squares>,
    standard_errors: StandardErrors,
) -> Option<ScaledTests> {
    let traces = problem.traces(statistic)?;
    if let Some(baseline) = squares.and_then(|squares| squares.ordinal) {
        let (trace, square) = baseline.traces.unwrap_or((0.0, 0.0));
        return Some(ScaledTests {
            statistic,
            model: statistic.scale(chisq, df, traces.trace, traces.square, conventions),
            // Mplus does not scale it where there is nothing to scale of the model
            baseline: match conventions {
                Conventions::Mplus if df == 0.0 => {
                    TestStatistic::Standard.scale(baseline.chisq, baseline.df, trace, square, conventions)
                }
                _ => statistic.scale(baseline.chisq, baseline.df, trace, square, conventions),
            },
            levels: None,
            robust: if statistic == TestStatistic::MeanVarAdjusted { None } else { problem.robust_ordinal() },
        });
    }
    let (tables, x) = baseline(problem.tables, problem.observed)?;
    let unconstrained = unasked(&tables, problem.observed);
    let known = Known { saturated: problem.known.saturated.clone(), ..Known::default() };
    let independence = Problem { tables: &tables, x: &x, jacobian: &unconstrained, known, ..*problem };
    let of_baseline = match problem.is_two_stage() {
        true => Traces { trace: independence.two_stage_trace_of_available()?, square: 0.0, levels: None },
        false => independence.traces(statistic)?,
    };
    let (likelihood, baseline_df) = baseline_test(groups);
    let baseline_chisq = squares.map_or(likelihood, |s| s.baseline);
    let free = null_basis(problem.jacobian, problem.x.len()).ncols() as f64;
    // the number of parameters in the scaling factor: Mplus counts what groups share once, lavaan each
    let rows = problem.tables.iter().flat_map(|table| &table.rows);
    let counted = match conventions {
        Conventions::Mplus => free,
        Conventions::Lavaan => rows.filter(|row| matches!(row.kind, Kind::Free(..))).count() as f64,
    };
    Some(ScaledTests {
        statistic,
        model: statistic.scale(chisq, df, traces.trace, traces.square, conventions),
        baseline: statistic.scale(
            baseline_chisq,
            baseline_df,
            of_baseline.trace,
            of_baseline.square,
            conventions,
        ),
        levels: traces.levels.map(|(saturated, own)| (saturated / problem.moment_count(), own / counted)),
        robust: match problem.has_full_information() && !problem.is_listwise() {
            true => problem.robust_incomplete(&independence, standard_errors),
            false => None,
        },
    })
}

/// What the robust measures of full information are made of, with a test that is not scaled.
pub(crate) fn robust_measures(
    problem: &Problem<'_>,
    standard_errors: StandardErrors,
) -> Option<RobustOrdinal> {
    let (tables, x) = baseline(problem.tables, problem.observed)?;
    let unconstrained = unasked(&tables, problem.observed);
    let independence =
        Problem { tables: &tables, x: &x, jacobian: &unconstrained, known: Known::default(), ..*problem };
    problem.robust_incomplete(&independence, standard_errors)
}

/// What a scaled statistic is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Traces {
    pub(crate) trace: f64,
    pub(crate) square: f64,
    /// Of the saturated model and of the model, for Yuan and Bentler's statistic.
    pub(crate) levels: Option<(f64, f64)>,
}

/// What holds the means and variances of an independence model that a group was not asked about: a row for each.
fn unasked(tables: &[ParameterTable], observed: &[Observed]) -> DMatrix<f64> {
    let mut held = Vec::new();
    for (table, observed) in tables.iter().zip(observed) {
        let there = observed.there();
        held.extend(table.rows.iter().filter_map(|row| match (row.kind, row.place) {
            (Kind::Free(free, _), Place::Residual(i, _) | Place::Intercept(i)) if !there.contains(&i) => {
                Some(free)
            }
            _ => None,
        }));
    }
    let q = tables.first().map_or(0, |table| table.n_free);
    DMatrix::from_fn(held.len(), q, |row, free| f64::from(u8::from(held[row] == free)))
}

/// The independence model of the same variables: variances (and means) free, covariates as they are.
pub(crate) fn baseline(
    tables: &[ParameterTable],
    observed: &[Observed],
) -> Option<(Vec<ParameterTable>, DVector<f64>)> {
    let first = tables.first()?;
    let names = &first.observed;
    let mut formulas: Vec<Formula> = names.iter().map(|n| Formula::new(n, Operator::Covariance, n)).collect();
    for (a, &i) in first.exogenous.iter().enumerate() {
        for &j in &first.exogenous[a + 1..] {
            formulas.push(Formula::new(&names[i], Operator::Covariance, &names[j]));
        }
    }
    if first.has_means {
        formulas.extend(names.iter().map(|n| Formula::new(n, Operator::Intercept, "")));
    }
    for formula in &mut formulas {
        formula.modifiers.constraint = Constraint::Free;
    }
    let model = Model::from_formulas(formulas).ok()?;
    let specification = Specification {
        function: Function::Lavaan,
        means: if first.has_means { MeanStructure::Automatic } else { MeanStructure::Excluded },
        covariates: Covariates::Random,
        ..Specification::default()
    };
    let mut baselines: Vec<ParameterTable> = Vec::with_capacity(tables.len());
    for baseline in ParameterTable::of_groups(&model, &specification, tables.len()).ok()? {
        let from = baselines.last().map_or(0, |last| last.n_free);
        baselines.push(baseline.with_covariates(&first.covariates, from));
    }
    let free = baselines.last().map_or(0, |last| last.n_free);
    baselines.iter_mut().for_each(|baseline| baseline.n_free = free);
    let mut x = DVector::zeros(baselines.first()?.n_free);
    for (baseline, observed) in baselines.iter().zip(observed) {
        let incomplete = observed.full_information();
        // covariates keep their covariances: with what all of them say of those that are missing
        let covariates = &first.exogenous;
        let known = incomplete.filter(|own| !own.rows.have(covariates));
        let own_moments = known.map(|own| own.moments_of(covariates));
        let place = |i: usize| covariates.iter().position(|&own| own == i);
        for row in &baseline.rows {
            if let Kind::Free(free, _) = row.kind {
                if let Some(moments) = &own_moments {
                    let (mean, covariance) = moments.as_ref()?;
                    let own = match row.place {
                        Place::Residual(i, j) => place(i).zip(place(j)).map(|at| covariance[at]),
                        Place::Intercept(i) => place(i).map(|i| mean[i]),
                        _ => None,
                    };
                    if let Some(value) = own {
                        x[free] = value;
                        continue;
                    }
                }
                x[free] = match (row.place, incomplete) {
                    (Place::Residual(i, j), Some(own)) if i == j => own.of_each.2[i],
                    (Place::Intercept(i), Some(own)) => own.of_each.1[i],
                    (Place::Residual(i, j), _) => observed.covariance[(i, j)],
                    (Place::Intercept(i), _) => observed.mean[i],
                    _ => return None,
                };
            }
        }
    }
    Some((baselines, x))
}

//! The road from model and moments to a result.

use super::estimates::{ParameterEstimate, defined, estimates};
use super::estimation::Estimation;
use super::estimator::{Criterion, Estimator, Likelihood};
use super::fit::{Fit, Internals};
use super::inference::{Information, StandardErrors, TestStatistic};
use super::measures::{GroupFit, Squares, chi_square_tail, measures, mplus_srmr};
use super::weight::Weight;
use crate::correlation::{Keep, Ordered, ThreeStage};
use crate::error::{Error, Result, Warning};
use crate::estimate::conventions::Conventions;
use crate::estimate::incomplete::full_information::{Design, IncompleteGroup};
use crate::estimate::inference::ModelTest;
use crate::estimate::normal::deviations::metric;
use crate::estimate::normal::least_squares::baseline_chisq;
use crate::estimate::observed::Observed;
use crate::estimate::plan::{DataKind, Plan};
use crate::estimate::problem::{Known, Problem};
use crate::estimate::sample::group::{KnownRows, Sample};
use crate::estimate::sample::row_account::RowAccount;
use crate::estimate::sample::sampling_weights::normalise;
use crate::estimate::search::bounds::bounds_of;
use crate::estimate::search::constraints::{Constraints, null_basis};
use crate::estimate::search::diagnosis::{diagnose, free_name, observed_moments};
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::search::scoring::Solution;
use crate::estimate::search::setting::Setting;
use crate::estimate::search::starts::{Start, start_values};
use crate::estimate::uncertainty::bootstrap::{Drawn, bootstrap};
use crate::estimate::uncertainty::browne::browne_residual;
use crate::estimate::uncertainty::design_effects::design_effects;
use crate::estimate::uncertainty::robust::{covariance, robust_measures, scaled_tests};
use crate::model::{
    Covariates, Function, Implied, Kind, Model, NoValue, ParameterTable, Relation, Specification,
    degrees_of_freedom,
};
use crate::moments::{Divisor, Missing, Moments, RowsUsed};
use nalgebra::{DMatrix, DVector};
use ndarray::ArrayView2;
use std::sync::Arc;

/// Clusters below which their standard errors are too small (McNeish & Stapleton 2016).
pub(crate) const FEW_CLUSTERS: usize = 30;

impl Estimation {
    pub(crate) fn fit_to(
        &self,
        model: &Model,
        names: Vec<String>,
        groups: &mut [Sample],
        account: RowAccount,
    ) -> Result<Fit> {
        let has_rows = groups.iter().all(|group| group.rows.is_some());
        let plan = Plan::of(self, self.kind(), has_rows)?;
        let Plan { information, standard_errors, statistic, .. } = plan;
        let sampling_weights = self.weights.as_ref().and_then(|variable| normalise(variable, groups));
        let groups = &*groups;
        let model = &model.number_groups(&names)?;
        let tables = ParameterTable::of_groups(model, &self.full_specification(), groups.len())?;
        if tables.iter().any(|table| !table.covariates.is_empty()) {
            plan.check_covariates(self)?;
        }
        let read: Vec<(Moments, Observed)> = tables
            .iter()
            .zip(groups)
            .map(|(table, group)| {
                if table.has_ordinal() {
                    self.observe_ordinal(table, group, standard_errors, statistic)
                } else if self.is_by_rows() {
                    let elsewhere = self.answered_elsewhere(&tables, table, &names, groups)?;
                    self.observe_incomplete(table, group, &elsewhere)
                } else {
                    self.observe(table, &group.moments)
                }
            })
            .collect::<Result<_>>()?;
        let mut observed: Vec<Observed> = read.into_iter().map(|(_, observed)| observed).collect();
        borrow_correlations(&mut observed);
        self.weigh_alike(&mut observed);
        let mut warnings = warnings_of(&tables);
        if self.estimator.is_for_ordinal() && self.ordered == Ordered::None {
            warnings.push(Warning::NothingOrdinal { estimator: self.estimator.name() });
        }
        let (read, used) = (account.read(), account.used());
        debug_assert_eq!(used, observed.iter().map(|observed| observed.n).sum::<usize>());
        warnings.extend(account.warning(self.group.as_deref()));
        warnings.extend(observed.iter().filter_map(|o| o.ordinal.as_ref()).flat_map(|o| o.warnings()));
        warnings.extend(sampling_weights.as_ref().and_then(|weights| weights.warning()));
        let bounds = bounds_of(self.bounds, &tables, &observed);
        let constraints = Constraints::new(model, &tables, &bounds)?;
        let unknown: usize =
            observed.iter().filter_map(|o| o.incomplete.as_ref()).map(|group| group.unknown().0).sum();
        // the covariance of variables that nobody has together is no moment, nor is any of one that a group was not asked
        let free_df = degrees_of_freedom(&tables) - unknown as i64;
        refuse_hopeless(&tables, free_df, &constraints)?;
        for (observed, table) in observed.iter().zip(&tables) {
            let absent = observed.incomplete.as_ref().map_or(&[][..], |group| &group.absent);
            if let (false, Some(variable)) = (absent.is_empty(), &self.group) {
                warnings.push(Warning::NotAskedInGroup {
                    items: absent.iter().map(|&i| table.observed[i].clone()).collect(),
                    variable: variable.clone(),
                    group: names[table.group].clone(),
                });
            }
            let own = observed.incomplete.as_ref().map_or(&[][..], |group| &group.apart);
            if let Some(&(i, j)) = own.first() {
                warnings.push(Warning::NeverTogether {
                    first: table.observed[i].clone(),
                    second: table.observed[j].clone(),
                    pairs: own.len(),
                });
            }
        }
        let rows: Vec<DMatrix<f64>> = groups.iter().zip(&tables).filter_map(|(g, t)| g.rows_of(t)).collect();
        let setting = Setting {
            estimation: self,
            tables: &tables,
            constraints: &constraints,
            bounds: &bounds,
            // more parameters than moments: nothing to search for, the start is the best point
            max_iterations: if self.settled.is_some() || free_df < 0 && constraints.are_none() {
                0
            } else {
                self.max_iterations
            },
        };
        let weights = setting.weights(&observed, &rows)?;
        let mut discrepancy = Discrepancy::new(&tables, &observed, weights.as_deref());
        let found = setting.search_from_several(&mut discrepancy, &observed);
        let mut found = found.ok_or_else(|| self.without_start(&setting, &observed))?;
        if observed.iter().any(|observed| observed.full_information().is_some()) {
            found.inform(&setting, &mut discrepancy, &observed);
        }
        if groups.len() > 1 && self.conventions == Conventions::Lavaan {
            hessian_by_size(&tables, &observed, weights.as_deref(), &mut found.solution);
        }
        warnings.extend(found.warning.take());
        warnings.extend(without_value(&constraints, &found.solution.x));
        let q = found.solution.x.len();
        if let Some(variable) = &self.cluster {
            let clusters = groups.iter().filter_map(Sample::cluster_count).sum();
            if clusters < FEW_CLUSTERS {
                warnings.push(Warning::FewClusters { variable: variable.clone(), clusters, parameters: q });
            }
        }
        // an inequality that has become a bound is no degree of freedom
        let tied = q - null_basis(&constraints.of_equalities(&found.solution.jacobian), q).ncols();
        let df = free_df + tied as i64;
        let implied: Vec<&Implied> = discrepancy.implied();
        let (status, caveats) = match &self.settled {
            Some(settled) => (settled.status.clone(), Vec::new()),
            None => diagnose(&tables, &observed, &implied, &found, df),
        };
        warnings.extend(caveats);
        let solution = found.solution;
        if df == 0 && status.converged() {
            warnings.push(Warning::Saturated);
        }
        let at_bound = at_bound(&solution.x, &bounds);
        warnings.extend(
            at_bound
                .iter()
                .map(|&(free, bound)| Warning::AtBound { parameter: free_name(&tables, free), bound }),
        );
        let multiplier: f64 = observed.iter().map(|o| o.multiplier).sum();
        let (x, jacobian) = (&solution.x, &solution.jacobian);
        let problem = Problem {
            tables: &tables,
            observed: &observed,
            rows: &rows,
            x,
            jacobian,
            information,
            // as lavaan has it: the Hessian with MLR, that of the saturated model where a test is asked for
            saturated: self.tests_saturated(),
            metric: metric(self.conventions),
            weights: weights.as_deref(),
            known: Known::default(),
        };
        let usable = status.converged();
        let chisq = multiplier * solution.value.max(0.0);
        let resampled = match standard_errors {
            StandardErrors::Bootstrap if usable => Some(bootstrap(&setting, &problem, self.drawn())?),
            _ => None,
        };
        let vcov = match (&resampled, standard_errors) {
            _ if !usable => None,
            _ if self.settled.is_some() => self.settled.as_ref().and_then(|settled| settled.vcov.clone()),
            (Some(resampled), _) => Some(resampled.covariance(q)),
            (None, StandardErrors::None | StandardErrors::Bootstrap) => None,
            _ => covariance(&problem, &solution.hessian, information, standard_errors, multiplier),
        };
        let design_effects = match &vcov {
            Some(vcov) if self.cluster.is_some() && !problem.is_two_stage() => {
                design_effects(&problem, &solution.hessian, information, vcov, multiplier)
            }
            _ => Vec::new(),
        };
        let parts: Vec<GroupFit<'_>> = (tables.iter().zip(&observed).zip(&implied).enumerate())
            .map(|(group, ((table, observed), implied))| GroupFit {
                table,
                observed,
                implied,
                inverse: discrepancy.inverse(group),
            })
            .collect();
        let squares = discrepancy.goodness().zip(weights.as_deref()).map(|(gfi, weights)| {
            let squared = matches!(statistic, TestStatistic::ScaledShifted | TestStatistic::MeanVarAdjusted);
            let ordinal = problem.ordinal_baseline(self.frees_baseline_slopes(), squared);
            let baseline = match (&ordinal, plan.kind) {
                (Some(ordinal), _) => Some(ordinal.chisq),
                (None, DataKind::Ordinal) => None,
                (None, _) => baseline_chisq(&tables, &observed, weights),
            };
            Squares {
                baseline: baseline.unwrap_or(f64::NAN),
                ordinal,
                gfi,
                // lavaan gives DWLS a p-value, though its test has no chi-square distribution
                is_chi_square: self.estimator.criterion() != Criterion::Uls,
            }
        });
        let scaled = if usable && statistic.is_scaled() {
            scaled_tests(
                &problem,
                &parts,
                chisq,
                df as f64,
                statistic,
                self.conventions,
                squares,
                standard_errors,
            )
        } else {
            None
        };
        let incomplete = match scaled {
            // a model that is only set against another has no use for them
            None if usable && problem.has_full_information() && groups.iter().all(|g| g.known.is_none()) => {
                robust_measures(&problem, standard_errors)
            }
            _ => None,
        };
        let npar = (q - tied) as f64;
        let mut fit = measures(
            &parts,
            solution.value,
            npar,
            df,
            self.conventions,
            scaled.as_ref(),
            squares,
            incomplete,
        );
        if self.conventions == Conventions::Mplus {
            fit.replace("srmr", mplus_srmr(&parts, self.is_by_expected_information()));
        }
        let mut tests = Vec::new();
        if usable {
            let pvalue = fit.get("pvalue");
            let groups = discrepancy.of_groups().iter().map(|f| multiplier * f).collect();
            tests.push(ModelTest { test: TestStatistic::Standard, chisq, df: df as f64, pvalue, groups });
            if let Some(scaled) = &scaled {
                let test = scaled.model;
                let pvalue = (test.df > 0.0).then(|| chi_square_tail(test.chisq, test.df));
                let (chisq, df) = (test.chisq, test.df);
                tests.push(ModelTest { test: statistic, chisq, df, pvalue, groups: Vec::new() });
            }
            if statistic == TestStatistic::BollenStine {
                let simulated = bootstrap(&setting, &problem, Drawn::BollenStine)?;
                let pvalue = Some(simulated.share_above(chisq));
                let (df, groups) = (df as f64, Vec::new());
                tests.push(ModelTest { test: statistic, chisq, df, pvalue, groups });
            }
            tests.extend(browne_residual(&problem, statistic, df, multiplier));
        }
        let implied: Vec<Implied> = (tables.iter().zip(&observed).zip(discrepancy.into_implied()))
            .map(|((table, observed), implied)| match observed.ordinal {
                Some(_) => implied.with_covariates(table, &observed.covariance, &observed.mean),
                None => implied,
            })
            .collect();
        let mut parameters =
            parameters_at(&tables, &implied, &constraints, &solution, &at_bound, vcov.as_ref());
        if let Some(resampled) = &resampled {
            resampled.complete(&mut parameters);
            warnings.extend(resampled.warning());
        }
        let keep_rows = statistic.needs_rows() || resampled.is_some();
        Ok(Fit {
            converged: usable,
            iterations: solution.iterations,
            estimator: self.estimator,
            likelihood: self.likelihood,
            information,
            standard_errors,
            test: statistic,
            tests,
            missing: RowsUsed { policy: self.missing, rows_read: read, rows_used: used },
            left_out: account.into_left_out(),
            nobs: observed.iter().map(|observed| observed.n).collect(),
            groups: names,
            nclusters: groups.iter().filter_map(Sample::cluster_count).collect(),
            auxiliary: Vec::new(),
            parameters,
            fit: if usable { fit } else { fit.without_values() },
            status,
            warnings,
            sampling_weights,
            design_effects,
            bootstrap: resampled,
            internals: Internals {
                implied,
                vcov,
                df,
                x: solution.x,
                jacobian: solution.jacobian,
                rows: if keep_rows { rows } else { Vec::new() },
                information,
                saturated: self.tests_saturated(),
                conventions: self.conventions,
                statistic,
                weights,
                observed,
                estimation: self.clone(),
                constraints,
                bounds,
                tables,
            },
        })
    }

    /// The specification, with what the covariates are where nobody said it: random by least squares of continuous
    /// variables, fixed otherwise.
    fn full_specification(&self) -> Specification {
        let mut specification = self.specification.clone();
        let squares = self.estimator.is_least_squares() && specification.ordinal.is_empty();
        if self.covariates.is_none() && squares {
            specification.covariates = Covariates::Random;
        }
        specification
    }

    /// Whether rows count one by one in the likelihood: some are incomplete, in clusters, or have weights.
    fn is_by_rows(&self) -> bool {
        self.missing.is_likelihood() || self.cluster.is_some() || self.weights.is_some()
    }

    /// What the data are to a model of one level.
    fn kind(&self) -> DataKind {
        match (self.specification.ordinal.is_empty(), self.is_by_rows()) {
            (false, _) => DataKind::Ordinal,
            (true, true) => DataKind::Rows,
            (true, false) => DataKind::Complete,
        }
    }

    /// Whether the test takes the information of the saturated model, as lavaan has it.
    fn tests_saturated(&self) -> bool {
        self.weights.is_none()
            && (self.test.is_some() || self.cluster.is_some() && self.estimator == Estimator::Ml)
    }

    /// Mean and variance, over the other groups, of the variables that only these answered: under full information, where
    /// all parameters of such a variable are those of a group that has it.
    fn answered_elsewhere(
        &self,
        tables: &[ParameterTable],
        table: &ParameterTable,
        names: &[String],
        groups: &[Sample],
    ) -> Result<Vec<(usize, f64, f64)>> {
        let given = |group: &Sample, name: &String| -> Vec<f64> {
            let rows = group.rows.as_ref().zip(group.moments.index_of(name));
            rows.map_or_else(Vec::new, |(rows, j)| {
                rows.row(j).iter().copied().filter(|x| !x.is_nan()).collect()
            })
        };
        let mut elsewhere = Vec::new();
        for (i, name) in table.observed.iter().enumerate() {
            if names.is_empty() || !given(&groups[table.group], name).is_empty() {
                continue;
            }
            let all: Vec<f64> = groups.iter().flat_map(|group| given(group, name)).collect();
            if all.is_empty() {
                let rows = groups.iter().map(|group| group.moments.rows_read()).sum();
                return Err(Error::EmptyColumn { column: name.clone(), rows });
            }
            let tied = |free: usize| {
                tables.iter().any(|other| {
                    other.row_of_free(free).is_some() && !given(&groups[other.group], name).is_empty()
                })
            };
            let own = table.rows.iter().filter(|row| row.lhs == *name || row.rhs == *name);
            let loose = own.into_iter().find(|row| matches!(row.kind, Kind::Free(free, _) if !tied(free)));
            if loose.is_some() || !self.missing.is_full_information() || table.exogenous.contains(&i) {
                return Err(Error::NotAskedInGroup {
                    item: name.clone(),
                    variable: self.group.clone().unwrap_or_default(),
                    group: names[table.group].clone(),
                    parameter: loose.map(|row| row.name()),
                });
            }
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / all.len() as f64;
            elsewhere.push((i, mean, variance));
        }
        Ok(elsewhere)
    }

    /// The rows of a group with their saturated moments.
    fn observe_incomplete(
        &self,
        table: &ParameterTable,
        group: &Sample,
        elsewhere: &[(usize, f64, f64)],
    ) -> Result<(Moments, Observed)> {
        let moments = group.moments.select(&table.observed.iter().map(String::as_str).collect::<Vec<_>>())?;
        let mut rows = group.rows_of(table).unwrap_or_else(|| DMatrix::zeros(table.observed.len(), 0));
        // complete rows of clusters go the road of full information: their scores are known one by one
        let policy = if self.missing.is_two_stage() { self.missing } else { Missing::Fiml };
        let n = rows.ncols();
        let design = Design {
            clusters: group.clusters.clone(),
            weights: group.weights.clone(),
            listwise: self.missing.is_listwise(),
        };
        let mean = match (&design.weights, table.has_means) {
            // means that are not modelled are those of the data: 0 of deviations from them
            (Some(weights), false) => Some(centre(&mut rows, weights)),
            _ => None,
        };
        let is_same = |(names, known): &&KnownRows| {
            let plain = group.clusters.is_none() && group.weights.is_none();
            plain && *names == table.observed && known.policy == policy && known.rows.n == n
        };
        let own = match group.known.as_ref().filter(is_same) {
            Some((_, known)) => Arc::clone(known),
            None => Arc::new(IncompleteGroup::new(&rows, &table.observed, policy, design, elsewhere)?),
        };
        let covariance = own.saturated.covariance.clone();
        let mean = mean.unwrap_or_else(|| own.saturated.mean.clone());
        let observed = observed_moments(&table.observed, covariance, mean, n, own.rows.total)?;
        Ok((moments, Observed { incomplete: Some(own), ..observed }))
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

    /// In Mplus's unweighted least squares of ordinal data all groups weigh alike, whatever their size.
    fn weigh_alike(&self, observed: &mut [Observed]) {
        let ordinal = observed.iter().all(|o| o.ordinal.is_some());
        if ordinal && self.conventions == Conventions::Mplus && self.estimator.criterion() == Criterion::Uls {
            let mean = observed.iter().map(|o| o.multiplier).sum::<f64>() / observed.len() as f64;
            observed.iter_mut().for_each(|o| o.multiplier = mean);
        }
    }

    /// Divisor of the covariances of n respondents, and what multiplies the discrepancy of their group.
    pub(crate) fn divisor(&self, n: usize) -> (Divisor, f64) {
        match self.likelihood {
            // Mplus tests those of ordinal data by N
            _ if !self.specification.ordinal.is_empty() && self.conventions == Conventions::Mplus => {
                (Divisor::N, n as f64)
            }
            // least squares take covariances with divisor N - 1 and test by N - 1
            _ if self.estimator.is_least_squares() => (Divisor::NMinusOne, n as f64 - 1.0),
            Likelihood::Normal => (Divisor::N, n as f64),
            Likelihood::Wishart => (Divisor::NMinusOne, n as f64 - 1.0),
        }
    }

    /// Thresholds and correlations of a group's variables, given the fixed covariates.
    fn observe_ordinal(
        &self,
        table: &ParameterTable,
        group: &Sample,
        standard_errors: StandardErrors,
        statistic: TestStatistic,
    ) -> Result<(Moments, Observed)> {
        let rows = group.rows_of(table).ok_or_else(|| Error::Unsupported {
            what: "ordinal variables from moments alone".into(),
            instead: "Fit the data themselves.".into(),
        })?;
        let moments = group.moments.select(&table.observed.iter().map(String::as_str).collect::<Vec<_>>())?;
        let n = rows.ncols();
        let by_row = ArrayView2::from_shape((n, rows.nrows()), rows.as_slice()).map_err(|_| {
            Error::WrongSize { what: "rows of the data".into(), found: n, expected: moments.n() }
        })?;
        let named = |i: &usize| table.observed[*i].clone();
        let ordinal: Vec<String> =
            (0..table.observed.len()).filter(|i| table.is_ordinal(*i)).map(|i| named(&i)).collect();
        let covariates: Vec<String> = table.covariates.iter().map(named).collect();
        let scores = self.estimator.criterion() == Criterion::Wls
            || statistic.is_scaled()
            || standard_errors == StandardErrors::RobustSem
            || group.clusters.is_some();
        let keep = if scores { Keep::Influences } else { Keep::Variances };
        let known =
            group.like.as_ref().filter(|(names, _)| *names == table.observed && covariates.is_empty());
        let stages = match known {
            Some((_, stages)) => Arc::clone(stages),
            None => {
                let ordinal = Ordered::Named(ordinal);
                let weights = group.weights.as_deref();
                let stages = ThreeStage::weighted(
                    &table.observed,
                    by_row,
                    &ordinal,
                    &covariates,
                    self.empty_cells,
                    keep,
                    weights,
                )?;
                Arc::new(match &group.clusters {
                    Some(clusters) => stages.in_clusters(clusters),
                    None => stages,
                })
            }
        };
        if self.estimator.criterion() == Criterion::Wls && n <= stages.values.len() {
            let what = "weighted least squares (more respondents than thresholds and correlations)".into();
            return Err(Error::TooFewRows { what, n, needed: stages.values.len() + 1 });
        }
        let (divisor, multiplier) = self.divisor(n);
        // the covariates' own moments, and those of the others given them
        let mut covariance = moments.covariance_matrix(divisor)?;
        let mut mean = moments.mean_vector().unwrap_or_else(|| DVector::zeros(table.observed.len()));
        if let Some(weights) = &group.weights {
            let x = &table.covariates;
            let mut own = DMatrix::from_fn(x.len(), n, |i, c| rows[(x[i], c)]);
            let at = centre(&mut own, weights);
            let weighted = DMatrix::from_fn(x.len(), n, |i, c| own[(i, c)] * weights[c]);
            let products = weighted * own.transpose() / weights.iter().sum::<f64>();
            for (i, &a) in x.iter().enumerate() {
                mean[a] = at[i];
                x.iter().enumerate().for_each(|(j, &b)| covariance[(a, b)] = products[(i, j)]);
            }
        }
        let own: Vec<usize> = (0..mean.len()).filter(|i| !table.covariates.contains(i)).collect();
        for (a, &i) in own.iter().enumerate() {
            for (b, &j) in own.iter().enumerate() {
                covariance[(i, j)] = stages.covariance[(a, b)];
            }
            for &x in &table.covariates {
                (covariance[(i, x)], covariance[(x, i)]) = (0.0, 0.0);
            }
            mean[i] = if table.is_ordinal(i) { 0.0 } else { stages.mean(a) };
        }
        let ordinal = Some(stages);
        Ok((
            moments,
            Observed {
                covariance,
                mean,
                log_determinant: 0.0,
                n,
                multiplier,
                ordinal,
                incomplete: None,
                two_level: None,
            },
        ))
    }

    /// The moments of a group's variables, checked and with the divisor of the likelihood.
    fn observe(&self, table: &ParameterTable, moments: &Moments) -> Result<(Moments, Observed)> {
        let moments = moments.select(&table.observed.iter().map(String::as_str).collect::<Vec<_>>())?;
        let mean = match moments.mean_vector() {
            Some(mean) => mean,
            None if table.has_means => {
                return Err(Error::Unsupported {
                    what: "a mean structure without means".into(),
                    instead:
                        "Give the means beside the covariance matrix, or leave intercepts out of the model."
                            .into(),
                });
            }
            None => DVector::zeros(table.observed.len()),
        };
        let n = moments.n();
        let (divisor, multiplier) = self.divisor(n);
        let observed =
            observed_moments(&table.observed, moments.covariance_matrix(divisor)?, mean, n, multiplier)?;
        Ok((moments, observed))
    }
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

/// Gives a variable that a group was not asked the correlations of a group that has it, for start values.
fn borrow_correlations(observed: &mut [Observed]) {
    for at in 0..observed.len() {
        let there = observed[at].there();
        for i in (0..observed[at].mean.len()).filter(|i| !there.contains(i)) {
            let Some(donor) = observed.iter().find(|other| other.there().contains(&i)) else { continue };
            let (s, own) = (&donor.covariance, &observed[at].covariance);
            let value = |j: usize| s[(i, j)] * (own[(i, i)] * own[(j, j)] / (s[(i, i)] * s[(j, j)])).sqrt();
            let values: Vec<(usize, f64)> = there.iter().map(|&j| (j, value(j))).collect();
            let covariance = &mut observed[at].covariance;
            for (j, value) in values {
                (covariance[(i, j)], covariance[(j, i)]) = (value, value);
            }
        }
    }
}

/// The rows of all tables with their estimates, and the defined parameters; what lies at a bound has no standard error.
pub(crate) fn parameters_at(
    tables: &[ParameterTable],
    implied: &[Implied],
    constraints: &Constraints,
    solution: &Solution,
    at_bound: &[(usize, f64)],
    vcov: Option<&DMatrix<f64>>,
) -> Vec<ParameterEstimate> {
    let of_block = |(block, (table, implied))| estimates(block, table, implied, vcov);
    let mut parameters: Vec<ParameterEstimate> =
        tables.iter().zip(implied).enumerate().flat_map(of_block).collect();
    if !constraints.are_none() {
        let bound = constraints.at_bound(&solution.jacobian);
        parameters.iter_mut().for_each(|p| p.without_error_at(&bound));
    }
    for p in parameters.iter_mut().filter(|p| at_bound.iter().any(|(free, _)| p.free == free + 1)) {
        (p.se, p.z, p.pvalue, p.ci_lower, p.ci_upper) = (None, None, None, None, None);
    }
    parameters.extend(defined(constraints, &parameters, &solution.x, vcov));
    parameters
}

/// Free parameters that lie at a bound, with the bound.
pub(crate) fn at_bound(x: &DVector<f64>, bounds: &[(f64, f64)]) -> Vec<(usize, f64)> {
    let each = bounds.iter().enumerate().filter_map(|(free, &(lower, upper))| {
        [lower, upper].into_iter().find(|bound| (x[free] - bound).abs() < 1e-9).map(|bound| (free, bound))
    });
    each.collect()
}

/// Subtracts the weighted means from complete rows.
fn centre(rows: &mut DMatrix<f64>, weights: &[f64]) -> DVector<f64> {
    let weights = DVector::from_column_slice(weights);
    let mean = &*rows * &weights / weights.sum();
    rows.column_iter_mut().for_each(|mut row| row -= &mean);
    mean
}

/// Parameters up to which a model that has more of them than moments is fitted as far as it goes, to say which cannot be
/// told apart.
const TOLD_APART: usize = 500;

/// Caveats of the tables, each once.
pub(crate) fn warnings_of(tables: &[ParameterTable]) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = Vec::new();
    for warning in tables.iter().flat_map(|table| &table.warnings) {
        if !warnings.contains(warning) {
            warnings.push(warning.clone());
        }
    }
    warnings
}

/// Refuses at once what has many parameters, and more of them than moments.
pub(crate) fn refuse_hopeless(tables: &[ParameterTable], df: i64, constraints: &Constraints) -> Result<()> {
    let free = tables.first().map_or(0, |table| table.n_free);
    if df + constraints.equality_count() as i64 >= 0 || free <= TOLD_APART {
        return Ok(());
    }
    Err(Error::MoreParametersThanMoments { free, moments: (free as i64 + df) as usize })
}

/// Defined parameters and constraints that have no value at the solution.
pub(crate) fn without_value(constraints: &Constraints, x: &DVector<f64>) -> Vec<Warning> {
    let told = |(relation, why): (&Relation, NoValue)| Warning::WithoutValue {
        relation: relation.to_string(),
        is_definition: relation.name().is_some(),
        reason: why.to_string(),
    };
    constraints.without_value(x).into_iter().map(told).collect()
}

impl Estimation {
    /// Why no search could be begun.
    pub(crate) fn without_start(&self, setting: &Setting<'_>, observed: &[Observed]) -> Error {
        let start = start_values(setting.tables, observed, Start::PrincipalFactors);
        if let Some((relation, why)) =
            setting.constraints.without_value(&start).into_iter().find(|(r, _)| r.name().is_none())
        {
            return Error::BadModel {
                what: format!("the constraint '{relation}' has no value at the start of the search: {why}"),
                remedy: "Give its parameters start values at which it has one, with start(value)*x.".into(),
            };
        }
        let bare = setting.tables.iter().flat_map(ParameterTable::without_variance).collect::<Vec<_>>();
        if self.specification.function == Function::Lavaan && !bare.is_empty() {
            let named: Vec<String> = bare.iter().take(8).map(|name| format!("'{name}'")).collect();
            return Error::BadModel {
                what: format!(
                    "the model has no (residual) variance of {}{}, so that it leaves them no variation of their own",
                    named.join(", "),
                    if bare.len() > 8 { format!(" and {} more", bare.len() - 8) } else { String::new() }
                ),
                remedy: "The function lavaan adds nothing to the text: take cfa or sem (--fn cfa), have variances \
                         added (--auto-var, with a loading fixed to 1 or --std-lv), or write them, as in 'x1 ~~ x1'."
                    .into(),
            };
        }
        bad_start(setting.tables)
    }
}

pub(crate) fn bad_start(tables: &[ParameterTable]) -> Error {
    let variables = tables.first().map(|table| table.observed.iter().take(8).cloned().collect());
    Error::NotPositiveDefinite {
        matrix: "the covariance matrix that the model implies at its fixed and start values".into(),
        eigenvalue: 0.0,
        variables: variables.unwrap_or_default(),
    }
}

//! The options of a fit, and the road from model and moments to a result.

use super::casewise::{At, Cases, contributions, inverse_factor};
use super::constraints::{Constraints, constrained_inverse, null_basis};
use super::diagnosis::{diagnose, observed_moments};
use super::discrepancy::Discrepancy;
use super::estimates::{ParameterEstimate, defined, estimates};
use super::fit::{Fit, Internals, metric};
use super::inference::{Information, StandardErrors, TestStatistic};
use super::least_squares::baseline_chisq;
use super::likelihood::Observed;
use super::measures::{GroupFit, ScaledTests, Squares, baseline_test, measures, mplus_srmr};
use super::robust::{Problem, baseline};
use super::scoring::{minimise, minimise_under};
use super::starts::start_values;
use super::weight::{Layout, Weight};
use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::model::{
    Covariates, Equality, Function, Implied, Kind, LatentCovariances, MeanStructure, Model, ParameterTable,
    Scaling, Specification, Variances, degrees_of_freedom,
};
use crate::moments::{Divisor, Missing, Moments, RowsUsed};
use nalgebra::{DMatrix, DVector};
use ndarray::{ArrayView2, Axis};
use serde::{Deserialize, Serialize};

/// The estimator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Estimator {
    /// Maximum likelihood under multivariate normality.
    #[default]
    Ml,
    /// ML with robust standard errors and the Satorra-Bentler test.
    Mlm,
    /// ML with robust standard errors and the scaled and shifted test.
    Mlmv,
    /// ML with robust standard errors and the mean- and variance-adjusted test.
    Mlmvs,
    /// ML with Huber-White standard errors and Yuan and Bentler's test, as in Mplus.
    Mlr,
    /// ML with standard errors from the first-order information.
    Mlf,
    /// Generalised least squares: normal-theory weights at the observed moments.
    Gls,
    /// Unweighted least squares.
    Uls,
    /// Weighted least squares with the full matrix of the moments' sampling covariances (ADF).
    Wls,
    /// Weighted least squares with its diagonal.
    Dwls,
    /// DWLS with robust standard errors and the Satorra-Bentler test.
    Wlsm,
    /// DWLS with robust standard errors and the scaled and shifted test.
    Wlsmv,
    /// DWLS with robust standard errors and the mean- and variance-adjusted test.
    Wlsmvs,
    /// ULS with robust standard errors and the Satorra-Bentler test.
    Ulsm,
    /// ULS with robust standard errors and the scaled and shifted test.
    Ulsmv,
    /// ULS with robust standard errors and the mean- and variance-adjusted test.
    Ulsmvs,
}

/// What an estimator minimises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Criterion {
    Likelihood,
    Gls,
    Uls,
    Wls,
    Dwls,
}

impl Estimator {
    /// Name as printed and as given on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Estimator::Ml => "ML",
            Estimator::Mlm => "MLM",
            Estimator::Mlmv => "MLMV",
            Estimator::Mlmvs => "MLMVS",
            Estimator::Mlr => "MLR",
            Estimator::Mlf => "MLF",
            Estimator::Gls => "GLS",
            Estimator::Uls => "ULS",
            Estimator::Wls => "WLS",
            Estimator::Dwls => "DWLS",
            Estimator::Wlsm => "WLSM",
            Estimator::Wlsmv => "WLSMV",
            Estimator::Wlsmvs => "WLSMVS",
            Estimator::Ulsm => "ULSM",
            Estimator::Ulsmv => "ULSMV",
            Estimator::Ulsmvs => "ULSMVS",
        }
    }

    /// Whether moments are weighted, and there is no likelihood.
    fn is_least_squares(self) -> bool {
        self.criterion() != Criterion::Likelihood
    }

    fn criterion(self) -> Criterion {
        match self {
            Estimator::Ml
            | Estimator::Mlm
            | Estimator::Mlmv
            | Estimator::Mlmvs
            | Estimator::Mlr
            | Estimator::Mlf => Criterion::Likelihood,
            Estimator::Gls => Criterion::Gls,
            Estimator::Uls | Estimator::Ulsm | Estimator::Ulsmv | Estimator::Ulsmvs => Criterion::Uls,
            Estimator::Wls => Criterion::Wls,
            Estimator::Dwls | Estimator::Wlsm | Estimator::Wlsmv | Estimator::Wlsmvs => Criterion::Dwls,
        }
    }

    /// Information, standard errors and test unless others are asked for.
    fn defaults(self) -> (Information, StandardErrors, TestStatistic) {
        use {Information as I, StandardErrors as S, TestStatistic as T};
        match self {
            Estimator::Ml | Estimator::Gls | Estimator::Uls | Estimator::Wls | Estimator::Dwls => {
                (I::Expected, S::Standard, T::Standard)
            }
            Estimator::Mlm | Estimator::Wlsm | Estimator::Ulsm => {
                (I::Expected, S::RobustSem, T::SatorraBentler)
            }
            Estimator::Mlmv | Estimator::Wlsmv | Estimator::Ulsmv => {
                (I::Expected, S::RobustSem, T::ScaledShifted)
            }
            Estimator::Mlmvs | Estimator::Wlsmvs | Estimator::Ulsmvs => {
                (I::Expected, S::RobustSem, T::MeanVarAdjusted)
            }
            Estimator::Mlr => (I::Observed, S::RobustHuberWhite, T::YuanBentlerMplus),
            Estimator::Mlf => (I::FirstOrder, S::FirstOrder, T::Standard),
        }
    }
}

/// Which likelihood the moments have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likelihood {
    /// Of the data: covariances have divisor N, and the test statistic is N F (lavaan, Mplus).
    #[default]
    Normal,
    /// Of the covariance matrix: divisor N - 1, and the test statistic is (N - 1) F (AMOS, EQS, LISREL).
    Wishart,
}

/// Whose numerical conventions the measures follow where programs differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conventions {
    /// lavaan 0.6-14: `srmr` is Bentler's.
    #[default]
    Lavaan,
    /// Mplus 8: `srmr` is Mplus's.
    Mplus,
}

/// How a model is fitted. Every option has lavaan's default.
///
/// ```
/// use psychometrics::{Estimation, Model};
/// use psychometrics::moments::Moments;
///
/// // Spearman's one factor over three abilities: a saturated model, so the loadings follow from the correlations
/// let moments = Moments::from_lower_triangle(&["a", "b", "c"], &[1.0, 0.72, 1.0, 0.63, 0.56, 1.0], 200)?;
/// let model: Model = "g =~ a + b + c".parse()?;
/// let fit = Estimation::default().fit_moments(&model, &moments)?;
/// // loading of a: sqrt(.72 * .63 / .56) = 0.9
/// assert!((fit.parameter("g", "=~", "a").unwrap().std_all.unwrap() - 0.9).abs() < 1e-6);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimation {
    estimator: Estimator,
    group: Option<String>,
    information: Option<Information>,
    standard_errors: Option<StandardErrors>,
    test: Option<TestStatistic>,
    specification: Specification,
    likelihood: Likelihood,
    conventions: Conventions,
    max_iterations: usize,
}

impl Default for Estimation {
    fn default() -> Self {
        Self::new(Estimator::Ml)
    }
}

impl Estimation {
    /// An estimation with lavaan's defaults for `cfa()`.
    pub fn new(estimator: Estimator) -> Self {
        Self {
            estimator,
            group: None,
            information: None,
            standard_errors: None,
            test: None,
            specification: Specification::default(),
            likelihood: Likelihood::Normal,
            conventions: Conventions::Lavaan,
            max_iterations: 1000,
        }
    }

    /// Which parameters are added to those the text names.
    #[must_use]
    pub fn function(mut self, function: Function) -> Self {
        self.specification.function = function;
        self
    }

    /// How latent variables get their unit: a marker (default), or a variance of 1.
    #[must_use]
    pub fn scaling(mut self, scaling: Scaling) -> Self {
        self.specification.scaling = scaling;
        self
    }

    /// Whether exogenous latent variables covary (default: they do).
    #[must_use]
    pub fn latent_covariances(mut self, covariances: LatentCovariances) -> Self {
        self.specification.latent_covariances = covariances;
        self
    }

    /// Whether means are modelled (default: where the text names an intercept).
    #[must_use]
    pub fn means(mut self, means: MeanStructure) -> Self {
        self.specification.means = means;
        self
    }

    /// Whether variances that the text does not name are added with [`Function::Lavaan`] too.
    #[must_use]
    pub fn variances(mut self, variances: Variances) -> Self {
        self.specification.variances = variances;
        self
    }

    /// Whether exogenous observed covariates are fixed (default) or random.
    #[must_use]
    pub fn covariates(mut self, covariates: Covariates) -> Self {
        self.specification.covariates = covariates;
        self
    }

    /// The information behind the standard errors, instead of the estimator's own.
    #[must_use]
    pub fn information(mut self, information: Information) -> Self {
        self.information = Some(information);
        self
    }

    /// The standard errors, instead of the estimator's own.
    #[must_use]
    pub fn standard_errors(mut self, standard_errors: StandardErrors) -> Self {
        self.standard_errors = Some(standard_errors);
        self
    }

    /// The test, instead of the estimator's own.
    #[must_use]
    pub fn test(mut self, test: TestStatistic) -> Self {
        self.test = Some(test);
        self
    }

    /// Fits the model to each group of a variable, numbered by first appearance in the data.
    #[must_use]
    pub fn group(mut self, variable: impl Into<String>) -> Self {
        self.group = Some(variable.into());
        self
    }

    /// What is equal in all groups.
    #[must_use]
    pub fn equal(mut self, kinds: impl IntoIterator<Item = Equality>) -> Self {
        self.specification.equal = kinds.into_iter().collect();
        self
    }

    /// Parameters that are nevertheless free in each group, such as `visual=~x3` or `x5~1`.
    #[must_use]
    pub fn partial<S: Into<String>>(mut self, parameters: impl IntoIterator<Item = S>) -> Self {
        self.specification.partial = parameters.into_iter().map(Into::into).collect();
        self
    }

    /// Divisor of the covariances and multiplier of the test: N (default) or N - 1.
    #[must_use]
    pub fn likelihood(mut self, likelihood: Likelihood) -> Self {
        self.likelihood = likelihood;
        self
    }

    /// Whose conventions the fit measures follow.
    #[must_use]
    pub fn conventions(mut self, conventions: Conventions) -> Self {
        self.conventions = conventions;
        self
    }

    /// Largest number of iterations (default 1000).
    #[must_use]
    pub fn max_iterations(mut self, iterations: usize) -> Self {
        self.max_iterations = iterations;
        self
    }

    /// Fits a model to the rows of a data set that are complete on the model's variables.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] for a variable that is not in the data, [`Error::EmptyGroup`], and what
    /// [`Estimation::fit_moments`] gives.
    pub fn fit(&self, model: &Model, data: &Dataset) -> Result<Fit> {
        let names = model.observed_names();
        let values = data.numeric(&names)?;
        let sample = |rows: ArrayView2<'_, f64>| -> Result<Sample> {
            let moments = Moments::of(names.iter().cloned(), rows, Missing::Listwise)?;
            let complete = rows.outer_iter().filter(|row| row.iter().all(|x| !x.is_nan()));
            let values: Vec<f64> = complete.flat_map(|row| row.to_vec()).collect();
            let rows = DMatrix::from_vec(names.len(), values.len() / names.len().max(1), values);
            Ok(Sample { moments, rows: Some(rows) })
        };
        let Some(variable) = &self.group else {
            return self.fit_to(model, Vec::new(), &[sample(values.view())?]);
        };
        let grouping = data.grouping(variable)?;
        let mut groups = Vec::with_capacity(grouping.levels.len());
        for (code, level) in grouping.levels.iter().enumerate() {
            let rows = grouping.rows_of(code);
            let own = sample(values.select(Axis(0), &rows).view())?;
            if own.moments.n() == 0 {
                let (variable, group) = (variable.clone(), level.clone());
                return Err(Error::EmptyGroup { variable, group, rows: rows.len() });
            }
            groups.push(own);
        }
        self.fit_to(model, grouping.levels, &groups)
    }

    /// Fits a model to moments: of data, or published ones.
    ///
    /// A search that does not end well is a [`Fit`] with a [`Status`](super::Status) that says so; its
    /// estimates are the best point reached and its standard errors do not exist.
    ///
    /// # Errors
    /// When no fit can be begun: [`Error::UnknownColumn`], [`Error::ConstantItem`],
    /// [`Error::TooFewRows`] (no more rows than variables), [`Error::IdenticalItems`],
    /// [`Error::NotPositiveDefinite`] (of the observed moments, or of the start values),
    /// [`Error::Unsupported`] (a mean structure without means).
    pub fn fit_moments(&self, model: &Model, moments: &Moments) -> Result<Fit> {
        self.fit_to(model, Vec::new(), &[Sample { moments: moments.clone(), rows: None }])
    }

    /// Fits a model to the moments of several groups, each with its name.
    ///
    /// # Errors
    /// As [`Estimation::fit_moments`]; [`Error::Unsupported`] for standard errors or a test that need the
    /// respondents' rows.
    pub fn fit_groups(&self, model: &Model, groups: &[(String, Moments)]) -> Result<Fit> {
        let samples: Vec<Sample> =
            groups.iter().map(|(_, moments)| Sample { moments: moments.clone(), rows: None }).collect();
        self.fit_to(model, groups.iter().map(|(name, _)| name.clone()).collect(), &samples)
    }

    fn fit_to(&self, model: &Model, names: Vec<String>, groups: &[Sample]) -> Result<Fit> {
        let (information, standard_errors, statistic) = self.estimator.defaults();
        let standard_errors = self.standard_errors.unwrap_or(standard_errors);
        let information = self.information.unwrap_or(match standard_errors {
            StandardErrors::RobustHuberWhite => Information::Observed,
            _ => information,
        });
        let statistic = self.test.unwrap_or(statistic);
        let needs_rows = information == Information::FirstOrder
            || standard_errors != StandardErrors::Standard
            || statistic != TestStatistic::Standard
            || matches!(self.estimator.criterion(), Criterion::Wls | Criterion::Dwls);
        if needs_rows && groups.iter().any(|group| group.rows.is_none()) {
            return Err(Error::Unsupported {
                what: format!("{} from moments alone", self.estimator.name()),
                instead: "Fit the data themselves, or use ML with standard errors of its own.".into(),
            });
        }
        let tables = ParameterTable::of_groups(model, &self.specification, groups.len())?;
        let read: Vec<(Moments, Observed)> = tables
            .iter()
            .zip(groups)
            .map(|(table, group)| self.observe(table, &group.moments))
            .collect::<Result<_>>()?;
        let (moments, observed): (Vec<Moments>, Vec<Observed>) = read.into_iter().unzip();
        let mut warnings = tables.first().map(|table| table.warnings.clone()).unwrap_or_default();
        let count = |of: fn(&Moments) -> usize| moments.iter().map(of).sum::<usize>();
        let (used, read) = (count(Moments::n), count(Moments::rows_read));
        if used < read {
            warnings.push(Warning::RowsLeftOut { used, read });
        }
        let constraints = Constraints::new(model, &tables);
        let free_df = degrees_of_freedom(&tables);
        let start = start_values(&tables, &observed);
        let rows: Vec<DMatrix<f64>> = groups.iter().zip(&tables).filter_map(|(g, t)| g.rows_of(t)).collect();
        let weights = self.weights(&tables, &observed, &rows)?;
        let mut discrepancy = Discrepancy::new(&tables, &observed, weights.as_deref());
        // more parameters than moments: nothing to search for, the start is the best point
        let iterations = if free_df < 0 && constraints.are_none() { 0 } else { self.max_iterations };
        let solution = if constraints.are_none() {
            minimise(&mut discrepancy, start, iterations)
        } else {
            minimise_under(&mut discrepancy, start, &constraints, iterations)
        };
        let solution = solution.ok_or_else(|| bad_start(&tables))?;
        let q = solution.x.len();
        // an inequality that has become a bound is no degree of freedom
        let tied = q - null_basis(&constraints.of_equalities(&solution.jacobian), q).ncols();
        let df = free_df + tied as i64;
        let implied: Vec<&Implied> = discrepancy.implied();
        let (status, found) = diagnose(&tables, &implied, &solution, df);
        warnings.extend(found);
        if df == 0 && status.converged() {
            warnings.push(Warning::Saturated);
        }
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
            saturated: self.test.is_some(),
            metric: metric(self.conventions),
            weights: weights.as_deref(),
        };
        let vcov = if status.converged() {
            covariance(&problem, &solution.hessian, information, standard_errors, multiplier)
        } else {
            None
        };
        let inverse = |group: usize| match &discrepancy {
            Discrepancy::Likelihood(likelihood) => Some(&likelihood.groups[group].inverse),
            Discrepancy::Squares(_) => None,
        };
        let parts: Vec<GroupFit<'_>> = (tables.iter().zip(&observed).zip(&implied).enumerate())
            .map(|(group, ((table, observed), implied))| GroupFit {
                table,
                observed,
                implied,
                inverse: inverse(group),
            })
            .collect();
        let squares = match (&discrepancy, &weights) {
            (Discrepancy::Squares(squares), Some(weights)) => Some(Squares {
                baseline: baseline_chisq(&tables, &observed, weights).unwrap_or(f64::NAN),
                gfi: squares.goodness(),
                // lavaan gives DWLS a p-value, though its test has no chi-square distribution
                is_chi_square: self.estimator.criterion() != Criterion::Uls,
            }),
            _ => None,
        };
        let chisq = multiplier * solution.value.max(0.0);
        let scaled = if status.converged() && statistic != TestStatistic::Standard {
            scaled_tests(&problem, &parts, chisq, df as f64, statistic, self.conventions, squares)
        } else {
            None
        };
        let npar = (q - tied) as f64;
        let mut fit = measures(&parts, solution.value, npar, df, self.conventions, scaled.as_ref(), squares);
        if self.conventions == Conventions::Mplus {
            fit.replace("srmr", mplus_srmr(&parts, self.is_by_expected_information()));
        }
        let of_group = |(group, (table, implied)): (usize, (&ParameterTable, &&Implied))| {
            estimates(group, table, implied, vcov.as_ref())
        };
        let mut parameters: Vec<ParameterEstimate> =
            tables.iter().zip(&implied).enumerate().flat_map(of_group).collect();
        if !constraints.are_none() {
            let bound = constraints.at_bound(&solution.jacobian);
            parameters.iter_mut().for_each(|p| p.without_error_at(&bound));
        }
        parameters.extend(defined(&constraints, &parameters, &solution.x, vcov.as_ref()));
        let implied = discrepancy.into_implied();
        let usable = status.converged();
        Ok(Fit {
            converged: usable,
            iterations: solution.iterations,
            estimator: self.estimator,
            likelihood: self.likelihood,
            information,
            standard_errors,
            test: statistic,
            missing: RowsUsed { policy: Missing::Listwise, rows_read: read, rows_used: used },
            nobs: moments.iter().map(Moments::n).collect(),
            groups: names,
            parameters,
            fit: if usable { fit } else { fit.without_values() },
            status,
            warnings,
            internals: Internals {
                implied,
                vcov,
                df,
                x: solution.x,
                jacobian: solution.jacobian,
                rows: if statistic == TestStatistic::Standard { Vec::new() } else { rows },
                information,
                saturated: self.test.is_some(),
                conventions: self.conventions,
                statistic,
                weights,
                observed,
                tables,
            },
        })
    }

    /// Whether Mplus has expected information only: asked for, or all that the estimator knows.
    fn is_by_expected_information(&self) -> bool {
        self.information == Some(Information::Expected)
            || matches!(
                self.estimator,
                Estimator::Gls | Estimator::Uls | Estimator::Mlm | Estimator::Mlmv | Estimator::Mlmvs
            )
    }

    /// The weights of least squares; none with maximum likelihood.
    fn weights(
        &self,
        tables: &[ParameterTable],
        observed: &[Observed],
        rows: &[DMatrix<f64>],
    ) -> Result<Option<Vec<Weight>>> {
        if !self.estimator.is_least_squares() {
            return Ok(None);
        }
        let singular = |what: &str| Error::NotPositiveDefinite {
            matrix: what.into(),
            eigenvalue: 0.0,
            variables: tables
                .first()
                .map(|t| t.observed.iter().take(8).cloned().collect())
                .unwrap_or_default(),
        };
        let each = tables.iter().zip(observed).enumerate().map(|(group, (table, observed))| {
            let layout = Layout { p: observed.mean.len(), has_means: table.has_means };
            match self.estimator.criterion() {
                Criterion::Gls => inverse_factor(&observed.covariance)
                    .map(Weight::Normal)
                    .ok_or_else(|| singular("the covariance matrix of the observed variables")),
                criterion @ (Criterion::Wls | Criterion::Dwls) => {
                    let implied = Implied::new(table, &observed.covariance, &observed.mean);
                    let cases = Cases { table, observed, implied: &implied, rows: &rows[group] };
                    let n = rows[group].ncols() as f64;
                    if criterion == Criterion::Wls && (n as usize) <= layout.len() {
                        return Err(Error::TooFewRows {
                            what: "weighted least squares (as many as moments, at least)".into(),
                            n: n as usize,
                            needed: layout.len() + 1,
                        });
                    }
                    let what = "the covariance matrix of the moments";
                    let deviations =
                        contributions(&cases, &Weight::Unit, At::Sample).ok_or_else(|| singular(what))?;
                    if criterion == Criterion::Dwls {
                        let variances = DVector::from_iterator(
                            layout.len(),
                            deviations.row_iter().map(|row| row.norm_squared() / n),
                        );
                        if variances.iter().any(|v| !(*v > 0.0)) {
                            return Err(singular(what));
                        }
                        return Ok(Weight::Diagonal(variances.map(|v| 1.0 / v.sqrt())));
                    }
                    let mut gamma = &deviations * deviations.transpose() / n;
                    if self.conventions == Conventions::Mplus {
                        as_mplus(&mut gamma, &observed.covariance, layout, n);
                    }
                    inverse_factor(&gamma).map(Weight::Full).ok_or_else(|| singular(what))
                }
                _ => Ok(Weight::Unit),
            }
        });
        each.collect::<Result<Vec<_>>>().map(Some)
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
        let (divisor, multiplier) = match self.likelihood {
            // least squares take covariances with divisor N - 1 and test by N - 1
            _ if self.estimator.is_least_squares() => (Divisor::NMinusOne, n as f64 - 1.0),
            Likelihood::Normal => (Divisor::N, n as f64),
            Likelihood::Wishart => (Divisor::NMinusOne, n as f64 - 1.0),
        };
        let observed =
            observed_moments(&table.observed, moments.covariance_matrix(divisor)?, mean, n, multiplier)?;
        Ok((moments, observed))
    }
}

/// Mplus's covariances of the moments: those of two covariances deviate from the product of covariances with
/// divisor N - 1, those of a mean and a covariance are multiplied by (N - 1) / N. `s` has divisor N - 1.
fn as_mplus(gamma: &mut DMatrix<f64>, s: &DMatrix<f64>, layout: Layout, n: f64) {
    let first = if layout.has_means { layout.p } else { 0 };
    let elements: Vec<f64> = (0..layout.p).flat_map(|j| (0..=j).map(move |k| s[(j, k)])).collect();
    let ratio = (n - 1.0) / n;
    let more = 1.0 - ratio * ratio;
    for (i, a) in elements.iter().enumerate() {
        for (j, b) in elements.iter().enumerate() {
            gamma[(first + i, first + j)] -= more * a * b;
        }
        for j in 0..first {
            gamma[(j, first + i)] *= ratio;
            gamma[(first + i, j)] *= ratio;
        }
    }
}

/// A group's moments, and its complete rows (variables x respondents) where they are known.
struct Sample {
    moments: Moments,
    rows: Option<DMatrix<f64>>,
}

impl Sample {
    /// The rows with the variables in the table's order.
    fn rows_of(&self, table: &ParameterTable) -> Option<DMatrix<f64>> {
        let rows = self.rows.as_ref()?;
        let order: Vec<usize> =
            table.observed.iter().filter_map(|name| self.moments.index_of(name)).collect();
        Some(DMatrix::from_fn(order.len(), rows.ncols(), |i, c| rows[(order[i], c)]))
    }
}

/// The covariance matrix of the estimates; none where a matrix has no inverse. `hessian` is the expected
/// Hessian of F, twice the information of one respondent.
fn covariance(
    problem: &Problem<'_>,
    hessian: &DMatrix<f64>,
    information: Information,
    standard_errors: StandardErrors,
    n: f64,
) -> Option<DMatrix<f64>> {
    let bread = match information {
        Information::Expected => hessian * 0.5,
        Information::Observed => problem.observed_information()?,
        Information::FirstOrder => problem.first_order()?,
    };
    let sandwich = |bread: &DMatrix<f64>, meat: DMatrix<f64>| {
        let inverse = constrained_inverse(bread, problem.jacobian)?;
        Some(&inverse * meat * &inverse / n)
    };
    match standard_errors {
        StandardErrors::Standard => Some(constrained_inverse(&bread, problem.jacobian)? / n),
        StandardErrors::FirstOrder => {
            Some(constrained_inverse(&problem.first_order()?, problem.jacobian)? / n)
        }
        StandardErrors::RobustHuberWhite => sandwich(&bread, problem.first_order()?),
        StandardErrors::RobustSem => {
            let (meat, expected) = problem.moment_meat()?;
            sandwich(if information == Information::Expected { &expected } else { &bread }, meat)
        }
    }
}

/// The scaled tests of the model and of the independence model.
fn scaled_tests(
    problem: &Problem<'_>,
    groups: &[GroupFit<'_>],
    chisq: f64,
    df: f64,
    statistic: TestStatistic,
    conventions: Conventions,
    squares: Option<Squares>,
) -> Option<ScaledTests> {
    let traces = problem.traces(statistic)?;
    let (tables, x) = baseline(problem.tables, problem.observed)?;
    let unconstrained = DMatrix::zeros(0, x.len());
    let independence = Problem { tables: &tables, x: &x, jacobian: &unconstrained, ..*problem };
    let of_baseline = independence.traces(statistic)?;
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
        levels: traces.levels.map(|(saturated, own)| (saturated / (free + df), own / counted)),
    })
}

fn bad_start(tables: &[ParameterTable]) -> Error {
    let variables = tables.first().map(|table| table.observed.iter().take(8).cloned().collect());
    Error::NotPositiveDefinite {
        matrix: "the covariance matrix that the model implies at its fixed and start values".into(),
        eigenvalue: 0.0,
        variables: variables.unwrap_or_default(),
    }
}

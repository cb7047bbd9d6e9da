//! The options of a fit, and the road from model and moments to a result.

use super::diagnosis::{diagnose, observed_moments};
use super::estimates::estimates;
use super::fit::{Fit, Internals};
use super::likelihood::{MaximumLikelihood, Observed};
use super::measures::{GroupFit, measures};
use super::scoring::{Solution, minimise};
use super::starts::start_values;
use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::model::{
    Covariates, Equality, Function, Implied, LatentCovariances, MeanStructure, Model, ParameterTable,
    Scaling, Specification, degrees_of_freedom,
};
use crate::moments::{Divisor, Missing, Moments, RowsUsed};
use crate::numeric::cholesky;
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
}

impl Estimator {
    /// Name as printed and as given on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Estimator::Ml => "ML",
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

    /// Whether exogenous observed covariates are fixed (default) or random.
    #[must_use]
    pub fn covariates(mut self, covariates: Covariates) -> Self {
        self.specification.covariates = covariates;
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
        let moments = |rows: ArrayView2<'_, f64>| Moments::of(names.iter().cloned(), rows, Missing::Listwise);
        let Some(variable) = &self.group else { return self.fit_moments(model, &moments(values.view())?) };
        let grouping = data.grouping(variable)?;
        let mut groups = Vec::with_capacity(grouping.levels.len());
        for (code, level) in grouping.levels.iter().enumerate() {
            let rows = grouping.rows_of(code);
            let own = moments(values.select(Axis(0), &rows).view())?;
            if own.n() == 0 {
                let (variable, group) = (variable.clone(), level.clone());
                return Err(Error::EmptyGroup { variable, group, rows: rows.len() });
            }
            groups.push((level.clone(), own));
        }
        self.fit_groups(model, &groups)
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
        self.fit_to(model, Vec::new(), &[moments])
    }

    /// Fits a model to the moments of several groups, each with its name.
    ///
    /// # Errors
    /// As [`Estimation::fit_moments`].
    pub fn fit_groups(&self, model: &Model, groups: &[(String, Moments)]) -> Result<Fit> {
        let moments: Vec<&Moments> = groups.iter().map(|(_, moments)| moments).collect();
        self.fit_to(model, groups.iter().map(|(name, _)| name.clone()).collect(), &moments)
    }

    fn fit_to(&self, model: &Model, names: Vec<String>, groups: &[&Moments]) -> Result<Fit> {
        let tables = ParameterTable::of_groups(model, &self.specification, groups.len())?;
        let read: Vec<(Moments, Observed)> = tables
            .iter()
            .zip(groups)
            .map(|(table, moments)| self.observe(table, moments))
            .collect::<Result<_>>()?;
        let (moments, observed): (Vec<Moments>, Vec<Observed>) = read.into_iter().unzip();
        let mut warnings = tables.first().map(|table| table.warnings.clone()).unwrap_or_default();
        let count = |of: fn(&Moments) -> usize| moments.iter().map(of).sum::<usize>();
        let (used, read) = (count(Moments::n), count(Moments::rows_read));
        if used < read {
            warnings.push(Warning::RowsLeftOut { used, read });
        }
        let df = degrees_of_freedom(&tables);
        let start = start_values(&tables, &observed);
        let mut discrepancy = MaximumLikelihood::new(&tables, &observed);
        // more parameters than moments: nothing to search for, the start is the best point
        let iterations = if df < 0 { 0 } else { self.max_iterations };
        let solution = minimise(&mut discrepancy, start, iterations).ok_or_else(|| bad_start(&tables))?;
        let implied: Vec<&Implied> = discrepancy.groups.iter().map(|group| &group.implied).collect();
        let (status, found) = diagnose(&tables, &implied, &solution, df);
        warnings.extend(found);
        if df == 0 && status.converged() {
            warnings.push(Warning::Saturated);
        }
        let multiplier = observed.iter().map(|o| o.multiplier).sum();
        let vcov = if status.converged() { covariance_of_estimates(&solution, multiplier) } else { None };
        let parts: Vec<GroupFit<'_>> = (tables.iter().zip(&observed).zip(&discrepancy.groups))
            .map(|((table, observed), term)| GroupFit {
                table,
                observed,
                implied: &term.implied,
                inverse: &term.inverse,
            })
            .collect();
        let fit = measures(&parts, solution.value, df, self.conventions);
        let rows = |(group, (table, implied)): (usize, (&ParameterTable, &&Implied))| {
            estimates(group, table, implied, vcov.as_ref())
        };
        let parameters = tables.iter().zip(&implied).enumerate().flat_map(rows).collect();
        let implied = discrepancy.groups.into_iter().map(|group| group.implied).collect();
        let usable = status.converged();
        Ok(Fit {
            converged: usable,
            iterations: solution.iterations,
            estimator: self.estimator,
            likelihood: self.likelihood,
            missing: RowsUsed { policy: Missing::Listwise, rows_read: read, rows_used: used },
            nobs: moments.iter().map(Moments::n).collect(),
            groups: names,
            parameters,
            fit: if usable { fit } else { fit.without_values() },
            status,
            warnings,
            internals: Internals { tables, implied, observed, vcov, df },
        })
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
            Likelihood::Normal => (Divisor::N, n as f64),
            Likelihood::Wishart => (Divisor::NMinusOne, n as f64 - 1.0),
        };
        let observed =
            observed_moments(&table.observed, moments.covariance_matrix(divisor)?, mean, n, multiplier)?;
        Ok((moments, observed))
    }
}

/// (N/2 H)^-1.
fn covariance_of_estimates(solution: &Solution, n: f64) -> Option<DMatrix<f64>> {
    let q = solution.hessian.nrows();
    let mut factor = &solution.hessian * (0.5 * n);
    cholesky::factorise(&mut factor).ok()?;
    let mut inverse = DMatrix::zeros(q, q);
    cholesky::invert(&mut factor, &mut inverse);
    Some(inverse)
}

fn bad_start(tables: &[ParameterTable]) -> Error {
    let variables = tables.first().map(|table| table.observed.iter().take(8).cloned().collect());
    Error::NotPositiveDefinite {
        matrix: "the covariance matrix that the model implies at its fixed and start values".into(),
        eigenvalue: 0.0,
        variables: variables.unwrap_or_default(),
    }
}

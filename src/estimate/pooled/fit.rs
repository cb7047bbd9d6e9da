//! One result from fits to completed data sets (Rubin 1987; Enders 2010, ch. 8).
//!
//! Parameters, defined ones too, are pooled by Rubin's rules with t and its degrees of freedom. The standardised solution
//! is computed at the pooled estimates, its variance within and between data sets by the delta method from the pooled
//! covariance matrices, as in semTools.
//!
//! The model is tested by D3 where the estimator is a likelihood of complete continuous rows, and by D2 too. The
//! likelihood ratio at the pooled estimates has, for data set l with moments S_l and means y_l,
//!
//! ```text
//! d_l = N (g_l(Sigma(theta), mu(theta)) - g_l(S, y))      g_l(V, v) = log|V| + tr(S_l V^-1) + (y_l - v)' V^-1 (y_l - v)
//! ```
//!
//! theta the mean of the estimates, S and y the means of S_l and y_l: both models at their pooled estimates (Meng & Rubin
//! 1992; Lee & Cai 2012). Fixed covariates are conditioned on. Without a mean structure means do not count. Fit measures
//! are those of one fit (`measures/`) at the pooled statistics of the model and of the independence model; SRMR is that
//! of the averaged moments.

use super::estimates::{PooledStandardized, from_total, parameters};
use super::fit_record::{PooledFitRecord, PooledSets};
use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::estimate::estimates::ParameterEstimate;
use crate::estimate::estimation::Estimation;
use crate::estimate::fit::{Fit, Internals, StandardizedEstimate};
use crate::estimate::inference::StandardErrors;
use crate::estimate::measures::all::{Basis, measures};
use crate::estimate::measures::scaled::Scaled;
use crate::estimate::observed::{GroupFit, Observed};
use crate::estimate::pooled::model_tests::{factor, model_tests};
use crate::estimate::rubin::Pooled;
use crate::estimate::search::discrepancy::Discrepancy;
use crate::model::Model;
use crate::moments::LabelledMatrix;
use crate::numeric::cholesky;
use crate::numeric::minimise::Objective;
use nalgebra::{DMatrix, DVector};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::ops::Deref;

/// A model fitted to completed data sets: its [`PooledFitRecord`], whose fields it has, and what further questions are
/// answered from.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
///
/// // data sets that were completed elsewhere; here nothing was missing
/// let pooled = Estimation::default().fit_imputed(&model, &[data.clone(), data])?;
/// assert_eq!((pooled.imputation.m, pooled.converged), (2, true));
/// assert_eq!(format!("{:.3}", pooled.measure("cfi")?), "0.931");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PooledFit {
    record: PooledFitRecord,
    solution: Fit,
    /// Covariance matrix of the estimates within data sets.
    within: Option<DMatrix<f64>>,
}

impl Deref for PooledFit {
    type Target = PooledFitRecord;

    fn deref(&self) -> &PooledFitRecord {
        &self.record
    }
}

impl Serialize for PooledFit {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.record.serialize(serializer)
    }
}

impl Estimation {
    /// Fits a model to each of several completed data sets and pools the fits. Where they come from is open: from
    /// `simulate::Imputer`, or from another program.
    ///
    /// Exploratory factors (`efa()` blocks) are turned to one solution: in each data set to the minimum of the criterion beside the
    /// lowest of the consensus of the data sets (van Ginkel & Kiers 2011; Lorenzo-Seva & Van Ginkel 2016).
    ///
    /// Fits without a solution or without standard errors do not count, and a warning says how many.
    ///
    /// # Errors
    /// [`Error::TooFewImputations`] where fewer than two fits count; the error of the first fit where none can be begun.
    /// [`Error::Unsupported`] where the data sets do not have the same groups and categories.
    ///
    /// ```
    /// use psychometrics::{Estimation, Model, data::Dataset, simulate::Imputer};
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6\n speed =~ x7 + x8 + x9".parse()?;
    /// // nothing is missing: the pooled fit is the fit
    /// let completed = Imputer::new(model.observed_names()).imputations(3).impute(&data)?;
    /// let pooled = Estimation::default().fit_imputed(&model, &completed.datasets)?;
    /// assert_eq!(format!("{:.3}", pooled.measure("chisq").unwrap()), "85.306");
    /// assert_eq!(pooled.parameter("visual", "=~", "x2").unwrap().fmi, Some(0.0));
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn fit_imputed(&self, model: &Model, data: &[Dataset]) -> Result<PooledFit> {
        let m = data.len();
        if m < 2 {
            return Err(Error::TooFewImputations { usable: m, m });
        }
        let (fits, rotations) = self.fits_alike(model, data);
        let (fits, errors): (Vec<_>, Vec<_>) = fits.into_iter().partition(Result::is_ok);
        match errors.into_iter().find_map(Result::err) {
            Some(error) if fits.is_empty() => Err(error),
            _ => {
                let mut pooled = pool(fits.into_iter().flatten().collect(), m)?;
                pooled.record.rotations = rotations;
                Ok(pooled)
            }
        }
    }
}

impl PooledFit {
    /// Pools fits of one model to completed data sets.
    ///
    /// # Errors
    /// As [`Estimation::fit_imputed`].
    pub fn of(fits: Vec<Fit>) -> Result<Self> {
        let m = fits.len();
        pool(fits, m)
    }

    /// What is serialised, by itself.
    pub fn into_record(self) -> PooledFitRecord {
        self.record
    }
}

impl PooledFit {
    /// The solution with all variables standardised.
    pub fn standardized(&self) -> Vec<PooledStandardized> {
        let within = match &self.within {
            Some(within) => self.with_covariance(within).standardized(),
            None => Vec::new(),
        };
        let mut within = within.into_iter();
        let row = |mut p: StandardizedEstimate| {
            let own = within.next().and_then(|own| own.se).map(|se| se * se);
            let pooled = self.rule(p.est, own, p.se);
            if let Some(pooled) = &pooled {
                (p.z, p.pvalue) = (pooled.t, pooled.pvalue);
                (p.ci_lower, p.ci_upper) = (Some(pooled.ci_lower), Some(pooled.ci_upper));
            }
            PooledStandardized {
                parameter: p,
                df: pooled.as_ref().and_then(|pooled| pooled.df),
                riv: pooled.as_ref().and_then(|pooled| pooled.riv),
                fmi: pooled.as_ref().map(|pooled| pooled.fmi),
            }
        };
        self.solution.standardized().into_iter().map(row).collect()
    }

    /// Share of the variance of each dependent variable that the model explains at the pooled estimates, by group.
    pub fn r_squared(&self) -> Vec<BTreeMap<String, Option<f64>>> {
        self.solution.r_squared()
    }

    /// The covariance matrix that the model implies at the pooled estimates, by group.
    pub fn implied_covariance(&self) -> Vec<LabelledMatrix> {
        self.solution.implied_covariance()
    }

    /// The means that the model implies at the pooled estimates, by group, where they are modelled.
    pub fn implied_means(&self) -> Vec<Option<BTreeMap<String, f64>>> {
        self.solution.implied_means()
    }

    /// Total covariance matrix of the free parameters, in the order of their numbers.
    pub fn vcov(&self) -> Option<LabelledMatrix> {
        self.solution.vcov()
    }

    /// Degrees of freedom of the model.
    pub fn df(&self) -> i64 {
        self.solution.df()
    }

    /// The pooled estimates in the form of a fit.
    pub(crate) fn solution(&self) -> &Fit {
        &self.solution
    }

    fn with_covariance(&self, vcov: &DMatrix<f64>) -> Fit {
        let mut fit = self.solution.clone();
        fit.internals.vcov = Some(vcov.clone());
        fit
    }

    fn rule(&self, est: Option<f64>, within: Option<f64>, total: Option<f64>) -> Option<Pooled> {
        from_total(est?, within?, total?, self.imputation.used)
    }
}

pub(super) fn pool(fits: Vec<Fit>, m: usize) -> Result<PooledFit> {
    let has_errors = |fit: &Fit| fit.standard_errors == StandardErrors::None || fit.internals.vcov.is_some();
    let fits: Vec<Fit> = fits.into_iter().filter(|fit| fit.converged && has_errors(fit)).collect();
    let used = fits.len();
    if used < 2 {
        return Err(Error::TooFewImputations { usable: used, m });
    }
    let first = &fits[0];
    for (at, fit) in fits.iter().enumerate() {
        let row = |p: &ParameterEstimate| (p.lhs.clone(), p.op, p.rhs.clone(), p.group, p.free);
        // a defined parameter may have a value in some of them only
        let rows =
            |fit: &'_ Fit| -> Vec<_> { fit.parameters.iter().filter(|p| p.op != ":=").map(row).collect() };
        if fit.groups != first.groups || rows(fit) != rows(first) {
            return Err(Error::Unsupported {
                what: format!(
                    "pooling fits with different groups, categories or parameters (fit {})",
                    at + 1
                ),
                instead:
                    "Fit one model to data sets with the same categories, their groups in the same order."
                        .into(),
            });
        }
    }
    let mut warnings = warnings(&fits, m);
    let mut solution = averaged(&fits)?;
    let (within, total) = covariances(&fits);
    solution.internals.vcov.clone_from(&total);
    let parameters = parameters(&fits, &solution.internals, within.as_ref());
    solution.record.parameters = parameters.iter().map(|p| p.parameter.clone()).collect();
    let tests = model_tests(&fits, &solution, &mut warnings);
    let Internals { tables, observed, implied, .. } = &solution.internals;
    let groups: Vec<GroupFit<'_>> = tables
        .iter()
        .zip(observed)
        .zip(implied)
        .map(|((table, observed), implied)| GroupFit { table, observed, implied, inverse: None })
        .collect();
    let sum = |of: fn(&Observed) -> f64| observed.iter().map(of).sum::<f64>();
    let fit = measures(&Basis {
        npar: first.fit.get("npar").unwrap_or(0.0),
        fmin: None,
        model: tests.model,
        baseline: tests.baseline,
        likelihoods: None,
        n: sum(|own| own.n as f64),
        rmsea_n: sum(|own| own.multiplier),
        groups: groups.len(),
        // of the averaged moments at the pooled estimates
        residuals: observed[0].seen.residuals(&groups),
        moments: None,
        scaled: tests.scaled.map(|(model, baseline)| Scaled { model, baseline, tests: None }),
        robust: None,
        conventions: first.internals.conventions,
    });
    solution.record.fit = fit.clone();
    let record = &mut solution.record;
    (record.tests, record.warnings, record.bootstrap) = (Vec::new(), Vec::new(), None);
    let rule = tests.all.first().map(|test| test.pooled.rule);
    let record = PooledFitRecord {
        converged: true,
        iterations: fits.iter().map(|fit| fit.iterations).max().unwrap_or(0),
        estimator: first.estimator,
        likelihood: first.likelihood,
        information: first.information,
        standard_errors: first.standard_errors,
        test: first.test,
        tests: tests.all,
        missing: first.missing,
        nobs: first.nobs.clone(),
        groups: first.groups.clone(),
        parameters,
        fit,
        imputation: PooledSets { m, used, test: rule },
        rotations: Vec::new(),
        warnings,
    };
    Ok(PooledFit { record, solution, within })
}

/// The caveats of the fits, each once, with the number of fits that have it.
fn warnings(fits: &[Fit], m: usize) -> Vec<Warning> {
    let mut found = Vec::new();
    if fits.len() < m {
        found.push(Warning::ImputationsLeftOut { left_out: m - fits.len(), m });
    }
    let mut seen: Vec<&str> = Vec::new();
    for warning in fits.iter().flat_map(|fit| &fit.warnings) {
        if seen.contains(&warning.code()) {
            continue;
        }
        seen.push(warning.code());
        let has = |fit: &&Fit| fit.warnings.iter().any(|own| own.code() == warning.code());
        let count = fits.iter().filter(has).count();
        found.push(if fits.iter().all(|fit| fit.warnings.contains(warning)) {
            warning.clone()
        } else {
            Warning::InImputations { warning: Box::new(warning.clone()), count, m }
        });
    }
    found
}

/// About the first, so that equal terms have exactly their mean.
fn mean_vector<'a>(
    first: &DVector<f64>,
    all: impl Iterator<Item = &'a DVector<f64>>,
    m: usize,
) -> DVector<f64> {
    let sum = all.fold(DVector::zeros(first.len()), |sum, own| sum + (own - first));
    first + sum / m as f64
}

fn mean_matrix<'a>(
    first: &DMatrix<f64>,
    all: impl Iterator<Item = &'a DMatrix<f64>>,
    m: usize,
) -> DMatrix<f64> {
    let sum = all.fold(DMatrix::zeros(first.nrows(), first.ncols()), |sum, own| sum + (own - first));
    first + sum / m as f64
}

/// The mean estimates with what they imply, and the mean moments, in the form of a fit.
pub(super) fn averaged(fits: &[Fit]) -> Result<Fit> {
    let m = fits.len();
    let mut solution = fits[0].clone();
    let own = &mut solution.internals;
    let of = |group: usize| fits.iter().map(move |fit| &fit.internals.observed[group]);
    for (group, observed) in own.observed.iter_mut().enumerate() {
        observed.mean = mean_vector(&fits[0].internals.observed[group].mean, of(group).map(|o| &o.mean), m);
        let first = &fits[0].internals.observed[group].covariance;
        observed.covariance = mean_matrix(first, of(group).map(|o| &o.covariance), m);
        if let Some(factor) = factor(&observed.covariance) {
            observed.log_determinant = cholesky::log_determinant(&factor);
        }
        let all: Vec<&Observed> = of(group).collect();
        if let Some(seen) = observed.seen.averaged(&all) {
            observed.seen = seen;
        }
    }
    own.rows = Vec::new();
    own.x = mean_vector(&fits[0].internals.x, fits.iter().map(|fit| &fit.internals.x), m);
    restrict(own);
    own.implied = {
        let mut discrepancy = Discrepancy::new(&own.tables, &own.observed, own.weights.as_deref());
        discrepancy.value(&own.x).ok_or_else(|| Error::NoAnswerExists {
            what: "pooled solution".into(),
            why: "the averaged estimates imply no covariance matrix".into(),
            remedy: "Look at the fits one by one: they may be different solutions, with factors reflected."
                .into(),
        })?;
        discrepancy.into_implied()
    };
    Ok(solution)
}

/// Averages obey linear constraints; for others the nearest point that does.
fn restrict(own: &mut Internals) {
    let active = own.constraints.none_active();
    for _ in 0..20 {
        let Some((values, jacobian)) = own.constraints.at(&own.x, &active) else { return };
        if values.is_empty() || values.amax() < 1e-12 {
            return;
        }
        let Ok(inverse) = jacobian.pseudo_inverse(1e-10) else { return };
        own.x -= inverse * values;
    }
}

/// U and T = U + (1 + 1/m) B.
fn covariances(fits: &[Fit]) -> (Option<DMatrix<f64>>, Option<DMatrix<f64>>) {
    let m = fits.len();
    let Some(own) = fits.iter().map(|fit| fit.internals.vcov.as_ref()).collect::<Option<Vec<_>>>() else {
        return (None, None);
    };
    let within = mean_matrix(own[0], own.into_iter(), m);
    let centre = mean_vector(&fits[0].internals.x, fits.iter().map(|fit| &fit.internals.x), m);
    let between = fits.iter().fold(DMatrix::zeros(within.nrows(), within.ncols()), |sum, fit| {
        let d = &fit.internals.x - &centre;
        sum + &d * d.transpose()
    }) / (m as f64 - 1.0);
    let total = &within + between * (1.0 + 1.0 / m as f64);
    (Some(within), Some(total))
}

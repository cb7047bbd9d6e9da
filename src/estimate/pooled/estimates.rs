//! Rows of the parameter table, pooled.

use crate::estimate::estimates::{ParameterEstimate, defined, estimates};
use crate::estimate::fit::{Fit, Internals, StandardizedEstimate};
use crate::estimate::rubin::Pooled;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// A row of the parameter table. `z` is est / se and is judged by the t distribution with `df`, as is the interval.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset, simulate::Imputer};
///
/// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3".parse()?;
/// let completed = Imputer::new(["x1", "x2", "x3", "x9"]).imputations(5).impute(&data)?;
/// let pooled = Estimation::default().fit_imputed(&model, &completed.datasets)?;
/// let x2 = pooled.parameters.iter().find(|own| own.parameter.rhs == "x2").unwrap();
/// // within data sets, between them, and what share of the variance is due to the gaps
/// assert!(x2.within.is_some() && x2.between.unwrap() > 0.0);
/// assert!(x2.fmi.unwrap() < 0.5);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PooledEstimate {
    /// The row, with pooled values.
    #[serde(flatten)]
    pub parameter: ParameterEstimate,
    /// Degrees of freedom; none where they are infinite, or the parameter is fixed.
    pub df: Option<f64>,
    /// Relative increase in variance because of what is missing.
    pub riv: Option<f64>,
    /// Fraction of missing information, as [`Pooled::fmi`].
    pub fmi: Option<f64>,
    /// Variance within data sets.
    pub within: Option<f64>,
    /// Variance between data sets.
    pub between: Option<f64>,
}

/// A pooled standardised estimate.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset, simulate::Imputer};
///
/// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3".parse()?;
/// let completed = Imputer::new(["x1", "x2", "x3", "x9"]).imputations(5).impute(&data)?;
/// let pooled = Estimation::default().fit_imputed(&model, &completed.datasets)?;
/// let standardized = pooled.standardized();
/// let x1 = &standardized[0];
/// assert_eq!((x1.parameter.rhs.as_str(), x1.riv.is_some()), ("x1", true));
/// assert!(x1.parameter.est.unwrap() > 0.5);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PooledStandardized {
    /// The row, with pooled values.
    #[serde(flatten)]
    pub parameter: StandardizedEstimate,
    /// Degrees of freedom; none where they are infinite, or there is no standard error.
    pub df: Option<f64>,
    /// Relative increase in variance because of what is missing.
    pub riv: Option<f64>,
    /// Fraction of missing information, as [`Pooled::fmi`].
    pub fmi: Option<f64>,
}

/// From the variance within data sets and the total standard error; none where that is 0.
pub(crate) fn from_total(est: f64, within: f64, se: f64, m: usize) -> Option<Pooled> {
    let sets = m as f64;
    let between = ((se * se - within) / (1.0 + 1.0 / sets)).max(0.0);
    // what rounding leaves of no difference at all
    let between = if between < 1e-12 * within { 0.0 } else { between };
    (se > 0.0).then(|| Pooled::from_parts(est, within, between, m, None))
}

/// The rows at the pooled estimates: once with the variance within data sets, once with the total.
pub(crate) fn parameters(
    fits: &[Fit],
    own: &Internals,
    within: Option<&DMatrix<f64>>,
) -> Vec<PooledEstimate> {
    let rows = |vcov: Option<&DMatrix<f64>>| -> Vec<ParameterEstimate> {
        let each = own.tables.iter().zip(&own.implied).enumerate();
        let mut all: Vec<ParameterEstimate> =
            each.flat_map(|(group, (table, implied))| estimates(group, table, implied, vcov)).collect();
        let further = defined(&own.constraints, &all, &own.x, vcov);
        all.extend(further);
        all
    };
    let pooled = |(at, (mut p, inner)): (usize, (ParameterEstimate, ParameterEstimate))| {
        let at_bound = fits.iter().any(|fit| fit.parameters.get(at).is_some_and(|own| own.se.is_none()));
        if p.free > 0 && at_bound {
            (p.se, p.z, p.pvalue, p.ci_lower, p.ci_upper) = (None, None, None, None, None);
        }
        let rule = if p.op == ":=" {
            let rule = definition(fits, &p.lhs);
            (p.est, p.se) = rule.as_ref().map_or((p.est, None), |rule| (rule.est, Some(rule.se)));
            rule
        } else {
            p.se.zip(inner.se).and_then(|(se, own)| from_total(p.est, own * own, se, fits.len()))
        };
        if let Some(rule) = &rule {
            (p.z, p.pvalue) = (rule.t, rule.pvalue);
            (p.ci_lower, p.ci_upper) = (Some(rule.ci_lower), Some(rule.ci_upper));
        }
        let of = |value: fn(&Pooled) -> f64| rule.as_ref().map(value);
        PooledEstimate {
            df: rule.as_ref().and_then(|rule| rule.df),
            riv: rule.as_ref().and_then(|rule| rule.riv),
            fmi: of(|rule| rule.fmi),
            within: of(|rule| rule.within),
            between: of(|rule| rule.between),
            parameter: p,
        }
    };
    let total = rows(own.vcov.as_ref());
    total.into_iter().zip(rows(within)).enumerate().map(pooled).collect()
}

/// A defined parameter: its values in the data sets are pooled themselves.
fn definition(fits: &[Fit], name: &str) -> Option<Pooled> {
    let row = |fit: &Fit| {
        let own = fit.parameters.iter().find(|p| p.op == ":=" && p.lhs == name)?;
        Some((own.est, own.se? * own.se?))
    };
    let (estimates, variances): (Vec<f64>, Vec<f64>) =
        fits.iter().map(row).collect::<Option<Vec<_>>>()?.into_iter().unzip();
    Pooled::of(&estimates, &variances, None).ok()
}

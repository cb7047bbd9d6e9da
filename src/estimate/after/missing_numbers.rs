//! Measures of a fitted model, and why a number of it does not exist.

use crate::error::{Error, Result};
use crate::estimate::fit::Fit;
#[cfg(feature = "report")]
use crate::estimate::inference::StandardErrors;
use crate::estimate::measures::measure::{Measure, Version};
use std::collections::BTreeMap;

/// Of a model without degrees of freedom.
pub(crate) const SATURATED: &str = "the model is saturated, df = 0";

/// Why a measure that [`Fit::measure`] knows by `name` has no value.
pub(crate) fn no_measure(fit: &Fit, name: &str) -> String {
    let is = |names: &[&str]| names.iter().any(|own| name.starts_with(own));
    if !fit.converged {
        return no_solution(fit);
    }
    if is(&["logl", "unrestricted.logl", "aic", "bic"]) {
        return match fit.estimator.is_least_squares() {
            false => "the likelihood of these data is no number".into(),
            true => format!("{} has no likelihood", fit.estimator.name()),
        };
    }
    if fit.df() == 0 && !is(&["baseline", "srmr"]) {
        return SATURATED.into();
    }
    if is(&["pvalue", "baseline.pvalue"]) {
        return format!("the statistic of {} has no chi-square distribution", fit.estimator.name());
    }
    if is(&["baseline", "cfi", "tli"]) {
        return "the independence model has no misfit that it could be compared with".into();
    }
    if is(&["srmr"]) {
        return "a variance that residuals are divided by is not positive".into();
    }
    "the statistic is no number for these data".into()
}

/// What became of a search that has no solution.
pub(crate) fn no_solution(fit: &Fit) -> String {
    format!("the model {}", fit.status)
}

/// Why a parameter has no standard error.
#[cfg(feature = "report")]
pub(crate) fn no_error(fit: &Fit) -> String {
    match fit.standard_errors {
        _ if !fit.converged => no_solution(fit),
        StandardErrors::None => "no standard errors were asked for".into(),
        _ => "the information matrix has no inverse".into(),
    }
}

impl Fit {
    /// A fit measure.
    ///
    /// ```
    /// use psychometrics::estimate::{Measure, Version};
    /// use psychometrics::{Estimation, Estimator, Model, data::Dataset};
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
    /// let fit = Estimation::new(Estimator::Mlr).fit(&model, &data)?;
    /// assert_eq!(format!("{:.3}", fit.value(Measure::Cfi, Version::Robust)?), "0.930");
    /// assert_eq!(fit.value(Measure::Cfi, Version::Robust)?, fit.measure("cfi.robust")?);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoMeasure`], with the reason, where the fit has none.
    pub fn value(&self, measure: Measure, version: Version) -> Result<f64> {
        let value = measure.name(version).and_then(|name| self.known(name));
        value.ok_or_else(|| {
            let name = measure.name(version).unwrap_or_default();
            Error::NoMeasure {
                measure: format!("{measure} ({version})"),
                reason: match self.fit.iter().any(|(own, _)| own == name) {
                    true => no_measure(self, name),
                    false => format!("fits by {} and its test do not have this version", self.estimator),
                },
            }
        })
    }

    /// A fit measure by lavaan's name.
    ///
    /// # Errors
    /// [`Error::UnknownChoice`] with the nearest name, [`Error::NoMeasure`] where the fit has no such measure.
    pub fn measure(&self, name: &str) -> Result<f64> {
        let (measure, version) = Measure::named(name)?;
        self.value(measure, version)
    }

    /// Why each measure of fit without a value has none, by its name; empty where all have one.
    ///
    /// ```
    /// use psychometrics::{Estimation, Model, data::Dataset};
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3".parse()?;
    /// let fit = Estimation::default().fit(&model, &data)?;
    /// assert!(fit.measure("pvalue").is_err());
    /// assert_eq!(fit.reasons()["pvalue"], "the model is saturated, df = 0");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn reasons(&self) -> BTreeMap<&'static str, String> {
        let missing = self.fit.iter().filter(|(_, value)| value.is_none());
        missing.map(|(name, _)| (name, no_measure(self, name))).collect()
    }
}

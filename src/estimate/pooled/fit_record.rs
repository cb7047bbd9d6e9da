//! What of a pooled fit is stored and read back.

use super::estimates::PooledEstimate;
use super::model_tests::PooledModelTest;
use crate::error::{Error, Result, Warning};
use crate::estimate::estimator::{Estimator, Likelihood};
use crate::estimate::exploratory::rotation::SetRotation;
use crate::estimate::fit_record::find;
use crate::estimate::inference::{Information, StandardErrors, TestStatistic};
use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::measures::measure::{Measure, Version};
use crate::estimate::rubin::PoolingRule;
use crate::model::Operator;
use crate::moments::RowsUsed;
use serde::{Deserialize, Serialize};

/// What is known of a model fitted to completed data sets: all that a [`PooledFit`](crate::estimate::PooledFit) serialises, and what is read back.
///
/// ```
/// use psychometrics::estimate::PooledFitRecord;
/// use psychometrics::{Estimation, Model, data::Dataset, simulate::Imputer};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let completed = Imputer::new(model.observed_names()).imputations(3).impute(&data)?;
/// let pooled = Estimation::default().fit_imputed(&model, &completed.datasets)?;
/// let record: PooledFitRecord = serde_json::from_str(&serde_json::to_string(&pooled).unwrap()).unwrap();
/// assert_eq!((record.imputation.m, record.imputation.used), (3, 3));
/// assert_eq!(format!("{:.3}", record.measure("chisq")?), "85.306");
/// assert_eq!(format!("{:.3}", record.parameter("visual", "=~", "x2")?.parameter.est), "0.554");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PooledFitRecord {
    /// Whether there are pooled estimates: always, as there is an error otherwise.
    pub converged: bool,
    /// Most iterations that a fit took.
    pub iterations: usize,
    /// Estimator.
    pub estimator: Estimator,
    /// Likelihood, which fixes the divisor.
    pub likelihood: Likelihood,
    /// Information matrix behind the standard errors within data sets.
    pub information: Information,
    /// Standard errors within data sets.
    #[serde(rename = "se")]
    pub standard_errors: StandardErrors,
    /// Test of each fit.
    pub test: TestStatistic,
    /// The pooled tests of the model, that of the fit measures first; none without degrees of freedom.
    pub tests: Vec<PooledModelTest>,
    /// Rows read and used.
    pub missing: RowsUsed,
    /// Respondents per group.
    pub nobs: Vec<usize>,
    /// Names of the groups; empty for one group.
    pub groups: Vec<String>,
    /// The parameter table, in lavaan's order.
    pub parameters: Vec<PooledEstimate>,
    /// Fit measures. `chisq` is df1 F of the first pooled test with `pvalue` from F, `chisq.scaled` D2 of the scaled
    /// statistics.
    pub fit: FitMeasures,
    /// What was pooled, and how.
    pub imputation: PooledSets,
    /// How sets of exploratory factors were turned: the search is that of the consensus of the data sets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rotations: Vec<SetRotation>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// What was pooled.
///
/// ```
/// use psychometrics::estimate::PoolingRule;
/// use psychometrics::{Estimation, Model, data::Dataset, simulate::Imputer};
///
/// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
/// let model: Model = "f =~ x1 + x2 + x3 + x4".parse()?;
/// let completed = Imputer::new(["x1", "x2", "x3", "x4"]).imputations(3).impute(&data)?;
/// let pooled = Estimation::default().fit_imputed(&model, &completed.datasets)?;
/// let sets = &pooled.imputation;
/// assert_eq!((sets.m, sets.used, sets.test), (3, 3, Some(PoolingRule::D3)));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PooledSets {
    /// Completed data sets.
    pub m: usize,
    /// Those whose fit has a solution, which are pooled.
    pub used: usize,
    /// How the test behind the fit measures was pooled; none without degrees of freedom.
    pub test: Option<PoolingRule>,
}

impl PooledFitRecord {
    /// The row of a parameter, as [`FitRecord::parameter`](crate::estimate::FitRecord::parameter).
    ///
    /// # Errors
    /// As there.
    pub fn parameter<O>(&self, lhs: &str, op: O, rhs: &str) -> Result<&PooledEstimate>
    where
        O: TryInto<Operator>,
        Error: From<O::Error>,
    {
        let op = op.try_into()?;
        find(&self.parameters, |p| &p.parameter, (lhs, op, rhs), |_| true)
    }

    /// A fit measure, as [`Fit::value`](crate::estimate::Fit::value).
    ///
    /// # Errors
    /// [`Error::NoMeasure`] where pooled fits have none.
    pub fn value(&self, measure: Measure, version: Version) -> Result<f64> {
        let value = measure.name(version).and_then(|name| self.known(name));
        value.ok_or_else(|| Error::NoMeasure {
            measure: format!("{measure} ({version})"),
            reason: "it has no value here, or is not pooled".into(),
        })
    }

    /// A fit measure by lavaan's name.
    ///
    /// # Errors
    /// As [`Fit::measure`](crate::estimate::Fit::measure).
    pub fn measure(&self, name: &str) -> Result<f64> {
        let (measure, version) = Measure::named(name)?;
        self.value(measure, version)
    }

    /// A fit measure by its name, where it has a value.
    pub(crate) fn known(&self, name: &str) -> Option<f64> {
        self.fit.get(name)
    }
}

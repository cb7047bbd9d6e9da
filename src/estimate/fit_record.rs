//! What is stored of a fit, and read back.

use super::estimates::ParameterEstimate;
use super::status::Status;
use crate::error::{Error, Result, Warning, nearest};
use crate::estimate::exploratory::rotation::SetRotation;
use crate::estimate::inference::ModelTest;
use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::sample::row_account::RowsLeftOut;
use crate::estimate::sample::sampling_weights::SamplingWeights;
use crate::estimate::uncertainty::design_effects::DesignEffect;
use crate::estimate::uncertainty::replicates::Bootstrap;
use crate::estimate::{Estimator, Information, Likelihood, StandardErrors, TestStatistic};
use crate::model::Operator;
use crate::moments::RowsUsed;
use serde::{Deserialize, Serialize};

/// What is known of a fitted model: all that a [`Fit`](crate::estimate::Fit) serialises, and what is read back from it.
///
/// ```
/// use psychometrics::estimate::{FitRecord, Measure, Version};
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let stored = serde_json::to_string(&Estimation::default().fit(&model, &data)?).unwrap();
/// let record: FitRecord = serde_json::from_str(&stored).unwrap();
/// assert_eq!(format!("{:.3}", record.fit.value(Measure::Chisq, Version::Standard).unwrap()), "85.306");
/// assert_eq!(format!("{:.3}", record.parameter("visual", "=~", "x2")?.est), "0.554");
/// assert_eq!(serde_json::to_string(&record).unwrap(), stored);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FitRecord {
    /// Whether the estimates are a solution.
    pub converged: bool,
    /// What became of the search, with the culprit.
    pub status: Status,
    /// Iterations made.
    pub iterations: usize,
    /// Estimator.
    pub estimator: Estimator,
    /// Likelihood, which fixes the divisor.
    pub likelihood: Likelihood,
    /// Information matrix behind the standard errors.
    pub information: Information,
    /// Standard errors.
    #[serde(rename = "se")]
    pub standard_errors: StandardErrors,
    /// Test of the model.
    pub test: TestStatistic,
    /// The tests of the model: the standard one, and the one asked for.
    pub tests: Vec<ModelTest>,
    /// Rows read and used.
    pub missing: RowsUsed,
    /// Rows left out, by reason: those read less those used.
    pub left_out: Vec<RowsLeftOut>,
    /// Respondents per group.
    pub nobs: Vec<usize>,
    /// Names of the groups; empty for one group.
    pub groups: Vec<String>,
    /// Clusters per group, where respondents are in clusters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nclusters: Vec<usize>,
    /// Auxiliary variables, saturated correlates that are not part of the model; their parameters stand last.
    pub auxiliary: Vec<String>,
    /// The parameter table, in lavaan's order.
    pub parameters: Vec<ParameterEstimate>,
    /// Fit measures by lavaan's names.
    pub fit: FitMeasures,
    /// Caveats.
    pub warnings: Vec<Warning>,
    /// Sampling weights, where respondents have them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling_weights: Option<SamplingWeights>,
    /// What clusters cost each free parameter; empty without clusters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub design_effects: Vec<DesignEffect>,
    /// How sets of exploratory factors were turned; empty without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rotations: Vec<SetRotation>,
    /// The replicates behind bootstrap standard errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap: Option<Bootstrap>,
}

impl FitRecord {
    /// A fit measure by its name, where it has a value.
    pub(crate) fn known(&self, name: &str) -> Option<f64> {
        self.fit.get(name)
    }

    /// The row of a parameter, by lavaan's names (`fit.parameter("visual", "=~", "x2")`) or with an [`Operator`];
    /// covariances are found in either order, and of several groups the first.
    ///
    /// # Errors
    /// [`Error::UnknownChoice`] for an operator that there is not, [`Error::UnknownParameter`] with the nearest row.
    pub fn parameter<O>(&self, lhs: &str, op: O, rhs: &str) -> Result<&ParameterEstimate>
    where
        O: TryInto<Operator>,
        Error: From<O::Error>,
    {
        let op = op.try_into()?;
        find(&self.parameters, |p| p, (lhs, op, rhs), |_| true)
    }

    /// The row of a parameter in a group, from 1.
    ///
    /// # Errors
    /// As [`parameter`](Self::parameter).
    pub fn parameter_in<O>(&self, group: usize, lhs: &str, op: O, rhs: &str) -> Result<&ParameterEstimate>
    where
        O: TryInto<Operator>,
        Error: From<O::Error>,
    {
        let op = op.try_into()?;
        find(&self.parameters, |p| p, (lhs, op, rhs), |p| p.group == group)
    }
}

/// The row of a parameter among those of a kind.
pub(crate) fn find<'a, T>(
    rows: &'a [T],
    own: impl Fn(&T) -> &ParameterEstimate,
    (lhs, op, rhs): (&str, Operator, &str),
    of: impl Fn(&ParameterEstimate) -> bool,
) -> Result<&'a T> {
    let shown = |lhs: &str, op: Operator, rhs: &str| format!("{lhs} {op} {rhs}").trim_end().to_string();
    rows.iter().find(|row| of(own(row)) && own(row).is(lhs, op, rhs)).ok_or_else(|| {
        let given = shown(lhs, op, rhs);
        let names: Vec<String> = rows.iter().map(own).map(|p| shown(&p.lhs, p.op, &p.rhs)).collect();
        let nearest = nearest(&given, names.iter().map(String::as_str)).filter(|name| *name != given);
        Error::UnknownParameter { given, nearest }
    })
}

//! One model, fitted to each of many groups by itself, a line for each: the scales of ten thousand teams, or of a team's months.

use super::factor_reliability::FactorReliability;
use crate::error::{Error, Result};
use crate::estimate::{Estimation, Fit};
use crate::model::Model;
use crate::moments::aggregate::Aggregate;
use serde::{Deserialize, Serialize};

/// A model in each group of an aggregate.
///
/// ```
/// use psychometrics::evidence::internal_structure::GroupModels;
/// use psychometrics::moments::aggregate::{Aggregate, AggregateOptions, AggregatePlan, PlannedItem};
/// use psychometrics::{Estimation, Model};
///
/// let items = (1..=9).map(|i| PlannedItem::new(format!("x{i}")).about(4.0));
/// let plan = AggregatePlan::new(items)?.by_group("school");
/// let path = "data/holzinger_swineford_1939/hs.csv";
/// let aggregate = Aggregate::read(path, &plan, &AggregateOptions::default())?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let found = GroupModels::of(&Estimation::default(), &model, &aggregate)?;
/// // the two chi-squares add up to that of the model of both groups, 115.851
/// let chisq: Vec<String> = found.groups.iter().map(|own| format!("{:.3}", own.chisq.unwrap())).collect();
/// assert_eq!(chisq, ["51.542", "64.309"]);
/// let omega = &found.groups[0].omega; // of visual, textual, speed
/// assert_eq!(omega.iter().map(|own| format!("{:.2}", own.unwrap())).collect::<Vec<_>>(), ["0.66", "0.88", "0.76"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupModels {
    /// The variable that tells the groups.
    pub variable: String,
    /// The latent variables of the model, in the order of [`GroupModel::omega`].
    pub factors: Vec<String>,
    /// The groups, in ascending order.
    pub groups: Vec<GroupModel>,
}

/// The model in one group.
///
/// ```
/// use psychometrics::evidence::internal_structure::GroupModel;
///
/// let stored = r#"{"group":"team 7","n":3,"status":"too_few_rows","why":"a model needs 4 rows, found 3","chisq":null,"df":null,
///     "pvalue":null,"cfi":null,"tli":null,"rmsea":null,"srmr":null,"omega":[]}"#;
/// let group: GroupModel = serde_json::from_str(stored).unwrap();
/// assert!(!group.is_proper() && group.chisq.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupModel {
    /// The group.
    pub group: String,
    /// Respondents that were used.
    pub n: usize,
    /// The code of the [`Status`](crate::estimate::Status) of the fit, or of the error where there is none.
    pub status: String,
    /// What is wrong, for people; none of a proper solution.
    pub why: Option<String>,
    /// Chi-square of the model,
    pub chisq: Option<f64>,
    /// its degrees of freedom,
    pub df: Option<f64>,
    /// and p-value.
    pub pvalue: Option<f64>,
    /// Comparative fit index.
    pub cfi: Option<f64>,
    /// Tucker-Lewis index.
    pub tli: Option<f64>,
    /// Root mean square error of approximation.
    pub rmsea: Option<f64>,
    /// Standardised root mean square residual.
    pub srmr: Option<f64>,
    /// Omega of the sum of each factor's items; none without a solution or items, and of ordinal items, whose sums have another.
    pub omega: Vec<Option<f64>>,
}

impl GroupModels {
    /// Fits a model to each group of an aggregate, in parallel (in the caller's pool; the same bits on any number of threads).
    /// What fails in a group is told in its line, and does not stop the others. [`Estimation::fit_each_group`] keeps whole fits.
    ///
    /// # Errors
    /// [`Error::BadAggregate`] for an aggregate without groups.
    pub fn of(estimation: &Estimation, model: &Model, aggregate: &Aggregate) -> Result<Self> {
        let Some(variable) = aggregate.plan.group.clone().filter(|_| !aggregate.groups().is_empty()) else {
            return Err(Error::BadAggregate {
                place: "the aggregate".into(),
                problem: "is of no groups".into(),
                remedy: "Sum by a variable: --group VAR of 'moments' or 'sql'.".into(),
            });
        };
        let factors = model.latent_names();
        let groups = estimation.of_each_group(model, aggregate, |group, alone, fit| {
            GroupModel::of(group, alone.rows() as usize, fit, &factors)
        });
        Ok(Self { variable, factors, groups })
    }

    /// Groups with a proper solution.
    pub fn proper(&self) -> usize {
        self.groups.iter().filter(|own| own.is_proper()).count()
    }
}

impl GroupModel {
    fn of(group: &str, rows: usize, fit: Result<Fit>, factors: &[String]) -> Self {
        let fit = match fit {
            Ok(fit) => fit,
            Err(error) => return Self::without(group, rows, error.code(), error.to_string()),
        };
        if !fit.converged {
            return Self::without(
                group,
                fit.nobs.iter().sum(),
                fit.status.code(),
                format!("the model {}", fit.status),
            );
        }
        let (reliability, measure) = (FactorReliability::of(&fit), |name: &str| fit.measure(name).ok());
        let omega = factors.iter().map(|factor| {
            let own = reliability.iter().find(|own| own.factor == *factor);
            own.and_then(|own| own.omega)
        });
        let is_proper = fit.status.proper();
        Self {
            group: group.into(),
            n: fit.nobs.iter().sum(),
            status: fit.status.code().into(),
            why: (!is_proper).then(|| format!("the model {}", fit.status)),
            chisq: measure("chisq"),
            df: measure("df"),
            pvalue: measure("pvalue"),
            cfi: measure("cfi"),
            tli: measure("tli"),
            rmsea: measure("rmsea"),
            srmr: measure("srmr"),
            omega: omega.collect(),
        }
    }

    fn without(group: &str, n: usize, status: &str, why: String) -> Self {
        Self {
            group: group.into(),
            n,
            status: status.into(),
            why: Some(why),
            chisq: None,
            df: None,
            pvalue: None,
            cfi: None,
            tli: None,
            rmsea: None,
            srmr: None,
            omega: Vec::new(),
        }
    }

    /// Whether the group has a proper solution.
    #[must_use]
    pub fn is_proper(&self) -> bool {
        self.why.is_none()
    }
}

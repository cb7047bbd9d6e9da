//! The result of a fit, and what follows from it.

use super::estimates::{ParameterEstimate, UndefinedParameter};
use super::standardized::{Standardization, Which};
use super::status::Status;
use super::weight::Weight;
use crate::error::{Error, Result, Warning, nearest};
use crate::estimate::constraints::Constraints;
use crate::estimate::conventions::metric;
use crate::estimate::inference::ModelTest;
use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::observed::{Known, Observed, Problem};
use crate::estimate::sample::row_account::RowsLeftOut;
use crate::estimate::sample::sampling_weights::SamplingWeights;
use crate::estimate::uncertainty::design_effects::DesignEffect;
use crate::estimate::uncertainty::replicates::Bootstrap;
use crate::estimate::{
    Conventions, Estimation, Estimator, Information, Likelihood, StandardErrors, TestStatistic,
};
use crate::model::{
    Implied, Kind, NoValue, Operator, Parameter, ParameterTable, Parameterization, Place, Relation,
    row_of_free,
};
use crate::moments::{LabelledMatrix, RowsUsed};
use crate::numeric::tails::NORMAL_975;
use crate::numeric::tails::two_sided;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// What is known of a fitted model: all that a [`Fit`] serialises, and what is read back from it.
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
    /// The replicates behind bootstrap standard errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap: Option<Bootstrap>,
}

/// A fitted model: its [`FitRecord`], whose fields it has, and what further questions are answered from.
#[derive(Debug, Clone)]
pub struct Fit {
    pub(crate) record: FitRecord,
    pub(crate) internals: Internals,
}

impl Fit {
    /// What is serialised, by itself.
    pub fn into_record(self) -> FitRecord {
        self.record
    }
}

impl std::ops::Deref for Fit {
    type Target = FitRecord;

    fn deref(&self) -> &FitRecord {
        &self.record
    }
}

impl Serialize for Fit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.record.serialize(serializer)
    }
}

/// What the derived results are computed from, by group.
#[derive(Debug, Clone)]
pub(crate) struct Internals {
    pub(crate) tables: Vec<ParameterTable>,
    pub(crate) implied: Vec<Implied>,
    pub(crate) observed: Vec<Observed>,
    pub(crate) vcov: Option<DMatrix<f64>>,
    pub(crate) df: i64,
    /// Free parameters at the solution.
    pub(crate) x: DVector<f64>,
    /// Jacobian of the constraints.
    pub(crate) jacobian: DMatrix<f64>,
    pub(crate) weights: Option<Vec<Weight>>,
    /// The rows of each group, kept where the test needs them.
    pub(crate) rows: Vec<DMatrix<f64>>,
    pub(crate) information: Information,
    pub(crate) saturated: bool,
    pub(crate) conventions: Conventions,
    pub(crate) statistic: TestStatistic,
    pub(crate) estimation: Estimation,
    pub(crate) constraints: Constraints,
    pub(crate) bounds: Vec<(f64, f64)>,
}

impl Internals {
    /// The model at the solution, with the rows.
    pub(crate) fn problem(&self) -> Problem<'_> {
        Problem {
            tables: &self.tables,
            observed: &self.observed,
            rows: &self.rows,
            x: &self.x,
            jacobian: &self.jacobian,
            information: self.information,
            saturated: self.saturated,
            metric: metric(self.conventions),
            weights: self.weights.as_deref(),
            known: Known::default(),
        }
    }

    /// What multiplies the discrepancy to give a chi-square.
    pub(crate) fn multiplier(&self) -> f64 {
        self.observed.iter().map(|o| o.multiplier).sum()
    }
}

/// A standardised estimate with its own standard error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StandardizedEstimate {
    /// Left-hand side.
    pub lhs: String,
    /// lavaan's operator.
    pub op: Operator,
    /// Right-hand side.
    pub rhs: String,
    /// Group, from 1.
    pub group: usize,
    /// Level: 1, or 2 of what is between clusters.
    pub level: usize,
    /// Block, from 1: groups, and levels within them.
    pub block: usize,
    /// Standardised estimate.
    #[serde(rename = "est.std")]
    pub est: Option<f64>,
    /// Standard error by the delta method.
    pub se: Option<f64>,
    /// est / se.
    pub z: Option<f64>,
    /// Two-sided p-value.
    pub pvalue: Option<f64>,
    /// Lower end of the 95 % interval.
    #[serde(rename = "ci.lower")]
    pub ci_lower: Option<f64>,
    /// Upper end of the 95 % interval.
    #[serde(rename = "ci.upper")]
    pub ci_upper: Option<f64>,
}

impl StandardizedEstimate {
    fn new(p: &ParameterEstimate, est: Option<f64>, se: Option<f64>) -> Self {
        let z = est.zip(se).filter(|(_, se)| *se > 0.0).map(|(est, se)| est / se);
        let end = |sign: f64| est.zip(se).map(|(est, se)| est + sign * NORMAL_975 * se);
        Self {
            lhs: p.lhs.clone(),
            op: p.op,
            rhs: p.rhs.clone(),
            group: p.group,
            level: p.level,
            block: p.block,
            est,
            se,
            z,
            pvalue: z.map(two_sided),
            ci_lower: end(-1.0),
            ci_upper: end(1.0),
        }
    }
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

impl Fit {
    /// Whether both levels of clustered respondents are modelled.
    pub fn has_levels(&self) -> bool {
        self.internals.tables.iter().any(|table| table.level > 1)
    }

    /// What each block of the model is about: a group, a level, a level of a group; empty for one block.
    pub fn blocks(&self) -> Vec<String> {
        if !self.has_levels() {
            return self.groups.clone();
        }
        let name = |table: &ParameterTable| {
            let level = if table.level == 1 { "within" } else { "between" };
            self.groups.get(table.group).map_or(level.into(), |group| format!("{group}, {level}"))
        };
        self.internals.tables.iter().map(name).collect()
    }

    /// Intraclass correlations of the variables of both levels, by group: the share of the variance that lies between
    /// clusters,
    ///
    /// ```text
    /// ICC = var_B / (var_W + var_B)
    /// ```
    ///
    /// from the saturated model (maximum likelihood; lavaan's `lavInspect(fit, "icc")`). Empty for a model of one
    /// level.
    pub fn intraclass_correlations(&self) -> Vec<BTreeMap<String, f64>> {
        let Internals { tables, observed, .. } = &self.internals;
        let of_group = |(tables, observed): (&[ParameterTable], &[Observed])| {
            let within = tables[0].observed.iter().enumerate();
            let shared = within.filter_map(|(i, name)| {
                let k = tables[1].observed.iter().position(|other| other == name)?;
                let between = observed[1].covariance[(k, k)];
                Some((name.clone(), between / (observed[0].covariance[(i, i)] + between)))
            });
            shared.collect()
        };
        match self.has_levels() {
            true => tables.chunks(2).zip(observed.chunks(2)).map(of_group).collect(),
            false => Vec::new(),
        }
    }

    /// Whether ordinal variables are in the model.
    pub fn is_ordinal(&self) -> bool {
        self.internals.tables.iter().any(ParameterTable::has_ordinal)
    }

    /// What gives the variables behind ordinal ones their unit.
    pub fn parameterization(&self) -> Parameterization {
        self.internals.tables.first().map_or(Parameterization::Delta, |table| table.parameterization)
    }

    /// Whether a row is what the others leave: the residual variance (delta) or the scaling factor (theta) of an
    /// ordinal variable.
    pub fn is_left(&self, parameter: &ParameterEstimate) -> bool {
        let own = |row: &&Parameter| parameter.is(&row.lhs, row.op, &row.rhs);
        let table = self.internals.tables.get(parameter.block.wrapping_sub(1));
        table.is_some_and(|table| table.rows.iter().find(own).is_some_and(|row| row.kind == Kind::Determined))
    }

    /// Names of the defined parameters, in the order of the text.
    pub fn definitions(&self) -> Vec<&str> {
        self.internals.constraints.definitions().iter().filter_map(Relation::name).collect()
    }

    /// Defined parameters that have no value at the solution, in the order of the text; they have no row among the
    /// [`parameters`](FitRecord::parameters), and a warning each.
    pub fn undefined(&self) -> Vec<UndefinedParameter> {
        let Internals { constraints, x, .. } = &self.internals;
        let undefined = |(relation, value): (&Relation, std::result::Result<_, NoValue>)| {
            Some(UndefinedParameter {
                name: relation.name()?.into(),
                expression: relation.right.to_string(),
                reason: value.err()?.to_string(),
            })
        };
        constraints.defined_at(x).filter_map(undefined).collect()
    }

    /// Degrees of freedom.
    pub fn df(&self) -> i64 {
        self.internals.df
    }

    /// The solution with all variables standardised (lavaan's `standardizedSolution()`).
    pub fn standardized(&self) -> Vec<StandardizedEstimate> {
        self.standardize(Which::All)
    }

    /// The solution with the latent variables standardised (`standardizedSolution(type = "std.lv")`).
    pub fn standardized_latent(&self) -> Vec<StandardizedEstimate> {
        self.standardize(Which::Latent)
    }

    fn standardize(&self, which: Which) -> Vec<StandardizedEstimate> {
        let Internals { tables, implied, vcov, .. } = &self.internals;
        let mut all = Vec::with_capacity(self.parameters.len());
        for (block, (table, implied)) in tables.iter().zip(implied).enumerate() {
            let standard = Standardization::new(table, implied);
            let rows = self.parameters.iter().filter(|p| p.block == block + 1).enumerate();
            all.extend(rows.map(|(index, p)| {
                let est = standard.value(index, which);
                let se = vcov.as_ref().and_then(|v| standard.standard_error(index, which, v));
                StandardizedEstimate::new(p, est, se)
            }));
        }
        all.extend(self.standardize_defined(which));
        all
    }

    /// Gradients of a block's standardised estimates (block from 0) with respect to the free parameters, and their
    /// values; none where one of them does not exist.
    pub(crate) fn standardized_gradients(
        &self,
        block: usize,
        of: impl Fn(&ParameterEstimate) -> bool,
    ) -> Option<(Vec<DVector<f64>>, Vec<f64>)> {
        let Internals { tables, implied, x, .. } = &self.internals;
        let standard = Standardization::new(&tables[block], &implied[block]);
        let rows = self.parameters.iter().filter(|p| p.block == block + 1).enumerate().filter(|(_, p)| of(p));
        let found = rows.map(|(index, _)| standard.gradient(index, Which::All, x.len()));
        let found: Vec<(f64, DVector<f64>)> = found.collect::<Option<_>>()?;
        Some(found.into_iter().map(|(value, gradient)| (gradient, value)).unzip())
    }

    /// Defined parameters as the same functions of standardised parameters, with d g(s(x)) / dx = g'(s) s'(x).
    fn standardize_defined(&self, which: Which) -> Vec<StandardizedEstimate> {
        let Internals { tables, implied, vcov, constraints, x, .. } = &self.internals;
        let q = x.len();
        let (mut values, mut slopes) = (DVector::from_element(q, f64::NAN), DMatrix::zeros(q, q));
        let mut seen = vec![false; q];
        for (table, implied) in tables.iter().zip(implied) {
            let standard = Standardization::new(table, implied);
            for (index, row) in table.rows.iter().enumerate() {
                // the first row of each label stands for it
                if let Kind::Free(free, _) = row.kind
                    && !std::mem::replace(&mut seen[free], true)
                    && let Some((value, gradient)) = standard.gradient(index, which, q)
                {
                    values[free] = value;
                    slopes.set_row(free, &gradient.transpose());
                }
            }
        }
        let at: HashMap<&str, (f64, DVector<f64>)> = constraints
            .defined_at(&values)
            .filter_map(|(definition, at)| Some((definition.name()?, at.ok()?)))
            .collect();
        let each = self.parameters.iter().filter(|p| p.op == ":=");
        each.map(|p| {
            let at = at.get(p.lhs.as_str());
            let se = at.zip(vcov.as_ref()).map(|((_, inner), vcov)| {
                let gradient = slopes.tr_mul(inner);
                gradient.dot(&(vcov * &gradient)).max(0.0).sqrt()
            });
            StandardizedEstimate::new(p, at.map(|(value, _)| *value), se.filter(|se| se.is_finite()))
        })
        .collect()
    }

    /// Share of the variance of each dependent variable that the model explains, by group: 1 -
    /// residual variance / implied variance; none where the residual variance is negative.
    pub fn r_squared(&self) -> Vec<BTreeMap<String, Option<f64>>> {
        self.by_group(|group| self.explained(group))
    }

    fn explained(&self, group: usize) -> BTreeMap<String, Option<f64>> {
        let (table, implied) = (&self.internals.tables[group], &self.internals.implied[group]);
        let is_outcome = |name: &str| {
            table.rows.iter().any(|r| match r.op {
                Operator::Loading => r.rhs == name,
                Operator::Regression => r.lhs == name,
                _ => false,
            })
        };
        let share = |row: &crate::model::Parameter| {
            let total = match row.place {
                Place::Residual(i, j) if i == j => implied.sigma[(i, i)],
                Place::Latent(i, j) if i == j => implied.eta_covariance[(i, i)],
                _ => return None,
            };
            let residual = implied.at(row.place);
            is_outcome(&row.lhs)
                .then(|| (row.lhs.clone(), (residual >= 0.0 && total > 0.0).then(|| 1.0 - residual / total)))
        };
        table.rows.iter().filter(|r| r.op == Operator::Covariance).filter_map(share).collect()
    }

    /// The covariance matrix that the model implies, by group.
    pub fn implied_covariance(&self) -> Vec<LabelledMatrix> {
        self.by_group(|group| self.labelled(group, &self.internals.implied[group].sigma))
    }

    /// The correlations that the model implies, of the first group.
    pub(crate) fn implied_correlation(&self) -> Option<LabelledMatrix> {
        let sigma = &self.internals.implied.first()?.sigma;
        let correlation = DMatrix::from_fn(sigma.nrows(), sigma.nrows(), |i, j| {
            sigma[(i, j)] / (sigma[(i, i)] * sigma[(j, j)]).sqrt()
        });
        Some(self.labelled(0, &correlation))
    }

    /// The means that the model implies, by group, where they are modelled.
    pub fn implied_means(&self) -> Vec<Option<BTreeMap<String, f64>>> {
        self.by_group(|group| self.means(group, |i| self.internals.implied[group].mu[i]))
    }

    /// Covariance matrix of the free parameters, in the order of their numbers; none where there is
    /// no solution.
    pub fn vcov(&self) -> Option<LabelledMatrix> {
        let Internals { tables, vcov, .. } = &self.internals;
        let q = tables.first().map_or(0, |table| table.n_free);
        let names: Vec<String> =
            (0..q).map(|i| row_of_free(tables, i).map_or_else(String::new, |r| r.name())).collect();
        vcov.as_ref().map(|v| LabelledMatrix::square(&names, v))
    }

    /// Names, implied covariances and means of a group (from 0); observed means where none are modelled.
    pub(crate) fn implied_moments(&self, group: usize) -> Option<(Vec<String>, DMatrix<f64>, DVector<f64>)> {
        let (table, implied) = (self.internals.tables.get(group)?, self.internals.implied.get(group)?);
        let mean = if table.has_means { &implied.mu } else { &self.internals.observed.get(group)?.mean };
        Some((table.observed.clone(), implied.sigma.clone(), mean.clone()))
    }

    fn by_group<T>(&self, of: impl Fn(usize) -> T) -> Vec<T> {
        (0..self.internals.tables.len()).map(of).collect()
    }

    fn labelled(&self, group: usize, matrix: &DMatrix<f64>) -> LabelledMatrix {
        LabelledMatrix::square(&self.internals.tables[group].observed, matrix)
    }

    pub(crate) fn means(&self, group: usize, value: impl Fn(usize) -> f64) -> Option<BTreeMap<String, f64>> {
        let table = &self.internals.tables[group];
        table
            .has_means
            .then(|| table.observed.iter().enumerate().map(|(i, n)| (n.clone(), value(i))).collect())
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

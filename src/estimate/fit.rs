//! The result of a fit, and what follows from it.

use super::estimates::{ParameterEstimate, UndefinedParameter};
use super::standardized::{Standardization, Which};
use super::weight::Weight;
use crate::estimate::constraints::Constraints;
use crate::estimate::conventions::metric;
use crate::estimate::fit_record::FitRecord;
use crate::estimate::observed::{Known, Observed, Problem};
use crate::estimate::{Conventions, Estimation, Information, TestStatistic};
use crate::model::{
    Implied, Kind, NoValue, Operator, Parameter, ParameterTable, Parameterization, Place, Relation,
    row_of_free,
};
use crate::moments::LabelledMatrix;
use crate::numeric::tails::NORMAL_975;
use crate::numeric::tails::two_sided;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// A fitted model: its [`FitRecord`], whose fields it has, and what further questions are answered from.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// assert!(fit.status.proper());
/// assert_eq!(format!("{:.3}", fit.measure("cfi")?), "0.931");
/// assert_eq!(format!("{:.3}", fit.parameter("visual", "=~", "x2")?.se.unwrap()), "0.100");
/// assert_eq!(format!("{:.3}", fit.loadings(1, true)?.get("x9", "speed").unwrap()), "0.665");
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// let all = fit.standardized();
/// let x2 = all.iter().find(|own| own.rhs == "x2").unwrap();
/// assert_eq!(format!("{:.3} {:.3}", x2.est.unwrap(), x2.se.unwrap()), "0.424 0.060");
/// # Ok::<(), psychometrics::Error>(())
/// ```
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

/// What a block of a model is about: a group, a level of clustered respondents, or a level of a group. As a text it is the
/// name of both, which is empty where the block is the only one.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
/// let data = Dataset::read_csv("tests/data/two_level.csv")?;
/// let model: Model = "level: 1\n f =~ y1 + y2 + y3 + y4\nlevel: 2\n g =~ y1 + y2 + y3 + y4".parse()?;
/// let fit = Estimation::default().cluster("team").fit(&model, &data)?;
/// let between = &fit.blocks()[1];
/// assert_eq!((between.to_string(), between.n, between.unit()), ("between".into(), 110, "clusters"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Block {
    /// The group; none where there are no groups.
    pub group: Option<String>,
    /// `within` or `between` clusters; none in a model of one level.
    pub level: Option<&'static str>,
    /// How many respondents, or clusters, it is seen of.
    pub n: usize,
}

impl Block {
    /// What is counted: respondents, or clusters.
    pub fn unit(&self) -> &'static str {
        if self.level == Some("between") { "clusters" } else { "respondents" }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.group.as_deref().into_iter().chain(self.level).collect();
        f.pad(&names.join(", "))
    }
}

impl Fit {
    /// Whether both levels of clustered respondents are modelled.
    pub fn has_levels(&self) -> bool {
        self.internals.tables.iter().any(|table| table.level > 1)
    }

    /// What each block of the model is about, in their order.
    pub fn blocks(&self) -> Vec<Block> {
        let has_levels = self.has_levels();
        let of = |table: &ParameterTable| Block {
            group: self.groups.get(table.group).cloned(),
            level: has_levels.then_some(if table.level == 1 { "within" } else { "between" }),
            n: if table.level == 1 { self.nobs[table.group] } else { self.nclusters[table.group] },
        };
        self.internals.tables.iter().map(of).collect()
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
        if !self.has_levels() {
            return Vec::new();
        }
        tables.chunks(2).zip(observed.chunks(2)).map(of_group).collect()
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

    /// Thresholds of each variable in a group (from 0), none of a continuous one.
    pub(crate) fn implied_thresholds(&self, group: usize) -> Option<Vec<Vec<f64>>> {
        self.internals.implied.get(group).map(|own| own.thresholds.clone())
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

//! Parameter estimates: value, standard error, test, interval, standardised values.

use super::standardized::Standardization;
use crate::estimate::constraints::Constraints;
use crate::estimate::search::scoring::Solution;
use crate::model::{Implied, Kind, Operator, ParameterTable, Relation};
use crate::numeric::tails::NORMAL_975;
use crate::numeric::tails::two_sided;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// One row of the parameter table after estimation, under lavaan's names.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// let x2 = fit.parameter("visual", "=~", "x2")?;
/// assert_eq!(format!("{:.3} {:.3} {:.2}", x2.est, x2.se.unwrap(), x2.z.unwrap()), "0.554 0.100 5.55");
/// assert_eq!(format!("{:.3}", x2.std_all.unwrap()), "0.424");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParameterEstimate {
    /// Left-hand side.
    pub lhs: String,
    /// What it says of its sides.
    pub op: Operator,
    /// Right-hand side; empty for an intercept.
    pub rhs: String,
    /// Group, from 1; 0 of a defined parameter.
    pub group: usize,
    /// Level: 1, or 2 of what is between clusters.
    pub level: usize,
    /// Block, from 1: groups, and levels within them.
    pub block: usize,
    /// Number of the free parameter, from 1; 0 where fixed. Rows with one label share a number.
    pub free: usize,
    /// Label, empty where the model gives none.
    pub label: String,
    /// Estimate, or the fixed value.
    pub est: f64,
    /// Standard error from the expected information; 0 where fixed, none where it does not exist.
    pub se: Option<f64>,
    /// est / se.
    pub z: Option<f64>,
    /// Two-sided p-value of z under the normal distribution.
    pub pvalue: Option<f64>,
    /// Lower end of the 95 % interval.
    #[serde(rename = "ci.lower")]
    pub ci_lower: Option<f64>,
    /// Upper end of the 95 % interval.
    #[serde(rename = "ci.upper")]
    pub ci_upper: Option<f64>,
    /// Estimate with the latent variables standardised.
    #[serde(rename = "std.lv")]
    pub std_lv: Option<f64>,
    /// Estimate with all variables standardised.
    #[serde(rename = "std.all")]
    pub std_all: Option<f64>,
}

impl ParameterEstimate {
    /// A parameter at a bound has no standard error.
    pub(crate) fn without_error_at(&mut self, bound: &[usize]) {
        let at_bound = self.free > 0 && bound.contains(&(self.free - 1));
        if at_bound && self.se.is_some_and(|se| se < 1e-8) {
            (self.se, self.z, self.pvalue, self.ci_lower, self.ci_upper) = (None, None, None, None, None);
        }
    }

    /// Whether it is the parameter of these sides; covariances in either order.
    pub(crate) fn is(&self, lhs: &str, op: Operator, rhs: &str) -> bool {
        let same = self.lhs == lhs && self.rhs == rhs;
        self.op == op && (same || (op == Operator::Covariance && self.lhs == rhs && self.rhs == lhs))
    }
}

/// The rows of a block's table with their estimates. Without a covariance matrix of the estimates the
/// standard errors do not exist.
pub(crate) fn estimates(
    block: usize,
    table: &ParameterTable,
    implied: &Implied,
    vcov: Option<&DMatrix<f64>>,
) -> Vec<ParameterEstimate> {
    let standard = Standardization::new(table, implied);
    let row = |(index, parameter): (usize, &crate::model::Parameter)| {
        let est = implied.at(parameter.place);
        let (free, se) = match parameter.kind {
            Kind::Free(free, _) => (free + 1, vcov.map(|v| v[(free, free)].max(0.0).sqrt())),
            Kind::Fixed(_) | Kind::Sample | Kind::Determined => (0, Some(0.0)),
        };
        let z = se.filter(|se| *se > 0.0).map(|se| est / se);
        ParameterEstimate {
            lhs: parameter.lhs.clone(),
            op: parameter.op,
            rhs: if parameter.op == Operator::Intercept { String::new() } else { parameter.rhs.clone() },
            group: table.group + 1,
            level: table.level,
            block: block + 1,
            free,
            label: parameter.label.clone().unwrap_or_default(),
            est,
            se,
            z,
            pvalue: z.map(two_sided),
            ci_lower: se.map(|se| est - NORMAL_975 * se),
            ci_upper: se.map(|se| est + NORMAL_975 * se),
            std_lv: standard.latent(index),
            std_all: standard.all(index),
        }
    };
    table.rows.iter().enumerate().map(row).collect()
}

/// A defined parameter that has no value at the solution.
///
/// ```
/// use psychometrics::Estimation;
/// use psychometrics::moments::Moments;
///
/// let moments = Moments::from_lower_triangle(&["x", "y"], &[1.0, -0.5, 1.0], 101)?;
/// let fit = Estimation::default().fit_moments(&"y ~ b*x; odds := log(b)".parse()?, &moments)?;
/// let undefined = &fit.undefined()[0];
/// assert_eq!(
///     (undefined.name.as_str(), undefined.expression.as_str(), undefined.reason.as_str()),
///     ("odds", "log(b)", "log(-0.5000) does not exist")
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UndefinedParameter {
    /// Its name.
    pub name: String,
    /// The expression that defines it.
    pub expression: String,
    /// Why it has no value ("log(-1.2000) does not exist").
    pub reason: String,
}

/// The rows of the defined parameters that have a value, with standard errors by the delta method. Their standardised
/// values are those of the same expression in standardised parameters.
pub(crate) fn defined(
    constraints: &Constraints,
    parameters: &[ParameterEstimate],
    x: &DVector<f64>,
    vcov: Option<&DMatrix<f64>>,
) -> Vec<ParameterEstimate> {
    let standard = |of: fn(&ParameterEstimate) -> Option<f64>| {
        // the first row of each label stands for it
        let mut values = DVector::zeros(x.len());
        for p in parameters.iter().rev().filter(|p| p.free > 0) {
            values[p.free - 1] = of(p).unwrap_or(f64::NAN);
        }
        values
    };
    let (latent, all) = (standard(|p| p.std_lv), standard(|p| p.std_all));
    let of = |x: &DVector<f64>| -> Vec<Option<f64>> {
        constraints.defined_at(x).map(|(_, value)| value.ok().map(|(value, _)| value)).collect()
    };
    let standardised = of(&latent).into_iter().zip(of(&all));
    let row = |((relation, value), (std_lv, std_all)): ((&Relation, _), (Option<f64>, Option<f64>))| {
        let (est, gradient): (f64, DVector<f64>) = Result::ok(value)?;
        let se = vcov.map(|v| gradient.dot(&(v * &gradient)).max(0.0).sqrt()).filter(|se| se.is_finite());
        let z = se.filter(|se| *se > 0.0).map(|se| est / se);
        let name = relation.name().unwrap_or_default();
        Some(ParameterEstimate {
            lhs: name.into(),
            op: Operator::Definition,
            rhs: relation.right.to_string(),
            group: 0,
            level: 0,
            block: 0,
            free: 0,
            label: name.into(),
            est,
            se,
            z,
            pvalue: z.map(two_sided),
            ci_lower: se.map(|se| est - NORMAL_975 * se),
            ci_upper: se.map(|se| est + NORMAL_975 * se),
            std_lv,
            std_all,
        })
    };
    constraints.defined_at(x).zip(standardised).filter_map(row).collect()
}

/// The rows of all tables with their estimates, and the defined parameters; what lies at a bound has no standard error.
pub(crate) fn parameters_at(
    tables: &[ParameterTable],
    implied: &[Implied],
    constraints: &Constraints,
    solution: &Solution,
    at_bound: &[(usize, f64)],
    vcov: Option<&DMatrix<f64>>,
) -> Vec<ParameterEstimate> {
    let of_block = |(block, (table, implied))| estimates(block, table, implied, vcov);
    let mut parameters: Vec<ParameterEstimate> =
        tables.iter().zip(implied).enumerate().flat_map(of_block).collect();
    if !constraints.are_none() {
        let bound = constraints.at_bound(&solution.jacobian);
        parameters.iter_mut().for_each(|p| p.without_error_at(&bound));
    }
    for p in parameters.iter_mut().filter(|p| at_bound.iter().any(|(free, _)| p.free == free + 1)) {
        (p.se, p.z, p.pvalue, p.ci_lower, p.ci_upper) = (None, None, None, None, None);
    }
    parameters.extend(defined(constraints, &parameters, &solution.x, vcov));
    parameters
}

/// Free parameters that lie at a bound, with the bound.
pub(crate) fn at_bound(x: &DVector<f64>, bounds: &[(f64, f64)]) -> Vec<(usize, f64)> {
    let each = bounds.iter().enumerate().filter_map(|(free, &(lower, upper))| {
        [lower, upper].into_iter().find(|bound| (x[free] - bound).abs() < 1e-9).map(|bound| (free, bound))
    });
    each.collect()
}

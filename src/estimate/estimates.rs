//! Parameter estimates: value, standard error, test, interval, standardised values.

use super::measures::chi_square_tail;
use super::standardized::Standardization;
use crate::model::{Implied, Kind, Operator, ParameterTable};
use nalgebra::DMatrix;
use serde::Serialize;

/// One row of the parameter table after estimation, under lavaan's names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParameterEstimate {
    /// Left-hand side.
    pub lhs: String,
    /// lavaan's operator: `=~`, `~`, `~~` or `~1`.
    pub op: &'static str,
    /// Right-hand side; empty for an intercept.
    pub rhs: String,
    /// Group, from 1.
    pub group: usize,
    /// Level, from 1.
    pub level: usize,
    /// Block, from 1.
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
    /// Whether it is the parameter of these sides; covariances in either order.
    pub(crate) fn is(&self, lhs: &str, op: &str, rhs: &str) -> bool {
        let same = self.lhs == lhs && self.rhs == rhs;
        self.op == op && (same || (op == "~~" && self.lhs == rhs && self.rhs == lhs))
    }
}

/// 97.5 % quantile of the standard normal distribution.
pub(crate) const NORMAL_975: f64 = 1.959_963_984_540_054;

/// Two-sided p-value of a z statistic, from the chi-square tail (accurate far out).
pub(crate) fn two_sided(z: f64) -> f64 {
    chi_square_tail(z * z, 1.0)
}

/// The rows of a group's table with their estimates. Without a covariance matrix of the estimates the
/// standard errors do not exist.
pub(crate) fn estimates(
    group: usize,
    table: &ParameterTable,
    implied: &Implied,
    vcov: Option<&DMatrix<f64>>,
) -> Vec<ParameterEstimate> {
    let standard = Standardization::new(table, implied);
    let row = |(index, parameter): (usize, &crate::model::Parameter)| {
        let est = implied.at(parameter.place);
        let (free, se) = match parameter.kind {
            Kind::Free(free, _) => (free + 1, vcov.map(|v| v[(free, free)].max(0.0).sqrt())),
            Kind::Fixed(_) | Kind::Sample => (0, Some(0.0)),
        };
        let z = se.filter(|se| *se > 0.0).map(|se| est / se);
        ParameterEstimate {
            lhs: parameter.lhs.clone(),
            op: parameter.op.symbol(),
            rhs: if parameter.op == Operator::Intercept { String::new() } else { parameter.rhs.clone() },
            group: group + 1,
            level: 1,
            block: group + 1,
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

//! Change of a factor's mean over time.
//!
//! ```text
//! change        alpha_t - alpha_1
//! d             change / sqrt((psi_1 + psi_t) / 2)
//! d of change   change / sqrt(psi_1 + psi_t - 2 psi_1t): of the difference scores
//! ```
//!
//! The two are not the same measure: the second is the larger, the more the occasions correlate.

use crate::estimate::Fit;
use crate::model::{Kind, Operator};
use crate::numeric::tails::{NORMAL_975, two_sided};
use nalgebra::DVector;
use serde::{Deserialize, Serialize};

/// How the mean of a factor changed since the first occasion.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("tests/data/political_democracy.csv")?;
/// let model: Model = "dem60 =~ y1 + y2 + y3 + y4; dem65 =~ y5 + y6 + y7 + y8".parse()?;
/// let study = Invariance::of(Estimation::default()).over_time(&[&["dem60", "dem65"]], &model, &data)?;
/// let change = &study.changes[0];
/// assert_eq!((change.level.as_str(), change.from.as_str(), change.to.as_str()), ("scalar", "dem60", "dem65"));
/// assert_eq!(format!("{:.2} {:.2}", change.change, change.d.unwrap()), "-0.44 -0.21");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LatentChange {
    /// The step under which it is estimated.
    pub level: String,
    /// The factor of the first occasion,
    pub from: String,
    /// and that of the later one.
    pub to: String,
    /// Change of the mean, in the unit of the factor.
    pub change: f64,
    /// Its standard error,
    pub se: Option<f64>,
    /// 95 % interval,
    pub lower: Option<f64>,
    /// upper end,
    pub upper: Option<f64>,
    /// and p-value.
    pub pvalue: Option<f64>,
    /// Change over the root of the mean of the two variances.
    pub d: Option<f64>,
    /// Change over the standard deviation of the change.
    pub d_of_change: Option<f64>,
}

pub(super) fn changes(level: &str, fit: &Fit, constructs: &[Vec<String>]) -> Vec<LatentChange> {
    let internals = &fit.internals;
    let (table, implied) = (&internals.tables[0], &internals.implied[0]);
    let at = |name: &String| table.eta.iter().position(|own| own == name);
    let mut all = Vec::new();
    for factors in constructs {
        for later in &factors[1..] {
            let (Some(first), Some(own)) = (at(&factors[0]), at(later)) else { continue };
            let mean = |name: &String| {
                let row = table.rows.iter().find(|row| row.op == Operator::Intercept && row.lhs == *name)?;
                match row.kind {
                    Kind::Free(free, _) => Some(free),
                    _ => None,
                }
            };
            let mut contrast = DVector::zeros(internals.x.len());
            if let Some(free) = mean(later) {
                contrast[free] += 1.0;
            }
            if let Some(free) = mean(&factors[0]) {
                contrast[free] -= 1.0;
            }
            let change = implied.eta_mean[own] - implied.eta_mean[first];
            let se = internals
                .vcov
                .as_ref()
                .map(|v| contrast.dot(&(v * &contrast)).max(0.0).sqrt())
                .filter(|se| *se > 0.0);
            let v = |i: usize, j: usize| implied.eta_covariance[(i, j)];
            let over = |variance: f64| (variance > 0.0).then(|| change / variance.sqrt());
            all.push(LatentChange {
                level: level.into(),
                from: factors[0].clone(),
                to: later.clone(),
                change,
                se,
                lower: se.map(|se| change - NORMAL_975 * se),
                upper: se.map(|se| change + NORMAL_975 * se),
                pvalue: se.map(|se| two_sided(change / se)),
                d: over(0.5 * (v(own, own) + v(first, first))),
                d_of_change: over(v(own, own) + v(first, first) - 2.0 * v(own, first)),
            });
        }
    }
    all
}

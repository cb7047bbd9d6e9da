//! Differences of the factors' means between groups, beside those of the scores that are observed.
//!
//! ```text
//! difference   alpha_g - alpha_1
//! d            difference / sqrt((n_1 psi_1 + n_g psi_g) / (n_1 + n_g))      (Hancock 2001; SE by the delta method)
//! observed d   the same of the mean of the factor's items: m_g - m_1 over the root of the pooled variance (divisor n - 1)
//! ```
//!
//! Items with a negative loading count reversed in the observed mean. An observed difference that is larger than the latent
//! one comes in part from items that mean something else in the group.

use super::answers::{Answers, simple_items};
use crate::estimate::Fit;
use crate::model::Implied;
use crate::numeric::tails::{NORMAL_975, two_sided};
use nalgebra::DVector;
use serde::{Deserialize, Serialize};

/// The mean of a factor in a group, against the first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LatentMean {
    /// The factor.
    pub factor: String,
    /// The group.
    pub group: String,
    /// The group it is compared with.
    pub reference: String,
    /// Difference in the unit of the factor.
    pub difference: f64,
    /// Its standard error,
    pub se: Option<f64>,
    /// 95 % interval,
    pub lower: Option<f64>,
    /// upper end,
    pub upper: Option<f64>,
    /// and p-value.
    pub pvalue: Option<f64>,
    /// Difference in standard deviations of the factor, pooled over the two groups.
    pub d: Option<f64>,
    /// Its standard error,
    pub d_se: Option<f64>,
    /// 95 % interval,
    pub d_lower: Option<f64>,
    /// and upper end.
    pub d_upper: Option<f64>,
    /// Standardised difference of the mean of the factor's items; none where it has none of its own.
    pub observed_d: Option<f64>,
}

pub(super) fn latent_means(fit: &Fit, answers: &[Answers]) -> Vec<LatentMean> {
    let internals = &fit.internals;
    let mut means = Vec::new();
    for group in 1..internals.tables.len() {
        for factor in 0..internals.tables[0].n_latent {
            let n = (fit.nobs[0] as f64, fit.nobs[group] as f64);
            let value = |implied: &[Implied]| {
                let at =
                    |g: usize| (implied[g].eta_mean[factor], implied[g].eta_covariance[(factor, factor)]);
                let ((m0, v0), (m1, v1)) = (at(0), at(group));
                let variance = (n.0 * v0 + n.1 * v1) / (n.0 + n.1);
                (m1 - m0, (variance > 0.0).then(|| (m1 - m0) / variance.sqrt()))
            };
            let Some(implied) = implied_at(fit, &internals.x) else { continue };
            let (difference, d) = value(&implied);
            let error = |of: &dyn Fn(&[Implied]) -> Option<f64>| standard_error(fit, of);
            let se = error(&|implied| Some(value(implied).0));
            let d_se = error(&|implied| value(implied).1);
            let end = |x: Option<f64>, se: Option<f64>, by: f64| Some(x? + by * NORMAL_975 * se?);
            means.push(LatentMean {
                factor: internals.tables[0].eta[factor].clone(),
                group: fit.groups[group].clone(),
                reference: fit.groups[0].clone(),
                difference,
                se,
                lower: end(Some(difference), se, -1.0),
                upper: end(Some(difference), se, 1.0),
                pvalue: se.filter(|se| *se > 0.0).map(|se| two_sided(difference / se)),
                d,
                d_se,
                d_lower: end(d, d_se, -1.0),
                d_upper: end(d, d_se, 1.0),
                observed_d: observed(fit, factor, &answers[0], &answers[group]),
            });
        }
    }
    means
}

/// What the model implies at a point, by group.
fn implied_at(fit: &Fit, x: &DVector<f64>) -> Option<Vec<Implied>> {
    let internals = &fit.internals;
    let each = internals.tables.iter().zip(&internals.observed).map(|(table, observed)| {
        let mut implied = observed.implied(table);
        implied.update(x)?;
        Some(implied)
    });
    each.collect()
}

/// Step of a derivative, in standard errors of the parameter.
const STEP: f64 = 1e-4;

/// sqrt(g V g'), g by central differences along the parameters.
fn standard_error(fit: &Fit, of: &dyn Fn(&[Implied]) -> Option<f64>) -> Option<f64> {
    let internals = &fit.internals;
    let vcov = internals.vcov.as_ref()?;
    let mut gradient = DVector::zeros(internals.x.len());
    for i in 0..gradient.len() {
        let by = STEP * vcov[(i, i)].max(0.0).sqrt();
        if by == 0.0 {
            continue;
        }
        let at = |by: f64| {
            let mut x = internals.x.clone();
            x[i] += by;
            of(&implied_at(fit, &x)?)
        };
        gradient[i] = (at(by)? - at(-by)?) / (2.0 * by);
    }
    Some(gradient.dot(&(vcov * &gradient)).max(0.0).sqrt()).filter(|se| se.is_finite())
}

fn observed(fit: &Fit, factor: usize, reference: &Answers, focal: &Answers) -> Option<f64> {
    let (_, _, items) = simple_items(fit).into_iter().find(|(own, ..)| *own == factor)?;
    let table = &fit.internals.tables[0];
    let weight = |item: &String| {
        let i = table.observed.iter().position(|name| name == item)?;
        Some(fit.internals.implied[0].lambda[(i, factor)].signum())
    };
    let weights: Vec<f64> = items.iter().map(weight).collect::<Option<_>>()?;
    let (m0, s0, n0) = reference.moments(&items, &weights)?;
    let (m1, s1, n1) = focal.moments(&items, &weights)?;
    let variance = (s0 + s1) / (n0 + n1).checked_sub(2).filter(|df| *df > 0)? as f64;
    (variance > 0.0).then(|| (m1 - m0) / variance.sqrt())
}

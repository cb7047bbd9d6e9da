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
use crate::model::{Implied, Kind, Place};
use crate::numeric::tails::{NORMAL_975, two_sided};
use nalgebra::DVector;
use serde::{Deserialize, Serialize};

/// The mean of a factor in a group, against the first.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let textual = study.partial.as_ref().unwrap().latent_means.iter().find(|own| own.factor == "textual").unwrap();
/// assert_eq!((textual.group.as_str(), textual.reference.as_str()), ("Grant-White", "Pasteur"));
/// assert_eq!(format!("{:.2} {:.2}", textual.difference, textual.d.unwrap()), "0.58 0.62");
/// # Ok::<(), psychometrics::Error>(())
/// ```
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

/// A difference and d, and how both move with the parameters.
struct Contrast {
    factor: usize,
    group: usize,
    value: (f64, Option<f64>),
    gradient: [DVector<f64>; 2],
}

pub(super) fn latent_means(fit: &Fit, answers: &[Answers]) -> Vec<LatentMean> {
    let internals = &fit.internals;
    let end = |x: Option<f64>, se: Option<f64>, by: f64| Some(x? + by * NORMAL_975 * se?);
    let of = |own: Contrast| {
        let (difference, d) = own.value;
        let error = |gradient: &DVector<f64>| {
            let vcov = internals.vcov.as_ref()?;
            Some(gradient.dot(&(vcov * gradient)).max(0.0).sqrt()).filter(|se| se.is_finite())
        };
        let (se, d_se) = (error(&own.gradient[0]), d.and_then(|_| error(&own.gradient[1])));
        LatentMean {
            factor: internals.tables[0].eta[own.factor].clone(),
            group: fit.groups[own.group].clone(),
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
            observed_d: observed(fit, own.factor, &answers[0], &answers[own.group]),
        }
    };
    contrasts(fit).unwrap_or_default().into_iter().map(of).collect()
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

/// All differences, with their derivatives by central differences along each parameter.
fn contrasts(fit: &Fit) -> Option<Vec<Contrast>> {
    let internals = &fit.internals;
    let (groups, factors) = (internals.tables.len(), internals.tables[0].n_latent);
    let values = |implied: &[Implied]| -> Vec<(f64, Option<f64>)> {
        let at = |g: usize, factor: usize| {
            (implied[g].eta_mean[factor], implied[g].eta_covariance[(factor, factor)], fit.nobs[g] as f64)
        };
        let of = |(group, factor): (usize, usize)| {
            let ((m0, v0, n0), (m1, v1, n1)) = (at(0, factor), at(group, factor));
            let variance = (n0 * v0 + n1 * v1) / (n0 + n1);
            (m1 - m0, (variance > 0.0).then(|| (m1 - m0) / variance.sqrt()))
        };
        (1..groups).flat_map(|group| (0..factors).map(move |factor| (group, factor))).map(of).collect()
    };
    let mut point = implied_at(fit, &internals.x)?;
    let q = internals.x.len();
    let mut all: Vec<Contrast> = values(&point)
        .into_iter()
        .enumerate()
        .map(|(i, value)| Contrast {
            factor: i % factors,
            group: 1 + i / factors,
            value,
            gradient: [DVector::zeros(q), DVector::zeros(q)],
        })
        .collect();
    let Some(vcov) = &internals.vcov else { return Some(all) };
    for i in 0..q {
        let by = STEP * vcov[(i, i)].max(0.0).sqrt();
        let moves =
            |place: Place| matches!(place, Place::Latent(..) | Place::LatentMean(_) | Place::Path(..));
        let is_latent = internals.tables.iter().any(|table| {
            table
                .rows
                .iter()
                .any(|row| matches!(row.kind, Kind::Free(own, _) if own == i) && moves(row.place))
        });
        if by == 0.0 || !is_latent {
            continue;
        }
        let mut at = |by: f64| {
            let mut x = internals.x.clone();
            x[i] += by;
            point.iter_mut().map(|implied| implied.update(&x)).collect::<Option<Vec<()>>>()?;
            Some(values(&point))
        };
        let (above, below) = (at(by)?, at(-by)?);
        for (own, (above, below)) in all.iter_mut().zip(above.into_iter().zip(below)) {
            own.gradient[0][i] = (above.0 - below.0) / (2.0 * by);
            own.gradient[1][i] =
                above.1.zip(below.1).map_or(0.0, |(above, below)| (above - below) / (2.0 * by));
        }
    }
    Some(all)
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

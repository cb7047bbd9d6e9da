//! How much a difference between groups matters: dMACS (Nye & Drasgow 2011).
//!
//! With E_R and E_F the answers that the parameters of the reference and of the focal group expect at eta, and eta normal as in
//! the focal group,
//!
//! ```text
//! dMACS = sqrt(int (E_R - E_F)^2 f_F d eta) / SD,    signed: with the sign of int (E_F - E_R) f_F d eta
//! numbers:        E = nu + lambda eta, so that the integral is (dnu + dlambda mu_F)^2 + dlambda^2 psi_F
//! ordinal items:  E = c_1 + sum_k (c_k+1 - c_k) Phi((lambda eta + nu - tau_k) / sqrt(theta)), 61 Gauss-Hermite points
//! SD = ((n_R - 1) SD_R + (n_F - 1) SD_F) / (n_R + n_F - 2)
//! ```
//!
//! SD is that of the answers (the mean of the groups' SDs weighted by their sizes, as Nye and Drasgow have it, not the root of
//! the pooled variance). The difference of a scale is that of the sum of its items. All of it depends on which items are taken
//! for equal, as anchors; so each effect says of which model it is. Items of one factor only have one.

use super::answers::{Answers, simple_items};
use crate::correlation::Scale;
use crate::estimate::{Fit, stages_of};
use crate::numeric::normal::distribution;
use crate::numeric::quadrature::gauss_hermite;
use serde::{Deserialize, Serialize};

/// Points of the rule for ordinal items.
const POINTS: usize = 61;

/// The effect of a group on an item.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let x3 = study.effects.iter().find(|own| own.item == "x3").unwrap();
/// assert_eq!((x3.model.as_str(), x3.factor.as_str(), x3.group.as_str()), ("configural", "visual", "Grant-White"));
/// assert_eq!(format!("{:.2} {:.2}", x3.dmacs.unwrap(), x3.mean_difference), "0.51 -0.49");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemEffect {
    /// The model: `configural` (the first item of each factor as anchor) or `partial`.
    pub model: String,
    /// The item.
    pub item: String,
    /// Its factor.
    pub factor: String,
    /// The group, against the first.
    pub group: String,
    /// dMACS.
    pub dmacs: Option<f64>,
    /// With the sign of the difference: below 0 where the group answers lower at the same eta.
    pub signed: Option<f64>,
    /// Difference of the mean answer that comes from the item's parameters alone, in units of the answers: what the item
    /// adds to the difference of the scale's score.
    pub mean_difference: f64,
}

/// The effect of a group on the sum of a factor's items.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let visual = &study.scales[0];
/// assert_eq!((visual.factor.as_str(), visual.group.as_str()), ("visual", "Grant-White"));
/// // of the sum of three items, and of their mean
/// assert_eq!(format!("{:.2} {:.2}", visual.mean_difference, visual.mean_difference_per_item), "-0.29 -0.10");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScaleEffect {
    /// The model, as of items.
    pub model: String,
    /// The factor.
    pub factor: String,
    /// The group, against the first.
    pub group: String,
    /// Difference of the mean sum that comes from the items' parameters alone,
    pub mean_difference: f64,
    /// and of the mean of the items.
    pub mean_difference_per_item: f64,
    /// dMACS of the sum.
    pub dmacs: Option<f64>,
}

/// The expected answer to an item along its factor, in a group.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let curves = &study.partial.as_ref().unwrap().curves;
/// let x1 = &curves[0];
/// assert_eq!((x1.item.as_str(), x1.eta.len() == x1.expected.len()), ("x1", true));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExpectedCurve {
    /// The item.
    pub item: String,
    /// The group.
    pub group: String,
    /// Values of the factor,
    pub eta: Vec<f64>,
    /// and the answers expected there.
    pub expected: Vec<f64>,
}

/// An item in a group.
#[derive(Debug, Clone)]
struct Line {
    loading: f64,
    intercept: f64,
    /// Thresholds, divided by the SD of the residual with loading and intercept, and the answers between them; none of numbers.
    steps: Option<(Vec<f64>, Vec<f64>)>,
}

impl Line {
    fn at(&self, eta: f64) -> f64 {
        let own = self.intercept + self.loading * eta;
        match &self.steps {
            None => own,
            Some((thresholds, values)) => {
                let rise = thresholds.iter().zip(values.windows(2));
                values[0] + rise.map(|(tau, v)| (v[1] - v[0]) * distribution(own - tau)).sum::<f64>()
            }
        }
    }
}

/// Pooled SD of two groups.
fn pooled((one, n): (f64, usize), (other, m): (f64, usize)) -> Option<f64> {
    let (n, m) = (n as f64 - 1.0, m as f64 - 1.0);
    Some((n * one + m * other) / (n + m)).filter(|sd| *sd > 0.0)
}

fn line(fit: &Fit, group: usize, item: &str, factor: usize) -> Option<Line> {
    let (table, implied) = (&fit.internals.tables[group], fit.internals.implied[group].given());
    let i = table.observed.iter().position(|name| name == item)?;
    let (loading, intercept) = (implied.lambda[(i, factor)], implied.nu[i]);
    if !table.is_ordinal(i) {
        return Some(Line { loading, intercept, steps: None });
    }
    let sd = implied.theta[(i, i)];
    let sd = if sd > 0.0 { sd.sqrt() } else { return None };
    let stages = stages_of(&fit.internals.observed[group])?;
    let margin = stages.margins.iter().find(|margin| margin.name == item)?;
    let Scale::Ordinal(categories) = &margin.scale else { return None };
    let thresholds = implied.thresholds[i].iter().map(|tau| tau / sd).collect();
    let steps = Some((thresholds, categories.values.clone()));
    Some(Line { loading: loading / sd, intercept: intercept / sd, steps })
}

/// Effects on items and scales in a fitted model.
pub(super) fn effects(model: &str, fit: &Fit, answers: &[Answers]) -> (Vec<ItemEffect>, Vec<ScaleEffect>) {
    let (mut items, mut scales) = (Vec::new(), Vec::new());
    let rule = gauss_hermite(POINTS);
    for group in 1..fit.internals.tables.len() {
        for (factor, name, own) in simple_items(fit) {
            let implied = &fit.internals.implied[group];
            let (mean, variance) = (implied.eta_mean[factor], implied.eta_covariance[(factor, factor)]);
            if !(variance > 0.0) {
                continue;
            }
            let lines: Option<Vec<(Line, Line)>> = own
                .iter()
                .map(|item| Some((line(fit, 0, item, factor)?, line(fit, group, item, factor)?)))
                .collect();
            let Some(lines) = lines else { continue };
            let integral = |of: &dyn Fn(f64) -> f64| -> f64 {
                rule.iter().map(|(z, weight)| weight * of(mean + variance.sqrt() * z)).sum()
            };
            let sd = |of: &[String]| pooled(answers[0].sd(of)?, answers[group].sd(of)?);
            let mut add = 0.0;
            for (item, (reference, focal)) in own.iter().zip(&lines) {
                let difference = |eta: f64| focal.at(eta) - reference.at(eta);
                let signed = integral(&difference);
                let root = integral(&|eta| difference(eta).powi(2)).max(0.0).sqrt();
                let dmacs = sd(std::slice::from_ref(item)).map(|sd| root / sd);
                add += signed;
                items.push(ItemEffect {
                    model: model.into(),
                    item: item.clone(),
                    factor: name.clone(),
                    group: fit.groups[group].clone(),
                    dmacs,
                    signed: dmacs.map(|d| d * signed.signum()),
                    mean_difference: signed,
                });
            }
            let total = |eta: f64| lines.iter().map(|(r, f)| f.at(eta) - r.at(eta)).sum::<f64>();
            let root = integral(&|eta| total(eta).powi(2)).max(0.0).sqrt();
            scales.push(ScaleEffect {
                model: model.into(),
                factor: name.clone(),
                group: fit.groups[group].clone(),
                mean_difference: add,
                mean_difference_per_item: add / own.len() as f64,
                dmacs: sd(&own).map(|sd| root / sd),
            });
        }
    }
    (items, scales)
}

/// Points of a curve.
const CURVE: usize = 25;

/// Expected answers along the factor, three standard deviations about its mean in the first group.
pub(super) fn curves(fit: &Fit) -> Vec<ExpectedCurve> {
    let mut curves = Vec::new();
    for (factor, _, items) in simple_items(fit) {
        let implied = &fit.internals.implied[0];
        let (mean, sd) = (implied.eta_mean[factor], implied.eta_covariance[(factor, factor)].max(0.0).sqrt());
        let eta: Vec<f64> =
            (0..CURVE).map(|i| mean + sd * (6.0 * i as f64 / (CURVE as f64 - 1.0) - 3.0)).collect();
        for item in items {
            for group in 0..fit.internals.tables.len() {
                let Some(line) = line(fit, group, &item, factor) else { continue };
                curves.push(ExpectedCurve {
                    item: item.clone(),
                    group: fit.groups[group].clone(),
                    expected: eta.iter().map(|x| line.at(*x)).collect(),
                    eta: eta.clone(),
                });
            }
        }
    }
    curves
}

//! Partial invariance: the model in which what differs is free, what may be compared under it, and the factors' means.

use super::super::adjustment::Adjustment;
use super::answers::Answers;
use super::backward::backward;
use super::direction::SearchDirection;
use super::dmacs::{ExpectedCurve, ItemEffect, ScaleEffect, curves, effects};
use super::ground::Ground;
use super::latent_means::{LatentMean, latent_means};
use super::level::Level;
use super::release::{ReleaseStep, Rule, Search};
use crate::error::{Error, Result};
use crate::estimate::{Fit, FitMeasures, Status};
use crate::model::Scaling;
use serde::{Deserialize, Serialize};

/// The model in which groups are compared: loadings and intercepts equal but for those that differ.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let partial = study.partial.as_ref().unwrap();
/// // what differs between the schools
/// assert_eq!(partial.released, ["x3~1", "x7~1"]);
/// assert_eq!((partial.converged, partial.anchors.len()), (true, 3));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartialInvariance {
    /// From which side was searched.
    #[serde(default)]
    pub search: SearchDirection,
    /// How p-values were adjusted,
    pub correction: Adjustment,
    /// the chance at most of naming anything where nothing differs,
    pub alpha: f64,
    /// and the adjusted p-value below which a parameter was taken for different at each stage.
    #[serde(rename = "alpha.stage")]
    pub stage_alpha: f64,
    /// Parameters that are free in each group, as `x3~1`, in the order in which they were found.
    pub released: Vec<String>,
    /// Each look at the candidates.
    pub steps: Vec<ReleaseStep>,
    /// Why the search ended early; none where its stop rule ended it.
    pub cut_short: Option<String>,
    /// Whether there is a solution,
    pub converged: bool,
    /// and what became of the search.
    pub status: Status,
    /// Fit measures.
    pub fit: FitMeasures,
    /// The model in lavaan's syntax (`fit --fn lavaan --group`).
    pub model: String,
    /// `delta` or `theta`, with ordinal items.
    pub parameterization: Option<String>,
    /// How many items still carry the comparison, by factor.
    pub anchors: Vec<FactorAnchors>,
    /// Means of the factors against the first group.
    pub latent_means: Vec<LatentMean>,
    /// Effects on items under this model.
    pub effects: Vec<ItemEffect>,
    /// Effects on scales.
    pub scales: Vec<ScaleEffect>,
    /// Expected answers to the items by group.
    pub curves: Vec<ExpectedCurve>,
}

/// How many items of a factor are the same in all groups.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let visual = &study.partial.as_ref().unwrap().anchors[0];
/// assert_eq!((visual.factor.as_str(), visual.items, visual.comparable), ("visual", 3, true));
/// assert_eq!(visual.different, ["x3"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FactorAnchors {
    /// The factor.
    pub factor: String,
    /// Its items.
    pub items: usize,
    /// Those with all loadings, intercepts and thresholds equal.
    pub invariant: Vec<String>,
    /// Those with something of their own.
    pub different: Vec<String>,
    /// Whether at least half of the items, and two, are the same: fewer do not carry a comparison of means.
    pub comparable: bool,
}

/// Whether a released parameter is one of an item.
fn is_of(released: &str, item: &str) -> bool {
    released.ends_with(&format!("=~{item}"))
        || released == format!("{item}~1")
        || released.starts_with(&format!("{item}|"))
}

fn anchors(ground: &Ground<'_>, released: &[String]) -> Vec<FactorAnchors> {
    let of = |(factor, items): (String, Vec<String>)| {
        let differs = |item: &&String| released.iter().any(|parameter| is_of(parameter, item));
        let (different, invariant): (Vec<&String>, Vec<&String>) = items.iter().partition(differs);
        FactorAnchors {
            factor,
            items: items.len(),
            comparable: 2 * invariant.len() >= items.len() && invariant.len() >= 2.min(items.len()),
            invariant: invariant.into_iter().cloned().collect(),
            different: different.into_iter().cloned().collect(),
        }
    };
    ground.factors().into_iter().map(of).collect()
}

/// The partial model, and what is compared under it.
pub(super) fn partial(ground: &mut Ground<'_>, rule: Rule, answers: &[Answers]) -> Result<PartialInvariance> {
    let Search { released, steps, cut_short, stage_alpha } = match rule.direction {
        SearchDirection::Forward => Search::forward(ground, rule)?,
        SearchDirection::Backward => backward(ground, rule)?,
    };
    let held = Level::Scalar.holds();
    let before = ground.scaling();
    let step = match ground.step(held, &released) {
        // a marker differs: the unit is the variance in the first group
        Err(Error::Unsupported { .. }) if ground.may_change_units() => {
            ground.set_scaling(Scaling::UnitVariance);
            ground.step(held, &released)?
        }
        step => step?,
    };
    let fit: Fit = ground.fit(&step)?;
    ground.set_scaling(before);
    let solved = fit.converged;
    let (effects, scales) = if solved { effects("partial", &fit, answers) } else { Default::default() };
    Ok(PartialInvariance {
        search: rule.direction,
        correction: rule.correction,
        alpha: rule.alpha,
        stage_alpha,
        anchors: anchors(ground, &released),
        released,
        steps,
        cut_short,
        converged: solved,
        status: fit.status.clone(),
        fit: fit.fit.clone(),
        model: step.model.to_string(),
        parameterization: fit.is_ordinal().then(|| fit.parameterization().to_string()),
        latent_means: if solved { latent_means(&fit, answers) } else { Vec::new() },
        effects,
        scales,
        curves: if solved { curves(&fit) } else { Vec::new() },
    })
}

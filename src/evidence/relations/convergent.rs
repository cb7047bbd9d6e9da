//! Convergent validity of factors and Fornell and Larcker's comparison of two.

use super::latent_correlations::LatentCorrelation;
use crate::estimate::Fit;
use crate::evidence::Interval;
use crate::evidence::internal_structure::{FactorLoading, FactorReliability, OrdinalReliability};
use serde::{Deserialize, Serialize};

/// How much the items of a factor share.
///
/// ```
/// use psychometrics::evidence::relations::convergent;
/// use psychometrics::{Estimation, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let fit = Estimation::default().fit(&"visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?, &data)?;
/// let visual = &convergent(&fit)[0];
/// assert_eq!(visual.dimension.as_str(), "visual");
/// assert_eq!(visual.weak, ["x2"]);
/// assert_eq!(format!("{:.3} {:.3}", visual.ave.unwrap(), visual.cr.unwrap()), "0.371 0.626");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Convergent {
    /// The factor: a dimension, or a facet as `dimension_facet`.
    pub dimension: String,
    /// Average variance extracted; none with cross-loadings.
    pub ave: Option<f64>,
    /// Its 95 % interval.
    pub ave_interval: Option<Interval>,
    /// Composite reliability, of the standardised items (of the variables behind ordinal ones).
    pub cr: Option<f64>,
    /// Omega of the sum: categorical of ordinal items.
    pub omega: Option<f64>,
    /// Maximal reliability H.
    pub maximal: Option<f64>,
    /// Standardised loadings with their intervals.
    pub loadings: Vec<FactorLoading>,
    /// Loadings below .5.
    pub weak: Vec<String>,
}

/// Two factors by Fornell and Larcker's (1981) criterion: each shares more with its items than with the other factor.
///
/// ```
/// use psychometrics::evidence::relations::{CUT_OFF, convergent, fornell_larcker, latent_correlations};
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// let (correlations, _) = latent_correlations(&model, &fit, CUT_OFF, &|other| Estimation::default().fit(other, &data))?;
/// let pair = &fornell_larcker(&convergent(&fit), &correlations)[0];
/// assert_eq!((pair.first.as_str(), pair.second.as_str(), pair.met), ("visual", "textual", true));
/// assert_eq!(format!("{:.3} {:.3} {:.3}", pair.ave_first, pair.ave_second, pair.squared_correlation), "0.371 0.720 0.212");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FornellLarcker {
    /// One factor.
    pub first: String,
    /// The other.
    pub second: String,
    /// AVE of the first.
    pub ave_first: f64,
    /// AVE of the second.
    pub ave_second: f64,
    /// Squared correlation of the factors.
    pub squared_correlation: f64,
    /// Whether both AVEs are larger.
    pub met: bool,
}

/// Loadings below it are weak (Hair et al. 2019).
const WEAK: f64 = 0.5;

/// Every factor with items of a fit, of one group.
pub fn convergent(fit: &Fit) -> Vec<Convergent> {
    let ordinal = if fit.is_ordinal() { OrdinalReliability::of(fit) } else { Vec::new() };
    FactorReliability::of(fit)
        .into_iter()
        .filter(|f| f.group == 1)
        .map(|f| Convergent {
            omega: ordinal.iter().find(|o| o.factor == f.factor).map_or(f.omega, |o| o.categorical_omega),
            ave: f.ave,
            ave_interval: f.ave_interval,
            cr: f.composite_reliability,
            maximal: f.maximal,
            weak: f.loadings.iter().filter(|l| l.loading.abs() < WEAK).map(|l| l.item.clone()).collect(),
            loadings: f.loadings,
            dimension: f.factor,
        })
        .collect()
}

/// Every pair of factors whose AVEs and correlation exist.
pub fn fornell_larcker(factors: &[Convergent], correlations: &[LatentCorrelation]) -> Vec<FornellLarcker> {
    let ave = |name: &str| factors.iter().find(|f| f.dimension == name).and_then(|f| f.ave);
    correlations
        .iter()
        .filter_map(|c| {
            let (ave_first, ave_second, r) = (ave(&c.first)?, ave(&c.second)?, c.estimate?);
            Some(FornellLarcker {
                first: c.first.clone(),
                second: c.second.clone(),
                ave_first,
                ave_second,
                squared_correlation: r * r,
                met: ave_first > r * r && ave_second > r * r,
            })
        })
        .collect()
}

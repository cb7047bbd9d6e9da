//! What a factor model says of the sum of a factor's items, and of each item's share in it.
//!
//! With l_i the loadings, psi the variance of the factor, T the residual covariances of its items, and l*_i the
//! standardised loadings:
//!
//! ```text
//! omega                  C / (C + 1'T1), C = (sum l_i)^2 psi                     McDonald (1999); Raykov (1997)
//! omega, observed        C / sum of the items' observed covariances               Bentler (2009)
//! composite reliability  (sum l*_i)^2 / ((sum l*_i)^2 + sum (1 - l*_i^2))         Fornell & Larcker (1981), eq. 10
//! AVE                    mean l*_i^2                                              Fornell & Larcker (1981), eq. 11
//! AVE, by variance       psi sum l_i^2 / (psi sum l_i^2 + tr T)                   semTools, model-implied variances
//! H                      1 / (1 + 1 / sum l*_i^2 / (1 - l*_i^2))                  Hancock & Mueller (2001)
//! ```
//!
//! Omega's standard error is that of the delta method, d omega = (V dC - C dV) / V^2 with V = C + 1'T1; AVE's has the
//! covariance of the standardised loadings behind it. Composite reliability and AVE presume that an item measures one
//! factor: with cross-loadings there is none.

use crate::estimate::{Fit, ParameterEstimate};
use crate::evidence::Interval;
use crate::model::Operator;
use crate::numeric::normal;
use nalgebra::DVector;
use serde::{Deserialize, Serialize};

/// Reliability and extracted variance of one factor.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// use psychometrics::evidence::internal_structure::FactorReliability;
///
/// let found = FactorReliability::of(&fit);
/// let shown: Vec<String> = found.iter().map(|own| format!("{:.3}", own.omega.unwrap())).collect();
/// assert_eq!(shown, ["0.625", "0.885", "0.688"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FactorReliability {
    /// The factor.
    pub factor: String,
    /// Group, from 1.
    pub group: usize,
    /// Level: 1, or 2 of what is between clusters (Geldhof, Preacher & Zyphur 2014).
    pub level: usize,
    /// Its items.
    pub items: Vec<String>,
    /// Items that load on another factor too.
    pub cross_loading: Vec<String>,
    /// Omega of the sum, its variance as the model implies; none for ordinal items, whose sum has another reliability.
    pub omega: Option<f64>,
    /// Standard error of omega.
    pub omega_se: Option<f64>,
    /// 95 % interval of omega, normal.
    pub omega_interval: Option<Interval>,
    /// Omega with the observed variance of the sum.
    pub omega_observed: Option<f64>,
    /// Composite reliability, of standardised items.
    pub composite_reliability: Option<f64>,
    /// Average variance extracted: the mean squared standardised loading.
    pub ave: Option<f64>,
    /// 95 % interval of the AVE, normal, by the delta method.
    pub ave_interval: Option<Interval>,
    /// AVE weighted by the items' variances.
    pub ave_by_variance: Option<f64>,
    /// Maximal reliability H, of the best weighted sum; none when an item has no residual variance.
    pub maximal: Option<f64>,
    /// Standardised loadings of its items.
    pub loadings: Vec<FactorLoading>,
}

/// A standardised loading with its interval.
///
/// ```
/// use psychometrics::evidence::relations::convergent;
/// use psychometrics::{Estimation, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let fit = Estimation::default().fit(&"textual =~ x4 + x5 + x6".parse()?, &data)?;
/// let x4 = &convergent(&fit)[0].loadings[0];
/// let interval = x4.interval.unwrap();
/// assert_eq!(x4.item, "x4");
/// assert_eq!(format!("{:.3} {:.3} {:.3}", x4.loading, interval.lower, interval.upper), "0.847 0.802 0.892");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FactorLoading {
    /// The item.
    pub item: String,
    /// Standardised loading.
    pub loading: f64,
    /// Its standard error.
    pub se: Option<f64>,
    /// 95 % interval.
    pub interval: Option<Interval>,
}

impl FactorReliability {
    /// Of every factor with observed indicators, by group; empty for a fit without a solution.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::evidence::internal_structure::FactorReliability;
    /// use psychometrics::{Estimation, Estimator, Model};
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6".parse()?;
    /// let fit = Estimation::new(Estimator::Ml).fit(&model, &data)?;
    /// let textual = &FactorReliability::of(&fit)[1];
    /// assert_eq!(format!("{:.3}", textual.omega.unwrap()), "0.885");
    /// assert_eq!(format!("{:.2}", textual.ave.unwrap()), "0.72");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn of(fit: &Fit) -> Vec<Self> {
        if !fit.converged {
            return Vec::new();
        }
        let standardized = fit.standardized();
        let mut found = Vec::new();
        for (block, table) in fit.internals.tables.iter().enumerate() {
            let in_block = |p: &&ParameterEstimate| p.block == block + 1;
            let is_observed = |name: &str| table.observed.iter().any(|o| o == name);
            let loadings: Vec<&ParameterEstimate> = fit
                .parameters
                .iter()
                .filter(in_block)
                .filter(|p| p.op == "=~" && is_observed(&p.rhs))
                .collect();
            let mut factors: Vec<&str> = Vec::new();
            for row in &loadings {
                if !factors.contains(&row.lhs.as_str()) {
                    factors.push(&row.lhs);
                }
            }
            for factor in factors {
                let own: Vec<&ParameterEstimate> =
                    loadings.iter().copied().filter(|p| p.lhs == factor).collect();
                let items: Vec<String> = own.iter().map(|p| p.rhs.clone()).collect();
                let cross_loading: Vec<String> = items
                    .iter()
                    .filter(|i| loadings.iter().any(|p| p.rhs == **i && p.lhs != factor && p.est != 0.0))
                    .cloned()
                    .collect();
                let loadings: Vec<FactorLoading> = standardized
                    .iter()
                    .filter(|s| s.block == block + 1 && s.op == "=~" && s.lhs == factor)
                    .filter_map(|s| {
                        let ends = s.ci_lower.zip(s.ci_upper);
                        let interval = ends.map(|(lower, upper)| Interval { lower, upper });
                        Some(FactorLoading { item: s.rhs.clone(), loading: s.est?, se: s.se, interval })
                    })
                    .filter(|l| items.contains(&l.item))
                    .collect();
                let simple = cross_loading.is_empty() && loadings.len() == items.len();
                let squares: Vec<f64> = loadings.iter().map(|l| l.loading * l.loading).collect();
                let k = items.len() as f64;
                let ave = simple.then(|| squares.iter().sum::<f64>() / k);
                let composite = simple.then(|| {
                    let common = loadings.iter().map(|l| l.loading).sum::<f64>().powi(2);
                    common / (common + squares.iter().map(|s| 1.0 - s).sum::<f64>())
                });
                let maximal = (simple && squares.iter().all(|s| *s < 1.0)).then(|| {
                    let ratio: f64 = squares.iter().map(|s| s / (1.0 - s)).sum();
                    ratio / (1.0 + ratio)
                });
                let omega = (!fit.is_ordinal()).then(|| omega(fit, block, factor, &own)).flatten();
                let ave_se = ave.and_then(|_| ave_error(fit, block, factor));
                let half = normal::quantile(0.975);
                let around = |at: f64, se: f64| Interval { lower: at - half * se, upper: at + half * se };
                found.push(Self {
                    factor: factor.into(),
                    group: table.group + 1,
                    level: table.level,
                    items,
                    cross_loading,
                    omega: omega.as_ref().map(|o| o.value),
                    omega_se: omega.as_ref().and_then(|o| o.se),
                    omega_interval: omega.as_ref().and_then(|o| Some(around(o.value, o.se?))),
                    omega_observed: omega.as_ref().and_then(|o| o.observed),
                    composite_reliability: composite.filter(|x| x.is_finite()),
                    ave,
                    ave_interval: ave.zip(ave_se).map(|(ave, se)| around(ave, se)),
                    ave_by_variance: omega.as_ref().filter(|_| simple).map(|o| o.extracted),
                    maximal,
                    loadings,
                });
            }
        }
        found
    }
}

struct Omega {
    value: f64,
    se: Option<f64>,
    observed: Option<f64>,
    extracted: f64,
}

fn omega(fit: &Fit, block: usize, factor: &str, own: &[&ParameterEstimate]) -> Option<Omega> {
    let internals = &fit.internals;
    let (table, implied) = (&internals.tables[block], &internals.implied[block]);
    let at = table.eta[..table.n_latent].iter().position(|name| name == factor)?;
    let variance = implied.eta_covariance[(at, at)];
    let sum: f64 = own.iter().map(|p| p.est).sum();
    let common = sum * sum * variance;
    let is_own = |name: &str| own.iter().any(|p| p.rhs == name);
    let residuals: Vec<&ParameterEstimate> = fit
        .parameters
        .iter()
        .filter(|p| p.block == block + 1 && p.op == "~~" && is_own(&p.lhs) && is_own(&p.rhs))
        .collect();
    let times = |p: &ParameterEstimate| if p.lhs == p.rhs { 1.0 } else { 2.0 };
    let error: f64 = residuals.iter().map(|p| times(p) * p.est).sum();
    let total = common + error;
    if !(total > 0.0 && common > 0.0) {
        return None;
    }
    let places: Vec<usize> =
        own.iter().filter_map(|p| table.observed.iter().position(|name| *name == p.rhs)).collect();
    let observed = &internals.observed[block].covariance;
    let observed: f64 = places.iter().flat_map(|i| places.iter().map(|j| observed[(*i, *j)])).sum();
    let se = internals.vcov.as_ref().and_then(|vcov| {
        let mut gradient = DVector::zeros(vcov.nrows());
        for p in own.iter().filter(|p| p.free > 0) {
            gradient[p.free - 1] += error * 2.0 * variance * sum / (total * total);
        }
        // of an exogenous factor its variance is a parameter
        let own_variance = fit
            .parameters
            .iter()
            .find(|p| p.block == block + 1 && p.is(factor, Operator::Covariance, factor))?;
        if (own_variance.est - variance).abs() > 1e-8 * variance.abs() {
            return None;
        }
        if own_variance.free > 0 {
            gradient[own_variance.free - 1] += error * sum * sum / (total * total);
        }
        for p in residuals.iter().filter(|p| p.free > 0) {
            gradient[p.free - 1] -= common * times(p) / (total * total);
        }
        let variance = gradient.dot(&(vcov * &gradient));
        (variance >= 0.0).then(|| variance.sqrt())
    });
    let squares: f64 = own.iter().map(|p| p.est * p.est * variance).sum();
    let diagonal: f64 = residuals.iter().filter(|p| p.lhs == p.rhs).map(|p| p.est).sum();
    Some(Omega {
        value: common / total,
        se,
        observed: (observed > 0.0).then(|| common / observed),
        extracted: squares / (squares + diagonal),
    })
}

/// d AVE = 2 / k sum l* dl*.
fn ave_error(fit: &Fit, block: usize, factor: &str) -> Option<f64> {
    let (gradients, values) = fit.standardized_gradients(block, |p| p.op == "=~" && p.lhs == factor)?;
    let vcov = fit.internals.vcov.as_ref()?;
    let mut gradient = DVector::zeros(vcov.nrows());
    for (value, own) in values.iter().zip(&gradients) {
        gradient.axpy(2.0 * value / values.len() as f64, own, 1.0);
    }
    let variance = gradient.dot(&(vcov * &gradient));
    (variance >= 0.0).then(|| variance.sqrt())
}

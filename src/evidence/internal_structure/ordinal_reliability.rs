//! The reliability of ordinal items, on two scales that are not to be mistaken for one another.
//!
//! ```text
//! ordinal alpha      k/(k - 1) (1 - k / sum of all polychoric correlations)
//! categorical omega  sum_ij c(i, j, l_i l_j) / sum_ij c(i, j, r_ij),
//! c(i, j, r) = sum_kl [Phi2(t_ik, t_jl, r) - Phi(t_ik) Phi(t_jl)]
//! ```
//!
//! with l the standardised loadings, t the standardised thresholds and r the correlations behind the items, 1 of an item
//! with itself. Ordinal alpha (Zumbo, Gadermann & Zeisser 2007) is that of the continuous variables behind the answers,
//! which nobody observes: hypothetical (Chalmers 2018). Categorical omega (Green & Yang 2009, eq. 21) is that of the sum
//! of the answers. Codes that are not consecutive count with their distances.

use crate::correlation::{Categories, Scale};
use crate::estimate::{Fit, stages_of};
use crate::model::Implied;
use crate::numeric::normal::{distribution, distribution_2};
use serde::{Deserialize, Serialize};

/// Reliability of the ordinal items of one factor.
///
/// ```
/// use psychometrics::correlation::Ordered;
/// use psychometrics::{Estimation, Estimator, data::Dataset};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let ordinal = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
/// let fit = ordinal.fit(&"A =~ a1 + a2 + a3 + a4".parse()?, &data)?;
/// use psychometrics::evidence::internal_structure::OrdinalReliability;
///
/// let found = &OrdinalReliability::of(&fit)[0];
/// assert_eq!(format!("{:.3}", found.ordinal_alpha.unwrap()), "0.816");
/// assert_eq!(format!("{:.3}", found.categorical_omega.unwrap()), "0.779");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrdinalReliability {
    /// The factor.
    pub factor: String,
    /// Group, from 1.
    pub group: usize,
    /// Its ordinal items.
    pub items: Vec<String>,
    /// Items that load negatively: they are to be reversed before answers are summed.
    pub negative: Vec<String>,
    /// Alpha of the variables behind the answers; none for a single item.
    pub ordinal_alpha: Option<f64>,
    /// Omega of the sum of the answers, its variance as the model implies.
    pub categorical_omega: Option<f64>,
    /// The same with the variance that the polychoric correlations imply.
    pub categorical_omega_observed: Option<f64>,
}

impl OrdinalReliability {
    /// Of every factor with ordinal items, by group; empty for continuous data and for a fit without a solution.
    ///
    /// ```
    /// use psychometrics::correlation::Ordered;
    /// use psychometrics::data::Dataset;
    /// use psychometrics::evidence::internal_structure::OrdinalReliability;
    /// use psychometrics::{Estimation, Estimator, Model};
    ///
    /// let data = Dataset::read_csv("tests/data/likert5.csv")?;
    /// let model: Model = "A =~ a1 + a2 + a3 + a4".parse()?;
    /// let fit = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).fit(&model, &data)?;
    /// let found = &OrdinalReliability::of(&fit)[0];
    /// // semTools 0.5-6: alpha.ord 0.8159, omega 0.7789
    /// assert_eq!(format!("{:.4}", found.ordinal_alpha.unwrap()), "0.8159");
    /// assert_eq!(format!("{:.4}", found.categorical_omega.unwrap()), "0.7789");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn of(fit: &Fit) -> Vec<Self> {
        if !fit.converged {
            return Vec::new();
        }
        let internals = &fit.internals;
        let mut found = Vec::new();
        for (group, table) in internals.tables.iter().enumerate() {
            let Some(stages) = stages_of(&internals.observed[group]) else { continue };
            let implied = internals.implied[group].given();
            for (factor, name) in table.eta[..table.n_latent].iter().enumerate() {
                let spread = implied.eta_covariance[(factor, factor)].max(0.0).sqrt();
                let mut items = Vec::new();
                for (at, margin) in stages.margins.iter().enumerate() {
                    let Scale::Ordinal(categories) = &margin.scale else { continue };
                    let Some(i) = table.observed.iter().position(|n| *n == margin.name) else { continue };
                    if implied.lambda[(i, factor)] == 0.0 {
                        continue;
                    }
                    items.push(Item {
                        name: margin.name.clone(),
                        at,
                        loading: implied.scale[i] * implied.lambda[(i, factor)] * spread,
                        ..Item::of(implied, i, categories)
                    });
                }
                if items.is_empty() {
                    continue;
                }
                let observed = |a: &Item, b: &Item| stages.covariance[(a.at, b.at)];
                let model = |a: &Item, b: &Item| {
                    implied.scale[a.observed]
                        * implied.scale[b.observed]
                        * implied.sigma[(a.observed, b.observed)]
                };
                found.push(Self {
                    factor: name.clone(),
                    group: group + 1,
                    items: items.iter().map(|item| item.name.clone()).collect(),
                    negative: items.iter().filter(|i| i.loading < 0.0).map(|i| i.name.clone()).collect(),
                    ordinal_alpha: alpha(&items, &observed),
                    categorical_omega: omega(&items, &model),
                    categorical_omega_observed: omega(&items, &observed),
                });
            }
        }
        found
    }
}

pub(super) struct Item {
    name: String,
    /// Its place among the statistics' variables, and among the table's.
    at: usize,
    observed: usize,
    /// Standardised.
    loading: f64,
    thresholds: Vec<f64>,
    /// Distances of neighbouring codes.
    steps: Vec<f64>,
}

impl Item {
    /// An item of a table, by its place in it, with what a covariance of answers needs.
    pub(super) fn of(implied: &Implied, i: usize, categories: &Categories) -> Self {
        let s = implied.scale[i];
        Self {
            name: String::new(),
            at: 0,
            observed: i,
            loading: 0.0,
            thresholds: implied.thresholds[i].iter().map(|tau| s * (tau - implied.mu[i])).collect(),
            steps: categories.values.windows(2).map(|pair| pair[1] - pair[0]).collect(),
        }
    }
}

fn alpha(items: &[Item], correlation: &dyn Fn(&Item, &Item) -> f64) -> Option<f64> {
    let k = items.len() as f64;
    let sum: f64 = pairs(items).map(|(a, b)| if a.at == b.at { 1.0 } else { correlation(a, b) }).sum();
    (items.len() > 1 && sum > 0.0).then(|| k / (k - 1.0) * (1.0 - k / sum))
}

fn omega(items: &[Item], correlation: &dyn Fn(&Item, &Item) -> f64) -> Option<f64> {
    let common: f64 = pairs(items).map(|(a, b)| covariance(a, b, a.loading * b.loading)).sum();
    let total: f64 = pairs(items)
        .map(|(a, b)| if a.at == b.at { covariance(a, b, 1.0) } else { covariance(a, b, correlation(a, b)) })
        .sum();
    let omega = common / total;
    (total > 0.0 && omega.is_finite()).then_some(omega)
}

fn pairs(items: &[Item]) -> impl Iterator<Item = (&Item, &Item)> {
    items.iter().flat_map(move |a| items.iter().map(move |b| (a, b)))
}

/// Covariance of the answers to two items whose variables correlate by r.
pub(super) fn covariance(a: &Item, b: &Item, r: f64) -> f64 {
    let mut sum = 0.0;
    for (t, step) in a.thresholds.iter().zip(&a.steps) {
        for (u, other) in b.thresholds.iter().zip(&b.steps) {
            let both = match r {
                r if r >= 1.0 => distribution(t.min(*u)),
                r if r <= -1.0 => (distribution(*t) - distribution(-*u)).max(0.0),
                r => distribution_2(*t, *u, r),
            };
            sum += step * other * (both - distribution(*t) * distribution(*u));
        }
    }
    sum
}

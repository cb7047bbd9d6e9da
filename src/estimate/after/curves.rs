//! What a model says of the answers to ordinal items: the share of each category, and how it goes with a factor.
//!
//! With s the scaling factor, r and v the correlation of the variable behind the item with the factor and
//! what the factor leaves of its variance (1 - r^2, the other factors and the residual together),
//!
//! ```text
//! P(y = k)     = Phi(s (tau_k - mu)) - Phi(s (tau_(k-1) - mu))
//! P(y = k | z) = Phi((s (tau_k - mu) - r z) / sqrt(v)) - Phi((s (tau_(k-1) - mu) - r z) / sqrt(v))
//! E(y | z)     = sum over categories of code times probability         z the factor, standardised
//! ```

use crate::correlation::Scale;
use crate::estimate::fit::Fit;
use crate::estimate::ordinal::seen::stages_of;
use crate::numeric::normal::between;
use serde::{Deserialize, Serialize};

/// An ordinal item: implied and observed shares of its categories.
///
/// ```
/// use psychometrics::correlation::Ordered;
/// use psychometrics::{Estimation, Estimator, data::Dataset};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let ordinal = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
/// let fit = ordinal.fit(&"A =~ a1 + a2 + a3 + a4".parse()?, &data)?;
/// let shares = fit.category_shares();
/// assert_eq!(shares[0].categories, [1.0, 2.0, 3.0, 4.0, 5.0]);
/// assert_eq!(format!("{:.3} {:.3}", shares[0].observed[0], shares[0].implied[0]), "0.167 0.167");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CategoryShares {
    /// The item.
    pub item: String,
    /// Group, from 1.
    pub group: usize,
    /// Codes of the categories.
    pub categories: Vec<f64>,
    /// Shares that the model implies.
    pub implied: Vec<f64>,
    /// Shares among the answers.
    pub observed: Vec<f64>,
}

/// How the answers to an item go with a factor.
///
/// ```
/// use psychometrics::correlation::Ordered;
/// use psychometrics::{Estimation, Estimator, data::Dataset};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let ordinal = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
/// let fit = ordinal.fit(&"A =~ a1 + a2 + a3 + a4".parse()?, &data)?;
/// let curves = fit.item_curves(&[-1.0, 1.0]);
/// let shown: Vec<String> = curves[0].expected.iter().map(|x| format!("{x:.2}")).collect();
/// assert_eq!(shown, ["1.91", "4.34"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemCurve {
    /// The item.
    pub item: String,
    /// The factor.
    pub factor: String,
    /// Group, from 1.
    pub group: usize,
    /// Codes of the categories.
    pub categories: Vec<f64>,
    /// The factor in standard deviations from its mean.
    pub z: Vec<f64>,
    /// Probability of each category, a row per point.
    pub probabilities: Vec<Vec<f64>>,
    /// Expected answer at each point.
    pub expected: Vec<f64>,
}

impl Fit {
    /// Shares of the categories of each ordinal item; empty for continuous data. Covariates are at zero.
    pub fn category_shares(&self) -> Vec<CategoryShares> {
        let of = |item: &OrdinalItem| CategoryShares {
            item: item.name.clone(),
            group: item.group + 1,
            categories: item.codes.clone(),
            implied: item.shares(0.0, 1.0),
            observed: item.observed.clone(),
        };
        self.ordinal_items().iter().map(of).collect()
    }

    /// Category probabilities and expected answers at points of each factor that the item loads on, in standard
    /// deviations; empty for continuous data.
    pub fn item_curves(&self, z: &[f64]) -> Vec<ItemCurve> {
        let mut curves = Vec::new();
        for item in self.ordinal_items() {
            let (table, implied) =
                (&self.internals.tables[item.group], self.internals.implied[item.group].given());
            for (factor, name) in table.eta[..table.n_latent].iter().enumerate() {
                if implied.lambda[(item.observed_at, factor)] == 0.0 {
                    continue;
                }
                let variance = implied.eta_covariance[(factor, factor)];
                let r = item.scale * implied.k[(item.observed_at, factor)] / variance.sqrt();
                let rest = (1.0 - r * r).sqrt();
                let probabilities: Vec<Vec<f64>> = z.iter().map(|z| item.shares(r * z, rest)).collect();
                let mean = |shares: &Vec<f64>| shares.iter().zip(&item.codes).map(|(p, code)| p * code).sum();
                curves.push(ItemCurve {
                    item: item.name.clone(),
                    factor: name.clone(),
                    group: item.group + 1,
                    categories: item.codes.clone(),
                    z: z.to_vec(),
                    expected: probabilities.iter().map(mean).collect(),
                    probabilities,
                });
            }
        }
        curves
    }

    fn ordinal_items(&self) -> Vec<OrdinalItem> {
        let mut items = Vec::new();
        for (group, observed) in self.internals.observed.iter().enumerate() {
            let Some(stages) = stages_of(observed) else { continue };
            let (table, implied) = (&self.internals.tables[group], self.internals.implied[group].given());
            for margin in &stages.margins {
                let Scale::Ordinal(categories) = &margin.scale else { continue };
                let Some(at) = table.observed.iter().position(|name| *name == margin.name) else { continue };
                let s = implied.scale[at];
                let n = categories.n();
                items.push(OrdinalItem {
                    name: margin.name.clone(),
                    group,
                    observed_at: at,
                    scale: s,
                    codes: categories.values.clone(),
                    limits: implied.thresholds[at].iter().map(|tau| s * (tau - implied.mu[at])).collect(),
                    observed: categories.counts.iter().map(|count| count / n).collect(),
                });
            }
        }
        items
    }
}

struct OrdinalItem {
    name: String,
    group: usize,
    observed_at: usize,
    scale: f64,
    codes: Vec<f64>,
    /// Standardised thresholds.
    limits: Vec<f64>,
    observed: Vec<f64>,
}

impl OrdinalItem {
    /// Shares where the variable behind has this mean and standard deviation.
    fn shares(&self, mean: f64, sd: f64) -> Vec<f64> {
        let limit = |k: usize| match (k.checked_sub(1), self.limits.get(k.wrapping_sub(1))) {
            (None, _) => f64::NEG_INFINITY,
            (_, Some(limit)) => (limit - mean) / sd,
            (_, None) => f64::INFINITY,
        };
        (0..self.codes.len()).map(|k| between(limit(k), limit(k + 1))).collect()
    }
}

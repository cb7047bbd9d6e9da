//! How much of the sum of all items is due to one general factor.
//!
//! With g_i the correlation of item i with the general factor (the loading in a bifactor model, the product of loadings in a
//! second-order one), h_ij what all factors make items i and j have in common, and v_ij the implied covariances:
//!
//! ```text
//! omega hierarchical  sum_ij s_i s_j g_i g_j / sum_ij v_ij          McDonald (1999); Zinbarg et al. (2005)
//! omega total         sum_ij h_ij / sum_ij v_ij
//! ```
//!
//! Of ordinal items every covariance is that of the answers, given the correlation behind them (Green & Yang 2009, eq. 21,
//! as in [`OrdinalReliability`](super::OrdinalReliability)).

use super::ordinal_reliability::{Item, covariance};
use crate::correlation::Scale;
use crate::estimate::{Fit, stages_of};
use serde::{Deserialize, Serialize};

/// Omega of a general factor.
///
/// ```
/// use psychometrics::evidence::internal_structure::Hierarchical;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9
///                     g =~ visual + textual + speed".parse()?;
/// let found = Hierarchical::of(&Estimation::default().fit(&model, &data)?, "g").unwrap();
/// assert_eq!(found.factor, "g");
/// assert_eq!(format!("{:.3} {:.3}", found.omega_hierarchical, found.omega_total), "0.554 0.845");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hierarchical {
    /// The general factor.
    pub factor: String,
    /// Share of the variance of the sum that is due to it.
    pub omega_hierarchical: f64,
    /// Share that is due to all factors.
    pub omega_total: f64,
}

impl Hierarchical {
    /// Of the factor called `general`, in the first group of a fit; none without a solution, or such a factor.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::evidence::internal_structure::Hierarchical;
    /// use psychometrics::{Estimation, Model};
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9
    ///                     g =~ visual + textual + speed".parse()?;
    /// let found = Hierarchical::of(&Estimation::default().fit(&model, &data)?, "g").unwrap();
    /// assert_eq!(format!("{:.2} {:.2}", found.omega_hierarchical, found.omega_total), "0.55 0.85");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn of(fit: &Fit, general: &str) -> Option<Self> {
        if !fit.status.proper() {
            return None;
        }
        let (table, implied) = (fit.internals.tables.first()?, fit.internals.implied.first()?);
        let implied = implied.given();
        let at = table.eta[..table.n_latent].iter().position(|name| name == general)?;
        let spread = implied.eta_covariance[(at, at)].sqrt();
        let p = table.observed.len();
        let with_general = &implied.lambda * implied.eta_covariance.column(at);
        let common = &implied.lambda * &implied.eta_covariance * implied.lambda.transpose();
        let (mut of_general, mut of_all, mut total) = (0.0, 0.0, 0.0);
        if let Some(stages) = stages_of(fit.internals.observed.first()?) {
            let items: Option<Vec<Item>> = (0..p)
                .map(|i| {
                    let margin = stages.margins.iter().find(|m| m.name == table.observed[i])?;
                    let Scale::Ordinal(categories) = &margin.scale else { return None };
                    Some(Item::of(implied, i, categories))
                })
                .collect();
            let items = items?;
            let scale = |i: usize, j: usize| implied.scale[i] * implied.scale[j];
            for i in 0..p {
                for j in 0..p {
                    let r = if i == j { 1.0 } else { scale(i, j) * implied.sigma[(i, j)] };
                    let g = scale(i, j) * with_general[i] * with_general[j] / (spread * spread);
                    of_general += covariance(&items[i], &items[j], g);
                    of_all += covariance(&items[i], &items[j], scale(i, j) * common[(i, j)]);
                    total += covariance(&items[i], &items[j], r);
                }
            }
        } else {
            let sum: f64 = with_general.iter().sum();
            (of_general, of_all, total) = ((sum / spread).powi(2), common.sum(), implied.sigma.sum());
        }
        (total > 0.0).then(|| Self {
            factor: general.into(),
            omega_hierarchical: of_general / total,
            omega_total: of_all / total,
        })
    }
}

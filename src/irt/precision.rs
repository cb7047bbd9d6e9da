//! How precise scores are: information by level of the trait, and reliability.

use super::curves::Curves;
use super::scores::Scorer;
use serde::{Deserialize, Serialize};

/// Information of all items together along the trait.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let information = Irt::new(ItemModel::TwoParameter).fit(&data, &items)?.information;
/// let most = (0..information.theta.len()).max_by(|&a, &b| information.test[a].total_cmp(&information.test[b])).unwrap();
/// // easy items: they tell most of those who are low
/// assert_eq!(format!("{:.1}", information.theta[most]), "-2.0");
/// assert_eq!(format!("{:.3} {:.3}", information.test[most], information.se[most]), "0.579 1.314");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TestInformation {
    /// Levels of the trait.
    pub theta: Vec<f64>,
    /// Expected (Fisher) information there.
    pub test: Vec<f64>,
    /// 1 / sqrt(information): the standard error of a maximum-likelihood score.
    pub se: Vec<f64>,
    /// Information of each item, item by item.
    pub items: Vec<ItemInformation>,
}

/// Information of an item along the trait.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let information = Irt::new(ItemModel::TwoParameter).fit(&data, &items)?.information;
/// // those of the items add up to that of the test
/// let sum: f64 = information.items.iter().map(|own| own.information[0]).sum();
/// assert!((sum - information.test[0]).abs() < 1e-12);
/// assert_eq!(information.items[2].item.as_str(), "Q3");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemInformation {
    /// The item.
    pub item: String,
    /// Expected information at the levels of [`TestInformation::theta`].
    pub information: Vec<f64>,
}

/// Reliability of scores.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let reliability = Irt::new(ItemModel::TwoParameter).fit(&data, &items)?.reliability;
/// assert_eq!(format!("{:.3} {:.3}", reliability.marginal.unwrap(), reliability.empirical.unwrap()), "0.299 0.301");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TraitReliability {
    /// Mean over the distribution of the trait of I / (I + 1 / variance) (Green, Bock, Humphreys, Linn & Reckase 1984).
    pub marginal: Option<f64>,
    /// Variance of the EAP scores / (that + mean of their squared standard errors).
    pub empirical: Option<f64>,
}

impl TestInformation {
    pub(crate) fn of(names: &[String], items: &[Scorer], mean: f64, sd: f64) -> Self {
        // -6 to 6 by a half, and farther where the trait varies more
        let reach = (6.0f64.max(mean.abs() + 4.0 * sd)).min(12.0).ceil() as i32;
        let theta: Vec<f64> = (-2 * reach..=2 * reach).map(|step| f64::from(step) * 0.5).collect();
        let mut curves = Curves::default();
        let own: Vec<ItemInformation> = names
            .iter()
            .zip(items)
            .map(|(name, item)| ItemInformation {
                item: name.clone(),
                information: theta.iter().map(|t| item.information(*t, &mut curves)).collect(),
            })
            .collect();
        let test: Vec<f64> =
            (0..theta.len()).map(|at| own.iter().map(|item| item.information[at]).sum()).collect();
        let se = test.iter().map(|i: &f64| 1.0 / i.max(1e-12).sqrt()).collect();
        Self { theta, test, se, items: own }
    }
}

/// Mean of I / (I + 1 / variance) over nodes of the trait.
pub(crate) fn marginal_reliability(
    items: &[Scorer],
    theta: &[f64],
    weights: &[f64],
    variance: f64,
) -> Option<f64> {
    let mut curves = Curves::default();
    let mut sum = 0.0;
    for (theta, weight) in theta.iter().zip(weights) {
        let information: f64 = items.iter().map(|item| item.information(*theta, &mut curves)).sum();
        sum += weight * information / (information + 1.0 / variance);
    }
    sum.is_finite().then_some(sum)
}

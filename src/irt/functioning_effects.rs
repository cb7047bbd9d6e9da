//! How much an item differs between groups: in units of the answer (Meade 2010), and over the trait of all respondents
//! (Chalmers 2018).

use super::layout::{ItemPlace, Layout};
use super::marginal_likelihood::MarginalLikelihood;
use nalgebra::DVector;
use serde::{Deserialize, Serialize};

/// An item's expected score as a function of the trait.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    place: ItemPlace,
    local: Vec<f64>,
}

impl Curve {
    pub(crate) fn of(place: &ItemPlace, x: &DVector<f64>) -> Self {
        Self { place: place.clone(), local: Layout::values(&place.slots, x) }
    }

    /// The expected score, categories counted from 0.
    fn expected(&self, theta: f64) -> f64 {
        let width = self.place.dimensions.len();
        let mut p = vec![0.0; self.place.shape.categories];
        self.place.shape.at(&self.local[width..]).probabilities(self.local[0] * theta, &mut p);
        p.iter().enumerate().map(|(k, p)| k as f64 * p).sum()
    }
}

/// Where the respondents are.
#[derive(Debug, Clone)]
pub(crate) struct Persons {
    /// By group: EAP score and weight.
    eap: Vec<Vec<(f64, f64)>>,
    /// Nodes of all groups and respondents expected there.
    nodes: Vec<(f64, f64)>,
}

impl Persons {
    pub(crate) fn of(marginal: &MarginalLikelihood<'_>) -> Self {
        let patterns = marginal.patterns;
        let groups = marginal.grids.len();
        let mut eap = vec![Vec::new(); groups];
        let mut shares = vec![0.0; marginal.grids[0].len()];
        for p in 0..patterns.len() {
            let group = patterns.group[p];
            marginal.posterior(p, &mut shares);
            let mean = shares.iter().zip(&marginal.grids[group].theta).map(|(s, t)| s * t).sum();
            eap[group].push((mean, patterns.weights[p]));
        }
        let each = |group: usize| {
            let theta = marginal.grids[group].theta.iter().copied();
            theta.zip(marginal.counts.of_nodes(group).iter().copied())
        };
        Self { eap, nodes: (0..groups).flat_map(each).collect() }
    }
}

/// How much an item differs in a focal group beside the reference; differences are focal minus reference.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemFunctioning};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let found = ItemFunctioning::new(Irt::default(), "group").of(&data, &["a1", "a2", "a3", "a4"])?;
/// let effect = &found.items[0].effects[0];
/// assert_eq!((found.items[0].item.as_str(), effect.group.as_str()), ("a3", "g2"));
/// assert_eq!(format!("{:.2} {:.2} {:.2}", effect.sids, effect.uids, effect.essd.unwrap()), "0.32 0.32 0.66");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemEffect {
    /// The focal group.
    pub group: String,
    /// Mean difference of the expected answer over the focal respondents (Meade 2010).
    pub sids: f64,
    /// The same of absolute differences.
    pub uids: f64,
    /// `sids` divided by the pooled standard deviation of the expected answers; 0.2, 0.5 and 0.8 are read as d is.
    pub essd: Option<f64>,
    /// The difference of the expected answers that is largest in size among the focal respondents (D-max),
    pub dmax: f64,
    /// and the level of the trait where it is.
    pub dmax_at: f64,
    /// Mean difference over the trait of all respondents (Chalmers 2018).
    pub sdrf: f64,
    /// The same of absolute differences.
    pub udrf: f64,
    /// Root mean square difference.
    pub ddrf: f64,
}

/// What all differing items together do to the expected sum score.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemFunctioning};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let found = ItemFunctioning::new(Irt::default(), "group").of(&data, &["a1", "a2", "a3", "a4"])?;
/// // what the differing items together add to the sum of the focal group
/// let effect = &found.impact[0];
/// assert_eq!(effect.group, "g2");
/// assert_eq!(format!("{:.2} {:.2}", effect.stds, effect.utds), "0.00 0.65");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TestEffect {
    /// The focal group.
    pub group: String,
    /// Mean difference over the focal respondents.
    pub stds: f64,
    /// The same of absolute differences: differences that cancel within a respondent do not count.
    pub uetsds: f64,
    /// Sum of the absolute differences of the items: nothing cancels.
    pub utds: f64,
    /// `stds` divided by the pooled standard deviation of the expected sum scores.
    pub etssd: Option<f64>,
}

/// Weighted mean and variance.
fn moments(values: &[f64], weights: &[f64]) -> (f64, f64) {
    let n: f64 = weights.iter().sum();
    let mean = values.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() / n;
    let square = values.iter().zip(weights).map(|(x, w)| w * (x - mean) * (x - mean)).sum::<f64>();
    (mean, square / (n - 1.0))
}

fn standardised(difference: f64, first: f64, second: f64) -> Option<f64> {
    let pooled = (0.5 * (first + second)).sqrt();
    (pooled > 0.0).then(|| difference / pooled)
}

impl ItemEffect {
    pub(crate) fn of(
        name: String,
        reference: &Curve,
        focal: &Curve,
        persons: &Persons,
        group: usize,
    ) -> Self {
        let of = |curve: &Curve| -> Vec<f64> {
            persons.eap[group].iter().map(|(t, _)| curve.expected(*t)).collect()
        };
        let weights: Vec<f64> = persons.eap[group].iter().map(|(_, w)| *w).collect();
        let (first, second) = (of(reference), of(focal));
        let differences: Vec<f64> = second.iter().zip(&first).map(|(f, r)| f - r).collect();
        let sizes: Vec<f64> = differences.iter().map(|d| d.abs()).collect();
        let (sids, uids) = (moments(&differences, &weights).0, moments(&sizes, &weights).0);
        let essd = standardised(sids, moments(&first, &weights).1, moments(&second, &weights).1);
        let largest = (0..differences.len()).fold(0, |best, i| if sizes[i] > sizes[best] { i } else { best });
        let total: f64 = persons.nodes.iter().map(|(_, n)| n).sum();
        let over = |f: &dyn Fn(f64) -> f64| -> f64 {
            let each = persons.nodes.iter().filter(|(_, n)| *n > 0.0);
            each.map(|(t, n)| n * f(focal.expected(*t) - reference.expected(*t))).sum::<f64>() / total
        };
        Self {
            group: name,
            sids,
            uids,
            essd,
            dmax: differences.get(largest).copied().unwrap_or(0.0),
            dmax_at: persons.eap[group].get(largest).map_or(0.0, |(theta, _)| *theta),
            sdrf: over(&|d| d),
            udrf: over(&|d| d.abs()),
            ddrf: over(&|d| d * d).sqrt(),
        }
    }
}

impl TestEffect {
    pub(crate) fn of(name: String, items: &[(Curve, Curve)], persons: &Persons, group: usize) -> Self {
        let weights: Vec<f64> = persons.eap[group].iter().map(|(_, w)| *w).collect();
        let (mut first, mut second, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
        for (theta, _) in &persons.eap[group] {
            let expected: Vec<(f64, f64)> =
                items.iter().map(|(r, f)| (r.expected(*theta), f.expected(*theta))).collect();
            first.push(expected.iter().map(|(r, _)| r).sum());
            second.push(expected.iter().map(|(_, f)| f).sum());
            sizes.push(expected.iter().map(|(r, f)| (f - r).abs()).sum());
        }
        let differences: Vec<f64> = second.iter().zip(&first).map(|(f, r): (&f64, &f64)| f - r).collect();
        let absolute: Vec<f64> = differences.iter().map(|d| d.abs()).collect();
        let stds = moments(&differences, &weights).0;
        Self {
            group: name,
            stds,
            uetsds: moments(&absolute, &weights).0,
            utds: moments(&sizes, &weights).0,
            etssd: standardised(stds, moments(&first, &weights).1, moments(&second, &weights).1),
        }
    }
}

//! What an alignment finds.

use crate::error::{Error, Result, Warning, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The identification of means and standard deviations while the loss is searched. The product of the standard deviations
/// is 1 in both: with one of them at 1 the others may run away.
///
/// ```
/// use psychometrics::evidence::internal_structure::{Align, GroupParameters};
///
/// // the mean of the second group is .3 higher: intercepts of 2 + .8 x .3, but for the last, which is .5 higher again
/// let loadings = vec![vec![0.8; 4], vec![0.8; 4]];
/// let intercepts = vec![vec![2.0; 4], vec![2.24, 2.24, 2.24, 2.74]];
/// let parameters = GroupParameters::new("care", [("a", 200), ("b", 300)], ["q1", "q2", "q3", "q4"], &loadings, &intercepts)?;
/// let aligned = Align::default().of(&parameters)?;
/// use psychometrics::evidence::internal_structure::AlignmentMeans;
/// assert_eq!(aligned.identification, AlignmentMeans::Fixed);
/// assert_eq!(AlignmentMeans::Free.to_string(), "free");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AlignmentMeans {
    /// The mean of the first group is 0.
    #[default]
    Fixed,
    /// All means are found by the loss; it is flat where parameters are alike in all groups.
    Free,
}

impl AlignmentMeans {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Fixed, Self::Free];
}

impl fmt::Display for AlignmentMeans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            AlignmentMeans::Fixed => "fixed",
            AlignmentMeans::Free => "free",
        })
    }
}

impl FromStr for AlignmentMeans {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("identification", Self::ALL, text)
    }
}

/// One factor in many groups with most of its parameters nearly the same: means and standard deviations that are comparable
/// without equal parameters (Asparouhov & Muthen 2014).
///
/// ```
/// use psychometrics::evidence::internal_structure::{Align, GroupParameters};
///
/// // the mean of the second group is .3 higher: intercepts of 2 + .8 x .3, but for the last, which is .5 higher again
/// let loadings = vec![vec![0.8; 4], vec![0.8; 4]];
/// let intercepts = vec![vec![2.0; 4], vec![2.24, 2.24, 2.24, 2.74]];
/// let parameters = GroupParameters::new("care", [("a", 200), ("b", 300)], ["q1", "q2", "q3", "q4"], &loadings, &intercepts)?;
/// let aligned = Align::default().of(&parameters)?;
/// assert_eq!((aligned.factor.as_str(), aligned.groups.len(), aligned.items.len()), ("care", 2, 4));
/// // the groups differ in the mean of the factor, and in no parameter but one
/// assert_eq!(format!("{:.3} {:.3}", aligned.means()[1], aligned.sds()[1]), "0.303 1.000");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Alignment {
    /// The factor.
    pub factor: String,
    /// How means were identified.
    pub identification: AlignmentMeans,
    /// The e of (x^2 + e)^(1/4), at which a difference becomes one.
    pub epsilon: f64,
    /// The least loss.
    pub loss: f64,
    /// Starts, and how many reached the least loss.
    pub starts: usize,
    /// Starts that ended there.
    pub reached: usize,
    /// Seed of the starts.
    pub seed: u64,
    /// Distinct minima, lowest first.
    pub minima: Vec<LossMinimum>,
    /// Groups; the first has mean 0 and standard deviation 1.
    pub groups: Vec<AlignedGroup>,
    /// Items with their parameters in every group.
    pub items: Vec<AlignedItem>,
    /// Share of the variance of all loadings between groups that standard deviations account for; all intercepts, by means
    /// and standard deviations. Negative where the parameters fit equality less than their means do; none without variance.
    pub r_squared: RSquared,
    /// Parameters that differ from those of the groups in which they are the same; none without standard errors.
    pub noninvariant: Option<Vec<Noninvariant>>,
    /// Their share of all parameters.
    pub noninvariant_share: Option<f64>,
    /// Pairs of groups whose means differ, p adjusted by Holm; none without standard errors.
    pub differences: Option<Vec<MeanDifference>>,
    /// Why there are no standard errors.
    pub reason: Option<String>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

impl Alignment {
    /// Means of the groups.
    pub fn means(&self) -> Vec<f64> {
        self.groups.iter().map(|group| group.mean).collect()
    }

    /// Standard deviations of the groups.
    pub fn sds(&self) -> Vec<f64> {
        self.groups.iter().map(|group| group.sd).collect()
    }
}

/// A minimum of the loss.
///
/// ```
/// use psychometrics::evidence::internal_structure::{Align, GroupParameters};
///
/// // the mean of the second group is .3 higher: intercepts of 2 + .8 x .3, but for the last, which is .5 higher again
/// let loadings = vec![vec![0.8; 4], vec![0.8; 4]];
/// let intercepts = vec![vec![2.0; 4], vec![2.24, 2.24, 2.24, 2.74]];
/// let parameters = GroupParameters::new("care", [("a", 200), ("b", 300)], ["q1", "q2", "q3", "q4"], &loadings, &intercepts)?;
/// let aligned = Align::default().of(&parameters)?;
/// let lowest = &aligned.minima[0];
/// assert_eq!((lowest.loss == aligned.loss, lowest.count == aligned.reached), (true, true));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LossMinimum {
    /// The loss there.
    pub loss: f64,
    /// Starts that ended there.
    pub count: usize,
}

/// The factor in a group.
///
/// ```
/// use psychometrics::evidence::internal_structure::{Align, GroupParameters};
///
/// // the mean of the second group is .3 higher: intercepts of 2 + .8 x .3, but for the last, which is .5 higher again
/// let loadings = vec![vec![0.8; 4], vec![0.8; 4]];
/// let intercepts = vec![vec![2.0; 4], vec![2.24, 2.24, 2.24, 2.74]];
/// let parameters = GroupParameters::new("care", [("a", 200), ("b", 300)], ["q1", "q2", "q3", "q4"], &loadings, &intercepts)?;
/// let aligned = Align::default().of(&parameters)?;
/// let second = &aligned.groups[1];
/// assert_eq!((second.group.as_str(), second.n, second.rank), ("b", 300, 1));
/// assert_eq!(format!("{:.3} {:.3}", second.mean, second.sd), "0.303 1.000");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AlignedGroup {
    /// The group.
    pub group: String,
    /// Respondents.
    pub n: usize,
    /// Mean of the factor.
    pub mean: f64,
    /// Its standard error.
    pub mean_se: Option<f64>,
    /// Standard deviation of the factor.
    pub sd: f64,
    /// Its standard error.
    pub sd_se: Option<f64>,
    /// Rank of the mean, 1 the highest.
    pub rank: usize,
}

/// An item in every group.
///
/// ```
/// use psychometrics::evidence::internal_structure::{Align, GroupParameters};
///
/// // the mean of the second group is .3 higher: intercepts of 2 + .8 x .3, but for the last, which is .5 higher again
/// let loadings = vec![vec![0.8; 4], vec![0.8; 4]];
/// let intercepts = vec![vec![2.0; 4], vec![2.24, 2.24, 2.24, 2.74]];
/// let parameters = GroupParameters::new("care", [("a", 200), ("b", 300)], ["q1", "q2", "q3", "q4"], &loadings, &intercepts)?;
/// let aligned = Align::default().of(&parameters)?;
/// let last = &aligned.items[3];
/// assert_eq!((last.item.as_str(), last.loading.parameter.as_str(), last.intercepts.len()), ("q4", "loading", 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AlignedItem {
    /// The item.
    pub item: String,
    /// Its loading.
    pub loading: AlignedParameter,
    /// Its intercept, or its thresholds.
    pub intercepts: Vec<AlignedParameter>,
}

/// A parameter in every group, on the scale on which the first group has mean 0 and standard deviation 1.
///
/// ```
/// use psychometrics::evidence::internal_structure::{Align, GroupParameters};
///
/// // the mean of the second group is .3 higher: intercepts of 2 + .8 x .3, but for the last, which is .5 higher again
/// let loadings = vec![vec![0.8; 4], vec![0.8; 4]];
/// let intercepts = vec![vec![2.0; 4], vec![2.24, 2.24, 2.24, 2.74]];
/// let parameters = GroupParameters::new("care", [("a", 200), ("b", 300)], ["q1", "q2", "q3", "q4"], &loadings, &intercepts)?;
/// let aligned = Align::default().of(&parameters)?;
/// let intercept = &aligned.items[3].intercepts[0];
/// // an answer that is half a point higher in the second group, whatever the factor
/// assert_eq!(intercept.parameter, "intercept");
/// assert_eq!(format!("{:.2} {:.2}", intercept.values[0], intercept.values[1]), "2.00 2.50");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AlignedParameter {
    /// "loading", "intercept", "threshold 1" ...
    pub parameter: String,
    /// By group.
    pub values: Vec<f64>,
    /// Standard errors by group.
    pub se: Option<Vec<f64>>,
    /// Whether the group is in the set in which the parameter is the same.
    pub is_invariant: Option<Vec<bool>>,
    /// p of each group against the mean of that set.
    pub pvalues: Option<Vec<f64>>,
    /// Its mean there.
    pub average: Option<f64>,
    /// Share of its variance between groups that means and standard deviations account for; none without variance.
    pub r_squared: Option<f64>,
    /// Its part of the loss.
    pub loss: f64,
}

/// Shares of variance over all items.
///
/// ```
/// use psychometrics::evidence::internal_structure::{Align, GroupParameters};
///
/// // the mean of the second group is .3 higher: intercepts of 2 + .8 x .3, but for the last, which is .5 higher again
/// let loadings = vec![vec![0.8; 4], vec![0.8; 4]];
/// let intercepts = vec![vec![2.0; 4], vec![2.24, 2.24, 2.24, 2.74]];
/// let parameters = GroupParameters::new("care", [("a", 200), ("b", 300)], ["q1", "q2", "q3", "q4"], &loadings, &intercepts)?;
/// let aligned = Align::default().of(&parameters)?;
/// assert_eq!(format!("{:.2}", aligned.r_squared.intercepts.unwrap()), "0.66");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RSquared {
    /// Of the loadings.
    pub loadings: Option<f64>,
    /// Of the intercepts or thresholds.
    pub intercepts: Option<f64>,
}

/// A parameter that differs in a group.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::Align;
/// use psychometrics::{Estimation, Model};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let aligned = &Align::default().fit(&Estimation::default().group("school"), &model, &data)?[0];
/// let different = aligned.noninvariant.as_ref().unwrap();
/// let x3 = different.iter().find(|own| own.item == "x3").unwrap();
/// assert_eq!((x3.parameter.as_str(), x3.group.as_str()), ("intercept", "Grant-White"));
/// assert_eq!(format!("{:.2} {:.2}", x3.value, x3.difference), "2.01 -0.48");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Noninvariant {
    /// The item.
    pub item: String,
    /// "loading", "intercept", "threshold 1" ...
    pub parameter: String,
    /// The group.
    pub group: String,
    /// Its value there.
    pub value: f64,
    /// Value less the mean of the groups in which it is the same.
    pub difference: f64,
    /// p of the difference.
    pub pvalue: f64,
}

/// Two groups with different means.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::Align;
/// use psychometrics::{Estimation, Model};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let aligned = &Align::default().fit(&Estimation::default().group("school"), &model, &data)?[0];
/// // textual abilities differ between the schools, visual ones do not
/// assert_eq!(aligned.differences.as_ref().unwrap().len(), 1);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MeanDifference {
    /// The group with the higher mean.
    pub higher: String,
    /// The other.
    pub lower: String,
    /// Higher less lower.
    pub difference: f64,
    /// Standard error.
    pub se: f64,
    /// p.
    pub pvalue: f64,
    /// p adjusted by Holm over all pairs.
    pub adjusted: f64,
}

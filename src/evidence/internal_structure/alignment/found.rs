//! What an alignment finds.

use crate::error::{Error, Result, Warning, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The identification of means and standard deviations while the loss is searched. The product of the standard deviations
/// is 1 in both: with one of them at 1 the others may run away.
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LossMinimum {
    /// The loss there.
    pub loss: f64,
    /// Starts that ended there.
    pub count: usize,
}

/// The factor in a group.
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RSquared {
    /// Of the loadings.
    pub loadings: Option<f64>,
    /// Of the intercepts or thresholds.
    pub intercepts: Option<f64>,
}

/// A parameter that differs in a group.
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

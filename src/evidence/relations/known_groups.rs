//! Differences of a score between groups that are expected to differ.
//!
//! ```text
//! Welch t         (m1 - m2) / sqrt(v1/n1 + v2/n2), Satterthwaite df           Welch (1947)
//! d, g            (m1 - m2) / pooled sd; g = J d, J = Gamma(m/2) / (sqrt(m/2) Gamma((m - 1)/2)), m = n1 + n2 - 2;
//!                 interval d -+ z sqrt((n1 + n2)/(n1 n2) + d^2 / (2 (n1 + n2)))      Hedges & Olkin (1985)
//! AUC             P(x1 > x2) + P(x1 = x2)/2, interval of DeLong et al. (1988)
//! F, Welch F      one-way analysis of variance, with equal variances and without (Welch 1951)
//! eta^2, omega^2  SS_B / SS_T;  (SS_B - df_B MS_W) / (SS_T + MS_W)            Olejnik & Algina (2003)
//! ```
//!
//! p-values of pairs are adjusted by Holm's (1979) method.

use crate::data::Grouping;
use crate::error::{Error, Result};
use crate::evidence::Interval;
use crate::numeric::multiple_tests::holm;
use crate::numeric::{f_distribution, normal};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::gamma::ln_gamma;

/// A score compared between groups.
///
/// ```
/// use psychometrics::data::Grouping;
/// use psychometrics::evidence::relations::KnownGroups;
///
/// let scores = [1.0, 2.0, 3.0, 3.0, 4.0, 5.0];
/// let groups = Grouping::new("role", ["a", "a", "a", "b", "b", "b"].map(Some));
/// let found = KnownGroups::of(&scores, &groups)?;
/// assert!((found.pairs[0].cohen_d.unwrap().abs() - 2.0).abs() < 1e-12); // a difference of 2, standard deviations of 1
/// assert_eq!(found.anova.unwrap().f, 6.0);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KnownGroups {
    /// The grouping variable.
    pub variable: String,
    /// The groups that took part, in the order of first appearance.
    pub groups: Vec<GroupMean>,
    /// Groups with too few scores, which were left out.
    pub left_out: Vec<String>,
    /// Analysis of variance; none when no group varies.
    pub anova: Option<OneWay>,
    /// The same without equal variances; none when a group does not vary.
    pub welch: Option<OneWay>,
    /// Share of the variance between groups.
    pub eta2: f64,
    /// The same, corrected for its bias.
    pub omega2: f64,
    /// Every pair of groups.
    pub pairs: Vec<GroupDifference>,
}

/// A group's score.
///
/// ```
/// use psychometrics::data::Grouping;
/// use psychometrics::evidence::relations::KnownGroups;
///
/// let groups = Grouping::new("role", ["a", "a", "a", "b", "b", "b"].map(Some));
/// let found = KnownGroups::of(&[1.0, 2.0, 3.0, 3.0, 4.0, 5.0], &groups)?;
/// let first = &found.groups[0];
/// assert_eq!((first.group.as_str(), first.n, first.mean, first.sd), ("a", 3, 2.0, 1.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupMean {
    /// The group.
    pub group: String,
    /// Respondents with a score.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation, divisor n - 1.
    pub sd: f64,
    /// 95 % interval of the mean, by t.
    pub interval: Option<Interval>,
}

/// A test of equal means.
///
/// ```
/// use psychometrics::data::Grouping;
/// use psychometrics::evidence::relations::KnownGroups;
///
/// let groups = Grouping::new("role", ["a", "a", "a", "b", "b", "b"].map(Some));
/// let found = KnownGroups::of(&[1.0, 2.0, 3.0, 3.0, 4.0, 5.0], &groups)?;
/// let anova = found.anova.as_ref().unwrap();
/// // 6 between groups, 1 within
/// assert_eq!(anova.f, 6.0);
/// assert_eq!(anova.df, [1.0, 4.0]);
/// assert_eq!(format!("{:.4}", anova.pvalue), "0.0705");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OneWay {
    /// F.
    pub f: f64,
    /// Degrees of freedom.
    pub df: [f64; 2],
    /// p-value.
    pub pvalue: f64,
}

/// Two groups compared.
///
/// ```
/// use psychometrics::data::Grouping;
/// use psychometrics::evidence::relations::KnownGroups;
///
/// let groups = Grouping::new("role", ["a", "a", "a", "b", "b", "b"].map(Some));
/// let found = KnownGroups::of(&[1.0, 2.0, 3.0, 3.0, 4.0, 5.0], &groups)?;
/// let pair = &found.pairs[0];
/// assert_eq!((pair.first.as_str(), pair.second.as_str(), pair.difference, pair.cohen_d), ("a", "b", -2.0, Some(-2.0)));
/// // of nine pairs of respondents one is tied: (0 + 1/2) / 9
/// assert_eq!(format!("{:.4}", pair.auc), "0.0556");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupDifference {
    /// One group.
    pub first: String,
    /// The other.
    pub second: String,
    /// Mean of the first less that of the second.
    pub difference: f64,
    /// Welch's 95 % interval of the difference; none when neither group varies.
    pub interval: Option<Interval>,
    /// Welch's t.
    pub t: Option<f64>,
    /// Its degrees of freedom.
    pub df: Option<f64>,
    /// Its p-value.
    pub pvalue: Option<f64>,
    /// p-value adjusted for the number of pairs.
    pub pvalue_holm: Option<f64>,
    /// Cohen's d.
    pub cohen_d: Option<f64>,
    /// Hedges's g.
    pub hedges_g: Option<f64>,
    /// 95 % interval of d.
    pub d_interval: Option<Interval>,
    /// Probability that a score of the first group is above one of the second: area under the ROC curve.
    pub auc: f64,
    /// DeLong's 95 % interval of `auc`.
    pub auc_interval: Option<Interval>,
}

/// Scores below which a group takes no part.
const FEWEST: usize = 2;

impl KnownGroups {
    /// Of scores, NaN where there is none, by group. Groups with fewer than two scores are left out, and told.
    ///
    /// # Errors
    /// [`Error::WrongSize`] when there is not one group per score, [`Error::TooFewRows`] for fewer than two groups.
    pub fn of(scores: &[f64], grouping: &Grouping) -> Result<Self> {
        if scores.len() != grouping.codes.len() {
            let what = format!("values of '{}'", grouping.variable);
            return Err(Error::WrongSize { what, found: grouping.codes.len(), expected: scores.len() });
        }
        let (mut kept, mut left_out): (Vec<(String, Vec<f64>)>, Vec<String>) = Default::default();
        for (code, level) in grouping.levels.iter().enumerate() {
            let own: Vec<f64> =
                grouping.rows_of(code).into_iter().map(|row| scores[row]).filter(|x| x.is_finite()).collect();
            if own.len() < FEWEST {
                left_out.push(level.clone());
            } else {
                kept.push((level.clone(), own));
            }
        }
        if kept.len() < 2 {
            let what =
                format!("a comparison of the groups of '{}' (groups with two scores)", grouping.variable);
            return Err(Error::TooFewRows { what, n: kept.len(), needed: 2 });
        }
        let groups: Vec<GroupMean> = kept.iter().map(|(group, x)| describe(group, x)).collect();
        let n: f64 = groups.iter().map(|g| g.n as f64).sum();
        let k = groups.len() as f64;
        let grand = groups.iter().map(|g| g.n as f64 * g.mean).sum::<f64>() / n;
        let between: f64 = groups.iter().map(|g| g.n as f64 * (g.mean - grand).powi(2)).sum();
        let within: f64 = groups.iter().map(|g| (g.n as f64 - 1.0) * g.sd * g.sd).sum();
        let mean_within = within / (n - k);
        let total = between + within;
        let anova = (within > 0.0).then(|| one_way(between / (k - 1.0) / mean_within, k - 1.0, n - k));
        let mut pairs = Vec::new();
        for (i, (a, x)) in groups.iter().zip(&kept).enumerate() {
            for (b, y) in groups[i + 1..].iter().zip(&kept[i + 1..]) {
                pairs.push(difference(a, &x.1, b, &y.1));
            }
        }
        let pvalues: Vec<Option<f64>> = pairs.iter().map(|pair| pair.pvalue).collect();
        pairs.iter_mut().zip(holm(&pvalues)).for_each(|(pair, adjusted)| pair.pvalue_holm = adjusted);
        Ok(Self {
            variable: grouping.variable.clone(),
            welch: welch(&groups),
            anova,
            eta2: if total > 0.0 { between / total } else { 0.0 },
            omega2: if total > 0.0 {
                (between - (k - 1.0) * mean_within) / (total + mean_within)
            } else {
                0.0
            },
            groups,
            left_out,
            pairs,
        })
    }
}

fn one_way(f: f64, df1: f64, df2: f64) -> OneWay {
    OneWay { f, df: [df1, df2], pvalue: f_distribution::upper(f, df1, df2) }
}

fn describe(group: &str, x: &[f64]) -> GroupMean {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let sd = (x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let t = StudentsT::new(0.0, 1.0, n - 1.0).ok().map(|t| t.inverse_cdf(0.975));
    let interval = t.map(|t| Interval { lower: mean - t * sd / n.sqrt(), upper: mean + t * sd / n.sqrt() });
    GroupMean { group: group.into(), n: x.len(), mean, sd, interval }
}

fn welch(groups: &[GroupMean]) -> Option<OneWay> {
    if groups.iter().any(|g| !(g.sd > 0.0)) {
        return None;
    }
    let k = groups.len() as f64;
    let weight = |g: &GroupMean| g.n as f64 / (g.sd * g.sd);
    let total: f64 = groups.iter().map(weight).sum();
    let mean = groups.iter().map(|g| weight(g) * g.mean).sum::<f64>() / total;
    let lambda: f64 = groups.iter().map(|g| (1.0 - weight(g) / total).powi(2) / (g.n as f64 - 1.0)).sum();
    let above = groups.iter().map(|g| weight(g) * (g.mean - mean).powi(2)).sum::<f64>() / (k - 1.0);
    let f = above / (1.0 + 2.0 * (k - 2.0) / (k * k - 1.0) * lambda);
    Some(one_way(f, k - 1.0, (k * k - 1.0) / (3.0 * lambda)))
}

fn difference(a: &GroupMean, x: &[f64], b: &GroupMean, y: &[f64]) -> GroupDifference {
    let (n1, n2) = (a.n as f64, b.n as f64);
    let (v1, v2) = (a.sd * a.sd / n1, b.sd * b.sd / n2);
    let difference = a.mean - b.mean;
    let varies = v1 + v2 > 0.0;
    let error = (v1 + v2).sqrt();
    let df = (v1 + v2).powi(2) / (v1 * v1 / (n1 - 1.0) + v2 * v2 / (n2 - 1.0));
    let t_of_df = StudentsT::new(0.0, 1.0, if varies { df } else { 1.0 }).ok().filter(|_| varies);
    let m = n1 + n2 - 2.0;
    let pooled = (((n1 - 1.0) * a.sd * a.sd + (n2 - 1.0) * b.sd * b.sd) / m).sqrt();
    let d = (pooled > 0.0).then(|| difference / pooled);
    let j = (ln_gamma(0.5 * m) - ln_gamma(0.5 * (m - 1.0))).exp() / (0.5 * m).sqrt();
    let z = normal::quantile(0.975);
    let around = |at: f64, half: f64| Interval { lower: at - half, upper: at + half };
    let (auc, auc_se) = area(x, y);
    GroupDifference {
        first: a.group.clone(),
        second: b.group.clone(),
        difference,
        interval: t_of_df.map(|t| around(difference, t.inverse_cdf(0.975) * error)),
        t: varies.then(|| difference / error),
        df: varies.then_some(df),
        pvalue: t_of_df.map(|t| (2.0 * t.sf((difference / error).abs())).min(1.0)),
        pvalue_holm: None,
        cohen_d: d,
        hedges_g: d.map(|d| j * d),
        d_interval: d.map(|d| around(d, z * ((n1 + n2) / (n1 * n2) + d * d / (2.0 * (n1 + n2))).sqrt())),
        auc,
        auc_interval: auc_se.map(|se| {
            let i = around(auc, z * se);
            Interval { lower: i.lower.max(0.0), upper: i.upper.min(1.0) }
        }),
    }
}

/// Area under the ROC curve, and DeLong's standard error of it.
fn area(x: &[f64], y: &[f64]) -> (f64, Option<f64>) {
    let sorted = |v: &[f64]| {
        let mut v = v.to_vec();
        v.sort_by(f64::total_cmp);
        v
    };
    // share of the other group below (above) each value, ties half
    let below = |value: f64, others: &[f64]| {
        let (low, high) = (others.partition_point(|o| *o < value), others.partition_point(|o| *o <= value));
        0.5 * (low + high) as f64 / others.len() as f64
    };
    let (xs, ys) = (sorted(x), sorted(y));
    let of_x: Vec<f64> = x.iter().map(|v| below(*v, &ys)).collect();
    let of_y: Vec<f64> = y.iter().map(|v| 1.0 - below(*v, &xs)).collect();
    let auc = of_x.iter().sum::<f64>() / x.len() as f64;
    let variance = |v: &[f64]| {
        v.iter().map(|p| (p - auc).powi(2)).sum::<f64>() / (v.len() as f64 - 1.0) / v.len() as f64
    };
    let total = variance(&of_x) + variance(&of_y);
    (auc, (total > 0.0).then(|| total.sqrt()))
}

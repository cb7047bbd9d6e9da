//! How groups are aligned: the options, and the way from the parameters of the groups to an [`Alignment`].

use super::configural::GroupParameters;
use super::found::{
    AlignedGroup, AlignedItem, AlignedParameter, Alignment, AlignmentMeans, LossMinimum, MeanDifference,
    Noninvariant, RSquared,
};
use super::invariant_set::{InvariantSet, found, pvalue};
use super::loss::{Loss, Placed};
use super::search::least;
use super::sensitivity::Sensitivity;
use super::uncertainty::Uncertainty;
use crate::error::{Error, Result, Warning};
use crate::numeric::multiple_tests::holm;

/// Standard deviations of two groups as far apart as this are no solution.
const RUN_AWAY: f64 = 10.0;
/// Share of parameters that differ beyond which means are not to be trusted (Muthen & Asparouhov 2014).
const MANY: f64 = 0.25;

/// How groups are aligned.
///
/// From the population of Asparouhov and Muthen (2014), three groups with means 0, .3, .8:
///
/// ```
/// use psychometrics::evidence::internal_structure::{Align, GroupParameters};
///
/// let s = [1.0, 1.5_f64.sqrt(), 1.2_f64.sqrt()];
/// let loadings = [
///     vec![1.0, 1.0, 1.4, 1.0, 1.0],
///     [1.0, 1.0, 1.0, 1.0, 0.5].map(|l| l * s[1]).to_vec(),
///     [1.0, 1.0, 1.0, 0.3, 1.0].map(|l| l * s[2]).to_vec(),
/// ];
/// let intercepts = [
///     vec![0.0, 0.0, 0.0, 0.0, 0.5],
///     vec![-0.2, 0.3, 0.3, 0.3, 0.15],
///     vec![0.8, 0.3, 0.8, 0.24, 0.8],
/// ];
/// let groups = [("g1", 1000), ("g2", 1000), ("g3", 1000)];
/// let parameters = GroupParameters::new("f", groups, ["x1", "x2", "x3", "x4", "x5"], &loadings, &intercepts)?;
/// let aligned = Align::default().of(&parameters)?;
/// let rounded: Vec<String> = aligned.means().iter().map(|m| format!("{m:.4}")).collect();
/// assert_eq!(rounded, ["0.0000", "0.2943", "0.7908"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Align {
    identification: AlignmentMeans,
    epsilon: f64,
    starts: usize,
    seed: u64,
}

impl Default for Align {
    /// Means identified by the first group, epsilon .001 (.01 does not recover the population of Asparouhov and Muthen:
    /// .268 and .747 for .3 and .8), 30 starts, seed 1.
    fn default() -> Self {
        Self { identification: AlignmentMeans::Fixed, epsilon: 0.001, starts: 30, seed: 1 }
    }
}

impl Align {
    /// How means are identified.
    pub fn identification(mut self, identification: AlignmentMeans) -> Self {
        self.identification = identification;
        self
    }

    /// The e of (x^2 + e)^(1/4).
    pub fn epsilon(mut self, epsilon: f64) -> Self {
        self.epsilon = epsilon;
        self
    }

    /// Starts of the search.
    pub fn starts(mut self, starts: usize) -> Self {
        self.starts = starts;
        self
    }

    /// Seed of the starts.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Aligns one factor from its parameters.
    ///
    /// # Errors
    /// [`Error::BadOption`] for an epsilon that is not above 0 or no start, [`Error::ScaleRanAway`] where a standard
    /// deviation is ten times another.
    pub fn of(&self, parameters: &GroupParameters) -> Result<Alignment> {
        let bad = |option: &str, value: String, allowed: &str| Error::BadOption {
            option: option.into(),
            value,
            allowed: allowed.into(),
        };
        if !(self.epsilon > 0.0 && self.epsilon.is_finite()) {
            return Err(bad("epsilon", self.epsilon.to_string(), "a number above 0"));
        }
        if self.starts == 0 {
            return Err(bad("starts", "0".into(), "1 or more"));
        }
        let loss = Loss::new(parameters, self.epsilon, self.identification == AlignmentMeans::Fixed);
        let Some(best) = least(&loss, self.starts, self.seed) else {
            return Err(Error::NotFinite { what: format!("the alignment of '{}'", parameters.factor) });
        };
        let sds: Vec<f64> = (0..loss.groups()).map(|g| best.at.sd(g) / best.at.sd(0)).collect();
        let extreme = |a: &usize, b: &usize| sds[*a].total_cmp(&sds[*b]);
        let (largest, smallest) = ((0..sds.len()).max_by(extreme), (0..sds.len()).min_by(extreme));
        if let (Some(large), Some(small)) = (largest, smallest)
            && sds[large] > RUN_AWAY * sds[small]
        {
            return Err(Error::ScaleRanAway {
                factor: parameters.factor.clone(),
                large: parameters.groups[large].clone(),
                small: parameters.groups[small].clone(),
                ratio: sds[large] / sds[small],
            });
        }
        Ok(self.told(&loss, &best.at, best.minima))
    }

    fn told(&self, loss: &Loss, at: &Placed, minima: Vec<(f64, usize)>) -> Alignment {
        let of = loss.of;
        let uncertainty = Uncertainty::of(loss, at);
        let (uncertainty, reason) = match uncertainty {
            Ok(uncertainty) => (Some(uncertainty), None),
            Err(reason) => (None, Some(reason)),
        };
        let means: Vec<f64> = at.means.iter().map(|m| (m - at.means[0]) / at.sd(0)).collect();
        let groups = groups(loss, at, &means, uncertainty.as_ref());
        let items = items(loss, at, &means, uncertainty.as_ref());
        let noninvariant = uncertainty.as_ref().map(|_| differing(of, &items));
        let all = of.groups.len() * (of.items.len() + of.item_of.len());
        let share = noninvariant.as_ref().map(|n| n.len() as f64 / all as f64);
        let mut warnings = Vec::new();
        if let Some(share) = share.filter(|share| *share > MANY) {
            warnings.push(Warning::ManyNoninvariant { factor: of.factor.clone(), share });
        }
        let reached = minima.first().map_or(0, |m| m.1);
        if self.starts > 1 && reached == 1 {
            warnings.push(Warning::MinimumReachedOnce {
                what: format!("the loss of '{}'", of.factor),
                starts: self.starts,
            });
        }
        Alignment {
            factor: of.factor.clone(),
            identification: self.identification,
            epsilon: self.epsilon,
            loss: minima.first().map_or(f64::NAN, |m| m.0),
            starts: self.starts,
            reached,
            seed: self.seed,
            minima: minima.into_iter().map(|(loss, count)| LossMinimum { loss, count }).collect(),
            differences: uncertainty.as_ref().map(|u| differences(of, &means, u)),
            groups,
            r_squared: r_squared(loss, at, &means),
            items,
            noninvariant,
            noninvariant_share: share,
            reason,
            warnings,
        }
    }
}

fn groups(loss: &Loss, at: &Placed, means: &[f64], uncertainty: Option<&Uncertainty>) -> Vec<AlignedGroup> {
    let of = loss.of;
    let group = |g: usize| AlignedGroup {
        group: of.groups[g].clone(),
        n: of.n[g] as usize,
        mean: means[g],
        mean_se: uncertainty.filter(|_| g > 0).map(|u| u.means[(g, g)].max(0.0).sqrt()),
        sd: at.sd(g) / at.sd(0),
        sd_se: uncertainty.filter(|_| g > 0).map(|u| u.sds[(g, g)].max(0.0).sqrt()),
        rank: 1 + means.iter().filter(|m| **m > means[g]).count(),
    };
    (0..of.groups.len()).map(group).collect()
}

/// Aligned values on the scale of the first group: loadings and intercepts of every item.
fn items(loss: &Loss, at: &Placed, means: &[f64], uncertainty: Option<&Uncertainty>) -> Vec<AlignedItem> {
    let (of, first_sd) = (loss.of, at.sd(0));
    let seen = Sensitivity::new(loss, at);
    let sign = if of.are_thresholds { -1.0 } else { 1.0 };
    let own_loss = |values: &[f64]| loss.of_parameter(values, &mut vec![0.0; values.len()]);
    let item = |item: usize| {
        let loadings: Vec<f64> = seen.loadings[item].values.iter().map(|l| l * first_sd).collect();
        let places: Vec<usize> = (0..of.item_of.len()).filter(|&q| of.item_of[q] == item).collect();
        let intercepts = places.iter().enumerate().map(|(order, &place)| {
            let values: Vec<f64> =
                (0..of.groups.len()).map(|g| of.intercepts[g][place] - loadings[g] * means[g]).collect();
            let name =
                if of.are_thresholds { format!("threshold {}", order + 1) } else { "intercept".into() };
            let set =
                uncertainty.map(|u| (found(&values, &u.intercepts[place], &of.n), &u.intercepts[place]));
            let own = own_loss(&seen.intercepts[place].values);
            let shared = shared(loss, at, means, Which::Intercept(place));
            parameter(name, &values, sign, set, own, shared)
        });
        let set = uncertainty.map(|u| (found(&loadings, &u.loadings[item], &of.n), &u.loadings[item]));
        AlignedItem {
            item: of.items[item].clone(),
            intercepts: intercepts.collect(),
            loading: parameter(
                "loading".into(),
                &loadings,
                1.0,
                set,
                own_loss(&seen.loadings[item].values),
                shared(loss, at, means, Which::Loading(item)),
            ),
        }
    };
    (0..of.items.len()).map(item).collect()
}

fn parameter(
    parameter: String,
    values: &[f64],
    sign: f64,
    set: Option<(InvariantSet, &nalgebra::DMatrix<f64>)>,
    loss: f64,
    (left, whole): (f64, f64),
) -> AlignedParameter {
    AlignedParameter {
        parameter,
        values: values.iter().map(|v| sign * v).collect(),
        se: set.as_ref().map(|(_, c)| (0..values.len()).map(|g| c[(g, g)].max(0.0).sqrt()).collect()),
        is_invariant: set.as_ref().map(|(set, _)| set.is_in.clone()),
        pvalues: set.as_ref().map(|(set, _)| set.differences.iter().map(|(_, p)| *p).collect()),
        average: set.as_ref().map(|(set, _)| sign * set.mean),
        r_squared: (whole > 0.0).then(|| 1.0 - left / whole),
        loss,
    }
}

/// The parameters outside their sets.
fn differing(of: &GroupParameters, items: &[AlignedItem]) -> Vec<Noninvariant> {
    let mut differing = Vec::new();
    for item in items {
        for parameter in std::iter::once(&item.loading).chain(&item.intercepts) {
            let (Some(is_in), Some(pvalues), Some(average)) =
                (&parameter.is_invariant, &parameter.pvalues, parameter.average)
            else {
                continue;
            };
            for (g, group) in of.groups.iter().enumerate().filter(|(g, _)| !is_in[*g]) {
                differing.push(Noninvariant {
                    item: item.item.clone(),
                    parameter: parameter.parameter.clone(),
                    group: group.clone(),
                    value: parameter.values[g],
                    difference: parameter.values[g] - average,
                    pvalue: pvalues[g],
                });
            }
        }
    }
    differing
}

enum Which {
    Loading(usize),
    Intercept(usize),
}

/// Sums of squares of a configural parameter: what is left when every group has the mean of the aligned values, and about
/// its own mean (Asparouhov & Muthen 2014, equations 13 and 14; what is left is not centred, since a mean that is missed is
/// missed too).
fn shared(loss: &Loss, at: &Placed, means: &[f64], which: Which) -> (f64, f64) {
    let (of, groups) = (loss.of, loss.groups());
    let sd = |g: usize| at.sd(g) / at.sd(0);
    let average = |value: &dyn Fn(usize) -> f64| (0..groups).map(value).sum::<f64>() / groups as f64;
    let about =
        |value: &dyn Fn(usize) -> f64, centre: f64| (0..groups).map(|g| (value(g) - centre).powi(2)).sum();
    match which {
        Which::Loading(item) => {
            let own = |g: usize| of.loadings[g][item];
            let mean = average(&|g| own(g) / sd(g));
            (about(&|g| own(g) - sd(g) * mean, 0.0), about(&own, average(&own)))
        }
        Which::Intercept(place) => {
            let own = |g: usize| of.intercepts[g][place];
            let loading = |g: usize| of.loadings[g][of.item_of[place]] / sd(g);
            let mean = average(&|g| own(g) - loading(g) * means[g]);
            let mean_loading = average(&loading);
            (about(&|g| own(g) - mean - means[g] * mean_loading, 0.0), about(&own, average(&own)))
        }
    }
}

fn r_squared(loss: &Loss, at: &Placed, means: &[f64]) -> RSquared {
    let of = loss.of;
    let over = |all: Vec<(f64, f64)>| {
        let (left, whole) = all.iter().fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
        (whole > 0.0).then(|| 1.0 - left / whole)
    };
    RSquared {
        loadings: over((0..of.items.len()).map(|i| shared(loss, at, means, Which::Loading(i))).collect()),
        intercepts: over(
            (0..of.item_of.len()).map(|q| shared(loss, at, means, Which::Intercept(q))).collect(),
        ),
    }
}

/// All pairs of means, the higher first.
fn differences(of: &GroupParameters, means: &[f64], uncertainty: &Uncertainty) -> Vec<MeanDifference> {
    let mut all = Vec::new();
    for g in 0..means.len() {
        for h in g + 1..means.len() {
            let (high, low) = if means[g] >= means[h] { (g, h) } else { (h, g) };
            let c = &uncertainty.means;
            let variance = c[(g, g)] + c[(h, h)] - 2.0 * c[(g, h)];
            let difference = means[high] - means[low];
            all.push(MeanDifference {
                higher: of.groups[high].clone(),
                lower: of.groups[low].clone(),
                difference,
                se: variance.max(0.0).sqrt(),
                pvalue: pvalue(difference, variance),
                adjusted: 1.0,
            });
        }
    }
    let pvalues: Vec<Option<f64>> = all.iter().map(|d| Some(d.pvalue)).collect();
    for (difference, adjusted) in all.iter_mut().zip(holm(&pvalues)) {
        difference.adjusted = adjusted.unwrap_or(1.0);
    }
    all
}

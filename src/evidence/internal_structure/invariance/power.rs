//! How often a ladder finds what differs, and how often it names what does not, by simulation.
//!
//! Samples of each group are drawn from populations of their own, streams keyed by (seed, group, replicate), and go through the
//! ladder with its search. Where the populations differ in nothing but means and variances of the factors, the share of samples
//! in which something is named is the error of the whole procedure; where a parameter is shifted, the share in which its item is
//! named is the power.

use super::ladder::Invariance;
use super::shift::ShiftedPopulation;
use super::verdict::{ALPHA, RungVerdict};
use crate::data::Progress;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::simulate::{Grouped, Population};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is drawn and how often.
///
/// ```
/// use psychometrics::data::Progress;
/// use psychometrics::evidence::internal_structure::{Invariance, InvariancePower, Level};
/// use psychometrics::simulate::Population;
/// use psychometrics::{Estimation, Model};
///
/// let first: Model = "f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4".parse()?;
/// let second: Model = "f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4; x2 ~ 0.6*1".parse()?;
/// let ladder = Invariance::of(Estimation::default().group("group")).levels([Level::Metric, Level::Scalar]);
/// let found = InvariancePower::of(ladder, "f =~ x1 + x2 + x3 + x4".parse()?)
///     .group(Population::of(&first)?, 300)
///     .group(Population::of(&second)?, 300)
///     .replications(20)
///     .run(&Progress::default())?;
/// assert!(found.items["x2"] > 0.9);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct InvariancePower {
    ladder: Invariance,
    model: Model,
    grouped: Grouped,
    shifted: Vec<String>,
    replications: usize,
    seed: u64,
}

/// What the ladder found in many samples.
///
/// ```
/// use psychometrics::Estimation;
/// use psychometrics::data::Progress;
/// use psychometrics::evidence::internal_structure::{Invariance, InvariancePower, ShiftedParameter, ShiftedPopulation};
///
/// let population = ShiftedPopulation::of(&"f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4".parse()?)?
///     .shift(ShiftedParameter::Intercept, 0.6, ["x2"])?;
/// let ladder = Invariance::of(Estimation::default().group("group"));
/// let found = InvariancePower::of_shift(ladder, &population, &[300, 300])?.replications(10).run(&Progress::default())?;
/// assert_eq!((found.replications, found.used), (10, 10));
/// assert_eq!(found.shifted, ["x2"]);
/// // the share of samples in which the item is named
/// assert_eq!(found.found, Some(1.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InvariancePowerResult {
    /// Respondents of each group.
    pub n: Vec<usize>,
    /// Samples drawn,
    pub replications: usize,
    /// and those in which the partial model has a solution; shares are of these.
    pub used: usize,
    /// Seed.
    pub seed: u64,
    /// Share in which nothing is named.
    pub nothing_named: f64,
    /// By parameter that was named in some sample, the share in which it was,
    pub parameters: BTreeMap<String, f64>,
    /// and by item.
    pub items: BTreeMap<String, f64>,
    /// Items that differ in the population, where that was said;
    #[serde(default)]
    pub shifted: Vec<String>,
    /// the share of samples in which all of them are named; none where none differs,
    #[serde(default)]
    pub found: Option<f64>,
    /// that in which they are and no other item is,
    #[serde(default)]
    pub exact: Option<f64>,
    /// and that in which some other item is named.
    #[serde(default)]
    pub false_named: f64,
    /// By step, the share in which its difference test is significant (.05),
    pub rejected: BTreeMap<String, f64>,
    /// and the share in which it does not hold by the test and all rules that decide.
    #[serde(default)]
    pub not_held: BTreeMap<String, f64>,
    /// Why samples do not count, with how many; most frequent first.
    pub failures: Vec<(String, usize)>,
}

/// What one sample gives.
struct Sampled {
    released: Vec<String>,
    different: Vec<String>,
    /// By step, whether its test is significant, and whether it does not hold.
    steps: Vec<(String, Option<bool>, Option<bool>)>,
}

impl InvariancePower {
    /// A study of a ladder, whose options name a grouping variable.
    pub fn of(ladder: Invariance, model: Model) -> Self {
        let grouped = Grouped::new(variable_of(&ladder));
        Self { ladder: ladder.brief(), model, grouped, shifted: Vec::new(), replications: 200, seed: 1 }
    }

    /// A study of groups that differ in a stated way, so many respondents of each.
    ///
    /// ```
    /// use psychometrics::data::Progress;
    /// use psychometrics::evidence::internal_structure::{
    ///     Invariance, InvariancePower, ShiftedParameter, ShiftedPopulation,
    /// };
    /// use psychometrics::Estimation;
    ///
    /// let population = ShiftedPopulation::of(&"f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4".parse()?)?
    ///     .latent(0.3, 1.2)
    ///     .shift(ShiftedParameter::Intercept, 0.6, ["x2"])?;
    /// let ladder = Invariance::of(Estimation::default().group("group"));
    /// let study = InvariancePower::of_shift(ladder, &population, &[300, 300])?.replications(20);
    /// let found = study.run(&Progress::default())?;
    /// assert!(found.found.unwrap() > 0.9 && found.false_named < 0.2);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`ShiftedPopulation::structure`] and [`ShiftedPopulation::groups`].
    pub fn of_shift(ladder: Invariance, population: &ShiftedPopulation, sizes: &[usize]) -> Result<Self> {
        let mut own = Self::of(ladder, population.structure()?);
        own.grouped = population.grouped(&variable_of(&own.ladder), sizes)?;
        own.shifted = population.shifted().to_vec();
        Ok(own)
    }

    /// Items that differ between the populations: to be named, where others are not.
    #[must_use]
    pub fn shifted<S: Into<String>>(mut self, items: impl IntoIterator<Item = S>) -> Self {
        self.shifted = items.into_iter().map(Into::into).collect();
        self
    }

    /// A further group: what its respondents are drawn from, and how many.
    #[must_use]
    pub fn group(mut self, population: Population, n: usize) -> Self {
        let name = (self.grouped.sizes().len() + 1).to_string();
        self.grouped = self.grouped.group(name, population, n);
        self
    }

    /// Samples (default: 200).
    #[must_use]
    pub fn replications(mut self, replications: usize) -> Self {
        self.replications = replications;
        self
    }

    /// Seed (default: 1).
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Draws, and climbs the ladder in each sample.
    ///
    /// # Errors
    /// [`Error::BadOption`] for fewer than two groups or no replications; [`Error::Unsupported`] where no sample has a solution;
    /// [`Error::Stopped`].
    pub fn run(&self, progress: &Progress) -> Result<InvariancePowerResult> {
        let groups = self.grouped.sizes().len();
        if groups < 2 || self.replications == 0 {
            return Err(Error::BadOption {
                option: "groups and replications of a study of power".into(),
                value: format!("{groups} and {}", self.replications),
                allowed: "two groups or more, and a replication".into(),
            });
        }
        let done = AtomicU64::new(0);
        let one = |replicate: usize| -> std::result::Result<Sampled, String> {
            if progress.is_stopped() {
                return Err("stopped".into());
            }
            let found = self.replicate(replicate as u32).map_err(|error| error.code().to_string());
            progress.tell(done.fetch_add(1, Ordering::Relaxed) + 1, self.replications as u64);
            found
        };
        let all: Vec<_> = (0..self.replications).into_par_iter().map(one).collect();
        progress.check("the study of power")?;
        let mut failures: Vec<(String, usize)> = Vec::new();
        for reason in all.iter().filter_map(|own| own.as_ref().err()) {
            match failures.iter_mut().find(|(known, _)| known == reason) {
                Some((_, count)) => *count += 1,
                None => failures.push((reason.clone(), 1)),
            }
        }
        failures.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let solved: Vec<&Sampled> = all.iter().flatten().collect();
        if solved.is_empty() {
            let (reason, _) = failures.first().cloned().unwrap_or_default();
            return Err(Error::Unsupported {
                what: format!("a study in which no sample has a solution ({reason})"),
                instead: "Draw larger samples, or take a simpler model.".into(),
            });
        }
        Ok(self.summed(&solved, failures))
    }

    fn summed(&self, solved: &[&Sampled], failures: Vec<(String, usize)>) -> InvariancePowerResult {
        let used = solved.len() as f64;
        let shares = |of: &dyn Fn(&Sampled) -> Vec<String>| -> BTreeMap<String, f64> {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for name in solved.iter().flat_map(|own| of(own)) {
                *counts.entry(name).or_default() += 1;
            }
            counts.into_iter().map(|(name, count)| (name, count as f64 / used)).collect()
        };
        let named = |own: &Sampled, item: &String| own.different.contains(item);
        let share = |is: &dyn Fn(&Sampled) -> bool| solved.iter().filter(|own| is(own)).count() as f64 / used;
        let all_found = |own: &Sampled| self.shifted.iter().all(|item| named(own, item));
        let has_other = |own: &Sampled| own.different.iter().any(|item| !self.shifted.contains(item));
        let some = |share: f64| (!self.shifted.is_empty()).then_some(share);
        InvariancePowerResult {
            n: self.grouped.sizes(),
            replications: self.replications,
            used: solved.len(),
            seed: self.seed,
            nothing_named: share(&|own| own.released.is_empty()),
            parameters: shares(&|own| own.released.clone()),
            items: shares(&|own| own.different.clone()),
            shifted: self.shifted.clone(),
            found: some(share(&all_found)),
            exact: some(share(&|own| all_found(own) && !has_other(own))),
            false_named: share(&has_other),
            rejected: by_step(solved, |(_, rejected, _)| *rejected),
            not_held: by_step(solved, |(.., not_held)| *not_held),
            failures,
        }
    }

    fn replicate(&self, replicate: u32) -> Result<Sampled> {
        let data = self.grouped.sample(self.seed, replicate)?;
        let study = self.ladder.run(&self.model, &data)?;
        let partial = study.partial.filter(|own| own.converged).ok_or_else(|| Error::Unsupported {
            what: "a sample without a partial model".into(),
            instead: "Draw larger samples.".into(),
        })?;
        Ok(Sampled {
            different: partial.anchors.iter().flat_map(|own| own.different.clone()).collect(),
            released: partial.released,
            steps: study
                .comparisons
                .iter()
                .map(|own| {
                    let not_held = match own.verdict {
                        RungVerdict::Holds => Some(false),
                        RungVerdict::Fails | RungVerdict::Disagree => Some(true),
                        RungVerdict::Unknown => None,
                    };
                    (own.to.clone(), own.pvalue.map(|p| p < ALPHA), not_held)
                })
                .collect(),
        })
    }
}

/// The grouping variable of a ladder.
fn variable_of(ladder: &Invariance) -> String {
    ladder.estimation().group.clone().unwrap_or_else(|| "group".into())
}

/// By step, the share of samples in which something is so, of those in which it is known.
fn by_step(
    solved: &[&Sampled],
    is: impl Fn(&(String, Option<bool>, Option<bool>)) -> Option<bool>,
) -> BTreeMap<String, f64> {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for step in solved.iter().flat_map(|own| &own.steps) {
        if let Some(is) = is(step) {
            let count = counts.entry(step.0.clone()).or_default();
            *count = (count.0 + usize::from(is), count.1 + 1);
        }
    }
    counts.into_iter().map(|(step, (is, of))| (step, is as f64 / of as f64)).collect()
}

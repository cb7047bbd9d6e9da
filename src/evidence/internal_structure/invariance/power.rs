//! How often a ladder finds what differs, and how often it names what does not, by simulation.
//!
//! Samples of each group are drawn from populations of their own, streams keyed by (seed, group, replicate), and go through the
//! ladder with its search. Where the populations differ in nothing but means and variances of the factors, the share of samples
//! in which something is named is the error of the whole procedure; where a parameter is shifted, the share in which its item is
//! named is the power.

use super::ladder::Invariance;
use crate::data::{Column, Dataset, Grouping, Progress};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::simulate::Population;
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
    groups: Vec<(Population, usize)>,
    replications: usize,
    seed: u64,
}

/// What the ladder found in many samples.
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
    /// By step, the share in which its difference test is significant (.05).
    pub rejected: BTreeMap<String, f64>,
    /// Why samples do not count, with how many; most frequent first.
    pub failures: Vec<(String, usize)>,
}

/// What one sample gives.
struct Sampled {
    released: Vec<String>,
    different: Vec<String>,
    rejected: Vec<(String, bool)>,
}

impl InvariancePower {
    /// A study of a ladder, whose options name a grouping variable.
    pub fn of(ladder: Invariance, model: Model) -> Self {
        Self { ladder: ladder.brief(), model, groups: Vec::new(), replications: 200, seed: 1 }
    }

    /// A further group: what its respondents are drawn from, and how many.
    #[must_use]
    pub fn group(mut self, population: Population, n: usize) -> Self {
        self.groups.push((population, n));
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
        if self.groups.len() < 2 || self.replications == 0 {
            return Err(Error::BadOption {
                option: "groups and replications of a study of power".into(),
                value: format!("{} and {}", self.groups.len(), self.replications),
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
            let mut counts: BTreeMap<String, f64> = BTreeMap::new();
            for name in solved.iter().flat_map(|own| of(own)) {
                *counts.entry(name).or_insert(0.0) += 1.0 / used;
            }
            counts
        };
        let steps = |is_rejected: bool| {
            move |own: &Sampled| -> Vec<String> {
                let own = own.rejected.iter().filter(|(_, rejected)| !is_rejected || *rejected);
                own.map(|(step, _)| step.clone()).collect()
            }
        };
        let (tested, rejected) = (shares(&steps(false)), shares(&steps(true)));
        InvariancePowerResult {
            n: self.groups.iter().map(|(_, n)| *n).collect(),
            replications: self.replications,
            used: solved.len(),
            seed: self.seed,
            nothing_named: solved.iter().filter(|own| own.released.is_empty()).count() as f64 / used,
            parameters: shares(&|own| own.released.clone()),
            items: shares(&|own| own.different.clone()),
            rejected: tested
                .into_iter()
                .map(|(step, count)| {
                    let share = rejected.get(&step).copied().unwrap_or(0.0) / count;
                    (step, share)
                })
                .collect(),
            failures,
        }
    }

    fn replicate(&self, replicate: u32) -> Result<Sampled> {
        let variable = self.ladder.estimation().group.clone().unwrap_or_else(|| "group".into());
        let names = self.groups[0].0.names().to_vec();
        let mut columns: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
        let mut labels: Vec<Option<String>> = Vec::new();
        for (group, (population, n)) in self.groups.iter().enumerate() {
            // a stream of its own for each group
            let seed = self.seed.wrapping_add((group as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let sample = population.sample(*n, seed, replicate)?;
            let values = sample.numeric(&names)?;
            for (j, column) in columns.iter_mut().enumerate() {
                column.extend(values.column(j));
            }
            labels.extend((0..*n).map(|_| Some((group + 1).to_string())));
        }
        let grouping = Grouping::new(variable.clone(), labels);
        let numbers =
            names.iter().cloned().zip(columns).map(|(name, values)| (name, Column::Numeric(values)));
        let data = Dataset::from_columns(numbers.chain([(variable, Column::Text(grouping))]))?;
        let study = self.ladder.run(&self.model, &data)?;
        let partial = study.partial.filter(|own| own.converged).ok_or_else(|| Error::Unsupported {
            what: "a sample without a partial model".into(),
            instead: "Draw larger samples.".into(),
        })?;
        Ok(Sampled {
            different: partial.anchors.iter().flat_map(|own| own.different.clone()).collect(),
            released: partial.released,
            rejected: study
                .comparisons
                .iter()
                .filter_map(|own| Some((own.to.clone(), own.pvalue? < 0.05)))
                .collect(),
        })
    }
}

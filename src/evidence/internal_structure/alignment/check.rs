//! Whether an alignment can be trusted at these sizes and with these differences: samples are drawn from the aligned solution,
//! aligned again, and compared with it (Muthen & Asparouhov 2014; Asparouhov & Muthen 2014, section 3).
//!
//! The moments of the aligned solution are those of the configural model, of which it is another scale; so samples are
//! drawn from these, a stream for each group keyed by (seed, group, sample). In every sample the means of the groups are
//! correlated with those of the solution over the groups, and so are the standard deviations; Muthen and Asparouhov ask for
//! correlations of .98 and more on average before groups are ranked.

use super::aligning::Align;
use super::configural::GroupParameters;
use super::found::{AlignedParameter, Alignment};
use crate::data::{Dataset, Progress};
use crate::error::{Error, Result};
use crate::estimate::Estimation;
use crate::model::{Formula, Model, Operator};
use crate::simulate::{Grouped, Population};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};

/// Correlation from which on groups may be ranked (Muthen & Asparouhov 2014).
const ENOUGH: f64 = 0.98;
/// Of a 95 % interval.
const Z: f64 = 1.959963984540054;

/// What samples from an aligned solution say of it.
///
/// ```
/// use psychometrics::data::{Dataset, Progress};
/// use psychometrics::evidence::internal_structure::{Align, AlignmentSamples};
/// use psychometrics::{Estimation, Model};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "textual =~ x4 + x5 + x6".parse()?;
/// let samples = AlignmentSamples::of(20).seed(7);
/// let (_, checks) = samples.run(&Align::default(), &Estimation::default().group("school"), &model, &data, &Progress::default())?;
/// let check = &checks[0];
/// assert_eq!((check.factor.as_str(), check.replications, check.used), ("textual", 20, 20));
/// assert_eq!(format!("{:.2}", check.mean_error), "0.11");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AlignmentCheck {
    /// The factor.
    pub factor: String,
    /// Samples drawn,
    pub replications: usize,
    /// and those that could be aligned; all that follows is of these.
    pub used: usize,
    /// Seed.
    pub seed: u64,
    /// Mean correlation of the groups' means with those of the solution; none of two groups, or where they do not vary.
    pub mean_correlation: Option<f64>,
    /// The same of standard deviations.
    pub sd_correlation: Option<f64>,
    /// Share of the samples in which the correlation of the means is below .98.
    pub below: Option<f64>,
    /// Whether groups may be ranked: a mean correlation of .98 or more.
    pub reliable: Option<bool>,
    /// Mean over groups and samples of the absolute difference of a mean from that of the solution.
    pub mean_error: f64,
    /// Share of the 95 % intervals of means (of all groups but the first) that hold the mean of the solution.
    pub mean_coverage: Option<f64>,
    /// Share of the 95 % intervals of loadings that hold that of the solution,
    pub loading_coverage: Option<f64>,
    /// and of intercepts or thresholds.
    pub intercept_coverage: Option<f64>,
    /// Share of all parameters (item, parameter, group) that are told as the same as others, or as different, as in the solution.
    pub recovered: Option<f64>,
    /// The same of those only that differ in the solution; none where none does.
    pub recovered_different: Option<f64>,
    /// Why samples do not count, with how many; most frequent first.
    pub failures: Vec<(String, usize)>,
}

/// A Monte-Carlo check of alignments: how many samples, and from where.
///
/// ```
/// use psychometrics::data::{Dataset, Progress};
/// use psychometrics::evidence::internal_structure::{Align, AlignmentSamples};
/// use psychometrics::{Estimation, Model};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "textual =~ x4 + x5 + x6".parse()?;
/// let (align, estimation) = (Align::default(), Estimation::default().group("school"));
/// let samples = AlignmentSamples::of(20).seed(7);
/// let (_, check) = samples.run(&align, &estimation, &model, &data, &Progress::default())?;
/// // of two groups there is no correlation of means to speak of
/// assert_eq!((check[0].used, check[0].mean_correlation), (20, None));
/// assert!(check[0].mean_coverage.unwrap() > 0.7);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct AlignmentSamples {
    replications: usize,
    seed: u64,
}

/// What is drawn and fitted in every sample.
struct Drawn {
    grouped: Grouped,
    estimation: Estimation,
    model: Model,
}

/// A sample against the solution of one factor.
struct Against {
    means: Option<f64>,
    sds: Option<f64>,
    error: f64,
    mean_coverage: Share,
    loadings: Share,
    intercepts: Share,
    recovered: Share,
    different: Share,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    of: usize,
    hits: usize,
}

impl Share {
    fn add(&mut self, hit: bool) {
        self.of += 1;
        self.hits += usize::from(hit);
    }

    fn over(all: impl Iterator<Item = Self>) -> Option<f64> {
        let sum =
            all.fold(Self::default(), |sum, own| Self { of: sum.of + own.of, hits: sum.hits + own.hits });
        (sum.of > 0).then(|| sum.hits as f64 / sum.of as f64)
    }
}

impl AlignmentSamples {
    /// So many samples, seed 1.
    pub fn of(replications: usize) -> Self {
        Self { replications, seed: 1 }
    }

    /// Seed of the samples.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Fits the model in each group with nothing equal, aligns every factor ([`Align::fit`]), and checks the alignments.
    ///
    /// # Errors
    /// What [`Align::fit`] gives; [`Error::BadOption`] for no samples, [`Error::Unsupported`] for clusters, weights or auxiliary
    /// variables, which samples do not have, and where no sample could be aligned; [`Error::Stopped`].
    pub fn run(
        &self,
        align: &Align,
        estimation: &Estimation,
        model: &Model,
        data: &Dataset,
        progress: &Progress,
    ) -> Result<(Vec<Alignment>, Vec<AlignmentCheck>)> {
        let has_more =
            estimation.cluster.is_some() || estimation.weights.is_some() || !estimation.auxiliary.is_empty();
        if has_more {
            return Err(Error::Unsupported {
                what: "a check of an alignment with clusters, weights or auxiliary variables, which samples do not have"
                    .into(),
                instead: "Align and check without them.".into(),
            });
        }
        let fit = align.configural(estimation, model, data)?;
        let found = align.of_fit(&fit)?;
        let variable = estimation.group.clone().unwrap_or_else(|| "group".into());
        let mut grouped = Grouped::new(variable);
        for (group, n) in fit.nobs.iter().enumerate() {
            grouped = grouped.group((group + 1).to_string(), Population::of_fit(&fit, group)?, *n);
        }
        let drawn = Drawn { grouped, estimation: estimation.clone(), model: model.clone() };
        let checks = self.drawn(align, &drawn, &found, progress)?;
        Ok((found, checks))
    }

    /// The same of parameters of one factor with continuous items and residual variances by group and item.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for thresholds and without residual variances
    /// ([`GroupParameters::with_residuals`]); as [`run`](Self::run).
    pub fn check_parameters(
        &self,
        align: &Align,
        parameters: &GroupParameters,
        found: &Alignment,
        progress: &Progress,
    ) -> Result<AlignmentCheck> {
        let Some(residuals) = parameters.residuals.as_ref().filter(|_| !parameters.are_thresholds) else {
            return Err(Error::Unsupported {
                what:
                    "a check of an alignment without residual variances, from which no samples can be drawn"
                        .into(),
                instead: "Give them in a column 'residual', or align from the data (invariance --alignment)."
                    .into(),
            });
        };
        let mut grouped = Grouped::new("group");
        for (group, name) in parameters.groups.iter().enumerate() {
            let loadings = DVector::from_column_slice(&parameters.loadings[group]);
            let mut covariance = &loadings * loadings.transpose();
            covariance += DMatrix::from_diagonal(&DVector::from_column_slice(&residuals[group]));
            let mean = DVector::from_column_slice(&parameters.intercepts[group]);
            let items = parameters.items.clone();
            let none = vec![Vec::new(); items.len()];
            let population = Population::with_moments(items, covariance, mean, none)?;
            grouped = grouped.group(name, population, parameters.n[group] as usize);
        }
        let each =
            parameters.items.iter().map(|item| Formula::new(&parameters.factor, Operator::Loading, item));
        let model = Model::from_formulas(each)?;
        let drawn = Drawn { grouped, estimation: Estimation::default().group("group"), model };
        let mut all = self.drawn(align, &drawn, std::slice::from_ref(found), progress)?;
        all.pop().ok_or_else(|| Error::Unsupported {
            what: "a check of no factor".into(),
            instead: "Give the parameters of a factor.".into(),
        })
    }

    fn drawn(
        &self,
        align: &Align,
        drawn: &Drawn,
        found: &[Alignment],
        progress: &Progress,
    ) -> Result<Vec<AlignmentCheck>> {
        if self.replications == 0 {
            return Err(Error::BadOption {
                option: "samples of a check".into(),
                value: "0".into(),
                allowed: "1 or more".into(),
            });
        }
        let done = AtomicU64::new(0);
        let one = |sample: usize| -> std::result::Result<Vec<Against>, String> {
            if progress.is_stopped() {
                return Err("stopped".into());
            }
            let own = aligned(align, drawn, self.seed, sample as u32);
            let own = own.map(|all| all.iter().zip(found).map(|(own, at)| against(own, at)).collect());
            progress.tell(done.fetch_add(1, Ordering::Relaxed) + 1, self.replications as u64);
            own.map_err(|error| error.code().to_string())
        };
        let all: Vec<_> = (0..self.replications).into_par_iter().map(one).collect();
        progress.check("the check of the alignment")?;
        let mut failures: Vec<(String, usize)> = Vec::new();
        for reason in all.iter().filter_map(|own| own.as_ref().err()) {
            match failures.iter_mut().find(|(known, _)| known == reason) {
                Some((_, count)) => *count += 1,
                None => failures.push((reason.clone(), 1)),
            }
        }
        failures.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let solved: Vec<&Vec<Against>> = all.iter().flatten().collect();
        if solved.is_empty() {
            let (reason, _) = failures.first().cloned().unwrap_or_default();
            return Err(Error::Unsupported {
                what: format!("a check in which no sample could be aligned ({reason})"),
                instead: "Groups of such sizes do not carry an alignment: leave out the small ones, or items that say little."
                    .into(),
            });
        }
        let of = |(factor, alignment): (usize, &Alignment)| {
            let own: Vec<&Against> = solved.iter().map(|sample| &sample[factor]).collect();
            self.summed(&alignment.factor, &own, failures.clone())
        };
        Ok(found.iter().enumerate().map(of).collect())
    }

    fn summed(&self, factor: &str, own: &[&Against], failures: Vec<(String, usize)>) -> AlignmentCheck {
        let n = own.len() as f64;
        let mean = |of: &dyn Fn(&Against) -> Option<f64>| -> Option<f64> {
            let all: Vec<f64> = own.iter().map(|sample| of(sample)).collect::<Option<_>>()?;
            Some(all.iter().sum::<f64>() / n)
        };
        let mean_correlation = mean(&|sample| sample.means);
        AlignmentCheck {
            factor: factor.into(),
            replications: self.replications,
            used: own.len(),
            seed: self.seed,
            mean_correlation,
            sd_correlation: mean(&|sample| sample.sds),
            below: mean(&|sample| sample.means.map(|r| f64::from(u8::from(r < ENOUGH)))),
            reliable: mean_correlation.map(|r| r >= ENOUGH),
            mean_error: own.iter().map(|sample| sample.error).sum::<f64>() / n,
            mean_coverage: Share::over(own.iter().map(|sample| sample.mean_coverage)),
            loading_coverage: Share::over(own.iter().map(|sample| sample.loadings)),
            intercept_coverage: Share::over(own.iter().map(|sample| sample.intercepts)),
            recovered: Share::over(own.iter().map(|sample| sample.recovered)),
            recovered_different: Share::over(own.iter().map(|sample| sample.different)),
            failures,
        }
    }
}

/// The alignments of one sample.
fn aligned(align: &Align, drawn: &Drawn, seed: u64, sample: u32) -> Result<Vec<Alignment>> {
    let data = drawn.grouped.sample(seed, sample)?;
    align.fit(&drawn.estimation, &drawn.model, &data)
}

fn against(own: &Alignment, solution: &Alignment) -> Against {
    let (means, sds) = (own.means(), own.sds());
    let groups = solution.groups.len();
    let mut mean_coverage = Share::default();
    for (group, at) in own.groups.iter().zip(&solution.groups).skip(1) {
        if let Some(se) = group.mean_se {
            mean_coverage.add((group.mean - at.mean).abs() <= Z * se);
        }
    }
    let mut found = Against {
        means: correlation(&means, &solution.means()),
        sds: correlation(&sds, &solution.sds()),
        error: means.iter().zip(solution.means()).skip(1).map(|(a, b)| (a - b).abs()).sum::<f64>()
            / (groups - 1) as f64,
        mean_coverage,
        loadings: Share::default(),
        intercepts: Share::default(),
        recovered: Share::default(),
        different: Share::default(),
    };
    for (item, at) in own.items.iter().zip(&solution.items) {
        let Against { loadings, intercepts, recovered, different, .. } = &mut found;
        compare(&item.loading, &at.loading, loadings, recovered, different);
        for (own, at) in item.intercepts.iter().zip(&at.intercepts) {
            compare(own, at, intercepts, recovered, different);
        }
    }
    found
}

/// A parameter of a sample against that of the solution, in every group.
fn compare(
    own: &AlignedParameter,
    at: &AlignedParameter,
    covered: &mut Share,
    recovered: &mut Share,
    different: &mut Share,
) {
    for (group, value) in at.values.iter().enumerate() {
        if let Some(se) = own.se.as_ref().and_then(|se| se.get(group)) {
            covered.add((own.values[group] - value).abs() <= Z * se);
        }
        let told = |parameter: &AlignedParameter| {
            parameter.is_invariant.as_ref().and_then(|all| all.get(group).copied())
        };
        if let Some((is, was)) = told(own).zip(told(at)) {
            recovered.add(is == was);
            if !was {
                different.add(is == was);
            }
        }
    }
}

/// Over three groups or more.
fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let n = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let sum = |x: &[f64], mean_x: f64, y: &[f64], mean_y: f64| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum()
    };
    let (aa, bb) = (sum(a, mean_a, a, mean_a), sum(b, mean_b, b, mean_b));
    (a.len() > 2 && aa > 0.0 && bb > 0.0).then(|| sum(a, mean_a, b, mean_b) / (aa * bb).sqrt())
}

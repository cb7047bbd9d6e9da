//! Monte-Carlo: a model fitted to one sample after another.
//!
//! Of every parameter with population value t, estimates t_r and standard errors s_r over R replications:
//!
//! ```text
//! bias = mean t_r - t       sd = standard deviation of t_r (divisor R - 1)      mse = bias^2 + var t_r (divisor R)
//! coverage = share of intervals t_r -+ 1.96 s_r that hold t       power = share with |t_r / s_r| > 1.96
//! ```
//!
//! (Muthen & Muthen 2002). The population values are the estimates at the population's own moments, so that they
//! exist under any scaling and for a misspecified model too; of ordinal answers those of a sample of 200,000.

use super::population::Population;
use crate::data::Progress;
use crate::error::{Error, Result};
use crate::estimate::{Estimation, Fit, StandardErrors, Status, TestStatistic};
use crate::model::{Model, Operator};
use crate::moments::{LabelledMatrix, Moments};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is drawn, and what is fitted to it.
///
/// ```
/// use psychometrics::data::Progress;
/// use psychometrics::simulate::{Population, Study};
/// use psychometrics::{Estimation, Model};
///
/// let truth: Model = "f =~ 0.8*x1 + 0.7*x2 + 0.6*x3 + 0.5*x4".parse()?;
/// let study = Study {
///     population: Population::of(&truth)?,
///     model: "f =~ x1 + x2 + x3 + x4".parse()?,
///     estimation: Estimation::default(),
///     n: 200,
///     replications: 50,
///     seed: 1,
/// };
/// let found = study.run(&Progress::default())?;
/// assert_eq!((found.replications, found.converged), (50, 50));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Study {
    /// Where samples come from.
    pub population: Population,
    /// The model that is fitted.
    pub model: Model,
    /// How.
    pub estimation: Estimation,
    /// Respondents per sample.
    pub n: usize,
    /// Samples.
    pub replications: usize,
    /// Seed; every sample has random streams of its own.
    pub seed: u64,
}

/// One parameter over the replications.
///
/// ```
/// # use psychometrics::data::Progress;
/// # use psychometrics::simulate::{Population, Study};
/// # use psychometrics::{Estimation, Model};
/// # let truth: Model = "f =~ 0.8*x1 + 0.7*x2 + 0.6*x3 + 0.5*x4".parse()?;
/// # let study = Study {
/// #     population: Population::of(&truth)?,
/// #     model: "f =~ x1 + x2 + x3 + x4".parse()?,
/// #     estimation: Estimation::default(),
/// #     n: 200,
/// #     replications: 50,
/// #     seed: 1,
/// # };
/// // the study above, of a loading of .7 beside the marker's .8
/// let found = study.run(&Progress::default())?;
/// let loading = found.parameters.iter().find(|own| own.rhs == "x2").unwrap();
/// assert_eq!(format!("{:.3} {:.3} {:.3}", loading.population, loading.mean, loading.bias), "0.875 0.884 0.009");
/// assert_eq!(loading.coverage, 0.92);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StudyParameter {
    /// Left-hand side.
    pub lhs: String,
    /// lavaan's operator.
    pub op: Operator,
    /// Right-hand side.
    pub rhs: String,
    /// Population value.
    pub population: f64,
    /// Mean of the estimates.
    pub mean: f64,
    /// Their standard deviation.
    pub sd: f64,
    /// Mean of the standard errors.
    pub mean_se: f64,
    /// Mean minus population value.
    pub bias: f64,
    /// Mean squared error.
    pub mse: f64,
    /// Share of the 95 % intervals that hold the population value.
    pub coverage: f64,
    /// Share of the replications in which the parameter differs from zero at the 5 % level.
    pub power: f64,
}

/// The test of the model over the replications.
///
/// ```
/// # use psychometrics::data::Progress;
/// # use psychometrics::simulate::{Population, Study};
/// # use psychometrics::{Estimation, Model};
/// # let truth: Model = "f =~ 0.8*x1 + 0.7*x2 + 0.6*x3 + 0.5*x4".parse()?;
/// # let study = Study {
/// #     population: Population::of(&truth)?,
/// #     model: "f =~ x1 + x2 + x3 + x4".parse()?,
/// #     estimation: Estimation::default(),
/// #     n: 200,
/// #     replications: 50,
/// #     seed: 1,
/// # };
/// // the model is true: its statistic is near its degrees of freedom, and it is seldom rejected
/// let fit = study.run(&Progress::default())?.fit;
/// assert_eq!((fit.df, fit.rejected), (2.0, 0.04));
/// assert_eq!(format!("{:.2}", fit.chisq), "1.88");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StudyFit {
    /// Degrees of freedom.
    pub df: f64,
    /// Mean of the test statistic (scaled, where the estimator scales it).
    pub chisq: f64,
    /// Its standard deviation.
    pub chisq_sd: f64,
    /// Share of the replications in which the model is rejected at the 5 % level.
    pub rejected: f64,
    /// Mean of the CFI.
    pub cfi: f64,
    /// Mean of the RMSEA.
    pub rmsea: f64,
    /// Mean of the SRMR.
    pub srmr: f64,
}

/// What a study found.
///
/// ```
/// # use psychometrics::data::Progress;
/// # use psychometrics::simulate::{Population, Study};
/// # use psychometrics::{Estimation, Model};
/// # let truth: Model = "f =~ 0.8*x1 + 0.7*x2 + 0.6*x3 + 0.5*x4".parse()?;
/// # let study = Study {
/// #     population: Population::of(&truth)?,
/// #     model: "f =~ x1 + x2 + x3 + x4".parse()?,
/// #     estimation: Estimation::default(),
/// #     n: 200,
/// #     replications: 50,
/// #     seed: 1,
/// # };
/// let found = study.run(&Progress::default())?;
/// assert_eq!((found.converged, found.improper, found.failures.len()), (50, 0, 0));
/// assert_eq!(found.parameters.len(), 8);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StudyResult {
    /// Respondents per sample.
    pub n: usize,
    /// Samples drawn.
    pub replications: usize,
    /// Samples with a solution: all that follows is about them.
    pub converged: usize,
    /// Of these, improper ones (a negative variance, say).
    pub improper: usize,
    /// Seed.
    pub seed: u64,
    /// Estimator.
    pub estimator: Cow<'static, str>,
    /// Free and defined parameters.
    pub parameters: Vec<StudyParameter>,
    /// The test of the model.
    pub fit: StudyFit,
    /// Why samples have no solution, most frequent first.
    pub failures: Vec<(String, usize)>,
}

/// So many respondents that N and N - 1 are the same; as many as there can be on a machine of 32 bits.
const NO_MATTER: usize = if usize::BITS > 40 { 1_usize.wrapping_shl(40) } else { usize::MAX / 2 };

/// Rows that stand for the population of ordinal answers.
const MANY: usize = 200_000;

/// Of one replication.
struct Replication {
    /// Estimate and standard error of each parameter.
    estimates: Vec<(f64, Option<f64>)>,
    proper: bool,
    /// Statistic, p-value, CFI, RMSEA, SRMR.
    fit: [f64; 5],
}

impl Study {
    /// Draws and fits.
    ///
    /// ```
    /// use psychometrics::data::Progress;
    /// use psychometrics::simulate::{Population, Study};
    /// use psychometrics::{Estimation, Model};
    ///
    /// let truth: Model = "f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4".parse()?;
    /// let study = Study {
    ///     population: Population::of(&truth)?,
    ///     model: "f =~ x1 + x2 + x3 + x4".parse()?,
    ///     estimation: Estimation::default(),
    ///     n: 300,
    ///     replications: 200,
    ///     seed: 1,
    /// };
    /// let found = study.run(&Progress::default())?;
    /// let loading = &found.parameters[0];
    /// assert!((loading.population - 1.0).abs() < 1e-6 && loading.bias.abs() < 0.05);
    /// assert!(loading.coverage > 0.9 && found.fit.rejected < 0.11);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BadOption`] for no replications; what the fit to the population gives; [`Error::Unsupported`]
    /// when no sample has a solution.
    pub fn run(&self, progress: &Progress) -> Result<StudyResult> {
        if self.replications == 0 || self.n == 0 {
            return Err(Error::BadOption {
                option: if self.n == 0 { "n" } else { "replications" }.into(),
                value: "0".into(),
                allowed: "1 or more".into(),
            });
        }
        progress.check("the study")?;
        let truth = self.truth()?;
        let estimation = self.estimation.clone().progress(progress.silent());
        let reported: Vec<usize> = (0..truth.parameters.len()).filter(|&i| is_estimated(&truth, i)).collect();
        let done = AtomicU64::new(0);
        let one = |replication: usize| {
            if progress.is_stopped() {
                return Err("stopped".to_string());
            }
            let result = self.replicate(&estimation, replication as u32, &reported);
            progress.tell(done.fetch_add(1, Ordering::Relaxed) + 1, self.replications as u64);
            result
        };
        let replications: Vec<std::result::Result<Replication, String>> =
            (0..self.replications).into_par_iter().map(one).collect();
        progress.check("the study")?;
        let mut failures: Vec<(String, usize)> = Vec::new();
        for reason in replications.iter().filter_map(|r| r.as_ref().err()) {
            match failures.iter_mut().find(|(known, _)| known == reason) {
                Some((_, count)) => *count += 1,
                None => failures.push((reason.clone(), 1)),
            }
        }
        failures.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let solved: Vec<&Replication> = replications.iter().flatten().collect();
        if solved.is_empty() {
            let (reason, _) = failures.first().cloned().unwrap_or_default();
            return Err(Error::Unsupported {
                what: format!("a study in which no sample has a solution ({reason})"),
                instead: "Draw larger samples, or fit a simpler model.".into(),
            });
        }
        let parameters = reported.iter().enumerate().map(|(at, &row)| summary(&truth, row, at, &solved));
        let of = |at: usize| -> Vec<f64> { solved.iter().map(|r| r.fit[at]).collect() };
        Ok(StudyResult {
            n: self.n,
            replications: self.replications,
            converged: solved.len(),
            improper: solved.iter().filter(|r| !r.proper).count(),
            seed: self.seed,
            estimator: truth.estimator.name().into(),
            parameters: parameters.collect(),
            fit: StudyFit {
                df: truth.df() as f64,
                chisq: mean(&of(0)),
                chisq_sd: deviation(&of(0)),
                rejected: share(of(1).iter().map(|p| *p < 0.05)),
                cfi: mean(&of(2)),
                rmsea: mean(&of(3)),
                srmr: mean(&of(4)),
            },
            failures,
        })
    }

    /// The model at the population's own moments.
    fn truth(&self) -> Result<Fit> {
        let Some((covariance, mean)) = self.population.moments() else {
            // its estimates are all that is wanted
            let estimation = self.estimation.clone().standard_errors(StandardErrors::None);
            let many = self.population.dataset(MANY, self.seed)?;
            return estimation.test(TestStatistic::Standard).fit(&self.model, &many);
        };
        let names = self.population.names();
        let matrix = LabelledMatrix::square(names, covariance);
        let moments = Moments::from_covariance(&matrix, NO_MATTER, Some(mean.as_slice()))?;
        self.estimation.clone().by_moments().fit_moments(&self.model, &moments)
    }

    fn replicate(
        &self,
        estimation: &Estimation,
        replication: u32,
        reported: &[usize],
    ) -> std::result::Result<Replication, String> {
        let sample = self.population.sample(self.n, self.seed, replication);
        let fit = sample.and_then(|sample| estimation.fit(&self.model, &sample));
        let fit = fit.map_err(|error| error.code().to_string())?;
        if !fit.converged {
            return Err(fit.status.code().to_string());
        }
        let either = |scaled: &str, plain: &str| fit.known(scaled).or(fit.known(plain)).unwrap_or(f64::NAN);
        Ok(Replication {
            estimates: reported
                .iter()
                .map(|&row| (fit.parameters[row].est, fit.parameters[row].se))
                .collect(),
            proper: fit.status == Status::Converged,
            fit: [
                either("chisq.scaled", "chisq"),
                either("pvalue.scaled", "pvalue"),
                either("cfi.robust", "cfi"),
                either("rmsea.robust", "rmsea"),
                either("srmr", "srmr"),
            ],
        })
    }
}

fn is_estimated(fit: &Fit, row: usize) -> bool {
    fit.parameters[row].free > 0 || fit.parameters[row].op == ":="
}

fn summary(truth: &Fit, row: usize, at: usize, solved: &[&Replication]) -> StudyParameter {
    let parameter = &truth.parameters[row];
    let estimates: Vec<f64> = solved.iter().map(|r| r.estimates[at].0).collect();
    let errors: Vec<f64> = solved.iter().filter_map(|r| r.estimates[at].1).collect();
    let pairs = || solved.iter().filter_map(|r| Some((r.estimates[at].0, r.estimates[at].1?)));
    let z = 1.959_963_984_540_054;
    let (population, average, sd) = (parameter.est, mean(&estimates), deviation(&estimates));
    let bias = average - population;
    let r = estimates.len() as f64;
    StudyParameter {
        lhs: parameter.lhs.clone(),
        op: parameter.op,
        rhs: parameter.rhs.clone(),
        population,
        mean: average,
        sd,
        mean_se: mean(&errors),
        bias,
        mse: bias * bias + if r > 1.0 { sd * sd * (r - 1.0) / r } else { 0.0 },
        coverage: share(pairs().map(|(est, se)| (est - population).abs() <= z * se)),
        power: share(pairs().map(|(est, se)| est.abs() > z * se)),
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// With divisor R - 1; zero of one value.
fn deviation(values: &[f64]) -> f64 {
    let centre = mean(values);
    let squares: f64 = values.iter().map(|v| (v - centre).powi(2)).sum();
    if values.len() > 1 { (squares / (values.len() as f64 - 1.0)).sqrt() } else { 0.0 }
}

fn share(which: impl Iterator<Item = bool>) -> f64 {
    let (yes, all) = which.fold((0.0, 0.0), |(yes, all), is| (yes + f64::from(u8::from(is)), all + 1.0));
    yes / all
}

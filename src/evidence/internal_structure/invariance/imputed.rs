//! A ladder over completed data sets: every step in each of them, difference tests pooled.
//!
//! Where estimates maximise a likelihood of complete continuous answers and the test is the likelihood ratio, tests are pooled
//! by D3 (Meng & Rubin 1992): from the likelihood ratios at each data set's own estimates and at the pooled estimates of both
//! models. Other statistics are pooled by D2 (Li, Meng, Raghunathan & Rubin 1991), which rests on them alone and so goes with
//! every estimator; with much missing it is coarse. Each test says by which rule it was pooled. Measures of fit are means. What
//! differs is told by the share of the data sets in which the search names it.

use super::ladder::Invariance;
use super::level::Level;
use super::study::InvarianceStudy;
use super::verdict::{Changes, Circumstances, RuleOutcome, RungVerdict, rules};
use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::estimate::{DifferenceTest, Fit, PooledTest, pooled_difference, pooled_model};
use crate::model::Model;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A ladder over completed data sets.
///
/// ```
/// use psychometrics::evidence::internal_structure::{Invariance, Level};
/// use psychometrics::{Estimation, Model, data::Dataset, simulate::Imputer};
///
/// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// let completed = Imputer::new(model.observed_names()).imputations(3).impute(&data)?;
/// let ladder = Invariance::of(Estimation::default().group("school")).levels([Level::Metric, Level::Scalar]).steps_only();
/// let found = ladder.run_imputed(&model, &completed.datasets)?;
/// assert_eq!((found.m, found.used, found.models.len(), found.comparisons.len()), (3, 3, 2, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImputedInvariance {
    /// The grouping variable.
    pub group: String,
    /// Its values; the first is the reference.
    pub groups: Vec<String>,
    /// Respondents of each.
    pub nobs: Vec<usize>,
    /// Completed data sets,
    pub m: usize,
    /// and those in which every step has a solution; all that follows is of these.
    pub used: usize,
    /// The steps.
    pub models: Vec<ImputedRung>,
    /// What each costs against the one before.
    pub comparisons: Vec<ImputedComparison>,
    /// By parameter that the search named in some data set, the share in which it did.
    pub released: BTreeMap<String, f64>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// A step over completed data sets.
///
/// ```
/// use psychometrics::evidence::internal_structure::{Invariance, Level};
/// use psychometrics::{Estimation, Model, data::Dataset, simulate::Imputer};
///
/// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// let completed = Imputer::new(model.observed_names()).imputations(3).impute(&data)?;
/// let ladder = Invariance::of(Estimation::default().group("school")).levels([Level::Metric, Level::Scalar]).steps_only();
/// let found = ladder.run_imputed(&model, &completed.datasets)?;
/// let first = &found.models[0];
/// assert_eq!((first.level.as_str(), first.npar), ("metric", 34));
/// assert!(first.cfi.unwrap() > 0.9);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImputedRung {
    /// Its name.
    pub level: String,
    /// Its chi-squares (scaled where due), pooled: by D3 where there is a likelihood, else by D2; none without degrees of
    /// freedom.
    pub test: Option<PooledTest>,
    /// Mean CFI,
    pub cfi: Option<f64>,
    /// RMSEA,
    pub rmsea: Option<f64>,
    /// and SRMR.
    pub srmr: Option<f64>,
    /// Free parameters.
    pub npar: usize,
}

/// What a step costs over completed data sets.
///
/// ```
/// use psychometrics::evidence::internal_structure::{Invariance, Level};
/// use psychometrics::{Estimation, Model, data::Dataset, simulate::Imputer};
///
/// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// let completed = Imputer::new(model.observed_names()).imputations(3).impute(&data)?;
/// let ladder = Invariance::of(Estimation::default().group("school")).levels([Level::Metric, Level::Scalar]).steps_only();
/// let found = ladder.run_imputed(&model, &completed.datasets)?;
/// let step = &found.comparisons[0];
/// assert_eq!((step.from.as_str(), step.to.as_str(), step.test.as_ref().unwrap().df1), ("metric", "scalar", 4.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImputedComparison {
    /// The freer step.
    pub from: String,
    /// The restricted one.
    pub to: String,
    /// The test in each data set.
    pub method: DifferenceTest,
    /// The pooled test: by D3 where there is a likelihood, else by D2; none where it does not exist in some data set.
    pub test: Option<PooledTest>,
    /// The same by D2, where `test` is by D3.
    #[serde(default)]
    pub d2: Option<PooledTest>,
    /// Mean change of CFI,
    pub delta_cfi: Option<f64>,
    /// RMSEA,
    pub delta_rmsea: Option<f64>,
    /// and SRMR.
    pub delta_srmr: Option<f64>,
    /// What the test and the rules come to.
    pub verdict: RungVerdict,
    /// The test and the rules, one by one.
    pub rules: Vec<RuleOutcome>,
}

fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let all: Vec<f64> = values.collect::<Option<_>>()?;
    (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
}

/// D2 of statistics with degrees of freedom; none where one of them does not exist.
fn pooled(statistics: impl Iterator<Item = Option<f64>>, df: Option<f64>) -> Option<PooledTest> {
    let all: Vec<f64> = statistics.collect::<Option<_>>()?;
    PooledTest::d2(&all, df.filter(|df| *df > 0.0)?).ok()
}

impl Invariance {
    /// The ladder over data sets that were completed by imputation (an [`Imputer`](crate::simulate::Imputer), or another
    /// program).
    ///
    /// # Errors
    /// [`Error::TooFewRows`] for fewer than two data sets with a solution; as [`run`](Self::run) where none has one.
    pub fn run_imputed(&self, model: &Model, datasets: &[Dataset]) -> Result<ImputedInvariance> {
        let ladder = self.clone().brief();
        let each: Vec<Result<(InvarianceStudy, Vec<Fit>)>> =
            datasets.par_iter().map(|data| ladder.with_fits(model, data)).collect();
        let m = each.len();
        let (mut solved, mut fits, mut first_error) = (Vec::with_capacity(m), Vec::with_capacity(m), None);
        for study in each {
            match study {
                Ok((study, own)) if study.models.iter().all(|own| own.converged) => {
                    solved.push(study);
                    fits.push(own);
                }
                Ok(_) => {}
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        if solved.len() < 2 {
            let what = "completed data sets in which every step has a solution".into();
            return Err(first_error.unwrap_or(Error::TooFewRows { what, n: solved.len(), needed: 2 }));
        }
        let mut warnings: Vec<Warning> = Vec::new();
        if solved.len() < m {
            warnings.push(Warning::ImputationsLeftOut { left_out: m - solved.len(), m });
        }
        let first = &solved[0];
        let steps = solved.iter().map(|own| own.models.len()).min().unwrap_or(0);
        let of_step = |i: usize| fits.iter().map(|own| own[i].clone()).collect::<Vec<Fit>>();
        let by_step: Vec<Vec<Fit>> = (0..steps).map(of_step).collect();
        let models: Vec<ImputedRung> = (0..steps)
            .map(|i| {
                let each = || solved.iter().map(move |own| &own.models[i]);
                let known = |name: &str| first.models[i].fit.get(name);
                let (name, df) = match known("chisq.scaled") {
                    Some(_) => ("chisq.scaled", known("df.scaled")),
                    None => ("chisq", first.models[i].df),
                };
                ImputedRung {
                    level: first.models[i].level.clone(),
                    test: Some(())
                        .filter(|()| name == "chisq")
                        .and_then(|()| pooled_model(&by_step[i]))
                        .or_else(|| pooled(each().map(|own| own.fit.get(name)), df)),
                    cfi: mean(each().map(|own| own.cfi)),
                    rmsea: mean(each().map(|own| own.rmsea)),
                    srmr: mean(each().map(|own| own.srmr)),
                    npar: first.models[i].npar,
                }
            })
            .collect();
        let comparisons = (0..steps.saturating_sub(1)).map(|i| compared(&solved, &by_step, i)).collect();
        let mut released: BTreeMap<String, f64> = BTreeMap::new();
        let partials = solved.iter().filter_map(|own| own.partial.as_ref());
        for parameter in partials.flat_map(|own| &own.released) {
            *released.entry(parameter.clone()).or_insert(0.0) += 1.0 / solved.len() as f64;
        }
        Ok(ImputedInvariance {
            group: first.group.clone(),
            groups: first.groups.clone(),
            nobs: first.nobs.clone(),
            m,
            used: solved.len(),
            models,
            comparisons,
            released,
            warnings,
        })
    }
}

fn compared(solved: &[InvarianceStudy], fits: &[Vec<Fit>], i: usize) -> ImputedComparison {
    let each = || solved.iter().map(move |own| &own.comparisons[i]);
    let first = &solved[0].comparisons[i];
    let d2 = pooled(each().map(|own| own.chisq_diff), first.df_diff);
    let d3 = match first.method {
        DifferenceTest::Standard => pooled_difference(&fits[i], &fits[i + 1]),
        _ => None,
    };
    let (test, d2) = if d3.is_some() { (d3, d2) } else { (d2, None) };
    let changes = Changes {
        pvalue: test.as_ref().map(|test| test.pvalue),
        cfi: mean(each().map(|own| own.delta_cfi)),
        rmsea: mean(each().map(|own| own.delta_rmsea)),
        srmr: mean(each().map(|own| own.delta_srmr)),
    };
    let kind: Level = first.kind;
    let rules = rules(kind, changes, Circumstances { nobs: &solved[0].nobs, is_ordinal: solved[0].ordinal });
    ImputedComparison {
        from: first.from.clone(),
        to: first.to.clone(),
        method: first.method,
        test,
        d2,
        delta_cfi: changes.cfi,
        delta_rmsea: changes.rmsea,
        delta_srmr: changes.srmr,
        verdict: RungVerdict::of(&rules),
        rules,
    }
}

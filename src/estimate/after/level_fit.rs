//! Fit of each level of a two-level model: how it fits where the other level is left saturated.
//!
//! ```text
//! T_W = -2 log L (model within, saturated between) + 2 log L (saturated),   df_W = moments - parameters of that model
//! RMSEA_W = sqrt(max(T_W - df_W, 0) / (df_W (N - J)))
//! RMSEA_B = sqrt(max(T_B - df_B, 0) / (df_B J))
//! CFI, TLI: against the independence model of the level, with the other level saturated
//! ```
//!
//! (Ryu & West 2009.) T of both levels is mostly about respondents, who are more than clusters, and says little of what is
//! between; with the other level saturated, whatever does not fit is of the level. Where clusters are of one size, and
//! variables of both levels, log L is that of a pooled covariance matrix of N - J degrees of freedom and of J cluster means
//! (Muthen 1990), so that T_W is (N - J) and T_B is J times a discrepancy of moments: hence what RMSEA divides by, as in
//! the two-step approach of Yuan & Bentler (2007). Of several groups all are summed, and RMSEA has Steiger's (1998) root of
//! their number. By MLR, T / c with the traces of the same models (Yuan & Bentler 2000).
//!
//! What ties a parameter of one level to one of the other (a shared label, a constraint) is left out here.

use crate::error::{Error, Result, Warning, nearest};
use crate::estimate::constraints::null_basis;
use crate::estimate::fit::{Fit, Internals};
use crate::estimate::inference::TestStatistic;
use crate::estimate::levels::problem::{moments, problem_of, saturated_trace};
use crate::estimate::levels::references::{Among, at_moments, unstructured};
use crate::estimate::measures::all::{Basis, measures};
use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::measures::scaled::Scaled;
use crate::estimate::search::constrained::minimise_under;
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::search::scoring::{Solution, minimise};
use crate::estimate::test_parts::{Robust, ScaledTests, Test};
use crate::model::{Kind, ParameterTable};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::collections::BTreeMap;

/// Measures of fit of each level of a two-level model.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("tests/data/two_level.csv")?;
/// let model: Model = "level: 1\n f =~ y1 + y2 + y3 + y4\nlevel: 2\n g =~ 1*y1 + 1*y2 + 1*y3 + 1*y4".parse()?;
/// let levels = Estimation::default().cluster("team").fit(&model, &data)?.level_fit()?;
/// assert_eq!((levels.measure("df_within")?, levels.measure("df_between")?), (2.0, 5.0));
/// assert_eq!(format!("{:.2}", levels.measure("cfi_between")?), "0.71");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LevelFit {
    /// By name: `chisq`, `df`, `pvalue`, `baseline.chisq`, `baseline.df`, `rmsea`, `cfi` and `tli` with `_within` or
    /// `_between`; `rmsea_within.ci.lower` and `.ci.upper` (90 %) and `rmsea_within.pvalue` (of RMSEA <= .05). By MLR
    /// `chisq_within.scaled`, `pvalue_within.scaled`, `chisq_within.scaling.factor` and `rmsea`, `cfi` and `tli` with
    /// `.robust`. A level without a solution has none.
    #[serde(flatten)]
    pub measures: FitMeasures,
    /// Levels without a solution.
    pub warnings: Vec<Warning>,
}

impl LevelFit {
    /// A measure by its name.
    ///
    /// # Errors
    /// [`Error::UnknownChoice`] with the nearest name, [`Error::NoMeasure`] where it has no value.
    pub fn measure(&self, name: &str) -> Result<f64> {
        let names = || NAMES.iter().flat_map(|(_, own)| own);
        if !names().any(|own| *own == name) {
            return Err(Error::UnknownChoice {
                what: "measure of a level".into(),
                given: name.into(),
                nearest: nearest(name, names().copied()),
                allowed: names().map(|own| own.to_string()).collect(),
            });
        }
        self.measures.get(name).ok_or_else(|| Error::NoMeasure {
            measure: name.into(),
            reason: "the level has no solution with the other saturated, or the test is not scaled".into(),
        })
    }
}

/// Measures of one level by the names of both together.
const NAMES: [(&str, [&str; 2]); 20] = [
    ("chisq", ["chisq_within", "chisq_between"]),
    ("df", ["df_within", "df_between"]),
    ("pvalue", ["pvalue_within", "pvalue_between"]),
    ("chisq.scaled", ["chisq_within.scaled", "chisq_between.scaled"]),
    ("pvalue.scaled", ["pvalue_within.scaled", "pvalue_between.scaled"]),
    ("chisq.scaling.factor", ["chisq_within.scaling.factor", "chisq_between.scaling.factor"]),
    ("baseline.chisq", ["baseline.chisq_within", "baseline.chisq_between"]),
    ("baseline.df", ["baseline.df_within", "baseline.df_between"]),
    ("cfi", ["cfi_within", "cfi_between"]),
    ("tli", ["tli_within", "tli_between"]),
    ("cfi.robust", ["cfi_within.robust", "cfi_between.robust"]),
    ("tli.robust", ["tli_within.robust", "tli_between.robust"]),
    ("rmsea", ["rmsea_within", "rmsea_between"]),
    ("rmsea.ci.lower", ["rmsea_within.ci.lower", "rmsea_between.ci.lower"]),
    ("rmsea.ci.upper", ["rmsea_within.ci.upper", "rmsea_between.ci.upper"]),
    ("rmsea.pvalue", ["rmsea_within.pvalue", "rmsea_between.pvalue"]),
    ("rmsea.robust", ["rmsea_within.robust", "rmsea_between.robust"]),
    ("rmsea.ci.lower.robust", ["rmsea_within.ci.lower.robust", "rmsea_between.ci.lower.robust"]),
    ("rmsea.ci.upper.robust", ["rmsea_within.ci.upper.robust", "rmsea_between.ci.upper.robust"]),
    ("rmsea.pvalue.robust", ["rmsea_within.pvalue.robust", "rmsea_between.pvalue.robust"]),
];

impl<'de> Deserialize<'de> for LevelFit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Stored {
            #[serde(flatten)]
            measures: BTreeMap<String, Option<f64>>,
            warnings: Vec<Warning>,
        }
        let Stored { measures: mut values, warnings } = Stored::deserialize(deserializer)?;
        let mut measures = FitMeasures::default();
        let in_order = [0, 1].into_iter().flat_map(|level| NAMES.iter().map(move |(_, own)| own[level]));
        for name in in_order {
            if let Some(value) = values.remove(name) {
                measures.push_optional(name, value);
            }
        }
        match values.keys().next() {
            Some(unknown) => Err(de::Error::custom(format!("'{unknown}' is no measure of a level"))),
            None => Ok(Self { measures, warnings }),
        }
    }
}

/// Iterations of a search, which begins at the fit: where the other level is beyond what a covariance matrix can be it
/// would never end.
const ITERATIONS: usize = 200;

/// What a level is in a model whose other level is saturated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// As the model has it.
    Model,
    /// Variances, means, moments of covariates.
    Independence,
}

/// A test of one level, with tr(B A^-1) of its model where the test is scaled.
struct LevelTest {
    test: Test,
    trace: Option<f64>,
}

impl Fit {
    /// Fit of each level of a two-level model with the other level saturated (Ryu & West 2009); four searches, which take
    /// longer than the fit. For several groups, sums over them. `srmr_within` and `srmr_between` are measures of the fit.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::{Estimation, Model};
    /// let data = Dataset::read_csv("tests/data/two_level.csv")?;
    /// let model: Model = "level: 1\n f =~ y1 + y2 + y3 + y4\nlevel: 2\n g =~ 1*y1 + 1*y2 + 1*y3 + 1*y4".parse()?;
    /// let fit = Estimation::default().cluster("team").fit(&model, &data)?;
    /// let levels = fit.level_fit()?;
    /// let shown = |name: &str| format!("{:.2}", levels.measure(name).unwrap());
    /// assert_eq!([shown("chisq_within"), shown("chisq_between")], ["1.17", "28.36"]);
    /// // sqrt((28.36 - 5) / (5 x 110 clusters))
    /// assert_eq!([shown("rmsea_within"), shown("rmsea_between")], ["0.00", "0.21"]);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model of one level, and for a fit that did not converge; [`Error::Stopped`].
    pub fn level_fit(&self) -> Result<LevelFit> {
        if !self.has_levels() || !self.converged {
            return Err(Error::Unsupported {
                what: "fit of each level of a model of one level, or without a solution".into(),
                instead: "Give the model level blocks, and let it converge first.".into(),
            });
        }
        let internals = &self.internals;
        let scaled = internals.statistic == TestStatistic::YuanBentlerMplus;
        let saturated =
            scaled.then(|| saturated_trace(&internals.tables, &internals.observed, internals.information));
        let saturated = saturated.flatten();
        let (mut measures, mut warnings) = (FitMeasures::default(), Vec::new());
        let (respondents, clusters): (usize, usize) = (self.nobs.iter().sum(), self.nclusters.iter().sum());
        let n = [respondents - clusters, clusters];
        for level in 0..2 {
            let own = internals.of_level(level, Part::Model, saturated.is_some());
            let baseline = internals.of_level(level, Part::Independence, saturated.is_some());
            internals.estimation.progress.check("the fit of each level")?;
            let Some((own, baseline)) = own.zip(baseline) else {
                warnings.push(Warning::LevelWithoutFit { level: level + 1 });
                continue;
            };
            let of_level = of_level(internals, &own, &baseline, saturated, n[level] as f64);
            for (name, names) in NAMES {
                if let Some((_, value)) = of_level.iter().find(|(own, _)| *own == name) {
                    measures.push_optional(names[level], value);
                }
            }
        }
        Ok(LevelFit { measures, warnings })
    }
}

/// The measures under the names of those of the whole model.
fn of_level(
    internals: &Internals,
    own: &LevelTest,
    baseline: &LevelTest,
    saturated: Option<f64>,
    n: f64,
) -> FitMeasures {
    let (statistic, conventions) = (internals.statistic, internals.conventions);
    let scale = |test: Test, trace: f64, saturated: f64| {
        statistic.scale(test.chisq, test.df, saturated - trace, 0.0, conventions)
    };
    let traces = saturated.zip(own.trace).zip(baseline.trace);
    let scaled = traces.map(|((saturated, model), independent)| ScaledTests {
        statistic,
        model: scale(own.test, model, saturated),
        baseline: scale(baseline.test, independent, saturated),
        levels: None,
        robust: Robust::ByFactor,
    });
    measures(&Basis {
        npar: 0.0,
        fmin: None,
        model: own.test,
        baseline: baseline.test,
        likelihoods: None,
        n,
        rmsea_n: n,
        groups: internals.tables.len() / 2,
        residuals: Vec::new(),
        moments: None,
        scaled: scaled.as_ref().map(Scaled::of),
        robust: None,
        conventions,
    })
}

impl Internals {
    /// The test of a level with the other saturated; none where there is no solution.
    fn of_level(&self, level: usize, part: Part, traced: bool) -> Option<LevelTest> {
        let (tables, index) = partly_saturated(&self.tables, level, part)?;
        let q = tables[0].n_free;
        let mut x = at_moments(&tables, &self.observed);
        let mut bounds = vec![(f64::NEG_INFINITY, f64::INFINITY); if self.bounds.is_empty() { 0 } else { q }];
        for (old, new) in index.iter().enumerate() {
            if let Some(new) = *new {
                x[new] = self.x[old];
                self.bounds.get(old).into_iter().for_each(|bound| bounds[new] = *bound);
            }
        }
        let constraints = self.constraints.among(&index, q, &bounds);
        let mut discrepancy =
            Discrepancy::new(&tables, &self.observed, None).watched_by(&self.estimation.progress.silent());
        let solution = match constraints.are_none() {
            true => minimise(&mut discrepancy, x, &bounds, ITERATIONS),
            false => minimise_under(&mut discrepancy, x, &constraints, ITERATIONS),
        };
        let solution = solution.filter(|solution| solution.converged)?;
        // a saturated matrix beyond what covariance matrices can be is no reference; that which makes up for independent
        // variables may be
        let mut other = discrepancy.implied().into_iter().skip(1 - level).step_by(2);
        if part == Part::Model && other.any(|implied| implied.sigma.symmetric_eigenvalues().min() < 0.0) {
            return None;
        }
        let Solution { x, value, jacobian, .. } = solution;
        let tied = q - null_basis(&constraints.of_equalities(&jacobian), q).ncols();
        let df = (moments(&tables) + tied) as f64 - q as f64;
        let test = Test::of(self.multiplier() * value.max(0.0), df);
        let trace = match traced {
            true => Some(problem_of(&tables, &self.observed, &x, &jacobian, self.information).level()?),
            false => None,
        };
        Some(LevelTest { test, trace })
    }
}

/// The tables of a model whose other level is saturated, and the number in it of each free parameter.
fn partly_saturated(
    tables: &[ParameterTable],
    level: usize,
    part: Part,
) -> Option<(Vec<ParameterTable>, Vec<Option<usize>>)> {
    let mut index = vec![None; tables.first()?.n_free];
    let mut next = 0;
    let mut own = Vec::with_capacity(tables.len());
    for pair in tables.chunks(2) {
        let saturated = unstructured(pair, Among::All)?;
        let independent = unstructured(pair, Among::Exogenous)?;
        for (k, (saturated, independent)) in saturated.into_iter().zip(independent).enumerate() {
            let mut table = match (k == level, part) {
                (true, Part::Model) => pair[k].clone(),
                (true, Part::Independence) => independent.with_covariates(&pair[k].covariates, next),
                (false, _) => saturated.with_covariates(&pair[k].covariates, next),
            };
            if k == level && part == Part::Model {
                for row in &mut table.rows {
                    if let Kind::Free(free, _) = &mut row.kind {
                        *free = *index[*free].get_or_insert_with(|| {
                            next += 1;
                            next - 1
                        });
                    }
                }
            } else {
                next = table.n_free;
            }
            own.push(table);
        }
    }
    own.iter_mut().for_each(|table| table.n_free = next);
    Some((own, index))
}

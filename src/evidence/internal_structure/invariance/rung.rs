//! A step of a ladder as it was fitted, and what it costs against the one before.

use super::level::Level;
use super::verdict::{Changes, Circumstances, RuleOutcome, RungVerdict, rules};
use crate::error::Result;
use crate::estimate::{DifferenceTest, Fit, FitMeasures, Status, difference_of_rungs};
use crate::numeric::tails::chi_square_tail;
use serde::{Deserialize, Serialize};

/// A step of a ladder, as it was fitted.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let metric = &study.models[1];
/// assert_eq!((metric.level.as_str(), metric.df, metric.npar), ("metric", Some(54.0), 54));
/// assert_eq!(format!("{:.3} {:.3}", metric.chisq.unwrap(), metric.cfi.unwrap()), "124.044 0.921");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Rung {
    /// Its name, for ordinal items Wu and Estabrook's (2016).
    pub level: String,
    /// What it holds equal.
    pub kind: Level,
    /// Unscaled chi-square.
    pub chisq: Option<f64>,
    /// Its degrees of freedom.
    pub df: Option<f64>,
    /// Its p-value.
    pub pvalue: Option<f64>,
    /// CFI, robust where there is one, else scaled.
    #[serde(rename = "cfi.reported")]
    pub cfi: Option<f64>,
    /// TLI, likewise.
    #[serde(rename = "tli.reported")]
    pub tli: Option<f64>,
    /// RMSEA, likewise.
    #[serde(rename = "rmsea.reported")]
    pub rmsea: Option<f64>,
    /// SRMR.
    pub srmr: Option<f64>,
    /// Schwarz's criterion, with a likelihood.
    pub bic: Option<f64>,
    /// Free parameters.
    pub npar: usize,
    /// Whether there is a solution,
    pub converged: bool,
    /// and what became of the search.
    pub status: Status,
    /// All measures, by lavaan's names.
    pub fit: FitMeasures,
    /// The model as it was fitted, in lavaan's syntax with a value or label for each group; the parameterisation is in
    /// `parameterization`.
    pub model: String,
    /// `delta` or `theta`, with ordinal items.
    pub parameterization: Option<String>,
}

/// What a step costs against the one before.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let scalar = &study.comparisons[1];
/// assert_eq!((scalar.from.as_str(), scalar.to.as_str(), scalar.df_diff), ("metric", "scalar", Some(6.0)));
/// assert_eq!(format!("{:.3} {:.3}", scalar.chisq_diff.unwrap(), scalar.delta_cfi.unwrap()), "40.059 -0.038");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RungComparison {
    /// The freer step.
    pub from: String,
    /// The restricted one.
    pub to: String,
    /// What is newly held equal.
    pub kind: Level,
    /// The difference test; that which was computed, where the one asked for does not exist.
    pub method: DifferenceTest,
    /// Its statistic; none with a reason.
    pub chisq_diff: Option<f64>,
    /// Degrees of freedom.
    pub df_diff: Option<f64>,
    /// Its p-value.
    pub pvalue: Option<f64>,
    /// CFI of the restricted step minus that of the freer one,
    pub delta_cfi: Option<f64>,
    /// and TLI,
    pub delta_tli: Option<f64>,
    /// RMSEA,
    pub delta_rmsea: Option<f64>,
    /// SRMR,
    pub delta_srmr: Option<f64>,
    /// BIC.
    pub delta_bic: Option<f64>,
    /// Which version of CFI, TLI and RMSEA is compared: robust, scaled or standard, the first that both steps have.
    pub version: String,
    /// What the test and the rules come to.
    pub verdict: RungVerdict,
    /// The test and the rules, one by one.
    pub rules: Vec<RuleOutcome>,
    /// Why there is no test, or another than was asked for.
    pub reason: Option<String>,
}

/// Versions of a measure, the one to conclude from first.
const VERSIONS: [(&str, &str); 3] = [(".robust", "robust"), (".scaled", "scaled"), ("", "standard")];

impl Rung {
    pub(super) fn of(level: Level, fit: &Fit, model: String) -> Self {
        let known = |name: &str| fit.fit.get(name);
        let reported = |name: &str| VERSIONS.iter().find_map(|(suffix, _)| known(&format!("{name}{suffix}")));
        Self {
            level: level.name(fit.is_ordinal()).into(),
            kind: level,
            chisq: known("chisq"),
            df: known("df"),
            pvalue: known("pvalue"),
            cfi: reported("cfi"),
            tli: reported("tli"),
            rmsea: reported("rmsea"),
            srmr: known("srmr"),
            bic: known("bic"),
            npar: known("npar").unwrap_or_default() as usize,
            converged: fit.converged,
            status: fit.status.clone(),
            fit: fit.fit.clone(),
            model,
            parameterization: fit.is_ordinal().then(|| fit.parameterization().to_string()),
        }
    }
}

impl RungComparison {
    /// # Errors
    /// As a difference test: a method that does not go with the fits' own tests.
    pub(super) fn of(
        (from, free): (&Rung, &Fit),
        (to, restricted): (&Rung, &Fit),
        asked: Option<DifferenceTest>,
    ) -> Result<Self> {
        let method = asked.unwrap_or_else(|| DifferenceTest::of(restricted.test));
        let solved = free.converged && restricted.converged;
        let test = if solved { difference_of_rungs(free, restricted, Some(method))? } else { None };
        let reason = match test {
            Some((own, ..)) if own != method => Some(format!(
                "{} does not exist for these fits (its scaling factor is not positive)",
                method.name()
            )),
            Some(_) => None,
            None => Some(no_test(free, restricted)),
        };
        let (method, chisq_diff) = test.map_or((method, None), |(method, chisq, _)| (method, Some(chisq)));
        let df_diff = to.df.zip(from.df).map(|(to, from)| to - from);
        let pvalue = test.map(|(_, chisq, df)| chi_square_tail(chisq, df));
        let minus = |a: Option<f64>, b: Option<f64>| Some(a? - b?);
        let of = |name: &str, suffix: &str| {
            minus(to.fit.get(&format!("{name}{suffix}")), from.fit.get(&format!("{name}{suffix}")))
        };
        let has = |(suffix, _): &&(&str, &str)| of("cfi", suffix).and(of("rmsea", suffix)).is_some();
        let (suffix, version) = VERSIONS.iter().find(has).unwrap_or(&VERSIONS[2]);
        let changes = Changes {
            pvalue,
            cfi: of("cfi", suffix),
            rmsea: of("rmsea", suffix),
            srmr: minus(to.srmr, from.srmr),
        };
        let at = Circumstances { nobs: &restricted.nobs, is_ordinal: restricted.is_ordinal() };
        let rules = rules(to.kind, changes, at);
        Ok(Self {
            from: from.level.clone(),
            to: to.level.clone(),
            kind: to.kind,
            method,
            chisq_diff,
            df_diff,
            pvalue,
            delta_cfi: changes.cfi,
            delta_tli: of("tli", suffix),
            delta_rmsea: changes.rmsea,
            delta_srmr: changes.srmr,
            delta_bic: minus(to.bic, from.bic),
            version: (*version).into(),
            verdict: RungVerdict::of(&rules),
            rules,
            reason,
        })
    }
}

/// Why two steps are not tested against each other.
fn no_test(free: &Fit, restricted: &Fit) -> String {
    match (free.converged, restricted.converged) {
        (false, _) | (_, false) => "one of the two models has no solution".into(),
        _ => match restricted.fit.get("chisq").zip(free.fit.get("chisq")) {
            Some((restricted, free)) if restricted < free => {
                "the restricted model fits better than the freer one: one of the two searches ended at a local minimum".into()
            }
            _ => "its scaling does not exist for these data".into(),
        },
    }
}

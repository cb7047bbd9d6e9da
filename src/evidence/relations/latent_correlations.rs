//! Correlations of factors, and whether they are below a cut-off.
//!
//! Of every pair of factors in a model of correlated factors: the standardised covariance with its interval, and two
//! tests of the model against ones that say the factors are (nearly) the same:
//!
//! ```text
//! chi-square(cut)  the correlation fixed at the cut-off (with its sign): one degree of freedom
//! merged           both factors' items on one factor
//! ```
//!
//! Ronkko & Cho (2022), Organizational Research Methods 25, 6-14, who rate a pair by the upper limit of its interval:
//! below .8 no problem, from .8 marginal, from .9 moderate, from 1 severe.

use crate::error::{Result, Warning};
use crate::estimate::{Fit, NestedTests};
use crate::model::{Constraint, Formula, Model, Operator};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The correlation that discriminant validity is tested against.
pub const CUT_OFF: f64 = 0.9;

/// The correlation of two factors.
///
/// ```
/// use psychometrics::evidence::relations::{CUT_OFF, latent_correlations};
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// let (correlations, _) = latent_correlations(&model, &fit, CUT_OFF, &|other| Estimation::default().fit(other, &data))?;
/// let pair = &correlations[0];
/// assert_eq!((pair.first.as_str(), pair.second.as_str()), ("visual", "textual"));
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", pair.estimate.unwrap(), pair.lower.unwrap(), pair.upper.unwrap()),
///     "0.461 0.335 0.586"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LatentCorrelation {
    /// One factor.
    pub first: String,
    /// The other.
    pub second: String,
    /// The correlation.
    pub estimate: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Lower end of its 95 % interval.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// How far discriminant validity is in question.
    pub problem: Option<Problem>,
    /// Test of the model with the correlation at the cut-off.
    pub cut_off: Option<RestrictionTest>,
    /// Test of the model with one factor in place of the two.
    pub merged: Option<RestrictionTest>,
    /// Why a number does not exist, by the name of its field.
    pub reasons: BTreeMap<Cow<'static, str>, String>,
}

/// How far discriminant validity is in question.
///
/// ```
/// use psychometrics::evidence::relations::{CUT_OFF, latent_correlations};
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// let (correlations, _) = latent_correlations(&model, &fit, CUT_OFF, &|other| Estimation::default().fit(other, &data))?;
/// use psychometrics::evidence::relations::Problem;
/// // an upper limit below .8
/// assert_eq!(correlations[0].problem, Some(Problem::None));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// Upper limit below .8.
    None,
    /// From .8.
    Marginal,
    /// From .9.
    Moderate,
    /// From 1.
    Severe,
}

impl Problem {
    fn of(lower: f64, upper: f64) -> Self {
        match upper.max(-lower) {
            limit if limit < 0.8 => Problem::None,
            limit if limit < 0.9 => Problem::Marginal,
            limit if limit < 1.0 => Problem::Moderate,
            _ => Problem::Severe,
        }
    }
}

/// A model against a more restricted one.
///
/// ```
/// use psychometrics::evidence::relations::{CUT_OFF, latent_correlations};
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// let (correlations, _) = latent_correlations(&model, &fit, CUT_OFF, &|other| Estimation::default().fit(other, &data))?;
/// let test = correlations[0].merged.as_ref().unwrap();
/// // one factor in the place of two fits far worse
/// assert_eq!((test.df_diff, test.pvalue < 0.001), (1.0, true));
/// assert_eq!(format!("{:.2}", test.chisq_diff), "78.87");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RestrictionTest {
    /// Difference in chi-square, by the test that goes with the estimator.
    pub chisq_diff: f64,
    /// Its degrees of freedom.
    pub df_diff: f64,
    /// Its p-value: small when the factors are distinct.
    pub pvalue: f64,
}

/// Correlations of all pairs of the factors that items measure in a model; `refit` fits another model to the same data
/// in the same way. What could not be fitted is a warning.
///
/// # Errors
/// Those of the comparison of two fits.
pub fn latent_correlations(
    model: &Model,
    fit: &Fit,
    cut_off: f64,
    refit: &(dyn Fn(&Model) -> Result<Fit> + Sync),
) -> Result<(Vec<LatentCorrelation>, Vec<Warning>)> {
    let tests = NestedTests::of(fit)?;
    let each: Vec<(LatentCorrelation, Vec<Warning>)> = factor_correlations(model, fit)
        .into_par_iter()
        .map(|mut found| {
            let (first, second) = (found.first.as_str(), found.second.as_str());
            let mut warnings = Vec::new();
            let mut reasons = std::mem::take(&mut found.reasons);
            let mut tested = |name: &'static str, what: &str, restricted: Result<Model>| {
                let found = restricted.and_then(|model| tests.against(&refit(&model)?));
                match found {
                    Ok(None) => {
                        reasons.insert(name.into(), "its scaling factor is not positive".into());
                        None
                    }
                    Ok(found) => found.map(|(chisq_diff, df_diff, pvalue)| RestrictionTest {
                        chisq_diff,
                        df_diff,
                        pvalue,
                    }),
                    Err(error) => {
                        let what = format!("the test of '{first}' and '{second}' {what}");
                        reasons.insert(name.into(), error.to_string());
                        warnings.push(Warning::NotDone { what, reason: error.to_string() });
                        None
                    }
                }
            };
            let at = cut_off.copysign(found.estimate.unwrap_or(1.0));
            let cut = tested("cut_off", "at the cut-off", fixed(model, first, second, at));
            let merged = tested("merged", "as one factor", merged(model, first, second));
            (found.cut_off, found.merged, found.reasons) = (cut, merged, reasons);
            (found, warnings)
        })
        .collect();
    let (found, warnings): (Vec<_>, Vec<_>) = each.into_iter().unzip();
    Ok((found, warnings.into_iter().flatten().collect()))
}

/// Correlations of all pairs of the factors that items measure, without tests.
pub(crate) fn factor_correlations(model: &Model, fit: &Fit) -> Vec<LatentCorrelation> {
    let mut factors: Vec<&str> = Vec::new();
    for formula in model.formulas.iter().filter(|f| f.op == Operator::Loading) {
        if !factors.contains(&formula.lhs.as_str()) {
            factors.push(&formula.lhs);
        }
    }
    let standardized = fit.standardized();
    let pairs = factors.iter().enumerate().flat_map(|(i, a)| factors[i + 1..].iter().map(|b| (*a, *b)));
    let of = |(first, second): (&str, &str)| {
        let own = standardized.iter().find(|s| {
            s.op == "~~" && (s.lhs == first && s.rhs == second || s.lhs == second && s.rhs == first)
        });
        let (lower, upper) = (own.and_then(|s| s.ci_lower), own.and_then(|s| s.ci_upper));
        let why = match own.and_then(|s| s.est) {
            None => "the variance of a factor is not positive",
            Some(_) => "the model has no standard errors",
        };
        let limits = lower.zip(upper);
        let missing = [
            ("estimate", own.and_then(|s| s.est).is_none()),
            ("se", own.and_then(|s| s.se).is_none()),
            ("lower", limits.is_none()),
            ("upper", limits.is_none()),
            ("problem", limits.is_none()),
        ];
        LatentCorrelation {
            reasons: missing
                .iter()
                .filter(|(_, none)| *none)
                .map(|(name, _)| ((*name).into(), why.into()))
                .collect(),
            first: first.into(),
            second: second.into(),
            estimate: own.and_then(|s| s.est),
            se: own.and_then(|s| s.se),
            lower,
            upper,
            problem: lower.zip(upper).map(|(lower, upper)| Problem::of(lower, upper)),
            cut_off: None,
            merged: None,
        }
    };
    pairs.map(of).collect()
}

fn fixed(model: &Model, first: &str, second: &str, at: f64) -> Result<Model> {
    let is_theirs = |f: &Formula| {
        f.op == Operator::Covariance
            && (f.lhs == first && f.rhs == second || f.lhs == second && f.rhs == first)
    };
    let mut formula = Formula::new(first, Operator::Covariance, second);
    formula.modifiers.constraint = Constraint::Fixed(at);
    let others = model.formulas.iter().filter(|f| !is_theirs(f)).cloned();
    Model::from_formulas(others.chain([formula]))
}

fn merged(model: &Model, first: &str, second: &str) -> Result<Model> {
    let renamed = model.formulas.iter().cloned().map(|mut formula| {
        for name in [&mut formula.lhs, &mut formula.rhs] {
            if name == second {
                *name = first.to_string();
            }
        }
        formula
    });
    let is_variance = |f: &Formula| f.op == Operator::Covariance && f.lhs == first && f.rhs == first;
    Model::from_formulas(renamed.filter(|f| !is_variance(f)))
}

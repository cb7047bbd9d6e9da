//! Fit measures of two levels: those of one level from the test of both, and SRMR of each level.
//!
//! ```text
//! log L = -1/2 [value + values log 2 pi]                             given the covariates, of all other values that are there
//! srmr_within, srmr_between = sqrt(sum_{i > j} (r_ij - rho_ij)^2 / (p (p + 1) / 2))    r, rho: correlations of the
//!                                                                   saturated model and of the model
//! ```
//!
//! `srmr` is their sum, as lavaan has it; of several groups the means weighted by respondents. RMSEA has N;
//! that of each level is in [`super::level_fit`].

use crate::estimate::conventions::Conventions;
use crate::estimate::measures::all::push_criteria;
use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::measures::incremental::{push_incremental, push_test};
use crate::estimate::measures::parts::{GroupFit, ScaledTests, Test};
use crate::estimate::measures::residual::residual_measures;
use crate::estimate::measures::rmsea::push_rmsea;
use crate::estimate::measures::scaled::push_scaled;
use crate::estimate::observed::Observed;
use crate::model::{Implied, ParameterTable};

/// What the measures rest on.
pub(crate) struct TwoLevelFit<'a> {
    pub(crate) tables: &'a [ParameterTable],
    pub(crate) observed: &'a [Observed],
    pub(crate) implied: &'a [&'a Implied],
    pub(crate) chisq: f64,
    pub(crate) df: i64,
    /// T and degrees of freedom of the independence model.
    pub(crate) baseline: (f64, f64),
    pub(crate) npar: f64,
    pub(crate) conventions: Conventions,
    pub(crate) scaled: Option<&'a ScaledTests>,
}

pub(crate) fn two_level_measures(fit: &TwoLevelFit<'_>) -> FitMeasures {
    let mut out = FitMeasures::default();
    let n: f64 = fit.observed.iter().step_by(2).map(|o| o.n as f64).sum();
    let groups = fit.tables.len() / 2;
    let model = Test { chisq: fit.chisq, df: fit.df as f64 };
    let baseline = Test { chisq: fit.baseline.0, df: fit.baseline.1 };
    let (given, whole) = saturated(fit);
    out.push("npar", fit.npar);
    out.push("fmin", 0.5 * (whole + fit.chisq) / n);
    push_test(&mut out, ["chisq", "df", "pvalue"], model);
    push_test(&mut out, ["baseline.chisq", "baseline.df", "baseline.pvalue"], baseline);
    push_incremental(&mut out, model, baseline);
    let unrestricted = -0.5 * given;
    push_criteria(&mut out, unrestricted - 0.5 * fit.chisq, unrestricted, fit.npar, n);
    out.push("ntotal", n);
    push_rmsea(&mut out, model, n, groups);
    let mut levels = [0.0; 2];
    for (block, (table, observed)) in fit.tables.iter().zip(fit.observed).enumerate() {
        let group = GroupFit { table, observed, implied: fit.implied[block], inverse: None };
        let share = fit.observed[block - block % 2].n as f64 / n;
        let own = residual_measures(&group);
        let crmr = own.iter().find(|(name, _)| *name == "crmr_nomean").map_or(0.0, |(_, value)| *value);
        let p = table.observed.len() as f64;
        levels[block % 2] += share * crmr * ((p - 1.0) / (p + 1.0)).sqrt();
    }
    out.push("srmr", levels[0] + levels[1]);
    out.push("srmr_within", levels[0]);
    out.push("srmr_between", levels[1]);
    if let Some(scaled) = fit.scaled {
        push_scaled(&mut out, scaled, model, baseline, n / groups as f64, fit.conventions);
    }
    out
}

/// -2 log L of the saturated models: given the covariates, and of all variables without its 2 pi.
fn saturated(fit: &TwoLevelFit<'_>) -> (f64, f64) {
    let constant = (2.0 * std::f64::consts::PI).ln();
    let (mut given, mut whole) = (0.0, 0.0);
    for (tables, observed) in fit.tables.chunks(2).zip(fit.observed.chunks(2)) {
        let Some(own) = &observed[0].two_level else { continue };
        let [x, z] = [0, 1].map(|level: usize| &tables[level].covariates);
        let fixed = |place: usize| x.contains(&place) || z.iter().any(|i| own.places[*i] == place);
        given += own.saturated - own.covariates + own.data.values(|place| !fixed(place)) * constant;
        whole += own.saturated;
    }
    (given, whole)
}

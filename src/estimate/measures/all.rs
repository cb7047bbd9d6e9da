//! Everything that a finished fit says about its agreement with the data, each measure a small function of the test statistics,
//! named as lavaan's `fitMeasures()`.
//!
//! ```text
//! chisq  = N F                             cfi  = 1 - max(T - df, 0) / max(T - df, T_b - df_b, 0)
//! tli    = (T_b/df_b - T/df) / (T_b/df_b - 1)      rmsea = sqrt(max(T - df, 0) / (N df))
//! srmr   = root mean square of (s_ij - sigma_ij) / sqrt(s_ii s_jj) over i >= j (and means, where modelled)
//! ```
//!
//! Sources: CFI Bentler (1990); TLI Tucker & Lewis (1973); NFI Bentler & Bonett (1980); IFI Bollen
//! (1989); RNI McDonald & Marsh (1990); RMSEA Steiger & Lind (1980), Browne & Cudeck (1993) with the
//! noncentral chi-square interval; SRMR Bentler (1995); CRMR Bollen (1989); CN Hoelter (1983); GFI
//! Joreskog & Sorbom (1982); Mc McDonald (1989); ECVI Browne & Cudeck (1989); AIC Akaike (1974); BIC
//! Schwarz (1978), sample-size adjusted Sclove (1987).

use crate::estimate::Conventions;
use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::measures::goodness::push_goodness;
use crate::estimate::measures::incremental::{push_incremental, push_robust_incremental, push_test};
use crate::estimate::measures::rmsea::{push_rmsea, push_robust_rmsea};
use crate::estimate::measures::scaled::{Scaled, push_scaled};
use crate::estimate::test_parts::{RobustParts, Test};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// What the measures of a fit rest on, whatever the kind of data: of one level or two, of one data set or pooled. A part that a
/// fit does not have is none, and so are its measures.
pub(crate) struct Basis<'a> {
    /// Parameters after constraints.
    pub(crate) npar: f64,
    /// Half the discrepancy, as lavaan prints it.
    pub(crate) fmin: Option<f64>,
    pub(crate) model: Test,
    pub(crate) baseline: Test,
    /// Log-likelihoods of the model and of the saturated one.
    pub(crate) likelihoods: Option<(f64, f64)>,
    /// Respondents.
    pub(crate) n: f64,
    /// What stands for them in RMSEA: all in Mplus, whatever multiplies the discrepancy.
    pub(crate) rmsea_n: f64,
    pub(crate) groups: usize,
    /// Root mean squared residuals, by name.
    pub(crate) residuals: Vec<(&'static str, f64)>,
    pub(crate) moments: Option<MomentFit>,
    pub(crate) scaled: Option<Scaled<'a>>,
    /// What robust measures are made of, where the test is not scaled.
    pub(crate) robust: Option<RobustParts>,
    pub(crate) conventions: Conventions,
}

/// What measures of moments rest on.
pub(crate) struct MomentFit {
    /// What multiplies F to give a chi-square.
    pub(crate) multiplier: f64,
    pub(crate) gfi: f64,
    /// Statistics that the model has to explain.
    pub(crate) statistics: f64,
    /// Whether WRMR is among them, and ECVI is not.
    pub(crate) has_wrmr: bool,
}

/// Everything a finished fit says about its agreement with the data. A new measure is a line here, and a function beside
/// its kin.
pub(crate) fn measures(basis: &Basis<'_>) -> FitMeasures {
    let mut out = FitMeasures::default();
    let Basis { npar, model, baseline, n, rmsea_n, groups, .. } = *basis;
    out.push("npar", npar);
    if let Some(fmin) = basis.fmin {
        out.push("fmin", fmin);
    }
    push_test(&mut out, ["chisq", "df", "pvalue"], model);
    push_test(&mut out, ["baseline.chisq", "baseline.df", "baseline.pvalue"], baseline);
    push_incremental(&mut out, model, baseline);
    if let Some((logl, unrestricted)) = basis.likelihoods {
        push_criteria(&mut out, logl, unrestricted, npar, n);
    }
    out.push("ntotal", n);
    push_rmsea(&mut out, model, rmsea_n, groups);
    basis.residuals.iter().for_each(|(name, value)| out.push(name, *value));
    if let Some(moments) = &basis.moments {
        push_moment_measures(&mut out, moments, model, npar, groups);
    }
    let per_group = rmsea_n / groups as f64;
    if let Some(scaled) = &basis.scaled {
        push_scaled(&mut out, scaled, model, baseline, per_group, basis.conventions);
    } else if let Some(own) = basis.robust {
        let parts = ((own.chisq, own.expected), (own.baseline_chisq, own.baseline_expected));
        push_robust_incremental(&mut out, Some(parts), model.df, baseline.df);
        push_robust_rmsea(&mut out, (own.chisq, own.expected), per_group, model.df);
    }
    out
}

/// Log-likelihoods of the model and of the saturated one, and what follows.
fn push_criteria(out: &mut FitMeasures, logl: f64, unrestricted: f64, npar: f64, n: f64) {
    out.push("logl", logl);
    out.push("unrestricted.logl", unrestricted);
    out.push("aic", -2.0 * logl + 2.0 * npar);
    out.push("bic", -2.0 * logl + npar * n.ln());
    out.push("bic2", -2.0 * logl + npar * ((n + 2.0) / 24.0).ln());
}

/// Hoelter's critical N, GFI and its kin, Mc, and WRMR (Yu & Muthen 2002) or ECVI.
fn push_moment_measures(out: &mut FitMeasures, moments: &MomentFit, model: Test, npar: f64, groups: usize) {
    let multiplier = moments.multiplier;
    let critical = |p: f64| ChiSquared::new(model.df).map_or(f64::NAN, |d| d.inverse_cdf(1.0 - p));
    for (name, p) in [("cn_05", 0.05), ("cn_01", 0.01)] {
        if model.df > 0.0 {
            out.push(name, critical(p) / (model.chisq / multiplier) + 1.0)
        } else {
            out.absent(name)
        }
    }
    push_goodness(out, moments.gfi, moments.statistics, model);
    out.push("mfi", (-0.5 * (model.chisq - model.df) / multiplier).exp());
    match moments.has_wrmr {
        true => out.push("wrmr", (model.chisq * groups as f64 / moments.statistics).sqrt()),
        false => out.push("ecvi", (model.chisq + 2.0 * npar) / multiplier),
    }
}

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
use crate::estimate::measures::incremental::{
    baseline_test, push_incremental, push_robust_incremental, push_test,
};
use crate::estimate::measures::parts::{GroupFit, ScaledTests, Squares, Test};
use crate::estimate::measures::residual::push_residual_measures;
use crate::estimate::measures::rmsea::{push_rmsea, push_robust_rmsea};
use crate::estimate::measures::scaled::push_scaled;
use crate::estimate::observed::Observed;
use crate::estimate::ordinal::robust::RobustOrdinal;
use crate::model::ParameterTable;
use nalgebra::DMatrix;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Everything a finished fit says about its agreement with the data. `value` is the discrepancy, `npar`
/// counts parameters after constraints.
#[allow(clippy::too_many_arguments)] // what a fit measure rests on, each once
pub(crate) fn measures(
    groups: &[GroupFit<'_>],
    value: f64,
    npar: f64,
    df: i64,
    conventions: Conventions,
    scaled: Option<&ScaledTests>,
    squares: Option<Squares>,
    incomplete: Option<RobustOrdinal>,
) -> FitMeasures {
    let mut out = FitMeasures::default();
    let sum = |f: &dyn Fn(&Observed) -> f64| groups.iter().map(|g| f(g.observed)).sum::<f64>();
    let n = sum(&|o| o.n as f64);
    let multiplier = sum(&|o| o.multiplier);
    let model = Test { chisq: multiplier * value.max(0.0), df: df as f64 };
    let (likelihood, df) = baseline_test(groups);
    let baseline = match squares.and_then(|squares| squares.ordinal) {
        Some(baseline) => Test { chisq: baseline.chisq, df: baseline.df },
        None => Test { chisq: squares.map_or(likelihood, |s| s.baseline), df },
    };
    out.push("npar", npar);
    out.push("fmin", 0.5 * model.chisq / if squares.is_some() { n } else { multiplier });
    push_test(&mut out, ["chisq", "df", "pvalue"], model);
    push_test(&mut out, ["baseline.chisq", "baseline.df", "baseline.pvalue"], baseline);
    push_incremental(&mut out, model, baseline);
    if squares.is_some_and(|s| !s.is_chi_square) {
        for name in ["pvalue", "baseline.pvalue"] {
            out.0.iter_mut().filter(|(n, _)| *n == name).for_each(|(_, value)| *value = None);
        }
    }
    if squares.is_none() {
        let unrestricted =
            groups.iter().map(|g| unrestricted_log_likelihood(g.table, g.observed)).sum::<f64>();
        push_criteria(&mut out, unrestricted - 0.5 * n * value.max(0.0), unrestricted, npar, n);
    }
    out.push("ntotal", n);
    // in Mplus RMSEA has N whatever multiplies the discrepancy
    let rmsea_n = if conventions == Conventions::Mplus { n } else { multiplier };
    push_rmsea(&mut out, model, rmsea_n, groups.len());
    push_residual_measures(&mut out, groups, n);
    let critical = |p: f64| ChiSquared::new(model.df).map_or(f64::NAN, |d| d.inverse_cdf(1.0 - p));
    for (name, p) in [("cn_05", 0.05), ("cn_01", 0.01)] {
        if model.df > 0.0 {
            out.push(name, critical(p) / (model.chisq / multiplier) + 1.0)
        } else {
            out.absent(name)
        }
    }
    push_goodness(&mut out, groups, model, squares.map(|s| s.gfi));
    out.push("mfi", (-0.5 * (model.chisq - model.df) / multiplier).exp());
    let statistics = groups.iter().map(|g| g.observed.ordinal.as_ref().map(|stages| stages.values.len()));
    match statistics.sum::<Option<usize>>() {
        // Yu & Muthen (2002)
        Some(count) => out.push("wrmr", (model.chisq * groups.len() as f64 / count as f64).sqrt()),
        None => out.push("ecvi", (model.chisq + 2.0 * npar) / multiplier),
    }
    if let Some(scaled) = scaled {
        push_scaled(&mut out, scaled, model, baseline, rmsea_n / groups.len() as f64, conventions);
    } else if let Some(own) = incomplete {
        let parts = ((own.chisq, own.expected), (own.baseline_chisq, own.baseline_expected));
        push_robust_incremental(&mut out, Some(parts), model.df, baseline.df);
        push_robust_rmsea(&mut out, (own.chisq, own.expected), rmsea_n / groups.len() as f64, model.df);
    }
    out
}

/// Log-likelihoods of the model and of the saturated one, and what follows.
pub(crate) fn push_criteria(out: &mut FitMeasures, logl: f64, unrestricted: f64, npar: f64, n: f64) {
    out.push("logl", logl);
    out.push("unrestricted.logl", unrestricted);
    out.push("aic", -2.0 * logl + 2.0 * npar);
    out.push("bic", -2.0 * logl + npar * n.ln());
    out.push("bic2", -2.0 * logl + npar * ((n + 2.0) / 24.0).ln());
}

/// Log-likelihood of the saturated model; conditional on fixed covariates. Under the Wishart likelihood
/// as lavaan has it: the normal one at the covariances with divisor N - 1.
pub(crate) fn unrestricted_log_likelihood(table: &ParameterTable, observed: &Observed) -> f64 {
    let n = if observed.incomplete.is_some() { observed.multiplier } else { observed.n as f64 };
    let s = &observed.covariance;
    let x = &table.covariates;
    let constant = (2.0 * std::f64::consts::PI).ln();
    if let Some(own) = observed.full_information() {
        // of the covariates what rows have of them counts, at the moments at which they are fixed
        let values = own.short.values() - own.values_of(x);
        return -0.5 * (n * (own.saturated.value - own.value_of(x)) + values * constant);
    }
    let gaussian = |log_determinant: f64, p: usize| {
        let p = p as f64;
        -0.5 * n * (p * constant + log_determinant + p)
    };
    let mut unrestricted = gaussian(observed.log_determinant, s.nrows());
    if !x.is_empty() {
        let block = DMatrix::from_fn(x.len(), x.len(), |i, j| s[(x[i], x[j])]);
        unrestricted -= gaussian(block.determinant().ln(), x.len());
    }
    unrestricted
}

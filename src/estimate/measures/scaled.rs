//! The scaled versions of test and measures, and the robust ones.

use crate::estimate::Conventions;
use crate::estimate::inference::{ScaledTest, TestStatistic};
use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::measures::incremental::{push_robust_incremental, push_scaled_incremental, push_test};
use crate::estimate::measures::rmsea::{ROBUST_RMSEA, SCALED_RMSEA, push_rmsea_of, push_robust_rmsea};
use crate::estimate::test_parts::{Robust, ScaledTests, Test};

/// The scaled tests of the model and of the independence model.
pub(crate) struct Scaled<'a> {
    pub(crate) model: Test,
    pub(crate) baseline: Test,
    /// What they were scaled by; none of tests that were pooled.
    pub(crate) tests: Option<&'a ScaledTests>,
}

impl<'a> Scaled<'a> {
    pub(crate) fn of(tests: &'a ScaledTests) -> Self {
        let of = |own: ScaledTest| Test::of(own.chisq, own.df);
        Self { model: of(tests.model), baseline: of(tests.baseline), tests: Some(tests) }
    }
}

/// The scaled versions of test and measures, and the robust ones, which correct the measures
/// themselves (Brosseau-Liard, Savalei & Li 2012; Brosseau-Liard & Savalei 2014; Savalei 2018):
///
/// ```text
/// cfi.robust   = 1 - max(T - c df, 0) / max(T - c df, T_b - c_b df_b, 0)
/// rmsea.robust = sqrt(max(T/df - c, 0) / N)          c = tr(U Gamma) / df
/// ```
pub(crate) fn push_scaled(
    out: &mut FitMeasures,
    scaled: &Scaled<'_>,
    model: Test,
    baseline: Test,
    n: f64,
    conventions: Conventions,
) {
    let (test, base) = (scaled.model, scaled.baseline);
    push_test(out, ["chisq.scaled", "df.scaled", "pvalue.scaled"], test);
    if let Some(own) = scaled.tests {
        out.push("chisq.scaling.factor", own.model.factor);
    }
    push_test(out, ["baseline.chisq.scaled", "baseline.df.scaled", "baseline.pvalue.scaled"], base);
    if let Some(own) = scaled.tests {
        out.push("baseline.chisq.scaling.factor", own.baseline.factor);
        if let Some((saturated, own)) = own.levels {
            out.push("scaling.factor.h1", saturated);
            out.push("scaling.factor.h0", own);
        }
    }
    push_scaled_incremental(out, test, base);
    let Some(own) = scaled.tests else {
        push_rmsea_of(out, SCALED_RMSEA, test, n, test.df, 1.0);
        return;
    };
    let m = own.model;
    // T and T_b with their expectations where the model holds
    let parts = match own.robust {
        Robust::ByFactor => {
            let expected = own.baseline.mean_factor * baseline.df;
            Some(((model.chisq, m.mean_factor * model.df), (baseline.chisq, expected)))
        }
        Robust::Own(own) => Some(((own.chisq, own.expected), (own.baseline_chisq, own.baseline_expected))),
        Robust::Unknown => None,
    };
    let has_robust = own.statistic != TestStatistic::MeanVarAdjusted;
    if has_robust {
        push_robust_incremental(out, parts, model.df, baseline.df);
    }
    // lavaan takes the interval of a mean-scaled test from T with tr(U Gamma) degrees of freedom; Mplus
    // from the test as it is printed
    let printed = conventions == Conventions::Mplus || own.statistic == TestStatistic::ScaledShifted;
    let reference = if printed { test } else { Test::of(model.chisq, m.mean_factor * model.df) };
    push_rmsea_of(out, SCALED_RMSEA, reference, n, reference.df, 1.0);
    if !has_robust {
        return;
    }
    match (parts, own.robust) {
        (None, _) => ROBUST_RMSEA.into_iter().for_each(|name| out.absent(name)),
        (Some((own, _)), Robust::Own(_)) => push_robust_rmsea(out, own, n, model.df),
        (Some(((t, expected), _)), _) => {
            push_rmsea_of(out, ROBUST_RMSEA, test, n, model.df, m.factor);
            let excess = (t - expected).max(0.0);
            let saturated = model.df == 0.0;
            out.replace("rmsea.robust", if saturated { 0.0 } else { (excess / (n * model.df)).sqrt() });
        }
    }
}

//! The scaled versions of test and measures, and the robust ones.

use crate::estimate::Conventions;
use crate::estimate::inference::TestStatistic;
use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::measures::incremental::{push_robust_incremental, push_scaled_incremental, push_test};
use crate::estimate::measures::parts::{ScaledTests, Test};
use crate::estimate::measures::rmsea::{ROBUST_RMSEA, SCALED_RMSEA, push_rmsea_of, push_robust_rmsea};

/// The scaled versions of test and measures, and the robust ones, which correct the measures
/// themselves (Brosseau-Liard, Savalei & Li 2012; Brosseau-Liard & Savalei 2014; Savalei 2018):
///
/// ```text
/// cfi.robust   = 1 - max(T - c df, 0) / max(T - c df, T_b - c_b df_b, 0)
/// rmsea.robust = sqrt(max(T/df - c, 0) / N)          c = tr(U Gamma) / df
/// ```
pub(crate) fn push_scaled(
    out: &mut FitMeasures,
    scaled: &ScaledTests,
    model: Test,
    baseline: Test,
    n: f64,
    conventions: Conventions,
) {
    let (m, b) = (scaled.model, scaled.baseline);
    let (test, base) = (Test { chisq: m.chisq, df: m.df }, Test { chisq: b.chisq, df: b.df });
    push_test(out, ["chisq.scaled", "df.scaled", "pvalue.scaled"], test);
    out.push("chisq.scaling.factor", m.factor);
    push_test(out, ["baseline.chisq.scaled", "baseline.df.scaled", "baseline.pvalue.scaled"], base);
    out.push("baseline.chisq.scaling.factor", b.factor);
    if let Some((saturated, own)) = scaled.levels {
        out.push("scaling.factor.h1", saturated);
        out.push("scaling.factor.h0", own);
    }
    push_scaled_incremental(out, test, base);
    let is_ordinal = out.iter().any(|(name, _)| name == "wrmr");
    let robust = scaled.statistic != TestStatistic::MeanVarAdjusted;
    // T and T_b with their expectations where the model holds
    let parts = match (is_ordinal, scaled.robust) {
        (false, None) => {
            Some(((model.chisq, m.mean_factor * model.df), (baseline.chisq, b.mean_factor * baseline.df)))
        }
        (_, Some(own)) => Some(((own.chisq, own.expected), (own.baseline_chisq, own.baseline_expected))),
        (true, None) => None,
    };
    let saturated = model.df == 0.0;
    if robust {
        push_robust_incremental(out, parts, model.df, baseline.df);
    }
    // lavaan takes the interval of a mean-scaled test from T with tr(U Gamma) degrees of freedom; Mplus
    // from the test as it is printed
    let printed = conventions == Conventions::Mplus || scaled.statistic == TestStatistic::ScaledShifted;
    let reference = if printed { test } else { Test { chisq: model.chisq, df: m.mean_factor * model.df } };
    push_rmsea_of(out, SCALED_RMSEA, reference, n, reference.df, 1.0);
    if robust {
        let names = ROBUST_RMSEA;
        let Some(((t, expected), _)) = parts else {
            names.into_iter().for_each(|name| out.absent(name));
            return;
        };
        if scaled.robust.is_some() {
            push_robust_rmsea(out, (t, expected), n, model.df);
            return;
        }
        push_rmsea_of(out, names, test, n, model.df, m.factor);
        if let Some(slot) = out.0.iter_mut().find(|(name, _)| *name == "rmsea.robust") {
            let excess = (t - expected).max(0.0);
            slot.1 = Some(if saturated { 0.0 } else { (excess / (n * model.df)).sqrt() });
        }
    }
}

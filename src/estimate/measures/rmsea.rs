//! RMSEA and its kin.

use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::test_parts::Test;
use crate::numeric::noncentral::{chi_square_cdf, noncentrality};

pub(crate) const SCALED_RMSEA: [&str; 5] = [
    "rmsea.scaled",
    "rmsea.ci.lower.scaled",
    "rmsea.ci.upper.scaled",
    "rmsea.pvalue.scaled",
    "rmsea.notclose.pvalue.scaled",
];

pub(crate) const ROBUST_RMSEA: [&str; 5] = [
    "rmsea.robust",
    "rmsea.ci.lower.robust",
    "rmsea.ci.upper.robust",
    "rmsea.pvalue.robust",
    "rmsea.notclose.pvalue.robust",
];

/// Of a test statistic with its expectation where the model holds.
pub(crate) fn push_robust_rmsea(out: &mut FitMeasures, (t, expected): (f64, f64), n: f64, df: f64) {
    let factor = if df > 0.0 { expected / df } else { 1.0 };
    push_rmsea_of(out, ROBUST_RMSEA, Test::of(t / factor, df), n, df, factor);
}

/// RMSEA = sqrt(factor lambda / (n df)) with lambda the noncentrality of the test.
pub(crate) fn push_rmsea_of(
    out: &mut FitMeasures,
    names: [&'static str; 5],
    test: Test,
    n: f64,
    df: f64,
    factor: f64,
) {
    let [point, lower, upper, close, not_close] = names;
    if test.df <= 0.0 {
        [point, lower, upper].into_iter().for_each(|name| out.push(name, 0.0));
        [close, not_close].into_iter().for_each(|name| out.absent(name));
        return;
    }
    let of = |noncentrality: f64| (factor * noncentrality / (n * df)).sqrt();
    out.push(point, of((test.chisq - test.df).max(0.0)));
    out.push(lower, of(noncentrality(test.chisq, test.df, 0.95)));
    out.push(upper, of(noncentrality(test.chisq, test.df, 0.05)));
    let at = |rmsea: f64| chi_square_cdf(test.chisq, test.df, n * df * rmsea * rmsea / factor);
    out.push(close, 1.0 - at(0.05));
    out.push(not_close, at(0.08));
}

/// With several groups by Steiger's (1998) square root of their number.
pub(crate) fn push_rmsea(out: &mut FitMeasures, model: Test, n: f64, groups: usize) {
    let Test { chisq, df, .. } = model;
    let per_group = n / groups as f64;
    let of = |noncentrality: f64| if df > 0.0 { (noncentrality / (per_group * df)).sqrt() } else { 0.0 };
    out.push("rmsea", of((chisq - df).max(0.0)));
    let (lower, upper) =
        if df > 0.0 { (noncentrality(chisq, df, 0.95), noncentrality(chisq, df, 0.05)) } else { (0.0, 0.0) };
    out.push("rmsea.ci.lower", of(lower));
    out.push("rmsea.ci.upper", of(upper));
    out.push("rmsea.ci.level", 0.90);
    if df > 0.0 {
        out.push("rmsea.pvalue", 1.0 - chi_square_cdf(chisq, df, per_group * df * 0.05 * 0.05));
        out.push("rmsea.close.h0", 0.05);
        out.push("rmsea.notclose.pvalue", chi_square_cdf(chisq, df, per_group * df * 0.08 * 0.08));
    } else {
        out.absent("rmsea.pvalue");
        out.push("rmsea.close.h0", 0.05);
        out.absent("rmsea.notclose.pvalue");
    }
    out.push("rmsea.notclose.h0", 0.08);
}

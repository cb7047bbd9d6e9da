//! Measures against the independence model.

use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::test_parts::Test;

/// A test statistic with its expectation where the model holds, of the model and of the independence model.
pub(crate) type Parts = ((f64, f64), (f64, f64));

pub(crate) fn push_scaled_incremental(out: &mut FitMeasures, test: Test, base: Test) {
    let mut incremental = FitMeasures::default();
    push_incremental(&mut incremental, test, base);
    for (name, value) in incremental.iter() {
        let name = match name {
            "cfi" => "cfi.scaled",
            "tli" => "tli.scaled",
            "nnfi" => "nnfi.scaled",
            "rfi" => "rfi.scaled",
            "nfi" => "nfi.scaled",
            "pnfi" => "pnfi.scaled",
            "ifi" => "ifi.scaled",
            "rni" => "rni.scaled",
            _ => continue,
        };
        out.0.push((name, value));
    }
}

pub(crate) fn push_robust_incremental(
    out: &mut FitMeasures,
    parts: Option<Parts>,
    df: f64,
    baseline_df: f64,
) {
    let names = ["cfi.robust", "tli.robust", "nnfi.robust", "rni.robust"];
    let Some(((t, expected), (t_b, expected_b))) = parts else {
        names.into_iter().for_each(|name| out.absent(name));
        return;
    };
    let (t, t_b) = (t - expected, t_b - expected_b);
    let saturated = df == 0.0;
    let worst = t.max(t_b).max(0.0);
    let cfi = if saturated || worst == 0.0 { 1.0 } else { 1.0 - t.max(0.0) / worst };
    let tli = if saturated { 1.0 } else { 1.0 - t * baseline_df / (t_b * df) };
    let rni = if saturated { 1.0 } else { 1.0 - t / t_b };
    names.into_iter().zip([cfi, tli, tli, rni]).for_each(|(name, value)| out.push(name, value));
}

pub(crate) fn push_test(out: &mut FitMeasures, names: [&'static str; 3], test: Test) {
    out.push(names[0], test.chisq);
    out.push(names[1], test.df);
    out.push_optional(names[2], test.pvalue);
}

pub(crate) fn push_incremental(out: &mut FitMeasures, model: Test, baseline: Test) {
    let (t, df, b, df_b) = (model.chisq, model.df, baseline.chisq, baseline.df);
    let worst = (t - df).max(b - df_b).max(0.0);
    let saturated = df == 0.0;
    let cfi = if saturated || worst == 0.0 { 1.0 } else { 1.0 - (t - df).max(0.0) / worst };
    let tli = if saturated { 1.0 } else { (b / df_b - t / df) / (b / df_b - 1.0) };
    let nfi = (b - t) / b;
    out.push("cfi", cfi);
    out.push("tli", tli);
    out.push("nnfi", tli);
    let rfi = (b / df_b - t / df) / (b / df_b);
    // a model worse than the baseline has 1 in lavaan, not a negative value
    // fewer degrees of freedom in the baseline than in the model: lavaan gives none
    let nested = df <= df_b;
    out.push(
        "rfi",
        if !nested {
            f64::NAN
        } else if saturated || rfi < 0.0 {
            1.0
        } else {
            rfi
        },
    );
    out.push("nfi", if nested { nfi } else { f64::NAN });
    out.push("pnfi", df / df_b * nfi);
    out.push("ifi", (b - t) / (b - df));
    out.push("rni", 1.0 - (t - df) / (b - df_b));
}

impl FitMeasures {
    /// What is compared with an independence model, by another one: its measures, and the robust discrepancies with their
    /// expectations of both.
    pub(crate) fn compare_with(&mut self, baseline: &FitMeasures, robust: Option<Parts>) {
        let test = |of: &FitMeasures, suffix: &str| {
            let get = |name: &str| of.get(&format!("{name}{suffix}"));
            Some(Test::of(get("chisq")?, get("df")?))
        };
        for suffix in ["", ".scaled"] {
            let (Some(model), Some(other)) = (test(self, suffix), test(baseline, suffix)) else { continue };
            let mut own = FitMeasures::default();
            push_test(&mut own, ["baseline.chisq", "baseline.df", "baseline.pvalue"], other);
            push_incremental(&mut own, model, other);
            own.0.iter().for_each(|(name, value)| self.set(&format!("{name}{suffix}"), *value));
        }
        if let (Some(model), Some(other)) = (test(self, ""), test(baseline, "")) {
            let mut own = FitMeasures::default();
            push_robust_incremental(&mut own, robust, model.df, other.df);
            own.0.iter().for_each(|(name, value)| self.set(name, *value));
        }
        self.set("baseline.chisq.scaling.factor", baseline.get("chisq.scaling.factor"));
    }
}

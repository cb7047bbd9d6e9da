//! Fit measures, each a small function of the test statistics, named as lavaan's `fitMeasures()`.
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

use super::inference::{ScaledTest, TestStatistic};
use crate::correlation::{Statistic, ThreeStage};
use crate::estimate::Conventions;
use crate::estimate::incomplete::moments::expected_form;
use crate::estimate::incomplete::problem::independence_value;
use crate::estimate::observed::Observed;
use crate::estimate::ordinal::moments::{OrdinalMoments, scaled_covariance};
use crate::estimate::ordinal::problem::OrdinalBaseline;
use crate::estimate::ordinal::robust::RobustOrdinal;
use crate::model::{Implied, ParameterTable};
use crate::numeric::noncentral::{chi_square_cdf, noncentrality};
use crate::numeric::tails::chi_square_tail;
use nalgebra::{DMatrix, DVector};
use serde::ser::{Serialize, SerializeMap, Serializer};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Fit measures by lavaan's names, in lavaan's order. A measure that does not exist for the model
/// (a p-value without degrees of freedom) has no value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FitMeasures(Vec<(&'static str, Option<f64>)>);

impl FitMeasures {
    /// A measure by its name (`"cfi"`, `"rmsea.ci.lower"`, ...); `None` where it does not exist.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|(n, _)| *n == name).and_then(|(_, value)| *value)
    }

    /// All measures in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Option<f64>)> + '_ {
        self.0.iter().copied()
    }

    /// The same names without values: of a fit that is no solution.
    pub(crate) fn without_values(self) -> Self {
        let keep = |name: &str| matches!(name, "npar" | "df" | "ntotal");
        Self(self.0.into_iter().map(|(n, v)| (n, v.filter(|_| keep(n)))).collect())
    }

    /// Another value for a measure that is there.
    pub(crate) fn replace(&mut self, name: &str, value: f64) {
        self.0.iter_mut().filter(|(n, _)| *n == name).for_each(|(_, old)| *old = Some(value));
    }

    /// What is compared with an independence model, by another one: its measures, and the robust discrepancies with their
    /// expectations of both.
    pub(crate) fn compare_with(&mut self, baseline: &FitMeasures, robust: Option<Parts>) {
        let test = |of: &FitMeasures, suffix: &str| {
            let get = |name: &str| of.get(&format!("{name}{suffix}"));
            Some(Test { chisq: get("chisq")?, df: get("df")? })
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

    fn set(&mut self, name: &str, value: Option<f64>) {
        self.0.iter_mut().filter(|(n, _)| *n == name).for_each(|(_, old)| *old = value);
    }

    pub(crate) fn push(&mut self, name: &'static str, value: f64) {
        self.0.push((name, value.is_finite().then_some(value)));
    }

    pub(crate) fn push_optional(&mut self, name: &'static str, value: Option<f64>) {
        self.0.push((name, value));
    }

    fn absent(&mut self, name: &'static str) {
        self.0.push((name, None));
    }
}

impl Serialize for FitMeasures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

/// A test statistic with its degrees of freedom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Test {
    pub(crate) chisq: f64,
    pub(crate) df: f64,
}

/// One group at the solution.
pub(crate) struct GroupFit<'a> {
    pub(crate) table: &'a ParameterTable,
    pub(crate) observed: &'a Observed,
    pub(crate) implied: &'a Implied,
    /// Sigma^-1; none with least squares, which do without.
    pub(crate) inverse: Option<&'a DMatrix<f64>>,
}

/// What least squares have in the place of a likelihood.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Squares {
    /// T of the independence model.
    pub(crate) baseline: f64,
    /// The same of ordinal data, with its own degrees of freedom.
    pub(crate) ordinal: Option<OrdinalBaseline>,
    pub(crate) gfi: f64,
    /// Whether T has a chi-square distribution.
    pub(crate) is_chi_square: bool,
}

/// The tests of a model and of its baseline, scaled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScaledTests {
    pub(crate) statistic: TestStatistic,
    pub(crate) model: ScaledTest,
    pub(crate) baseline: ScaledTest,
    /// tr(B1 A1^-1) and tr(B0 A0^-1) divided by their numbers of parameters, for Yuan and Bentler's test.
    pub(crate) levels: Option<(f64, f64)>,
    /// What the robust measures are made of, of ordinal data.
    pub(crate) robust: Option<RobustOrdinal>,
}

/// T and degrees of freedom of the independence model.
pub(crate) fn baseline_test(groups: &[GroupFit<'_>]) -> (f64, f64) {
    let each = groups.iter().map(|g| baseline(g.table, g.observed));
    each.fold((0.0, 0.0), |(chisq, df), test| (chisq + test.chisq, df + test.df))
}

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

fn push_scaled_incremental(out: &mut FitMeasures, test: Test, base: Test) {
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

/// A pooled statistic with its degrees of freedom and p-value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PooledStatistic {
    pub(crate) chisq: f64,
    pub(crate) df: f64,
    pub(crate) pvalue: Option<f64>,
}

impl PooledStatistic {
    fn test(&self) -> Test {
        Test { chisq: self.chisq, df: self.df }
    }
}

/// Measures of fits to completed data sets: the formulas of one fit at the pooled statistics of the model and of the
/// independence model (and their scaled versions), and residuals of the averaged moments at the pooled estimates.
pub(crate) fn pooled_measures(
    groups: &[GroupFit<'_>],
    npar: f64,
    (model, baseline): (PooledStatistic, PooledStatistic),
    scaled: Option<(PooledStatistic, PooledStatistic)>,
) -> FitMeasures {
    let mut out = FitMeasures::default();
    let sum = |f: &dyn Fn(&Observed) -> f64| groups.iter().map(|g| f(g.observed)).sum::<f64>();
    let (n, multiplier) = (sum(&|o| o.n as f64), sum(&|o| o.multiplier));
    let push = |out: &mut FitMeasures, names: [&'static str; 3], pooled: PooledStatistic| {
        out.push(names[0], pooled.chisq);
        out.push(names[1], pooled.df);
        out.0.push((names[2], pooled.pvalue));
    };
    out.push("npar", npar);
    push(&mut out, ["chisq", "df", "pvalue"], model);
    push(&mut out, ["baseline.chisq", "baseline.df", "baseline.pvalue"], baseline);
    push_incremental(&mut out, model.test(), baseline.test());
    out.push("ntotal", n);
    push_rmsea(&mut out, model.test(), multiplier, groups.len());
    push_residual_measures(&mut out, groups, n);
    if let Some((model, baseline)) = scaled {
        push(&mut out, ["chisq.scaled", "df.scaled", "pvalue.scaled"], model);
        let names = ["baseline.chisq.scaled", "baseline.df.scaled", "baseline.pvalue.scaled"];
        push(&mut out, names, baseline);
        push_scaled_incremental(&mut out, model.test(), baseline.test());
        let per_group = multiplier / groups.len() as f64;
        push_rmsea_of(&mut out, SCALED_RMSEA, model.test(), per_group, model.df, 1.0);
    }
    out
}

const SCALED_RMSEA: [&str; 5] = [
    "rmsea.scaled",
    "rmsea.ci.lower.scaled",
    "rmsea.ci.upper.scaled",
    "rmsea.pvalue.scaled",
    "rmsea.notclose.pvalue.scaled",
];

const ROBUST_RMSEA: [&str; 5] = [
    "rmsea.robust",
    "rmsea.ci.lower.robust",
    "rmsea.ci.upper.robust",
    "rmsea.pvalue.robust",
    "rmsea.notclose.pvalue.robust",
];

/// Of a test statistic with its expectation where the model holds.
fn push_robust_rmsea(out: &mut FitMeasures, (t, expected): (f64, f64), n: f64, df: f64) {
    let factor = if df > 0.0 { expected / df } else { 1.0 };
    push_rmsea_of(out, ROBUST_RMSEA, Test { chisq: t / factor, df }, n, df, factor);
}

/// A test statistic with its expectation where the model holds, of the model and of the independence model.
pub(crate) type Parts = ((f64, f64), (f64, f64));

fn push_robust_incremental(out: &mut FitMeasures, parts: Option<Parts>, df: f64, baseline_df: f64) {
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

/// RMSEA = sqrt(factor lambda / (n df)) with lambda the noncentrality of the test.
fn push_rmsea_of(out: &mut FitMeasures, names: [&'static str; 5], test: Test, n: f64, df: f64, factor: f64) {
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

/// Log-likelihoods of the model and of the saturated one, and what follows.
pub(crate) fn push_criteria(out: &mut FitMeasures, logl: f64, unrestricted: f64, npar: f64, n: f64) {
    out.push("logl", logl);
    out.push("unrestricted.logl", unrestricted);
    out.push("aic", -2.0 * logl + 2.0 * npar);
    out.push("bic", -2.0 * logl + npar * n.ln());
    out.push("bic2", -2.0 * logl + npar * ((n + 2.0) / 24.0).ln());
}

/// Independence model: variances (and means) free, covariances of covariates kept.
fn baseline(table: &ParameterTable, observed: &Observed) -> Test {
    let s = &observed.covariance;
    let p = s.nrows();
    let x = &table.exogenous;
    let pairs = |k: usize| (k * k.saturating_sub(1) / 2) as f64;
    if let Some(own) = observed.full_information() {
        let f = independence_value(table, own) - own.saturated.value;
        let df = pairs(p) - pairs(x.len()) - own.unknown().1 as f64;
        return Test { chisq: observed.multiplier * f.max(0.0), df };
    }
    let outcomes: f64 = (0..p).filter(|i| !x.contains(i)).map(|i| s[(i, i)].ln()).sum();
    let block = DMatrix::from_fn(x.len(), x.len(), |i, j| s[(x[i], x[j])]);
    let log_determinant = if x.is_empty() { 0.0 } else { block.determinant().ln() };
    let f = outcomes + log_determinant - observed.log_determinant;
    Test { chisq: observed.multiplier * f.max(0.0), df: pairs(p) - pairs(x.len()) }
}

pub(crate) fn push_test(out: &mut FitMeasures, names: [&'static str; 3], test: Test) {
    out.push(names[0], test.chisq);
    out.push(names[1], test.df);
    if test.df > 0.0 {
        out.push(names[2], chi_square_tail(test.chisq, test.df))
    } else {
        out.absent(names[2])
    }
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

/// Log-likelihood of the saturated model; conditional on fixed covariates. Under the Wishart likelihood
/// as lavaan has it: the normal one at the covariances with divisor N - 1.
fn unrestricted_log_likelihood(table: &ParameterTable, observed: &Observed) -> f64 {
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

/// With several groups by Steiger's (1998) square root of their number.
pub(crate) fn push_rmsea(out: &mut FitMeasures, model: Test, n: f64, groups: usize) {
    let Test { chisq, df } = model;
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

/// Sums of squared residuals over the elements of the lower triangle.
fn squares(p: usize, element: impl Fn(usize, usize) -> f64) -> f64 {
    (0..p).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|(i, j)| element(i, j).powi(2)).sum()
}

/// Root mean squared residuals: of each group, weighted by its share of the respondents.
fn push_residual_measures(out: &mut FitMeasures, groups: &[GroupFit<'_>], n: f64) {
    let mut total: Vec<(&'static str, f64)> = Vec::new();
    for group in groups {
        let share = group.observed.n as f64 / n;
        let own = residual_measures(group);
        if total.is_empty() {
            total = own.iter().map(|(name, _)| (*name, 0.0)).collect();
        }
        for ((_, sum), (_, value)) in total.iter_mut().zip(own) {
            *sum += share * value;
        }
    }
    total.into_iter().for_each(|(name, value)| out.push(name, value));
}

pub(crate) fn residual_measures(group: &GroupFit<'_>) -> Vec<(&'static str, f64)> {
    let GroupFit { table, observed, implied, .. } = group;
    if let Some(stages) = &observed.ordinal {
        return ordinal_residual_measures(table, stages, implied);
    }
    // variables that the group was not asked have no residual
    let there = observed.there();
    let block = |m: &DMatrix<f64>| m.select_rows(&there).select_columns(&there);
    let (s, sigma) = (&block(&observed.covariance), &block(&implied.sigma));
    let p = s.nrows();
    let sd = |m: &DMatrix<f64>| -> DVector<f64> { m.diagonal().map(f64::sqrt) };
    let (a, b) = (sd(s), sd(sigma));
    let (mean, mu) = (&observed.mean.select_rows(&there), &implied.mu.select_rows(&there));
    let correlation = |i: usize, j: usize| s[(i, j)] / (a[i] * a[j]) - sigma[(i, j)] / (b[i] * b[j]);
    let raw = squares(p, |i, j| s[(i, j)] - sigma[(i, j)]);
    let bentler = squares(p, |i, j| (s[(i, j)] - sigma[(i, j)]) / (a[i] * a[j]));
    let bollen = squares(p, |i, j| if i == j { 0.0 } else { correlation(i, j) });
    let mplus =
        squares(p, |i, j| if i == j { (s[(i, i)] - sigma[(i, i)]) / s[(i, i)] } else { correlation(i, j) });
    let over = |f: &dyn Fn(usize) -> f64| {
        if table.has_means { (0..p).map(|i| f(i).powi(2)).sum::<f64>() } else { 0.0 }
    };
    let raw_means = over(&|i| mean[i] - mu[i]);
    let bentler_means = over(&|i| (mean[i] - mu[i]) / a[i]);
    let bollen_means = over(&|i| mean[i] / a[i] - mu[i] / b[i]);
    let elements = (p * (p + 1) / 2) as f64;
    let means = if table.has_means { p as f64 } else { 0.0 };
    let pairs = elements - p as f64;
    let root = |sum: f64, count: f64| if count > 0.0 { (sum / count).sqrt() } else { 0.0 };
    let srmr_mplus = root(mplus + bollen_means, elements + means);
    let srmr_bentler = root(bentler + bentler_means, elements + means);
    vec![
        ("rmr", root(raw + raw_means, elements + means)),
        ("rmr_nomean", root(raw, elements)),
        ("srmr", srmr_bentler),
        ("srmr_bentler", srmr_bentler),
        ("srmr_bentler_nomean", root(bentler, elements)),
        ("crmr", root(bollen + bentler_means, pairs + means)),
        ("crmr_nomean", root(bollen, pairs)),
        ("srmr_mplus", srmr_mplus),
        ("srmr_mplus_nomean", root(mplus, elements)),
    ]
}

/// The same of ordinal data, given the covariates: correlations (covariances with continuous variables), and thresholds
/// in the place of means. `srmr` leaves thresholds out. As in lavaan, means and variances of continuous variables are
/// no residuals, and a covariate counts as one element without a residual beside the p (p + 1) / 2 of the others:
///
/// ```text
/// srmr = sqrt(sum_(j > k) (s_jk - sigma_jk)^2 / (s_jj s_kk) / (p (p + 1) / 2 + x))
/// ```
fn ordinal_residual_measures(
    table: &ParameterTable,
    stages: &ThreeStage,
    implied: &Implied,
) -> Vec<(&'static str, f64)> {
    let model = OrdinalMoments::new(table, stages).implied(implied);
    let own: Vec<usize> = (0..table.observed.len()).filter(|i| !table.covariates.contains(i)).collect();
    let all = scaled_covariance(implied);
    let sigma = DMatrix::from_fn(own.len(), own.len(), |i, j| all[(own[i], own[j])]);
    let s = &stages.covariance;
    let p = own.len();
    let sd = |m: &DMatrix<f64>| -> DVector<f64> { m.diagonal().map(f64::sqrt) };
    let (a, b) = (sd(s), sd(&sigma));
    let correlation = |i: usize, j: usize| s[(i, j)] / (a[i] * a[j]) - sigma[(i, j)] / (b[i] * b[j]);
    let covariance = |i: usize, j: usize| if i == j { 0.0 } else { s[(i, j)] - sigma[(i, j)] };
    let raw = squares(p, covariance);
    let bentler = squares(p, |i, j| covariance(i, j) / (a[i] * a[j]));
    let bollen = squares(p, |i, j| if i == j { 0.0 } else { correlation(i, j) });
    let (mut thresholds, mut count) = (0.0, 0.0);
    for ((statistic, value), implied) in stages.statistics.iter().zip(stages.values.iter()).zip(model.iter())
    {
        if let Statistic::Threshold(..) = statistic {
            thresholds += (value - implied).powi(2);
            count += 1.0;
        }
    }
    let elements = (p * (p + 1) / 2 + table.covariates.len()) as f64;
    let pairs = (p * p.saturating_sub(1) / 2) as f64;
    let root = |sum: f64, count: f64| if count > 0.0 { (sum / count).sqrt() } else { 0.0 };
    vec![
        ("rmr", root(raw + thresholds, elements + count)),
        ("rmr_nomean", root(raw, elements)),
        ("srmr", root(bentler, elements)),
        ("srmr_bentler", root(bentler + thresholds, elements + count)),
        ("srmr_bentler_nomean", root(bentler, elements)),
        ("crmr", root(bollen + thresholds, pairs + count)),
        ("crmr_nomean", root(bollen, pairs)),
    ]
}

/// The SRMR that Mplus prints: squared residuals are pooled over groups before the root is taken. With
/// expected information (asked for, or an estimator that has no other) they are Bentler's; else those of
/// correlations, relative variances and standardised means, and moments among fixed covariates are not counted.
pub(crate) fn mplus_srmr(groups: &[GroupFit<'_>], by_information: bool) -> f64 {
    let own = |group: &GroupFit<'_>| -> f64 {
        let p = group.observed.mean.len();
        let values = residual_measures(group);
        let of = |wanted: &str| values.iter().find(|(name, _)| *name == wanted).map_or(0.0, |(_, v)| *v);
        if group.observed.ordinal.is_some() {
            // thresholds count
            return of("srmr_bentler").powi(2);
        }
        let count = |p: usize| (p * (p + 1) / 2 + if group.table.has_means { p } else { 0 }) as f64;
        if by_information {
            of("srmr_bentler").powi(2)
        } else {
            of("srmr_mplus").powi(2) * count(p) / (count(p) - count(group.table.covariates.len()))
        }
    };
    let n: f64 = groups.iter().map(|group| group.observed.n as f64).sum();
    groups.iter().map(|group| group.observed.n as f64 / n * own(group)).sum::<f64>().sqrt()
}

/// GFI = 1 - e'We / s'Ws, W the normal-theory weight at the implied moments (Joreskog & Sorbom 1982),
/// the mean over groups weighted by their size. Of incomplete rows W is their expected information, and s holds the
/// means and pairwise covariances of the answers that are there (with sampling weights the saturated moments), as in
/// lavaan; none where two variables have no rows in common. Of two stages W is taken at the saturated moments.
fn push_goodness(out: &mut FitMeasures, groups: &[GroupFit<'_>], model: Test, known: Option<f64>) {
    let total: f64 = groups.iter().map(|group| group.observed.n as f64).sum();
    let (mut gfi, mut moments) = (0.0, 0.0);
    for GroupFit { table, observed, implied, inverse } in groups {
        if let Some(inverse) = inverse {
            let own = group_goodness(table, observed, implied, inverse).unwrap_or(f64::NAN);
            gfi += observed.n as f64 / total * own;
        }
        if let Some(stages) = &observed.ordinal {
            moments += stages.values.len() as f64;
            continue;
        }
        // all of them, those of fixed covariates included, as lavaan counts here
        let p = observed.mean.len();
        moments += (p * (p + 1) / 2 + if table.has_means { p } else { 0 }) as f64;
    }
    // of moments that a group does not have there is no discrepancy
    let lacks = groups.iter().any(|group| group.observed.there().len() < group.observed.mean.len());
    let gfi = if lacks { f64::NAN } else { known.unwrap_or(gfi) };
    out.push("gfi", gfi);
    out.push("agfi", if model.df > 0.0 { 1.0 - moments / model.df * (1.0 - gfi) } else { 1.0 });
    out.push("pgfi", model.df / moments * gfi);
}

fn group_goodness(
    table: &ParameterTable,
    observed: &Observed,
    implied: &Implied,
    inverse: &DMatrix<f64>,
) -> Option<f64> {
    let incomplete = observed.full_information().filter(|own| !own.is_listwise());
    let (mut s, mut mean) = match incomplete {
        Some(own) if !own.has_weights() => {
            let n = own.rows.n as f64;
            (own.short.pairwise()? * ((n - 1.0) / n), own.of_each.1.clone())
        }
        _ => (observed.covariance.clone(), observed.mean.clone()),
    };
    let (mut residual, mut difference) = (&s - &implied.sigma, &mean - &implied.mu);
    table.clear_covariates(&mut s, &mut mean);
    table.clear_covariates(&mut residual, &mut difference);
    if !table.has_means {
        (mean, difference) = (mean * 0.0, difference * 0.0);
    }
    let is_two_stage = observed.incomplete.is_some() && observed.full_information().is_none();
    let saturated =
        if is_two_stage { Some(crate::numeric::cholesky::inverse(&observed.covariance)?) } else { None };
    let weight = saturated.as_ref().unwrap_or(inverse);
    let form = |mean: &DVector<f64>, matrix: &DMatrix<f64>| match incomplete {
        Some(own) => expected_form(&own.short, inverse, mean, matrix),
        None => {
            let product = weight * matrix;
            let square = product.component_mul(&product.transpose()).sum();
            Some(mean.dot(&(weight * mean)) + 0.5 * square)
        }
    };
    Some(1.0 - form(&difference, &residual)? / form(&mean, &s)?)
}

//! What tests and measures of fit are made of, whatever the kind of data.

use crate::estimate::inference::{ScaledTest, TestStatistic};
use crate::numeric::tails::chi_square_tail;

/// A test statistic with its degrees of freedom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Test {
    pub(crate) chisq: f64,
    pub(crate) df: f64,
    pub(crate) pvalue: Option<f64>,
}

impl Test {
    /// With the p-value of a chi-square distribution; none without degrees of freedom.
    pub(crate) fn of(chisq: f64, df: f64) -> Self {
        let pvalue = (df > 0.0).then(|| chi_square_tail(chisq, df)).filter(|p| p.is_finite());
        Self { chisq, df, pvalue }
    }

    /// Of a statistic that has no chi-square distribution.
    pub(crate) fn without_pvalue(self) -> Self {
        Self { pvalue: None, ..self }
    }
}

/// What a scaled statistic is made of: tr(U Gamma), or what stands for it, and tr((U Gamma)^2) where the statistic needs it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Traces {
    pub(crate) trace: f64,
    pub(crate) square: f64,
    /// tr(B1 A1^-1) of the saturated model and tr(B0 A0^-1) of the model, for Yuan and Bentler's statistic.
    pub(crate) levels: Option<(f64, f64)>,
}

impl Traces {
    pub(crate) fn of(trace: f64, square: f64) -> Self {
        Self { trace, square, levels: None }
    }
}

/// What is asked of an independence model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BaselineAsked {
    /// Whether slopes on fixed covariates are parameters of that of ordinal data.
    pub(crate) free_slopes: bool,
    /// What its test is scaled for; none where it is not.
    pub(crate) statistic: Option<TestStatistic>,
}

impl BaselineAsked {
    /// Whether tr((U Gamma)^2) is needed.
    pub(crate) fn squared(&self) -> bool {
        matches!(self.statistic, Some(TestStatistic::ScaledShifted | TestStatistic::MeanVarAdjusted))
    }
}

/// T of the independence model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Baseline {
    pub(crate) chisq: f64,
    pub(crate) df: f64,
    /// What scales it, where the kind of data has its own way to it; else it is that of any model.
    pub(crate) traces: Option<Traces>,
}

/// Discrepancies with what is expected of them where the model holds: what robust measures are made of.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RobustParts {
    pub(crate) chisq: f64,
    pub(crate) expected: f64,
    pub(crate) baseline_chisq: f64,
    pub(crate) baseline_expected: f64,
}

/// Where the robust measures of a scaled test come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Robust {
    /// The test itself, divided by its mean factor.
    ByFactor,
    /// Discrepancies of their own.
    Own(RobustParts),
    /// There are none.
    Unknown,
}

/// The tests of a model and of its baseline, scaled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScaledTests {
    pub(crate) statistic: TestStatistic,
    pub(crate) model: ScaledTest,
    pub(crate) baseline: ScaledTest,
    /// tr(B1 A1^-1) and tr(B0 A0^-1) divided by their numbers of parameters, for Yuan and Bentler's test.
    pub(crate) levels: Option<(f64, f64)>,
    pub(crate) robust: Robust,
}

//! How uncertainty is computed: information, standard errors, test statistic.

use crate::estimate::Conventions;
use serde::{Deserialize, Serialize};

/// The information matrix behind the standard errors.
///
/// ```
/// use psychometrics::estimate::Information;
/// assert_eq!("expected".parse(), Ok(Information::Expected));
/// assert_eq!(Information::Expected.to_string(), "expected");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Information {
    /// Its expectation under normality.
    #[serde(rename = "expected")]
    Expected,
    /// Half the Hessian of the discrepancy.
    #[serde(rename = "observed")]
    Observed,
    /// The mean outer product of the respondents' scores.
    #[serde(rename = "first.order")]
    FirstOrder,
}

/// Standard errors, with A the information of one respondent and B the mean outer product of scores.
///
/// ```
/// use psychometrics::estimate::StandardErrors;
/// assert_eq!("bootstrap".parse(), Ok(StandardErrors::Bootstrap));
/// assert_eq!(StandardErrors::Bootstrap.to_string(), "bootstrap");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum StandardErrors {
    /// (N A)^-1.
    #[serde(rename = "standard")]
    Standard,
    /// A^-1 D'V Gamma V D A^-1 / N with deviations from the observed moments (Browne 1984; Satorra &
    /// Bentler 1994). V is the expected information of the saturated model, or its observed information where the
    /// observed one is asked for.
    #[serde(rename = "robust.sem")]
    RobustSem,
    /// A^-1 B A^-1 / N (Huber 1967; White 1982).
    #[serde(rename = "robust.huber.white")]
    RobustHuberWhite,
    /// (N B)^-1.
    #[serde(rename = "first.order")]
    FirstOrder,
    /// Standard deviation over fits to resampled respondents (Efron 1979).
    #[serde(rename = "bootstrap")]
    Bootstrap,
    /// None.
    #[serde(rename = "none")]
    None,
}

/// The test of the model, with T = N F of maximum likelihood.
///
/// ```
/// use psychometrics::estimate::TestStatistic;
/// assert_eq!("standard".parse(), Ok(TestStatistic::Standard));
/// assert_eq!(TestStatistic::Standard.to_string(), "standard");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TestStatistic {
    /// T.
    #[serde(rename = "standard")]
    Standard,
    /// T / c, c = tr(U Gamma) / df (Satorra & Bentler 1994).
    #[serde(rename = "satorra.bentler")]
    SatorraBentler,
    /// T / c, c = tr(U Gamma) / df, with the observed information of the saturated model at the implied
    /// moments as the weight in U; its expectation, with expected information, gives Satorra and Bentler's
    /// statistic (Yuan & Bentler 2000).
    #[serde(rename = "yuan.bentler")]
    YuanBentler,
    /// T / c, c = (tr(B1 A1^-1) - tr(B0 A0^-1)) / df (Asparouhov & Muthen 2005; Yuan & Bentler 2000).
    #[serde(rename = "yuan.bentler.mplus")]
    YuanBentlerMplus,
    /// T / c with df' = tr(U Gamma)^2 / tr((U Gamma)^2), c = tr(U Gamma) / df' (Satterthwaite 1941;
    /// Satorra & Bentler 1994).
    #[serde(rename = "mean.var.adjusted")]
    MeanVarAdjusted,
    /// a T + b, a = sqrt(df / tr((U Gamma)^2)), b = df - a tr(U Gamma) (Asparouhov & Muthen 2010).
    #[serde(rename = "scaled.shifted")]
    ScaledShifted,
    /// T against its values in samples for which the model holds (Bollen & Stine 1992).
    #[serde(rename = "bollen.stine")]
    BollenStine,
    /// Browne's (1984) residual-based test with the normal-theory weight at the observed moments,
    #[serde(rename = "browne.residual.nt")]
    BrowneResidualNt,
    /// at the implied moments,
    #[serde(rename = "browne.residual.nt.model")]
    BrowneResidualNtModel,
    /// with the cases' own weight at the observed moments,
    #[serde(rename = "browne.residual.adf")]
    BrowneResidualAdf,
    /// and at the implied moments.
    #[serde(rename = "browne.residual.adf.model")]
    BrowneResidualAdfModel,
}

/// A test statistic brought to its reference distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ScaledTest {
    pub(crate) chisq: f64,
    pub(crate) df: f64,
    /// c.
    pub(crate) factor: f64,
    /// b, of the scaled and shifted statistic.
    pub(crate) shift: Option<f64>,
    /// tr(U Gamma) / df: what the robust versions of measures divide by, whatever the statistic.
    pub(crate) mean_factor: f64,
}

impl TestStatistic {
    /// Whether it is one of Browne's, from the residuals.
    pub(crate) fn is_browne(self) -> bool {
        use TestStatistic::*;
        matches!(self, BrowneResidualNt | BrowneResidualNtModel | BrowneResidualAdf | BrowneResidualAdfModel)
    }

    /// Whether it is T scaled (and shifted), with measures of fit that go with it.
    pub(crate) fn is_scaled(self) -> bool {
        use TestStatistic::*;
        matches!(self, SatorraBentler | YuanBentler | YuanBentlerMplus | MeanVarAdjusted | ScaledShifted)
    }

    /// lavaan's name.
    pub fn name(self) -> &'static str {
        match self {
            TestStatistic::Standard => "standard",
            TestStatistic::SatorraBentler => "satorra.bentler",
            TestStatistic::YuanBentler => "yuan.bentler",
            TestStatistic::YuanBentlerMplus => "yuan.bentler.mplus",
            TestStatistic::MeanVarAdjusted => "mean.var.adjusted",
            TestStatistic::ScaledShifted => "scaled.shifted",
            TestStatistic::BollenStine => "bollen.stine",
            TestStatistic::BrowneResidualNt => "browne.residual.nt",
            TestStatistic::BrowneResidualNtModel => "browne.residual.nt.model",
            TestStatistic::BrowneResidualAdf => "browne.residual.adf",
            TestStatistic::BrowneResidualAdfModel => "browne.residual.adf.model",
        }
    }

    /// Whether it takes the respondents' rows.
    pub(crate) fn needs_rows(self) -> bool {
        use TestStatistic::*;
        !matches!(self, Standard | BrowneResidualNt | BrowneResidualNtModel)
    }
    /// Scales T; `trace` is tr(U Gamma), or what stands for it, and `square` tr((U Gamma)^2).
    pub(crate) fn scale(
        self,
        chisq: f64,
        df: f64,
        trace: f64,
        square: f64,
        conventions: Conventions,
    ) -> ScaledTest {
        if df == 0.0 {
            // nothing to test, and nothing to scale by: 1 in Mplus
            let factor = if conventions == Conventions::Mplus { 1.0 } else { f64::NAN };
            return ScaledTest { chisq: 0.0, df, factor, shift: None, mean_factor: 0.0 };
        }
        let mean_factor = trace / df;
        let plain =
            |factor: f64, df: f64| ScaledTest { chisq: chisq / factor, df, factor, shift: None, mean_factor };
        match self {
            TestStatistic::Standard
            | TestStatistic::BollenStine
            | TestStatistic::BrowneResidualNt
            | TestStatistic::BrowneResidualNtModel
            | TestStatistic::BrowneResidualAdf
            | TestStatistic::BrowneResidualAdfModel => plain(1.0, df),
            TestStatistic::SatorraBentler | TestStatistic::YuanBentler | TestStatistic::YuanBentlerMplus => {
                plain(mean_factor, df)
            }
            TestStatistic::MeanVarAdjusted => {
                let own = trace * trace / square;
                // Mplus takes the nearest whole number of degrees of freedom
                let own = if conventions == Conventions::Mplus { own.round().max(1.0) } else { own };
                plain(trace / own, own)
            }
            TestStatistic::ScaledShifted => {
                let a = (df / square).sqrt();
                let b = df - a * trace;
                ScaledTest { chisq: a * chisq + b, df, factor: 1.0 / a, shift: Some(b), mean_factor }
            }
        }
    }
}

/// A test of the model.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// use psychometrics::Estimator;
///
/// let fit = Estimation::new(Estimator::Mlr).fit(&model, &data)?;
/// let shown: Vec<String> = fit.tests.iter().map(|own| format!("{} {:.3}", own.test, own.chisq)).collect();
/// assert_eq!(shown, ["standard 85.306", "yuan.bentler.mplus 87.132"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelTest {
    /// Which.
    pub test: TestStatistic,
    /// The statistic.
    pub chisq: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Probability of a larger statistic where the model holds; none without degrees of freedom.
    pub pvalue: Option<f64>,
    /// What each group contributes, of the standard test.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<f64>,
}

//! The choices of a fit by name, as lavaan names them: to print, to read, and to list.

use crate::error::{Error, Result, chosen};
use crate::estimate::{
    BootstrapInterval, Bounds, Conventions, DifferenceTest, Estimator, Information, Likelihood, Resampling,
    ScoreMethod, StandardErrors, TestStatistic,
};
use std::fmt;
use std::str::FromStr;

impl Estimator {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[
        Self::Ml,
        Self::Mlm,
        Self::Mlmv,
        Self::Mlmvs,
        Self::Mlr,
        Self::Mlf,
        Self::Gls,
        Self::Uls,
        Self::Wls,
        Self::Dwls,
        Self::Wlsm,
        Self::Wlsmv,
        Self::Wlsmvs,
        Self::Ulsm,
        Self::Ulsmv,
        Self::Ulsmvs,
    ];
}

impl fmt::Display for Estimator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Estimator {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("estimator", Self::ALL, text)
    }
}

impl Likelihood {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Normal, Self::Wishart];
}

impl fmt::Display for Likelihood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Likelihood::Normal => "normal",
            Likelihood::Wishart => "wishart",
        })
    }
}

impl FromStr for Likelihood {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("likelihood", Self::ALL, text)
    }
}

impl Conventions {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Lavaan, Self::Mplus];
}

impl fmt::Display for Conventions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Conventions::Lavaan => "lavaan",
            Conventions::Mplus => "mplus",
        })
    }
}

impl FromStr for Conventions {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("program to mimic", Self::ALL, text)
    }
}

impl Information {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Expected, Self::Observed, Self::FirstOrder];
}

impl fmt::Display for Information {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Information::Expected => "expected",
            Information::Observed => "observed",
            Information::FirstOrder => "first.order",
        })
    }
}

impl FromStr for Information {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("information matrix", Self::ALL, text)
    }
}

impl StandardErrors {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[
        Self::Standard,
        Self::RobustSem,
        Self::RobustHuberWhite,
        Self::FirstOrder,
        Self::Bootstrap,
        Self::None,
    ];
}

impl fmt::Display for StandardErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            StandardErrors::Standard => "standard",
            StandardErrors::RobustSem => "robust.sem",
            StandardErrors::RobustHuberWhite => "robust.huber.white",
            StandardErrors::FirstOrder => "first.order",
            StandardErrors::Bootstrap => "bootstrap",
            StandardErrors::None => "none",
        })
    }
}

impl FromStr for StandardErrors {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("kind of standard errors", Self::ALL, text)
    }
}

impl TestStatistic {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[
        Self::Standard,
        Self::SatorraBentler,
        Self::YuanBentler,
        Self::YuanBentlerMplus,
        Self::MeanVarAdjusted,
        Self::ScaledShifted,
        Self::BollenStine,
        Self::BrowneResidualNt,
        Self::BrowneResidualNtModel,
        Self::BrowneResidualAdf,
        Self::BrowneResidualAdfModel,
    ];
}

impl fmt::Display for TestStatistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for TestStatistic {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("test statistic", Self::ALL, text)
    }
}

impl DifferenceTest {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] =
        &[Self::Standard, Self::SatorraBentler2001, Self::SatorraBentler2010, Self::Satorra2000];
}

impl fmt::Display for DifferenceTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for DifferenceTest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("difference test", Self::ALL, text)
    }
}

impl Resampling {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Nonparametric, Self::Parametric];
}

impl fmt::Display for Resampling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Resampling::Nonparametric => "nonparametric",
            Resampling::Parametric => "parametric",
        })
    }
}

impl FromStr for Resampling {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("source of replicates", Self::ALL, text)
    }
}

impl BootstrapInterval {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Percentile, Self::Basic, Self::Bca, Self::Normal];
}

impl fmt::Display for BootstrapInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            BootstrapInterval::Percentile => "percentile",
            BootstrapInterval::Basic => "basic",
            BootstrapInterval::Bca => "bca",
            BootstrapInterval::Normal => "normal",
        })
    }
}

impl FromStr for BootstrapInterval {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("bootstrap interval", Self::ALL, text)
    }
}

impl Bounds {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::None, Self::PositiveVariances, Self::Standard, Self::Wide];
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Bounds::None => "none",
            Bounds::PositiveVariances => "pos.var",
            Bounds::Standard => "standard",
            Bounds::Wide => "wide",
        })
    }
}

impl FromStr for Bounds {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("choice of bounds", Self::ALL, text)
    }
}

impl ScoreMethod {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Regression, Self::Bartlett, Self::Ebm, Self::Eap];
}

impl fmt::Display for ScoreMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            ScoreMethod::Regression => "regression",
            ScoreMethod::Bartlett => "bartlett",
            ScoreMethod::Ebm => "ebm",
            ScoreMethod::Eap => "eap",
        })
    }
}

impl FromStr for ScoreMethod {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("kind of factor scores", Self::ALL, text)
    }
}

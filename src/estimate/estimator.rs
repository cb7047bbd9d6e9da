//! The estimators: what each minimises, and what goes with it unless something else is asked for.

use super::inference::{Information, StandardErrors, TestStatistic};
use serde::{Deserialize, Serialize};

/// The estimator.
///
/// ```
/// use psychometrics::estimate::Estimator;
/// assert_eq!("MLR".parse(), Ok(Estimator::Mlr));
/// assert_eq!(Estimator::Mlr.to_string(), "MLR");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Estimator {
    /// Maximum likelihood under multivariate normality.
    #[default]
    Ml,
    /// ML with robust standard errors and the Satorra-Bentler test.
    Mlm,
    /// ML with robust standard errors and the scaled and shifted test.
    Mlmv,
    /// ML with robust standard errors and the mean- and variance-adjusted test.
    Mlmvs,
    /// ML with Huber-White standard errors and Yuan and Bentler's test, as in Mplus.
    Mlr,
    /// ML with standard errors from the first-order information.
    Mlf,
    /// Generalised least squares: normal-theory weights at the observed moments.
    Gls,
    /// Unweighted least squares.
    Uls,
    /// Weighted least squares with the full matrix of the moments' sampling covariances (ADF).
    Wls,
    /// Weighted least squares with its diagonal.
    Dwls,
    /// DWLS with robust standard errors and the Satorra-Bentler test.
    Wlsm,
    /// DWLS with robust standard errors and the scaled and shifted test.
    Wlsmv,
    /// DWLS with robust standard errors and the mean- and variance-adjusted test.
    Wlsmvs,
    /// ULS with robust standard errors and the Satorra-Bentler test.
    Ulsm,
    /// ULS with robust standard errors and the scaled and shifted test.
    Ulsmv,
    /// ULS with robust standard errors and the mean- and variance-adjusted test.
    Ulsmvs,
}

/// What an estimator minimises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Criterion {
    Likelihood,
    Gls,
    Uls,
    Wls,
    Dwls,
}

impl Estimator {
    /// Name as printed and as given on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Estimator::Ml => "ML",
            Estimator::Mlm => "MLM",
            Estimator::Mlmv => "MLMV",
            Estimator::Mlmvs => "MLMVS",
            Estimator::Mlr => "MLR",
            Estimator::Mlf => "MLF",
            Estimator::Gls => "GLS",
            Estimator::Uls => "ULS",
            Estimator::Wls => "WLS",
            Estimator::Dwls => "DWLS",
            Estimator::Wlsm => "WLSM",
            Estimator::Wlsmv => "WLSMV",
            Estimator::Wlsmvs => "WLSMVS",
            Estimator::Ulsm => "ULSM",
            Estimator::Ulsmv => "ULSMV",
            Estimator::Ulsmvs => "ULSMVS",
        }
    }

    /// Whether ordinal variables can be fitted by it.
    pub fn takes_ordinal(self) -> bool {
        matches!(self.criterion(), Criterion::Uls | Criterion::Wls | Criterion::Dwls)
    }

    /// Whether it was made for ordinal variables: the robust kin of DWLS and ULS.
    pub(crate) fn is_for_ordinal(self) -> bool {
        use Estimator as E;
        matches!(self, E::Wlsm | E::Wlsmv | E::Wlsmvs | E::Ulsm | E::Ulsmv | E::Ulsmvs)
    }

    /// Whether moments are weighted, and there is no likelihood.
    pub(crate) fn is_least_squares(self) -> bool {
        self.criterion() != Criterion::Likelihood
    }

    pub(crate) fn criterion(self) -> Criterion {
        match self {
            Estimator::Ml
            | Estimator::Mlm
            | Estimator::Mlmv
            | Estimator::Mlmvs
            | Estimator::Mlr
            | Estimator::Mlf => Criterion::Likelihood,
            Estimator::Gls => Criterion::Gls,
            Estimator::Uls | Estimator::Ulsm | Estimator::Ulsmv | Estimator::Ulsmvs => Criterion::Uls,
            Estimator::Wls => Criterion::Wls,
            Estimator::Dwls | Estimator::Wlsm | Estimator::Wlsmv | Estimator::Wlsmvs => Criterion::Dwls,
        }
    }

    /// Information, standard errors and test unless others are asked for.
    pub(crate) fn defaults(self) -> (Information, StandardErrors, TestStatistic) {
        use {Information as I, StandardErrors as S, TestStatistic as T};
        match self {
            Estimator::Ml | Estimator::Gls | Estimator::Uls | Estimator::Wls | Estimator::Dwls => {
                (I::Expected, S::Standard, T::Standard)
            }
            Estimator::Mlm | Estimator::Wlsm | Estimator::Ulsm => {
                (I::Expected, S::RobustSem, T::SatorraBentler)
            }
            Estimator::Mlmv | Estimator::Wlsmv | Estimator::Ulsmv => {
                (I::Expected, S::RobustSem, T::ScaledShifted)
            }
            Estimator::Mlmvs | Estimator::Wlsmvs | Estimator::Ulsmvs => {
                (I::Expected, S::RobustSem, T::MeanVarAdjusted)
            }
            Estimator::Mlr => (I::Observed, S::RobustHuberWhite, T::YuanBentlerMplus),
            Estimator::Mlf => (I::FirstOrder, S::FirstOrder, T::Standard),
        }
    }
}

/// Which likelihood the moments have.
///
/// ```
/// use psychometrics::estimate::Likelihood;
/// assert_eq!("wishart".parse(), Ok(Likelihood::Wishart));
/// assert_eq!(Likelihood::Wishart.to_string(), "wishart");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Likelihood {
    /// Of the data: covariances have divisor N, and the test statistic is N F (lavaan, Mplus).
    #[default]
    Normal,
    /// Of the covariance matrix: divisor N - 1, and the test statistic is (N - 1) F (AMOS, EQS, LISREL).
    Wishart,
}

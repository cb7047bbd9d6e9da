//! The methods by which factors are extracted.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How factors are extracted: what is minimised over loadings L and uniquenesses Psi, with residuals E = R - LL' - Psi.
///
/// ```
/// use psychometrics::factor::{CorrelationMatrix, Extraction, extract};
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = || vec!["a".to_string(), "b".into(), "c".into()];
/// let r = vec![vec![1.0, 0.72, 0.63], vec![0.72, 1.0, 0.56], vec![0.63, 0.56, 1.0]];
/// let r = CorrelationMatrix::of(&LabelledMatrix::new(names(), names(), r)?)?;
/// let first = |extraction| extract(&r, 1, extraction).map(|found| found.loadings.values[0][0]);
/// // one factor explains all three correlations; components explain variances too
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", first(Extraction::Minres)?, first(Extraction::Ml)?, first(Extraction::Pc)?),
///     "0.900 0.900 0.905"
/// );
/// assert_eq!("wlsmv".parse(), Ok(Extraction::Wlsmv));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Extraction {
    /// Least squares: 1/2 tr E^2 (Harman & Jones 1966). The same as [`Uls`](Self::Uls).
    #[default]
    Minres,
    /// Unweighted least squares (Jöreskog 1977), which is minres by another name.
    Uls,
    /// Maximum likelihood: log|Sigma| + tr R Sigma^-1 - log|R| - p (Lawley 1940; Jöreskog 1967).
    Ml,
    /// Principal axes: communalities are put into the diagonal until they stay the same (Thomson 1934).
    Pa,
    /// Generalised least squares: 1/2 tr (R^-1 E)^2 (Jöreskog & Goldberger 1972).
    Gls,
    /// Least squares with every residual weighted by the roots of its two elements of diag R^-1.
    Wls,
    /// Principal components: no uniquenesses.
    Pc,
    /// Alpha factors: the largest coefficient alpha of each factor (Kaiser & Caffrey 1965).
    Alpha,
    /// Minimum rank: the smallest sum of unexplained common variance with R - Psi positive semidefinite (ten Berge & Kiers
    /// 1991).
    Minrank,
    /// Ordinal variables by diagonally weighted least squares, with mean- and variance-adjusted test.
    Wlsmv,
    /// Ordinal variables by unweighted least squares, with mean- and variance-adjusted test.
    Ulsmv,
}

impl Extraction {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[
        Self::Minres,
        Self::Uls,
        Self::Ml,
        Self::Pa,
        Self::Gls,
        Self::Wls,
        Self::Pc,
        Self::Alpha,
        Self::Minrank,
        Self::Wlsmv,
        Self::Ulsmv,
    ];

    /// Whether it is of ordinal answers, and needs their rows.
    pub fn is_ordinal(self) -> bool {
        matches!(self, Self::Wlsmv | Self::Ulsmv)
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Minres => "minimum residuals",
            Self::Uls => "unweighted least squares",
            Self::Ml => "maximum likelihood",
            Self::Pa => "principal axes",
            Self::Gls => "generalised least squares",
            Self::Wls => "weighted least squares",
            Self::Pc => "principal components",
            Self::Alpha => "alpha factoring",
            Self::Minrank => "minimum rank",
            Self::Wlsmv => "diagonally weighted least squares of ordinal answers",
            Self::Ulsmv => "unweighted least squares of ordinal answers",
        }
    }
}

impl fmt::Display for Extraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Minres => "minres",
            Self::Uls => "uls",
            Self::Ml => "ml",
            Self::Pa => "pa",
            Self::Gls => "gls",
            Self::Wls => "wls",
            Self::Pc => "pc",
            Self::Alpha => "alpha",
            Self::Minrank => "minrank",
            Self::Wlsmv => "wlsmv",
            Self::Ulsmv => "ulsmv",
        })
    }
}

impl FromStr for Extraction {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("extraction", Self::ALL, text)
    }
}

//! The steps of a ladder of invariance, and what each holds equal in all groups.

use crate::error::{Error, Result, nearest};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A step of the ladder. Each holds equal what the steps named in its line hold, and its own; a ladder holds at each of its
/// steps what the steps before it hold too.
///
/// ```
/// use psychometrics::evidence::internal_structure::Level;
///
/// assert_eq!(Level::usual(false), [Level::Configural, Level::Metric, Level::Scalar, Level::Strict]);
/// // of ordinal items the step has Wu and Estabrook's name
/// assert_eq!((Level::Metric.name(false), Level::Metric.name(true)), ("metric", "loadings"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Level {
    /// The same structure: which item measures which factor.
    Configural,
    /// Thresholds of ordinal items (`thresholds`).
    Thresholds,
    /// Loadings, and thresholds (`metric`; of ordinal items `loadings`).
    Metric,
    /// Intercepts, and loadings (`scalar`; `intercepts`).
    Scalar,
    /// Residual variances, and intercepts (`strict`; `residuals`).
    Strict,
    /// Variances of the factors, and loadings (`lv.variances`).
    LatentVariances,
    /// Variances and covariances of the factors, and loadings (`lv.covariances`).
    LatentCovariances,
    /// Means of the factors, and intercepts (`lv.means`; `means`).
    LatentMeans,
}

impl Level {
    /// All there are, in the order of a ladder.
    pub const ALL: &'static [Self] = &[
        Self::Configural,
        Self::Thresholds,
        Self::Metric,
        Self::Scalar,
        Self::Strict,
        Self::LatentVariances,
        Self::LatentCovariances,
        Self::LatentMeans,
    ];

    /// The steps of a ladder, where nobody says which: to equal residual variances.
    pub fn usual(is_ordinal: bool) -> Vec<Self> {
        let all = [Self::Configural, Self::Thresholds, Self::Metric, Self::Scalar, Self::Strict];
        all.into_iter().filter(|level| is_ordinal || *level != Self::Thresholds).collect()
    }

    /// Its name: for ordinal items that of Wu and Estabrook's (2016) steps.
    pub fn name(self, is_ordinal: bool) -> &'static str {
        match (self, is_ordinal) {
            (Self::Configural, _) => "configural",
            (Self::Thresholds, _) => "thresholds",
            (Self::Metric, false) => "metric",
            (Self::Metric, true) => "loadings",
            (Self::Scalar, false) => "scalar",
            (Self::Scalar, true) => "intercepts",
            (Self::Strict, false) => "strict",
            (Self::Strict, true) => "residuals",
            (Self::LatentVariances, _) => "lv.variances",
            (Self::LatentCovariances, _) => "lv.covariances",
            (Self::LatentMeans, false) => "lv.means",
            (Self::LatentMeans, true) => "means",
        }
    }

    /// What it holds equal.
    pub(super) fn holds(self) -> Held {
        let none = Held::default();
        let loadings = Held { thresholds: true, loadings: true, ..none };
        let intercepts = Held { intercepts: true, ..loadings };
        match self {
            Self::Configural => none,
            Self::Thresholds => Held { thresholds: true, ..none },
            Self::Metric => loadings,
            Self::Scalar => intercepts,
            Self::Strict => Held { residuals: true, ..intercepts },
            Self::LatentVariances => Held { variances: true, ..loadings },
            Self::LatentCovariances => Held { variances: true, covariances: true, ..loadings },
            Self::LatentMeans => Held { means: true, ..intercepts },
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name(false))
    }
}

impl FromStr for Level {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let is = |level: &&Level| [false, true].iter().any(|own| level.name(*own).eq_ignore_ascii_case(text));
        Self::ALL.iter().find(is).copied().ok_or_else(|| {
            let mut names: Vec<&str> = Self::ALL.iter().flat_map(|l| [l.name(false), l.name(true)]).collect();
            names.dedup();
            Error::UnknownChoice {
                what: "level of invariance".into(),
                given: text.into(),
                nearest: nearest(text, names.iter().copied()),
                allowed: names.into_iter().map(Into::into).collect(),
            }
        })
    }
}

/// What is held equal in all groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) thresholds: bool,
    pub(super) loadings: bool,
    pub(super) intercepts: bool,
    pub(super) residuals: bool,
    pub(super) variances: bool,
    pub(super) covariances: bool,
    pub(super) means: bool,
}

impl Held {
    /// This and that.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            thresholds: self.thresholds || other.thresholds,
            loadings: self.loadings || other.loadings,
            intercepts: self.intercepts || other.intercepts,
            residuals: self.residuals || other.residuals,
            variances: self.variances || other.variances,
            covariances: self.covariances || other.covariances,
            means: self.means || other.means,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_has_two_names_and_reads_both() {
        for level in Level::ALL {
            for is_ordinal in [false, true] {
                assert_eq!(level.name(is_ordinal).parse::<Level>().as_ref(), Ok(level));
            }
        }
        let error = "metrik".parse::<Level>().unwrap_err();
        assert!(error.to_string().contains("metrik"), "{error}");
        assert_eq!(Level::usual(false).len(), 4);
    }
}

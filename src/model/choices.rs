//! The choices that complete a model by name, as lavaan names them: to print, to read, and to list.

use super::specification::{Equality, Function, Parameterization};
use crate::error::{Error, Result, chosen};
use std::fmt;
use std::str::FromStr;

impl Function {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Cfa, Self::Sem, Self::Growth, Self::Lavaan];
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Function::Cfa => "cfa",
            Function::Sem => "sem",
            Function::Growth => "growth",
            Function::Lavaan => "lavaan",
        })
    }
}

impl FromStr for Function {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("function", Self::ALL, text)
    }
}

impl Equality {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[
        Self::Loadings,
        Self::Intercepts,
        Self::Residuals,
        Self::ResidualCovariances,
        Self::Thresholds,
        Self::Means,
        Self::Regressions,
        Self::LatentVariances,
        Self::LatentCovariances,
    ];
}

impl fmt::Display for Equality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Equality::Loadings => "loadings",
            Equality::Intercepts => "intercepts",
            Equality::Residuals => "residuals",
            Equality::ResidualCovariances => "residual.covariances",
            Equality::Thresholds => "thresholds",
            Equality::Means => "means",
            Equality::Regressions => "regressions",
            Equality::LatentVariances => "lv.variances",
            Equality::LatentCovariances => "lv.covariances",
        })
    }
}

impl FromStr for Equality {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("kind of parameter", Self::ALL, text)
    }
}

impl Parameterization {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Delta, Self::Theta];
}

impl fmt::Display for Parameterization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Parameterization::Delta => "delta",
            Parameterization::Theta => "theta",
        })
    }
}

impl FromStr for Parameterization {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("parameterization", Self::ALL, text)
    }
}

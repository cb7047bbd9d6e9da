//! The choices that complete a model by name, as lavaan names them: to print, to read, and to list.

use super::specification::{
    Covariates, Equality, Function, LatentCovariances, MeanStructure, Parameterization, Scaling,
};
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

impl Scaling {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Marker, Self::UnitVariance];
}

impl fmt::Display for Scaling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Scaling::Marker => "marker",
            Scaling::UnitVariance => "unit_variance",
        })
    }
}

impl FromStr for Scaling {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("unit of the latent variables", Self::ALL, text)
    }
}

impl LatentCovariances {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Free, Self::Orthogonal];
}

impl fmt::Display for LatentCovariances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            LatentCovariances::Free => "free",
            LatentCovariances::Orthogonal => "orthogonal",
        })
    }
}

impl FromStr for LatentCovariances {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("covariances of the latent variables", Self::ALL, text)
    }
}

impl MeanStructure {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Automatic, Self::Excluded, Self::Included];
}

impl fmt::Display for MeanStructure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            MeanStructure::Automatic => "automatic",
            MeanStructure::Excluded => "excluded",
            MeanStructure::Included => "included",
        })
    }
}

impl FromStr for MeanStructure {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("mean structure", Self::ALL, text)
    }
}

impl Covariates {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Fixed, Self::Random];
}

impl fmt::Display for Covariates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Covariates::Fixed => "fixed",
            Covariates::Random => "random",
        })
    }
}

impl FromStr for Covariates {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("kind of covariates", Self::ALL, text)
    }
}

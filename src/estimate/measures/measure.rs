//! Names of fit measures, as types and as text.

use crate::error::{Error, Result, chosen, nearest};
use std::fmt;
use std::str::FromStr;

/// A fit measure; its name is lavaan's.
///
/// ```
/// use psychometrics::estimate::{Measure, Version};
///
/// assert_eq!(Measure::RmseaLower.name(Version::Robust), Some("rmsea.ci.lower.robust"));
/// assert_eq!(Measure::named("cfi.scaled")?, (Measure::Cfi, Version::Scaled));
/// assert!(Measure::named("cfl").unwrap_err().hint().contains("'cfi'"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Measure {
    /// `npar`: Free parameters, after constraints.
    Npar,
    /// `fmin`: Half the discrepancy at its minimum.
    Fmin,
    /// `chisq`: The test statistic of the model.
    Chisq,
    /// `df`: Its degrees of freedom.
    Df,
    /// `pvalue`: Its p-value.
    Pvalue,
    /// `chisq.scaling.factor`: What the test statistic is divided by.
    ScalingFactor,
    /// `baseline.chisq`: The test statistic of the independence model.
    BaselineChisq,
    /// `baseline.df`: Its degrees of freedom.
    BaselineDf,
    /// `baseline.pvalue`: Its p-value.
    BaselinePvalue,
    /// `baseline.chisq.scaling.factor`: What that statistic is divided by.
    BaselineScalingFactor,
    /// `scaling.factor.h1`: Scaling correction of the log-likelihood of the saturated model.
    ScalingFactorH1,
    /// `scaling.factor.h0`: Scaling correction of the log-likelihood of the model.
    ScalingFactorH0,
    /// `cfi`: Comparative fit index (Bentler 1990).
    Cfi,
    /// `tli`: Tucker-Lewis index (Tucker & Lewis 1973).
    Tli,
    /// `nnfi`: The same as the Tucker-Lewis index.
    Nnfi,
    /// `rfi`: Relative fit index (Bollen 1986).
    Rfi,
    /// `nfi`: Normed fit index (Bentler & Bonett 1980).
    Nfi,
    /// `pnfi`: Parsimony normed fit index (James, Mulaik & Brett 1982).
    Pnfi,
    /// `ifi`: Incremental fit index (Bollen 1989).
    Ifi,
    /// `rni`: Relative noncentrality index (McDonald & Marsh 1990).
    Rni,
    /// `logl`: Log-likelihood of the model.
    LogLikelihood,
    /// `unrestricted.logl`: Log-likelihood of the saturated model.
    UnrestrictedLogLikelihood,
    /// `aic`: Information criterion (Akaike 1974).
    Aic,
    /// `bic`: Bayesian information criterion (Schwarz 1978).
    Bic,
    /// `bic2`: BIC adjusted for sample size (Sclove 1987).
    Bic2,
    /// `ntotal`: Respondents.
    Ntotal,
    /// `rmsea`: Root mean square error of approximation (Steiger & Lind 1980).
    Rmsea,
    /// `rmsea.ci.lower`: Lower end of its 90 % interval.
    RmseaLower,
    /// `rmsea.ci.upper`: Upper end of its 90 % interval.
    RmseaUpper,
    /// `rmsea.ci.level`: Level of that interval.
    RmseaLevel,
    /// `rmsea.pvalue`: Probability of the data where RMSEA is .05 at most.
    RmseaPvalue,
    /// `rmsea.close.h0`: The .05 of it.
    RmseaCloseH0,
    /// `rmsea.notclose.pvalue`: Probability of the data where RMSEA is .08 at least.
    RmseaNotClosePvalue,
    /// `rmsea.notclose.h0`: The .08 of it.
    RmseaNotCloseH0,
    /// `rmr`: Root mean square residual.
    Rmr,
    /// `rmr_nomean`: The same without means.
    RmrNoMean,
    /// `srmr`: Standardised root mean square residual (Bentler 1995; Mplus's under its conventions).
    Srmr,
    /// `srmr_bentler`: Bentler's version.
    SrmrBentler,
    /// `srmr_bentler_nomean`: Bentler's version without means.
    SrmrBentlerNoMean,
    /// `srmr_mplus`: Mplus's version of one group.
    SrmrMplus,
    /// `srmr_mplus_nomean`: Mplus's version of one group without means.
    SrmrMplusNoMean,
    /// `srmr_within`: SRMR of level 1.
    SrmrWithin,
    /// `srmr_between`: SRMR of level 2.
    SrmrBetween,
    /// `crmr`: Correlation root mean square residual (Bollen 1989).
    Crmr,
    /// `crmr_nomean`: The same without means.
    CrmrNoMean,
    /// `cn_05`: Critical N at .05 (Hoelter 1983).
    Cn05,
    /// `cn_01`: Critical N at .01.
    Cn01,
    /// `gfi`: Goodness of fit index (Joreskog & Sorbom 1982).
    Gfi,
    /// `agfi`: GFI adjusted for degrees of freedom.
    Agfi,
    /// `pgfi`: Parsimony GFI (Mulaik et al. 1989).
    Pgfi,
    /// `mfi`: McDonald's (1989) centrality index.
    Mfi,
    /// `wrmr`: Weighted root mean square residual (Yu & Muthen 2002).
    Wrmr,
    /// `ecvi`: Expected cross-validation index (Browne & Cudeck 1989).
    Ecvi,
}

/// Which version of a measure.
///
/// ```
/// use psychometrics::estimate::{Measure, Version};
/// use psychometrics::{Estimation, Estimator, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let fit = Estimation::new(Estimator::Mlr).fit(&model, &data)?;
/// let cfi = |version| fit.value(Measure::Cfi, version);
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", cfi(Version::Standard)?, cfi(Version::Scaled)?, cfi(Version::Robust)?),
///     "0.931 0.925 0.930"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Version {
    /// From the test statistic as it is.
    #[default]
    Standard,
    /// From the scaled test statistic.
    Scaled,
    /// Corrected itself (Brosseau-Liard & Savalei 2014; Savalei 2021; Zhang & Savalei 2023): what a measure of a population
    /// without the nonnormality, or the gaps, would be.
    Robust,
}

impl Measure {
    /// All there are, in the order in which they are printed.
    pub const ALL: &'static [Self] = &[
        Self::Npar,
        Self::Fmin,
        Self::Chisq,
        Self::Df,
        Self::Pvalue,
        Self::ScalingFactor,
        Self::BaselineChisq,
        Self::BaselineDf,
        Self::BaselinePvalue,
        Self::BaselineScalingFactor,
        Self::ScalingFactorH1,
        Self::ScalingFactorH0,
        Self::Cfi,
        Self::Tli,
        Self::Nnfi,
        Self::Rfi,
        Self::Nfi,
        Self::Pnfi,
        Self::Ifi,
        Self::Rni,
        Self::LogLikelihood,
        Self::UnrestrictedLogLikelihood,
        Self::Aic,
        Self::Bic,
        Self::Bic2,
        Self::Ntotal,
        Self::Rmsea,
        Self::RmseaLower,
        Self::RmseaUpper,
        Self::RmseaLevel,
        Self::RmseaPvalue,
        Self::RmseaCloseH0,
        Self::RmseaNotClosePvalue,
        Self::RmseaNotCloseH0,
        Self::Rmr,
        Self::RmrNoMean,
        Self::Srmr,
        Self::SrmrBentler,
        Self::SrmrBentlerNoMean,
        Self::SrmrMplus,
        Self::SrmrMplusNoMean,
        Self::SrmrWithin,
        Self::SrmrBetween,
        Self::Crmr,
        Self::CrmrNoMean,
        Self::Cn05,
        Self::Cn01,
        Self::Gfi,
        Self::Agfi,
        Self::Pgfi,
        Self::Mfi,
        Self::Wrmr,
        Self::Ecvi,
    ];

    /// Its name by version; empty where there is no such version.
    fn names(self) -> [&'static str; 3] {
        match self {
            Self::Npar => ["npar", "", ""],
            Self::Fmin => ["fmin", "", ""],
            Self::Chisq => ["chisq", "chisq.scaled", ""],
            Self::Df => ["df", "df.scaled", ""],
            Self::Pvalue => ["pvalue", "pvalue.scaled", ""],
            Self::ScalingFactor => ["chisq.scaling.factor", "", ""],
            Self::BaselineChisq => ["baseline.chisq", "baseline.chisq.scaled", ""],
            Self::BaselineDf => ["baseline.df", "baseline.df.scaled", ""],
            Self::BaselinePvalue => ["baseline.pvalue", "baseline.pvalue.scaled", ""],
            Self::BaselineScalingFactor => ["baseline.chisq.scaling.factor", "", ""],
            Self::ScalingFactorH1 => ["scaling.factor.h1", "", ""],
            Self::ScalingFactorH0 => ["scaling.factor.h0", "", ""],
            Self::Cfi => ["cfi", "cfi.scaled", "cfi.robust"],
            Self::Tli => ["tli", "tli.scaled", "tli.robust"],
            Self::Nnfi => ["nnfi", "nnfi.scaled", "nnfi.robust"],
            Self::Rfi => ["rfi", "rfi.scaled", ""],
            Self::Nfi => ["nfi", "nfi.scaled", ""],
            Self::Pnfi => ["pnfi", "pnfi.scaled", ""],
            Self::Ifi => ["ifi", "ifi.scaled", ""],
            Self::Rni => ["rni", "rni.scaled", "rni.robust"],
            Self::LogLikelihood => ["logl", "", ""],
            Self::UnrestrictedLogLikelihood => ["unrestricted.logl", "", ""],
            Self::Aic => ["aic", "", ""],
            Self::Bic => ["bic", "", ""],
            Self::Bic2 => ["bic2", "", ""],
            Self::Ntotal => ["ntotal", "", ""],
            Self::Rmsea => ["rmsea", "rmsea.scaled", "rmsea.robust"],
            Self::RmseaLower => ["rmsea.ci.lower", "rmsea.ci.lower.scaled", "rmsea.ci.lower.robust"],
            Self::RmseaUpper => ["rmsea.ci.upper", "rmsea.ci.upper.scaled", "rmsea.ci.upper.robust"],
            Self::RmseaLevel => ["rmsea.ci.level", "", ""],
            Self::RmseaPvalue => ["rmsea.pvalue", "rmsea.pvalue.scaled", "rmsea.pvalue.robust"],
            Self::RmseaCloseH0 => ["rmsea.close.h0", "", ""],
            Self::RmseaNotClosePvalue => {
                ["rmsea.notclose.pvalue", "rmsea.notclose.pvalue.scaled", "rmsea.notclose.pvalue.robust"]
            }
            Self::RmseaNotCloseH0 => ["rmsea.notclose.h0", "", ""],
            Self::Rmr => ["rmr", "", ""],
            Self::RmrNoMean => ["rmr_nomean", "", ""],
            Self::Srmr => ["srmr", "", ""],
            Self::SrmrBentler => ["srmr_bentler", "", ""],
            Self::SrmrBentlerNoMean => ["srmr_bentler_nomean", "", ""],
            Self::SrmrMplus => ["srmr_mplus", "", ""],
            Self::SrmrMplusNoMean => ["srmr_mplus_nomean", "", ""],
            Self::SrmrWithin => ["srmr_within", "", ""],
            Self::SrmrBetween => ["srmr_between", "", ""],
            Self::Crmr => ["crmr", "", ""],
            Self::CrmrNoMean => ["crmr_nomean", "", ""],
            Self::Cn05 => ["cn_05", "", ""],
            Self::Cn01 => ["cn_01", "", ""],
            Self::Gfi => ["gfi", "", ""],
            Self::Agfi => ["agfi", "", ""],
            Self::Pgfi => ["pgfi", "", ""],
            Self::Mfi => ["mfi", "", ""],
            Self::Wrmr => ["wrmr", "", ""],
            Self::Ecvi => ["ecvi", "", ""],
        }
    }

    /// lavaan's name of a version; none where the measure has no such version.
    pub fn name(self, version: Version) -> Option<&'static str> {
        let at = match version {
            Version::Standard => 0,
            Version::Scaled => 1,
            Version::Robust => 2,
        };
        Some(self.names()[at]).filter(|name| !name.is_empty())
    }

    /// The measure and version of a name.
    ///
    /// # Errors
    /// [`Error::UnknownChoice`] with the nearest name there is.
    pub fn named(name: &str) -> Result<(Self, Version)> {
        let versions = [Version::Standard, Version::Scaled, Version::Robust];
        let all = || Self::ALL.iter().flat_map(|own| versions.map(|version| (*own, version)));
        let known = || all().filter_map(|(own, version)| Some((own.name(version)?, (own, version))));
        match known().find(|(own, _)| *own == name) {
            Some((_, found)) => Ok(found),
            None => Err(Error::UnknownChoice {
                what: "fit measure".into(),
                given: name.into(),
                nearest: nearest(name, known().map(|(own, _)| own)),
                allowed: known().map(|(own, _)| own.to_string()).collect(),
            }),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.names()[0])
    }
}

impl FromStr for Measure {
    type Err = Error;

    /// Of the standard version.
    fn from_str(text: &str) -> Result<Self> {
        Ok(Self::named(text)?.0)
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("version of a measure", &[Self::Standard, Self::Scaled, Self::Robust], text)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Version::Standard => "standard",
            Version::Scaled => "scaled",
            Version::Robust => "robust",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_that_of_one_measure() {
        let versions = [Version::Standard, Version::Scaled, Version::Robust];
        for own in Measure::ALL {
            for version in versions {
                if let Some(name) = own.name(version) {
                    assert_eq!(Measure::named(name).unwrap(), (*own, version));
                }
            }
        }
    }
}

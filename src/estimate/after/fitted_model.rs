//! What a comparison takes of a model.

use crate::error::{Error, Result};
use crate::estimate::fit_record::FitRecord;
use serde::{Deserialize, Serialize};

/// What is known of a fitted model for a comparison.
///
/// ```
/// use psychometrics::estimate::FittedModel;
/// use psychometrics::{Estimation, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let fit = Estimation::default().fit(&"visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?, &data)?;
/// let known = FittedModel::of("two", &fit)?;
/// assert_eq!((known.npar, known.df), (13.0, 8.0));
/// assert_eq!(known.nobs, [301]);
/// assert_eq!(format!("{:.2} {:.2}", known.chisq, known.aic.unwrap()), "24.36 5066.50");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FittedModel {
    /// Its name.
    pub name: String,
    /// Estimator.
    pub estimator: String,
    /// Respondents per group.
    pub nobs: Vec<usize>,
    /// Free parameters.
    pub npar: f64,
    /// Unscaled test statistic.
    pub chisq: f64,
    /// Its degrees of freedom.
    pub df: f64,
    /// Scaling factor, where the test is scaled.
    pub scaling_factor: Option<f64>,
    /// Akaike's criterion, with a likelihood.
    pub aic: Option<f64>,
    /// Schwarz's criterion, with a likelihood.
    pub bic: Option<f64>,
    /// Its version adjusted for sample size.
    pub bic2: Option<f64>,
    /// CFI, robust where there is one.
    pub cfi: Option<f64>,
    /// RMSEA, robust where there is one.
    pub rmsea: Option<f64>,
    /// SRMR.
    pub srmr: Option<f64>,
    /// Test of the independence model: the same for all models of the same data.
    pub baseline_chisq: f64,
}

impl FittedModel {
    /// A model from its measures by lavaan's names.
    ///
    /// # Errors
    /// [`Error::Unsupported`] without a test statistic: the fit did not converge.
    pub fn new(
        name: &str,
        estimator: &str,
        nobs: Vec<usize>,
        measure: impl Fn(&str) -> Option<f64>,
    ) -> Result<Self> {
        let needed = |what: &str| {
            measure(what).ok_or_else(|| Error::Unsupported {
                what: format!("comparing '{name}', which has no {what}"),
                instead: "Compare fits that converged.".into(),
            })
        };
        let robust = |what: &str| {
            measure(&format!("{what}.robust"))
                .or_else(|| measure(&format!("{what}.scaled")))
                .or_else(|| measure(what))
        };
        Ok(Self {
            name: name.into(),
            estimator: estimator.into(),
            nobs,
            npar: needed("npar")?,
            chisq: needed("chisq")?,
            df: needed("df")?,
            scaling_factor: measure("chisq.scaling.factor"),
            aic: measure("aic"),
            bic: measure("bic"),
            bic2: measure("bic2"),
            cfi: robust("cfi"),
            rmsea: robust("rmsea"),
            srmr: measure("srmr"),
            baseline_chisq: needed("baseline.chisq")?,
        })
    }

    /// A model from the record of its fit.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of(name: &str, fit: &FitRecord) -> Result<Self> {
        Self::new(name, fit.estimator.name(), fit.nobs.clone(), |what| fit.known(what))
    }
}

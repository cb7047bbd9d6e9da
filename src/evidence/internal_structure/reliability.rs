//! The reliability of one scale: what the command `reliability` prints.

use super::alpha::{Alpha, AlphaIfDropped};
use super::factor_reliability::FactorReliability;
use super::full_information::FullInformation;
use super::lower_bounds::LowerBounds;
use super::matrices::ScaleMatrices;
use super::measurement_error::MeasurementError;
use super::split_half::SplitHalf;
use super::summary::ScaleSummary;
use crate::error::{Result, Warning};
use crate::estimate::{Estimation, Estimator, Fit};
use crate::evidence::Interval;
use crate::factor::{CorrelationMatrix, Criterion, Extraction, Hierarchy, Rotate, extract, schmid_leiman};
use crate::model::{Model, Scaling};
use crate::moments::{Distribution, Missing, Moments, RowsUsed};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Everything about the reliability of the sum (or mean) of a scale's items.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{Reliability, ScaleItem, ScaleSummary};
/// use psychometrics::moments::Missing;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let items = names.map(|name| ScaleItem::new(name).ranging(1.0, 5.0));
/// let mut summary = ScaleSummary::new(items, Missing::Listwise);
/// summary.push(data.numeric(&names)?.view())?;
/// let found = Reliability::of(&summary)?;
/// let shown = [found.alpha.raw, found.omega.total, found.guttman.unwrap().lambda6];
/// let shown: Vec<String> = shown.iter().map(|own| format!("{:.3}", own.unwrap())).collect();
/// assert_eq!(shown, ["0.761", "0.771", "0.709"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reliability {
    /// Rows that took part.
    pub n: usize,
    /// Those of them without a missing answer.
    pub complete: usize,
    /// Number of items.
    pub items: usize,
    /// Cronbach's alpha with its intervals.
    pub alpha: Alpha,
    /// Alpha without each item.
    pub alpha_if_dropped: Vec<AlphaIfDropped>,
    /// Kuder-Richardson 20: alpha of items with two answers, none for others.
    pub kr20: Option<f64>,
    /// Guttman's lower bounds from the correlations, as psych gives them.
    pub guttman: Option<LowerBounds>,
    /// The same from the covariances: bounds for the sum of the items as they are.
    pub guttman_covariance: Option<LowerBounds>,
    /// Split halves of the standardised items, as psych gives them.
    pub split_half: Option<SplitHalf>,
    /// Split halves of the items as they are.
    pub split_half_covariance: Option<SplitHalf>,
    /// Omega, by a model of one factor.
    pub omega: Omega,
    /// Measurement error of the mean score, from alpha.
    pub error: Option<MeasurementError>,
    /// How missing answers were treated.
    pub missing: RowsUsed,
    /// What to keep in mind.
    pub warnings: Vec<Warning>,
}

/// Omega of a scale.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{Reliability, ScaleItem, ScaleSummary};
/// use psychometrics::moments::Missing;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let mut summary = ScaleSummary::new(names.map(ScaleItem::new), Missing::Listwise);
/// summary.push(data.numeric(&names)?.view())?;
/// let found = Reliability::of(&summary)?;
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", found.omega.total.unwrap(), found.omega.composite_reliability.unwrap(), found.omega.maximal.unwrap()),
///     "0.771 0.764 0.781"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Omega {
    /// Omega total of the congeneric model (one factor, maximum likelihood), the variance of the sum as the model
    /// implies; none without a proper solution, and for two items, which do not identify it.
    pub total: Option<f64>,
    /// The same with the observed variance of the sum.
    pub total_observed: Option<f64>,
    /// Standard error of `total` by the delta method.
    pub se: Option<f64>,
    /// 95 % interval of `total`, normal.
    pub interval: Option<Interval>,
    /// Omega hierarchical: needs a general factor beside others, of exploratory factors whose number is given
    /// ([`Reliability::with_factors`]).
    pub hierarchical: Option<f64>,
    /// What omega hierarchical rests on: exploratory factors under a general one, where their number was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hierarchy: Option<Hierarchy>,
    /// Composite reliability, of the standardised items.
    pub composite_reliability: Option<f64>,
    /// Maximal reliability H, of the best weighted sum.
    pub maximal: Option<f64>,
    /// Why there is no omega.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Omega {
    /// Of the moments of a scale's items.
    pub fn of(moments: &Moments) -> Self {
        Self::fitted(moments.names(), |model, estimation| estimation.fit_moments(model, moments))
    }

    /// By full information of incomplete rows.
    pub(super) fn by_full_information(full: &FullInformation) -> Self {
        Self::fitted(full.moments().names(), |model, estimation| {
            estimation.missing(Missing::Fiml).fit(model, &full.dataset()?)
        })
    }

    fn fitted(items: &[String], fit: impl FnOnce(&Model, Estimation) -> Result<Fit>) -> Self {
        let without = |reason: String| Self {
            total: None,
            total_observed: None,
            se: None,
            interval: None,
            hierarchical: None,
            hierarchy: None,
            composite_reliability: None,
            maximal: None,
            reason: Some(reason),
        };
        if items.len() < 3 {
            return without("a model of one factor needs three items".into());
        }
        let estimation = Estimation::new(Estimator::Ml).scaling(Scaling::UnitVariance);
        match Model::of_items("scale", items).and_then(|model| fit(&model, estimation)) {
            Err(error) => without(error.to_string()),
            Ok(fit) if !fit.status.proper() => without(format!("the model of one factor {}", fit.status)),
            Ok(fit) => match FactorReliability::of(&fit).pop() {
                None => without("the model of one factor has no loadings".into()),
                Some(found) => Self {
                    total: found.omega,
                    total_observed: found.omega_observed,
                    se: found.omega_se,
                    interval: found.omega_interval,
                    hierarchical: None,
                    hierarchy: None,
                    composite_reliability: found.composite_reliability,
                    maximal: found.maximal,
                    reason: None,
                },
            },
        }
    }
}

impl Reliability {
    /// With omega hierarchical, of so many exploratory factors (minres, oblimin) under a general one (Schmid & Leiman 1957;
    /// Zinbarg et al. 2005), as psych's `omega()` has it; the keys of the items stay.
    ///
    /// # Errors
    /// [`Error::TooManyFactors`](crate::Error::TooManyFactors), and what correlations, extraction and rotation give.
    pub fn with_factors(mut self, summary: &ScaleSummary, factors: usize) -> Result<Self> {
        let matrix = CorrelationMatrix::of(&summary.moments()?.correlation()?)?;
        let found = extract(&matrix, factors, Extraction::Minres)?;
        let rotated = Rotate::new(Criterion::Oblimin { gamma: 0.0 }).of(&found.loadings)?;
        let hierarchy = schmid_leiman(&matrix, &rotated.loadings, &rotated.phi, Extraction::Minres)?;
        self.omega.hierarchical = Some(hierarchy.omega_hierarchical);
        self.omega.hierarchy = Some(hierarchy);
        Ok(self)
    }

    /// The reliability of the scale that was summed up.
    ///
    /// ```
    /// use ndarray::array;
    /// use psychometrics::evidence::internal_structure::{Reliability, ScaleItem, ScaleSummary};
    /// use psychometrics::moments::Missing;
    ///
    /// let mut summary = ScaleSummary::new(["a", "b", "c"].map(ScaleItem::new), Missing::Pairwise);
    /// summary.push(array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]].view())?;
    /// let reliability = Reliability::of(&summary)?;
    /// // k/(k - 1) (1 - sum of variances / variance of the sum) = 1.5 (1 - 95/259)
    /// assert!((reliability.alpha.raw.unwrap() - 1.5 * (1.0 - 95.0 / 259.0)).abs() < 1e-12);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// By full information every coefficient is that of the covariance matrix by maximum likelihood, omega that of the
    /// model fitted to the incomplete rows; see [`Alpha`] for the intervals.
    ///
    /// # Errors
    /// As [`Alpha::of`] and [`ScaleSummary::moments`].
    pub fn of(summary: &ScaleSummary) -> Result<Self> {
        let full = summary.full_information()?;
        let moments = match &full {
            Some(full) => full.moments().clone(),
            None => summary.moments_of_answers()?,
        };
        let scale = ScaleMatrices::of_answers(&moments, "reliability")?;
        let missing = moments.rows_used();
        let alpha = match &full {
            Some(full) => Alpha::by_full_information(&scale, missing, full),
            None => Alpha::from_matrices(&scale, missing),
        };
        let mut warnings: Vec<Warning> = summary.keying_warnings().chain(scale.warnings()).collect();
        if alpha.raw.is_none() {
            let reason = "the total score does not vary".into();
            warnings.push(Warning::NotDone { what: "alpha".into(), reason });
        }
        let split_half = scale.correlation.as_ref().and_then(|r| SplitHalf::of(&scale.names, r));
        let split_half_covariance = SplitHalf::of(&scale.names, &scale.covariance);
        let omega = match &full {
            Some(full) => Omega::by_full_information(full),
            None => Omega::of(&moments),
        };
        let (_, total_sd) = summary.total(full.as_ref());
        if full.is_some() {
            let reason =
                "it is that of complete rows; the interval by full information stands in its place".into();
            warnings.push(Warning::NotDone { what: "Feldt's interval of alpha".into(), reason });
        }
        if let Some(reason) = &omega.reason {
            warnings.push(Warning::NotDone { what: "omega".into(), reason: reason.clone() });
        }
        let dichotomous = |d: &Distribution| d.frequencies().is_some_and(|f| f.len() == 2);
        Ok(Self {
            n: scale.n,
            complete: full.as_ref().map_or(moments.complete_rows(), FullInformation::complete),
            items: scale.names.len(),
            kr20: alpha.raw.filter(|_| summary.distributions().iter().all(dichotomous)),
            guttman: scale.correlation.as_ref().and_then(|r| LowerBounds::of(r, split_half.as_ref())),
            guttman_covariance: LowerBounds::of(&scale.covariance, split_half_covariance.as_ref()),
            split_half,
            split_half_covariance,
            omega,
            error: total_sd.zip(alpha.raw).and_then(|(sd, alpha)| MeasurementError::of(sd, alpha)),
            alpha,
            alpha_if_dropped: AlphaIfDropped::each(&scale),
            missing,
            warnings,
        })
    }
}

impl fmt::Display for Alpha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(raw) = self.raw else { return write!(f, "alpha does not exist: the total does not vary") };
        write!(f, "alpha {raw:.3}")?;
        let by_information = self.duhachek.map(|interval| (interval, "full information"));
        if let Some((interval, by)) = self.feldt.map(|interval| (interval, "Feldt")).or(by_information) {
            let percent = 100.0 * self.level;
            write!(f, " [{:.3}, {:.3}] ({percent}% {by})", interval.lower, interval.upper)?;
        }
        if let Some(standardized) = self.standardized {
            write!(f, ", standardised {standardized:.3}")?;
        }
        if let Some(average_r) = self.average_r {
            write!(f, ", mean r {average_r:.3}")?;
        }
        write!(f, ", {} items, n = {}", self.items, self.n)
    }
}

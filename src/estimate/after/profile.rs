//! Intervals from the profile of the likelihood.
//!
//! The ends are the values of a parameter at which the smallest discrepancy over all other parameters has
//! grown by the quantile of chi-square with one degree of freedom,
//!
//! ```text
//! N (min F | theta_i = c) - N F = chi-square(1; level)
//! ```
//!
//! (Neale & Miller 1997). They do not depend on how the model is parameterised, and need not be symmetric.

use crate::error::{Error, Result};
use crate::estimate::constraints::Constraints;
use crate::estimate::fit::Fit;
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::search::setting::Setting;
use crate::model::{Operator, row_of_free};
use crate::numeric::root::bracketed;
use crate::numeric::tails::NORMAL_975;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// The interval of one free parameter.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// let x2 = fit.profile_intervals(0.95)?.into_iter().find(|own| own.rhs == "x2").unwrap();
/// assert_eq!(format!("{:.3} to {:.3}", x2.lower.unwrap(), x2.upper.unwrap()), "0.356 to 0.793");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProfileInterval {
    /// Left-hand side.
    pub lhs: String,
    /// lavaan's operator.
    pub op: Operator,
    /// Right-hand side.
    pub rhs: String,
    /// Group, from 1 (the first, where groups share the parameter).
    pub group: usize,
    /// Estimate.
    pub est: f64,
    /// Lower end; none where the profile does not rise to the limit within twenty standard errors.
    #[serde(rename = "ci.lower")]
    pub lower: Option<f64>,
    /// Upper end, likewise.
    #[serde(rename = "ci.upper")]
    pub upper: Option<f64>,
}

/// How many standard errors an end is looked for.
const FARTHEST: f64 = 20.0;

impl Fit {
    /// Profile-likelihood intervals of all free parameters, in the order of their numbers.
    ///
    /// ```
    /// use psychometrics::moments::{LabelledMatrix, Moments};
    /// use psychometrics::{Estimation, Model};
    ///
    /// let names = vec!["x".to_string()];
    /// let covariance = LabelledMatrix::new(names.clone(), names, vec![vec![4.0]])?;
    /// let moments = Moments::from_covariance(&covariance, 100, Some(&[1.0]))?;
    /// let model: Model = "x ~ 1; x ~~ x".parse()?;
    /// let fit = Estimation::default().fit_moments(&model, &moments)?;
    /// let mean = &fit.profile_intervals(0.95)?[0];
    /// // of the mean of a normal variable: s sqrt(exp(3.841 / N) - 1), with divisor N in s
    /// let half = (99.0 / 100.0 * 4.0 * ((3.841_459 / 100.0_f64).exp() - 1.0)).sqrt();
    /// assert!((mean.upper.unwrap() - 1.0 - half).abs() < 1e-5);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] where there is no solution, or none with a likelihood: in clusters or with sampling weights
    /// differences of log-likelihoods have no chi-square distribution.
    pub fn profile_intervals(&self, level: f64) -> Result<Vec<ProfileInterval>> {
        if !self.converged || self.known("logl").is_none() {
            return Err(Error::Unsupported {
                what: "profile intervals without a solution by maximum likelihood".into(),
                instead: "Use an estimator of the ML family, and a model that converges.".into(),
            });
        }
        let estimation = &self.internals.estimation;
        if estimation.cluster.is_some() || estimation.weights.is_some() {
            return Err(Error::Unsupported {
                what: "profile intervals in clusters or with sampling weights".into(),
                instead: "Use the intervals from the standard errors of the fit.".into(),
            });
        }
        let limit = ChiSquared::new(1.0).map_or(f64::NAN, |chi| chi.inverse_cdf(level));
        let own = &self.internals;
        let q = own.x.len();
        let interval = |free: usize| -> Option<ProfileInterval> {
            let (group, row) = own
                .tables
                .iter()
                .enumerate()
                .find_map(|(group, table)| Some((group, table.row_of_free(free)?)))
                .or_else(|| Some((0, row_of_free(&own.tables, free)?)))?;
            Some(ProfileInterval {
                lhs: row.lhs.clone(),
                op: row.op,
                rhs: if row.op.symbol() == "~1" { String::new() } else { row.rhs.clone() },
                group: group + 1,
                est: own.x[free],
                lower: self.profile_end(free, -1.0, limit),
                upper: self.profile_end(free, 1.0, limit),
            })
        };
        let found = (0..q).into_par_iter().filter_map(interval).collect();
        self.internals.estimation.progress.check("the profile intervals")?;
        Ok(found)
    }

    fn profile_end(&self, free: usize, sign: f64, limit: f64) -> Option<f64> {
        let own = &self.internals;
        let se = own.vcov.as_ref().map(|v| v[(free, free)].sqrt()).filter(|se| *se > 0.0)?;
        let (est, multiplier) = (own.x[free], own.multiplier());
        let mut discrepancy = Discrepancy::new(&own.tables, &own.observed, own.weights.as_deref())
            .watched_by(&own.estimation.progress.silent());
        let minimum = discrepancy_at(&mut discrepancy, &own.x)?;
        let mut from = own.x.clone();
        let mut excess = |value: f64| -> f64 {
            let mut bounds = own.bounds.clone();
            bounds.resize(own.x.len(), (f64::NEG_INFINITY, f64::INFINITY));
            bounds[free] = (value, value);
            let constraints = Constraints::holding(&own.constraints, &bounds);
            let setting = Setting {
                estimation: &own.estimation,
                tables: &own.tables,
                constraints: &constraints,
                bounds: &bounds,
                max_iterations: 500,
            };
            from[free] = value;
            match setting.search(&mut discrepancy, from.clone()) {
                Some(solution) if solution.converged => {
                    from.copy_from(&solution.x);
                    multiplier * (solution.value - minimum) - limit
                }
                _ => f64::NAN,
            }
        };
        let mut inner = est;
        let mut step = NORMAL_975 * se;
        while step <= FARTHEST * se {
            let outer = est + sign * step;
            let found = excess(outer);
            if found.is_nan() {
                return None;
            }
            if found >= 0.0 {
                // the profile is flat at the estimate, and known there
                return bracketed(|x| if x == est { -limit } else { excess(x) }, inner, outer);
            }
            inner = outer;
            step *= 1.5;
        }
        None
    }
}

fn discrepancy_at(discrepancy: &mut Discrepancy<'_>, x: &nalgebra::DVector<f64>) -> Option<f64> {
    use crate::numeric::minimise::Objective;
    discrepancy.value(x)
}

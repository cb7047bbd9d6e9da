//! The moments of a group of complete rows.

use crate::error::{Error, Result};
use crate::estimate::conventions::Conventions;
use crate::estimate::definiteness::{IDENTICAL, SINGULAR, dependence, smallest};
use crate::estimate::estimation::Estimation;
use crate::estimate::estimator::Likelihood;
use crate::estimate::normal::seen::Complete;
use crate::estimate::observed::Observed;
use crate::model::ParameterTable;
use crate::moments::is_constant;
use crate::moments::{Divisor, Moments};
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};
use std::sync::Arc;

impl Estimation {
    /// Divisor of the covariances of n respondents, and what multiplies the discrepancy of their group.
    pub(crate) fn divisor(&self, n: usize) -> (Divisor, f64) {
        match self.likelihood {
            // Mplus tests those of ordinal data by N
            _ if !self.specification.ordinal.is_empty() && self.conventions == Conventions::Mplus => {
                (Divisor::N, n as f64)
            }
            // least squares take covariances with divisor N - 1 and test by N - 1
            _ if self.estimator.is_least_squares() => (Divisor::NMinusOne, n as f64 - 1.0),
            Likelihood::Normal => (Divisor::N, n as f64),
            Likelihood::Wishart => (Divisor::NMinusOne, n as f64 - 1.0),
        }
    }

    /// The moments of a group's variables, checked and with the divisor of the likelihood.
    pub(crate) fn observe(&self, table: &ParameterTable, moments: &Moments) -> Result<Observed> {
        let moments = moments.select(&table.observed.iter().map(String::as_str).collect::<Vec<_>>())?;
        let mean = match moments.mean_vector() {
            Some(mean) => mean,
            None if table.has_means => {
                return Err(Error::Unsupported {
                    what: "a mean structure without means".into(),
                    instead:
                        "Give the means beside the covariance matrix, or leave intercepts out of the model."
                            .into(),
                });
            }
            None => DVector::zeros(table.observed.len()),
        };
        let n = moments.n();
        let (divisor, multiplier) = self.divisor(n);
        let observed =
            observed_moments(&table.observed, moments.covariance_matrix(divisor)?, mean, n, multiplier)?;
        Ok(observed)
    }
}

/// Checks that observed moments can carry a fit, and completes them with their log-determinant.
pub(crate) fn observed_moments(
    names: &[String],
    covariance: DMatrix<f64>,
    mean: DVector<f64>,
    n: usize,
    multiplier: f64,
) -> Result<Observed> {
    let p = names.len();
    // of few rows many an item is constant
    if n <= p {
        return Err(Error::TooFewRows {
            what: format!("a model of {p} observed variables"),
            n,
            needed: p + 1,
        });
    }
    for (i, name) in names.iter().enumerate() {
        let variance = covariance[(i, i)];
        if is_constant(variance, mean[i]) {
            return Err(Error::ConstantItem { item: name.clone(), value: mean[i], n });
        }
    }
    let sd: Vec<f64> = (0..p).map(|i| covariance[(i, i)].sqrt()).collect();
    let correlation = DMatrix::from_fn(p, p, |i, j| covariance[(i, j)] / (sd[i] * sd[j]));
    for i in 0..p {
        for j in 0..i {
            if correlation[(i, j)].abs() >= IDENTICAL {
                return Err(Error::IdenticalItems {
                    first: names[j].clone(),
                    second: names[i].clone(),
                    correlation: correlation[(i, j)],
                });
            }
        }
    }
    let mut factor = correlation.clone();
    let sound =
        cholesky::factorise(&mut factor).is_ok() && factor.diagonal().iter().all(|d| d * d > SINGULAR);
    if !sound {
        if let Some(dependent) = dependence(&correlation, &sd, names) {
            return Err(dependent);
        }
        let (eigenvalue, variables) =
            smallest(&correlation, names, f64::INFINITY).unwrap_or((0.0, names.to_vec()));
        let matrix = "the covariance matrix of the observed variables".into();
        return Err(Error::NotPositiveDefinite { matrix, eigenvalue, variables });
    }
    let log_determinant = cholesky::log_determinant(&factor) + 2.0 * sd.iter().map(|s| s.ln()).sum::<f64>();
    Ok(Observed { covariance, mean, log_determinant, n, multiplier, seen: Arc::new(Complete::default()) })
}

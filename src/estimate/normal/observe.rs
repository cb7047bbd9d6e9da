//! The moments of a group of complete rows.

use crate::error::{Error, Result};
use crate::estimate::conventions::Conventions;
use crate::estimate::estimation::Estimation;
use crate::estimate::estimator::Likelihood;
use crate::estimate::observed::Observed;
use crate::estimate::search::diagnosis::observed_moments;
use crate::model::ParameterTable;
use crate::moments::{Divisor, Moments};
use nalgebra::DVector;

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

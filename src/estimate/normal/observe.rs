//! The moments of a group of complete rows.

use crate::error::{Error, Result};
use crate::estimate::conventions::Conventions;
use crate::estimate::estimation::Estimation;
use crate::estimate::estimator::Likelihood;
use crate::estimate::observed::Observed;
use crate::moments::is_constant;
use crate::numeric::cholesky;
use nalgebra::{DMatrix, SymmetricEigen};

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

/// Checks that observed moments can carry a fit, and completes them with their log-determinant.
pub(crate) fn observed_moments(
    names: &[String],
    covariance: DMatrix<f64>,
    mean: DVector<f64>,
    n: usize,
    multiplier: f64,
) -> Result<Observed> {
    let p = names.len();
    for (i, name) in names.iter().enumerate() {
        let variance = covariance[(i, i)];
        if is_constant(variance, mean[i]) {
            return Err(Error::ConstantItem { item: name.clone(), value: mean[i], n });
        }
    }
    if n <= p {
        return Err(Error::TooFewRows {
            what: format!("a model of {p} observed variables"),
            n,
            needed: p + 1,
        });
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
    Ok(Observed {
        covariance,
        mean,
        log_determinant,
        n,
        multiplier,
        ordinal: None,
        incomplete: None,
        two_level: None,
    })
}

/// Smallest eigenvalue of an observed correlation matrix that counts as positive definite.
pub(crate) const SINGULAR: f64 = 1e-10;

/// A correlation this near to 1 means the same variable.
pub(crate) const IDENTICAL: f64 = 1.0 - 1e-10;

/// The combination of variables that does not vary, where the smallest eigenvalue is zero up to rounding.
pub(crate) fn dependence(correlation: &DMatrix<f64>, sd: &[f64], names: &[String]) -> Option<Error> {
    let eigen = SymmetricEigen::new(correlation.clone());
    let (at, value) = eigen.eigenvalues.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1))?;
    if value.abs() > SINGULAR {
        return None;
    }
    let weights: Vec<f64> =
        eigen.eigenvectors.column(at).iter().zip(sd).map(|(weight, sd)| weight / sd).collect();
    let largest = weights.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs()))?;
    let (mut variables, mut combination) = (Vec::new(), String::new());
    for (weight, name) in weights.iter().map(|w| w / largest).zip(names) {
        if weight.abs() < 1e-6 {
            continue;
        }
        let sign = match (combination.is_empty(), weight < 0.0) {
            (true, true) => "-",
            (true, false) => "",
            (false, true) => " - ",
            (false, false) => " + ",
        };
        let size = weight.abs();
        let size = if (size - 1.0).abs() < 1e-6 { String::new() } else { format!("{size:.2} ") };
        combination += &format!("{sign}{size}{name}");
        variables.push(name.clone());
    }
    Some(Error::LinearlyDependent { variables, combination })
}

/// The smallest eigenvalue, when it lies below `limit`, and the names with the largest weights.
pub(crate) fn smallest(matrix: &DMatrix<f64>, names: &[String], limit: f64) -> Option<(f64, Vec<String>)> {
    if matrix.is_empty() {
        return None;
    }
    let eigen = SymmetricEigen::new(matrix.clone());
    let (at, value) = eigen.eigenvalues.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1))?;
    if *value >= limit {
        return None;
    }
    let vector = eigen.eigenvectors.column(at);
    let largest = vector.amax();
    let mut culprits: Vec<(f64, &String)> =
        vector.iter().map(|v| v.abs()).zip(names).filter(|(v, _)| *v > 0.3 * largest).collect();
    culprits.sort_by(|a, b| b.0.total_cmp(&a.0));
    Some((*value, culprits.into_iter().map(|(_, n)| n.clone()).collect()))
}

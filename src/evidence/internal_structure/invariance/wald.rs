//! Wald tests of what parameters of a fit are to each other: h(x) = 0 for sums and products of them,
//!
//! ```text
//! W = h' (J V J')^-1 h       J = dh/dx, V the covariance matrix of the estimates (robust where the fit's is)
//! ```
//!
//! (Wald 1943), chi-square with as many degrees of freedom as there are restrictions.

use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};

/// A number made of parameters, with its slopes by those that it is made of.
#[derive(Debug, Clone)]
pub(super) struct Moving {
    pub(super) value: f64,
    slopes: Vec<(usize, f64)>,
}

impl Moving {
    /// A parameter by its number, or a value that does not move.
    pub(super) fn new(value: f64, number: Option<usize>) -> Self {
        Self { value, slopes: number.map(|at| (at, 1.0)).into_iter().collect() }
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        let negative = other.slopes.iter().map(|(at, slope)| (*at, -slope));
        Self {
            value: self.value - other.value,
            slopes: self.slopes.iter().copied().chain(negative).collect(),
        }
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        let own = self.slopes.iter().map(|(at, slope)| (*at, slope * other.value));
        let others = other.slopes.iter().map(|(at, slope)| (*at, slope * self.value));
        Self { value: self.value * other.value, slopes: own.chain(others).collect() }
    }
}

/// W of restrictions that are 0 by the hypothesis; none where what they are made of has no standard errors, or they say the
/// same twice.
pub(super) fn wald(restrictions: &[Moving], covariance: &DMatrix<f64>) -> Option<f64> {
    let rows = restrictions.len();
    let mut slopes = DMatrix::zeros(rows, covariance.nrows());
    for (row, own) in restrictions.iter().enumerate() {
        own.slopes.iter().for_each(|&(at, slope)| slopes[(row, at)] += slope);
    }
    let mut within = &slopes * covariance * slopes.transpose();
    cholesky::symmetrise(&mut within);
    let h = DVector::from_iterator(rows, restrictions.iter().map(|own| own.value));
    let solved = cholesky::solved(&within, &h)?;
    Some(h.dot(&solved)).filter(|w| w.is_finite() && *w >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_of_parameters_is_tested_by_the_delta_method() {
        // a b - 2 = 0 at a = 2, b = 1.5 with variances .04 and .01: h = 1, variance 1.5^2 .04 + 2^2 .01 = .13
        let (a, b) = (Moving::new(2.0, Some(0)), Moving::new(1.5, Some(1)));
        let h = a.times(&b).minus(&Moving::new(2.0, None));
        let v = DMatrix::from_diagonal(&DVector::from_vec(vec![0.04, 0.01]));
        assert!((wald(std::slice::from_ref(&h), &v).unwrap() - 1.0 / 0.13).abs() < 1e-12);
        // the same restriction twice has no test
        assert!(wald(&[h.clone(), h], &v).is_none());
    }
}

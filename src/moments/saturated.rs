//! Means and covariances of incomplete rows by maximum likelihood under normality: the EM algorithm.
//!
//! ```text
//! mu' = mu + d,      Sigma' = T - d d'            with the completed moments of the incomplete rows
//! ```
//!
//! (Dempster, Laird & Rubin 1977; Little & Rubin 2002, section 11.2), in standardised variables, accelerated by
//! squared extrapolation (Varadhan & Roland 2008, scheme S3) wherever that raises the likelihood. A pair of variables
//! that no row has together has no covariance of its own: the likelihood says nothing of it, and the value that is
//! left is one of many.

use super::incomplete::Incomplete;
use super::is_constant;
use crate::data::Progress;
use crate::error::{Error, Result};
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};

/// Largest change of a standardised moment at the solution.
const TOLERANCE: f64 = 1e-11;
/// Evaluations after which the search is given up.
const MOST: usize = 5000;

/// The saturated model of incomplete rows.
#[derive(Debug, Clone)]
pub(crate) struct Saturated {
    pub(crate) mean: DVector<f64>,
    /// Divisor N.
    pub(crate) covariance: DMatrix<f64>,
    /// (-2 log L - log(2 pi) sum_k n_k |o_k|) / N.
    pub(crate) value: f64,
}

/// -2 log L / N without its constant, and the moments after one step.
struct Step {
    value: f64,
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
}

impl Saturated {
    /// The moments of some variables.
    pub(crate) fn of_variables(&self, variables: &[usize]) -> (DVector<f64>, DMatrix<f64>) {
        let k = variables.len();
        (
            DVector::from_fn(k, |i, _| self.mean[variables[i]]),
            DMatrix::from_fn(k, k, |i, j| self.covariance[(variables[i], variables[j])]),
        )
    }

    /// By variable names, for messages.
    pub(crate) fn of(rows: &Incomplete, names: &[String], progress: &Progress) -> Result<Self> {
        let (n, mean, variance) = rows.of_each();
        let count = rows.n;
        for (i, name) in names.iter().enumerate() {
            if n[i] == 0.0 {
                return Err(Error::EmptyColumn { column: name.clone(), rows: count });
            }
            if is_constant(variance[i], mean[i]) {
                return Err(Error::ConstantItem { item: name.clone(), value: mean[i], n: n[i] as usize });
            }
        }
        let sd = variance.map(f64::sqrt);
        let standardised = rows.standardised(&mean, &sd);
        let p = rows.p;
        let not_positive = || Error::NotPositiveDefinite {
            matrix: "the covariance matrix by maximum likelihood of the incomplete answers".into(),
            eigenvalue: 0.0,
            variables: names.to_vec(),
        };
        let (mut mu, mut sigma) = (DVector::zeros(p), DMatrix::identity(p, p));
        let mut here = step(&standardised, &mu, &sigma).ok_or_else(not_positive)?;
        let mut iterations = 0;
        loop {
            progress.check("the saturated model")?;
            let change = (&here.mean - &mu).amax().max((&here.covariance - &sigma).amax());
            if change < TOLERANCE {
                break;
            }
            if iterations >= MOST {
                return Err(Error::NoAnswerExists {
                    what: "maximum likelihood of the means and covariances of incomplete answers".into(),
                    why: format!("the EM algorithm had no solution after {iterations} evaluations"),
                    remedy: "Leave out the variables that few respondents answered.".into(),
                });
            }
            let one = step(&standardised, &here.mean, &here.covariance).ok_or_else(not_positive)?;
            iterations += 2;
            // r and v of the extrapolation
            let (rm, rs) = (&here.mean - &mu, &here.covariance - &sigma);
            let (vm, vs) = (&one.mean - &here.mean - &rm, &one.covariance - &here.covariance - &rs);
            let (r, v) = (rm.norm_squared() + rs.norm_squared(), vm.norm_squared() + vs.norm_squared());
            let length = if v > 0.0 { (r / v).sqrt() } else { 1.0 };
            let far = (length > 1.0)
                .then(|| {
                    let m = &mu + rm * (2.0 * length) + vm * (length * length);
                    let s = &sigma + rs * (2.0 * length) + vs * (length * length);
                    let next = step(&standardised, &m, &s)?;
                    // near the top the likelihood is flat to rounding
                    let rounding = 1e-13 * (1.0 + one.value.abs());
                    (next.value <= one.value + rounding).then_some((m, s, next))
                })
                .flatten();
            iterations += usize::from(length > 1.0);
            (mu, sigma, here) = match far {
                Some(far) => far,
                None => {
                    let next = step(&standardised, &one.mean, &one.covariance).ok_or_else(not_positive)?;
                    iterations += 1;
                    (one.mean, one.covariance, next)
                }
            };
        }
        let scale: f64 = (0..p).map(|i| n[i] * 2.0 * sd[i].ln()).sum::<f64>() / rows.total;
        let covariance = DMatrix::from_fn(p, p, |i, j| sigma[(i, j)] * sd[i] * sd[j]);
        Ok(Self { mean: mean + sd.component_mul(&mu), covariance, value: here.value + scale })
    }
}

/// -2 log L / N of rows at a mean and a covariance matrix, without its constant.
pub(crate) fn value_at(rows: &Incomplete, mu: &DVector<f64>, sigma: &DMatrix<f64>) -> Option<f64> {
    step(rows, mu, sigma).map(|step| step.value)
}

/// -2 log L at a mean and a covariance matrix, and where EM goes from there.
fn step(rows: &Incomplete, mu: &DVector<f64>, sigma: &DMatrix<f64>) -> Option<Step> {
    let mut factor = sigma.clone();
    cholesky::factorise(&mut factor).ok()?;
    let log_determinant = cholesky::log_determinant(&factor);
    let mut inverse = DMatrix::zeros(rows.p, rows.p);
    cholesky::invert(&mut factor, &mut inverse);
    let done = rows.complete(mu, &inverse)?;
    let value =
        log_determinant + done.log_determinant + inverse.dot(&done.products) - rows.holes() / rows.total;
    let covariance = &done.products - &done.mean * done.mean.transpose();
    Some(Step { value, mean: mu + &done.mean, covariance })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two variables, the second with a missing value: mean and variance by regression (Anderson 1957).
    #[test]
    fn monotone_pattern_has_its_closed_form() {
        let x = [1.0, 2.0, 4.0, 5.0, 9.0];
        let y = [2.0, 1.0, 5.0, f64::NAN, f64::NAN];
        let rows = DMatrix::from_fn(2, 5, |i, c| if i == 0 { x[c] } else { y[c] });
        let rows = Incomplete::of(&rows);
        let found = Saturated::of(&rows, &["x".into(), "y".into()], &Progress::default()).unwrap();
        let mean_x = x.iter().sum::<f64>() / 5.0;
        let (mx, my) = (7.0 / 3.0, 8.0 / 3.0);
        let of = |f: &dyn Fn(usize) -> f64| (0..3).map(f).sum::<f64>() / 3.0;
        let (sxx, sxy) = (of(&|i| (x[i] - mx).powi(2)), of(&|i| (x[i] - mx) * (y[i] - my)));
        let syy = of(&|i| (y[i] - my).powi(2));
        let slope = sxy / sxx;
        let all = x.iter().map(|x| (x - mean_x).powi(2)).sum::<f64>() / 5.0;
        let expected = [mean_x, my + slope * (mean_x - mx)];
        for i in 0..2 {
            assert!((found.mean[i] - expected[i]).abs() < 1e-9, "{} {}", found.mean[i], expected[i]);
        }
        assert!((found.covariance[(0, 1)] - slope * all).abs() < 1e-9);
        assert!((found.covariance[(1, 1)] - (syy + slope * slope * (all - sxx))).abs() < 1e-9);
        assert!(
            (Saturated::of(&rows.compressed(), &["x".into(), "y".into()], &Progress::default())
                .unwrap()
                .value
                - found.value)
                .abs()
                < 1e-12
        );
    }

    /// The likelihood of each row by itself.
    #[test]
    fn value_is_that_of_the_rows_one_by_one() {
        let rows = DMatrix::from_fn(3, 40, |i, c| {
            let x = ((c * 7 + i * 11) % 13) as f64 + 0.5 * ((c * c + i) % 5) as f64;
            if (c + 2 * i) % 6 == 0 { f64::NAN } else { x }
        });
        let names: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
        let whole = Incomplete::of(&rows);
        let found = Saturated::of(&whole, &names, &Progress::default()).unwrap();
        let mut value = 0.0;
        for row in rows.column_iter() {
            let o: Vec<usize> = (0..3).filter(|&i| !row[i].is_nan()).collect();
            let s = DMatrix::from_fn(o.len(), o.len(), |i, j| found.covariance[(o[i], o[j])]);
            let d = DVector::from_fn(o.len(), |i, _| row[o[i]] - found.mean[o[i]]);
            value += s.determinant().ln() + d.dot(&(s.try_inverse().unwrap() * &d));
        }
        assert!((value / 40.0 - found.value).abs() < 1e-10, "{} {}", value / 40.0, found.value);
        let short = Saturated::of(&whole.compressed(), &names, &Progress::default()).unwrap();
        assert!(
            (short.value - found.value).abs() < 1e-12 && (short.covariance - found.covariance).amax() < 1e-9
        );
        assert!(whole.compressed().columns.ncols() < 40);
    }
}

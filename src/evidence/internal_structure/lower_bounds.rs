//! Lower bounds of the reliability of a sum: Guttman's lambdas and the greatest lower bound.
//!
//! With S the covariance (or correlation) matrix of k items and s its sum:
//!
//! ```text
//! lambda 1  1 - tr S / s
//! lambda 2  lambda 1 + sqrt(k / (k - 1) sum_{i!=j} s_ij^2) / s
//! lambda 3  k / (k - 1) lambda 1                                  alpha
//! lambda 4  max over splits of 1 - d'Sd / s                       (split_half.rs)
//! lambda 5  lambda 1 + 2 sqrt(max_j sum_{i!=j} s_ij^2) / s
//! lambda 6  1 - sum_i 1 / (S^-1)_ii / s                           error variances by regression on the others
//! glb       1 - max sum psi / s, psi >= 0, S - diag(psi) positive semidefinite
//! ```
//!
//! Guttman (1945), Psychometrika 10, 255-282; Jackson & Agunwamba (1977), Psychometrika 42, 567-578. The greatest
//! lower bound is found by Newton steps with a logarithmic barrier whose duality gap, 2 k mu, is brought below 1e-9 of
//! the trace. In samples it is biased upwards, the more so the smaller n and the larger k (ten Berge & Socan 2004).

use super::split_half::SplitHalf;
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// Gap between the bound found and the greatest, as a share of the trace.
const GAP: f64 = 1e-9;
/// What the barrier is multiplied by from round to round.
const SHRINK: f64 = 0.15;
/// Newton steps of a round at most.
const STEPS: usize = 50;

/// Guttman's lower bounds of the reliability of a sum, and the greatest.
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
/// let bounds = found.guttman.unwrap();
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3} {:.3}", bounds.lambda2, bounds.lambda3, bounds.lambda6.unwrap(), bounds.glb.unwrap()),
///     "0.762 0.760 0.709 0.769"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LowerBounds {
    /// Lambda 1.
    pub lambda1: f64,
    /// Lambda 2.
    pub lambda2: f64,
    /// Lambda 3: alpha.
    pub lambda3: f64,
    /// Lambda 4: the largest split-half coefficient.
    pub lambda4: Option<f64>,
    /// Lambda 5.
    pub lambda5: f64,
    /// Lambda 6; none when the matrix has no inverse.
    pub lambda6: Option<f64>,
    /// The greatest lower bound; none when the matrix is not positive definite.
    pub glb: Option<f64>,
}

impl LowerBounds {
    /// Of a covariance or correlation matrix; none when its sum is not positive.
    pub(super) fn of(matrix: &DMatrix<f64>, split_half: Option<&SplitHalf>) -> Option<Self> {
        let (k, sum, trace) = (matrix.nrows() as f64, matrix.sum(), matrix.trace());
        if !(sum > 0.0) || matrix.nrows() < 2 {
            return None;
        }
        let lambda1 = 1.0 - trace / sum;
        let squares: Vec<f64> = matrix
            .column_iter()
            .enumerate()
            .map(|(j, column)| column.norm_squared() - column[j] * column[j])
            .collect();
        let largest = squares.iter().copied().fold(0.0, f64::max);
        let inverse = inverse(matrix);
        Some(Self {
            lambda1,
            lambda2: lambda1 + (k / (k - 1.0) * squares.iter().sum::<f64>()).sqrt() / sum,
            lambda3: k / (k - 1.0) * lambda1,
            lambda4: split_half.map(|found| found.max),
            lambda5: lambda1 + 2.0 * largest.sqrt() / sum,
            lambda6: inverse
                .map(|inverse| 1.0 - inverse.diagonal().iter().map(|x| 1.0 / x).sum::<f64>() / sum),
            glb: largest_errors(matrix).map(|errors| 1.0 - errors.sum() / sum),
        })
    }
}

fn inverse(matrix: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let mut factor = matrix.clone();
    cholesky::factorise(&mut factor).ok()?;
    let mut inverse = DMatrix::zeros(matrix.nrows(), matrix.nrows());
    cholesky::invert(&mut factor, &mut inverse);
    Some(inverse)
}

/// The error variances with the largest sum that leave a covariance matrix.
fn largest_errors(matrix: &DMatrix<f64>) -> Option<DVector<f64>> {
    let k = matrix.nrows();
    let rest = |errors: &DVector<f64>| inverse(&(matrix - DMatrix::from_diagonal(errors)));
    // half of what each item has alone is inside
    let mut errors: DVector<f64> = inverse(matrix)?.diagonal().map(|x| 0.5 / x);
    while rest(&errors).is_none() {
        errors *= 0.5;
        if !(errors.sum() > 0.0) {
            return None;
        }
    }
    let value = |errors: &DVector<f64>, mu: f64| {
        if errors.iter().any(|x| !(*x > 0.0)) {
            return None;
        }
        let mut factor = matrix - DMatrix::from_diagonal(errors);
        cholesky::factorise(&mut factor).ok()?;
        Some(
            errors.sum()
                + mu * (cholesky::log_determinant(&factor) + errors.iter().map(|x| x.ln()).sum::<f64>()),
        )
    };
    let scale = matrix.trace() / k as f64;
    let mut mu = 0.1 * scale;
    loop {
        for _ in 0..STEPS {
            let at = value(&errors, mu)?;
            let inverse = rest(&errors)?;
            let gradient = DVector::from_fn(k, |i, _| 1.0 - mu * inverse[(i, i)] + mu / errors[i]);
            let mut curvature = inverse.map(|x| mu * x * x);
            (0..k).for_each(|i| curvature[(i, i)] += mu / (errors[i] * errors[i]));
            cholesky::factorise(&mut curvature).ok()?;
            let mut step = gradient.clone();
            cholesky::solve(&curvature, step.as_mut_slice());
            let gain = gradient.dot(&step);
            let mut length = 1.0;
            let next = loop {
                let candidate = &errors + length * &step;
                if value(&candidate, mu).is_some_and(|v| v >= at + 1e-4 * length * gain - 1e-14 * at.abs()) {
                    break Some(candidate);
                }
                length *= 0.5;
                if length < 1e-10 {
                    break None;
                }
            };
            let Some(next) = next else { break };
            errors = next;
            if gain < 1e-4 * mu {
                break;
            }
        }
        if 2.0 * k as f64 * mu < GAP * matrix.trace() {
            return Some(errors);
        }
        mu *= SHRINK;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn one_factor(loadings: &[f64], errors: &[f64]) -> DMatrix<f64> {
        DMatrix::from_fn(loadings.len(), loadings.len(), |i, j| {
            loadings[i] * loadings[j] + if i == j { errors[i] } else { 0.0 }
        })
    }

    /// With one factor the rest has rank one: no larger errors leave a covariance matrix, and the bound is omega.
    #[test]
    fn of_congeneric_items_the_greatest_bound_is_their_reliability() {
        let (loadings, errors) = ([0.9, 0.7, 0.8, 0.5, 0.6], [0.3, 0.6, 0.4, 0.8, 0.5]);
        let matrix = one_factor(&loadings, &errors);
        let omega = loadings.iter().sum::<f64>().powi(2) / matrix.sum();
        let found = LowerBounds::of(&matrix, None).unwrap();
        assert_relative_eq!(found.glb.unwrap(), omega, epsilon = 1e-7);
        assert!(found.lambda3 < found.lambda2 && found.lambda2 < omega);
    }

    #[test]
    fn of_parallel_items_all_but_the_first_and_fifth_are_the_reliability() {
        let matrix = one_factor(&[1.0; 4], &[1.0; 4]);
        let found = LowerBounds::of(&matrix, None).unwrap();
        for bound in [found.lambda2, found.lambda3, found.glb.unwrap()] {
            assert_relative_eq!(bound, 0.8, epsilon = 1e-7);
        }
    }

    /// The dual: V with unit diagonal at positive errors, V S* = 0 for the rest S*.
    #[test]
    fn no_bound_is_greater_than_the_greatest() {
        let matrix = DMatrix::from_row_slice(
            4,
            4,
            &[1.0, 0.5, 0.1, 0.2, 0.5, 1.0, 0.4, 0.3, 0.1, 0.4, 1.0, 0.6, 0.2, 0.3, 0.6, 1.0],
        );
        let names: Vec<String> = (0..4).map(|i| i.to_string()).collect();
        let found = LowerBounds::of(&matrix, SplitHalf::of(&names, &matrix).as_ref()).unwrap();
        let glb = found.glb.unwrap();
        for bound in [found.lambda1, found.lambda2, found.lambda3, found.lambda5] {
            assert!(bound <= glb + 1e-9);
        }
        assert!(found.lambda4.unwrap() <= glb + 1e-9 && found.lambda6.unwrap() <= glb + 1e-9);
        let errors = largest_errors(&matrix).unwrap();
        let rest = nalgebra::SymmetricEigen::new(&matrix - DMatrix::from_diagonal(&errors));
        assert!(rest.eigenvalues.min().abs() < 1e-7, "the rest is on the border");
    }
}

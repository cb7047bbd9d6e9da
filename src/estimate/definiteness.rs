//! What keeps an observed matrix from being positive definite, by name.

use crate::error::Error;
use nalgebra::{DMatrix, SymmetricEigen};

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

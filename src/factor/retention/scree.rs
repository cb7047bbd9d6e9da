//! Rules on eigenvalues alone: the empirical Kaiser criterion, Kaiser's, and the acceleration of the scree.

use serde::{Deserialize, Serialize};

/// The empirical Kaiser criterion (Braeken & van Assen 2017, eq. 2): eigenvalues against
///
/// ```text
/// max( (p - sum of the larger eigenvalues) / (p - j + 1) (1 + sqrt(p / n))^2, 1 )
/// ```
///
/// what the j-th would be at most, of a sample, if no factor were left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EmpiricalKaiser {
    /// The references.
    pub reference: Vec<f64>,
    /// Eigenvalues above their reference, before the first that is not.
    pub suggested: usize,
}

impl EmpiricalKaiser {
    pub(super) fn of(eigenvalues: &[f64], n: usize) -> Self {
        let p = eigenvalues.len() as f64;
        let mut larger = 0.0;
        let reference: Vec<f64> = eigenvalues
            .iter()
            .enumerate()
            .map(|(j, value)| {
                let own = (p - larger) / (p - j as f64) * (1.0 + (p / n as f64).sqrt()).powi(2);
                larger += value;
                own.max(1.0)
            })
            .collect();
        let above = eigenvalues.iter().zip(&reference).take_while(|(own, reference)| own > reference);
        Self { suggested: above.count(), reference }
    }
}

/// Eigenvalues above 1 (Guttman 1954; Kaiser 1960): shown because it is asked for, and known to find too many.
pub(super) fn kaiser(eigenvalues: &[f64]) -> usize {
    eigenvalues.iter().filter(|value| **value > 1.0).count()
}

/// Where the scree bends most: the factors before the largest second difference of eigenvalues (Raîche, Walls, Magis, Riopel &
/// Blais 2013).
pub(super) fn acceleration(eigenvalues: &[f64]) -> Option<usize> {
    let bend = |j: usize| eigenvalues[j + 1] - 2.0 * eigenvalues[j] + eigenvalues[j - 1];
    (1..eigenvalues.len().saturating_sub(1)).max_by(|a, b| bend(*a).total_cmp(&bend(*b)))
}

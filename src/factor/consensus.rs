//! The solution that several solutions of the same variables have in common: generalised orthogonal Procrustes analysis (Gower
//! 1975; ten Berge 1977). Unrotated factors of data sets that were completed by multiple imputation are brought together this way
//! before they are turned (van Ginkel & Kiers 2011; Lorenzo-Seva & Van Ginkel 2016).
//!
//! ```text
//! sum over l of |A_l Q_l - C|^2 is smallest      C = mean of A_l Q_l      Q_l' Q_l = I
//! ```

use super::rotation::procrustes;
use crate::error::{Error, Result};
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// Sums of squares of the consensus that differ less than this, relatively, are the same.
const SAME: f64 = 1e-13;
const ROUNDS: usize = 500;

/// What solutions have in common.
///
/// ```
/// use psychometrics::factor::consensus;
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = |n: &[&str]| n.iter().map(|n| n.to_string()).collect::<Vec<_>>();
/// let of = |rows| LabelledMatrix::new(names(&["a", "b", "c"]), names(&["F1", "F2"]), rows);
/// let one = of(vec![vec![0.8, 0.1], vec![0.7, 0.0], vec![0.1, 0.6]])?;
/// let other = of(vec![vec![0.7, 0.2], vec![0.8, 0.0], vec![0.0, 0.5]])?;
/// let found = consensus(&[one, other])?;
/// assert_eq!(found.turned.len(), 2);
/// assert_eq!(format!("{:.3}", found.agreement), "0.994");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Consensus {
    /// Mean of the solutions after each was turned, in its principal axes: columns are orthogonal, the largest first.
    pub loadings: LabelledMatrix,
    /// m |C|^2 / sum |A_l|^2: 1 where all solutions are one but for their turn.
    pub agreement: f64,
    /// The solutions, turned.
    pub turned: Vec<LabelledMatrix>,
    /// Rounds until nothing changed.
    pub iterations: usize,
}

/// The consensus of orthogonal solutions (variables by factors) with the same names in the same order.
///
/// ```
/// use psychometrics::factor::consensus;
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = |n: &[&str]| n.iter().map(|n| n.to_string()).collect::<Vec<_>>();
/// let of = |rows| LabelledMatrix::new(names(&["a", "b", "c"]), names(&["F1", "F2"]), rows);
/// // the second is the first with its factors exchanged and one of them reflected
/// let one = of(vec![vec![0.8, 0.1], vec![0.7, 0.0], vec![0.1, 0.6]])?;
/// let other = of(vec![vec![0.1, -0.8], vec![0.0, -0.7], vec![0.6, -0.1]])?;
/// let found = consensus(&[one, other])?;
/// assert!((found.agreement - 1.0).abs() < 1e-12);
/// # Ok::<(), psychometrics::Error>(())
/// ```
///
/// # Errors
/// [`Error::WrongSize`] for no solution, or solutions of other shapes; [`Error::NotFinite`].
pub fn consensus(solutions: &[LabelledMatrix]) -> Result<Consensus> {
    let wrong = |what: &str, found, expected| Err(Error::WrongSize { what: what.into(), found, expected });
    let Some(first) = solutions.first() else { return wrong("solutions of a consensus", 0, 1) };
    let (p, k) = (first.rows.len(), first.columns.len());
    for own in solutions {
        if own.rows != first.rows {
            return wrong("variables of a solution, in the same order", own.rows.len(), p);
        }
        if own.columns.len() != k {
            return wrong("factors of a solution", own.columns.len(), k);
        }
        if own.values.iter().flatten().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite { what: "a loading of a solution".into() });
        }
    }
    let matrices: Vec<DMatrix<f64>> =
        solutions.iter().map(|own| DMatrix::from_fn(p, k, |i, j| own.values[i][j])).collect();
    let m = matrices.len() as f64;
    let mean = |all: &[DMatrix<f64>]| {
        let sum = all.iter().fold(DMatrix::zeros(p, k), |sum, own| sum + (own - &all[0]));
        &all[0] + sum / m
    };
    let mut turned = matrices.clone();
    let (mut common, mut iterations) = (turned[0].clone(), 0);
    let mut size = 0.0;
    while iterations < ROUNDS {
        iterations += 1;
        for (own, a) in turned.iter_mut().zip(&matrices) {
            if let Some(q) = procrustes(a, &common) {
                *own = a * q;
            }
        }
        common = mean(&turned);
        let before = std::mem::replace(&mut size, common.norm_squared());
        if size - before <= SAME * size {
            break;
        }
    }
    let all: f64 = matrices.iter().map(DMatrix::norm_squared).sum();
    let agreement = if all > 0.0 { (m * size / all).min(1.0) } else { 1.0 };
    let axes = principal_axes(&common);
    let labelled = |own: &DMatrix<f64>| LabelledMatrix {
        rows: first.rows.clone(),
        columns: first.columns.clone(),
        values: (own * &axes).row_iter().map(|row| row.iter().copied().collect()).collect(),
    };
    Ok(Consensus {
        loadings: labelled(&common),
        agreement,
        turned: turned.iter().map(labelled).collect(),
        iterations,
    })
}

/// The turn that makes columns orthogonal, the largest first.
fn principal_axes(a: &DMatrix<f64>) -> DMatrix<f64> {
    let k = a.ncols();
    let eigen = a.tr_mul(a).symmetric_eigen();
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by(|x, y| eigen.eigenvalues[*y].total_cmp(&eigen.eigenvalues[*x]));
    let mut axes = eigen.eigenvectors.select_columns(&order);
    for j in 0..k {
        if (a * axes.column(j)).sum() < 0.0 {
            axes.column_mut(j).neg_mut();
        }
    }
    axes
}

//! Gauss-Hermite quadrature for the standard normal density: sum_i w_i f(x_i) ~ E f(X), exact for polynomials of degree
//! below twice the number of nodes (Golub & Welsch 1969).

use nalgebra::{DMatrix, SymmetricEigen};

/// Nodes with their weights, which sum to 1.
pub(crate) fn gauss_hermite(count: usize) -> Vec<(f64, f64)> {
    // the Jacobi matrix of the polynomials that are orthogonal under the normal density
    let jacobi =
        DMatrix::from_fn(
            count,
            count,
            |i, j| if i.abs_diff(j) == 1 { (i.max(j) as f64).sqrt() } else { 0.0 },
        );
    let eigen = SymmetricEigen::new(jacobi);
    let weight = |i: usize| eigen.eigenvectors[(0, i)].powi(2);
    let mut rule: Vec<(f64, f64)> = (0..count).map(|i| (eigen.eigenvalues[i], weight(i))).collect();
    rule.sort_by(|a, b| a.0.total_cmp(&b.0));
    rule
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_normal_distribution_are_exact() {
        let rule = gauss_hermite(7);
        for (power, moment) in [(0, 1.0), (1, 0.0), (2, 1.0), (4, 3.0), (8, 105.0), (12, 10395.0)] {
            let sum: f64 = rule.iter().map(|(x, w)| w * x.powi(power)).sum();
            assert!((sum - moment).abs() < 1e-9 * (1.0 + moment), "{power}: {sum}");
        }
    }
}

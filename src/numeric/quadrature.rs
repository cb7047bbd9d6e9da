//! Gaussian quadrature: Gauss-Hermite for the standard normal density, sum_i w_i f(x_i) ~ E f(X), and Gauss-Legendre for the
//! integral from -1 to 1; exact for polynomials of degree below twice the number of nodes (Golub & Welsch 1969).

use nalgebra::{DMatrix, SymmetricEigen};

/// Nodes with their weights, which sum to 1.
pub(crate) fn gauss_hermite(count: usize) -> Vec<(f64, f64)> {
    rule(count, |k| k.sqrt())
}

/// Nodes with their weights, which sum to 2.
pub(crate) fn gauss_legendre(count: usize) -> Vec<(f64, f64)> {
    let rule = rule(count, |k| k / (4.0 * k * k - 1.0).sqrt());
    rule.into_iter().map(|(x, weight)| (x, 2.0 * weight)).collect()
}

/// Nodes with weights that sum to 1, of the polynomials whose Jacobi matrix has nothing on its diagonal, and `beside` it
/// the k-th element, from 1.
fn rule(count: usize, beside: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    let element = |i: usize, j: usize| if i.abs_diff(j) == 1 { beside(i.max(j) as f64) } else { 0.0 };
    let jacobi = DMatrix::from_fn(count, count, element);
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

    #[test]
    fn powers_are_integrated_exactly() {
        for count in [1, 2, 5, 16] {
            let rule = gauss_legendre(count);
            for power in 0..2 * count as i32 {
                let sum: f64 = rule.iter().map(|(x, w)| w * x.powi(power)).sum();
                let exact = if power % 2 == 0 { 2.0 / f64::from(power + 1) } else { 0.0 };
                assert!((sum - exact).abs() < 1e-14, "{count}, {power}: {sum}");
            }
        }
    }
}

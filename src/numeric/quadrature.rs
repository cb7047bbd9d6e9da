//! Gaussian quadrature: Gauss-Hermite for the standard normal density, sum_i w_i f(x_i) ~ E f(X), Gauss-Laguerre for a gamma
//! density, and Gauss-Legendre for the integral from -1 to 1; exact for polynomials of degree below twice the number of nodes (Golub & Welsch 1969).

use nalgebra::{DMatrix, SymmetricEigen};

/// Nodes with their weights, which sum to 1.
pub(crate) fn gauss_hermite(count: usize) -> Vec<(f64, f64)> {
    rule(count, |_| 0.0, |k| k.sqrt())
}

/// Nodes with their weights, which sum to 2.
pub(crate) fn gauss_legendre(count: usize) -> Vec<(f64, f64)> {
    let rule = rule(count, |_| 0.0, |k| k / (4.0 * k * k - 1.0).sqrt());
    rule.into_iter().map(|(x, weight)| (x, 2.0 * weight)).collect()
}

/// For the density of a gamma distribution of this shape, by the generalised Laguerre polynomials; weights sum to 1.
pub(crate) fn gauss_laguerre(count: usize, shape: f64) -> Vec<(f64, f64)> {
    rule(count, |k| 2.0 * k + shape, |k| (k * (k + shape - 1.0)).sqrt())
}

/// Nodes with weights that sum to 1, of the polynomials whose Jacobi matrix has `on` its diagonal the k-th element, from 0,
/// and `beside` it, from 1.
fn rule(count: usize, on: impl Fn(f64) -> f64, beside: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    let element = |i: usize, j: usize| match i.abs_diff(j) {
        0 => on(i as f64),
        1 => beside(i.max(j) as f64),
        _ => 0.0,
    };
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
    fn moments_of_a_gamma_distribution_are_exact() {
        let rule = gauss_laguerre(5, 2.5);
        for power in 0..10 {
            let sum: f64 = rule.iter().map(|(x, w)| w * x.powi(power)).sum();
            let moment: f64 = (0..power).map(|k| 2.5 + f64::from(k)).product();
            assert!((sum / moment - 1.0).abs() < 1e-12, "{power}: {sum}");
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

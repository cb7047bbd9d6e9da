//! Promax: varimax, then oblique factors nearest to its loadings to a power (Hendrickson & White 1964).
//!
//! With V = A T_v the varimax loadings and P = V |V|^(power - 1), U = (V'V)^-1 V'P with columns scaled so that the factors have
//! variance 1; L = V U = A (T')^-1 with T = ((T_v U)')^-1. T is a function of A by T_v, which moves as the conditions of varimax
//! say, and by V itself.

use super::criterion::Criterion;
use super::gradient_projection::Turning;
use super::order::Order;
use nalgebra::DMatrix;

/// Varimax, on which promax stands.
pub(super) const VARIMAX: Turning<'static> =
    Turning { criterion: Criterion::Varimax, oblique: false, target: None };

/// How promax factors were found, and move.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PromaxTurn {
    /// T_v.
    pub(super) varimax: DMatrix<f64>,
    pub(super) power: f64,
    /// That of the factors.
    pub(super) order: Order,
}

/// T of L = A (T')^-1, from T_v.
pub(super) fn promax(a: &DMatrix<f64>, varimax: &DMatrix<f64>, power: f64) -> Option<DMatrix<f64>> {
    let v = a * varimax;
    let target = v.map(|l| l * l.abs().powf(power - 1.0));
    let mut u = v.tr_mul(&v).try_inverse()? * v.tr_mul(&target);
    let inverse = u.clone().try_inverse()?;
    // factors of variance 1: the diagonal of (U'U)^-1
    let spread = &inverse * inverse.transpose();
    for (j, mut column) in u.column_iter_mut().enumerate() {
        column.scale_mut(spread[(j, j)].sqrt());
    }
    (varimax * u).try_inverse().map(|inverse| inverse.transpose())
}

impl PromaxTurn {
    /// How T moves as A moves in each of these directions; none where varimax has no derivative.
    pub(crate) fn response(
        &self,
        a: &DMatrix<f64>,
        directions: &[DMatrix<f64>],
    ) -> Option<Vec<DMatrix<f64>>> {
        let response = VARIMAX.response(a, &self.varimax, directions)?;
        let each = directions.iter().zip(response.column_iter()).map(|(direction, coordinates)| {
            let size = direction.amax().max(coordinates.amax());
            if size == 0.0 {
                return Some(DMatrix::zeros(a.ncols(), a.ncols()));
            }
            let h = 1e-5 / size;
            let at = |h: f64| {
                promax(&(a + direction * h), &VARIMAX.moved(&self.varimax, &(coordinates * h)), self.power)
            };
            Some(self.order.columns(&((at(h)? - at(-h)?) / (2.0 * h))))
        });
        each.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// T of moved loadings, from varimax found again, beside what the derivative says.
    #[test]
    fn promax_moves_as_varimax_and_its_loadings_do() {
        let a = DMatrix::from_fn(9, 3, |i, j| {
            let noise = ((i * 5 + j * 7) % 9) as f64 / 9.0 - 0.4;
            0.3 * noise + if i % 3 == j { 0.7 } else { 0.0 }
        });
        let direction = DMatrix::from_fn(9, 3, |i, j| ((i * 3 + j * 11) % 7) as f64 / 7.0 - 0.5);
        let varimax = |a: &DMatrix<f64>, from: &DMatrix<f64>| {
            VARIMAX.search(a, from, 1e-13, 20_000).unwrap().transformation
        };
        let t = varimax(&a, &DMatrix::identity(3, 3));
        let order = Order { factors: vec![2, 0, 1], signs: vec![1.0, -1.0, 1.0] };
        let turn = PromaxTurn { varimax: t.clone(), power: 4.0, order: order.clone() };
        let found = &turn.response(&a, std::slice::from_ref(&direction)).unwrap()[0];
        let h = 1e-4;
        let again = |h: f64| {
            let moved = &a + &direction * h;
            promax(&moved, &varimax(&moved, &t), 4.0).unwrap()
        };
        let by_search = order.columns(&((again(h) - again(-h)) / (2.0 * h)));
        for (one, other) in found.iter().zip(by_search.iter()) {
            assert_relative_eq!(one, other, epsilon = 1e-5);
        }
    }
}

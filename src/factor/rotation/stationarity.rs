//! What holds at a minimum of a rotation criterion, and how the rotation moves when the loadings do (Jennrich 1973, 1974).
//!
//! Oblique: the elements off the diagonal of L' f'(L) phi^-1 are 0, K(K - 1) of them. Orthogonal: L' f'(L) is symmetric,
//! K(K - 1)/2. A move of T from the minimum is T (I + D) with columns brought back to length 1, or T exp(D) with D
//! antisymmetric.

use super::criterion::evaluate;
use super::gradient_projection::Turning;
use nalgebra::{DMatrix, DVector};

impl Turning<'_> {
    /// How many coordinates a move of T has.
    pub(crate) fn freedom(self, k: usize) -> usize {
        if self.oblique { k * (k - 1) } else { k * (k - 1) / 2 }
    }

    fn pairs(self, k: usize) -> Vec<(usize, usize)> {
        let all = (0..k).flat_map(|j| (0..k).map(move |i| (i, j)));
        all.filter(|(i, j)| if self.oblique { i != j } else { i < j }).collect()
    }

    /// T, moved.
    pub(crate) fn moved(self, t: &DMatrix<f64>, coordinates: &DVector<f64>) -> DMatrix<f64> {
        let k = t.ncols();
        let mut d = DMatrix::identity(k, k);
        for ((i, j), c) in self.pairs(k).into_iter().zip(coordinates.iter()) {
            d[(i, j)] += c;
            if !self.oblique {
                d[(j, i)] -= c;
            }
        }
        if !self.oblique {
            // the orthogonal factor of I + D is exp(D) up to third order
            let svd = d.svd(true, true);
            if let (Some(u), Some(v)) = (svd.u, svd.v_t) {
                return t * (u * v);
            }
            return t.clone();
        }
        let mut moved = t * d;
        for mut column in moved.column_iter_mut() {
            let norm = column.norm();
            column.unscale_mut(norm);
        }
        moved
    }

    /// The loadings of A under T.
    pub(crate) fn loadings(self, a: &DMatrix<f64>, t: &DMatrix<f64>) -> Option<DMatrix<f64>> {
        match self.oblique {
            true => Some(a * t.clone().try_inverse()?.transpose()),
            false => Some(a * t),
        }
    }

    /// What is 0 at a minimum.
    fn conditions(self, a: &DMatrix<f64>, t: &DMatrix<f64>) -> Option<DVector<f64>> {
        let loadings = self.loadings(a, t)?;
        let k = t.ncols();
        let mut gradient = DMatrix::zeros(a.nrows(), k);
        evaluate(self.criterion, &loadings, self.target, &mut gradient);
        let m = loadings.tr_mul(&gradient);
        let pairs = self.pairs(k);
        Some(if self.oblique {
            let n = m * t.tr_mul(t).try_inverse()?;
            DVector::from_iterator(pairs.len(), pairs.iter().map(|&(i, j)| n[(i, j)]))
        } else {
            DVector::from_iterator(pairs.len(), pairs.iter().map(|&(i, j)| m[(i, j)] - m[(j, i)]))
        })
    }

    /// How the coordinates of T move, from a minimum, as A moves in each of these directions: columns of
    /// -(dc/dT)^-1 (dc/dA) dA. None where the minimum is flat.
    pub(crate) fn response(
        self,
        a: &DMatrix<f64>,
        t: &DMatrix<f64>,
        directions: &[DMatrix<f64>],
    ) -> Option<DMatrix<f64>> {
        let m = self.freedom(t.ncols());
        let step = 1e-5;
        let mut by_t = DMatrix::zeros(m, m);
        for c in 0..m {
            let at = |h: f64| {
                let mut move_of = DVector::zeros(m);
                move_of[c] = h;
                self.conditions(a, &self.moved(t, &move_of))
            };
            by_t.set_column(c, &((at(step)? - at(-step)?) / (2.0 * step)));
        }
        let mut by_a = DMatrix::zeros(m, directions.len());
        for (c, direction) in directions.iter().enumerate() {
            let size = direction.amax();
            if size > 0.0 {
                let h = step / size;
                let up = self.conditions(&(a + direction * h), t)?;
                let down = self.conditions(&(a - direction * h), t)?;
                by_a.set_column(c, &((up - down) / (2.0 * h)));
            }
        }
        let decomposed = by_t.clone().lu();
        let response = decomposed.solve(&by_a)?;
        let is_flat = {
            let singular = by_t.singular_values();
            !(singular.min() > 1e-9 * singular.max())
        };
        (!is_flat && response.iter().all(|v| v.is_finite())).then(|| -response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factor::rotation::criterion::Criterion;
    use approx::assert_relative_eq;

    /// The minimum of moved loadings, found again from the minimum of those that were not moved.
    #[test]
    fn a_rotation_moves_as_the_conditions_say() {
        let (p, k) = (9, 3);
        let a = DMatrix::from_fn(p, k, |i, j| {
            let noise = ((i * 5 + j * 7) % 9) as f64 / 9.0 - 0.4;
            0.3 * noise + if i % k == j { 0.7 } else { 0.0 }
        });
        let direction = DMatrix::from_fn(p, k, |i, j| ((i * 3 + j * 11) % 7) as f64 / 7.0 - 0.5);
        for (criterion, oblique) in [
            (Criterion::Quartimin, true),
            (Criterion::Geomin { epsilon: 0.05 }, true),
            (Criterion::Varimax, false),
            (Criterion::Geomin { epsilon: 0.05 }, false),
            (Criterion::Bigeomin { epsilon: 0.05 }, true),
        ] {
            let turning = Turning { criterion, oblique, target: None };
            let from = |a: &DMatrix<f64>, t: &DMatrix<f64>| {
                turning.search(a, t, 1e-13, 20_000).unwrap().transformation
            };
            let identity = DMatrix::identity(k, k);
            let t = from(&a, &identity);
            let response = turning.response(&a, &t, std::slice::from_ref(&direction)).unwrap();
            let h = 1e-4;
            let again = |h: f64| turning.loadings(&a, &from(&(&a + &direction * h), &t)).unwrap();
            let by_search = (again(h) - again(-h)) / (2.0 * h);
            let moved = |h: f64| {
                let coordinates = response.column(0) * h;
                turning.loadings(&a, &turning.moved(&t, &coordinates.into_owned())).unwrap()
            };
            let by_conditions = (moved(h) - moved(-h)) / (2.0 * h);
            for (one, other) in by_search.iter().zip(by_conditions.iter()) {
                assert_relative_eq!(one, other, epsilon = 2e-4);
            }
        }
    }
}

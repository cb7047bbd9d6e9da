//! Gradient projection (Jennrich 2001, 2002) with steps by Barzilai and Borwein (1988), which need no line search as a rule, and
//! Grippo, Lampariello and Lucidi's (1986) safeguard: a value may rise, but not above the largest of the last few.
//!
//! Oblique: L = A (T')^-1 with columns of T of length 1 and phi = T'T. Orthogonal: L = A T with T'T = I.

use super::criterion::{Criterion, evaluate};
use nalgebra::DMatrix;

/// What is rotated, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turning<'a> {
    pub(crate) criterion: Criterion,
    pub(crate) oblique: bool,
    pub(crate) target: Option<&'a DMatrix<f64>>,
}

/// A rotation with its value.
#[derive(Debug, Clone)]
pub(crate) struct Turned {
    pub(crate) value: f64,
    /// T.
    pub(crate) transformation: DMatrix<f64>,
    pub(crate) loadings: DMatrix<f64>,
    pub(crate) converged: bool,
}

/// Values that a new one may not all exceed.
const MEMORY: usize = 8;
/// Factors whose transformation is nearer to singular than this have fallen together.
const COLLAPSED: f64 = 1e-7;

/// A point of the search; matrices are made once.
struct Point {
    t: DMatrix<f64>,
    inverse: DMatrix<f64>,
    loadings: DMatrix<f64>,
    by_loadings: DMatrix<f64>,
    /// The gradient by T, projected on the tangent space.
    projected: DMatrix<f64>,
    scratch: DMatrix<f64>,
    value: f64,
    size: f64,
}

impl Point {
    fn new(p: usize, k: usize) -> Self {
        let square = || DMatrix::zeros(k, k);
        Self {
            t: DMatrix::identity(k, k),
            inverse: square(),
            loadings: DMatrix::zeros(p, k),
            by_loadings: DMatrix::zeros(p, k),
            projected: square(),
            scratch: square(),
            value: f64::INFINITY,
            size: f64::INFINITY,
        }
    }

    /// The value at T; whether it exists.
    fn evaluate(&mut self, a: &DMatrix<f64>, turning: Turning<'_>) -> bool {
        if turning.oblique {
            if !invert(&self.t, &mut self.scratch, &mut self.inverse) {
                return false;
            }
            self.scratch.tr_copy_from(&self.inverse);
            a.mul_to(&self.scratch, &mut self.loadings);
        } else {
            a.mul_to(&self.t, &mut self.loadings);
        }
        self.value = evaluate(turning.criterion, &self.loadings, turning.target, &mut self.by_loadings);
        self.value.is_finite()
    }

    fn project(&mut self, a: &DMatrix<f64>, turning: Turning<'_>) {
        let k = self.t.ncols();
        if turning.oblique {
            // G = -(L' f'(L) T^-1)', less for each column of T its part along that column
            self.loadings.tr_mul_to(&self.by_loadings, &mut self.scratch);
            self.scratch.mul_to(&self.inverse, &mut self.projected);
            self.projected.transpose_mut();
            self.projected.neg_mut();
            for j in 0..k {
                let along = self.t.column(j).dot(&self.projected.column(j));
                for i in 0..k {
                    self.projected[(i, j)] -= along * self.t[(i, j)];
                }
            }
        } else {
            // G = A' f'(L), less T (T'G + G'T) / 2
            a.tr_mul_to(&self.by_loadings, &mut self.projected);
            self.t.tr_mul_to(&self.projected, &mut self.scratch);
            for j in 0..k {
                for i in 0..=j {
                    let mean = 0.5 * (self.scratch[(i, j)] + self.scratch[(j, i)]);
                    (self.scratch[(i, j)], self.scratch[(j, i)]) = (mean, mean);
                }
            }
            self.projected.gemm(-1.0, &self.t, &self.scratch, 1.0);
        }
        self.size = self.projected.norm();
    }

    /// T of the other point, moved by `step` against its gradient and brought back to where T may be.
    fn move_from(&mut self, other: &Point, step: f64, oblique: bool) -> bool {
        for ((own, t), g) in self.t.iter_mut().zip(other.t.iter()).zip(other.projected.iter()) {
            *own = t - step * g;
        }
        if oblique {
            for mut column in self.t.column_iter_mut() {
                let norm = column.norm();
                if !(norm > 0.0 && norm.is_finite()) {
                    return false;
                }
                column.unscale_mut(norm);
            }
            return true;
        }
        orthogonalise(&mut self.t, &mut self.scratch, &mut self.inverse)
    }
}

impl Turning<'_> {
    /// Searches from T until the projected gradient is below `tolerance`; none where T is no start.
    pub(crate) fn search(
        self,
        a: &DMatrix<f64>,
        start: &DMatrix<f64>,
        tolerance: f64,
        iterations: usize,
    ) -> Option<Turned> {
        let (p, k) = a.shape();
        let (mut at, mut next) = (Point::new(p, k), Point::new(p, k));
        at.t.copy_from(start);
        if !at.evaluate(a, self) {
            return None;
        }
        at.project(a, self);
        let mut recent = [at.value; MEMORY];
        let mut step = if at.size > 0.0 { (0.3 / at.size).min(1.0) } else { 1.0 };
        let (mut done, mut is_long) = (0, true);
        while done < iterations && at.size > tolerance {
            done += 1;
            let highest = recent.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let noise = 1e-14 * (1.0 + at.value.abs());
            let mut found = false;
            for _ in 0..40 {
                if next.move_from(&at, step, self.oblique)
                    && next.evaluate(a, self)
                    && next.value <= highest - 1e-4 * step * at.size * at.size + noise
                {
                    found = true;
                    break;
                }
                step *= 0.3;
            }
            if !found {
                break;
            }
            next.project(a, self);
            let (mut ss, mut sy, mut yy) = (0.0, 0.0, 0.0);
            for i in 0..k * k {
                let (s, y) = (next.t[i] - at.t[i], next.projected[i] - at.projected[i]);
                ss += s * s;
                sy += s * y;
                yy += y * y;
            }
            let (long, short) = (ss / sy.abs(), sy.abs() / yy);
            step = if is_long { long } else { short };
            is_long = !is_long;
            if !(step.is_finite() && step > 1e-12) {
                step = (0.1 / next.size).min(1.0);
            }
            step = step.min(10.0 / next.size);
            std::mem::swap(&mut at, &mut next);
            recent[done % MEMORY] = at.value;
        }
        let converged = at.size <= tolerance * 10.0 && !self.has_collapsed(&at.t);
        Some(Turned { value: at.value, transformation: at.t, loadings: at.loadings, converged })
    }

    fn has_collapsed(self, t: &DMatrix<f64>) -> bool {
        self.oblique && t.clone().lu().determinant().abs() < COLLAPSED
    }
}

/// Gauss-Jordan with pivots, of a small matrix; whether it has an inverse.
fn invert(matrix: &DMatrix<f64>, scratch: &mut DMatrix<f64>, inverse: &mut DMatrix<f64>) -> bool {
    let k = matrix.ncols();
    scratch.copy_from(matrix);
    inverse.fill_with_identity();
    for c in 0..k {
        let Some(pivot) = (c..k).max_by(|a, b| scratch[(*a, c)].abs().total_cmp(&scratch[(*b, c)].abs()))
        else {
            return false;
        };
        if !(scratch[(pivot, c)].abs() > 1e-12) {
            return false;
        }
        if pivot != c {
            scratch.swap_rows(pivot, c);
            inverse.swap_rows(pivot, c);
        }
        let scale = 1.0 / scratch[(c, c)];
        for j in 0..k {
            scratch[(c, j)] *= scale;
            inverse[(c, j)] *= scale;
        }
        for i in (0..k).filter(|&i| i != c) {
            let factor = scratch[(i, c)];
            if factor != 0.0 {
                for j in 0..k {
                    let (own, other) = (scratch[(c, j)], inverse[(c, j)]);
                    scratch[(i, j)] -= factor * own;
                    inverse[(i, j)] -= factor * other;
                }
            }
        }
    }
    true
}

/// The orthogonal matrix nearest to T, by Newton's iteration X <- (X + X'^-1) / 2 (Higham 1986).
fn orthogonalise(t: &mut DMatrix<f64>, scratch: &mut DMatrix<f64>, inverse: &mut DMatrix<f64>) -> bool {
    let k = t.ncols();
    for _ in 0..50 {
        if !invert(t, scratch, inverse) {
            return false;
        }
        let mut change: f64 = 0.0;
        for j in 0..k {
            for i in 0..k {
                let next = 0.5 * (t[(i, j)] + inverse[(j, i)]);
                change = change.max((next - t[(i, j)]).abs());
                t[(i, j)] = next;
            }
        }
        if change < 1e-15 * k as f64 {
            return true;
        }
    }
    true
}

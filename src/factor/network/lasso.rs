//! The graphical lasso (Friedman, Hastie & Tibshirani 2008): the inverse K of a covariance matrix that maximises
//!
//! ```text
//! ln|K| - tr(SK) - penalty * sum of |K_ij| over i != j
//! ```
//!
//! by columns: with W = K^-1, the column w of W beside a variable is that of a lasso, w = W_11 b with b the minimum of
//! b'W_11 b / 2 - s'b + penalty |b|, and K_jj = 1 / (W_jj - w'b), K_ij = -b_i K_jj. The diagonal is not penalised: W_jj = S_jj.
//!
//! Penalties are taken in ascending order: a W that is within the smaller penalty of S is within the larger one too, so that
//! each column raises the determinant of W and nothing can go astray (Mazumder & Hastie 2012 show that it can, the other way).

use nalgebra::DMatrix;

/// Passes over all columns before a search is given up.
const MOST_PASSES: usize = 2_000;
/// The coefficients of a column are right to this share of what W is.
const INNER: f64 = 0.5;
/// Passes over the coefficients of one column.
const MOST_INNER: usize = 1_000;

/// A correlation matrix on its way to a sparse inverse.
#[derive(Debug, Clone)]
pub(super) struct GraphicalLasso<'a> {
    s: &'a DMatrix<f64>,
    w: DMatrix<f64>,
    /// In column j the coefficients of variable j on the others.
    b: DMatrix<f64>,
    rest: Vec<f64>,
}

impl<'a> GraphicalLasso<'a> {
    /// Ready for penalties from `least` up. A matrix without an inverse begins as one that is nearer to the identity, within the
    /// smallest penalty of it.
    pub(super) fn of(s: &'a DMatrix<f64>, least: f64) -> Self {
        let p = s.nrows();
        let largest = largest(s);
        let towards = if largest > 0.0 { (least / largest).min(1.0) } else { 0.0 };
        let w = DMatrix::from_fn(p, p, |i, j| if i == j { s[(i, i)] } else { (1.0 - towards) * s[(i, j)] });
        Self { s, w, b: DMatrix::zeros(p, p), rest: vec![0.0; p] }
    }

    /// Goes on to the solution under a penalty, until no element of W moves by more than the tolerance; whether it got there.
    pub(super) fn descend(&mut self, penalty: f64, tolerance: f64) -> bool {
        for _ in 0..MOST_PASSES {
            let moved = (0..self.s.ncols()).map(|j| self.column(j, penalty, tolerance)).fold(0.0, f64::max);
            if moved < tolerance {
                return true;
            }
        }
        false
    }

    /// The lasso of one column; returns how far an element of W moved.
    fn column(&mut self, j: usize, penalty: f64, tolerance: f64) -> f64 {
        let p = self.s.nrows();
        let w = self.w.as_mut_slice();
        let b = &mut self.b.as_mut_slice()[j * p..(j + 1) * p];
        // what the coefficients leave of the covariances with the others
        self.rest.copy_from_slice(self.s.column(j).as_slice());
        for (k, own) in b.iter().enumerate().filter(|(_, own)| **own != 0.0) {
            subtract(&mut self.rest, &w[k * p..(k + 1) * p], *own);
        }
        let mut visit = |k: usize, rest: &mut [f64]| {
            let (old, variance) = (b[k], w[k * p + k]);
            let gradient = rest[k] + variance * old;
            let new = if gradient.abs() > penalty {
                (gradient - penalty.copysign(gradient)) / variance
            } else {
                0.0
            };
            let change = new - old;
            if change == 0.0 {
                return 0.0;
            }
            b[k] = new;
            subtract(rest, &w[k * p..(k + 1) * p], change);
            change.abs() * variance
        };
        for _ in 0..MOST_INNER {
            let mut moved: f64 = 0.0;
            for k in (0..p).filter(|&k| k != j) {
                moved = moved.max(visit(k, &mut self.rest));
            }
            if moved < INNER * tolerance {
                break;
            }
        }
        let mut moved: f64 = 0.0;
        for k in (0..p).filter(|&k| k != j) {
            let new = self.s[(k, j)] - self.rest[k];
            moved = moved.max((new - w[j * p + k]).abs());
            (w[j * p + k], w[k * p + j]) = (new, new);
        }
        moved
    }

    /// K, symmetric.
    pub(super) fn inverse(&self) -> DMatrix<f64> {
        let p = self.s.nrows();
        let mut k = DMatrix::zeros(p, p);
        for j in 0..p {
            let explained: f64 = (0..p).filter(|&i| i != j).map(|i| self.w[(i, j)] * self.b[(i, j)]).sum();
            k[(j, j)] = 1.0 / (self.w[(j, j)] - explained);
        }
        for j in 0..p {
            for i in j + 1..p {
                let own = -0.5 * (self.b[(i, j)] * k[(j, j)] + self.b[(j, i)] * k[(i, i)]);
                (k[(i, j)], k[(j, i)]) = (own, own);
            }
        }
        k
    }
}

/// The largest absolute correlation: the smallest penalty under which there is no edge.
pub(super) fn largest(s: &DMatrix<f64>) -> f64 {
    let p = s.nrows();
    (0..p).flat_map(|j| (j + 1..p).map(move |i| (i, j))).map(|at| s[at].abs()).fold(0.0, f64::max)
}

/// rest -= change * column.
fn subtract(rest: &mut [f64], column: &[f64], change: f64) {
    rest.iter_mut().zip(column).for_each(|(rest, w)| *rest -= w * change);
}

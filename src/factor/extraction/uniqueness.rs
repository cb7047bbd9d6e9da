//! Uniquenesses by Newton's method: the loadings that go with given uniquenesses are known from an eigenproblem, so the
//! discrepancy is a function of the p uniquenesses alone (Jöreskog 1967, 1977; Harman & Jones 1966).
//!
//! ```text
//! minres   f = 1/2 sum_{m>K} g_m^2,             g, u: eigenvalues and -vectors of R - Psi
//! ML       f = sum_{m>K} (t_m - log t_m - 1),   t, w: of Psi^-1/2 R Psi^-1/2
//! GLS      f = 1/2 sum_{m>K} (1 - 1/t_m)^2
//! ```
//!
//! With a_m = (u_im u_jm) the Hessians are exact: minres (sum_{m>K} a_m)^2 + 2 sum_{m>K, n<=K} g_m / (g_m - g_n) a_m a_n in psi;
//! the others, in x = log psi and with h(t) = -t f'(t), -sum t h' a_m a_m - sum_{m>K, n != m} h_m (t_m + t_n) / (t_m - t_n) a_m a_n.

use crate::numeric::cholesky;
use crate::numeric::spectrum::Spectrum;
use nalgebra::{DMatrix, DVector};

/// Which function of the eigenvalues is minimised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Objective {
    Residuals,
    Likelihood,
    Generalised,
}

/// Uniquenesses are kept above this, as psych and R's factanal() keep them, and below 1.
pub(crate) const LEAST: f64 = 0.005;
const ITERATIONS: usize = 200;
/// The gradient that ends the search, of a discrepancy that is about 1.
const SMALL: f64 = 1e-10;

/// Where the search ended.
#[derive(Debug, Clone)]
pub(super) struct Uniquenesses {
    pub(super) psi: DVector<f64>,
    pub(super) loadings: DMatrix<f64>,
    pub(super) value: f64,
    pub(super) iterations: usize,
    pub(super) converged: bool,
}

struct Point {
    value: f64,
    spectrum: Spectrum,
}

impl Objective {
    fn is_logarithmic(self) -> bool {
        self != Objective::Residuals
    }

    fn psi(self, x: &DVector<f64>) -> DVector<f64> {
        if self.is_logarithmic() { x.map(f64::exp) } else { x.clone() }
    }

    fn at(self, r: &DMatrix<f64>, x: &DVector<f64>, k: usize) -> Point {
        let psi = self.psi(x);
        let p = r.nrows();
        let matrix = match self.is_logarithmic() {
            false => DMatrix::from_fn(p, p, |i, j| if i == j { r[(i, i)] - psi[i] } else { r[(i, j)] }),
            true => DMatrix::from_fn(p, p, |i, j| r[(i, j)] / (psi[i] * psi[j]).sqrt()),
        };
        let spectrum = Spectrum::of(&matrix);
        let value = spectrum.values[k..].iter().map(|&t| self.of(t)).sum();
        Point { value, spectrum }
    }

    fn of(self, t: f64) -> f64 {
        match self {
            Objective::Residuals => 0.5 * t * t,
            Objective::Likelihood if t > 0.0 => t - t.ln() - 1.0,
            Objective::Generalised if t > 0.0 => 0.5 * (1.0 - 1.0 / t).powi(2),
            _ => f64::INFINITY,
        }
    }

    /// h(t) = -t f'(t), and its derivative.
    fn slope(self, t: f64) -> (f64, f64) {
        match self {
            Objective::Residuals => (-t, -1.0),
            Objective::Likelihood => (1.0 - t, -1.0),
            Objective::Generalised => (1.0 / (t * t) - 1.0 / t, -2.0 / t.powi(3) + 1.0 / (t * t)),
        }
    }

    fn gradient(self, point: &Point, k: usize) -> DVector<f64> {
        let Spectrum { values, vectors } = &point.spectrum;
        let p = vectors.nrows();
        let mut gradient = DVector::zeros(p);
        for m in k..p {
            let h = self.slope(values[m]).0;
            for i in 0..p {
                gradient[i] += h * vectors[(i, m)].powi(2);
            }
        }
        gradient
    }

    /// The Hessian, and what of it is never negative.
    fn hessian(self, point: &Point, k: usize) -> (DMatrix<f64>, DMatrix<f64>) {
        let Spectrum { values, vectors } = &point.spectrum;
        let p = vectors.nrows();
        let of_tail = |weight: &dyn Fn(usize) -> f64| {
            let tail = vectors.columns(k, p - k);
            let scaled = DMatrix::from_fn(p, p - k, |i, m| vectors[(i, k + m)] * weight(k + m));
            scaled * tail.transpose()
        };
        let plain = of_tail(&|_| 1.0);
        let mut hessian = match self {
            Objective::Residuals => plain.component_mul(&plain),
            Objective::Likelihood => of_tail(&|m| values[m]).component_mul(&plain),
            Objective::Generalised => {
                let mut sum = DMatrix::zeros(p, p);
                for m in k..p {
                    let (h, slope) = self.slope(values[m]);
                    for n in k..p {
                        let (t, s) = (values[m], values[n]);
                        let other = self.slope(s).0;
                        let close = (t - s).abs() < 1e-7 * (t + s);
                        let c = if close { -t * slope } else { -0.5 * (t + s) * (h - other) / (t - s) };
                        for i in 0..p {
                            for j in 0..p {
                                sum[(i, j)] +=
                                    c * vectors[(i, m)] * vectors[(j, m)] * vectors[(i, n)] * vectors[(j, n)];
                            }
                        }
                    }
                }
                sum
            }
        };
        let certain =
            if self == Objective::Generalised { plain.component_mul(&plain) } else { hessian.clone() };
        for n in 0..k {
            let weight = |m: usize| {
                let (t, s) = (values[m], values[n]);
                let gap = t - s;
                let gap = if gap.abs() < 1e-10 { -1e-10 } else { gap };
                match self {
                    Objective::Residuals => 2.0 * t / gap,
                    _ => -self.slope(t).0 * (t + s) / gap,
                }
            };
            let own = of_tail(&weight);
            for i in 0..p {
                for j in 0..p {
                    hessian[(i, j)] += own[(i, j)] * vectors[(i, n)] * vectors[(j, n)];
                }
            }
        }
        (hessian, certain)
    }

    /// The loadings of the K largest factors.
    fn loadings(self, point: &Point, x: &DVector<f64>, k: usize) -> DMatrix<f64> {
        let Spectrum { values, vectors } = &point.spectrum;
        let psi = self.psi(x);
        DMatrix::from_fn(vectors.nrows(), k, |i, m| match self {
            Objective::Residuals => vectors[(i, m)] * values[m].max(0.0).sqrt(),
            _ => psi[i].sqrt() * vectors[(i, m)] * (values[m] - 1.0).max(0.0).sqrt(),
        })
    }

    /// Minimises from uniquenesses `start`, with `least` the smallest each of them may be and `most` the largest.
    pub(super) fn minimise(
        self,
        r: &DMatrix<f64>,
        k: usize,
        start: &[f64],
        (least, most): (&[f64], &[f64]),
    ) -> Uniquenesses {
        let p = r.nrows();
        let coordinate = |psi: f64| if self.is_logarithmic() { psi.ln() } else { psi };
        let low = DVector::from_fn(p, |i, _| coordinate(least[i]));
        let high = DVector::from_fn(p, |i, _| coordinate(most[i]));
        let mut x = DVector::from_fn(p, |i, _| coordinate(start[i]).clamp(low[i], high[i]));
        let mut point = self.at(r, &x, k);
        let (mut iterations, mut converged) = (0, false);
        while iterations < ITERATIONS {
            let gradient = self.gradient(&point, k);
            let held =
                |i: usize| (x[i] <= low[i] && gradient[i] > 0.0) || (x[i] >= high[i] && gradient[i] < 0.0);
            let open: Vec<usize> = (0..p).filter(|&i| !held(i)).collect();
            let largest = open.iter().map(|&i| gradient[i].abs()).fold(0.0, f64::max);
            if largest < SMALL {
                converged = true;
                break;
            }
            iterations += 1;
            let step = self.step(&point, k, &gradient, &open);
            let Some((next, found)) = self.lower(r, k, (&x, &point), &step, (&low, &high), &gradient) else {
                // no lower point can be told from this one: rounding
                converged = largest < 1e-6;
                break;
            };
            (x, point) = (next, found);
        }
        Uniquenesses {
            loadings: self.loadings(&point, &x, k),
            psi: self.psi(&x),
            value: point.value,
            iterations,
            converged,
        }
    }

    /// Newton's step among the open coordinates; with the certain part of the Hessian where the whole is not positive definite.
    fn step(self, point: &Point, k: usize, gradient: &DVector<f64>, open: &[usize]) -> DVector<f64> {
        let (hessian, certain) = self.hessian(point, k);
        let own = DVector::from_fn(open.len(), |i, _| -gradient[open[i]]);
        let mut step = DVector::zeros(gradient.len());
        for (matrix, ridge) in [(&hessian, 0.0), (&certain, 1e-8), (&certain, 1e-2)] {
            let reduced = DMatrix::from_fn(open.len(), open.len(), |i, j| {
                matrix[(open[i], open[j])] + if i == j { ridge } else { 0.0 }
            });
            if let Some(found) = cholesky::solved(&reduced, &own)
                && found.iter().all(|v| v.is_finite() && v.abs() < 1e4)
            {
                open.iter().zip(found.iter()).for_each(|(&i, v)| step[i] = *v);
                return step;
            }
        }
        open.iter().zip(own.iter()).for_each(|(&i, v)| step[i] = *v);
        step
    }

    /// A lower point on the way, within the bounds.
    fn lower(
        self,
        r: &DMatrix<f64>,
        k: usize,
        (x, point): (&DVector<f64>, &Point),
        step: &DVector<f64>,
        (low, high): (&DVector<f64>, &DVector<f64>),
        gradient: &DVector<f64>,
    ) -> Option<(DVector<f64>, Point)> {
        let most = if self.is_logarithmic() { 3.0 } else { 0.5 };
        let mut length = (most / step.amax()).min(1.0);
        let noise = 1e-14 * (1.0 + point.value.abs());
        for _ in 0..40 {
            let next = DVector::from_fn(x.len(), |i, _| (x[i] + length * step[i]).clamp(low[i], high[i]));
            if next == *x {
                return None;
            }
            let found = self.at(r, &next, k);
            let slope: f64 = (0..x.len()).map(|i| gradient[i] * (next[i] - x[i])).sum();
            if found.value <= point.value + 1e-4 * slope.min(0.0) + noise {
                return Some((next, found));
            }
            length *= 0.5;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn correlations(p: usize) -> DMatrix<f64> {
        let noise = |i: usize, j: usize| (((i * 7 + j * 13) % 11) as f64 - 5.0) / 5.0;
        let a = DMatrix::from_fn(p, p + 3, |i, j| noise(i, j) + if i % 3 == j % 3 { 0.8 } else { 0.0 });
        let s = &a * a.transpose() + DMatrix::identity(p, p) * 3.0;
        DMatrix::from_fn(p, p, |i, j| s[(i, j)] / (s[(i, i)] * s[(j, j)]).sqrt())
    }

    #[test]
    fn derivatives_are_those_of_central_differences() {
        let (p, k) = (8, 2);
        let r = correlations(p);
        for objective in [Objective::Residuals, Objective::Likelihood, Objective::Generalised] {
            let x = DVector::from_fn(p, |i, _| {
                let psi = 0.3 + 0.04 * i as f64;
                if objective.is_logarithmic() { psi.ln() } else { psi }
            });
            let point = objective.at(&r, &x, k);
            let (gradient, hessian) = (objective.gradient(&point, k), objective.hessian(&point, k).0);
            for i in 0..p {
                let moved = |h: f64| {
                    let mut x = x.clone();
                    x[i] += h;
                    objective.at(&r, &x, k)
                };
                let h = 1e-5;
                let (up, down) = (moved(h), moved(-h));
                assert_relative_eq!(gradient[i], (up.value - down.value) / (2.0 * h), epsilon = 1e-7);
                let slopes = (objective.gradient(&up, k) - objective.gradient(&down, k)) / (2.0 * h);
                for j in 0..p {
                    assert_relative_eq!(hessian[(i, j)], slopes[j], epsilon = 1e-6);
                }
            }
        }
    }
}

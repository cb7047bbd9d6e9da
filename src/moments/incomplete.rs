//! Rows with missing answers, gathered by what is missing in them, and what normal theory completes them by.
//!
//! A pattern is a set of variables that the same rows have. With Omega = Sigma^-1, o the variables a row has and m
//! those it lacks,
//!
//! ```text
//! Sigma_oo^-1       = Omega_oo - Omega_om Omega_mm^-1 Omega_mo
//! log|Sigma_oo|     = log|Sigma| + log|Omega_mm|
//! E(y_m - mu_m | y_o) = -Omega_mm^-1 Omega_mo (y_o - mu_o),      Cov(y_m | y_o) = Omega_mm^-1
//! ```
//!
//! so a row z completed by its expectations has z' Omega z = (y_o - mu_o)' Sigma_oo^-1 (y_o - mu_o), and everything
//! that the likelihood and its gradient take from the data is
//!
//! ```text
//! T = (sum z z' + sum_k n_k Omega_mm^-1) / N,      d = sum z / N
//! -2 log L = N log|Sigma| + sum_k n_k log|Omega_mm| + N tr(Omega T) - sum_k n_k |m_k| + log(2 pi) sum_k n_k |o_k|
//! ```
//!
//! (Orchard & Woodbury 1972; Dempster, Laird & Rubin 1977; Little & Rubin 2002, chapter 11; the gradient of the
//! observed-data likelihood is that of the complete-data one at the completed moments: Fisher's identity, Louis 1982.)
//! A pattern with few missing variables costs O(p |m|) a row, besides one product of the completed rows. A pattern
//! with more rows than variables is held as the square root of its products, with the same formulas. A row with a
//! sampling weight w is held times sqrt(w): sums over rows are then weighted ones, and n_k and N sums of weights.

use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// Columns that are completed together, by one thread.
const RUN: usize = 256;

/// Answered variables, rows, means and products about them (upper triangle, row by row) of a pattern.
pub(crate) type SummedPattern = (Vec<usize>, usize, Vec<f64>, Vec<f64>);

/// The rows of one pattern.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    pub(crate) observed: Vec<usize>,
    pub(crate) missing: Vec<usize>,
    /// How many rows, or the sum of their sampling weights.
    pub(crate) n: f64,
    /// Its first column, and how many there are.
    pub(crate) from: usize,
    pub(crate) count: usize,
}

/// Rows by pattern: a column is a - w mu in the variables of its pattern, and 0 elsewhere.
#[derive(Debug, Clone)]
pub(crate) struct Incomplete {
    /// Variables.
    pub(crate) p: usize,
    /// Rows,
    pub(crate) n: usize,
    /// and the sum of their sampling weights: N.
    pub(crate) total: f64,
    pub(crate) patterns: Vec<Pattern>,
    /// a.
    pub(crate) columns: DMatrix<f64>,
    /// w: 1 of a row (the root of its sampling weight); 0 of a column of a square root; sqrt(n) of the mean that goes with it.
    pub(crate) weights: DVector<f64>,
    /// Runs of patterns that one thread completes at a time.
    runs: Vec<std::ops::Range<usize>>,
    /// Where each column, being a row, stood in the data; empty where some columns are none.
    pub(crate) order: Vec<usize>,
}

/// The moments of completed rows about mu.
#[derive(Debug, Clone)]
pub(crate) struct Completed {
    /// T.
    pub(crate) products: DMatrix<f64>,
    /// d.
    pub(crate) mean: DVector<f64>,
    /// sum_k n_k log|Omega_mm| / N.
    pub(crate) log_determinant: f64,
}

impl Incomplete {
    /// Rows as columns (variables x rows), NaN where missing; rows without any value must have been left out.
    pub(crate) fn of(rows: &DMatrix<f64>) -> Self {
        Self::weighted(rows, None)
    }

    /// The same with a sampling weight for each row.
    pub(crate) fn weighted(rows: &DMatrix<f64>, sampling: Option<&[f64]>) -> Self {
        let weight = |row: usize| sampling.map_or(1.0, |weights| weights[row]);
        let mut order: Vec<usize> = (0..rows.ncols()).collect();
        let holes = |row: usize| rows.column(row).iter().map(|x| x.is_nan()).collect::<Vec<bool>>();
        let all: Vec<Vec<bool>> = order.iter().map(|&row| holes(row)).collect();
        order.sort_by(|&a, &b| all[a].cmp(&all[b]));
        let p = rows.nrows();
        let columns = DMatrix::from_fn(p, order.len(), |i, c| {
            Some(rows[(i, order[c])]).filter(|x| !x.is_nan()).unwrap_or(0.0) * weight(order[c]).sqrt()
        });
        let mut patterns: Vec<Pattern> = Vec::new();
        for (c, &row) in order.iter().enumerate() {
            if c > 0 && all[order[c - 1]] == all[row] {
                if let Some(last) = patterns.last_mut() {
                    last.n += weight(row);
                    last.count += 1;
                }
                continue;
            }
            let (missing, observed): (Vec<usize>, Vec<usize>) = (0..p).partition(|&i| all[row][i]);
            patterns.push(Pattern { observed, missing, n: weight(row), from: c, count: 1 });
        }
        let weights = DVector::from_iterator(order.len(), order.iter().map(|&row| weight(row).sqrt()));
        let total = patterns.iter().map(|pattern| pattern.n).sum();
        Self { p, n: order.len(), total, runs: runs(&patterns), patterns, columns, weights, order }
    }

    /// Rows that are known by their sums only: of each pattern the variables that were answered, the rows, their means and the
    /// products about these (upper triangle, row by row). Held as square roots, as [`compressed`](Self::compressed) has them.
    pub(crate) fn of_sums(p: usize, sums: &[SummedPattern]) -> Self {
        let (mut columns, mut weights, mut patterns): (Vec<f64>, Vec<f64>, Vec<Pattern>) = Default::default();
        for (observed, n, mean, products) in sums {
            let (from, m, root) = (weights.len(), observed.len(), (*n as f64).sqrt());
            let mut put = |values: &dyn Fn(usize) -> f64, weight: f64| {
                let mut column = vec![0.0; p];
                observed.iter().enumerate().for_each(|(a, &i)| column[i] = values(a));
                columns.extend(column);
                weights.push(weight);
            };
            put(&|a| mean[a] * root, root);
            let product = DMatrix::from_fn(m, m, |a, b| {
                let (a, b) = (a.min(b), a.max(b));
                products[a * m - a * (a + 1) / 2 + b]
            });
            // in units of standard deviations, so that no variable drowns another
            let sd = product.diagonal().map(|x| if x > 0.0 { x.sqrt() } else { 1.0 });
            let scaled = DMatrix::from_fn(m, m, |a, b| product[(a, b)] / (sd[a] * sd[b]));
            let eigen = scaled.symmetric_eigen();
            for (k, value) in eigen.eigenvalues.iter().enumerate().filter(|(_, value)| **value > 0.0) {
                put(&|a| value.sqrt() * eigen.eigenvectors[(a, k)] * sd[a], 0.0);
            }
            let missing = (0..p).filter(|i| !observed.contains(i)).collect();
            let (n, count) = (*n as f64, weights.len() - from);
            patterns.push(Pattern { observed: observed.clone(), missing, n, from, count });
        }
        let columns = DMatrix::from_vec(p, weights.len(), columns);
        let n = sums.iter().map(|own| own.1).sum::<usize>();
        let (weights, runs) = (DVector::from_vec(weights), runs(&patterns));
        Self { p, n, total: n as f64, patterns, columns, weights, runs, order: Vec::new() }
    }

    /// The same with patterns of many rows held as square roots of their products.
    pub(crate) fn compressed(&self) -> Self {
        let mut patterns = self.patterns.clone();
        let (mut columns, mut weights, mut compressed) = (Vec::new(), Vec::new(), false);
        for pattern in &mut patterns {
            let own = self.columns.columns(pattern.from, pattern.count);
            let from = weights.len();
            if pattern.count <= pattern.observed.len() + 1 {
                columns.extend(own.iter());
                weights.extend(self.weights.rows(pattern.from, pattern.count).iter());
            } else {
                compressed = true;
                let roots = self.weights.rows(pattern.from, pattern.count);
                let mean = own * roots / pattern.n;
                let root = pattern.n.sqrt();
                columns.extend(mean.iter().map(|m| m * root));
                weights.push(root);
                let mut centred = own.into_owned();
                let each = centred.column_iter_mut().zip(roots.iter());
                each.for_each(|(mut column, root)| column.axpy(-root, &mean, 1.0));
                // R of the QR decomposition of the centred rows: R'R = their products
                let r = centred.transpose().qr().r();
                for row in r.row_iter() {
                    columns.extend(row.iter());
                    weights.push(0.0);
                }
            }
            (pattern.from, pattern.count) = (from, weights.len() - from);
        }
        let columns = DMatrix::from_vec(self.p, weights.len(), columns);
        let order = if compressed { Vec::new() } else { self.order.clone() };
        Self { columns, weights: DVector::from_vec(weights), runs: runs(&patterns), patterns, order, ..*self }
    }

    /// The same rows with variable `order[i]` as the i-th.
    pub(crate) fn reordered(&self, order: &[usize]) -> Self {
        self.select(order)
    }

    /// Some variables of the rows: all of them, though they may have none of these.
    pub(crate) fn select(&self, variables: &[usize]) -> Self {
        let mut own =
            Self { p: variables.len(), columns: self.columns.select_rows(variables), ..self.clone() };
        for (pattern, known) in own.patterns.iter_mut().zip(&self.patterns) {
            let lacks = |i: &usize| known.missing.contains(&variables[*i]);
            (pattern.missing, pattern.observed) = (0..variables.len()).partition(lacks);
        }
        own
    }

    /// Whether every row has these variables.
    pub(crate) fn have(&self, variables: &[usize]) -> bool {
        self.patterns.iter().all(|pattern| !variables.iter().any(|i| pattern.missing.contains(i)))
    }

    /// The same rows in units of standard deviations from means.
    pub(crate) fn standardised(&self, mean: &DVector<f64>, sd: &DVector<f64>) -> Self {
        let mut own = self.clone();
        for pattern in &self.patterns {
            for c in pattern.from..pattern.from + pattern.count {
                for &i in &pattern.observed {
                    own.columns[(i, c)] = (self.columns[(i, c)] - self.weights[c] * mean[i]) / sd[i];
                }
            }
        }
        own
    }

    /// Values that are there, of all rows.
    pub(crate) fn values(&self) -> f64 {
        self.patterns.iter().map(|pattern| pattern.n * pattern.observed.len() as f64).sum()
    }

    /// Values that are missing, of all rows.
    pub(crate) fn holes(&self) -> f64 {
        self.patterns.iter().map(|pattern| pattern.n * pattern.missing.len() as f64).sum()
    }

    /// Mean and variance (divisor: its rows) of each variable in the rows that have it.
    pub(crate) fn of_each(&self) -> (DVector<f64>, DVector<f64>, DVector<f64>) {
        let (mut n, mut mean, mut variance) =
            (DVector::zeros(self.p), DVector::zeros(self.p), DVector::<f64>::zeros(self.p));
        for pattern in &self.patterns {
            for &i in &pattern.observed {
                n[i] += pattern.n;
                for c in pattern.from..pattern.from + pattern.count {
                    mean[i] += self.weights[c] * self.columns[(i, c)];
                }
            }
        }
        mean.component_div_assign(&n);
        for pattern in &self.patterns {
            for c in pattern.from..pattern.from + pattern.count {
                for &i in &pattern.observed {
                    let deviation: f64 = self.columns[(i, c)] - self.weights[c] * mean[i];
                    variance[i] += deviation * deviation;
                }
            }
        }
        variance.component_div_assign(&n);
        (n, mean, variance)
    }

    /// Covariance of each pair over the rows that have both (divisor: those rows less one); none where a pair has fewer
    /// than two.
    pub(crate) fn pairwise(&self) -> Option<DMatrix<f64>> {
        let (p, mean) = (self.p, self.of_each().1);
        // rows with both i and j, the sum of i over them, and of the products
        let [mut n, mut sums, mut products] = [(); 3].map(|()| DMatrix::<f64>::zeros(p, p));
        for pattern in &self.patterns {
            let there = &pattern.observed;
            let deviations = DMatrix::from_fn(there.len(), pattern.count, |a, c| {
                let (i, c) = (there[a], pattern.from + c);
                self.columns[(i, c)] - self.weights[c] * mean[i]
            });
            let sum = &deviations * self.weights.rows(pattern.from, pattern.count);
            let product = &deviations * deviations.transpose();
            for (a, &i) in there.iter().enumerate() {
                for (b, &j) in there.iter().enumerate() {
                    n[(i, j)] += pattern.n;
                    sums[(i, j)] += sum[a];
                    products[(i, j)] += product[(a, b)];
                }
            }
        }
        let covariance = |i: usize, j: usize| {
            let n = n[(i, j)];
            (products[(i, j)] - sums[(i, j)] * sums[(j, i)] / n) / (n - 1.0)
        };
        n.iter().all(|n| *n > 1.0).then(|| DMatrix::from_fn(p, p, covariance))
    }

    /// Completes the rows under a mean and the inverse of a covariance matrix; none where the inverse is not
    /// positive definite.
    pub(crate) fn complete(&self, mu: &DVector<f64>, inverse: &DMatrix<f64>) -> Option<Completed> {
        let own = |run: &std::ops::Range<usize>| {
            let patterns = &self.patterns[run.clone()];
            let (first, last) = (patterns.first()?, patterns.last()?);
            let from = first.from;
            let mut products = DMatrix::zeros(self.p, self.p);
            let mut z = DMatrix::zeros(self.p, last.from + last.count - from);
            let mut log_determinant = 0.0;
            for pattern in patterns {
                let at = pattern.from - from;
                log_determinant += self.fill(pattern, mu, inverse, &mut z, at, Some(&mut products))?;
            }
            products.gemm(1.0, &z, &z.transpose(), 1.0);
            let sum = &z * self.weights.rows(from, z.ncols());
            Some((products, sum, log_determinant))
        };
        let runs: Vec<_> = self.runs.par_iter().map(own).collect();
        let mut all = Completed {
            products: DMatrix::zeros(self.p, self.p),
            mean: DVector::zeros(self.p),
            log_determinant: 0.0,
        };
        for run in runs {
            let (products, sum, log_determinant) = run?;
            all.products += products;
            all.mean += sum;
            all.log_determinant += log_determinant;
        }
        let n = self.total;
        all.products /= n;
        all.mean /= n;
        all.log_determinant /= n;
        Some(all)
    }

    /// The completed columns of one pattern.
    pub(crate) fn completed(
        &self,
        pattern: &Pattern,
        mu: &DVector<f64>,
        inverse: &DMatrix<f64>,
    ) -> Option<DMatrix<f64>> {
        let mut z = DMatrix::zeros(self.p, pattern.count);
        self.fill(pattern, mu, inverse, &mut z, 0, None)?;
        Some(z)
    }

    /// Completed columns of a pattern from column `at` on; n times Omega_mm^-1 is added to `products`. Gives
    /// n log|Omega_mm|.
    fn fill(
        &self,
        pattern: &Pattern,
        mu: &DVector<f64>,
        inverse: &DMatrix<f64>,
        z: &mut DMatrix<f64>,
        at: usize,
        products: Option<&mut DMatrix<f64>>,
    ) -> Option<f64> {
        for c in 0..pattern.count {
            let (column, weight) = (self.columns.column(pattern.from + c), self.weights[pattern.from + c]);
            for &i in &pattern.observed {
                z[(i, at + c)] = column[i] - weight * mu[i];
            }
        }
        let m = &pattern.missing;
        if m.is_empty() {
            return Some(0.0);
        }
        let mut factor = DMatrix::from_fn(m.len(), m.len(), |i, j| inverse[(m[i], m[j])]);
        cholesky::factorise(&mut factor).ok()?;
        let mut along = vec![0.0; m.len()];
        for c in at..at + pattern.count {
            let column = z.column(c);
            for (sum, &i) in along.iter_mut().zip(m) {
                *sum = -inverse.column(i).dot(&column);
            }
            cholesky::solve(&factor, &mut along);
            for (value, &i) in along.iter().zip(m) {
                z[(i, c)] = *value;
            }
        }
        let log_determinant = pattern.n * cholesky::log_determinant(&factor);
        if let Some(products) = products {
            let mut conditional = DMatrix::zeros(m.len(), m.len());
            cholesky::invert(&mut factor, &mut conditional);
            for (a, &i) in m.iter().enumerate() {
                for (b, &j) in m.iter().enumerate() {
                    products[(i, j)] += pattern.n * conditional[(a, b)];
                }
            }
        }
        Some(log_determinant)
    }
}

/// Patterns that together have about [`RUN`] columns.
fn runs(patterns: &[Pattern]) -> Vec<std::ops::Range<usize>> {
    let (mut runs, mut from, mut columns) = (Vec::new(), 0, 0);
    for (at, pattern) in patterns.iter().enumerate() {
        columns += pattern.count;
        if columns >= RUN || at + 1 == patterns.len() {
            runs.push(from..at + 1);
            (from, columns) = (at + 1, 0);
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairwise_covariances_are_those_of_the_rows_with_both() {
        let gap = f64::NAN;
        #[rustfmt::skip]
        let rows = DMatrix::from_row_slice(2, 6, &[
            1.0, 2.0, 4.0, gap, 3.0, 7.0,
            2.0, gap, 1.0, 5.0, 3.0, 6.0,
        ]);
        let own = Incomplete::of(&rows);
        for held in [own.clone(), own.compressed()] {
            let s = held.pairwise().unwrap();
            // R: cov(cbind(x, y), use = "pairwise.complete.obs")
            assert!((s[(0, 0)] - 5.3).abs() < 1e-12);
            assert!((s[(1, 1)] - 4.3).abs() < 1e-12);
            assert!((s[(0, 1)] - 4.0).abs() < 1e-12);
            assert_eq!(s[(0, 1)], s[(1, 0)]);
        }
        let apart = DMatrix::from_row_slice(2, 4, &[1.0, 2.0, gap, gap, gap, gap, 3.0, 5.0]);
        assert!(Incomplete::of(&apart).pairwise().is_none());
    }

    #[test]
    fn another_order_of_the_variables_is_completed_alike() {
        let rows = DMatrix::from_fn(3, 9, |i, c| match (i, c) {
            (0, 6) | (2, 7) | (1, 8) | (2, 8) => f64::NAN,
            _ => ((c * (5 + 2 * i) + i * i) % 11) as f64 / 3.0,
        });
        let weights: Vec<f64> = (0..9).map(|c| 0.5 + 0.1 * c as f64).collect();
        let mu = DVector::from_vec(vec![1.0, 1.5, 0.5]);
        let inverse = DMatrix::from_row_slice(3, 3, &[1.0, 0.2, -0.1, 0.2, 0.8, 0.3, -0.1, 0.3, 1.5]);
        let order = [2, 0, 1];
        let other_mu = DVector::from_fn(3, |i, _| mu[order[i]]);
        let other = DMatrix::from_fn(3, 3, |i, j| inverse[(order[i], order[j])]);
        let own = Incomplete::weighted(&rows, Some(&weights));
        for held in [own.clone(), own.compressed()] {
            let first = held.complete(&mu, &inverse).unwrap();
            let second = held.reordered(&order).complete(&other_mu, &other).unwrap();
            assert!((first.log_determinant - second.log_determinant).abs() < 1e-12);
            for i in 0..3 {
                assert!((first.mean[order[i]] - second.mean[i]).abs() < 1e-12);
                for j in 0..3 {
                    let difference = first.products[(order[i], order[j])] - second.products[(i, j)];
                    assert!(difference.abs() < 1e-12, "{i} {j}: {difference}");
                }
            }
        }
    }
}

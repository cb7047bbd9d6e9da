//! Means and sums of squared deviations and of products that can be merged.
//!
//! For two sets of rows with (weighted) counts w1, w2, means m1, m2 and sums of products about
//! their own means c1, c2, the union has
//!
//! ```text
//! mean  = m1 + (m2 - m1) w2 / (w1 + w2)
//! c_xy  = c1 + c2 + (m2x - m1x) (m2y - m1y) w1 w2 / (w1 + w2)
//! ```
//!
//! Source: Chan, Golub and LeVeque (1983), Algorithms for computing the sample variance, The
//! American Statistician 37, 242-247, eq. 2.1; for products Bennett et al. (2009). Nothing is ever
//! accumulated about zero, so a large mean does not wash the variance away.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

/// Moments of the rows in which every variable has a value.
#[derive(Debug, Clone)]
pub(super) struct Complete {
    pub(super) count: usize,
    pub(super) weight: f64,
    pub(super) mean: Vec<f64>,
    /// Sums of products of deviations; the upper triangle is kept.
    pub(super) products: Array2<f64>,
}

impl Complete {
    pub(super) fn new(variables: usize) -> Self {
        Self {
            count: 0,
            weight: 0.0,
            mean: vec![0.0; variables],
            products: Array2::zeros((variables, variables)),
        }
    }

    /// Adds a block of complete rows, stored row by row; the block is overwritten.
    pub(super) fn add_block(&mut self, block: &mut [f64], weights: Option<&[f64]>) {
        let p = self.mean.len();
        let count = block.len() / p;
        if count == 0 {
            return;
        }
        let weight = weights.map_or(count as f64, |w| w.iter().sum());
        let mut mean = vec![0.0; p];
        for (r, row) in block.chunks_exact(p).enumerate() {
            match weights {
                None => mean.iter_mut().zip(row).for_each(|(m, x)| *m += x),
                Some(w) => mean.iter_mut().zip(row).for_each(|(m, x)| *m += w[r] * x),
            }
        }
        mean.iter_mut().for_each(|m| *m /= weight);
        for (r, row) in block.chunks_exact_mut(p).enumerate() {
            match weights {
                None => row.iter_mut().zip(&mean).for_each(|(x, m)| *x -= m),
                Some(w) => {
                    let root = w[r].sqrt();
                    row.iter_mut().zip(&mean).for_each(|(x, m)| *x = root * (*x - m));
                }
            }
        }
        self.absorb_means(count, weight, &mean);
        if let Ok(deviations) = ArrayView2::from_shape((count, p), &*block) {
            // the upper triangle in three products: a quarter less work than the square
            let half = p / 2;
            let (left, right) = deviations.split_at(Axis(1), half);
            let (top, bottom) = self.products.view_mut().split_at(Axis(0), half);
            let (mut top_left, mut top_right) = top.split_at(Axis(1), half);
            let (_, mut bottom_right) = bottom.split_at(Axis(1), half);
            general_mat_mul(1.0, &left.t(), &left, 1.0, &mut top_left);
            general_mat_mul(1.0, &left.t(), &right, 1.0, &mut top_right);
            general_mat_mul(1.0, &right.t(), &right, 1.0, &mut bottom_right);
        }
    }

    pub(super) fn merge(&mut self, other: &Self, shift: &[f64]) {
        if other.count == 0 {
            return;
        }
        let mean: Vec<f64> = other.mean.iter().zip(shift).map(|(m, s)| m + s).collect();
        self.absorb_means(other.count, other.weight, &mean);
        self.products += &other.products;
    }

    /// Takes in count, weight and mean of other rows, and what their means differ.
    fn absorb_means(&mut self, count: usize, weight: f64, mean: &[f64]) {
        let total = self.weight + weight;
        let between = self.weight * weight / total;
        let share = weight / total;
        let difference: Vec<f64> = mean.iter().zip(&self.mean).map(|(new, old)| new - old).collect();
        if self.count > 0 {
            for (i, d) in difference.iter().enumerate() {
                for (j, e) in difference.iter().enumerate().skip(i) {
                    self.products[(i, j)] += between * d * e;
                }
            }
        }
        self.mean.iter_mut().zip(&difference).for_each(|(m, d)| *m += share * d);
        self.weight = total;
        self.count += count;
    }

    /// What the complete rows say about variables i <= j.
    pub(super) fn pair(&self, i: usize, j: usize) -> Pair {
        Pair {
            count: self.count,
            weight: self.weight,
            mean: [self.mean[i], self.mean[j]],
            squares: [self.products[(i, i)], self.products[(j, j)]],
            product: self.products[(i, j)],
        }
    }
}

/// Moments of two variables over the rows in which both have a value.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pair {
    pub(super) count: usize,
    pub(super) weight: f64,
    pub(super) mean: [f64; 2],
    pub(super) squares: [f64; 2],
    pub(super) product: f64,
}

impl Pair {
    pub(super) fn merge(&mut self, other: &Self, shift: [f64; 2]) {
        if other.count == 0 {
            return;
        }
        let total = self.weight + other.weight;
        let between = self.weight * other.weight / total;
        let share = other.weight / total;
        let d = [0, 1].map(|k| other.mean[k] + shift[k] - self.mean[k]);
        for k in 0..2 {
            self.squares[k] += other.squares[k] + between * d[k] * d[k];
            self.mean[k] += share * d[k];
        }
        self.product += other.product + between * d[0] * d[1];
        self.weight = total;
        self.count += other.count;
    }
}

/// Moments of every pair of variables over rows with holes.
#[derive(Debug, Clone, Default)]
pub(super) struct Incomplete {
    /// Rows with at least one value and at least one hole.
    pub(super) count: usize,
    /// Pairs i <= j, row by row of the upper triangle; empty as long as no such row was seen.
    pub(super) pairs: Vec<Pair>,
}

impl Incomplete {
    /// Adds a block of rows, stored row by row, in which NaN marks a hole; the block is overwritten.
    pub(super) fn add_block(&mut self, p: usize, block: &mut [f64], weights: Option<&[f64]>) {
        let rows = block.len() / p;
        let answered = block.chunks_exact(p).filter(|row| row.iter().any(|x| !x.is_nan())).count();
        if answered == 0 {
            return;
        }
        self.count += answered;
        let weight = |row: usize| weights.map_or(1.0, |w| w[row]);

        // present: 0 or 1; about the means of what is present, with 0 in the holes
        let mut present = Array2::<f64>::zeros((rows, p));
        let (mut sums, mut weight_sums) = (vec![0.0; p], vec![0.0; p]);
        for (r, row) in block.chunks_exact(p).enumerate() {
            for (j, x) in row.iter().enumerate().filter(|(_, x)| !x.is_nan()) {
                present[(r, j)] = 1.0;
                sums[j] += weight(r) * x;
                weight_sums[j] += weight(r);
            }
        }
        let mean: Vec<f64> =
            sums.iter().zip(&weight_sums).map(|(s, w)| if *w > 0.0 { s / w } else { 0.0 }).collect();
        for row in block.chunks_exact_mut(p) {
            for (x, m) in row.iter_mut().zip(&mean) {
                *x = if x.is_nan() { 0.0 } else { *x - m };
            }
        }
        let Ok(deviations) = ArrayView2::from_shape((rows, p), &*block) else { return };
        let squares = &deviations * &deviations;
        let (mut weighted, mut weighted_present) = (deviations.to_owned(), present.clone());
        if let Some(w) = weights {
            for (r, w) in w.iter().enumerate() {
                weighted.row_mut(r).mapv_inplace(|x| w * x);
                weighted_present.row_mut(r).mapv_inplace(|x| w * x);
            }
        }
        let counts = present.t().dot(&present);
        let pair_weights =
            if weights.is_some() { weighted_present.t().dot(&present) } else { counts.clone() };
        let pair_sums = weighted.t().dot(&present); // of i over the rows where j is present
        let pair_squares = squares.t().dot(&weighted_present);
        let products = weighted.t().dot(&deviations);

        self.pairs.resize(p * (p + 1) / 2, Pair::default());
        let upper = (0..p).flat_map(|i| (i..p).map(move |j| (i, j)));
        for (pair, (i, j)) in self.pairs.iter_mut().zip(upper) {
            let w = pair_weights[(i, j)];
            if counts[(i, j)] == 0.0 {
                continue;
            }
            let (si, sj) = (pair_sums[(i, j)], pair_sums[(j, i)]);
            let block = Pair {
                count: counts[(i, j)] as usize,
                weight: w,
                mean: [mean[i] + si / w, mean[j] + sj / w],
                squares: [
                    (pair_squares[(i, j)] - si * si / w).max(0.0),
                    (pair_squares[(j, i)] - sj * sj / w).max(0.0),
                ],
                product: products[(i, j)] - si * sj / w,
            };
            pair.merge(&block, [0.0; 2]);
        }
    }

    pub(super) fn merge(&mut self, other: &Self, shift: &[f64]) {
        self.count += other.count;
        if self.pairs.is_empty() {
            self.pairs = vec![Pair::default(); other.pairs.len()];
        }
        let p = shift.len();
        let upper = (0..p).flat_map(|i| (i..p).map(move |j| (i, j)));
        for ((pair, new), (i, j)) in self.pairs.iter_mut().zip(&other.pairs).zip(upper) {
            pair.merge(new, [shift[i], shift[j]]);
        }
    }

    /// What the rows with holes say about variables i <= j of p.
    pub(super) fn pair(&self, p: usize, i: usize, j: usize) -> Pair {
        self.pairs.get(i * p - i * (i + 1) / 2 + j).copied().unwrap_or_default()
    }

    /// The variables at these positions only.
    pub(super) fn select(&self, p: usize, positions: &[usize]) -> Self {
        let pairs = match self.pairs.is_empty() {
            true => Vec::new(),
            false => positions
                .iter()
                .enumerate()
                .flat_map(|(a, &i)| positions[a..].iter().map(move |&j| (i, j)))
                .map(|(i, j)| if i <= j { self.pair(p, i, j) } else { self.pair(p, j, i).swapped() })
                .collect(),
        };
        Self { count: self.count, pairs }
    }
}

impl Pair {
    pub(super) fn swapped(self) -> Self {
        let swap = |[a, b]: [f64; 2]| [b, a];
        Self { mean: swap(self.mean), squares: swap(self.squares), ..self }
    }
}

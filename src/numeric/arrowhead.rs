//! Symmetric matrices over parameters of several blocks, where blocks meet only in what they share (arrowhead matrices):
//!
//! ```text
//! [ A_1            B_1 ]        L_k L_k' = A_k      W_k = L_k^-1 B_k
//! [      A_2       B_2 ]
//! [ B_1' B_2' ...  C   ]        L L' = C - sum_k W_k'W_k
//! ```
//!
//! (Golub & Van Loan 2013, section 4.5, on block factors.) With parameters of many groups, of which few are shared, factors
//! and solutions cost what the groups cost one by one, and nothing is kept that is zero.
//!
//! It is longer than others: the matrix, its factor and its solutions share one layout.

use super::cholesky::{self, Factor};
use nalgebra::{DMatrix, DVector};
use std::ops::Index;
use std::sync::Arc;

/// Which block each parameter belongs to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// Block and place in it, by parameter.
    places: Vec<(usize, usize)>,
    /// Parameters of each block, and those of several.
    own: Vec<Vec<usize>>,
    shared: Vec<usize>,
}

/// The block of what is shared.
const SHARED: usize = usize::MAX;
/// Below this size zeros are kept: they cost less than knowing where they are.
const LARGE: usize = 200;

impl Pattern {
    /// Without zeros.
    pub(crate) fn dense(size: usize) -> Self {
        let places = (0..size).map(|at| (SHARED, at)).collect();
        Self { places, own: Vec::new(), shared: (0..size).collect() }
    }

    /// Of parameters by block; without zeros where these are few.
    pub(crate) fn of(size: usize, blocks: &[Vec<usize>]) -> Self {
        if size < LARGE || blocks.len() < 2 {
            return Self::dense(size);
        }
        let pattern = Self::of_any(size, blocks);
        if 2 * pattern.shared.len() > size { Self::dense(size) } else { pattern }
    }

    /// The same however many they are.
    pub(crate) fn of_any(size: usize, blocks: &[Vec<usize>]) -> Self {
        let mut block_of = vec![None; size];
        for (block, parameters) in blocks.iter().enumerate() {
            for &at in parameters {
                block_of[at] = match block_of[at] {
                    None => Some(block),
                    Some(known) if known == block => Some(block),
                    Some(_) => Some(SHARED),
                };
            }
        }
        let mut pattern = Self { own: vec![Vec::new(); blocks.len()], ..Self::default() };
        for (at, block) in block_of.into_iter().enumerate() {
            let block = block.unwrap_or(SHARED);
            let list = if block == SHARED { &mut pattern.shared } else { &mut pattern.own[block] };
            pattern.places.push((block, list.len()));
            list.push(at);
        }
        pattern
    }

    fn size(&self) -> usize {
        self.places.len()
    }

    fn is_dense(&self) -> bool {
        self.own.is_empty()
    }

    /// Parameters that one may have an element with, itself among them.
    fn neighbours(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let block = self.places[at].0;
        let (of_all, own) = match block {
            SHARED => (0..self.size(), &[][..]),
            _ => (0..0, self.own[block].as_slice()),
        };
        let shared = if block == SHARED { &[][..] } else { self.shared.as_slice() };
        of_all.chain(own.iter().copied()).chain(shared.iter().copied())
    }
}

/// The matrix.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrowhead {
    pattern: Arc<Pattern>,
    /// A_k,
    own: Vec<DMatrix<f64>>,
    /// B_k
    across: Vec<DMatrix<f64>>,
    /// and C.
    corner: DMatrix<f64>,
}

impl Index<(usize, usize)> for Arrowhead {
    type Output = f64;

    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        let ((a, x), (b, y)) = (self.pattern.places[i], self.pattern.places[j]);
        match (a == SHARED, b == SHARED) {
            (true, true) => &self.corner[(x, y)],
            (true, false) => &self.across[b][(y, x)],
            (false, true) => &self.across[a][(x, y)],
            (false, false) if a == b => &self.own[a][(x, y)],
            (false, false) => &0.0,
        }
    }
}

impl Arrowhead {
    pub(crate) fn zeros(pattern: &Arc<Pattern>) -> Self {
        let s = pattern.shared.len();
        Self {
            own: pattern.own.iter().map(|own| DMatrix::zeros(own.len(), own.len())).collect(),
            across: pattern.own.iter().map(|own| DMatrix::zeros(own.len(), s)).collect(),
            corner: DMatrix::zeros(s, s),
            pattern: Arc::clone(pattern),
        }
    }

    /// A matrix as it is.
    pub(crate) fn of(matrix: DMatrix<f64>) -> Self {
        let pattern = Arc::new(Pattern::dense(matrix.nrows()));
        Self { pattern, own: Vec::new(), across: Vec::new(), corner: matrix }
    }

    /// Makes all elements 0, in the place where there are such.
    pub(crate) fn clear(&mut self, pattern: &Arc<Pattern>) {
        if !Arc::ptr_eq(&self.pattern, pattern) {
            *self = Self::zeros(pattern);
            return;
        }
        self.parts_mut().for_each(|part| part.fill(0.0));
    }

    fn parts_mut(&mut self) -> impl Iterator<Item = &mut DMatrix<f64>> {
        self.own.iter_mut().chain(&mut self.across).chain(std::iter::once(&mut self.corner))
    }

    /// Adds to an element on the diagonal.
    pub(crate) fn add_diagonal(&mut self, i: usize, value: f64) {
        let (block, x) = self.pattern.places[i];
        match block {
            SHARED => self.corner[(x, x)] += value,
            _ => self.own[block][(x, x)] += value,
        }
    }

    /// Adds to an element and to the one across the diagonal: to one on it twice. What is of two blocks must be 0.
    pub(crate) fn add(&mut self, i: usize, j: usize, value: f64) {
        let ((a, x), (b, y)) = (self.pattern.places[i], self.pattern.places[j]);
        let part = match (a == SHARED, b == SHARED) {
            (true, true) => &mut self.corner,
            (false, true) => return self.across[a][(x, y)] += value,
            (true, false) => return self.across[b][(y, x)] += value,
            (false, false) if a == b => &mut self.own[a],
            (false, false) => return debug_assert!(value == 0.0, "{i} and {j} are of two blocks"),
        };
        part[(x, y)] += value;
        part[(y, x)] += value;
    }

    /// Adds a symmetric matrix of some parameters.
    pub(crate) fn add_matrix(&mut self, of: &[usize], matrix: &DMatrix<f64>) {
        if self.pattern.is_dense() && of.len() == self.size() {
            self.corner += matrix;
            return;
        }
        for (b, &j) in of.iter().enumerate() {
            self.add_diagonal(j, matrix[(b, b)]);
            (b + 1..of.len()).for_each(|a| self.add(of[a], j, matrix[(a, b)]));
        }
    }

    /// The same of all parameters.
    pub(crate) fn add_whole(&mut self, matrix: &DMatrix<f64>) {
        let all: Vec<usize> = (0..self.size()).collect();
        self.add_matrix(&all, matrix);
    }

    pub(crate) fn size(&self) -> usize {
        self.pattern.size()
    }

    /// Whether there are zeros that are not kept.
    pub(crate) fn has_blocks(&self) -> bool {
        !self.pattern.is_dense()
    }

    pub(crate) fn diagonal(&self) -> DVector<f64> {
        DVector::from_fn(self.size(), |i, _| self[(i, i)])
    }

    /// Parameters that one may have an element with, itself among them.
    pub(crate) fn neighbours(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        self.pattern.neighbours(at)
    }

    /// All elements.
    pub(crate) fn dense(&self) -> DMatrix<f64> {
        if self.pattern.is_dense() {
            return self.corner.clone();
        }
        let mut all = DMatrix::zeros(self.size(), self.size());
        for j in 0..self.size() {
            self.neighbours(j).for_each(|i| all[(i, j)] = self[(i, j)]);
        }
        all
    }

    pub(crate) fn scale(&mut self, by: f64) {
        self.parts_mut().for_each(|part| *part *= by);
    }

    /// With rows and columns in other units.
    pub(crate) fn in_units(&self, unit: &DVector<f64>) -> Self {
        let scaled = |part: &DMatrix<f64>, rows: &[usize], columns: &[usize]| {
            DMatrix::from_fn(rows.len(), columns.len(), |i, j| {
                part[(i, j)] * unit[rows[i]] * unit[columns[j]]
            })
        };
        let pattern = &self.pattern;
        Self {
            own: self.own.iter().zip(&pattern.own).map(|(part, own)| scaled(part, own, own)).collect(),
            across: (self.across.iter().zip(&pattern.own))
                .map(|(part, own)| scaled(part, own, &pattern.shared))
                .collect(),
            corner: scaled(&self.corner, &pattern.shared, &pattern.shared),
            pattern: Arc::clone(pattern),
        }
    }

    /// Takes a parameter out: its row and column become those of the identity.
    pub(crate) fn hold(&mut self, at: usize) {
        let pattern = Arc::clone(&self.pattern);
        let (block, x) = pattern.places[at];
        let part = match block {
            SHARED => {
                self.across.iter_mut().for_each(|part| part.column_mut(x).fill(0.0));
                &mut self.corner
            }
            _ => {
                self.across[block].row_mut(x).fill(0.0);
                &mut self.own[block]
            }
        };
        part.row_mut(x).fill(0.0);
        part.column_mut(x).fill(0.0);
        part[(x, x)] = 1.0;
    }

    /// Its Cholesky factor; none where it is not positive definite.
    pub(crate) fn factor(&self) -> Option<ArrowheadFactor> {
        let pattern = Arc::clone(&self.pattern);
        if pattern.is_dense() {
            return Some(ArrowheadFactor { pattern, parts: Parts::Dense(Factor::of(&self.corner)?) });
        }
        let mut corner = self.corner.clone();
        let (mut lower, mut across) = (Vec::new(), Vec::new());
        for (own, beside) in self.own.iter().zip(&self.across) {
            let (mut l, mut w) = (own.clone(), beside.clone());
            cholesky::factorise(&mut l).ok()?;
            w.column_iter_mut().for_each(|mut column| cholesky::forward(&l, column.as_mut_slice()));
            corner.gemm_tr(-1.0, &w, &w, 1.0);
            lower.push(l);
            across.push(w);
        }
        cholesky::factorise(&mut corner).ok()?;
        // what is left of an element is to be more than rounding of it
        let is_left = |i: usize| corner[(i, i)].powi(2) > NOTHING_LEFT * self.corner[(i, i)].abs();
        if !(0..corner.nrows()).all(is_left) {
            return None;
        }
        Some(ArrowheadFactor { pattern, parts: Parts::Blocks { lower, across, corner } })
    }
}

/// Share of a diagonal element that counts as zero.
const NOTHING_LEFT: f64 = 1e-13;

/// A Cholesky factor, for solutions and the inverse.
#[derive(Debug)]
pub(crate) struct ArrowheadFactor {
    pattern: Arc<Pattern>,
    parts: Parts,
}

#[derive(Debug)]
enum Parts {
    Dense(Factor),
    /// L_k, W_k and L.
    Blocks {
        lower: Vec<DMatrix<f64>>,
        across: Vec<DMatrix<f64>>,
        corner: DMatrix<f64>,
    },
}

/// L^-1 b of a b that is zero in all blocks but one.
#[derive(Debug, Clone)]
pub(crate) struct Forward {
    /// The block; none where there are no blocks, or nothing of one.
    block: Option<usize>,
    own: DVector<f64>,
    shared: DVector<f64>,
}

impl Forward {
    /// Its part in what is shared.
    pub(crate) fn shared(&self) -> &DVector<f64> {
        &self.shared
    }

    /// The block that it belongs to.
    pub(crate) fn block(&self) -> Option<usize> {
        self.block
    }

    /// The product of two within their block.
    pub(crate) fn dot_own(&self, other: &Self) -> f64 {
        if self.block == other.block { self.own.dot(&other.own) } else { 0.0 }
    }

    pub(crate) fn dot(&self, other: &Self) -> f64 {
        self.dot_own(other) + self.shared.dot(&other.shared)
    }
}

impl ArrowheadFactor {
    /// Replaces b by A^-1 b.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        let Parts::Blocks { lower, across, corner } = &self.parts else {
            if let Parts::Dense(factor) = &self.parts {
                factor.solve(b);
            }
            return;
        };
        let mut shared = DVector::from_fn(self.pattern.shared.len(), |i, _| b[self.pattern.shared[i]]);
        let mut parts: Vec<DVector<f64>> = Vec::with_capacity(lower.len());
        for ((l, w), own) in lower.iter().zip(across).zip(&self.pattern.own) {
            let mut part = DVector::from_fn(own.len(), |i, _| b[own[i]]);
            cholesky::forward(l, part.as_mut_slice());
            shared.gemv_tr(-1.0, w, &part, 1.0);
            parts.push(part);
        }
        cholesky::solve(corner, shared.as_mut_slice());
        for (((l, w), own), mut part) in lower.iter().zip(across).zip(&self.pattern.own).zip(parts) {
            part.gemv(-1.0, w, &shared, 1.0);
            cholesky::backward(l, part.as_mut_slice());
            own.iter().zip(part.iter()).for_each(|(&at, x)| b[at] = *x);
        }
        self.pattern.shared.iter().zip(shared.iter()).for_each(|(&at, x)| b[at] = *x);
    }

    /// L^-1 b of elements that are in one block, or shared.
    pub(crate) fn forward(&self, elements: impl Iterator<Item = (usize, f64)>) -> Forward {
        let mut shared = DVector::zeros(self.pattern.shared.len());
        let (mut block, mut own) = (None, DVector::zeros(0));
        for (at, value) in elements {
            match self.pattern.places[at] {
                (SHARED, x) => shared[x] += value,
                (k, x) => {
                    if block.is_none() {
                        (block, own) = (Some(k), DVector::zeros(self.pattern.own[k].len()));
                    }
                    debug_assert!(block == Some(k), "elements of two blocks");
                    own[x] += value;
                }
            }
        }
        match &self.parts {
            Parts::Dense(factor) => factor.forward(shared.as_mut_slice()),
            Parts::Blocks { lower, across, corner } => {
                if let Some(k) = block {
                    cholesky::forward(&lower[k], own.as_mut_slice());
                    shared.gemv_tr(-1.0, &across[k], &own, 1.0);
                }
                cholesky::forward(corner, shared.as_mut_slice());
            }
        }
        Forward { block, own, shared }
    }

    /// A^-1 of the sum of some b, each times a number, from their L^-1 b.
    pub(crate) fn backward<'a>(&self, sum: impl Iterator<Item = (&'a Forward, f64)>) -> DVector<f64> {
        let mut shared = DVector::zeros(self.pattern.shared.len());
        let mut own: Vec<DVector<f64>> =
            self.pattern.own.iter().map(|own| DVector::zeros(own.len())).collect();
        for (each, by) in sum {
            shared.axpy(by, &each.shared, 1.0);
            if let Some(block) = each.block {
                own[block].axpy(by, &each.own, 1.0);
            }
        }
        let mut all = DVector::zeros(self.pattern.size());
        match &self.parts {
            Parts::Dense(factor) => factor.backward(shared.as_mut_slice()),
            Parts::Blocks { lower, across, corner } => {
                cholesky::backward(corner, shared.as_mut_slice());
                for (k, mut part) in own.into_iter().enumerate() {
                    part.gemv(-1.0, &across[k], &shared, 1.0);
                    cholesky::backward(&lower[k], part.as_mut_slice());
                    self.pattern.own[k].iter().zip(part.iter()).for_each(|(&at, x)| all[at] = *x);
                }
            }
        }
        self.pattern.shared.iter().zip(shared.iter()).for_each(|(&at, x)| all[at] = *x);
        all
    }

    /// The smallest pivot; none where there are no blocks.
    pub(crate) fn least_pivot(&self) -> Option<f64> {
        let Parts::Blocks { lower, corner, .. } = &self.parts else { return None };
        let pivots =
            lower.iter().chain(std::iter::once(corner)).flat_map(|l| l.diagonal().data.as_vec().clone());
        Some(pivots.map(|d| d * d).fold(f64::INFINITY, f64::min))
    }

    /// A^-1.
    pub(crate) fn inverse(self) -> DMatrix<f64> {
        let (lower, across, mut corner) = match self.parts {
            Parts::Dense(factor) => return factor.inverse(),
            Parts::Blocks { lower, across, corner } => (lower, across, corner),
        };
        let Pattern { own, shared, .. } = &*self.pattern;
        let mut of_shared = DMatrix::zeros(shared.len(), shared.len());
        cholesky::invert(&mut corner, &mut of_shared);
        let mut all = DMatrix::zeros(self.pattern.size(), self.pattern.size());
        for (b, &j) in shared.iter().enumerate() {
            shared.iter().enumerate().for_each(|(a, &i)| all[(i, j)] = of_shared[(a, b)]);
        }
        // Z_k = A_k^-1 B_k
        let mut solved = across;
        for (l, w) in lower.iter().zip(&mut solved) {
            w.column_iter_mut().for_each(|mut column| cholesky::backward(l, column.as_mut_slice()));
        }
        for (k, (mut l, z)) in lower.into_iter().zip(&solved).enumerate() {
            let moved = z * &of_shared;
            for (b, &j) in shared.iter().enumerate() {
                own[k].iter().enumerate().for_each(|(a, &i)| {
                    (all[(i, j)], all[(j, i)]) = (-moved[(a, b)], -moved[(a, b)]);
                });
            }
            let mut inverse = DMatrix::zeros(own[k].len(), own[k].len());
            cholesky::invert(&mut l, &mut inverse);
            for (m, other) in solved.iter().enumerate().take(k + 1) {
                if m < k && shared.is_empty() {
                    continue;
                }
                let mut product = &moved * other.transpose();
                if m == k {
                    product += &inverse;
                }
                for (b, &j) in own[m].iter().enumerate() {
                    own[k].iter().enumerate().for_each(|(a, &i)| {
                        (all[(i, j)], all[(j, i)]) = (product[(a, b)], product[(a, b)]);
                    });
                }
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nine blocks of 30 that share 11 parameters, those among the others.
    fn blocks() -> (Pattern, Arrowhead, DMatrix<f64>) {
        let (size, count) = (281, 9);
        let is_shared = |at: usize| at % 27 == 4;
        let own: Vec<usize> = (0..size).filter(|&at| !is_shared(at)).collect();
        let lists: Vec<Vec<usize>> = (0..count)
            .map(|k| {
                let shared = (0..size).filter(|&at| is_shared(at));
                own.iter().copied().skip(k).step_by(count).chain(shared).collect()
            })
            .collect();
        let pattern = Arc::new(Pattern::of(size, &lists));
        let mut matrix = Arrowhead::zeros(&pattern);
        for list in &lists {
            let part = DMatrix::from_fn(list.len(), list.len(), |a, b| {
                let (i, j) = (list[a].max(list[b]), list[a].min(list[b]));
                ((i * j + i) % 7) as f64 / 3.0 - 1.0 + if i == j { 60.0 } else { 0.0 }
            });
            matrix.add_matrix(list, &part);
        }
        let dense = matrix.dense();
        (Pattern::of(size, &lists), matrix, dense)
    }

    #[test]
    fn factors_by_blocks_are_those_of_the_whole() {
        let (pattern, matrix, dense) = blocks();
        assert!(matrix.has_blocks() && pattern.shared.len() == 11);
        assert!((&dense - dense.transpose()).amax() == 0.0);
        let inverse = dense.clone().try_inverse().unwrap();
        let factor = matrix.factor().unwrap();
        let b = DVector::from_fn(dense.nrows(), |i, _| (i % 13) as f64 - 6.0);
        let mut x = b.clone();
        factor.solve(x.as_mut_slice());
        assert!((&dense * x - &b).amax() < 1e-10);
        assert!((factor.inverse() - &inverse).amax() < 1e-13);
        let unit = DVector::from_fn(dense.nrows(), |i, _| 1.0 + (i % 3) as f64);
        let scaled = DMatrix::from_fn(dense.nrows(), dense.nrows(), |i, j| dense[(i, j)] * unit[i] * unit[j]);
        assert!((matrix.in_units(&unit).dense() - scaled).amax() == 0.0);
    }

    #[test]
    fn half_solutions_make_quadratic_forms_and_solutions() {
        let (_, matrix, dense) = blocks();
        for matrix in [matrix, Arrowhead::of(dense.clone())] {
            let inverse = dense.clone().try_inverse().unwrap();
            let factor = matrix.factor().unwrap();
            // what a parameter has elements with is of one block
            let columns = [0, 9, 1, 4].map(|at| {
                let mut column = DVector::zeros(dense.nrows());
                let near: Vec<usize> = if at == 4 { vec![4, 31] } else { matrix.neighbours(at).collect() };
                near.iter().for_each(|&i| column[i] = 1.0 + (i % 5) as f64);
                (factor.forward(near.iter().map(|&i| (i, column[i]))), column)
            });
            for (one, x) in &columns {
                for (other, y) in &columns {
                    assert!((one.dot(other) - x.dot(&(&inverse * y))).abs() < 1e-10);
                }
            }
            let sum = factor.backward(columns.iter().map(|(own, _)| (own, 2.0)));
            let expected = columns.iter().map(|(_, x)| &inverse * x * 2.0).sum::<DVector<f64>>();
            assert!((sum - expected).amax() < 1e-12);
        }
    }

    #[test]
    fn what_is_held_is_left_out() {
        let (_, mut matrix, mut dense) = blocks();
        for at in [7, 31] {
            matrix.hold(at);
            dense.row_mut(at).fill(0.0);
            dense.column_mut(at).fill(0.0);
            dense[(at, at)] = 1.0;
        }
        assert_eq!(matrix.dense(), dense);
        matrix.add_diagonal(7, -2.0);
        assert!(matrix.factor().is_none());
    }
}

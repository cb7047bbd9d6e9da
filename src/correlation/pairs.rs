//! The correlation of a pair of variables, by the kind of both.

use super::categories::Categories;
use super::margin::Margin;
use super::method::Method;
use super::pair::{Estimate, PairKind};
use super::pearson::{pearson, product_moment};
use super::polychoric::{self, cross_table};
use super::polyserial;
use super::ranks::{kendall, ranks};
use crate::correlation::categories::Counts;
use crate::correlation::correlate::{Coefficient, Correlate, Pair};
use crate::data::Progress;
use crate::error::{Error, Result};
use nalgebra::DMatrix;
use ndarray::ArrayView2;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

impl Correlate {
    /// Two variables among the rows with both.
    pub(super) fn together(
        &self,
        rows: ArrayView2<'_, f64>,
        used: &[usize],
        (first, j): (&str, usize),
        (second, i): (&str, usize),
    ) -> Result<(Margin, Margin)> {
        let both: Vec<usize> = used
            .iter()
            .copied()
            .filter(|&row| !rows[(row, i)].is_nan() && !rows[(row, j)].is_nan())
            .collect();
        if both.is_empty() {
            return Err(Error::NeverTogether { first: first.into(), second: second.into() });
        }
        let none = DMatrix::zeros(both.len(), 0);
        let margin = |name: &str, other: &str, column: usize| {
            let answers: Vec<f64> = both.iter().map(|&row| rows[(row, column)]).collect();
            Margin::of(name, &answers, self.is_ordinal(name), &none).map_err(|error| among(error, other))
        };
        Ok((margin(first, second, j)?, margin(second, first, i)?))
    }

    /// A rank correlation, of the rows with both.
    pub(super) fn of_ranks(
        &self,
        rows: ArrayView2<'_, f64>,
        used: &[usize],
        first: (&str, usize),
        second: (&str, usize),
    ) -> Result<Pair> {
        let both =
            used.iter().filter(|&&row| !rows[(row, first.1)].is_nan() && !rows[(row, second.1)].is_nan());
        let (x, y): (Vec<f64>, Vec<f64>) =
            both.map(|&row| (rows[(row, first.1)], rows[(row, second.1)])).unzip();
        let n = x.len();
        let constant = |name: &str, other: &str, values: &[f64]| {
            let value = *values.first()?;
            let (item, other) = (name.to_string(), other.to_string());
            values.iter().all(|v| *v == value).then_some(Error::ConstantTogether { item, other, value, n })
        };
        if n == 0 {
            return Err(Error::NeverTogether { first: first.0.into(), second: second.0.into() });
        }
        if let Some(error) = constant(first.0, second.0, &x).or_else(|| constant(second.0, first.0, &y)) {
            return Err(error);
        }
        let (kind, r) = match self.coefficient {
            Coefficient::Kendall => (PairKind::Kendall, kendall(&x, &y)),
            _ => {
                (PairKind::Spearman, product_moment(&ranks(&x), &ranks(&y)).map(|(_, estimate)| estimate.rho))
            }
        };
        Ok(Pair {
            first: first.0.into(),
            second: second.0.into(),
            kind,
            r: r.unwrap_or(0.0),
            se: None,
            n,
            empty_cells: 0,
            log_likelihood: None,
            test: None,
            thresholds: None,
            gradient: 0.0,
        })
    }

    pub(super) fn pair(&self, first: &Margin, second: &Margin) -> Result<Pair> {
        let never = || Error::NeverTogether { first: first.name.clone(), second: second.name.clone() };
        let none = DMatrix::zeros(first.values.len(), 0);
        let (kind, n, estimate) = match (first.categories(), second.categories()) {
            (None, None) => {
                let (n, estimate) = pearson(first, second).ok_or_else(never)?;
                (PairKind::Pearson, n, estimate)
            }
            (Some(x), Some(y)) => {
                return self.of_table((&first.name, &second.name), &cross_table(x, y), x, y);
            }
            (x, y) => {
                let (continuous, ordinal) = if x.is_none() { (first, second) } else { (second, first) };
                let (n, mut estimate) = polyserial::two_step(continuous, ordinal, &none)
                    .filter(|(n, _)| *n > 0)
                    .ok_or_else(never)?;
                if self.method == Method::MaximumLikelihood && !estimate.at_limit {
                    estimate =
                        polyserial::maximum_likelihood(continuous, ordinal, &estimate).unwrap_or(estimate);
                }
                if y.is_none() {
                    estimate.thresholds = estimate.thresholds.map(|(a, b)| (b, a));
                }
                let binary = x.or(y).is_some_and(|c| c.values.len() == 2);
                (if binary { PairKind::Biserial } else { PairKind::Polyserial }, n, estimate)
            }
        };
        Ok(pair_of((&first.name, &second.name), kind, n, 0, estimate))
    }

    /// Two ordinal variables by their table, with a last row and column for missing answers.
    pub(super) fn of_table(
        &self,
        (first, second): (&str, &str),
        tally: &Counts,
        x: &Categories,
        y: &Categories,
    ) -> Result<Pair> {
        let (n, empty_cells, counts) = self.empty_cells.counts(tally);
        if n == 0 {
            return Err(Error::NeverTogether { first: first.into(), second: second.into() });
        }
        let binary = counts.shape() == (2, 2);
        let kind = if binary { PairKind::Tetrachoric } else { PairKind::Polychoric };
        Ok(pair_of((first, second), kind, n, empty_cells, self.ordinal(&counts, tally, x, y)))
    }

    pub(super) fn ordinal(
        &self,
        counts: &Counts,
        tally: &Counts,
        x: &Categories,
        y: &Categories,
    ) -> Estimate {
        let two_step = polychoric::two_step(counts, tally, x, y);
        // a category that nobody of this pair chose has no threshold of its own
        let sums = |by_row: bool| if by_row { counts.column_sum() } else { counts.row_sum().transpose() };
        let complete = sums(true).iter().chain(sums(false).iter()).all(|sum| *sum > 0.0);
        if self.method == Method::MaximumLikelihood && !two_step.at_limit && complete {
            return polychoric::maximum_likelihood(counts, &two_step, (&x.thresholds, &y.thresholds));
        }
        two_step
    }
}

/// Each pair once, (row, column) of the lower triangle by columns.
pub(super) fn indices(p: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..p).flat_map(move |j| (j + 1..p).map(move |i| (i, j)))
}

pub(super) fn each_pair<T: Send>(
    p: usize,
    progress: &Progress,
    of: impl Fn(usize, usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let indices: Vec<(usize, usize)> = indices(p).collect();
    let done = AtomicU64::new(0);
    let one = |&(i, j): &(usize, usize)| {
        progress.check("the correlations")?;
        let pair = of(i, j);
        progress.tell(done.fetch_add(1, Ordering::Relaxed) + 1, indices.len() as u64);
        pair
    };
    indices.par_iter().map(one).collect()
}

pub(super) fn pair_of(
    (first, second): (&str, &str),
    kind: PairKind,
    n: usize,
    empty_cells: usize,
    estimate: Estimate,
) -> Pair {
    Pair {
        first: first.into(),
        second: second.into(),
        kind,
        r: estimate.rho,
        se: estimate.se,
        n,
        empty_cells,
        log_likelihood: (kind != PairKind::Pearson).then_some(estimate.log_likelihood),
        test: estimate.test,
        thresholds: estimate.thresholds,
        gradient: estimate.gradient,
    }
}

/// A variable that does not vary among the rows in which another was answered.
pub(super) fn among(error: Error, other: &str) -> Error {
    match error {
        Error::ConstantItem { item, value, n } => {
            Error::ConstantTogether { item, other: other.into(), value, n }
        }
        error => error,
    }
}

//! Respondents drawn again, for intervals of what has no formula.
//!
//! A replicate is a sample of n rows with replacement, from a random stream of its own (seed, replicate), so that the
//! number of threads changes nothing. Limits are percentiles of the replicates (Efron & Tibshirani 1993, ch. 13).

use super::Interval;
use crate::numeric::{product::transposed_product, quantile, random::stream};
use nalgebra::DMatrix;
use rand_distr::{Distribution, Uniform};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How often rows are drawn again, and from which seed.
///
/// ```
/// use psychometrics::evidence::Resampling;
/// assert_eq!(Resampling::default(), Resampling { replicates: 1000, seed: 1 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resampling {
    /// Replicates.
    pub replicates: usize,
    /// Seed of the random streams.
    pub seed: u64,
}

impl Default for Resampling {
    /// 1,000 replicates from seed 1.
    fn default() -> Self {
        Self { replicates: 1000, seed: 1 }
    }
}

/// Replicates of several statistics.
#[derive(Debug, Clone)]
pub(crate) struct Replicates {
    /// Per statistic its finite values, ordered.
    values: Vec<Vec<f64>>,
    replicates: usize,
}

/// Share of the replicates that a statistic must exist in for an interval.
const ENOUGH: f64 = 0.9;

/// Replicates whose sums are made together.
const TOGETHER: usize = 64;

impl Resampling {
    /// Values of `statistics` in samples of `n` rows, each row as often as it was drawn.
    pub(crate) fn of(
        &self,
        n: usize,
        count: usize,
        statistics: impl Fn(&[u32]) -> Vec<Option<f64>> + Sync,
    ) -> Replicates {
        let drawn: Vec<Vec<Option<f64>>> = (0..self.replicates)
            .into_par_iter()
            .map(|replicate| statistics(&self.times(replicate, n)))
            .collect();
        self.ordered(&drawn, count)
    }

    /// The same of statistics that are made of sums over the rows, the sums of each row's terms times how often it was
    /// drawn: of many replicates at a time, one product of matrices.
    pub(crate) fn of_sums(
        &self,
        terms: &DMatrix<f64>,
        count: usize,
        statistics: impl Fn(&[f64]) -> Vec<Option<f64>> + Sync,
    ) -> Replicates {
        let n = terms.nrows();
        let first: Vec<usize> = (0..self.replicates).step_by(TOGETHER).collect();
        let of_run = |&first: &usize| -> Vec<Vec<Option<f64>>> {
            let last = self.replicates.min(first + TOGETHER);
            let mut times = DMatrix::zeros(n, last - first);
            for (mut column, replicate) in times.column_iter_mut().zip(first..last) {
                let drawn = self.times(replicate, n);
                column.iter_mut().zip(drawn).for_each(|(to, times)| *to = f64::from(times));
            }
            let sums = transposed_product(terms, &times);
            sums.column_iter().map(|sums| statistics(sums.as_slice())).collect()
        };
        let drawn: Vec<Vec<Vec<Option<f64>>>> = first.par_iter().map(of_run).collect();
        self.ordered(&drawn.into_iter().flatten().collect::<Vec<_>>(), count)
    }

    /// How often each of n rows was drawn.
    fn times(&self, replicate: usize, n: usize) -> Vec<u32> {
        let mut random = stream(self.seed, replicate as u64);
        let mut times = vec![0; n];
        if let Ok(any) = Uniform::new(0, n) {
            (0..n).for_each(|_| times[any.sample(&mut random)] += 1);
        }
        times
    }

    fn ordered(&self, drawn: &[Vec<Option<f64>>], count: usize) -> Replicates {
        let ordered = |i: usize| {
            let mut values: Vec<f64> = drawn
                .iter()
                .filter_map(|all| all.get(i).copied().flatten())
                .filter(|x| x.is_finite())
                .collect();
            values.sort_by(f64::total_cmp);
            values
        };
        Replicates { values: (0..count).map(ordered).collect(), replicates: self.replicates }
    }
}

impl Replicates {
    /// The percentile interval of a statistic; none when it does not exist in a tenth of the replicates.
    pub(crate) fn interval(&self, statistic: usize, level: f64) -> Option<Interval> {
        let values = &self.values[statistic];
        if values.is_empty() || (values.len() as f64) < ENOUGH * self.replicates as f64 {
            return None;
        }
        let tail = 0.5 * (1.0 - level);
        let at = |p| quantile::of_sorted(values, p);
        Some(Interval { lower: at(tail), upper: at(1.0 - tail) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_the_normal_one_in_a_large_sample() {
        let x: Vec<f64> = (0..400).map(|i| f64::from(i % 20)).collect();
        let mean = |times: &[u32]| {
            let sum: f64 = times.iter().zip(&x).map(|(t, x)| f64::from(*t) * x).sum();
            vec![Some(sum / 400.0), None]
        };
        let found = Resampling { replicates: 2000, seed: 3 }.of(400, 2, mean);
        let terms = DMatrix::from_column_slice(400, 1, &x);
        let of_sums = |sums: &[f64]| vec![Some(sums[0] / 400.0), None];
        let summed = Resampling { replicates: 2000, seed: 3 }.of_sums(&terms, 2, of_sums);
        assert_eq!(found.interval(0, 0.95), summed.interval(0, 0.95));
        let interval = found.interval(0, 0.95).unwrap();
        // sd of 0..19 is 5.766, of the mean 0.2883
        assert!((interval.lower - (9.5 - 1.96 * 0.2883)).abs() < 0.05, "{interval:?}");
        assert!((interval.upper - (9.5 + 1.96 * 0.2883)).abs() < 0.05, "{interval:?}");
        assert_eq!(found.interval(1, 0.95), None);
    }
}

//! Comparison data (Ruscio & Roche 2012): populations of 1, 2, ... factors whose items are distributed as those of the data and
//! correlate as nearly as so many factors can; a factor more is taken as long as samples of them come nearer to the eigenvalues of
//! the data.
//!
//! A population has 10,000 rows. Its rows of normal variables with k factors are replaced, item by item, by the answers of the data
//! in the order of their ranks; the correlations that the factors are extracted from are corrected by what the result misses
//! of those of the data, and the best of all is kept (GenData; Ruscio & Kaczetow 2008). Of the k-factor population, samples as
//! large as the data have
//!
//! ```text
//! RMSR = sqrt(mean over eigenvalues of (sample - data)^2)
//! ```
//!
//! and k factors are better than k - 1 where the Mann-Whitney test of the two sets of RMSR, on one side, has p < .30.

use super::parallel::standardised;
use super::task::Retention;
use crate::error::Result;
use crate::factor::analysed::CorrelationMatrix;
use crate::factor::extraction::{Extraction, extract};
use crate::factor::identification::most_factors;
use crate::numeric::product::transposed_product;
use crate::numeric::random::stream;
use crate::numeric::spectrum::eigenvalues;
use nalgebra::DMatrix;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// Rows of a population.
const POPULATION: usize = 10_000;
/// The level of the test.
const ALPHA: f64 = 0.30;
/// Corrections in a row that made nothing better, each half as large as the one before.
const TRIALS: i32 = 5;
/// Corrections in all.
const MOST: usize = 200;
/// Streams lie apart from those of the other rules.
const STREAMS: u64 = 1 << 41;

/// A number of factors.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::Retention;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().comparison_data(50).of(&names, data.numeric(&names)?.view())?;
/// let steps = study.comparison.unwrap().steps;
/// // a second factor brings something
/// assert_eq!((steps[1].factors, steps[1].pvalue.unwrap() < 0.05), (2, true));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComparisonStep {
    /// Factors of the population.
    pub factors: usize,
    /// Root mean square of what its correlations miss of those of the data.
    pub residual: f64,
    /// Mean RMSR of the eigenvalues of its samples.
    pub rmsr: f64,
    /// p-value of the test that it is no smaller than with a factor fewer; none of one factor.
    pub pvalue: Option<f64>,
}

/// The steps, up to the first factor that brings nothing.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::Retention;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().comparison_data(50).of(&names, data.numeric(&names)?.view())?;
/// let found = study.comparison.unwrap();
/// assert_eq!((found.samples, found.suggested), (50, Some(3)));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComparisonData {
    /// The steps.
    pub steps: Vec<ComparisonStep>,
    /// Samples of each population.
    pub samples: usize,
    /// Rows of a population.
    pub population: usize,
    /// The level of the test.
    pub alpha: f64,
    /// The number before the first that brings nothing; none where every number up to the largest tried brings something, unless
    /// more cannot be identified from so many items.
    pub suggested: Option<usize>,
}

/// Answers of the data as often as there, in ascending order, and normal numbers: what all populations are made of.
struct Material {
    /// In columns, of mean 0 and length 1.
    answers: DMatrix<f64>,
    common: DMatrix<f64>,
    unique: DMatrix<f64>,
    r: DMatrix<f64>,
    names: Vec<String>,
}

impl Retention {
    /// Of complete answers, with up to `most` factors.
    pub(super) fn comparison(
        &self,
        names: &[String],
        rows: &DMatrix<f64>,
        most: usize,
    ) -> Result<ComparisonData> {
        let n = rows.nrows();
        let standard = standardised(names, rows)?;
        let mut r = transposed_product(&standard, &standard);
        r.fill_diagonal(1.0);
        let observed = eigenvalues(r.clone());
        let material = self.material(names, rows, r, most)?;
        let mut steps: Vec<ComparisonStep> = Vec::new();
        let (mut suggested, mut before) = (None, Vec::new());
        for factors in 1..=most {
            let (population, residual) = self.population(&material, factors)?;
            let distances = self.distances(&population, n, &observed, factors)?;
            let pvalue = (factors > 1).then(|| smaller(&distances, &before));
            let rmsr = distances.iter().sum::<f64>() / distances.len() as f64;
            steps.push(ComparisonStep { factors, residual, rmsr, pvalue });
            if pvalue.is_some_and(|p| !(p < ALPHA)) {
                suggested = Some(factors - 1);
                break;
            }
            before = distances;
        }
        // no factor more can be told from the correlations of so few items
        if suggested.is_none() && most == most_factors(rows.ncols()) {
            suggested = Some(most);
        }
        let samples = self.comparison;
        Ok(ComparisonData { steps, samples, population: POPULATION, alpha: ALPHA, suggested })
    }

    fn material(
        &self,
        names: &[String],
        rows: &DMatrix<f64>,
        r: DMatrix<f64>,
        most: usize,
    ) -> Result<Material> {
        let (n, p) = rows.shape();
        let mut answers = DMatrix::zeros(POPULATION, p);
        for j in 0..p {
            let mut own: Vec<f64> = rows.column(j).iter().copied().collect();
            own.sort_by(f64::total_cmp);
            // evenly over the data: the first and the last of few rare answers too
            (0..POPULATION).for_each(|i| answers[(i, j)] = own[(2 * i + 1) * n / (2 * POPULATION)]);
        }
        let normal = |columns: usize, first: u64| -> DMatrix<f64> {
            let drawn: Vec<Vec<f64>> = (0..columns as u64)
                .into_par_iter()
                .map(|j| {
                    let mut random = stream(self.seed, STREAMS + first + j);
                    (0..POPULATION).map(|_| StandardNormal.sample(&mut random)).collect()
                })
                .collect();
            DMatrix::from_fn(POPULATION, columns, |i, j| drawn[j][i])
        };
        Ok(Material {
            answers: standardised(names, &answers)?,
            common: normal(most, 0),
            unique: normal(p, most as u64),
            r,
            names: names.to_vec(),
        })
    }

    /// A population of so many factors, in standardised columns, and how far its correlations are from those of the data.
    fn population(&self, material: &Material, factors: usize) -> Result<(DMatrix<f64>, f64)> {
        let r = &material.r;
        let mut best = (DMatrix::zeros(0, 0), f64::INFINITY);
        let (mut target, mut best_target, mut missed) = (r.clone(), r.clone(), DMatrix::zeros(0, 0));
        let mut trials = 0;
        for _ in 0..MOST {
            self.progress.check("comparison data")?;
            let bounded = target.map(|value: f64| value.clamp(-0.999, 0.999));
            let matrix = CorrelationMatrix { names: material.names.clone(), r: with_unit_diagonal(bounded) };
            let loadings = extract(&matrix, factors, Extraction::Minres)?.pattern;
            let made = made(material, &loadings);
            let reproduced = with_unit_diagonal(transposed_product(&made, &made));
            let residuals = r - reproduced;
            let residual = off_diagonal(&residuals);
            if residual < best.1 - 1e-12 {
                best = (made, residual);
                (best_target, missed, trials) = (target, residuals, 0);
                target = &best_target + &missed;
            } else {
                trials += 1;
                if trials >= TRIALS {
                    break;
                }
                target = &best_target + &missed * 0.5f64.powi(trials);
            }
        }
        Ok(best)
    }

    /// RMSR of the eigenvalues of samples.
    fn distances(
        &self,
        population: &DMatrix<f64>,
        n: usize,
        observed: &[f64],
        factors: usize,
    ) -> Result<Vec<f64>> {
        let first = STREAMS + ((factors as u64) << 24);
        (0..self.comparison as u64)
            .into_par_iter()
            .map(|sample| {
                self.progress.check("comparison data")?;
                let mut random = stream(self.seed, first + sample);
                let rows: Vec<usize> = (0..n).map(|_| random.random_range(0..POPULATION)).collect();
                let mut own = population.select_rows(&rows);
                for mut column in own.column_iter_mut() {
                    let mean = column.mean();
                    column.add_scalar_mut(-mean);
                    let norm = column.norm();
                    // an item that does not vary in the sample correlates with none
                    column.unscale_mut(if norm > 1e-12 { norm } else { 1.0 });
                }
                let values = eigenvalues(with_unit_diagonal(transposed_product(&own, &own)));
                let squares = values.iter().zip(observed).map(|(a, b)| (a - b).powi(2));
                Ok((squares.sum::<f64>() / observed.len() as f64).sqrt())
            })
            .collect()
    }
}

/// Normal variables with these loadings, each replaced by the answers in the order of its ranks.
fn made(material: &Material, loadings: &DMatrix<f64>) -> DMatrix<f64> {
    let p = loadings.nrows();
    let columns: Vec<Vec<f64>> = (0..p)
        .into_par_iter()
        .map(|j| {
            let unique = (1.0 - loadings.row(j).norm_squared()).max(0.0).sqrt();
            let mut values: Vec<f64> = material.unique.column(j).iter().map(|u| unique * u).collect();
            for (f, loading) in loadings.row(j).iter().enumerate() {
                let of = material.common.column(f);
                values.iter_mut().zip(of.iter()).for_each(|(value, common)| *value += loading * common);
            }
            let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
            order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            order.iter().enumerate().for_each(|(rank, (_, i))| values[*i] = material.answers[(rank, j)]);
            values
        })
        .collect();
    DMatrix::from_fn(POPULATION, p, |i, j| columns[j][i])
}

fn with_unit_diagonal(mut r: DMatrix<f64>) -> DMatrix<f64> {
    r.fill_diagonal(1.0);
    r
}

/// Root mean square outside the diagonal.
fn off_diagonal(residuals: &DMatrix<f64>) -> f64 {
    let p = residuals.nrows();
    (residuals.norm_squared() / (p * (p - 1)) as f64).sqrt()
}

/// p-value of the Mann-Whitney test that the first are no smaller than the second, by the normal distribution with correction
/// for continuity and ties (R's `wilcox.test(first, second, alternative = "less")`).
fn smaller(first: &[f64], second: &[f64]) -> f64 {
    let (m, n) = (first.len() as f64, second.len() as f64);
    let mut all: Vec<(f64, bool)> =
        first.iter().map(|v| (*v, true)).chain(second.iter().map(|v| (*v, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut ranks, mut ties, mut at) = (0.0, 0.0, 0);
    while at < all.len() {
        let end = at + all[at..].iter().take_while(|own| own.0 == all[at].0).count();
        let (count, rank) = ((end - at) as f64, 0.5 * (at + 1 + end) as f64);
        ranks += rank * all[at..end].iter().filter(|own| own.1).count() as f64;
        ties += count.powi(3) - count;
        at = end;
    }
    let whole = m + n;
    let difference = ranks - m * (m + 1.0) / 2.0 - m * n / 2.0;
    let variance = m * n / 12.0 * (whole + 1.0 - ties / (whole * (whole - 1.0)));
    if !(variance > 0.0) {
        return 1.0;
    }
    Normal::standard().cdf((difference + 0.5) / variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_is_that_of_wilcox_test() {
        // R 4.2: wilcox.test(1:8 + .5, c(2:9, 4), alternative = "less", exact = FALSE)$p.value, and with ties
        let first: Vec<f64> = (1..=8).map(|i| f64::from(i) + 0.5).collect();
        let second: Vec<f64> = (2..=9).map(f64::from).chain([4.0]).collect();
        assert!((smaller(&first, &second) - 0.404_889_885_321_736_2).abs() < 1e-10);
        let tied: Vec<f64> = (1..=8).map(f64::from).collect();
        assert!((smaller(&tied, &second) - 0.264_566_231_761_194_7).abs() < 1e-10);
        assert_eq!(smaller(&[1.0, 1.0], &[1.0, 1.0]), 1.0);
    }
}

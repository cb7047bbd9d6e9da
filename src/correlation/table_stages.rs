//! Thresholds and correlations of ordinal variables with their variances, from two-way tables alone.
//!
//! In two steps a respondent's influence on a threshold depends on the answer to that item, and on a correlation on the
//! answers to both: with n_ab the cell of a table (a last row and column for missing answers) and N respondents
//!
//! ```text
//! N var(tau_k) = N sum_a n_a j_k(a)^2,      N var(rho) = N sum_ab n_ab j(a, b)^2
//! ```
//!
//! so that tables hold all that estimates by (diagonally) weighted least squares rest on. Covariances of two correlations
//! are of four items: they, and with them robust errors and scaled tests, need the rows.

use super::empty_cells::EmptyCells;
use super::margin::{Margin, Scale};
use super::ordinal_tables::OrdinalTables;
use super::pair::Influence;
use super::polychoric;
use crate::correlation::statistic::Statistic;
use crate::correlation::three_stage::ThreeStage;
use crate::data::Progress;
use crate::error::{Error, Result};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

impl ThreeStage {
    /// Of `n` respondents.
    ///
    /// # Errors
    /// As [`ThreeStage::of`].
    pub(crate) fn of_tables(
        tables: &OrdinalTables,
        n: usize,
        empty_cells: EmptyCells,
        progress: &Progress,
    ) -> Result<Self> {
        let names = tables.names();
        let p = names.len();
        let scale = n as f64;
        let mut margins = Vec::with_capacity(p);
        let (mut statistics, mut values, mut variances) = (Vec::new(), Vec::new(), Vec::new());
        for (i, name) in names.iter().enumerate() {
            let categories = tables.categories(i)?;
            let own = categories.influence();
            for (k, tau) in categories.thresholds.iter().enumerate() {
                let squares = own.iter().zip(&categories.counts).map(|(j, count)| count * j[k] * j[k]);
                statistics.push(Statistic::Threshold(i, k));
                values.push(*tau);
                variances.push(scale * squares.sum::<f64>());
            }
            margins.push(Margin {
                name: name.clone(),
                influence: DMatrix::zeros(0, categories.thresholds.len()),
                scale: Scale::Ordinal(categories),
                slopes: Vec::new(),
                values: Vec::new(),
                weights: None,
            });
        }
        let pairs: Vec<(usize, usize)> = (0..p).flat_map(|j| (j + 1..p).map(move |i| (i, j))).collect();
        let one = |&(i, j): &(usize, usize)| -> Result<(f64, f64, bool, bool)> {
            progress.check("the correlations")?;
            let (Some(x), Some(y)) = (margins[j].categories(), margins[i].categories()) else {
                return Err(Error::NoAnswers { variable: names[i].clone() });
            };
            let tally = tables.table(j, i);
            let (both, empty, counts) = empty_cells.counts(&tally);
            let pair = || (names[j].clone(), names[i].clone());
            if both == 0 {
                let (first, second) = pair();
                return Err(Error::NeverTogether { first, second });
            }
            let estimate = polychoric::two_step(&counts, &tally, x, y);
            let single = |sums: usize| sums <= 1;
            let cells = tally.view((0, 0), (tally.nrows() - 1, tally.ncols() - 1));
            let are_one = cells.row_iter().all(|row| single(row.iter().filter(|n| **n > 0.0).count()))
                && cells.column_iter().all(|column| single(column.iter().filter(|n| **n > 0.0).count()));
            match &estimate.influence {
                Some(Influence::Cells(own)) if !(estimate.at_limit && are_one) => {
                    let squares = own.iter().zip(tally.iter()).map(|(j, count)| count * j * j);
                    Ok((estimate.of_model, scale * squares.sum::<f64>(), empty > 0, estimate.at_limit))
                }
                _ => {
                    let (first, second) = pair();
                    Err(Error::PerfectCorrelation { first, second, r: estimate.rho, empty_cells: empty })
                }
            }
        };
        let found: Vec<(f64, f64, bool, bool)> = pairs.par_iter().map(one).collect::<Result<_>>()?;
        let mut covariance = DMatrix::identity(p, p);
        let mut stages = Self::empty();
        for (&(i, j), &(rho, variance, empty, perfect)) in pairs.iter().zip(&found) {
            (covariance[(i, j)], covariance[(j, i)]) = (rho, rho);
            statistics.push(Statistic::Covariance(i, j));
            values.push(rho);
            variances.push(variance);
            stages.empty.extend(empty.then_some((i, j)));
            stages.perfect.extend(perfect.then_some((i, j)));
        }
        (stages.margins, stages.covariance, stages.statistics) = (margins, covariance, statistics);
        (stages.values, stages.variances) = (DVector::from_vec(values), DVector::from_vec(variances));
        stages.n = n;
        Ok(stages)
    }
}

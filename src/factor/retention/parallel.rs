//! Parallel analysis (Horn 1965): as many factors as have a larger eigenvalue than the same of samples without any.

use super::draw::{normal_correlation, shuffle, shuffled_correlation};
use super::task::{Basis, Draws, Retention};
use crate::correlation::ShuffledOrdinal;
use crate::error::{Error, Result};
use crate::numeric::random::stream;
use crate::numeric::spectrum::eigenvalues;
use nalgebra::DMatrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};

/// Eigenvalues beside those of simulated samples.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::Retention;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().replications(100).of(&names, data.numeric(&names)?.view())?;
/// let parallel = &study.parallel;
/// assert_eq!((parallel.suggested, parallel.suggested_mean), (3, 3));
/// // the third eigenvalue is above chance, the fourth is not
/// assert_eq!(format!("{:.3} {:.3}", parallel.eigenvalues[2], parallel.eigenvalues[3]), "1.365 0.699");
/// assert!(parallel.eigenvalues[2] > parallel.simulated_quantile[2] && parallel.eigenvalues[3] < parallel.simulated_quantile[3]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Parallel {
    /// Eigenvalues of the data.
    pub eigenvalues: Vec<f64>,
    /// Their means over simulated samples.
    pub simulated_mean: Vec<f64>,
    /// The Monte-Carlo standard errors of these means.
    pub simulated_mean_se: Vec<f64>,
    /// Their quantiles over simulated samples.
    pub simulated_quantile: Vec<f64>,
    /// Which quantile.
    pub quantile: f64,
    /// Eigenvalues above the quantile, before the first that is not.
    pub suggested: usize,
    /// Eigenvalues above the mean, before the first that is not.
    pub suggested_mean: usize,
    /// Simulated samples.
    pub replications: usize,
    /// Their seed.
    pub seed: u64,
}

/// Of which matrix eigenvalues are: correlations (components), or correlations with squared multiple correlations in the diagonal
/// (common factors; Humphreys & Ilgen 1969).
pub(super) fn both_spectra(r: DMatrix<f64>) -> (Vec<f64>, Vec<f64>) {
    let reduced = reduced(&r);
    (eigenvalues(r), reduced.map(eigenvalues).unwrap_or_default())
}

/// Squared multiple correlations in the diagonal: 1 - 1 / (R^-1)_ii.
fn reduced(r: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let inverse = crate::numeric::cholesky::inverse(r)?;
    let mut reduced = r.clone();
    (0..r.nrows()).for_each(|i| reduced[(i, i)] = 1.0 - 1.0 / inverse[(i, i)]);
    Some(reduced)
}

/// What samples are drawn from.
pub(super) enum Source<'a> {
    /// n rows of p normal variables.
    Normal { p: usize, n: usize },
    /// Standardised columns of unit length.
    Rows(&'a DMatrix<f64>),
    /// Ordinal answers.
    Ordinal(&'a ShuffledOrdinal),
}

impl Retention {
    /// Parallel analysis of components and of common factors, in one simulation; the second is none where the matrix of the
    /// data, or of a sample, is singular.
    pub(super) fn parallel(
        &self,
        observed: (&[f64], &[f64]),
        source: &Source<'_>,
    ) -> Result<(Parallel, Option<Parallel>)> {
        let done = AtomicU64::new(0);
        let total = self.replications as u64;
        let spectra: Vec<(Vec<f64>, Vec<f64>)> = (0..total)
            .into_par_iter()
            .map(|replicate| {
                self.progress.check("parallel analysis")?;
                let r = self.drawn(source, replicate);
                self.progress.tell(done.fetch_add(1, Ordering::Relaxed) + 1, total);
                Ok(both_spectra(r))
            })
            .collect::<Result<_>>()?;
        let components = self.compared(observed.0, spectra.iter().map(|(own, _)| own.as_slice()), false);
        let exists = !observed.1.is_empty() && spectra.iter().all(|(_, own)| !own.is_empty());
        let factors =
            exists.then(|| self.compared(observed.1, spectra.iter().map(|(_, own)| own.as_slice()), true));
        Ok((components, factors))
    }

    fn drawn(&self, source: &Source<'_>, replicate: u64) -> DMatrix<f64> {
        match source {
            Source::Normal { p, n } => normal_correlation(*p, *n, None, self.seed, replicate),
            Source::Rows(rows) => shuffled_correlation(rows, self.seed, replicate),
            Source::Ordinal(answers) => {
                let mut random = stream(self.seed, replicate);
                answers.correlations(|codes| shuffle(codes, &mut random))
            }
        }
    }

    fn compared<'a>(
        &self,
        observed: &[f64],
        simulated: impl Iterator<Item = &'a [f64]> + Clone,
        only_positive: bool,
    ) -> Parallel {
        let count = self.replications as f64;
        let (mut means, mut errors, mut quantiles) = (Vec::new(), Vec::new(), Vec::new());
        for place in 0..observed.len() {
            let mut values: Vec<f64> = simulated.clone().map(|own| own[place]).collect();
            let mean = values.iter().sum::<f64>() / count;
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0);
            values.sort_by(f64::total_cmp);
            means.push(mean);
            errors.push((variance / count).sqrt());
            quantiles.push(quantile(&values, self.quantile));
        }
        let above = |references: &[f64]| {
            let is = |(own, reference): &(&f64, &f64)| *own > *reference && (!only_positive || **own > 0.0);
            observed.iter().zip(references).take_while(is).count()
        };
        Parallel {
            suggested: above(&quantiles),
            suggested_mean: above(&means),
            eigenvalues: observed.to_vec(),
            simulated_mean: means,
            simulated_mean_se: errors,
            simulated_quantile: quantiles,
            quantile: self.quantile,
            replications: self.replications,
            seed: self.seed,
        }
    }

    pub(super) fn draws_rows(&self) -> bool {
        self.basis == Basis::Polychoric || self.draws == Draws::Permuted
    }
}

/// Interpolated between ordered values (Hyndman & Fan 1996, definition 7; R's default).
pub(super) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// Columns with mean 0 and length 1.
pub(super) fn standardised(names: &[String], rows: &DMatrix<f64>) -> Result<DMatrix<f64>> {
    let mut own = rows.clone();
    for (mut column, name) in own.column_iter_mut().zip(names) {
        let mean = column.mean();
        column.add_scalar_mut(-mean);
        let norm = column.norm();
        if !(norm > 1e-12 * mean.abs().max(1e-300)) {
            return Err(Error::ConstantItem { item: name.clone(), value: mean, n: rows.nrows() });
        }
        column.unscale_mut(norm);
    }
    Ok(own)
}

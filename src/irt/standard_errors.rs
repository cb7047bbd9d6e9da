//! The covariance matrix of the estimates.
//!
//! `oakes` and `observed`: inverse of the observed information A. `crossproduct`: inverse of B, the sum over respondents of
//! w^2 s s' with s the gradient of one. `sandwich`: A^-1 B A^-1 (White 1982).

use super::choices::ItemStandardErrors;
use super::marginal_likelihood::MarginalLikelihood;
use super::missing_reduced::Reduced;
use super::places::Places;
use super::score_tables::ScoreTables;
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// Covariances of the parameters that have them.
#[derive(Debug, Clone)]
pub(crate) struct Covariance {
    /// All parameters; zero for those without.
    pub(crate) matrix: DMatrix<f64>,
    /// Parameters without: held, or undetermined.
    pub(crate) without: Vec<usize>,
    /// The ones that the data do not determine.
    pub(crate) undetermined: Vec<usize>,
}

/// The covariance matrix of that kind, given the observed information.
pub(crate) fn covariance(
    marginal: &MarginalLikelihood<'_>,
    x: &DVector<f64>,
    kind: ItemStandardErrors,
    information: &DMatrix<f64>,
    held: &[usize],
) -> Covariance {
    let size = x.len();
    let crossproduct = matches!(kind, ItemStandardErrors::Sandwich | ItemStandardErrors::Crossproduct)
        .then(|| crossproduct(marginal, x));
    let base = match (kind, &crossproduct) {
        (ItemStandardErrors::Crossproduct, Some(b)) => b,
        _ => information,
    };
    let mut without = held.to_vec();
    let mut undetermined = Vec::new();
    let (kept, inverse) = loop {
        let kept: Vec<usize> = (0..size).filter(|i| !without.contains(i)).collect();
        // scaled, so that units do not matter
        let scale: Vec<f64> = kept.iter().map(|i| base[(*i, *i)].abs().max(1e-300).sqrt()).collect();
        let own =
            DMatrix::from_fn(kept.len(), kept.len(), |i, j| base[(kept[i], kept[j])] / (scale[i] * scale[j]));
        let mut factor = own.clone();
        match cholesky::factorise(&mut factor) {
            Ok(()) if smallest(&factor) > 1e-11 => {
                let mut inverse = DMatrix::zeros(kept.len(), kept.len());
                cholesky::invert(&mut factor, &mut inverse);
                for i in 0..kept.len() {
                    for j in 0..kept.len() {
                        inverse[(i, j)] /= scale[i] * scale[j];
                    }
                }
                break (kept, inverse);
            }
            found => {
                let at = match found {
                    Err(pivot) => pivot.index,
                    Ok(()) => weakest(&factor),
                };
                undetermined.push(kept[at]);
                without.push(kept[at]);
            }
        }
    };
    let own = match (kind, &crossproduct) {
        (ItemStandardErrors::Sandwich, Some(b)) => {
            let b = DMatrix::from_fn(kept.len(), kept.len(), |i, j| b[(kept[i], kept[j])]);
            &inverse * b * &inverse
        }
        _ => inverse,
    };
    let mut matrix = DMatrix::zeros(size, size);
    for i in 0..kept.len() {
        for j in 0..kept.len() {
            matrix[(kept[i], kept[j])] = own[(i, j)];
        }
    }
    Covariance { matrix, without, undetermined }
}

fn smallest(factor: &DMatrix<f64>) -> f64 {
    factor.diagonal().iter().map(|d| d * d).fold(f64::INFINITY, f64::min)
}

fn weakest(factor: &DMatrix<f64>) -> usize {
    (0..factor.nrows()).fold(0, |best, i| if factor[(i, i)] < factor[(best, best)] { i } else { best })
}

/// Sum over respondents of w^2 s s'.
fn crossproduct(marginal: &MarginalLikelihood<'_>, x: &DVector<f64>) -> DMatrix<f64> {
    let patterns = marginal.patterns;
    let size = x.len();
    if let Some(adapted) = &marginal.adapted {
        return adapted.crossproduct(patterns, marginal.layout, x);
    }
    let tables = ScoreTables::new(marginal, x);
    if let Some(specific) = &marginal.layout.specific {
        let places = Places::new(marginal.layout, 0);
        let mut all = DMatrix::zeros(size, size);
        places.scatter(&Reduced::new(marginal, &tables, &places, specific).crossproduct(), &mut all);
        return all;
    }
    let chunks: Vec<usize> = (0..patterns.len()).step_by(256).collect();
    let parts: Vec<DMatrix<f64>> = chunks
        .into_par_iter()
        .map(|from| {
            let to = (from + 256).min(patterns.len());
            let mut sum = DMatrix::zeros(size, size);
            for p in from..to {
                let score = tables.score(marginal, p);
                sum.ger(patterns.squares[p], &score, &score, 1.0);
            }
            sum
        })
        .collect();
    parts.into_iter().fold(DMatrix::zeros(size, size), |sum, part| sum + part)
}

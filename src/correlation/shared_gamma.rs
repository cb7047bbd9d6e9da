//! What all models of the same variables make of the influences: Gamma, parts and forms of it, each made once.

use crate::correlation::statistic::Statistic;
use crate::correlation::three_stage::{Kept, ThreeStage};
use crate::numeric::once::once;
use crate::numeric::product::{gram_of_columns, weighted_gram};
use nalgebra::{DMatrix, DVector};
use std::sync::Arc;

impl ThreeStage {
    /// Whether there are so many more statistics than respondents (or clusters) that products of these are the less
    /// work, though Gamma serves all models.
    pub(super) fn is_wide(&self) -> bool {
        self.values.len() > 2 * self.influence.as_ref().map_or(self.n, DMatrix::nrows)
    }

    /// Gamma where it is not far larger than the influences.
    pub(crate) fn narrow_gamma(&self) -> Option<&DMatrix<f64>> {
        if self.is_wide() { None } else { self.gamma() }
    }

    /// Worked out when it is first asked for.
    pub(crate) fn gamma(&self) -> Option<&DMatrix<f64>> {
        let influence = self.influence.as_ref()?;
        Some(once(&self.shared.gamma, || gram_of_columns(influence) / self.n as f64))
    }

    /// Makes what the models of these variables share where they are fitted by diagonally weighted least squares, before
    /// several ask for it at a time.
    pub(crate) fn share(&self) {
        // as the weight has them
        let mut weights = self.variances.map(|variance| (1.0 / variance.sqrt()) * (1.0 / variance.sqrt()));
        if self.narrow_gamma().is_none() {
            self.gram(&weights);
        }
        self.weighted_square(&weights);
        for (weight, statistic) in weights.iter_mut().zip(&self.statistics) {
            if !matches!(statistic, Statistic::Covariance(..)) {
                *weight = 0.0;
            }
        }
        self.weighted_square(&weights);
    }

    /// J W J' of a diagonal W, J the influences: what each pair of respondents has in common.
    pub(crate) fn gram(&self, weights: &DVector<f64>) -> Option<Arc<DMatrix<f64>>> {
        known(&self.shared.grams, weights, || {
            let (used, own) = elements(weights);
            Some(Arc::new(weighted_gram(self.influence.as_ref()?, &used, &own)))
        })
    }

    /// |W^(1/2) Gamma W^(1/2)|^2 of a diagonal W, from Gamma or, where respondents are far fewer than statistics, from
    /// their products: |J W J'|^2 / N^2 is the same. It does not depend on the model.
    pub(crate) fn weighted_square(&self, weights: &DVector<f64>) -> Option<f64> {
        known(&self.shared.squares, weights, || {
            if let Some(gamma) = self.narrow_gamma() {
                let of_column = |&column: &usize| -> f64 {
                    let own = gamma.column(column);
                    weights[column] * own.iter().zip(weights.iter()).map(|(g, w)| w * g * g).sum::<f64>()
                };
                return Some(elements(weights).0.iter().map(of_column).sum());
            }
            let square = match found(&self.shared.grams, weights) {
                Some(gram) => gram.norm_squared(),
                // of an independence model: asked for once
                None => {
                    let (used, own) = elements(weights);
                    weighted_gram(self.influence.as_ref()?, &used, &own).norm_squared()
                }
            };
            Some(square / (self.n as f64).powi(2))
        })
    }
}

/// Those that are not 0: where they stand, and what they are.
fn elements(weights: &DVector<f64>) -> (Vec<usize>, Vec<f64>) {
    weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0).map(|(at, weight)| (at, *weight)).unzip()
}

fn found<T: Clone>(kept: &Kept<T>, weights: &DVector<f64>) -> Option<T> {
    kept.lock().ok()?.iter().find(|(own, _)| own == weights).map(|(_, value)| value.clone())
}

/// What was made of these weights before, or is now.
fn known<T: Clone>(kept: &Kept<T>, weights: &DVector<f64>, make: impl FnOnce() -> Option<T>) -> Option<T> {
    if let Some(value) = found(kept, weights) {
        return Some(value);
    }
    let value = make()?;
    if let Ok(mut kept) = kept.lock() {
        kept.push((weights.clone(), value.clone()));
    }
    Some(value)
}

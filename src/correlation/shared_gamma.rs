//! What all models of the same variables make of the influences: Gamma, parts and forms of it, each made once.

use crate::correlation::statistic::Statistic;
use crate::correlation::three_stage::ThreeStage;
use crate::numeric::once::once;
use crate::numeric::product::{gram_of_columns, transposed_product, weighted_gram_square};
use nalgebra::{DMatrix, DVector};

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

    /// The columns of Gamma of the statistics that are of one variable, and stand before those of pairs: models have a
    /// parameter for most of them, so that these columns are theirs as they are.
    pub(crate) fn own_gamma(&self) -> Option<&DMatrix<f64>> {
        let influence = self.influence.as_ref()?;
        let p = self.margins.len();
        let own = self.values.len() - p * (p - 1) / 2;
        let of = || transposed_product(influence, &influence.columns(0, own).into_owned()) / self.n as f64;
        Some(once(&self.shared.own, of))
    }

    /// Makes what the models of these variables share where they are fitted by diagonally weighted least squares, before
    /// several ask for it at a time.
    pub(crate) fn share(&self) {
        if self.narrow_gamma().is_none() {
            self.own_gamma();
        }
        // as the weight has them
        let mut weights = self.variances.map(|variance| (1.0 / variance.sqrt()) * (1.0 / variance.sqrt()));
        self.weighted_square(&weights);
        for (weight, statistic) in weights.iter_mut().zip(&self.statistics) {
            if !matches!(statistic, Statistic::Covariance(..)) {
                *weight = 0.0;
            }
        }
        self.weighted_square(&weights);
    }

    /// |W^(1/2) Gamma W^(1/2)|^2 of a diagonal W, from Gamma or, where respondents are far fewer than statistics, from
    /// their products: with J the influences, |J W J'|^2 / N^2 is the same. It does not depend on the model.
    pub(crate) fn weighted_square(&self, weights: &DVector<f64>) -> Option<f64> {
        let known = self
            .shared
            .squares
            .lock()
            .ok()
            .and_then(|known| known.iter().find(|(own, _)| own == weights).map(|(_, square)| *square));
        if known.is_some() {
            return known;
        }
        let used: Vec<usize> = (0..weights.len()).filter(|&column| weights[column] != 0.0).collect();
        let square = if let Some(gamma) = self.narrow_gamma() {
            let of_column = |&column: &usize| -> f64 {
                let own = gamma.column(column);
                weights[column] * own.iter().zip(weights.iter()).map(|(g, w)| w * g * g).sum::<f64>()
            };
            used.iter().map(of_column).sum()
        } else {
            let own: Vec<f64> = used.iter().map(|&column| weights[column]).collect();
            weighted_gram_square(self.influence.as_ref()?, &used, &own) / (self.n as f64).powi(2)
        };
        if let Ok(mut known) = self.shared.squares.lock() {
            known.push((weights.clone(), square));
        }
        Some(square)
    }
}
